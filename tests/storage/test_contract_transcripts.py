import pytest

from storage.records import Draft, DraftEntry, EntryKind, SessionInfo, first_kept
from storage.store import Store
from tests.storage.samples import ANN, START, answer, ask, exchange, prompt


async def texts(store: Store, session: SessionInfo, limit: int = 50, before: int | None = None) -> list[str]:
    return [entry.text for entry in await store.transcripts.tail(ANN, session.id, limit=limit, before=before)]


async def filled(store: Store, session: SessionInfo) -> None:
    for number in range(3):
        await exchange(store, session, f"q{number}", f"a{number}")


@pytest.mark.parametrize(("limit", "expected"), [(0, []), (1, ["a2"]), (3, ["a1", "q2", "a2"])])
async def test_a_tail_is_the_newest_oldest_first(store: Store, session: SessionInfo, limit: int, expected: list[str]) -> None:
    await filled(store, session)
    assert await texts(store, session, limit) == expected


async def test_pages_of_a_transcript_follow_each_other(store: Store, session: SessionInfo) -> None:
    await filled(store, session)
    newest = await store.transcripts.tail(ANN, session.id, limit=4)
    assert await texts(store, session, 4, newest[0].id) == ["q0", "a0"]
    root = (await store.transcripts.path(ANN, session.id))[0]
    assert await texts(store, session, 4, root.id) == []


@pytest.mark.parametrize("before", [0, -1, 10**30])
async def test_above_an_entry_that_never_was_is_nothing(store: Store, session: SessionInfo, before: int) -> None:
    await filled(store, session)
    assert await texts(store, session, 4, before) == []


async def test_above_an_entry_of_another_session_is_nothing(store: Store, session: SessionInfo) -> None:
    await filled(store, session)
    other = await store.sessions.create(ANN)
    await exchange(store, other)
    foreign = (await store.transcripts.path(ANN, other.id))[-1]
    assert await texts(store, session, 4, foreign.id) == []


async def test_an_empty_session_has_no_path(store: Store, session: SessionInfo) -> None:
    assert await texts(store, session) == []
    assert await store.transcripts.path(ANN, session.id) == ()


async def test_a_path_passes_over_many_branches(store: Store, session: SessionInfo) -> None:
    for number in range(3):
        turn = await exchange(store, session, f"q{number}", "old")
        for _ in range(25):
            turn = await answer(store, await store.turns.retry(ANN, turn.id, prompt()), f"a{number}")
    expected = ["q0", "a0", "q1", "a1", "q2", "a2"]
    assert [entry.text for entry in await store.transcripts.path(ANN, session.id)] == expected
    assert await texts(store, session, 3) == expected[-3:]
    assert [entry.depth for entry in await store.transcripts.path(ANN, session.id)] == list(range(6))


@pytest.mark.parametrize(("characters", "expected"), [(0, ["a2"]), (2, ["a2"]), (3, ["q2", "a2"]), (5, ["a1", "q2", "a2"])])
async def test_a_path_of_so_many_characters_includes_the_entry_that_reaches_them(
    store: Store, session: SessionInfo, characters: int, expected: list[str]
) -> None:
    await filled(store, session)
    path = await store.transcripts.path(ANN, session.id, characters=characters)
    assert [entry.text for entry in path] == expected


async def test_a_path_shorter_than_the_characters_is_whole(store: Store, session: SessionInfo) -> None:
    await filled(store, session)
    assert len(await store.transcripts.path(ANN, session.id, characters=10**9)) == 6


async def compacted(store: Store) -> SessionInfo:
    """q0, a0, q1, a1, of which a summary keeps the last two, then q2, and beside the summary, from a1 on, "aside"."""
    texts_ = ["q0", "a0", "q1", "a1", "gist", "q2", "aside"]
    parents = [None, 1, 2, 3, 4, 5, 4]
    kinds = ["user", "assistant", "user", "assistant", "compaction", "user", "user"]
    drafts = [
        DraftEntry(id=n, parent=parent, kind=kind, text=text, created=START, data={"first_kept": 2} if n == 5 else {})
        for n, (text, parent, kind) in enumerate(zip(texts_, parents, kinds, strict=True), start=1)
    ]
    return await store.transfers.adopt(ANN, Draft(created=START, leaf=6), drafts)


async def test_the_newest_compaction_is_found_from_every_entry_below_it_and_from_no_other(store: Store) -> None:
    session = await compacted(store)
    await exchange(store, session, "q3", "a3")
    gist = (await store.compactions.standing(ANN, session.id)).compaction
    assert gist is not None
    assert (gist.text, gist.kind, first_kept(gist)) == ("gist", EntryKind.COMPACTION, 2)
    aside = next(tip for tip in await store.branches.tips(ANN, session.id) if tip.text == "aside")
    await store.branches.switch(ANN, session.id, aside.entry)
    assert (await store.compactions.standing(ANN, session.id)).compaction is None


async def test_a_fork_has_the_compaction_of_its_path(store: Store) -> None:
    session = await compacted(store)
    fork = await store.branches.fork(ANN, session.id)
    gist = (await store.compactions.standing(ANN, fork.id)).compaction
    assert gist is not None
    assert (gist.session_id, gist.text, first_kept(gist)) == (fork.id, "gist", 2)


async def test_a_path_since_a_depth_has_nothing_from_above_it(store: Store) -> None:
    session = await compacted(store)
    path = await store.transcripts.path(ANN, session.id, since=2)
    assert [entry.text for entry in path] == ["q1", "a1", "gist", "q2"]
    assert [entry.text for entry in await store.transcripts.path(ANN, session.id, characters=3, since=2)] == ["gist", "q2"]


@pytest.mark.parametrize("told", [{}, {"first_kept": "x"}, {"first_kept": -1}, {"first_kept": 9}, {"first_kept": None}])
async def test_a_compaction_that_does_not_say_what_it_keeps_keeps_nothing(store: Store, told: dict[str, object]) -> None:
    drafts = [
        DraftEntry(id=1, parent=None, kind="user", text="q0", created=START),
        DraftEntry(id=2, parent=1, kind="compaction", text="gist", data=told, created=START),
    ]
    session = await store.transfers.adopt(ANN, Draft(created=START), drafts)
    gist = (await store.compactions.standing(ANN, session.id)).compaction
    assert gist is not None
    assert first_kept(gist) == gist.depth == 1


@pytest.mark.parametrize(
    "text", ["🎉 e\u0301 \u202e", "nul \x00 inside", "line\r\nend\n", "'; DROP TABLE entries; --", "x" * 70_000]
)
async def test_text_comes_back_as_it_was(store: Store, session: SessionInfo, text: str) -> None:
    turn = await ask(store, session, text)
    await store.turns.checkpoint(ANN, turn.id, text)
    assert (await store.turns.get(ANN, turn.id)).partial == text
    await answer(store, turn, text)
    assert await texts(store, session) == [text, text]


@pytest.mark.parametrize(("half", "kept"), [("half \ud83d", "half \ufffd"), ("\ud83d\ude00", "\U0001f600")])
async def test_lone_surrogates_do_not_stop_a_prompt(store: Store, half: str, kept: str) -> None:
    session = await store.sessions.create(ANN, half)
    turn = await ask(store, session, half)
    await store.turns.checkpoint(ANN, turn.id, half)
    assert [session.name, turn.prompt, (await store.turns.get(ANN, turn.id)).partial] == [kept] * 3
    await answer(store, turn, half)
    assert await texts(store, session) == [kept, kept]
    assert [found.id for found in await store.sessions.search(ANN, half)] == [session.id]
