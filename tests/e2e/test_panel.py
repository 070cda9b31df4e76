"""`/sessions` as the place to manage them: lists, pages, cards, and what is done there, as people do it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cogs.panel._views import ALL_AWAY, EMPTY
from cogs.shelves import NO_NAME
from cogs.words import GONE
from playground.standin import Invocation, Message
from storage.caretaker import Caretaker
from storage.records import Actor, Shelf
from tests.e2e.team import Team, a_team, ended


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


async def test_what_rests_in_the_bin_is_shown_there_and_comes_back(team: Team) -> None:
    await with_sessions(team, 2)
    await bin_it(team, 1)
    panel = await listed(team)
    assert "topic 1" not in panel.text
    card = await chosen(team, await filtered(team, panel, "Bin · 1"), 1)
    assert "In the bin since" in card.text
    emptied = await pressed(team, card, "Restore")
    assert "is out of the bin" in emptied.text
    assert EMPTY[Shelf.BIN] in emptied.text
    assert "**1** · topic 1" in (await listed(team)).text
    again = await pressed(team, emptied, "Undo")
    assert "**1** · topic 1" in again.text


async def test_delete_puts_it_in_the_bin_and_undo_brings_it_back(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 2), 1), "Delete", "bin")
    assert "is in the bin. `/sessions` has it there for 30 days." in panel.text
    assert "**1** · " not in panel.text
    assert "**1** · topic 1" in (await filtered(team, panel, "Bin · 1")).text
    panel = await pressed(team, await pressed(team, await chosen(team, await listed(team), 2), "Delete", "bin."), "Undo")
    assert "**2** · topic 2" in panel.text


async def test_deleting_where_one_is_leaves_no_session_open(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 1), 1), "Delete", "bin")
    assert "No session is open now" in panel.text
    assert "-# 2 · " in (await team.ask(team.ann, "and on")).text


async def test_deleting_what_is_being_written_asks_and_stay_leaves_it_alone(team: Team) -> None:
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    question = await pressed(team, await chosen(team, await listed(team), 1), "Delete", "still writing")
    assert question.text == "**1 · hold it** is still writing."
    assert [b.label for b in question.buttons] == ["Stop & delete", "Stay"]
    card = await pressed(team, question, "Stay")
    assert "Open" in [b.label for b in card.buttons]
    team.gate.release()
    assert "and the end." in (await ended(held)).text


async def test_stop_and_delete_keeps_what_was_written_in_the_bin(team: Team) -> None:
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    question = await pressed(team, await chosen(team, await listed(team), 1), "Delete", "still writing")
    panel = await pressed(team, question, "Stop & delete", "bin")
    assert "is in the bin" in panel.text
    assert "Stopped" in (await ended(held)).text
    await pressed(team, panel, "Undo")
    card = await chosen(team, await listed(team), 1)
    assert "first words" in (await (await team.ann.press(card, "History")).message(lambda m: m.id != card.id)).text


async def in_the_bin(team: Team, number: int) -> Message:
    """The card of a session that is put in the bin for this."""
    await bin_it(team, number)
    return await chosen(team, await filtered(team, await listed(team), "Bin · 1"), number)


async def test_deleting_for_good_asks_once_more_and_keep_it_leaves_it_there(team: Team) -> None:
    await with_sessions(team, 1)
    question = await pressed(team, await in_the_bin(team, 1), "Delete for good")
    assert question.text == "Delete **1 · topic 1** for good? Its 2 messages can't be brought back then."
    card = await pressed(team, question, "Keep it")
    assert "**1** · topic 1" in (await pressed(team, card, "Back")).text


async def test_what_is_deleted_for_good_is_in_no_list_and_in_no_byte(team: Team) -> None:
    answer = await team.ask(team.ann, "xylophone" * 3)
    question = await pressed(team, await in_the_bin(team, 1), "Delete for good")
    purge = question.buttons[0].custom_id or ""
    panel = await pressed(team, question, "Delete for good")
    assert "is deleted for good. None of my backups holds it." in panel.text
    assert EMPTY[Shelf.BIN] in panel.text
    for custom_id in (purge, purge.replace("purge", "restore"), purge.replace("purge", "card")):
        assert (await (await team.ann.forge(custom_id, channel=team.general, message=panel)).message()).text == GONE
    assert (await (await team.ann.press(answer, "Reply")).message()).text == GONE
    assert "-# 2 · " in (await team.ask(team.ann, "and on")).text
    assert team.bot is not None
    assert await team.bot.store.upkeep.wipe()
    files = team.settings.database_path.parent.glob("cubby.db*")
    assert not any(b"xylophone" in file.read_bytes().lower() for file in files)


async def test_what_the_files_still_hold_of_it_is_wiped_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    woken = asyncio.Event()

    def wake(_: Caretaker) -> None:
        woken.set()

    monkeypatch.setattr(Caretaker, "wake", wake)
    async with a_team(tmp_path) as team:
        await with_sessions(team, 1)
        question = await pressed(team, await in_the_bin(team, 1), "Delete for good")
        assert not woken.is_set()
        await pressed(team, question, "Delete for good")
        assert woken.is_set()


async def test_backups_that_may_hold_it_are_told_of(team: Team) -> None:
    await with_sessions(team, 2)
    folder = team.settings.database_path.parent / "backups"
    folder.mkdir()
    (folder / "cubby.db.20260501T120000Z").touch()
    panel = await pressed(team, await pressed(team, await in_the_bin(team, 1), "Delete for good"), "Delete for good")
    goes = datetime(2026, 5, 8, 12, tzinfo=UTC)
    assert f"may hold it goes <t:{int(goes.timestamp())}:R>" in panel.text


async def test_when_all_are_put_away_the_panel_says_where_they_are(team: Team) -> None:
    panel = await pressed(team, await chosen(team, await with_sessions(team, 1), 1), "Archive")
    assert ALL_AWAY in panel.text


async def left_to_finish(team: Team) -> None:
    """The first session goes on writing by itself; Ann is in the second."""
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    guard = await (await team.ann.slash(team.general, "new")).message(lambda m: bool(m.buttons))
    await team.ann.press(guard, "Let it finish")
    await team.ann.wait_for(lambda m: "Session 2 started" in m.text)


async def finished(team: Team) -> None:
    team.gate.release()
    await team.ann.wait_for(lambda m: "1 · hold it** answered" in m.text)


async def test_a_session_that_answered_while_one_was_elsewhere_is_marked_until_it_is_opened(team: Team) -> None:
    await left_to_finish(team)
    panel = await listed(team)
    assert "**writing**" in panel.text
    assert "new answer" not in panel.text
    await finished(team)
    panel = await listed(team)
    assert "writing" not in panel.text
    assert "**new answer**" in panel.text
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "opened" in m.text)
    assert "new answer" not in (await listed(team)).text


async def test_to_read_it_takes_the_mark_off_too(team: Team) -> None:
    await left_to_finish(team)
    await finished(team)
    card = await chosen(team, await listed(team), 1)
    assert "New answer" in card.text
    await (await team.ann.press(card, "History")).message(lambda m: "and the end." in m.text)
    await team.ann.wait_for(lambda m: m.id == card.id and "New answer" not in m.text)
    assert "new answer" not in (await listed(team)).text


async def test_a_mark_outlives_a_restart_and_the_command_for_history_takes_it_off(team: Team) -> None:
    await left_to_finish(team)
    await finished(team)
    await team.restart()
    assert "**new answer**" in (await listed(team)).text
    await (await team.ann.slash(team.general, "history", session="1")).message()
    while "new answer" in (await listed(team)).text:  # it is taken off once the page is there
        pass


async def test_what_was_stopped_or_is_where_one_is_has_no_mark(team: Team) -> None:
    await left_to_finish(team)
    await team.ann.press(await (await team.ann.slash(team.general, "stop")).message(), "Stop 1")
    await team.ann.wait_for(lambda m: "Stopped" in m.text)
    await team.ask(team.ann, "here")
    panel = await listed(team)
    assert "writing" not in panel.text
    assert "new answer" not in panel.text


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
