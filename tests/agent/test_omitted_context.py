"""What is left out of what models are sent: exactly the exchanges that were named, and nothing else changes."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from agent.context import build_context
from agent.recall import context_of, meter_of
from storage.omissions import masked
from storage.records import Entry, EntryKind
from storage.store import Store
from tests.agent.people import ANN, CONFIG
from tests.storage.samples import START, ask, exchange, prompt

SESSION = UUID(int=1)
EXCHANGES = st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30), st.booleans()), max_size=8)


def path_of(said: list[tuple[str, str, bool]]) -> tuple[list[Entry], set[int]]:
    """A path of these exchanges and a last question, and the answers that are left out."""
    entries: list[Entry] = []
    texts = [text for question, answer, _ in said for text in (question, answer)] + ["and now?"]
    for depth, text in enumerate(texts):
        kind, parent = (EntryKind.ASSISTANT if depth % 2 else EntryKind.USER), entries[-1].id if entries else None
        entries.append(
            Entry(
                id=depth + 1,
                session_id=SESSION,
                parent=parent,
                depth=depth,
                kind=kind,
                author=None,
                text=text,
                created=START,
            )
        )
    return entries, {2 * nth + 2 for nth, (_, _, out) in enumerate(said) if out}


@given(EXCHANGES)
def test_it_is_as_if_these_had_never_been_said(said: list[tuple[str, str, bool]]) -> None:
    entries, omitted = path_of(said)
    others, _ = path_of([each for each in said if not each[2]])
    left = build_context(masked(entries, omitted), system_prompt="s", budget_tokens=10_000, reserve_tokens=0)
    never = build_context(others, system_prompt="s", budget_tokens=10_000, reserve_tokens=0)
    assert left == never
    assert masked(entries, set()) == entries


@given(EXCHANGES, st.integers(20, 200))
def test_in_a_small_room_the_others_take_its_place(said: list[tuple[str, str, bool]], room: int) -> None:
    entries, omitted = path_of(said)
    others, _ = path_of([each for each in said if not each[2]])
    left = build_context(masked(entries, omitted), system_prompt="s", budget_tokens=room, reserve_tokens=0)
    never = build_context(others, system_prompt="s", budget_tokens=room, reserve_tokens=0)
    assert left.messages == never.messages


async def test_a_sessions_context_and_meter_are_without_it_until_it_is_taken_in_again(store: Store) -> None:
    session = await store.sessions.create(ANN)
    turn = await exchange(store, session, "a secret " * 50, "of yours " * 50)
    assert turn.answer_entry is not None
    await ask(store, session, "what do you know?")
    context, meter = (
        await context_of(store, CONFIG, ANN, session.id, correction=1),
        await meter_of(store, CONFIG, ANN, session.id),
    )
    await store.omissions.omit(ANN, session.id, turn.answer_entry)
    without = await context_of(store, CONFIG, ANN, session.id, correction=1)
    assert [message.content for message in without.messages[1:]] == ["what do you know?"]
    assert not without.trimmed
    assert (await meter_of(store, CONFIG, ANN, session.id)).messages < meter.messages / 10
    await store.omissions.restore(ANN, session.id, turn.answer_entry)
    assert await context_of(store, CONFIG, ANN, session.id, correction=1) == context
    assert await meter_of(store, CONFIG, ANN, session.id) == meter


async def test_another_answer_to_the_same_question_is_sent(store: Store) -> None:
    session = await store.sessions.create(ANN)
    turn = await exchange(store, session, "one", "two")
    assert turn.answer_entry is not None
    await store.omissions.omit(ANN, session.id, turn.answer_entry)
    await store.turns.retry(ANN, turn.id, prompt())
    context = await context_of(store, CONFIG, ANN, session.id, correction=1)
    assert [message.content for message in context.messages[1:]] == ["one"]
