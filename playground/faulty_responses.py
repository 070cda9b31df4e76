"""What the playground's model servers answer whole: errors with their status, pages that are no answer, and refused options."""

from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from playground.faulty_answers import USAGE, WORDS, Fault


def response_to(fault: Fault, body: Mapping[str, Any], words: tuple[str, ...] = WORDS) -> web.Response | None:
    """The response to a request with this body, `words` being a proper answer; `None` for the faults that are streams."""
    if fault in _ERRORS:
        return _error(*_ERRORS[fault])
    if fault in _PAGES:
        status, content_type, text = _PAGES[fault]
        return web.Response(text=text, content_type=content_type, status=status)
    if fault is Fault.ERROR_WITH_200:
        return web.json_response({"error": {"message": "Rate limit exceeded", "code": 429}})
    if fault is Fault.WHOLE:
        message = {"role": "assistant", "content": "".join(words)}
        return web.json_response({"choices": [{"message": message, "finish_reason": "stop"}], "usage": USAGE})
    return _refused_option(fault, body)


def _refused_option(fault: Fault, body: Mapping[str, Any]) -> web.Response | None:
    if fault is Fault.REFUSES_STREAM_OPTIONS and "stream_options" in body:
        return _error(400, "Unrecognized request argument supplied: stream_options", "", {})
    if fault is Fault.REFUSES_MAX_TOKENS and "max_tokens" in body:
        words = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        return _error(400, words, "unsupported_parameter", {})
    if fault is Fault.REFUSES_EFFORT and "reasoning_effort" in body:
        words = "Unsupported parameter: 'reasoning_effort' is not supported with this model."
        return _error(400, words, "unsupported_parameter", {})
    names = [name for name in body if name in ("max_tokens", "max_completion_tokens")]
    if fault is Fault.REFUSES_ANY_LIMIT and names:
        detail = [{"type": "extra_forbidden", "loc": ["body", names[0]], "msg": "Extra inputs are not permitted"}]
        return web.json_response({"detail": detail}, status=422)
    return None


def _error(status: int, message: str, code: str, headers: dict[str, str]) -> web.Response:
    """An error as OpenAI words it."""
    body = {"error": {"message": message, "type": "error", "code": code or None}}
    return web.json_response(body, status=status, headers=headers)


_SLOW_DOWN: Final = (
    "Rate limit reached: too many tokens per minute. You can increase your limit by adding a payment method at "
    "https://platform.openai.com/account/billing."
)

_ERRORS: Final[dict[Fault, tuple[int, str, str, dict[str, str]]]] = {
    Fault.BAD_KEY: (401, "Incorrect API key provided", "invalid_api_key", {}),
    Fault.FORBIDDEN: (403, "You are not allowed to do that", "", {}),
    Fault.NO_SUCH_MODEL: (404, "The model `test-model` does not exist", "model_not_found", {}),
    Fault.NO_ACCESS_TO_MODEL: (403, "Project does not have access to model `test-model`", "model_not_found", {}),
    Fault.RATE_LIMITED: (429, "Rate limit reached", "rate_limit_exceeded", {"Retry-After": "7"}),
    Fault.RATE_LIMITED_DATE: (429, "Slow down", "", {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}),
    Fault.RATE_LIMITED_TOKENS: (429, _SLOW_DOWN, "rate_limit_exceeded", {"Retry-After": "soon"}),
    Fault.NO_CREDIT: (429, "You exceeded your current quota", "insufficient_quota", {}),
    Fault.PAYMENT_REQUIRED: (402, "Insufficient credits", "", {}),
    Fault.SERVER_ERROR: (500, "Internal error", "", {}),
    Fault.UNAVAILABLE: (503, "Unavailable", "", {"Retry-After": "2"}),
    Fault.OVERLOADED: (529, "Overloaded", "overloaded_error", {}),
    Fault.TOO_LONG: (400, "Too many tokens here", "context_length_exceeded", {}),
    Fault.TOO_LONG_LLAMA: (400, "the request exceeds the available context size", "", {}),
    Fault.TOO_LONG_VLLM: (400, "'max_tokens' is too large: this model's maximum context length is 4096 tokens", "", {}),
    Fault.TOO_LONG_OLLAMA: (500, "input length exceeds the context length", "", {}),
    Fault.TOO_LARGE: (413, "Request too large", "rate_limit_exceeded", {}),
    Fault.REFUSED: (400, "Your request was rejected by our safety system", "content_policy_violation", {}),
}

_PAGES: Final = {
    Fault.HTML: (200, "text/html", "<html><body>It works!</body></html>"),
    Fault.BAD_GATEWAY: (502, "text/html", "<html><body>502 Bad Gateway</body></html>"),
}
