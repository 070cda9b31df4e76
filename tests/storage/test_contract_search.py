"""What a search finds, in which order, and how it shows it. That it equals a plain look at every text is in `test_laws*.py`."""

from datetime import datetime, timedelta

import pytest

from storage.records import Draft, DraftEntry, SessionInfo
from storage.store import Store
from tests.storage.samples import ANN, BOB, START, Clock, exchange

SAID = {
    "fox": "The quick brown fox isn't quick: e-mail it.",
    "ete": "L'Été, naïve ﬁsh; STRASSE straße",
    "cjk": "日本語の検索、漢字 and 한국어",
    "decomposed": "e\u0301te\u0301 go",
}


async def keys(store: Store, query: str) -> list[str]:
    """Which of the texts are found."""
    found = await store.transcripts.search_messages(ANN, query)
    texts = {info.id: info.name for info in (await store.sessions.list(ANN, size=50)).items}
    return sorted(str(texts[hit.session.id]) for hit in found)


@pytest.fixture
async def filled(store: Store) -> Store:
    for name, text in SAID.items():
        await exchange(store, await store.sessions.create(ANN, name), text, "ok")
    await exchange(store, await store.sessions.create(BOB), "\n".join(SAID.values()), actor=BOB)
    return store


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("fox", ["fox"]),
        ("FOX quick", ["fox"]),
        ("fox été", []),
        ('"quick brown"', ["fox"]),
        ('"brown quick"', []),
        ("brow", []),
        ("brow*", ["fox"]),
        ('"quick bro"*', ["fox"]),
        ("it", ["fox"]),
        ("e-mail", ["fox"]),
        ("mail-e", []),
        ("isn't", ["fox"]),
        ("ete", ["decomposed", "ete"]),
        ("ÉTÉ", ["decomposed", "ete"]),
        ("fish", ["ete"]),
        ("strasse", ["ete"]),
        ("naive", ["ete"]),
        ("日本", ["cjk"]),
        ("語", ["cjk"]),
        ("本日", []),
        ("検索漢", []),
        ("検索 漢字", ["cjk"]),
        ('"漢字 and"', ["cjk"]),
        ('"語 and"', []),
        ("국어", ["cjk"]),
        ("日本語の検索", ["cjk"]),
    ],
)
async def test_a_query_finds_what_has_all_of_it(filled: Store, query: str, found: list[str]) -> None:
    assert await keys(filled, query) == found


@pytest.mark.parametrize(
    "query",
    ["", " ", '"', '""', "*", '"*', "-", "NEAR(", "fox NEAR", "fox AND", "NOT", "(", "text:fox", "{", "^fox +", "·", "1·fox",
     "\x00", "\ud800", "a" * 5000, "a " * 3000, "日" * 500, '" " " "', "%_", "'; --", "⑴ ﷺ ½"],
)  # fmt: skip
async def test_nothing_that_can_be_typed_is_an_error(filled: Store, query: str) -> None:
    for hit in await filled.transcripts.search_messages(ANN, query):
        assert hit.session.owner == ANN.user_id


async def test_no_word_asks_for_more_than_itself(filled: Store) -> None:
    """FTS5's own words and signs are words and signs."""
    assert await keys(filled, "fox OR été") == []
    assert await keys(filled, "^fox") == ["fox"]
    assert await keys(filled, "2·fox") == []


async def test_hits_come_newest_first_and_pages_follow_each_other(store: Store, session: SessionInfo, clock: Clock) -> None:
    other = await store.sessions.create(ANN)
    for number in range(4):
        await exchange(store, (session, other)[number % 2], f"word {number}", f"word {number} too")
    shown: list[datetime] = []
    before = None
    while page := await store.transcripts.search_messages(ANN, "word", limit=3, before=before):
        shown += [hit.created for hit in page]
        before = page[-1].place
    assert len(shown) == 8
    assert shown == sorted(shown, reverse=True)


@pytest.mark.parametrize("before", [-1, 0, 10**30])
async def test_a_page_of_no_place_is_no_error(filled: Store, before: int) -> None:
    assert len(await filled.transcripts.search_messages(ANN, "fox", before=before)) in (0, 1)


async def test_a_search_can_be_of_one_session(store: Store, session: SessionInfo) -> None:
    other = await store.sessions.create(ANN)
    for one in (session, other, session, other):
        await exchange(store, one, "word", "no")
    found = await store.transcripts.search_messages(ANN, "word", session=other.id)
    assert [hit.session.number for hit in found] == [2, 2]
    empty = await store.sessions.create(ANN)
    assert await store.transcripts.search_messages(ANN, "word", session=empty.id) == ()


async def test_a_search_can_be_of_a_time(store: Store, session: SessionInfo) -> None:
    for _ in range(4):
        await exchange(store, session, "word", "no")
    times = [hit.created for hit in await store.transcripts.search_messages(ANN, "word")][::-1]
    found = await store.transcripts.search_messages(ANN, "word", since=times[1], until=times[3])
    assert [hit.created for hit in found] == [times[2], times[1]]
    nothing = await store.transcripts.search_messages(ANN, "word", since=times[3], until=times[1])
    assert nothing == ()


@pytest.mark.parametrize("created", [START, datetime.min.replace(tzinfo=START.tzinfo), START + timedelta(days=365 * 60)])
async def test_messages_of_one_time_are_each_found(store: Store, created: datetime) -> None:
    said = [DraftEntry(id=nth, parent=nth - 1 or None, kind="user", text=f"word {nth}", created=created) for nth in range(1, 6)]
    for _ in range(2):
        await store.transfers.adopt(ANN, Draft(created=START), said)
    found = await store.transcripts.search_messages(ANN, "word", since=created, until=created + timedelta(seconds=1))
    assert len({hit.entry for hit in found}) == 10


async def test_what_is_in_the_bin_is_not_found_until_restored(filled: Store) -> None:
    await filled.shelves.delete(ANN, 1)
    assert await keys(filled, "fox") == []
    await filled.shelves.restore(ANN, 1)
    await filled.shelves.archive(ANN, 1)
    assert len(await filled.transcripts.search_messages(ANN, "fox")) == 1


async def test_a_hit_shows_its_words_and_what_is_around_them(store: Store, session: SessionInfo) -> None:
    await exchange(store, session, "x " * 500 + "the Brown\n fox " + "y " * 500, "no")
    (hit,) = await store.transcripts.search_messages(ANN, '"brown fox"')
    assert [piece.text for piece in hit.snippet if piece.is_hit] == ["Brown fox"]
    shown = "".join(piece.text for piece in hit.snippet)
    assert shown.startswith("…x x")
    assert shown.endswith("y …")
    assert len(shown) < 230
    assert (hit.session.number, hit.kind) == (1, "user")


async def test_a_short_message_is_shown_whole(store: Store, session: SessionInfo) -> None:
    await exchange(store, session, "a word, and a word", "no")
    (hit,) = await store.transcripts.search_messages(ANN, "word")
    assert [(piece.text, piece.is_hit) for piece in hit.snippet] == [
        ("a ", False), ("word", True), (", and a ", False), ("word", True),
    ]  # fmt: skip


async def test_a_thousand_messages_of_one_moment_are_all_found(store: Store) -> None:
    said = [DraftEntry(id=n, parent=None, kind="user", text=f"same {n}", created=START) for n in range(1, 501)]
    for _ in range(2):
        await store.transfers.adopt(ANN, Draft(created=START), said)
    found = 0
    before = None
    while hits := await store.transcripts.search_messages(ANN, "same", before=before):
        found += len(hits)
        before = hits[-1].place
    assert found == 1000
