"""The numbers of `/metrics`, in a registry of their own. Their labels are few and fixed: nobody's id, nothing of a session."""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from storage.records import TurnState

ANSWER_SECONDS: Final = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 600)
COMMIT_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
LAG_SECONDS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5)

OUTCOMES: Final = tuple(state for state in TurnState if state.is_ended and state is not TurnState.REMOVED)
CALLS: Final = ("edit", "send", "other")
RESULTS: Final = ("ok", "limited", "failed")


class Metrics:
    """Every number there is; each series is there from the start, at zero."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self.turns = Counter("cubby_turns", "Turns that ended, by outcome.", ["outcome"], registry=registry)
        self.first_delta = Histogram(
            "cubby_first_delta_seconds", "From asking the model to its first words.", registry=registry, buckets=ANSWER_SECONDS
        )
        self.total = Histogram(
            "cubby_turn_seconds", "From asking the model to the stored end.", registry=registry, buckets=ANSWER_SECONDS
        )
        self.live = Gauge("cubby_live_streams", "Answers that are being made.", registry=registry)
        self.tasks = Gauge("cubby_tasks", "Tasks of the event loop.", registry=registry)
        self.queued = Gauge("cubby_queued_prompts", "Prompts that wait behind a running answer.", registry=registry)
        self.calls = Counter(
            "cubby_discord_calls",
            "Calls to Discord by what they do; limited means status 429, failed any other refusal or a lost connection.",
            ["call", "result"],
            registry=registry,
        )
        self.tokens = Counter("cubby_model_tokens", "Tokens that the model reported.", ["direction"], registry=registry)
        self.commit = Histogram(
            "cubby_store_commit_seconds",
            "A small write until its commit, tried at times.",
            registry=registry,
            buckets=COMMIT_SECONDS,
        )
        self.lag = Histogram(
            "cubby_event_loop_lag_seconds", "How late the event loop wakes a sleeper.", registry=registry, buckets=LAG_SECONDS
        )
        self._begin_at_zero()

    def _begin_at_zero(self) -> None:
        for outcome in OUTCOMES:
            self.turns.labels(outcome.value)
        for call in CALLS:
            for result in RESULTS:
                self.calls.labels(call, result)
        for direction in ("input", "output"):
            self.tokens.labels(direction)
