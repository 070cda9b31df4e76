"""The feed: what a page that comes back is told, and when it must begin anew."""

import json
from collections.abc import Sequence

import pytest

from playground.web import feed as feeds
from playground.web.feed import Feed


def numbers(texts: Sequence[str] | None) -> list[int]:
    assert texts is not None
    return [json.loads(text)["seq"] for text in texts]


def test_a_page_that_missed_nothing_is_told_nothing() -> None:
    feed = Feed()
    feed.publish("bot")
    assert feed.since(feed.run, 1) == []
    assert Feed().since("another", 0) is None


def test_a_page_is_told_what_it_missed_in_order() -> None:
    feed = Feed()
    for _ in range(5):
        feed.publish("bot")
    assert numbers(feed.since(feed.run, 2)) == [3, 4, 5]


@pytest.mark.parametrize("seq", [6, "3", None, 2.5])
def test_a_page_that_speaks_of_what_never_was_begins_anew(seq: object) -> None:
    feed = Feed()
    for _ in range(5):
        feed.publish("bot")
    assert feed.since(feed.run, seq) is None


def test_a_page_of_another_start_begins_anew() -> None:
    feed = Feed()
    feed.publish("bot")
    assert feed.since(Feed().run, 0) is None


def test_a_page_that_missed_too_much_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "KEPT", 3)
    feed = Feed()
    feed._kept = type(feed._kept)(maxlen=3)
    for _ in range(5):
        feed.publish("bot")
    assert feed.since(feed.run, 1) is None
    assert numbers(feed.since(feed.run, 2)) == [3, 4, 5]


async def test_a_page_that_does_not_read_is_let_go_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_WAITING", 2)
    feed = Feed()
    with feed.reader() as asleep:
        monkeypatch.undo()
        with feed.reader() as awake:
            for _ in range(3):
                feed.publish("bot")
            assert asleep.lost.is_set()
            assert not awake.lost.is_set()
            assert [json.loads(await awake.next())["seq"] for _ in range(3)] == [1, 2, 3]
