"""`/export` as people use it: what they get, in which format, and that nobody else does."""

import asyncio
import json
import random
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from cogs import bulletin, exporting, packing
from cogs.exporting import BROKEN_OFF, BUSY, NOTHING
from cogs.files import NO_ROOM
from cogs.words import GONE, NO_SUCH_SESSION, NOTHING_OPEN
from playground.standin import Channel, Fault, Invocation, Message, bodies, objects
from porting.outgoing import export_all
from storage.errors import SessionTemporary
from storage.records import Actor, Draft, DraftEntry
from tests.e2e.team import Team
from tests.e2e.test_panel import chosen, listed
from tests.storage.samples import START


async def exported(team: Team, channel: Channel | None = None, **options: str) -> Message:
    used = await team.ann.slash(channel or team.general, "export", **options)
    return await used.message(lambda m: bool(m.attachments))


def file_of(message: Message) -> tuple[str, bytes]:
    (attachment,) = message.attachments
    return attachment.filename, attachment.data


async def files_of(team: Team, used: Invocation, count: int) -> list[Message]:
    def all_there() -> list[Message]:
        found = [m for m in used.messages if m.attachments]
        return found if len(found) >= count else []

    return await team.discord.until(all_there)


def sessions_in(message: Message) -> list[str]:
    with ZipFile(BytesIO(file_of(message)[1])) as archive:
        return [name for name in archive.namelist() if name != "manifest.json"]


async def test_the_active_session_comes_as_markdown_for_its_owner_alone(team: Team) -> None:
    await team.ask(team.ann, "why does it fail?")
    message = await exported(team)
    assert message.ephemeral
    assert message.text == "**1 · why does it fail?**, as it is now:"
    name, data = file_of(message)
    assert name == "session-1.md"
    assert b"echo: why does it fail?" in data
    assert not team.bob.sees_message(message)


@pytest.mark.parametrize(
    ("kind", "name", "shows"),
    [
        ("html", "session-1.html", b"<html"),
        ("json", "session-1.json", b'"format": "cubby-session"'),
        ("pi", "session-1.jsonl", b'"type": "session"'),
    ],
)
async def test_another_session_comes_in_each_format(team: Team, kind: str, name: str, shows: bytes) -> None:
    await team.ask(team.ann, "one")
    await (await team.ann.slash(team.general, "new", name="Second")).message()
    made, data = file_of(await exported(team, session="1", format=kind))
    assert made == name
    assert shows in data
    assert b"echo: one" in data


async def test_all_come_in_one_zip_with_a_manifest_but_for_what_is_in_the_bin(team: Team) -> None:
    await team.ask(team.bob, "his own")
    for words in ("one", "two", "three"):
        await (await team.ann.slash(team.general, "new")).message()
        await team.ask(team.ann, words)
    await (await team.ann.slash(team.general, "delete", session="2")).message()
    message = await exported(team, session="ALL")
    assert message.text == "Your 2 sessions. What rests in the bin isn't in it."
    assert file_of(message)[0] == "sessions.zip"
    assert [name.split("/")[1][:4] for name in sessions_in(message)] == ["0001", "0003"]
    with ZipFile(BytesIO(file_of(message)[1])) as archive:
        assert json.loads(archive.read("manifest.json"))["messages"] == 4


async def test_what_is_larger_than_discord_takes_comes_in_parts(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    small_uploads(monkeypatch, 2_500)
    for words in ("one", "two", "three"):
        await (await team.ann.slash(team.general, "new")).message()
        await team.ask(team.ann, words)
    used = await team.ann.slash(team.general, "export", session="all")
    parts = await files_of(team, used, 3)
    assert [file_of(part)[0] for part in parts] == [f"sessions-{n}-of-3.zip" for n in (1, 2, 3)]
    assert parts[0].text.startswith("Part 1 of 3: 1 session. Discord takes no larger files")
    assert parts[1].text == "Part 2 of 3: 1 session."
    assert all(part.ephemeral for part in parts)


async def a_long_session(team: Team, name: str = "Long", words: int = 3_000) -> str:
    """A session of words that no ZIP makes small."""
    assert team.bot is not None
    text = random.Random(1).randbytes(words).hex()
    said = [DraftEntry(id=1, parent=None, kind="user", text=text, created=START)]
    await team.bot.store.transfers.adopt(Actor(team.ann.user.id), Draft(created=START, name=name), said)
    return text


def small_uploads(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Let Discord take files of so many bytes only."""
    for place in (bodies, objects):
        monkeypatch.setattr(place, "MAX_FILE_BYTES", exporting.ROOM + most)


def joined(pieces: Sequence[Message]) -> ZipFile:
    return ZipFile(BytesIO(b"".join(file_of(piece)[1] for piece in pieces)))


async def test_a_session_that_is_too_large_comes_zipped(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    text = await a_long_session(team)
    small_uploads(monkeypatch, 5_000)
    message = await exported(team, session="1")
    assert message.text == "**1 · Long**, as it is now, in a ZIP, since Discord takes no larger files from me:"
    assert file_of(message)[0] == "session-1.md.zip"
    with joined([message]) as archive:
        assert archive.namelist() == ["session-1.md"]
        assert text in archive.read("session-1.md").decode()


@pytest.mark.parametrize(
    ("wanted", "name", "member"), [("1", "session-1.md.zip", "session-1.md"), ("all", "sessions-1-of-2.zip", "sessions/0001")]
)
async def test_what_is_too_large_even_so_comes_in_pieces_that_make_it_whole(
    team: Team, monkeypatch: pytest.MonkeyPatch, wanted: str, name: str, member: str
) -> None:
    text = await a_long_session(team)
    await team.ask(team.ann, "short")
    small_uploads(monkeypatch, 2_000)
    used = await team.ann.slash(team.general, "export", session=wanted)
    await used.message(lambda m: re.fullmatch(r"Piece (\d+) of \1:", m.text) is not None)
    pieces = [m for m in used.messages if m.attachments and f"{name}." in file_of(m)[0]]
    assert [file_of(m)[0] for m in pieces] == [f"{name}.{n:03d}" for n in range(1, len(pieces) + 1)]
    assert f"`cat {name}.* > {name}`" in pieces[0].text
    assert pieces[1].text == f"Piece 2 of {len(pieces)}:"
    assert all(m.ephemeral and len(file_of(m)[1]) <= 2_000 for m in pieces)
    with joined(pieces) as archive:
        (found,) = [each for each in archive.namelist() if each.startswith(member)]
        assert text in archive.read(found).decode()


async def test_in_direct_messages_it_comes_there(team: Team) -> None:
    await team.write(team.ann, "one")
    used = await team.ann.slash(team.ann.dm, "export")
    message = await used.message(lambda m: bool(m.attachments))
    assert file_of(message)[0] == "session-1.md"
    assert message.text == "**1 · one**, as it is now:"


async def test_from_its_card_it_asks_for_the_format_also_after_a_restart(team: Team) -> None:
    await team.ask(team.ann, "one")
    card = await chosen(team, await listed(team), 1)
    question = await (await team.ann.press(card, "Export")).message(lambda m: m.id != card.id)
    assert [b.label for b in question.buttons] == ["Markdown", "Web page", "JSON", "JSONL"]
    await team.restart()
    pressed = await team.ann.press(question, "JSON")
    assert file_of(await pressed.message(lambda m: bool(m.attachments)))[0] == "session-1.json"
    for button in question.buttons:
        foreign = await team.bob.forge(button.custom_id or "", channel=team.general, message=question)
        assert (await foreign.message()).text == GONE


class Held:
    """Holds what packs all, at its end, until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(packing, "export_all", self._export_all)

    async def _export_all(self, *given: Any, **named: Any) -> Any:
        parts = await export_all(*given, **named)
        self.begun.set()
        await self.go_on.wait()
        return parts


async def test_a_long_one_says_how_far_it_is(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulletin, "PACE", 0.01)
    held = Held(monkeypatch)
    await team.ask(team.ann, "one")
    used = await team.ann.slash(team.general, "export", session="all")
    await used.message(lambda m: m.text == "Packing 0 of 1 sessions…" and m.ephemeral)
    held.go_on.set()
    assert (await used.message(lambda m: bool(m.attachments))).text.startswith("Your 1 session.")
    assert len(used.messages) == 1


async def test_a_second_press_while_one_is_packed_is_told_so_and_others_are_not_kept(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    for person in (team.ann, team.bob):
        await team.ask(person, "one")
    first = await team.ann.slash(team.general, "export", session="all")
    await held.begun.wait()
    second = await team.ann.forge("cubby:exportall", channel=team.general)
    assert (await second.message()).text == BUSY
    bobs = await team.bob.slash(team.general, "export")
    assert (await bobs.message(lambda m: bool(m.attachments))).only_for == team.bob.user
    held.go_on.set()
    await first.message(lambda m: bool(m.attachments))


async def test_what_takes_longer_than_the_token_lives_comes_in_direct_messages(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Held(monkeypatch)
    await team.ask(team.ann, "one")
    await team.ann.slash(team.general, "export", session="all")
    await held.begun.wait()
    team.clock.advance(16 * 60)
    held.go_on.set()
    message = await team.ann.wait_for(lambda m: bool(m.attachments), channel=team.ann.dm)
    assert file_of(message)[0] == "sessions.zip"
    assert not team.bob.sees_message(message)


async def test_the_bots_end_is_told_and_leaves_no_file(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    await team.ask(team.ann, "one")
    used = await team.ann.slash(team.general, "export", session="all")
    await held.begun.wait()
    folder = team.settings.database_path.parent
    there = {path.name for path in folder.iterdir()}
    await team.restart()
    assert (await used.message()).text == BROKEN_OFF
    assert all(name.startswith(("cubby.db", "backups")) for name in there)


@pytest.mark.parametrize("fault", [Fault(route="PATCH /webhooks/*", cut=True, times=2), Fault(route="PATCH *", status=503)])
async def test_a_line_that_breaks_on_the_way_is_tried_again(team: Team, fault: Fault) -> None:
    await team.ask(team.ann, "one")
    team.discord.faults.add(fault)
    assert file_of(await exported(team))[0] == "session-1.md"


async def test_a_disk_without_room_is_told(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_given: Any, **_named: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packing, "export_session", full)
    await team.ask(team.ann, "one")
    assert (await (await team.ann.slash(team.general, "export")).message()).text == NO_ROOM


@pytest.mark.parametrize(
    ("options", "sentence"), [({}, NOTHING_OPEN), ({"session": "7"}, NO_SUCH_SESSION), ({"session": "all"}, NOTHING)]
)
async def test_what_is_not_there_is_told(team: Team, options: dict[str, str], sentence: str) -> None:
    await team.ask(team.bob, "his own")
    assert (await (await team.ann.slash(team.general, "export", **options)).message()).text == sentence


async def test_a_name_of_any_signs_makes_no_file_name(team: Team) -> None:
    await team.ask(team.ann, "one")
    await (await team.ann.slash(team.general, "rename", name="../../etc/passwd")).message()
    assert file_of(await exported(team))[0] == "session-1.md"


async def test_what_was_imported_is_exported_without_a_turn(team: Team) -> None:
    assert team.bot is not None
    said = [DraftEntry(id=1, parent=None, kind="user", text="old words", created=START)]
    await team.bot.store.transfers.adopt(Actor(team.ann.user.id), Draft(created=START, name="Old"), said)
    assert b"old words" in file_of(await exported(team, session="old"))[1]


async def test_what_is_saved_nowhere_is_not_exported(team: Team) -> None:
    await (await team.ann.slash(team.general, "new", temporary=True)).message()
    await team.ask(team.ann, "a secret")
    told = await (await team.ann.slash(team.general, "export")).message(lambda m: "…" not in m.text)
    assert told.text == str(SessionTemporary())
    assert (await (await team.ann.slash(team.general, "export", session="all")).message()).text == NOTHING
