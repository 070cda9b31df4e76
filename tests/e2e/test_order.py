"""What a person asks for takes effect in the order in which they asked, however long Discord takes to acknowledge it."""

import asyncio

from playground.standin import Fault, Invocation
from tests.e2e.team import Team, ended

RESPOND = "POST /interactions/*"
SLOW = 2.0


def let_the_next_be_slow(team: Team) -> None:
    team.discord.faults.add(Fault(route=RESPOND, delay=SLOW))


def asked_with(team: Team, words: str) -> str:
    """What the model was told when it was asked this."""
    request = next(messages for messages in team.gate.asked if messages[-1].content == words)
    return " | ".join(message.content for message in request)


async def all_asked(team: Team, times: int) -> None:
    """Wait until the model was asked so many times."""
    async with asyncio.timeout(10):
        while len(team.gate.asked) < times:  # noqa: ASYNC110 - the model tells nobody
            await asyncio.sleep(0.01)


async def slowly_new(team: Team, place: object) -> Invocation:
    """`/new` after an exchange, while its acknowledgement is on its way."""
    direct = place is team.ann.dm
    await (team.write(team.ann, "hello") if direct else team.ask(team.ann, "hello"))
    let_the_next_be_slow(team)
    return await team.ann.slash(team.ann.dm if direct else team.general, "new")


async def test_a_question_after_new_goes_to_the_new_session_though_new_is_acknowledged_late(team: Team) -> None:
    await slowly_new(team, team.general)
    asked = await team.ann.slash(team.general, "ask", prompt="what now?")
    await team.ask(team.bob, "hello")  # nobody else waits
    team.clock.advance(SLOW)
    await ended(asked)
    assert "hello" not in asked_with(team, "what now?")


async def test_a_message_after_new_goes_to_the_new_session_though_new_is_acknowledged_late(team: Team) -> None:
    await slowly_new(team, team.ann.dm)
    await team.ann.say(team.ann.dm, "what now?")
    await team.write(team.bob, "hello")
    team.clock.advance(SLOW)
    await team.ann.wait_for(lambda m: m.text.startswith("echo: what now?"), channel=team.ann.dm)
    assert "hello" not in asked_with(team, "what now?")


async def test_another_answer_is_asked_for_while_its_press_is_being_acknowledged(team: Team) -> None:
    answer = await team.ask(team.ann, "hello")
    let_the_next_be_slow(team)
    pressed = await team.ann.press(answer, "Regenerate")
    await all_asked(team, 2)
    team.clock.advance(SLOW)
    assert (await ended(pressed)).text.startswith("echo: hello")


async def test_the_model_is_asked_while_the_acknowledgement_is_on_its_way_and_the_answer_waits_for_it(team: Team) -> None:
    let_the_next_be_slow(team)
    asked = await team.ann.slash(team.general, "ask", prompt="hello")
    await all_asked(team, 1)
    await team.ask(team.bob, "hello")
    assert [m for m in team.ann.sees(team.general) if m.author.bot] == []
    team.clock.advance(SLOW)
    assert (await ended(asked)).text.startswith("echo: hello")
    assert [m.text for m in team.ann.sees(team.ann.dm)] == []


async def test_a_command_of_the_session_one_is_in_means_the_one_that_new_has_begun(team: Team) -> None:
    await slowly_new(team, team.general)
    renamed = await team.ann.slash(team.general, "rename", name="The second")
    await team.ask(team.bob, "hello")
    team.clock.advance(SLOW)
    assert "Before it was **2" in (await renamed.message(lambda m: "is its name now" in m.text)).text
