"""The panel's lists and cards, at Discord's limits: 4,000 characters of text, 40 components, 25 options, 5 buttons a row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cogs.panel._views import ALL_AWAY, EMPTY, Note, Now, card_view, for_good_view, list_view, stop_first_view
from cogs.panel._where import Where
from cogs.resting import OFFERED, USUAL, Resting, days_in
from cogs.router import Unreadable
from cogs.words import label
from storage.ids import new_id
from storage.records import Counts, Origin, Page, SessionInfo, Shelf

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIZE = 10
BUTTON, SELECT, TEXT = 2, 3, 10
WORST = "*_`|<@&" * 29
LARGEST = (1 << 31) - 1


def session(number: int, name: str | None = None) -> SessionInfo:
    return SessionInfo(
        id=new_id(),
        number=number,
        owner=1,
        name=name,
        created=NOW,
        modified=NOW,
        message_count=4,
        first_message="W" * 200,
        model=None,
    )


def worst(number: int, name: str, *, binned: bool) -> SessionInfo:
    """With every mark there is."""
    return replace(
        session(number, name),
        first_message=name,
        model=name,
        message_count=LARGEST,
        pinned=True,
        unread=True,
        branches=LARGEST,
        archived_by_itself=NOW,
        origin=Origin(session_id=new_id(), number=LARGEST, entry=None),
        deleted=NOW if binned else None,
    )


def parts(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from parts(component.get("components", ()))
        yield from parts([component["accessory"]] if "accessory" in component else ())


def text_of(components: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(part["content"] for part in parts(components) if part["type"] == TEXT)


def buttons_of(components: Sequence[Mapping[str, Any]]) -> dict[str, bool]:
    """The buttons' labels, and whether they can be pressed."""
    return {part["label"]: not part.get("disabled") for part in parts(components) if part["type"] == BUTTON}


def within_limits(components: Sequence[Mapping[str, Any]]) -> bool:
    every = list(parts(components))
    ids = [part["custom_id"] for part in every if "custom_id" in part]
    options = [option for part in every for option in part.get("options", ())]
    return (
        len(text_of(components).encode("utf-16-le")) // 2 <= 4000
        and len(every) <= 40
        and all(1 <= len(part["options"]) <= 25 for part in every if "options" in part)
        and all(0 < len(option[name]) <= 100 for option in options for name in ("label", "description") if option.get(name))
        and all(len(part["components"]) <= 5 for part in every if part["type"] == 1)
        and len(set(ids)) == len(ids)
        and all(len(custom_id) <= 100 for custom_id in ids)
    )


def drawn(total: int, number: int = 0, *, active: int | None = None, shelf: Shelf = Shelf.OPEN) -> list[dict[str, Any]]:
    """Page `number` of a list of `total` sessions."""
    items = tuple(session(each + 1) for each in range(number * SIZE, min(total, (number + 1) * SIZE)))
    here = next((item.id for item in items if item.number == active), None)
    page = Page(items=items, number=number, total=total, size=SIZE)
    return list_view(page, shelf, Counts(open=total), Now(active=here)).to_components()


def test_the_active_session_is_marked_in_its_line_and_in_its_choice() -> None:
    assert str(drawn(3, active=2)).count("you're here") == 2


def test_a_line_says_all_that_sets_a_session_apart() -> None:
    origin = Origin(session_id=new_id(), number=7, entry=None)
    one = replace(session(1), pinned=True, unread=True, branches=3, origin=origin)
    page = Page(items=(one,), number=0, total=1, size=SIZE)
    text = text_of(list_view(page, Shelf.OPEN, Counts(open=1), Now(writing=frozenset({one.id}))).to_components())
    assert text.endswith("· pinned · **writing** · **new answer** · 3 branches · forked from 7")


def test_a_session_that_never_branched_has_no_branches() -> None:
    assert "branch" not in str(drawn(3))
    assert "branch" not in text_of(card_view(replace(session(1), branches=1), Where(), Now()).to_components())


@given(st.text(max_size=203), st.sampled_from(Shelf), st.sampled_from([0, 500, 999]))
def test_a_full_page_of_any_names_stays_within_discords_limits(name: str, shelf: Shelf, number: int) -> None:
    for title in (name, WORST):
        items = tuple(worst(10_000 + each, title, binned=shelf is Shelf.BIN) for each in range(SIZE))
        page = Page(items=items, number=number, total=10_000, size=SIZE)
        counts = Counts(open=10_000, pinned=10_000, archived=10_000, bin=10_000, archived_lately=10_000)
        now = Now(active=items[0].id, writing=frozenset(item.id for item in items))
        note = Note(text=f"{label(items[0])} is here.", undo=new_id())
        resting = Resting(usual=LARGEST)
        assert within_limits(list_view(page, shelf, counts, now, note, resting).to_components())


@given(st.text(max_size=203), st.sampled_from(Shelf), st.booleans())
def test_any_card_stays_within_discords_limits(name: str, shelf: Shelf, binned: bool) -> None:
    for title in (name, WORST):
        one = worst(LARGEST, title, binned=binned)
        now = Now(active=one.id, writing=frozenset({one.id}))
        note = Note(text=f"{label(one)} is here.", undo=new_id())
        where = Where(shelf, 999_999_999)
        assert within_limits(card_view(one, where, now, note).to_components())
        assert within_limits(stop_first_view(one, where).to_components())
        assert within_limits(for_good_view(one, where).to_components())


@pytest.mark.parametrize(
    ("total", "number", "pager"),
    [
        (25, 0, {"First": False, "Previous": False, "Next": True, "Last": True}),
        (25, 1, {"First": True, "Previous": True, "Next": True, "Last": True}),
        (25, 2, {"First": True, "Previous": True, "Next": False, "Last": False}),
        (11, 0, {"Previous": False, "Next": True}),
        (10, 0, {}),
    ],
)
def test_the_ends_of_a_list_cannot_be_passed(total: int, number: int, pager: dict[str, bool]) -> None:
    assert buttons_of(drawn(total, number)) == pager


def test_without_sessions_the_panel_says_how_to_begin_and_offers_nothing() -> None:
    components = list_view(Page(items=(), number=0, total=0, size=SIZE), Shelf.OPEN, Counts(), Now()).to_components()
    assert EMPTY[Shelf.OPEN] in text_of(components)
    assert not any(part["type"] in (BUTTON, SELECT) for part in parts(components))


@pytest.mark.parametrize("shelf", Shelf)
def test_an_empty_list_leads_to_the_others(shelf: Shelf) -> None:
    counts = Counts(archived=3)
    components = list_view(Page(items=(), number=0, total=0, size=SIZE), shelf, counts, Now()).to_components()
    assert (ALL_AWAY if shelf is Shelf.OPEN else EMPTY[shelf]) in text_of(components)
    [select] = [part for part in parts(components) if part["type"] == SELECT]
    assert [option["label"] for option in select["options"]] == ["Open · 0", "Pinned · 0", "Archived · 3", "Bin · 0"]
    assert [option["value"] for option in select["options"] if option["default"]] == [shelf.value]


@pytest.mark.parametrize(("pinned", "archived"), [(False, False), (True, True)])
def test_a_card_offers_what_can_be_done_as_the_session_is(pinned: bool, archived: bool) -> None:
    one = replace(session(1), pinned=pinned, archived=archived)
    offered = [*buttons_of(card_view(one, Where(), Now()).to_components())]
    assert offered[:5] == ["Open", "History", "Rename", "Unpin" if pinned else "Pin", "Unarchive" if archived else "Archive"]
    assert offered[-1] == "Back"


def test_a_card_in_the_bin_offers_to_come_back_or_to_go_and_says_until_when() -> None:
    one = replace(session(1), deleted=NOW)
    components = card_view(one, Where(Shelf.BIN), Now()).to_components()
    offered = buttons_of(components)
    assert [*offered] == ["Restore", "Delete for good", "Back"]
    assert f"<t:{int((NOW + timedelta(days=30)).timestamp())}:R>" in text_of(components)


@pytest.mark.parametrize("shelf", Shelf)
def test_what_was_archived_by_itself_is_said_where_one_would_miss_or_look_for_it(shelf: Shelf) -> None:
    page = Page(items=(session(1),), number=0, total=1, size=SIZE)
    counts = Counts(open=1, archived=3, archived_lately=3)
    text = text_of(list_view(page, shelf, counts, Now()).to_components())
    assert ("-# 3 archived this week" in text) == (shelf in (Shelf.OPEN, Shelf.ARCHIVED))


@pytest.mark.parametrize(
    ("resting", "chosen", "said"),
    [
        (Resting(usual=30), USUAL, "untouched for 30 days"),
        (Resting(usual=1), USUAL, "untouched for 1 day comes"),
        (Resting(usual=0), USUAL, "Nothing comes here by itself"),
        (Resting(usual=30, chosen=0), "0", "Nothing comes here by itself"),
        (Resting(usual=0, chosen=7), "7", "untouched for 7 days"),
        (Resting(usual=30, chosen=45), None, "untouched for 45 days"),
    ],
)
def test_the_choice_when_to_archive_shows_what_holds(resting: Resting, chosen: str | None, said: str) -> None:
    page: Page[SessionInfo] = Page(items=(), number=0, total=0, size=SIZE)
    components = list_view(page, Shelf.ARCHIVED, Counts(open=1), Now(), None, resting).to_components()
    options = [option for part in parts(components) for option in part.get("options", ())]
    assert said in text_of(components)
    assert [option["value"] for option in options if option["default"]][1:] == ([chosen] if chosen else [])


def test_every_choice_offered_can_be_chosen_and_nothing_else() -> None:
    assert [days_in([str(days)]) for days in OFFERED] == [*OFFERED]
    assert days_in([USUAL]) is None
    for values in ([], ["8"], ["-1"], ["7", "14"], ["٣"]):
        with pytest.raises(Unreadable):
            days_in(values)
