"""`/export` as people use it: what they get, in which format, and that nobody else does."""

import json
from collections.abc import Awaitable, Callable, Coroutine
from io import BytesIO
from typing import Any, TypeVar
from zipfile import ZipFile

import pytest

from cogs import exporting
from cogs.exporting import NOTHING
from cogs.words import GONE, NO_SUCH_SESSION, NOTHING_OPEN
from playground.standin import Channel, Invocation, Message, bodies, objects
from storage.records import Actor, Draft, DraftEntry
from tests.e2e.team import Team
from tests.e2e.test_panel import chosen, listed
from tests.storage.samples import START

T = TypeVar("T")


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
    for place in (bodies, objects):
        monkeypatch.setattr(place, "MAX_FILE_BYTES", exporting.ROOM + 2_500)
    for words in ("one", "two", "three"):
        await (await team.ann.slash(team.general, "new")).message()
        await team.ask(team.ann, words)
    used = await team.ann.slash(team.general, "export", session="all")
    parts = await files_of(team, used, 3)
    assert [file_of(part)[0] for part in parts] == [f"sessions-{n}-of-3.zip" for n in (1, 2, 3)]
    assert parts[0].text.startswith("Part 1 of 3: 1 session. Discord takes no larger files")
    assert parts[1].text == "Part 2 of 3: 1 session."
    assert all(part.ephemeral for part in parts)


async def test_a_session_that_alone_is_too_large_is_told(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in (bodies, objects):
        monkeypatch.setattr(place, "MAX_FILE_BYTES", exporting.ROOM + 100)
    await team.ask(team.ann, "one")
    for options in ({}, {"session": "all"}):
        told = await (await team.ann.slash(team.general, "export", **options)).message()
        assert "larger than Discord takes from me" in told.text
        assert not told.attachments


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


async def told_at_once(work: Coroutine[Any, Any, T], tell: Callable[[], Awaitable[None]]) -> T:
    await tell()
    return await work


async def test_a_long_one_says_how_far_it_is(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "watched", told_at_once)
    await team.ask(team.ann, "one")
    used = await team.ann.slash(team.general, "export", session="all")
    message = await used.message(lambda m: bool(m.attachments))
    assert any("Packing 0 of 0 sessions" in str(version) for version in message.history)


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
