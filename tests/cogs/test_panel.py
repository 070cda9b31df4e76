from datetime import UTC, datetime
from typing import Any

import pytest

from cogs.panel import PAGE_SIZE, panel
from storage.ids import new_id
from storage.records import Page, SessionInfo


def session(number: int, name: str | None = None) -> SessionInfo:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return SessionInfo(
        id=new_id(),
        number=number,
        owner=1,
        name=name,
        created=now,
        modified=now,
        message_count=4,
        first_message="W" * 200,
        model=None,
    )


def drawn(total: int, page: int, active: int | None = None, name: str | None = None) -> list[dict[str, Any]]:
    shown = range(page * PAGE_SIZE, min(total, (page + 1) * PAGE_SIZE))
    items = tuple(session(number + 1, name) for number in shown)
    return panel(Page(items=items, number=page, total=total, size=PAGE_SIZE), active).to_components()


async def test_the_active_session_is_marked() -> None:
    text = str(drawn(3, 0, active=2))
    assert text.count("you're here") == 2  # in its line and in its choice


async def test_a_full_page_of_the_worst_names_stays_within_discords_limits() -> None:
    components = drawn(10_000, 500, name="*_`|<@&" * 14)
    texts = [part["content"] for part in components[0]["components"]]
    assert sum(map(len, texts)) <= 4000
    assert len(components[1]["components"][0]["options"]) <= 25


@pytest.mark.parametrize(("page", "previous", "following"), [(0, True, False), (1, False, False), (2, False, True)])
async def test_the_ends_of_the_list_cannot_be_passed(page: int, previous: bool, following: bool) -> None:
    pager = drawn(25, page)[-1]["components"]
    assert [button["disabled"] for button in pager] == [previous, following]


async def test_without_sessions_the_panel_says_how_to_begin() -> None:
    assert "/ask" in str(drawn(0, 0))
