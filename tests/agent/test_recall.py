"""The meter of a session: what it says is what the model would be sent."""

from dataclasses import replace
from io import BytesIO

import pytest

from agent.context import SUMMARY, correction_from
from agent.estimates import TOKENS_PER_MESSAGE, estimated_tokens
from agent.recall import NEARLY_FULL, context_of, is_nearly_full, meter_of
from porting.incoming import import_file
from storage.records import SessionInfo, TurnState, Usage
from storage.store import Store
from tests.agent.people import ANN, CONFIG
from tests.agent.test_compacted_context import PI_SESSION
from tests.porting.reading import a_reader
from tests.storage.samples import ask, exchange

CONFIG_OF = replace(CONFIG, context_tokens=1000, reply_reserve=200)


def tokens(text: str) -> int:
    return estimated_tokens(text) + TOKENS_PER_MESSAGE


async def test_an_empty_session_has_the_instructions_alone(store: Store) -> None:
    session = await store.sessions.create(ANN)
    meter = await meter_of(store, CONFIG_OF, ANN, session.id)
    assert (meter.room, meter.system, meter.summary, meter.messages) == (800, tokens(CONFIG.system_prompt), 0, 0)
    assert not meter.counted


async def test_messages_grow_with_what_is_said(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await exchange(store, session, "a" * 400, "b" * 800)
    meter = await meter_of(store, CONFIG_OF, ANN, session.id)
    assert meter.messages == tokens("a" * 400) + tokens("b" * 800)
    assert meter.share == pytest.approx(meter.used / 800)


async def test_a_servers_count_goes_before_the_estimate(store: Store) -> None:
    session = await store.sessions.create(ANN)
    turn = await ask(store, session, "a" * 400)
    usage = Usage(input_tokens=900, output_tokens=100, estimated_input_tokens=300)
    await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text="b" * 400, usage=usage)
    meter = await meter_of(store, CONFIG_OF, ANN, session.id)
    correction = correction_from(usage)
    context = await context_of(store, CONFIG_OF, ANN, session.id, correction=correction)
    assert meter.counted
    assert correction > 1
    assert meter.used == pytest.approx(context.estimated_tokens * correction, abs=1)


async def test_a_summary_is_told_apart(store: Store) -> None:
    await import_file(store, ANN, BytesIO(PI_SESSION.read_bytes()), a_reader(), skip_known=False)
    session: SessionInfo = await store.sessions.find(ANN, 1)
    meter = await meter_of(store, CONFIG_OF, ANN, session.id)
    assert meter.summary == tokens(SUMMARY.format("The cookie has the wrong domain."))
    assert meter.messages > 0


async def test_more_than_the_room_is_all_of_it_and_told(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await exchange(store, session, "a" * 2000, "b")
    await exchange(store, session, "c" * 9000, "d" * 2400)
    meter = await meter_of(store, CONFIG_OF, ANN, session.id)
    assert (meter.trimmed, meter.share <= 1) == (True, True)


async def test_four_fifths_of_the_room_are_nearly_all_of_it(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await exchange(store, session, "a" * 400, "b")
    context = await context_of(store, CONFIG_OF, ANN, session.id, correction=1.0)
    left = int(NEARLY_FULL * 800) - context.estimated_tokens
    assert is_nearly_full(CONFIG_OF, context, "x" * left * 4, 1.0)
    assert not is_nearly_full(CONFIG_OF, context, "x" * (left - 1) * 4, 1.0)
    assert is_nearly_full(CONFIG_OF, context, "x" * (left - 1) * 4, 1.1)
