"""The stand-in's world in its file: all that people see is there again, whatever was done, and however the playground ended."""

import asyncio
import json
import os
import signal
import sqlite3
import stat
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from playground.standin import CannotDo, ManualClock, Message, StandIn, point_discord_at
from playground.standin.things import MessageFlag
from playground.world_file import WorldFile
from playground.world_sql import SCHEMA, WorldFileRefused
from tests.playground.sample_bot import make_sample
from tests.playground.stage import TOKEN, running

NOTES = ("notes.txt", b"\x00\xff", "text/plain")

WRITE = """
import asyncio, sys, time
from pathlib import Path
from playground.standin import StandIn
from playground.world_file import WorldFile

async def main():
    discord = StandIn()
    discord.add_bot("a-made-up-token")
    async with WorldFile(Path(sys.argv[1]), discord):
        general = discord.add_guild("Team").add_text_channel("general")
        ann = discord.add_person("Ann")
        while True:
            said = await ann.say(general, "", attachments=[("a.txt", b"a" * 5000, "text/plain")])
            await ann.edit(said, f"{time.monotonic()}")
            print(said.content, flush=True)
            await asyncio.sleep(0.005)

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept" / "discord.db"


@asynccontextmanager
async def world(path: Path, clock: ManualClock | None = None) -> AsyncGenerator[StandIn]:
    """A stand-in that nobody connects to, with a bot, kept at `path`."""
    standin = StandIn(clock or ManualClock())
    standin.add_bot(TOKEN)
    async with WorldFile(path, standin):
        yield standin


def seen(standin: StandIn) -> dict[str, Any]:
    """All that is kept, as plain data."""
    world = standin.world
    return {
        "users": list(world.users.values()),
        "guilds": [(g.id, g.name, list(g.members.values()), list(g.channels)) for g in world.guilds.values()],
        "channels": [(c.id, c.kind, c.name, c.recipients, c.closed) for c in world.channels.values()],
        "messages": [message(m) for c in world.channels.values() for m in c.messages.values() if not m.ephemeral],
    }


def message(one: Message) -> tuple[Any, ...]:
    command = (one.interaction.data["name"], one.interaction.user) if one.interaction else None
    told = (one.id, one.channel.id, one.author, one.content, list(one.components), one.flags, list(one.attachments), one.kind)
    return (*told, one.created, one.edited, one.reference_id, one.forward, one.mentions, one.nonce, command)


async def test_what_people_see_is_there_again(path: Path) -> None:
    clock = ManualClock()
    async with world(path, clock) as standin:
        bot = standin.world.applications[TOKEN]
        for guild in (standin.add_guild("Team"), standin.add_guild("Quiet ☕")):
            guild.add_text_channel("general")
            guild.add_text_channel("random")
        general = next(iter(standin.world.guilds.values())).channels
        ann, bob = standin.add_person("Ann"), standin.add_person("Bob ☕", guilds=[])
        bob.close_dms()
        channel = next(iter(general.values()))
        first = await ann.say(channel, "hi \ud800", mention_bot=True, attachments=[NOTES, ("\udc00.bin", b"", "")])
        clock.advance(1)
        reply = await ann.say(channel, "and", reply_to=first)
        await ann.edit(reply, "and then?")
        await ann.forward(first, ann.dm)
        row = {"type": 1, "id": 1, "components": [{"type": 2, "id": 2, "style": 1, "label": "Go", "custom_id": "go"}]}
        flags = MessageFlag.COMPONENTS_V2
        standin.world.post(ann.dm, bot.user, "", components=[row], flags=flags, application=bot, nonce="n")
        standin.world.post(channel, bot.user, "only Ann's", flags=MessageFlag.EPHEMERAL, only_for=ann.user)
        before = seen(standin)
    async with world(path) as again:
        assert seen(again) == before
        assert again.add_guild("Team").add_text_channel("general").messages.keys() == {first.id, reply.id}
        assert again.add_person("Ann").dm.messages
        assert again.world.attachments[first.attachments[0].id].data == NOTES[1]
        posted = await again.add_person("Ann").say(again.world.channels[channel.id], "again")
        assert posted.id > max(standin.world.attachments)
        assert seen(again)["users"] == before["users"]


async def test_what_went_is_gone(path: Path) -> None:
    async with world(path) as standin:
        guild = standin.add_guild("Team")
        general, random = guild.add_text_channel("general"), guild.add_text_channel("random")
        ann = standin.add_person("Ann")
        kept = await ann.say(general, "stays", attachments=[NOTES, NOTES])
        gone = await ann.say(general, "goes", attachments=[NOTES])
        await ann.say(random, "goes with its channel", attachments=[NOTES])
    async with world(path) as standin:
        ann = standin.add_person("Ann")
        here = standin.world.channels[general.id].messages
        ann.delete(here[gone.id])
        standin.world.edit(here[kept.id], {"attachments": here[kept.id].attachments[1:]})
        standin.world.remove_channel(standin.world.channels[random.id])
        standin.add_guild("Team").add_text_channel("random")
        brief = await ann.say(here[kept.id].channel, "never written")
        ann.delete(brief)
        before = seen(standin)
    async with world(path) as again:
        assert seen(again) == before
        assert again.world.attachments.keys() == {kept.attachments[1].id}
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT count(*) FROM files").fetchone() == (1,)


async def test_an_enforced_nonce_still_counts(path: Path) -> None:
    async with world(path) as standin:
        channel = standin.add_guild("Team").add_text_channel("general")
        sent = standin.world.post(channel, standin.world.applications[TOKEN].user, "x", nonce="n-1")
        standin.world.nonces[channel.id, "n-1"] = sent
    async with world(path) as again:
        assert again.world.nonces[channel.id, "n-1"].id == sent.id


async def test_buttons_and_commands_of_before_still_work(path: Path) -> None:
    async with StandIn() as standin, at(path, standin):
        channel = standin.add_guild("Team").add_text_channel("general")
        bot, _ = make_sample()
        async with running(standin, bot):
            ann = standin.add_person("Ann")
            asked = await ann.slash(channel, "slow", hidden=False)
            answer = await asked.message(lambda m: bool(m.buttons))
            await asked.message(lambda m: "follow-up" in m.text)
    async with StandIn() as standin, at(path, standin):
        bot, cog = make_sample()
        async with running(standin, bot):
            ann = standin.add_person("Ann")
            restored = standin.world.channels[channel.id].messages[answer.id]
            heard = await bot.get_partial_messageable(channel.id).fetch_message(answer.id)
            used = heard.interaction_metadata
            assert used is not None
            assert (used.user.id, restored.interaction and restored.interaction.data["name"]) == (ann.id, "slow")
            pressed = await ann.press(restored, "Stop")
            assert (await pressed.acknowledged()).updated is restored
            assert (await cog.used.get()).message == heard
            assert restored.text == "stopped"
    assert standin.refused == []


@asynccontextmanager
async def at(path: Path, standin: StandIn) -> AsyncGenerator[None]:
    async with WorldFile(path, standin):
        standin.add_bot(TOKEN)
        with point_discord_at(standin.api_url):
            yield


async def test_a_kill_loses_half_a_second_at_most_and_tears_nothing(path: Path) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WRITE, str(path), stdout=PIPE, cwd=Path.cwd())
    assert process.stdout is not None
    said = [(await process.stdout.readline()).decode().strip()]
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline:
        said.append((await process.stdout.readline()).decode().strip())
    process.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    said += (await process.stdout.read()).decode().split()
    await process.wait()
    async with world(path) as again:
        kept = [m for c in again.world.channels.values() for m in c.messages.values()]
        assert [m.content for m in kept] == said[: len(kept)]
        assert all(len(m.attachments[0].data) == 5000 for m in kept)
        lost = [float(text) for text in said[len(kept) :]]
        assert all(at > killed - 1.5 for at in lost)  # half a second, and patience with a slow machine
        assert len(kept) > len(lost)


async def test_a_streamed_message_is_written_twice_a_second(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    monkeypatch.setattr("playground.world_file.write_batch", lambda _, batch: written.append(len(batch.rows)))  # type: ignore[misc]
    async with world(path) as standin:
        channel = standin.add_guild("Team").add_text_channel("general")
        streamed = await standin.add_person("Ann").say(channel, "0")
        started = time.monotonic()
        while (passed := time.monotonic() - started) < 1.2:
            standin.world.edit(streamed, {"content": str(passed)})
            await asyncio.sleep(0.01)
    assert 2 <= len(written) <= 4
    assert set(written) == {1}


async def test_a_disk_that_fails_is_told_once_and_caught_up_with(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("playground.world_file.PAUSE", 0.01)
    async with world(path) as standin:
        channel = standin.add_guild("Team").add_text_channel("general")
        ann = standin.add_person("Ann")
        with monkeypatch.context() as full:
            full.setattr("playground.world_file.write_batch", failing)
            said = await ann.say(channel, "kept in the end")
            await asyncio.sleep(0.1)
    assert [record.getMessage() for record in caplog.records] == [
        "What happened in the playground cannot be saved (database or disk is full); it is tried again until it can."
    ]
    async with world(path) as again:
        assert said.id in again.world.channels[channel.id].messages


def failing(*_: object) -> None:
    raise sqlite3.OperationalError("database or disk is full")


async def test_the_file_is_its_owners_alone(path: Path) -> None:
    async with world(path) as standin:
        standin.add_person("Ann")
        await asyncio.sleep(0.6)
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in path.parent.iterdir()}
        assert modes["discord.db"] == 0o600
        assert set(modes.values()) == {0o600}


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() if file.is_file() else b"" for file in folder.iterdir()}


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE t (a)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(SCHEMA)
        file.execute("PRAGMA user_version = 2")


def of_another_shape(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(SCHEMA)
        file.execute("INSERT INTO places VALUES (1, ?)", (json.dumps({"users": [], "guilds": 5}),))
        file.commit()


def cut_off(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.executescript(SCHEMA)
        file.execute("INSERT INTO places VALUES (1, ?)", ("x" * 50_000,))
        file.commit()
    os.truncate(path, 20_000)


def no_database(path: Path) -> None:
    path.write_text("shopping list")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("spoil", [foreign, newer, of_another_shape, cut_off, no_database, folder])
async def test_a_file_that_is_no_world_is_refused_and_left(path: Path, spoil: Any) -> None:
    path.parent.mkdir()
    spoil(path)
    before = bytes_in(path.parent)
    with pytest.raises(WorldFileRefused) as refused:
        async with world(path):
            pass
    assert str(path) in str(refused.value)
    assert bytes_in(path.parent) == before


def empty(path: Path) -> None:
    path.touch()


def begun(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("begin", [empty, begun])
async def test_a_file_with_nothing_in_it_becomes_one(path: Path, begin: Any) -> None:
    path.parent.mkdir()
    begin(path)
    async with world(path) as standin:
        standin.add_person("Ann")
    async with world(path) as again:
        assert [user.name for user in again.world.users.values()] == ["Cubby", "Ann"]


async def test_of_very_many_messages_only_the_newest_are_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world(path) as standin:
        channel = standin.add_guild("Team").add_text_channel("general")
        bot = standin.world.applications[TOKEN]
        for number in range(5_000):
            standin.world.post(channel, bot.user, f"{number} " + "word " * 100, application=bot)
    async with world(path) as again:
        assert seen(again)["messages"] == seen(standin)["messages"]
    monkeypatch.setattr("playground.world_sql.NEWEST", 10)
    async with world(path) as again:
        assert list(again.world.channels[channel.id].messages) == list(channel.messages)[-10:]


async def test_a_restored_message_keeps_to_its_rules(path: Path) -> None:
    async with world(path) as standin:
        channel = standin.add_guild("Team").add_text_channel("general")
        said = await standin.add_person("Ann").say(channel, "mine")
    async with world(path) as again:
        restored = again.world.channels[channel.id].messages[said.id]
        with pytest.raises(CannotDo):
            await again.add_person("Bob").edit(restored, "ours")
        await again.add_person("Ann").edit(restored, "still mine")
        assert restored.content == "still mine"
