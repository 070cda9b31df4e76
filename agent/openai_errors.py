"""The border to the OpenAI client: its exceptions, and errors told in a stream, become ours here and nowhere else.

The statuses and codes are those of OpenAI's "Error codes" page; other servers' words for the same (llama.cpp, vLLM, Ollama, LM
Studio) are known by parts of their messages.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, cast

import aiohttp
import httpx2
import openai

from agent.errors import (
    BadKey,
    ContextTooLong,
    CutOff,
    Malformed,
    ModelError,
    NoSuchModel,
    OutOfCredit,
    Overloaded,
    RateLimited,
    Refused,
    Unreachable,
)

TOO_LONG: Final = (
    "context_length_exceeded",
    "maximum context length",
    "context size",
    "context_size",
    "context length",
    "context window",
    "prompt is too long",
    "too many tokens",
    "maximum prompt length",
    "input is too long",
    "number of tokens allowed",
    "model token limit",
    "reduce the length of the messages",
    "`inputs` tokens +",
    "`inputs` must have less than",
    "n_ctx",
)
"""Parts of what OpenAI, llama.cpp, vLLM, Ollama, LM Studio, Anthropic, xAI, Bedrock, Gemini, Moonshot, Groq and TGI say."""
LIMITED: Final = (401, 402, 403, 404, 429)
"""Statuses that say what is wrong, whatever the words: some rate limits speak of "too many tokens"."""
REFUSALS: Final = (
    "content_filter",
    "content_policy",
    "content policy",
    "content management policy",
    "usage polic",
    "moderation",
    "safety",
    "flagged",
)
NO_CREDIT: Final = (
    "insufficient_quota",
    "insufficient_credits",
    "insufficient credit",
    "insufficient balance",
    "insufficient_balance",
    "credit balance",
    "billing_hard_limit",
    "billing_not_active",
    "exceeded your current quota",
)
"""Not "billing" alone: OpenAI's plain rate limits link to a page of that name."""
UNKNOWN_MODEL: Final = ("model_not_found", "model not found", "does not exist", "no such model", "invalid model")
UNSUPPORTED: Final = ("unsupported", "not supported", "unrecognized", "unknown", "unexpected", "not permitted", "allowed")
BUSY: Final = 500
LONGEST_WORDS: Final = 500


@contextmanager
def opening() -> Generator[None, None, None]:
    """Errors before the first byte of an answer. Raises `ModelError`s only."""
    try:
        yield
    except openai.APIStatusError as error:
        raise from_status(error.status_code, error.body, error.response.headers) from error
    except openai.APIResponseValidationError as error:
        raise Malformed(type(error).__name__) from error
    except UnicodeError as error:
        # The error itself quotes the key, so it is not kept as a cause.
        raise BadKey(f"a key that no header can hold ({type(error).__name__})") from None
    except (openai.APIConnectionError, httpx2.TransportError, aiohttp.ClientError, OSError) as error:
        raise Unreachable(type(_underlying(error)).__name__) from error


def _underlying(error: Exception) -> BaseException:
    """What the system said: the transport tells a refused connection as one that took too long."""
    deepest, cause = error, error.__cause__ or error.__context__
    while cause is not None:
        deepest, cause = cause if isinstance(cause, OSError) else deepest, cause.__cause__ or cause.__context__
    return deepest


@contextmanager
def reading() -> Generator[None, None, None]:
    """Errors within an answer's stream. Raises `ModelError`s only."""
    try:
        yield
    except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, aiohttp.ClientError, OSError) as error:
        raise CutOff(type(error).__name__) from error


def from_status(status: int, body: object, headers: Mapping[str, str]) -> ModelError:
    """The error that a response with this status and body stands for: the first rule that applies."""
    words = said(body).casefold()
    detail = f"HTTP {status}"
    rules: tuple[tuple[bool, ModelError], ...] = (
        (status == 413 or (status not in LIMITED and _any(TOO_LONG, words)), ContextTooLong(detail)),
        (status == 402 or (status in (400, 403, 429) and _any(NO_CREDIT, words)), OutOfCredit(detail)),
        (status == 429, RateLimited(detail, wait=retry_after(headers))),
        (status in (400, 403, 422) and _any(REFUSALS, words), refused(message_of(body), detail)),
        (status == 404 or (status in (400, 403, 422) and _any(UNKNOWN_MODEL, words)), NoSuchModel(detail)),
        (status in (401, 403), BadKey(detail)),
        (status == 408 or status >= BUSY, Overloaded(detail, wait=retry_after(headers))),
    )
    return next((error for applies, error in rules if applies), ModelError(detail))


def refused(words: str, detail: str = "refusal") -> Refused:
    """A refusal with the model's or the service's own words, on one line and of bearable length."""
    line = " ".join(words.split())
    return Refused(detail, words=line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…")


def refuses(error: openai.APIStatusError, option: str) -> bool:
    """Whether the server says that it does not know this option of a request (and not that its value is wrong)."""
    words = said(error.body).casefold()
    return error.status_code in (400, 422) and option in words and _any(UNSUPPORTED, words)


def from_stream(body: object) -> ModelError:
    """The error that a server told as an object in the stream, after its 200."""
    code = _field(body, "code")
    status = int(code) if code.isdigit() else 0
    kind = f"{code} {_field(body, 'type')}".casefold()
    if not status:
        status = 429 if "rate_limit" in kind or "quota" in kind else 400 if "invalid" in kind else BUSY
    return from_status(status, body, {})


def said(body: object) -> str:
    """Everything an error body says of its kind: message, code and type; the whole body where it has none of them."""
    words = " ".join((message_of(body), _field(body, "code"), _field(body, "type"), _field(body, "param"))).strip()
    return words or str(body)[:2000]


def message_of(body: object) -> str:
    """The error's message, if there is one."""
    return _field(body, "message") or (body if isinstance(body, str) else "")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by `Retry-After`: a number or an HTTP date (RFC 9110, 10.2.3)."""
    text = headers.get("retry-after", "").strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _field(body: object, name: str) -> str:
    if not isinstance(body, Mapping):
        return ""
    fields = cast("Mapping[str, Any]", body)
    inner = fields.get("error")
    value = fields.get(name)
    if value is None and isinstance(inner, Mapping):
        value = cast("Mapping[str, Any]", inner).get(name)
    if value is None and name == "message" and isinstance(inner, str):
        value = inner
    return "" if value is None else str(value)


def _any(parts: tuple[str, ...], words: str) -> bool:
    return any(part in words for part in parts)
