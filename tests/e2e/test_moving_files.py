"""What was attached goes along when its sessions are exported, and is there again where they are imported."""

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from porting.attached import NO_ROOM
from storage.sqlite.verify import verify
from tests.documents.files import pdf, picture
from tests.e2e.team import Team, a_team
from tests.e2e.test_attachments import NOTES, sent
from tests.e2e.test_exporting import exported, file_of
from tests.e2e.test_importing import asked, pressed
from tests.processes import started
from tests.test_user_data import outcome
from transfer.enclosed import ABSENT, CHANGED

PAGE = ("moon.pdf", pdf("A page on the moon"), "application/pdf")
RED = ("red.png", picture("PNG"), "image/png")


LARGE = ("large.txt", b"long words " * 100_000, "text/plain")


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """The folder of the bot that they come from."""
    (tmp_path / "one").mkdir()
    return tmp_path / "one"


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The folder of another, where nothing is yet."""
    (tmp_path / "two").mkdir()
    return tmp_path / "two"


async def said_with_files(team: Team) -> None:
    await sent(team, "what is it made of?", NOTES, PAGE, RED)


async def imported(team: Team, data: bytes) -> str:
    return (await pressed(team, await asked(team, data), "Import")).text


async def asked_on(team: Team) -> str:
    """What the model is given of the session's first question when it goes on."""
    await (await team.ann.slash(team.general, "open", session="1")).acknowledged()
    await team.ask(team.ann, "are you sure?")
    return next(m.content for m in team.gate.asked[-1] if "what is it made of?" in m.content)


@pytest.mark.parametrize("session", ["1", "all"])
async def test_the_model_of_another_bot_is_given_what_was_attached_in_this_one(here: Path, there: Path, session: str) -> None:
    async with a_team(here, picture_models="gate") as one:
        await said_with_files(one)
        message = await exported(one, session=session, format="json")
        name, data = file_of(message)
        was = await asked_on(one)
    assert name == ("session-1.zip" if session == "1" else "sessions.zip")
    if session == "1":
        assert message.text == "**1 · what is it made of?**, as it is now, in a ZIP with the 3 files attached in it:"
    async with a_team(there, picture_models="gate") as two:
        assert "1 conversation imported, 2 messages, 3 attached files." in await imported(two, data)
        assert await asked_on(two) == was
        assert "A page on the moon" in was
        assert [p.url[:22] for m in two.gate.asked[-1] for p in m.pictures] == ["data:image/png;base64,"]
        assert file_of(await exported(two, session=session, format="json"))[0] == name


async def test_a_document_taken_out_of_its_zip_brings_names_alone_and_that_is_told(here: Path, there: Path) -> None:
    async with a_team(here) as one:
        await said_with_files(one)
        with ZipFile(BytesIO(file_of(await exported(one, session="1", format="json"))[1])) as archive:
            (document,) = [archive.read(name) for name in archive.namelist() if name.startswith("sessions/")]
    async with a_team(there) as two:
        assert f"{ABSENT}: notes.txt" in await imported(two, document)
        assert file_of(await exported(two, session="1", format="json"))[0] == "session-1.json"
        assert "not there any more" in await asked_on(two)


async def test_what_was_changed_on_the_way_is_told_and_the_rest_is_there(here: Path, there: Path) -> None:
    async with a_team(here) as one:
        await said_with_files(one)
        data = file_of(await exported(one, session="all"))[1]
    changed = BytesIO()
    with ZipFile(BytesIO(data)) as old, ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"is made of rock", b"is made of cake"))
    async with a_team(there) as two:
        done = await imported(two, changed.getvalue())
        assert "2 attached files" in done
        assert f"{CHANGED}: notes.txt" in done
        given = await asked_on(two)
        assert ("made of cake" in given, "A page on the moon" in given) == (False, True)


async def test_what_has_no_room_is_told(here: Path, there: Path) -> None:
    async with a_team(here) as one:
        await sent(one, "what is it made of?", LARGE, NOTES)
        data = file_of(await exported(one, session="all"))[1]
    async with a_team(there, file_space=1) as two:
        done = await imported(two, data)
        assert "1 attached file." in done
        assert f"{NO_ROOM}: large.txt" in done


async def test_whoever_runs_the_bot_moves_them_by_command_within_the_same_space(here: Path, there: Path) -> None:
    async with a_team(here) as one:
        await sent(one, "what is it made of?", LARGE, NOTES, PAGE)
        who = str(one.ann.user.id)
    file = str(here / "all.zip")
    _, out, _ = await outcome(here, "--export-user", who, file)
    assert out == f"Exported 1 session with 3 attached files of {who} to {file}.\n"
    async with a_team(there):
        pass
    process = await started(there, "--import-user", who, file, FILE_SPACE="1")
    out = (await process.communicate())[0].decode().splitlines()
    assert (process.returncode, out[1:]) == (
        1,
        [
            f"Imported 1 conversation with 2 messages for {who}.",
            "Kept 2 attached files of theirs.",
            f"Not read: conversation 1: {NO_ROOM}: large.txt, in session 1",
        ],
    )
    assert await verify(there / "cubby.db") == []
    async with a_team(there) as two:
        assert "A page on the moon" in await asked_on(two)
