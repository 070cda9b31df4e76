"""What servers say of a context that is too long, each in its own words, and what only sounds like it."""

import pytest

from agent.errors import ContextTooLong, ModelError, OutOfCredit, Overloaded, RateLimited
from agent.openai_errors import from_status, from_stream


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"message": "Please send less.", "code": "context_length_exceeded"}),
        (400, {"message": "This model's maximum context length is 8192 tokens.", "code": None}),
        (400, {"error": {"message": "request (9412 tokens) exceeds the available context size (8192 tokens)", "code": 400}}),
        (400, {"message": "try increasing it", "type": "exceed_context_size_error"}),
        (400, "The number of tokens to keep from the initial prompt is greater than the context length."),
        (400, "Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)"),
        (500, {"error": {"message": "input length exceeds the context length"}}),
        (400, {"message": "prompt is too long: 210000 tokens > 200000 maximum", "type": "invalid_request_error"}),
        (400, {"message": "This model's maximum prompt length is 131072 but the request contains 537812 tokens."}),
        (400, {"message": "Input is too long for requested model."}),
        (400, [{"error": {"code": 400, "message": "The input token count exceeds the maximum number of tokens allowed (9)."}}]),
        (400, {"message": "Invalid request: Your request exceeded model token limit: 8192"}),
        (400, {"message": "Please reduce the length of the messages or completion."}),
        (422, {"message": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096."}),
        (422, {"message": "Input validation error: `inputs` must have less than 1024 tokens. Given: 1500"}),
        (413, {"message": "Request Entity Too Large"}),
    ],
)
def test_a_context_that_is_too_long_is_known_by_each_servers_words(status: int, body: object) -> None:
    assert isinstance(from_status(status, body, {}), ContextTooLong)


def test_told_in_the_stream_it_is_known_as_well() -> None:
    told = {"error": {"message": "tokens to keep from the initial prompt is greater than the context length"}}
    assert isinstance(from_stream(told["error"]), ContextTooLong)


@pytest.mark.parametrize(
    ("status", "words", "error"),
    [
        (429, "Request too large: too many tokens per minute", RateLimited),
        (402, "This many tokens need more credits: reduce the length of the messages", OutOfCredit),
        (503, "The engine is loading", Overloaded),
        (400, "tool_calls must have ids", ModelError),
    ],
)
def test_what_only_sounds_like_it_is_what_its_status_says(status: int, words: str, error: type[ModelError]) -> None:
    assert type(from_status(status, {"message": words}, {})) is error
