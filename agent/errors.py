"""What can go wrong while an answer is made. Each class carries the sentence that a person reads and what may be done
about it.

    AgentError
    ├── SessionBusy, SessionDisposed      misuse of an `AgentSession`; never shown
    ├── ShuttingDown                      the bot is about to end and takes nothing new
    ├── TooFast                           a person sent as many prompts as they may in a minute
    └── ModelError                        the model gave no answer, or not a whole one
        ├── BadKey            ├── Overloaded      ├── Unreachable
        ├── NoSuchModel       ├── ContextTooLong  ├── Malformed
        ├── RateLimited       ├── Refused         ├── EmptyAnswer
        ├── OutOfCredit       ├── CutOff          └── Stalled
        ├── TookTooLong       ├── EndpointDown    ├── OverBudget
        └── SessionUnread     └── Costly

Client libraries' own exceptions become these in one place beside each `ModelClient`.
"""

import math
from datetime import datetime
from typing import ClassVar, Final

from agent.prices import money
from storage.records import Cost


class AgentError(Exception):
    """Base of everything that `agent/` raises on purpose."""


class SessionBusy(AgentError):
    """`prompt()` was called while an answer is streaming; use `follow_up()`."""


class SessionDisposed(AgentError):
    """The session was disposed; build a fresh one."""


class ShuttingDown(AgentError):
    """The bot is ending; nothing new is taken."""

    def __init__(self) -> None:
        super().__init__("I'm just restarting. Send that again in a minute.")


class TooFast(AgentError):
    """A person sent `limit` prompts within a minute; the next one is taken in `wait` seconds."""

    def __init__(self, limit: int, wait: float) -> None:
        self.limit, self.wait = limit, max(1, math.ceil(wait))
        super().__init__(
            f"That's more than {limit} messages in a minute, which is what I take from one person. "
            f"Please send it again in {self.wait} s."
        )


ONLY_OPERATOR: Final = "Only Cubby's operator can fix this. Your message is kept."
OPERATOR_TOLD: Final = "Only Cubby's operator can fix this; they've been told. Your message is kept."


class ModelError(AgentError):
    """The model's side failed. `sentence` is what a person reads; the exception's own text is for the log."""

    kind: ClassVar[str] = "model"
    """Stored with the turn; never changes."""
    sentence: ClassVar[str] = "The model service failed. Your message is kept; try again."
    cause: ClassVar[str] = ""
    """What happened, where only whoever runs the bot can mend it; `sentence` begins with it."""
    transient: ClassVar[bool] = False
    """Whether trying again by ourselves may help, as long as no text has come."""
    blame_prompt: ClassVar[bool] = False
    """Whether the prompt itself was the cause, so that it must stay out of later contexts."""

    def __init__(self, detail: str = "", *, wait: float | None = None, words: str | None = None) -> None:
        super().__init__(detail)
        self.wait = wait
        """Seconds the service asked us to wait (`Retry-After`), if it did."""
        self.words = words
        """The model's own words for people, where it gave some (a refusal)."""

    def __str__(self) -> str:
        return f"{self.kind}: {super().__str__()}"

    def for_person(self, *, operator_told: bool = False) -> str:
        """The sentence for the person, with the model's own words where it gave some; it says whether the operator knows of
        what only they can mend.
        """
        sentence = f"{self.cause} {OPERATOR_TOLD}" if self.cause and operator_told else self.sentence
        return f"{sentence}\n> {self.words}" if self.words else sentence


class BadKey(ModelError):
    """401 or 403: the API key is missing, wrong or not allowed."""

    kind = "bad_key"
    cause = "The model service doesn't accept this bot's key."
    sentence = f"{cause} {ONLY_OPERATOR}"


class NoSuchModel(ModelError):
    """404: the endpoint does not have the configured model."""

    kind = "no_such_model"
    cause = "The model this bot is set to isn't there."
    sentence = f"{cause} {ONLY_OPERATOR}"


class RateLimited(ModelError):
    """429: too many requests; `wait` says how long, where the service told."""

    kind = "rate_limited"
    sentence = "The model is busy with too many requests. Your message is kept; try again in a minute."
    transient = True


class OutOfCredit(ModelError):
    """429 `insufficient_quota` or 402: the account has no credit left."""

    kind = "out_of_credit"
    cause = "The model account is out of credit."
    sentence = f"{cause} {ONLY_OPERATOR}"


class Overloaded(ModelError):
    """500, 502, 503, 529: the service is overloaded or broken for now."""

    kind = "overloaded"
    sentence = "The model service is overloaded right now. Your message is kept; try again in a minute."
    transient = True


class ContextTooLong(ModelError):
    """400 `context_length_exceeded` or 413: the prompt does not fit the model."""

    kind = "context_too_long"
    sentence = "That message is too long for this model. Shorten it and send it again."
    blame_prompt = True


class Refused(ModelError):
    """The service's policy refused the prompt, or the model declined; `words` has what it said."""

    kind = "refused"
    sentence = "The model declined to answer that. Try asking it another way."
    blame_prompt = True


class CutOff(ModelError):
    """The stream ended without a finish reason, or the connection broke in it."""

    kind = "cut_off"
    sentence = "The connection to the model was cut before the answer ended. Your message is kept; try again."
    transient = True


class Stalled(ModelError):
    """Nothing came within the first-delta or the between-deltas limit."""

    kind = "stalled"
    sentence = "The model stopped responding. Your message is kept; try again."


class TookTooLong(ModelError):
    """The answer took longer than the total limit."""

    kind = "took_too_long"
    sentence = "The answer took too long, so I stopped waiting. Your message is kept; try a smaller question."


class Unreachable(ModelError):
    """No connection to the endpoint."""

    kind = "unreachable"
    sentence = "I can't reach the model service right now. Your message is kept; try again in a minute."
    transient = True


class Malformed(ModelError):
    """The endpoint answered with something that is no chat completion."""

    kind = "malformed"
    sentence = "The model service sent something I can't read. Your message is kept; try again."


class EmptyAnswer(ModelError):
    """The answer ended properly without a word in it."""

    kind = "empty"
    sentence = "The model gave an empty answer. Try again, or ask another way."


class SessionUnread(ModelError):
    """The store did not give what the model was to be sent."""

    kind = "store"
    sentence = "I couldn't read this session: the disk isn't giving it. Your message is kept; try again in a minute."


class EndpointDown(ModelError):
    """The endpoint has failed again and again, so it is not asked until a probe finds it well (see `breaker.py`)."""

    kind = "endpoint_down"
    sentence = "The model service is down. Your message is kept; try now, or a little later."

    def __init__(self, since: datetime | None = None) -> None:
        super().__init__("not asked")
        self.since = since

    def for_person(self, *, operator_told: bool = False) -> str:
        """With the time, which Discord shows in the reader's own zone."""
        if self.since is None:
            return super().for_person(operator_told=operator_told)
        return f"The model service has been down since <t:{int(self.since.timestamp())}:t>. Your message is kept."


class Costly(ModelError):
    """The answer would cost more than is asked for without a word, so its owner is to say whether to ask: `about` how much."""

    kind = "costly"
    sentence = "That answer would cost much, so I haven't asked for it yet. Your message is kept."
    blame_prompt = True

    def __init__(self, about: Cost | None = None) -> None:
        super().__init__("not asked")
        self.about = about

    def for_person(self, *, operator_told: bool = False) -> str:
        """With the sum."""
        if self.about is None:
            return super().for_person(operator_told=operator_told)
        return f"That answer would cost about {money(self.about)}, so I haven't asked for it yet. Your message is kept."


class OverBudget(ModelError):
    """The day's tokens are used up, the person's own or `everyone`'s."""

    kind = "over_budget"
    sentence = "Today's share is used up. Your message is kept, and your sessions stay readable; try again tomorrow."

    def __init__(self, refills: datetime | None = None, *, everyone: bool = False) -> None:
        super().__init__("everyone's" if everyone else "the person's")
        self.refills, self.everyone = refills, everyone

    def for_person(self, *, operator_told: bool = False) -> str:
        """With the time until there is more, which Discord counts down."""
        if self.refills is None:
            return super().for_person(operator_told=operator_told)
        whose = "Together you've all" if self.everyone else "You've"
        return (
            f"{whose} used today's share. It refills <t:{int(self.refills.timestamp())}:R>. "
            "Your message is kept, and your sessions stay readable."
        )
