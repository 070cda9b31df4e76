"""What has come of an answer while it is written, and how it ends by that."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.budget import Reservation
from agent.choices import Chosen
from agent.context import Context
from agent.ended import Ended
from agent.errors import EmptyAnswer, ModelError, Refused
from agent.model import FinishReason, Message, Tokens
from agent.spending import usage_of
from agent.thoughts import Thoughts
from storage.records import TurnState, Usage

log = logging.getLogger(__name__)

LENGTH: Final = "length"
"""The error kind of an answer that reached its length limit."""


@dataclass(slots=True)
class Answer:
    """What has come of the answer so far, after what it goes on from."""

    begun: str = ""
    """The text of the answer that this one finishes."""
    pieces: list[str] = field(default_factory=list[str])
    thoughts: Thoughts = field(default_factory=Thoughts)
    tokens: Tokens | None = None
    finish: FinishReason | None = None
    chosen: Chosen | None = None
    context: Context | None = None
    unseen: bool = False  # pictures came with the prompt, and whoever answers doesn't look at pictures
    refused: Sequence[Message] | None = None
    """What the server found too long, so that the context was made shorter."""
    unsummarised: bool = False
    """A summary was tried to make room, and failed."""
    reservation: Reservation | None = None

    @property
    def text(self) -> str:
        """All text so far."""
        return self.begun + self.new

    @property
    def new(self) -> str:
        """What the model has written."""
        if len(self.pieces) > 1:
            self.pieces[:] = ["".join(self.pieces)]
        return self.pieces[0] if self.pieces else ""


def finished(answer: Answer) -> Ended:
    """The end of an answer whose model says that it is done."""
    if answer.finish is FinishReason.REFUSED:
        return failed(answer, Refused("finish_reason content_filter"))
    if not answer.new.strip():
        return failed(answer, EmptyAnswer())
    ended = Ended(outcome=TurnState.COMPLETED, text=answer.text, usage=_usage(answer), trimmed=_trimmed(answer))
    if answer.finish is FinishReason.LENGTH:
        return replace(ended, outcome=TurnState.TRUNCATED, kind=LENGTH)
    return ended


def failed(answer: Answer, error: ModelError) -> Ended:
    """The end of one that came no further."""
    log.info("the model failed: %s", error.kind)
    text = _worth_keeping(answer)
    return Ended(
        outcome=TurnState.TRUNCATED if text else TurnState.FAILED,
        text=text,
        error=error,
        kind=error.kind,
        usage=_usage(answer),
        trimmed=_trimmed(answer),
    )


def stopped(answer: Answer, outcome: TurnState) -> Ended:
    """The end of one that was cancelled; one that had ended by then is what it is."""
    if answer.finish is not None:
        return finished(answer)
    return Ended(outcome=outcome, text=_worth_keeping(answer), usage=_usage(answer), trimmed=_trimmed(answer))


def _usage(answer: Answer) -> Usage | None:
    return usage_of(answer.tokens, estimated=answer.context.estimated_tokens if answer.context is not None else 0)


def _trimmed(answer: Answer) -> bool:
    return answer.context is not None and answer.context.trimmed


def _worth_keeping(answer: Answer) -> str:
    """The text, unless it is blank: that is none."""
    return answer.text if answer.text.strip() else ""
