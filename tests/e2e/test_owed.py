"""An answer that every door was shut to comes with its owner's next command."""

import asyncio

from playground.standin import Message
from storage.records import Actor
from storage.store import Store
from tests.e2e.team import Team

EXPIRED = 16 * 60.0


def shown(team: Team) -> list[Message]:
    return [m for m in team.ann.sees(team.general) if "of hold it, and the end" in m.text]


async def until_owed(store: Store, actor: Actor, *, owed: bool) -> None:
    async with asyncio.timeout(20):
        while bool(await store.deliveries.undeliverable(actor)) is not owed:  # noqa: ASYNC110 - the journal is all that tells
            await asyncio.sleep(0.01)


async def test_it_is_shown_with_the_next_command_once(team: Team) -> None:
    assert team.bot is not None
    store, ann = team.bot.store, Actor(team.ann.user.id)
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    await asked.message(lambda m: "first words" in m.text)
    team.ann.close_dms()
    team.clock.advance(EXPIRED)
    team.gate.release()
    await until_owed(store, ann, owed=True)
    assert shown(team) == []
    for _ in range(2):
        await (await team.ann.slash(team.general, "sessions")).acknowledged()
        answer = await team.ann.wait_for(lambda m: "of hold it, and the end" in m.text, channel=team.general)
        assert answer.ephemeral
    await until_owed(store, ann, owed=False)
    await (await team.ann.slash(team.general, "sessions")).acknowledged()
    await team.ask(team.ann, "and on")
    assert len(shown(team)) == 1
