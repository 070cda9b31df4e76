"""What is counted and logged of turns."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from agent.errors import ContextTooLong, ModelError, Overloaded
from agent.events import Event, QueueChanged, TextDelta, TurnEnded, TurnStarted
from storage.records import Actor, SessionInfo, Source, SourceKind, Turn, TurnState, Usage
from watch.metrics import Metrics
from watch.turns import TurnWatch
from watch.vitals import MOST_FAILURES

ANN = Actor(80351110224678912)
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
SESSION = SessionInfo(
    id=uuid4(), number=1, owner=1, name=None, created=NOON, modified=NOON, message_count=0, first_message=None, model=None
)


class Watched:
    """A `TurnWatch` with a clock that is moved by hand."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.metrics = Metrics()
        self.turns = TurnWatch(self.metrics, lambda: self.seconds, lambda: NOON)

    def tell(self, *events: Event) -> None:
        for event in events:
            self.turns.on_event(event)

    def value(self, name: str, **labels: str) -> float | None:
        return self.metrics.registry.get_sample_value(name, labels)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def turn(state: TurnState = TurnState.ASKED) -> Turn:
    source = Source(kind=SourceKind.MESSAGE, id=1, channel_id=2)
    return Turn(
        id=uuid4(),
        session_id=SESSION.id,
        session_number=1,
        owner=1,
        state=state,
        prompt="xylophone",
        source=source,
        created=NOON,
    )


def started(asked: Turn) -> TurnStarted:
    return TurnStarted(actor=ANN, session=SESSION, generation=1, turn=asked)


def delta(asked: Turn) -> TextDelta:
    return TextDelta(actor=ANN, session=SESSION, generation=1, turn=asked, text="xylo")


def ended(asked: Turn, outcome: TurnState = TurnState.COMPLETED, error: ModelError | None = None) -> TurnEnded:
    return TurnEnded(actor=ANN, session=SESSION, generation=1, turn=asked, outcome=outcome, text="xylo", error=error)


def queue(*waiting: Turn) -> QueueChanged:
    return QueueChanged(actor=ANN, session=SESSION, generation=1, waiting=waiting)


def test_only_the_first_words_are_timed_as_first(watched: Watched) -> None:
    asked = turn()
    for event in (started(asked), delta(asked), delta(asked), ended(asked)):
        watched.tell(event)
        watched.seconds += 2
    assert watched.value("cubby_first_delta_seconds_count") == 1
    assert watched.value("cubby_first_delta_seconds_sum") == 2
    assert watched.value("cubby_turn_seconds_sum") == 6


def test_a_turn_of_an_earlier_run_has_an_outcome_and_no_times(watched: Watched) -> None:
    watched.tell(ended(turn(), TurnState.INTERRUPTED))
    assert watched.value("cubby_turns_total", outcome="interrupted") == 1
    assert watched.value("cubby_turn_seconds_count") == 0


def test_nothing_lives_or_waits_once_all_is_done(watched: Watched) -> None:
    asked = turn()
    watched.tell(started(asked), queue(turn(TurnState.QUEUED), turn(TurnState.PAUSED)))
    assert (watched.value("cubby_live_streams"), watched.value("cubby_queued_prompts")) == (1, 1)
    watched.tell(ended(asked), queue())
    assert (watched.value("cubby_live_streams"), watched.value("cubby_queued_prompts")) == (0, 0)


def test_tokens_are_added_up(watched: Watched) -> None:
    used = replace(turn(), usage=Usage(input_tokens=7, output_tokens=3))
    watched.tell(ended(used), ended(used), ended(turn()))
    assert watched.value("cubby_model_tokens_total", direction="input") == 14
    assert watched.value("cubby_model_tokens_total", direction="output") == 6


def test_a_prompt_that_was_the_cause_is_not_held_against_the_model(watched: Watched) -> None:
    failures = [ended(turn(), TurnState.FAILED, ContextTooLong()) for _ in range(MOST_FAILURES)]
    watched.tell(*failures, ended(turn(), TurnState.STOPPED))
    assert (watched.turns.failures, watched.turns.last_success) == (0, None)


def test_failures_in_a_row_are_counted_until_an_answer_comes(watched: Watched) -> None:
    watched.tell(*[ended(turn(), TurnState.FAILED, Overloaded()) for _ in range(MOST_FAILURES)])
    assert watched.turns.failures == MOST_FAILURES
    watched.tell(ended(turn()))
    assert (watched.turns.failures, watched.turns.last_success) == (0, NOON)


def test_one_line_for_each_turn_with_ids_and_times_and_no_words(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    asked = turn()
    watched.tell(started(asked), delta(asked), ended(asked, TurnState.FAILED, Overloaded("xylo")))
    assert [record.getMessage() for record in caplog.records] == ["turn ended"]
    facts = vars(caplog.records[0])["facts"]
    assert facts.items() >= {"turn": str(asked.id), "owner": ANN.user_id, "error": "overloaded", "total_ms": 0}.items()
    assert "xylo" not in repr(vars(caplog.records[0]))


def test_no_number_tells_of_a_person_or_a_session(watched: Watched) -> None:
    asked = turn()
    watched.tell(started(asked), delta(asked), queue(turn(TurnState.QUEUED)), ended(asked))
    labels = {name for family in watched.metrics.registry.collect() for sample in family.samples for name in sample.labels}
    assert labels == {"outcome", "call", "result", "direction", "le"}
