"""Whom the bot serves, what it says of itself, and what its log keeps quiet about."""

import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cogs.access import NOT_A_MEMBER, NOT_HERE
from playground.standin import Person, StandIn
from playground.standin.things import Channel, Guild
from tests.e2e.team import Team, a_team
from tests.processes import TOKEN, started

Elsewhere = tuple[Team, Guild, Channel, Person]


@pytest.fixture
async def elsewhere(tmp_path: Path) -> AsyncIterator[Elsewhere]:
    """A bot that is set up for the team's server alone, and somebody in another server with it."""
    async with StandIn() as probe:
        allowed = probe.add_guild("Team").id
    async with a_team(tmp_path, allowed_guilds=frozenset({allowed})) as team:
        assert team.guild.id == allowed
        other = team.discord.add_guild("Elsewhere")
        channel = other.add_text_channel("lobby")
        yield team, other, channel, team.discord.add_person("Zoe", [other])


async def test_another_server_gets_one_polite_line_and_no_model_call(elsewhere: Elsewhere) -> None:
    team, _, channel, zoe = elsewhere
    told = await (await zoe.slash(channel, "ask", prompt="hello")).message()
    assert told.text == NOT_HERE
    assert told.ephemeral
    assert team.gate.asked == []


async def test_a_mention_elsewhere_gets_the_same_line(elsewhere: Elsewhere) -> None:
    _, _, channel, zoe = elsewhere
    await zoe.say(channel, "hello", mention_bot=True)
    await zoe.wait_for(lambda m: m.text == NOT_HERE, channel=channel)


async def test_a_direct_message_needs_membership(elsewhere: Elsewhere) -> None:
    team, _, _, zoe = elsewhere
    await zoe.say(zoe.dm, "hello")
    await zoe.wait_for(lambda m: m.text == NOT_A_MEMBER, channel=zoe.dm)
    assert "echo: hello" in (await team.write(team.ann, "hello")).text


async def test_autocomplete_elsewhere_offers_nothing(elsewhere: Elsewhere) -> None:
    _, _, channel, zoe = elsewhere
    assert await zoe.autocomplete(channel, "open", session="") == []


async def test_help_names_every_command(team: Team) -> None:
    told = await (await team.ann.slash(team.general, "help")).message()
    assert team.bot is not None
    assert all(command.name in told.text for command in team.bot.client.tree.get_commands())


async def test_privacy_says_where_the_words_go(team: Team) -> None:
    asked = await team.ann.slash(team.general, "privacy")
    told = await asked.message(lambda message: team.gate.host in message.text)
    assert told.ephemeral


async def test_history_can_be_read_from_its_newest_page_back(team: Team) -> None:
    for number in range(6):
        await team.ask(team.ann, f"message {number} " + "word " * 120)
    newest = await (await team.ann.slash(team.general, "history")).message()
    assert "message 5" in newest.text
    older = await (await team.ann.press(newest, "Older")).acknowledged()
    assert older.updated is not None
    assert "message 5" not in older.updated.text


async def test_sessions_are_paged_and_chosen(team: Team) -> None:
    for number in range(12):
        await team.ask(team.ann, f"topic {number}")
        await (await team.ann.slash(team.general, "new")).message()
    panel = await (await team.ann.slash(team.general, "sessions")).message()
    await (await team.ann.press(panel, "Next")).acknowledged()
    assert "topic 0" in panel.text
    await (await team.ann.choose(panel, "1")).acknowledged()
    opened = await (await team.ann.press(panel, "Open")).message(lambda m: "opened" in m.text)
    assert "topic 0" in opened.text
    await team.ann.wait_for(lambda m: m.id == panel.id and "you're here" in m.text)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("form", ["text", "json"])
async def test_the_log_holds_no_words_and_no_tokens_even_at_debug(tmp_path: Path, form: str) -> None:
    async with StandIn() as discord:
        discord.add_bot(TOKEN)
        general = discord.add_guild("Team").add_text_channel("general")
        ann = discord.add_person("Ann")
        told = {"LOG_LEVEL": "DEBUG", "LOG_FORMAT": form, "DISCORD_TOKEN": TOKEN, "CUBBY_DISCORD_API": discord.api_url}
        process = await started(tmp_path, **told)
        await discord.bot_connected()
        await ann.say(ann.dm, "my secret plan is xylophone")
        await ann.wait_for(lambda m: m.author.bot and "Reply" in [b.label for b in m.buttons], channel=ann.dm)
        asked = await ann.slash(general, "ask", prompt="xylophone again")
        await asked.message(lambda m: "Reply" in [b.label for b in m.buttons])
        process.terminate()
        _, logged = await process.communicate()
    assert b"registered" in logged
    assert logged.count(b"turn ended") == 2
    assert form == "text" or all(json.loads(line)["time"] for line in logged.splitlines())
    assert not any(word.encode() in logged for word in ("xylophone", TOKEN, asked.interaction.token))
