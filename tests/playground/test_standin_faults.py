import aiohttp
import discord
import pytest

from playground.standin import CallMade, CallRefused, Fault
from tests.playground.sample_bot import Sample
from tests.playground.stage import Stage

SEND = "POST /channels/{channel_id}/messages"


async def test_rate_limit_is_waited_for(stage: Stage, sample: Sample) -> None:
    stage.discord.faults.add(Fault(route=SEND, status=429, retry_after=0.05))
    await sample.bot.get_partial_messageable(stage.general.id).send("x")
    assert [c.status for c in stage.discord.calls if c.route.endswith("messages")] == [429, 200]


async def test_error_before_the_effect_sends_nothing(stage: Stage, sample: Sample) -> None:
    stage.discord.faults.add(Fault(route="POST /channels/*", status=503))
    with pytest.raises(discord.DiscordServerError):
        await sample.bot.get_partial_messageable(stage.general.id).send("x")
    assert stage.ann.sees(stage.general) == []


async def test_cut_after_the_effect_leaves_it(stage: Stage, sample: Sample) -> None:
    stage.discord.faults.add(Fault(route=SEND, cut=True, when="after"))
    with pytest.raises(aiohttp.ClientError):
        await sample.bot.get_partial_messageable(stage.general.id).send("x")
    assert [m.text for m in stage.ann.sees(stage.general)] == ["x"]


async def test_fault_skips_and_ends(stage: Stage, sample: Sample) -> None:
    stage.discord.faults.add(Fault(route=SEND, status=403, code=50013, skip=1, times=1))
    channel = sample.bot.get_partial_messageable(stage.general.id)
    await channel.send("one")
    with pytest.raises(discord.Forbidden):
        await channel.send("two")
    await channel.send("three")
    assert [m.text for m in stage.ann.sees(stage.general)] == ["one", "three"]


async def test_what_is_not_built_is_refused_loudly(stage: Stage, sample: Sample) -> None:
    with pytest.raises(discord.DiscordServerError):
        await sample.bot.get_partial_messageable(stage.general.id).send(embed=discord.Embed(title="x"))
    with pytest.raises(discord.DiscordServerError):
        await sample.bot.fetch_guild(stage.guild.id)
    assert [line.split(":")[0] for line in stage.discord.refused] == [SEND, f"GET /guilds/{stage.guild.id}"]
    stage.discord.refused.clear()


async def test_each_call_is_told_and_found_by_its_number(stage: Stage, sample: Sample) -> None:
    told: list[CallMade | CallRefused] = []
    stop = stage.discord.changes.listen(lambda c: told.append(c) if isinstance(c, CallMade | CallRefused) else None)
    before = len(stage.discord.calls)
    stage.clock.advance(5)
    await sample.bot.get_partial_messageable(stage.general.id).send("x")
    with pytest.raises(discord.DiscordServerError):
        await sample.bot.fetch_guild(stage.guild.id)
    stop()
    sent, line, refused = told
    assert isinstance(sent, CallMade)
    assert isinstance(refused, CallMade)
    assert (sent.call.number, refused.call.number) == (before + 1, before + 2)
    assert (sent.call.at, sent.call.status, refused.call.status) == (stage.clock.now(), 200, 501)
    assert [line] == [CallRefused(stage.discord.refused[0])]
    assert stage.discord.record.call(before + 1) is sent.call
    assert stage.discord.record.call(before + 3) is None
    stage.discord.refused.clear()


async def test_an_attachment_cannot_run_in_a_browser(stage: Stage) -> None:
    said = await stage.ann.say(stage.general, "", attachments=[("x.html", b"<script>1</script>", "text/html")])
    url = stage.discord.url + said.attachments[0].url_path
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
