import asyncio
import io

import discord
import pytest

from playground.standin import CannotDo, Right
from playground.standin.changes import DirectMessagesSet, PersonAdded
from tests.playground.sample_bot import Sample
from tests.playground.stage import Stage


async def test_direct_messages_both_ways(stage: Stage, sample: Sample) -> None:
    await stage.ann.say(stage.ann.dm, "hello")
    heard = await sample.heard.get()
    sent = await heard.channel.send("hi Ann", reference=heard, mention_author=False)
    seen = await stage.ann.wait_for(lambda m: m.author.bot, channel=stage.ann.dm)
    assert (heard.content, seen.id, seen.text) == ("hello", sent.id, "hi Ann")
    assert isinstance(heard.channel, discord.DMChannel)


async def test_channel_text_is_hidden_without_the_intent(stage: Stage, sample: Sample) -> None:
    await stage.ann.say(stage.general, "not for bots", attachments=[("a.txt", b"x", "text/plain")])
    await stage.ann.say(stage.general, "this is", mention_bot=True)
    heard = [await sample.heard.get(), await sample.heard.get()]
    assert [(m.content.split(" ", 1)[-1], len(m.attachments)) for m in heard] == [("", 0), ("this is", 0)]


async def test_attachment_is_read(stage: Stage, sample: Sample) -> None:
    await stage.ann.say(stage.ann.dm, "", attachments=[("long.txt", "päste".encode(), "text/plain; charset=utf-8")])
    heard = await sample.heard.get()
    assert heard.attachments[0].filename == "long.txt"
    assert (await heard.attachments[0].read()).decode() == "päste"


async def test_closed_direct_messages(stage: Stage, sample: Sample) -> None:
    stage.ann.close_dms()
    bot = sample.bot
    with pytest.raises(discord.Forbidden) as refused:
        await (await bot.fetch_user(stage.ann.id)).send("hi")
    assert refused.value.code == 50007


async def test_missing_permission_and_access(stage: Stage, sample: Sample) -> None:
    channel = sample.bot.get_partial_messageable(stage.general.id)
    stage.general.deny(Right.SEND)
    with pytest.raises(discord.Forbidden) as no_permission:
        await channel.send("x")
    stage.general.deny(Right.VIEW)
    with pytest.raises(discord.Forbidden) as no_access:
        await channel.send("x")
    assert (no_permission.value.code, no_access.value.code) == (50013, 50001)


async def test_enforced_nonce_sends_once(stage: Stage, sample: Sample) -> None:
    channel = sample.bot.get_partial_messageable(stage.general.id)
    first, second = await channel.send("x", nonce="turn-1"), await channel.send("x", nonce="turn-1")
    assert first.id == second.id
    assert len(stage.general.messages) == 1


async def test_bot_edits_and_deletes_its_message(stage: Stage, sample: Sample) -> None:
    message = await sample.bot.get_partial_messageable(stage.general.id).send("one")
    await message.edit(content="two")
    seen = stage.ann.sees(stage.general)[0]
    assert (seen.text, seen.history[0].content) == ("two", "one")
    await message.delete()
    assert stage.ann.sees(stage.general) == []


async def test_history_is_paged(stage: Stage, sample: Sample) -> None:
    said = [await stage.ann.say(stage.ann.dm, f"m{n}") for n in range(5)]
    channel = await sample.bot.create_dm(discord.Object(stage.ann.id))
    after = [m.content async for m in channel.history(after=discord.Object(said[1].id))]
    newest = [m.content async for m in channel.history(limit=2)]
    assert (after, newest) == (["m2", "m3", "m4"], ["m4", "m3"])


async def test_unknown_message_and_channel(stage: Stage, sample: Sample) -> None:
    bot = sample.bot
    with pytest.raises(discord.NotFound) as message:
        await bot.get_partial_messageable(stage.general.id).fetch_message(1)
    with pytest.raises(discord.NotFound) as channel:
        await bot.fetch_channel(1)
    assert (message.value.code, channel.value.code) == (10008, 10003)


async def test_membership_is_told(stage: Stage, sample: Sample) -> None:
    guild = sample.bot.get_guild(stage.guild.id)
    stranger = stage.discord.add_person("Eve", guilds=[])
    assert guild is not None
    assert (await guild.fetch_member(stage.ann.id)).name == "ann"
    with pytest.raises(discord.NotFound) as unknown:
        await guild.fetch_member(stranger.id)
    assert unknown.value.code == 10007


async def test_bot_sends_files(stage: Stage, sample: Sample) -> None:
    sent = await sample.bot.get_partial_messageable(stage.general.id).send(file=discord.File(io.BytesIO(b"data"), "a.txt"))
    assert (await sent.attachments[0].read(), stage.general.messages[sent.id].attachments[0].data) == (b"data", b"data")


async def test_a_person_edits_their_message(stage: Stage, sample: Sample) -> None:
    said = await stage.ann.say(stage.general, "helo", mention_bot=True)
    heard = await sample.heard.get()
    edited = asyncio.create_task(sample.bot.wait_for("raw_message_edit", timeout=5))
    await asyncio.sleep(0)
    await stage.ann.edit(said, f"hello <@{stage.bob.id}> <@{sample.bot.application_id}>")
    told = await edited
    assert (told.message_id, told.data["content"]) == (heard.id, said.content)
    assert {user["id"] for user in told.data["mentions"]} == {str(stage.bob.id), str(sample.bot.application_id)}
    assert (said.edits, said.edited, told.data["author"]["id"]) == (1, stage.clock.now(), str(stage.ann.id))


async def test_an_edit_keeps_to_the_rules_of_a_message(stage: Stage) -> None:
    first = await stage.bob.say(stage.general, "first")
    reply = await stage.ann.say(stage.general, "yes", reply_to=first)
    with_file = await stage.ann.say(stage.general, "this", attachments=[("a.txt", b"a", "text/plain")])
    await stage.ann.edit(reply, " no ")
    await stage.ann.edit(reply, "no")
    await stage.ann.edit(with_file, "")
    assert (reply.content, reply.edits, reply.mentions, with_file.content) == ("no", 1, (stage.bob.user,), "")
    for message, text in ((first, "mine"), (reply, " "), (reply, "x" * 2001)):
        with pytest.raises(CannotDo):
            await stage.ann.edit(message, text)
    stage.ann.delete(reply)
    with pytest.raises(CannotDo):
        await stage.ann.edit(reply, "gone")


async def test_joining_and_shut_direct_messages_are_told(stage: Stage) -> None:
    told: list[object] = []
    stop = stage.discord.changes.listen(told.append)
    eve = stage.discord.add_person("Eve")
    stage.discord.add_person("Eve")
    eve.close_dms()
    stop()
    assert told == [PersonAdded(eve.user), DirectMessagesSet(eve.dm)]
    assert stage.discord.add_guild("Team") is stage.guild
    assert stage.guild.add_text_channel("general") is stage.general
