"""Files that come with prompts: whose they are, who else has them, and when they go."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from storage.errors import BrokenTree, QueueFull, SessionNotFound
from storage.records import (
    Actor,
    Attached,
    Content,
    Departure,
    Draft,
    DraftEntry,
    File,
    Leave,
    SessionInfo,
    TurnState,
    files_in,
    with_files,
)
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, answer, file, prompt

REPORT = file("what is written", b"%PDF what is written", "report.pdf")
NOTES = file("something else")
NOWHERE = {"name": "x", "kind": "text", "digest": "0", "size": "none"}


@pytest.fixture(params=[False, True], ids=["kept", "temporary"])
async def session(request: pytest.FixtureRequest, store: Store) -> SessionInfo:
    return await store.sessions.create(ANN, temporary=request.param)


async def has(store: Store, session: SessionInfo, actor: Actor = ANN) -> set[str]:
    """Which of the two files the session has, and has whole."""
    found: set[str] = set()
    texts = await store.files.texts(actor, session.id, [REPORT.attached.digest, NOTES.attached.digest, "none"])
    for each in (REPORT, NOTES):
        data = await store.files.data(actor, session.id, each.attached.digest)
        assert data in (None, each.content.data)
        assert texts.get(each.attached.digest) == (each.content.text if data else None)
        found |= {each.attached.name} if data else set()
    return found


async def told(store: Store, session: SessionInfo) -> Sequence[tuple[Attached, ...]]:
    return [files_in(entry.data) for entry in await store.transcripts.path(ANN, session.id) if entry.kind == "user"]


def size(files: Iterable[object]) -> int:
    return sum(each.content.size for each in (REPORT, NOTES) if each in files)


async def test_what_comes_with_a_prompt_is_kept_with_it(store: Store, session: SessionInfo) -> None:
    turn = await store.turns.submit(ANN, session.id, prompt("read", REPORT, NOTES), TurnState.ASKED)
    assert turn.files == (REPORT.attached, NOTES.attached) == (await store.turns.get(ANN, turn.id)).files
    assert await told(store, session) == [turn.files]
    assert await has(store, session) == {"report.pdf", "notes.txt"}
    assert await store.files.used(ANN) == size((REPORT, NOTES))


async def test_what_waits_has_its_files_and_asks_with_them(store: Store, session: SessionInfo) -> None:
    turn = await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.QUEUED)
    assert (await store.turns.waiting(ANN, session.id))[0].files == (REPORT.attached,)
    assert await has(store, session) == {"report.pdf"}
    await store.turns.ask(ANN, turn.id)
    assert await told(store, session) == [(REPORT.attached,)]


async def test_what_is_taken_out_takes_its_files_along_and_still_names_them(store: Store, session: SessionInfo) -> None:
    turn = await store.turns.submit(ANN, session.id, prompt("read", REPORT, NOTES), TurnState.QUEUED)
    removed = await store.turns.remove(ANN, turn.id)
    assert removed.files == turn.files
    assert (await store.turns.get(ANN, turn.id)).files == ()
    assert await has(store, session) == set()
    assert await store.files.used(ANN) == 0


async def test_what_is_taken_out_leaves_the_files_that_were_said_or_wait_here_too(store: Store, session: SessionInfo) -> None:
    await answer(store, await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED))
    one, two = [await store.turns.submit(ANN, session.id, prompt("and", REPORT, NOTES), TurnState.QUEUED) for _ in range(2)]
    await store.turns.remove(ANN, one.id)
    assert await has(store, session) == {"report.pdf", "notes.txt"}
    await store.turns.remove(ANN, two.id)
    assert await has(store, session) == {"report.pdf"}
    assert await store.files.used(ANN) == size((REPORT,))


async def test_what_is_taken_out_leaves_the_files_of_other_sessions_and_of_choices(store: Store) -> None:
    one, two = await store.sessions.create(ANN), await store.sessions.create(ANN)
    await store.turns.submit(ANN, two.id, prompt("read", REPORT), TurnState.QUEUED)
    departure = Departure(leave=Leave.NEW, prompt=prompt("read", NOTES))
    choice = await store.turns.hold(ANN, one.id, departure)
    turn = await store.turns.submit(ANN, one.id, prompt("and", REPORT, NOTES), TurnState.QUEUED)
    await store.turns.remove(ANN, turn.id)
    assert (await has(store, one), await has(store, two)) == (set(), {"report.pdf"})
    assert (await store.turns.choice(ANN, choice.id)).departure == departure
    assert await store.files.used(ANN) == size((REPORT, NOTES))


async def test_what_was_asked_and_set_aside_keeps_its_files_for_its_entry_when_it_is_taken_out(store: Store) -> None:
    session = await store.sessions.create(ANN)
    asked = await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED)
    await store.turns.shelve(ANN, asked.id)
    await store.turns.remove(ANN, asked.id)
    assert await has(store, session) == {"report.pdf"}


async def test_a_fork_keeps_its_files_when_what_waits_in_it_with_the_same_is_taken_out(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await answer(store, await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED))
    fork = await store.branches.fork(ANN, session.id)
    await store.turns.remove(ANN, (await store.turns.submit(ANN, fork.id, prompt("and", REPORT), TurnState.QUEUED)).id)
    assert await has(store, fork) == {"report.pdf"}


async def test_a_prompt_that_is_refused_leaves_no_file(store: Store, session: SessionInfo) -> None:
    with pytest.raises(QueueFull):
        await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.QUEUED, limit=0)
    assert await has(store, session) == set()
    assert await store.files.used(ANN) == 0


async def test_asked_again_or_in_other_words_it_still_has_its_files(store: Store, session: SessionInfo) -> None:
    first = await answer(store, await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED))
    again = await answer(store, await store.turns.retry(ANN, first.id, prompt("unused")))
    assert again.files == (REPORT.attached,)
    revised = await store.turns.revise(ANN, again.id, prompt("other words"))
    assert revised.files == (await store.turns.get(ANN, revised.id)).files == (REPORT.attached,)
    assert await told(store, session) == [(REPORT.attached,)]


async def test_nobody_else_gets_at_it_nor_learns_that_it_is_there(store: Store, session: SessionInfo) -> None:
    await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED)
    theirs = await store.sessions.create(BOB)
    with pytest.raises(SessionNotFound):
        await has(store, session, BOB)
    assert await has(store, theirs, BOB) == set()
    await store.turns.submit(BOB, theirs.id, prompt("mine too", REPORT), TurnState.ASKED)
    assert await store.files.used(BOB) == await store.files.used(ANN) == size((REPORT,))


async def test_a_session_has_only_what_came_into_it(store: Store, session: SessionInfo) -> None:
    await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED)
    assert await has(store, await store.sessions.create(ANN)) == set()


async def test_one_content_counts_once_and_goes_with_the_last_session_that_has_it(store: Store) -> None:
    one, two = await store.sessions.create(ANN), await store.sessions.create(ANN)
    for session in (one, one, two):
        await answer(store, await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED))
    assert await store.files.used(ANN) == size((REPORT,))
    await store.shelves.delete(ANN, one.number)
    with pytest.raises(SessionNotFound):
        await has(store, one)
    assert await store.files.used(ANN) == size((REPORT,))
    await store.shelves.purge(ANN, one.number)
    assert await has(store, two) == {"report.pdf"}
    await store.shelves.delete(ANN, two.number)
    await store.shelves.purge(ANN, two.number)
    assert await store.files.used(ANN) == 0


async def test_forks_and_what_is_moved_out_have_it_too_and_outlive_what_they_came_from(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await answer(store, await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED))
    fork = await store.branches.fork(ANN, session.id)
    last = await answer(store, await store.turns.submit(ANN, session.id, prompt("and", NOTES), TurnState.ASKED))
    lifted = await store.branches.lift(ANN, last.id)
    assert await has(store, session) == {"report.pdf", "notes.txt"}
    await store.shelves.delete(ANN, session.number)
    await store.shelves.purge(ANN, session.number)
    assert await has(store, fork) == {"report.pdf"}
    assert await has(store, lifted) == {"notes.txt"}
    assert await store.files.used(ANN) == size((REPORT, NOTES))


@pytest.mark.parametrize("temporary", [False, True], ids=["for a kept one", "for a temporary one"])
async def test_what_waits_for_a_choice_comes_back_with_it_and_goes_with_it(
    store: Store, session: SessionInfo, temporary: bool
) -> None:
    departure = Departure(leave=Leave.NEW, prompt=prompt("read", REPORT), temporary=temporary)
    taken, old = [await store.turns.hold(ANN, session.id, departure) for _ in range(2)]
    assert (await store.turns.choice(ANN, taken.id)).departure == departure
    assert await has(store, session) == set()
    assert (await store.turns.decide(ANN, taken.id)).departure == departure
    assert (await store.turns.choice(ANN, old.id)).departure == departure
    await store.upkeep.forget_choices(START.replace(year=2030))
    assert await store.files.used(ANN) == 0


async def test_what_waits_for_a_choice_goes_with_the_session_that_is_left(store: Store) -> None:
    session = await store.sessions.create(ANN)
    for temporary in (False, True):
        departure = Departure(leave=Leave.NEW, prompt=prompt("read", REPORT), temporary=temporary)
        await store.turns.hold(ANN, session.id, departure)
    await store.shelves.delete(ANN, session.number)
    assert await store.files.used(ANN) > 0
    await store.shelves.purge(ANN, session.number)
    assert await store.files.used(ANN) == 0


async def test_what_a_temporary_session_has_is_stored_when_it_is_kept_and_gone_when_it_ends(store: Store) -> None:
    kept, ended = [await store.sessions.create(ANN, temporary=True) for _ in range(2)]
    await store.turns.submit(ANN, kept.id, prompt("read", REPORT), TurnState.QUEUED)
    departure = Departure(leave=Leave.NEW, prompt=prompt("and", NOTES))
    choice = await store.turns.hold(ANN, kept.id, departure)
    await store.turns.submit(ANN, ended.id, prompt("and", NOTES), TurnState.ASKED)
    await store.temporaries.keep(ANN, kept.id)
    assert await has(store, kept) == {"report.pdf"}
    assert (await store.turns.waiting(ANN, kept.id))[0].files == (REPORT.attached,)
    assert (await store.turns.decide(ANN, choice.id)).departure == departure
    await store.temporaries.end(ANN, ended.id)
    assert await store.files.used(ANN) == size((REPORT,))


async def test_an_erased_person_has_no_file(store: Store, session: SessionInfo) -> None:
    await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED)
    await store.shelves.erase(ANN)
    assert await store.files.used(ANN) == 0


async def test_what_goes_from_one_person_stays_with_another_who_has_the_same(store: Store) -> None:
    theirs = await store.sessions.create(BOB)
    await store.turns.submit(BOB, theirs.id, prompt("mine too", REPORT, NOTES), TurnState.ASKED)
    for each in (REPORT, NOTES):
        session = await store.sessions.create(ANN)
        await answer(store, await store.turns.submit(ANN, session.id, prompt("read", each), TurnState.ASKED))
    await store.shelves.delete(ANN, session.number)
    await store.shelves.purge(ANN, session.number)
    assert await store.files.used(ANN) == size((REPORT,))
    await store.shelves.erase(ANN)
    assert await has(store, theirs, BOB) == {"report.pdf", "notes.txt"}
    assert await store.files.used(BOB) == size((REPORT, NOTES))


@pytest.mark.parametrize("data", [{}, {"files": "x"}, {"files": ["x", NOWHERE]}])
def test_what_other_programs_wrote_there_is_no_file(data: dict[str, object]) -> None:
    assert files_in(data) == ()


def test_an_entry_that_names_no_end_of_files_has_the_first_hundred() -> None:
    many = [replace(REPORT.attached, name=f"{number}.pdf") for number in range(40_000)]
    assert files_in(with_files(many)) == tuple(many[:100])


async def test_a_session_that_comes_in_has_what_its_owner_has_of_its_files_and_nobody_elses(store: Store) -> None:
    old = await store.sessions.create(ANN)
    await store.turns.submit(ANN, old.id, prompt("read", REPORT), TurnState.ASKED)
    (asked,) = await store.transcripts.path(ANN, old.id)
    named = DraftEntry(id=1, parent=None, kind="user", text="read", data={**asked.data, "more": [NOWHERE]}, created=START)
    own = await store.transfers.adopt(ANN, Draft(created=START), [named])
    assert await has(store, own) == {"report.pdf"}
    other = await store.transfers.adopt(BOB, Draft(created=START), [named])
    assert await has(store, other, BOB) == set()


def naming(*files: File) -> list[DraftEntry]:
    """A session to be taken in, whose one prompt came with these."""
    told = with_files(each.attached for each in files)
    return [DraftEntry(id=1, parent=None, kind="user", text="read", data=told, created=START)]


async def test_files_that_come_with_a_session_are_kept_and_gone_with_it(store: Store) -> None:
    session = await store.transfers.adopt(ANN, Draft(created=START), naming(REPORT, NOTES), [REPORT])
    assert await has(store, session) == {"report.pdf"}
    assert await store.files.used(ANN) == size((REPORT,))
    await store.shelves.delete(ANN, session.number)
    await store.shelves.purge(ANN, session.number)
    assert await store.files.used(ANN) == 0


async def test_files_that_come_twice_are_kept_once(store: Store) -> None:
    sent = await store.sessions.create(ANN)
    await answer(store, await store.turns.submit(ANN, sent.id, prompt("read", REPORT), TurnState.ASKED))
    come = [await store.transfers.adopt(ANN, Draft(created=START), naming(REPORT), [REPORT]) for _ in range(2)]
    assert await store.files.used(ANN) == size((REPORT,))
    await store.shelves.delete(ANN, sent.number)
    await store.shelves.purge(ANN, sent.number)
    assert [await has(store, each) for each in come] == [{"report.pdf"}] * 2


async def test_a_session_that_does_not_come_in_leaves_no_file(store: Store) -> None:
    with pytest.raises(BrokenTree):
        await store.transfers.adopt(ANN, Draft(created=START, leaf=7), naming(REPORT), [REPORT])
    assert await store.files.used(ANN) == 0
    assert await store.files.known(ANN, [REPORT.attached.digest]) == set()


async def test_a_person_has_files_under_a_digest_whoever_else_has_something_there(store: Store) -> None:
    theirs = File(REPORT.attached, Content(b"what Bob says that it is"))
    await store.transfers.adopt(BOB, Draft(created=START), naming(theirs), [theirs])
    assert await store.files.known(ANN, [REPORT.attached.digest]) == set()
    named = await store.transfers.adopt(ANN, Draft(created=START), naming(REPORT))
    assert await has(store, named) == set()
    come = await store.transfers.adopt(ANN, Draft(created=START), naming(REPORT), [REPORT])
    assert await has(store, come) == {"report.pdf"}
    assert await store.files.known(ANN, [REPORT.attached.digest, NOTES.attached.digest]) == {REPORT.attached.digest}
