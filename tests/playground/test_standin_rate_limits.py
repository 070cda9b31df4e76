"""The stand-in's rate limits: the headers of each answer, the refusals, and a real discord.py that heeds them."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from playground.standin import DISCORD, Limit, Limits, ManualClock, StandIn, point_discord_at
from playground.standin.limits import LimitKeeper
from tests.playground.stage import TOKEN, make_bot, running

SEND = Limit("POST /channels/{channel_id}/messages", 2, 0.3)
FEW = Limits(routes=(SEND, Limit("* /webhooks/*", 5, 2.0)), over_all=Limit("*", 4, 1.0))


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with StandIn(ManualClock(), limits=FEW) as standin:
        standin.add_bot(TOKEN)
        yield standin


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bot {TOKEN}"}) as made:
        yield made


async def sent(discord: StandIn, session: aiohttp.ClientSession, channel: int) -> aiohttp.ClientResponse:
    return await session.post(f"{discord.api_url}/channels/{channel}/messages", json={"content": "x"})


async def test_each_answer_tells_what_is_left(discord: StandIn, session: aiohttp.ClientSession) -> None:
    channel = discord.add_guild("Team").add_text_channel("general").id
    answers = [await sent(discord, session, channel) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert len({answer.headers["X-RateLimit-Bucket"] for answer in answers}) == 1
    refused = answers[2]
    assert (refused.headers["Via"], refused.headers["Retry-After"], refused.headers["X-RateLimit-Scope"]) == (
        "1.1 google",
        "1",
        "user",
    )
    assert await refused.json() == {"message": "You are being rate limited.", "retry_after": 0.3, "global": False}


async def test_each_channel_has_its_own_and_it_refills(discord: StandIn, session: aiohttp.ClientSession) -> None:
    guild = discord.add_guild("Team")
    one, other = guild.add_text_channel("one").id, guild.add_text_channel("other").id
    for _ in range(2):
        await sent(discord, session, one)
    assert (await sent(discord, session, other)).status == 200
    assert isinstance(discord.clock, ManualClock)
    discord.clock.advance(1.1)
    assert (await sent(discord, session, one)).status == 200


async def test_the_limit_over_all_leaves_interactions_alone(discord: StandIn, session: aiohttp.ClientSession) -> None:
    for _ in range(4):
        await session.get(f"{discord.api_url}/users/@me")
    refused = await session.get(f"{discord.api_url}/users/@me")
    assert (refused.status, refused.headers["X-RateLimit-Global"], refused.headers["X-RateLimit-Scope"]) == (
        429,
        "true",
        "global",
    )
    assert (await refused.json())["global"] is True
    callback = await session.post(f"{discord.api_url}/interactions/1/token/callback", json={"type": 5})
    assert callback.status == 404


async def test_a_real_client_heeds_the_headers() -> None:
    async with StandIn(limits=Limits(routes=(SEND,))) as discord:
        discord.add_bot(TOKEN)
        channel = discord.add_guild("Team").add_text_channel("general")
        bot = make_bot()
        with point_discord_at(discord.api_url):
            async with running(discord, bot):
                for number in range(5):
                    await bot.get_partial_messageable(channel.id).send(str(number))
        statuses = [call.status for call in discord.calls if call.route.endswith("/messages")]
    assert statuses == [200] * 5


def test_discords_own_numbers_cover_what_the_bot_calls_most() -> None:
    assert {limit.route.split()[0] for limit in DISCORD.routes} == {"POST", "PATCH", "DELETE", "GET", "*"}


async def test_usage_tells_the_running_windows(discord: StandIn, session: aiohttp.ClientSession) -> None:
    channel = discord.add_guild("Team").add_text_channel("general").id
    for _ in range(2):
        await sent(discord, session, channel)
    assert isinstance(discord.clock, ManualClock)
    discord.clock.advance(0.1)
    over_all, route = discord.usage()
    assert (over_all.over_all, over_all.place, over_all.used, over_all.limit) == (True, {}, 2, 4)
    assert (route.route, route.place, route.used, route.limit) == (SEND.route, {"channel_id": str(channel)}, 2, 2)
    assert (round(over_all.seconds, 3), round(route.seconds, 3)) == (0.9, 0.2)
    discord.clock.advance(1)
    assert discord.usage() == []


def test_ended_windows_are_forgotten_and_tokens_never_told() -> None:
    clock = ManualClock()
    keeper = LimitKeeper(FEW, clock)
    for number in range(50):
        keeper.take("PATCH /webhooks/x", {"webhook_id": "1", "webhook_token": f"secret {number}"}, "bot")
        clock.advance(0.5)
    assert len(keeper._windows) <= 4
    assert [usage.place for usage in keeper.usage()] == [{"webhook_id": "1"}] * 3
