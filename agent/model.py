"""`ModelClient`: the one thing the agent needs of a model. The OpenAI client, the built-in model and the tests'
scripted
model each are one; the agent cannot tell them apart.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a `data:` URL, and about how many tokens it takes."""

    url: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the context, in chat-completions terms."""

    role: Role
    content: str
    pictures: tuple[Picture, ...] = ()
    """What is shown with the words, to models that see."""
    file_tokens: int = 0
    """About how many tokens of it are files that came with what was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRequest:
    """What is asked of the model for one answer."""

    messages: Sequence[Message]
    max_output_tokens: int | None = None
    model: str | None = None
    """Another model of the same endpoint than the client's own."""
    effort: str | None = None
    """How much the model shall think, where it can be told so (`reasoning_effort`)."""


@dataclass(frozen=True, slots=True)
class Text:
    """More of the answer; never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A sign of life from a model that thinks before it writes; not part of the answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What the server counted, usually once, at the end."""

    input: int
    output: int
    cached: int = 0


class FinishReason(StrEnum):
    """Why the model stopped writing."""

    STOP = "stop"
    LENGTH = "length"
    REFUSED = "content_filter"


@dataclass(frozen=True, slots=True)
class Finish:
    """The answer's end. A stream that ends without one was cut off."""

    reason: FinishReason


ModelEvent = Text | Thinking | Tokens | Finish


class ModelClient(Protocol):
    """Streams one answer per call."""

    @property
    def name(self) -> str:
        """The name of the model that is asked where a request names none."""
        ...

    @property
    def host(self) -> str:
        """Where people's words are sent, for the privacy notice: "api.openai.com", or "nowhere" words for the built-in."""
        ...

    @property
    def label(self) -> str | None:
        """A line put under each answer where people must know what answered (the built-in model), else `None`."""
        ...

    def stream(self, request: ModelRequest) -> AbstractAsyncContextManager[AsyncIterator[ModelEvent]]:
        """Ask. Leaving the context closes the connection, whatever happened inside.

        Entering and iterating raise `ModelError`s only. Iterating obeys cancellation at once.
        """
        ...

    async def list_models(self) -> Sequence[str]:
        """The names of the models that may be asked there. Raises `ModelError`."""
        ...

    async def close(self) -> None:
        """Let go of connections; twice is the same as once."""
        ...
