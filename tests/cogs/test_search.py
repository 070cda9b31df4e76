from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import discord
from hypothesis import given
from hypothesis import strategies as st

from cogs.search import PAGE_SIZE, WORDS_LIMIT, Asked, head, results, words_of
from storage.ids import new_id
from storage.records import Hit, SessionInfo
from storage.words import hits, phrases, snippet

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LARGEST = (1 << 63) - 1


def hit(text: str, query: str, name: str) -> Hit:
    session = SessionInfo(
        id=new_id(),
        number=(1 << 20) - 1,
        owner=1,
        name=name,
        created=NOW,
        modified=NOW,
        message_count=4,
        first_message=None,
        model=None,
    )
    pieces = snippet(text, hits(text, phrases(query)))
    return Hit(session=session, entry=LARGEST, kind="assistant", created=NOW, snippet=pieces, place=(1 << 40) - 1)


def message(content: str) -> discord.Message:
    display = object.__new__(discord.TextDisplay)
    display.content = content
    return cast("discord.Message", SimpleNamespace(components=[display]))


@given(st.text(max_size=WORDS_LIMIT))
def test_the_words_come_back_from_the_line_that_shows_them(words: str) -> None:
    words = " ".join(words.split())
    assert words_of(message(head(words))) == words


def walk(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [inner for part in components for inner in (part, *walk(part.get("components", [])))]


async def test_a_full_page_of_the_worst_texts_stays_within_discords_limits() -> None:
    asked = Asked(words="*" * WORDS_LIMIT, number=(1 << 20) - 1, since=3_652_059, until=3_652_059)
    for text, query in (("a " * 300, "a"), ("*_`|~" * 30 + " a " + "*_`|<" * 60, "a"), ("](" * 20 + "a" + "](" * 200, "a")):
        found = [hit(text, query, "*_`|<@&" * 14)] * (PAGE_SIZE + 1)
        parts = walk(results(asked, found, 1).to_components())
        assert sum(len(part.get("content", "")) for part in parts) <= 4000
        assert len(parts) <= 40
        ids = [part["custom_id"] for part in parts if "custom_id" in part]
        assert max(map(len, ids)) <= 100


async def test_two_hits_of_one_session_have_ids_of_their_own() -> None:
    one = hit("a", "a", "x")
    found = [one, Hit(session=one.session, entry=2, kind="user", created=NOW, snippet=one.snippet, place=1)]
    ids = [part["custom_id"] for part in walk(results(Asked(words="a"), found, 0).to_components()) if "custom_id" in part]
    assert len(ids) == len(set(ids)) == 4
