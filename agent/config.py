"""What the agent is told of the settings, and its own fixed limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from agent.deadlines import Deadlines
from agent.prices import Prices


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Which models of the endpoint people may ask."""

    default: str = ""
    """The operator's, which is asked where nobody chose another; empty where only the model client knows it."""
    allowed: tuple[str, ...] | None = ()
    """The others that may be chosen; `None` is whatever the endpoint offers."""
    contexts: Mapping[str, int] = field(default_factory=dict[str, int])
    """How many tokens of context they have, where that is not `AgentConfig.context_tokens`."""
    thinking: frozenset[str] = frozenset()
    """Those that can be told how much to think."""
    seeing: frozenset[str] = frozenset()
    """Those that look at pictures."""

    def allows(self, model: str) -> bool:
        """Whether it may be asked."""
        return model == self.default or self.allowed is None or model in self.allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """Limits and instructions; times are in seconds."""

    system_prompt: str = "You are a concise, helpful assistant."
    context_tokens: int = 8192
    reply_reserve: int = 2048
    """Tokens of the context kept free for the answer."""
    max_output_tokens: int | None = None
    models: Models = field(default_factory=Models)
    prices: Prices = field(default_factory=Prices)
    ask_first_above: int = 0
    """What an answer may cost about, in millionths of the prices' currency, without its owner being asked; 0 is any sum."""
    deadlines: Deadlines = field(default_factory=Deadlines)
    queue_limit: int = 5
    """Prompts that may wait in one session."""
    running_turns: int = 32
    """Answers that are written at once, over all people."""
    prompts_per_minute: int = 0
    """Prompts that one person may send in a minute; 0 is any number."""
    day_tokens_person: int = 0
    """Tokens of one person in a day (UTC); 0 is any number."""
    day_tokens_all: int = 0
    """Tokens of all people in a day; 0 is any number."""
    keep_limit: int = 2
    """Sessions of one person that may go on writing after they were left."""
    idle_seconds: float = 1800.0
    silence: timedelta = timedelta(hours=8)
    """After how long without a message an answer says in which session it is."""
    attempts: int = 3
    """Tries of one answer, as long as the failures are passing ones and no text has come."""
    backoff: float = 1.0
    """Seconds before the second try; they double with each further one."""
    longest_wait: float = 60.0
    """The longest `Retry-After` that is waited for."""
    checkpoint_seconds: float = 1.0
    summary_seconds: float = 60.0
    """How long a summary of a session's older part may take, all its steps together."""
    fresh_seconds: float = 300.0
    """How old a waiting prompt may be to go on by itself after a restart."""
