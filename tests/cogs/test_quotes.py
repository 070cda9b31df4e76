"""Quotes of what others wrote: nothing of it gets out of the quote, pings, or is left out without a word."""

import re
from types import SimpleNamespace
from typing import Any, cast

import discord
from hypothesis import given
from hypothesis import strategies as st

from cogs.quotes import FENCE, LIMIT, Said, below, quoted, said_in

PIECES = ["a", "\n", "\r", "\u2028", "\x85", "> ", "```", "@everyone", f"<@{10**17}>", "👩\u200d👩\u200d👧", " ", "# "]
TEXT = st.lists(st.sampled_from(PIECES), max_size=60)


def snapshot(content: str, **more: object) -> discord.MessageSnapshot:
    plain: dict[str, Any] = {
        "type": 0,
        "content": content,
        "embeds": [],
        "attachments": [],
        "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": None,
    }
    return discord.MessageSnapshot(cast("Any", SimpleNamespace(http=None)), cast("Any", plain | more))


def file(number: int) -> dict[str, Any]:
    return {"id": str(number), "filename": "a.png", "size": 1, "url": "http://x/", "proxy_url": "http://x/"}


@given(st.one_of(TEXT.map("".join), st.text(max_size=300)), st.integers(0, 3))
def test_no_line_gets_out_of_the_quote_and_nothing_in_it_pings(text: str, times: int) -> None:
    quote = quoted(Said(text * (1 + times * 40), "1 file"), "Here")
    head, *lines = quote.splitlines()
    assert head == "Here:"
    assert all(line.startswith("> ") for line in lines)
    assert quote.count(FENCE) % 2 == 0
    assert "@everyone" not in quote
    assert not re.search("<@[0-9]{17}", quote)


@given(st.text(min_size=LIMIT + 1, max_size=LIMIT + 200))
def test_what_is_cut_is_counted(text: str) -> None:
    quote = quoted(Said(text, ""), "Here")
    *_, last = quote.split("> (cut here: ")
    missing = int(last.partition(" ")[0].replace(",", ""))
    assert 1 <= missing <= len(text)
    assert len(text) - missing <= LIMIT


def test_a_short_one_is_quoted_whole_below_the_question() -> None:
    assert below("Why?", quoted(Said("one\n\ntwo", ""), "Of Bob")) == "Why?\n\nOf Bob:\n> one\n> \n> two"
    assert below("", "Of Bob:\n> one") == "Of Bob:\n> one"


def test_a_fence_that_is_open_is_closed_within_the_quote() -> None:
    assert quoted(Said("```py\nx = 1", "2 files"), "Here") == "Here:\n> ```py\n> x = 1\n> ```\n> (not quoted: 2 files)"


def test_what_else_is_on_a_message_is_counted() -> None:
    embed = {"type": "rich", "title": "x"}
    sticker = {"id": "1", "name": "x", "format_type": 1}
    assert said_in(snapshot("words")) == Said("words", "")
    assert said_in(snapshot("", attachments=[file(1)])) == Said("", "1 file")
    several = snapshot(" words ", attachments=[file(1), file(2)], embeds=[embed], sticker_items=[sticker])
    assert said_in(several) == Said("words", "2 files, 1 embed and 1 sticker")
