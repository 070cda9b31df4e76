"""What a session's events say of its turns: one log line for each that ended, and the numbers.

`TurnWatch.on_event` is one more `Listener` beside the deliverer's. Times are this process's own; a turn that began in an
earlier run has none.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from agent.events import Event, QueueChanged, TextDelta, TurnEnded, TurnStarted
from storage.records import TurnState
from watch.metrics import Metrics

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    started: float
    first_delta: float | None = None


class TurnWatch:
    """Counts and times turns. `clock` gives seconds, `now` the time of day."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float], now: Callable[[], datetime]) -> None:
        self.last_success: datetime | None = None
        """When the model last gave a whole answer; `None` if it has not since the start."""
        self.failures = 0
        """Turns in a row that the model's side failed since then."""
        self._metrics, self._clock, self._now = metrics, clock, now
        self._running: dict[UUID, _Run] = {}
        self._queued: dict[UUID, int] = {}

    def on_event(self, event: Event) -> None:
        """The `Listener`."""
        match event:
            case TurnStarted():
                self._running[event.turn.id] = _Run(self._clock())
                self._metrics.live.set(len(self._running))
            case TextDelta():
                run = self._running.get(event.turn.id)
                if run is not None and run.first_delta is None:
                    run.first_delta = self._clock() - run.started
                    self._metrics.first_delta.observe(run.first_delta)
            case TurnEnded():
                self._end(event)
            case QueueChanged():
                self._count_queue(event)
            case _:
                pass

    def _end(self, event: TurnEnded) -> None:
        run = self._running.pop(event.turn.id, None)
        total = None if run is None else self._clock() - run.started
        self._metrics.live.set(len(self._running))
        self._metrics.turns.labels(event.outcome.value).inc()
        if total is not None:
            self._metrics.total.observe(total)
        if event.turn.usage is not None:
            self._metrics.tokens.labels("input").inc(event.turn.usage.input_tokens)
            self._metrics.tokens.labels("output").inc(event.turn.usage.output_tokens)
        self._judge(event)
        _log(event, None if run is None else run.first_delta, total)

    def _judge(self, event: TurnEnded) -> None:
        """A prompt that was itself the cause, and a person's stop, say nothing of the model."""
        if event.error is not None:
            self.failures += not event.error.blame_prompt
        elif event.outcome in (TurnState.COMPLETED, TurnState.TRUNCATED):
            self.last_success, self.failures = self._now(), 0

    def _count_queue(self, event: QueueChanged) -> None:
        queued = sum(turn.state is TurnState.QUEUED for turn in event.waiting)
        self._queued.pop(event.session.id, None)
        if queued:
            self._queued[event.session.id] = queued
        self._metrics.queued.set(sum(self._queued.values()))


def _log(event: TurnEnded, first_delta: float | None, total: float | None) -> None:
    usage = event.turn.usage
    facts = {
        "turn": str(event.turn.id),
        "session": str(event.session.id),
        "owner": event.actor.user_id,
        "outcome": event.outcome.value,
        "error": event.turn.error if event.error is None else event.error.kind,
        "saved": event.saved,
        "first_delta_ms": _milliseconds(first_delta),
        "total_ms": _milliseconds(total),
        "input_tokens": usage and usage.input_tokens,
        "output_tokens": usage and usage.output_tokens,
    }
    log.info("turn ended", extra={"facts": facts})


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)
