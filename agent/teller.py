"""`Teller`: what one `AgentSession` says to its listeners, in order, each event with the generation of its build."""

import logging
from collections.abc import Callable

from agent.ended import Ended
from agent.errors import ModelError
from agent.events import (
    Event,
    LineWaiting,
    Listener,
    MakingRoom,
    QueueChanged,
    RetryWaiting,
    TextDelta,
    ThoughtDelta,
    TurnEnded,
    TurnSaved,
    TurnStarted,
)
from storage.records import Actor, SessionInfo, Turn

log = logging.getLogger(__name__)


class Teller:
    """Makes a session's events and hands them out. A listener that raises is logged and harms no other."""

    def __init__(self, actor: Actor, info: SessionInfo, generation: int, attempts: int) -> None:
        self.info = info
        """The session as it was last read: what each event carries."""
        self._actor, self._generation, self._attempts = actor, generation, attempts
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns what ends that."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def fall_silent(self) -> None:
        """Drop every listener."""
        self._listeners.clear()

    def started(self, turn: Turn) -> None:
        """See `TurnStarted`."""
        self._emit(TurnStarted(actor=self._actor, session=self.info, generation=self._generation, turn=turn))

    def delta(self, turn: Turn, text: str) -> None:
        """See `TextDelta`."""
        self._emit(TextDelta(actor=self._actor, session=self.info, generation=self._generation, turn=turn, text=text))

    def thought(self, turn: Turn, text: str) -> None:
        """See `ThoughtDelta`."""
        self._emit(ThoughtDelta(actor=self._actor, session=self.info, generation=self._generation, turn=turn, text=text))

    def retrying(self, turn: Turn, error: ModelError, seconds: float, attempt: int) -> None:
        """See `RetryWaiting`."""
        self._emit(
            RetryWaiting(
                actor=self._actor,
                session=self.info,
                generation=self._generation,
                turn=turn,
                error=error,
                seconds=seconds,
                attempt=attempt,
                attempts=self._attempts,
            )
        )

    def in_line(self, turn: Turn, position: int) -> None:
        """See `LineWaiting`."""
        self._emit(LineWaiting(actor=self._actor, session=self.info, generation=self._generation, turn=turn, position=position))

    def making_room(self, turn: Turn, is_over: bool) -> None:
        """See `MakingRoom`."""
        self._emit(MakingRoom(actor=self._actor, session=self.info, generation=self._generation, turn=turn, is_over=is_over))

    def ended(self, turn: Turn, ended: Ended, *, trimmed: bool, nearly_full: bool, saved: bool) -> None:
        """See `TurnEnded`."""
        self._emit(
            TurnEnded(
                actor=self._actor,
                session=self.info,
                generation=self._generation,
                turn=turn,
                outcome=ended.outcome,
                text=ended.text,
                error=ended.error,
                context_trimmed=trimmed,
                unsummarised=trimmed and ended.unsummarised,
                context_nearly_full=nearly_full,
                near_limit=ended.near_limit,
                pictures_unseen=ended.unseen,
                files_clipped=ended.clipped,
                model_gone=ended.gone,
                saved=saved,
            )
        )

    def saved(self, turn: Turn) -> None:
        """See `TurnSaved`."""
        self._emit(TurnSaved(actor=self._actor, session=self.info, generation=self._generation, turn=turn))

    def queue(self, waiting: tuple[Turn, ...]) -> None:
        """See `QueueChanged`."""
        self._emit(QueueChanged(actor=self._actor, session=self.info, generation=self._generation, waiting=waiting))

    def _emit(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed")
