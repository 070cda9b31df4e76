"""Answers of more than three messages: the beginning in messages, all of it in a file."""

import pytest

from delivery.long import COMES_AS_FILE, IN_FILE
from playground.standin import Fault, Message
from storage.preferences import IN_MESSAGES, LONG_ANSWERS
from storage.records import Prompt, Source, SourceKind, Surface, Target, TurnState
from tests.delivery.cast import Cast, labels

TEXT = "".join(f"line {number}\n" for number in range(1500))


async def target_of(cast: Cast, surface: Surface) -> Target:
    return await cast.private() if surface is Surface.EPHEMERAL else cast.direct()


def answers(cast: Cast, surface: Surface = Surface.EPHEMERAL) -> list[Message]:
    return cast.ann.sees(cast.general if surface is Surface.EPHEMERAL else cast.ann.dm)


def files(shown: list[Message]) -> list[list[str]]:
    return [[file.data.decode() for file in message.attachments] for message in shown]


@pytest.mark.parametrize("surface", [Surface.EPHEMERAL, Surface.DIRECT])
async def test_it_ends_in_a_file_as_private_as_the_rest(cast: Cast, surface: Surface) -> None:
    turn = await cast.start(await target_of(cast, surface))
    cast.delta(turn, TEXT)
    await cast.seen(lambda m: COMES_AS_FILE in m.text, None if surface is Surface.EPHEMERAL else cast.ann.dm)
    await cast.end(turn, TEXT)
    await cast.settled()
    shown = answers(cast, surface)
    assert files(shown) == [[], [], [TEXT]]
    assert IN_FILE in shown[-1].text
    assert labels(shown[-1]) == ["Reply"]
    assert all(message.ephemeral is (surface is Surface.EPHEMERAL) for message in shown)


async def test_who_wants_all_of_it_in_messages_has_it_so(cast: Cast) -> None:
    await cast.store.preferences.set(cast.actor, LONG_ANSWERS, IN_MESSAGES)
    turn = await cast.start(cast.direct())
    await cast.end(turn, TEXT)
    await cast.settled()
    shown = answers(cast, Surface.DIRECT)
    assert len(shown) > 3
    assert not any(message.attachments for message in shown)
    assert "line 1499" in shown[-1].text


async def test_one_of_three_messages_has_no_file(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    await cast.end(turn, TEXT[:5000])
    await cast.settled()
    assert files(answers(cast, Surface.DIRECT)) == [[], [], []]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_last_edit_that_fails_is_tried_again_with_the_file(cast: Cast, when: str) -> None:
    turn = await cast.start(await cast.private())
    cast.delta(turn, TEXT)
    await cast.seen(lambda m: COMES_AS_FILE in m.text)
    cast.standin.faults.add(Fault(route="PATCH /webhooks/*", cut=True, when="after" if when == "after" else "before", times=2))
    await cast.end(turn, TEXT)
    await cast.settled()
    assert files(answers(cast)) == [[], [], [TEXT]]


async def test_after_a_crash_the_file_comes_with_the_mended_answer(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, TEXT)
    await cast.seen(lambda m: COMES_AS_FILE in m.text, cast.ann.dm)
    await cast.deliverer.close(timeout=0)
    await cast.store.turns.end(cast.actor, turn.id, TurnState.INTERRUPTED, text=TEXT)
    await cast.begin().recover()
    await cast.settled()
    assert files(answers(cast, Surface.DIRECT)) == [[], [], [TEXT]]


async def test_the_rest_that_is_offered_has_the_file(cast: Cast) -> None:
    turn = await cast.submit(cast.direct())
    ended = await cast.store.turns.end(cast.actor, turn.id, TurnState.COMPLETED, text=TEXT)
    assert await cast.deliverer.again.show(cast.actor, cast.session, ended, await cast.private(), since=2)
    await cast.seen(lambda m: IN_FILE in m.text)
    assert files([m for m in answers(cast) if IN_FILE in m.text]) == [[TEXT]]


async def test_when_retry_is_taken_off_the_file_stays(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    await cast.end(turn, TEXT, TurnState.STOPPED)
    await cast.settled()
    await cast.start(cast.direct())
    await cast.seen(lambda m: labels(m) == ["Reply"], cast.ann.dm)
    assert files(answers(cast, Surface.DIRECT))[:3] == [[], [], [TEXT]]


async def test_once_another_is_posted_in_its_place_an_answer_offers_no_retry(cast: Cast) -> None:
    first = await cast.start(cast.direct())
    await cast.end(first, TEXT, TurnState.STOPPED)
    again = Prompt(text="", source=Source(kind=SourceKind.MESSAGE, id=99, channel_id=1), target=cast.direct())
    second = await cast.store.turns.retry(cast.actor, first.id, again)
    cast.started(second)
    await cast.end(second, "short", TurnState.STOPPED)
    await cast.settled()
    short = await cast.seen(lambda m: m.text.startswith("short"), cast.ann.dm)
    assert "Retry" in labels(short)
    first, second = [await cast.store.turns.get(cast.actor, turn.id) for turn in (first, second)]
    await cast.store.branches.switch(cast.actor, cast.session.id, first.answer_entry or 0)
    here = Target(surface=Surface.DIRECT, channel_id=cast.ann.dm.id, message_id=short.id)
    await cast.deliverer.again.flip(cast.actor, cast.session, first, second, here, cast.direct())
    assert labels(short) == ["Reply"]
    assert "Retry" in labels(answers(cast, Surface.DIRECT)[-1])
