"""`/sessions` as the place to manage them: lists, pages, cards, and what is done there, as people do it. Its bin is in
`test_panel_deleting.py`, its marks are in `test_panel_marks.py`.
"""

import asyncio

import pytest

from cogs.panel._views import ALL_AWAY, EMPTY
from cogs.shelves import NO_NAME
from cogs.words import GONE
from playground.standin import Invocation, Message
from storage.records import Actor, Shelf
from tests.e2e.team import Team


async def listed(team: Team) -> Message:
    return await (await team.ann.slash(team.general, "sessions")).message()


async def updated(invocation: Invocation) -> Message:
    """The panel, which answered in place."""
    shown = (await invocation.acknowledged()).updated
    assert shown is not None
    return shown


async def pressed(team: Team, panel: Message, button: str, shows: str = "") -> Message:
    """The panel, once it shows this: *Delete* is acknowledged before it is done."""
    await (await team.ann.press(panel, button)).acknowledged()
    return await team.ann.wait_for(lambda m: m.id == panel.id and shows in m.text)


async def chosen(team: Team, panel: Message, number: int) -> Message:
    """The card of a session on this page."""
    return await updated(await team.ann.choose(panel, str(number)))


async def filtered(team: Team, panel: Message, shelf: str) -> Message:
    return await updated(await team.ann.choose(panel, shelf, custom_id=panel.selects[-1].custom_id))


async def with_sessions(team: Team, many: int) -> Message:
    """Ann's panel, once she has so many sessions with one exchange each; she is in the last."""
    for number in range(1, many + 1):
        await (await team.ann.slash(team.general, "new")).message()
        await team.ask(team.ann, f"topic {number}")
    return await listed(team)


async def bin_it(team: Team, number: int) -> None:
    assert team.bot is not None
    await team.bot.store.shelves.delete(Actor(team.ann.user.id), number)


async def test_a_card_says_what_it_is_and_back_leads_to_the_list(team: Team) -> None:
    panel = await with_sessions(team, 2)
    assert panel.ephemeral
    card = await chosen(team, panel, 1)
    assert card.id == panel.id
    assert "1 · topic 1" in card.text
    assert "2 messages" in card.text
    assert "topic 2" not in card.text
    assert "topic 2" in (await pressed(team, card, "Back")).text


async def test_open_makes_it_active_and_the_panel_knows(team: Team) -> None:
    panel = await with_sessions(team, 2)
    card = await chosen(team, panel, 1)
    assert "opened" in (await (await team.ann.press(card, "Open")).message(lambda m: m.id != panel.id)).text
    await team.ann.wait_for(lambda m: m.id == panel.id and "**1** · topic 1" in m.text and "you're here" in m.text)
    assert "-# 1 · " in (await team.ask(team.ann, "and on")).text


async def test_open_asks_first_while_an_answer_is_being_written(team: Team) -> None:
    panel = await with_sessions(team, 2)
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    panel = await listed(team)
    assert "**you're here** · **writing**" in panel.text
    asked = await (await team.ann.press(await chosen(team, panel, 1), "Open")).message(lambda m: "still writing" in m.text)
    assert [b.label for b in asked.buttons] == ["Stop & switch", "Let it finish", "Stay here"]


async def test_history_comes_beside_the_card(team: Team) -> None:
    card = await chosen(team, await with_sessions(team, 1), 1)
    shown = await (await team.ann.press(card, "History")).message(lambda m: m.id != card.id)
    assert "echo: topic 1" in shown.text


async def test_a_rename_shows_in_the_card_and_can_be_undone(team: Team) -> None:
    card = await chosen(team, await with_sessions(team, 1), 1)
    modal = (await (await team.ann.press(card, "Rename")).acknowledged()).modal
    assert modal is not None
    card = await updated(await team.ann.submit(modal, {"Its name": "Auth *bug*"}))
    assert "1 · Auth \\*bug\\*" in card.text
    assert "> topic 1" in card.text
    undone = await pressed(team, card, "Undo")
    assert "**1** · topic 1" in undone.text
    assert "Taken back" in undone.text


async def test_a_name_that_nobody_can_see_is_refused_beside_the_card(team: Team) -> None:
    card = await chosen(team, await with_sessions(team, 1), 1)
    modal = (await (await team.ann.press(card, "Rename")).acknowledged()).modal
    assert modal is not None
    assert (await (await team.ann.submit(modal, {"Its name": "\u200b"})).message()).text == NO_NAME
    assert "1 · topic 1" in card.text


async def test_a_pin_comes_first_and_is_taken_off_again(team: Team) -> None:
    panel = await with_sessions(team, 3)
    card = await pressed(team, await chosen(team, panel, 1), "Pin")
    assert "Pinned" in card.text
    first = await pressed(team, card, "Back")
    assert first.text.index("topic 1") < first.text.index("topic 3")
    assert "**1**" in (await filtered(team, first, "Pinned · 1")).text
    card = await pressed(team, await chosen(team, first, 1), "Unpin")
    assert "Pin" in [b.label for b in card.buttons]
    assert EMPTY[Shelf.PINNED] in (await filtered(team, await pressed(team, card, "Back"), "Pinned · 0")).text


async def test_what_is_archived_leaves_the_list_and_undo_brings_it_back(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 2), 1), "Archive")
    assert "is archived" in panel.text
    assert "**1** · " not in panel.text
    panel = await pressed(team, panel, "Undo")
    assert "**1** · topic 1" in panel.text


async def test_opening_an_archived_one_brings_it_back(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 2), 1), "Archive")
    archived = await filtered(team, panel, "Archived · 1")
    await team.ann.press(await chosen(team, archived, 1), "Open")
    panel = await team.ann.wait_for(lambda m: m.id == panel.id and "out of the archive" in m.text)
    assert EMPTY[Shelf.ARCHIVED] in panel.text
    assert "**1** · topic 1" in (await listed(team)).text


async def test_unarchive_leaves_one_where_one_is(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 2), 1), "Archive")
    card = await chosen(team, await filtered(team, panel, "Archived · 1"), 1)
    await pressed(team, card, "Unarchive")
    panel = await listed(team)
    assert "**1** · topic 1" in panel.text
    assert panel.text.index("topic 2") < panel.text.index("you're here") < panel.text.index("topic 1")


async def test_when_all_are_put_away_the_panel_says_where_they_are(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 1), 1), "Archive")
    assert ALL_AWAY in panel.text


async def test_every_button_works_after_a_restart(team: Team) -> None:
    panel = await with_sessions(team, 1)
    await team.restart()
    card = await chosen(team, panel, 1)
    await team.restart()
    card = await pressed(team, card, "Pin")
    await team.restart()
    assert "topic 1" in (await pressed(team, card, "Undo")).text


async def test_what_went_meanwhile_is_told_beside_the_panel(team: Team) -> None:
    panel = await with_sessions(team, 2)
    card = await chosen(team, panel, 1)
    await bin_it(team, 1)
    for button in ("Open", "History", "Rename", "Pin", "Archive", "Delete"):
        assert (await (await team.ann.press(card, button)).message()).text == GONE
    assert "1 · topic 1" in card.text


async def test_a_card_in_a_direct_message_is_as_good(team: Team) -> None:
    await team.write(team.ann, "hello")
    panel = await (await team.ann.slash(team.ann.dm, "sessions")).message()
    panel = await pressed(team, await chosen(team, panel, 1), "Archive")
    assert "is archived" in panel.text


@pytest.mark.parametrize(
    "custom_id",
    ["cubby:page:x", "cubby:page:1:nowhere", "cubby:pin", "cubby:pin:1", "cubby:unact:0", "cubby:page:" + "9" * 30],
)
async def test_made_up_ids_get_the_one_answer(team: Team, custom_id: str) -> None:
    panel = await with_sessions(team, 1)
    forged = await team.ann.forge(custom_id, channel=team.general, message=panel)
    assert (await forged.message()).text == GONE


async def test_ten_thousand_sessions_are_paged_and_reached(team: Team) -> None:
    assert team.bot is not None
    store, ann = team.bot.store, Actor(team.ann.user.id)
    await asyncio.gather(*(store.sessions.create(ann) for _ in range(10_000)))
    panel = await listed(team)
    assert "Page 1 of 1000 · 10000 sessions" in panel.text
    last = await pressed(team, panel, "Last")
    assert "**1** · empty" in last.text
    back = await pressed(team, await pressed(team, await chosen(team, last, 1), "Pin"), "Back")
    assert "Page 1000 of 1000" in back.text
    assert "**1** · empty" in (await pressed(team, back, "First")).text
