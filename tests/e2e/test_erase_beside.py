"""*Delete everything about me* while something else takes long, or while the disk or the bot fails: no half stays unsaid."""

import sqlite3

import pytest

from cogs import exporting, importing
from cogs.importing import ALL_DELETED, NOT_HERE
from cogs.privacy import AT_IT
from storage.errors import StoreUnavailable
from storage.sqlite import purging
from tests.e2e.team import Team
from tests.e2e.test_erase import ERASE, SECRET, HeldErase, erased, nothing_is_left, submitted
from tests.e2e.test_exporting import Held as HeldExport
from tests.e2e.test_importing import Held as HeldImport
from tests.e2e.test_importing import asked, sessions
from tests.porting.test_incoming import many, zipped

FILE = zipped(many(2)).getvalue()


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.clearing.PACE", 0)


async def test_a_file_that_is_being_taken_in_is_waited_for(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldImport(monkeypatch)
    question = await asked(team, FILE)
    await team.ann.press(question, "Import")
    await held.begun.wait()
    assert (await (await submitted(team, team.ann, team.general)).message()).text == importing.BUSY
    held.go_on.set()
    await team.ann.wait_for(lambda m: m.id == question.id and "imported" in m.text)
    said, _ = await erased(team, team.ann, team.general)
    assert "2 sessions" in said.text
    assert await sessions(team) == []


async def test_an_export_that_is_being_packed_is_waited_for(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldExport(monkeypatch)
    await team.ask(team.ann, "one")
    used = await team.ann.slash(team.general, "export", session="all")
    await held.begun.wait()
    assert (await (await submitted(team, team.ann, team.general)).message()).text == exporting.BUSY
    held.go_on.set()
    await used.message(lambda m: bool(m.attachments))


async def test_a_file_that_waits_for_a_word_is_let_go_of(team: Team) -> None:
    question = await asked(team, FILE)
    button = question.buttons[0].custom_id or ""
    await erased(team, team.ann, team.general)
    await team.ann.wait_for(lambda m: m.id == question.id and m.text == ALL_DELETED and not m.buttons)
    again = await team.ann.forge(button, channel=team.general, message=question)
    assert (await again.message(lambda m: m.id != question.id)).text == NOT_HERE


async def test_nothing_is_taken_in_while_everything_is_being_deleted(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldErase(monkeypatch)
    question = await asked(team, FILE)
    used = await submitted(team, team.ann, team.general)
    await held.begun.wait()
    await team.ann.press(question, "Import")
    await team.ann.wait_for(lambda m: m.text == AT_IT)
    held.go_on.set()
    await used.message(lambda m: "deleted for good" in m.text)
    assert await sessions(team) == []


async def test_another_person_may_do_both_meanwhile(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = HeldImport(monkeypatch)
    await team.ann.press(await asked(team, FILE), "Import")
    await held.begun.wait()
    said, _ = await erased(team, team.bob, team.general)
    assert "0 sessions" in said.text
    held.go_on.set()


async def test_its_button_works_after_a_restart(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    await (await team.ann.slash(team.general, "privacy")).message()
    page = await team.ann.wait_for(lambda m: any(b.label == ERASE for b in m.buttons), channel=team.general)
    await team.restart()
    modal = (await (await team.ann.press(page, ERASE)).acknowledged()).modal
    assert modal is not None
    await team.restart()
    used = await team.ann.submit(modal, {"Type DELETE to delete it all for good": "Delete"})
    await used.message(lambda m: "1 session " in m.text)
    await nothing_is_left(team, team.ann, SECRET)


async def test_a_disk_that_fails_in_the_middle_is_told_and_again_deletes_the_rest(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two", "three"):
        await (await team.ann.slash(team.general, "new", name=f"{SECRET} {name}")).message()
    failing, purge = [False, True], purging.purge

    def fails_at_the_second(connection: sqlite3.Connection, session: sqlite3.Row, now: int) -> None:
        if failing and failing.pop(0):
            raise sqlite3.OperationalError("disk I/O error")
        purge(connection, session, now)

    monkeypatch.setattr(purging, "purge", fails_at_the_second)
    refused = await (await submitted(team, team.ann, team.general)).message()
    assert refused.text == str(StoreUnavailable("disk I/O error"))
    said, _ = await erased(team, team.ann, team.general)
    assert "2 sessions" in said.text
    await nothing_is_left(team, team.ann, SECRET)


async def test_a_temporary_session_ends_with_the_rest_without_being_asked_about(team: Team) -> None:
    await (await team.ann.slash(team.general, "new", temporary=True)).message()
    held = await team.ann.slash(team.general, "ask", prompt=f"hold {SECRET}")
    await held.message(lambda m: "first words" in m.text)
    said, _ = await erased(team, team.ann, team.general)
    assert "deleted for good" in said.text
    assert held.messages == []
    team.gate.release()
    await nothing_is_left(team, team.ann, SECRET)
    assert "-# 1 · " in (await team.ask(team.ann, "anew")).text
