"""The panel's bin: what is deleted there, comes back, or is deleted for good, as people do it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cogs.panel._views import EMPTY
from cogs.words import GONE
from playground.standin import Message
from storage.caretaker import Caretaker
from storage.records import Shelf
from tests.e2e.team import Team, a_team, ended
from tests.e2e.test_panel import bin_it, chosen, filtered, listed, pressed, with_sessions


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
