"""Every button that answers, waiting prompts and the guard show: pressed twice at once, by somebody else, and a week later."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from cogs.explain import UNFORESEEN
from cogs.words import GONE
from playground.standin import Channel, Invocation, Message
from tests.e2e.team import Team, a_team, ended

WEEK = 7 * 86_400.0

Scene = Callable[[Team], Awaitable[Message]]


async def answered(team: Team) -> Message:
    return await team.ask(team.ann, "hello")


async def writing(team: Team) -> Message:
    return await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)


async def stopped(team: Team) -> Message:
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    await team.ann.press(await asked.message(lambda m: "first words" in m.text), "Stop")
    return await ended(asked)


async def waiting(team: Team) -> Message:
    await writing(team)
    return await (await team.ann.slash(team.general, "ask", prompt="and then")).message(lambda m: bool(m.buttons))


async def paused(team: Team) -> Message:
    await waiting(team)
    return await (await team.ann.slash(team.general, "stop")).message(lambda m: "Send" in [b.label for b in m.buttons])


async def guarded(team: Team) -> Message:
    await writing(team)
    return await (await team.ann.slash(team.general, "new")).message(lambda m: bool(m.buttons))


async def listed(team: Team) -> Message:
    await answered(team)
    return await (await team.ann.slash(team.general, "sessions")).message()


async def carded(team: Team) -> Message:
    panel = await listed(team)
    await (await team.ann.choose(panel, "1")).acknowledged()
    return panel


async def pinned(team: Team) -> Message:
    card = await carded(team)
    await (await team.ann.press(card, "Pin")).acknowledged()
    return card


async def deleting(team: Team) -> Message:
    await writing(team)
    card = await (await team.ann.slash(team.general, "sessions")).message()
    await (await team.ann.choose(card, "1")).acknowledged()
    await team.ann.press(card, "Delete")
    return await team.ann.wait_for(lambda m: m.id == card.id and "still writing" in m.text)


async def binned(team: Team) -> Message:
    card = await carded(team)
    await team.ann.press(card, "Delete")
    await team.ann.wait_for(lambda m: m.id == card.id and "in the bin" in m.text)
    await (await team.ann.choose(card, "bin", custom_id="cubby:shelf")).acknowledged()
    await (await team.ann.choose(card, "1")).acknowledged()
    return card


async def asked_once_more(team: Team) -> Message:
    card = await binned(team)
    await (await team.ann.press(card, "Delete for good")).acknowledged()
    return card


async def searched(team: Team) -> Message:
    await answered(team)
    return await (await team.ann.slash(team.general, "search", words="hello")).message()


async def renamed(team: Team) -> Message:
    await answered(team)
    return await (await team.ann.slash(team.general, "rename", name="Greeting")).message()


async def mentioned(team: Team) -> Message:
    await team.ann.say(team.general, "hello?", mention_bot=True)
    return await team.ann.wait_for(lambda m: m.author.bot and bool(m.buttons), channel=team.general)


SCENES = [
    answered,
    writing,
    stopped,
    waiting,
    paused,
    guarded,
    mentioned,
    searched,
    renamed,
    listed,
    carded,
    pinned,
    deleting,
    binned,
    asked_once_more,
]


@pytest.fixture
async def lively(tmp_path: Path) -> AsyncIterator[Team]:
    async with a_team(tmp_path, prompts_per_minute=0) as team:
        yield team


def texts(team: Team, channel: Channel) -> str:
    return "\n".join(m.text for who in (team.ann, team.bob) for m in who.sees(channel))


def is_answered(pressed: Invocation) -> bool:
    return not pressed.failed


@pytest.mark.parametrize("scene", SCENES)
async def test_pressed_twice_at_once_each_press_is_answered(lively: Team, scene: Scene) -> None:
    message = await scene(lively)
    for button in [b for b in message.buttons if b.custom_id and not b.disabled]:
        both = await asyncio.gather(
            *(lively.ann.forge(str(button.custom_id), channel=lively.general, message=message) for _ in range(2))
        )
        assert all([is_answered(await one.acknowledged()) for one in both]), button.label
    assert UNFORESEEN not in texts(lively, lively.general)


@pytest.mark.parametrize("scene", SCENES)
async def test_pressed_by_somebody_else_nothing_is_there(lively: Team, scene: Scene) -> None:
    message = await scene(lively)
    for button in [b for b in message.buttons if b.custom_id and not b.disabled]:
        pressed = await lively.bob.forge(str(button.custom_id), channel=lively.general, message=message)
        assert is_answered(await pressed.acknowledged()), button.label
        if pressed.modal is None and button.label != "Back":  # which leads to the presser's own list
            assert (await pressed.message()).text == GONE, button.label
    assert UNFORESEEN not in texts(lively, lively.general)


@pytest.mark.parametrize("scene", SCENES)
async def test_pressed_a_week_and_a_restart_later_each_is_answered(lively: Team, scene: Scene) -> None:
    message = await scene(lively)
    buttons = [b for b in message.buttons if b.custom_id and not b.disabled]
    lively.clock.advance(WEEK)
    await lively.restart()
    for button in buttons:
        pressed = await lively.ann.forge(str(button.custom_id), channel=lively.general, message=message)
        assert is_answered(await pressed.acknowledged()), button.label
    assert UNFORESEEN not in texts(lively, lively.general)


async def test_a_reply_to_an_answer_of_last_week_goes_on_there(lively: Team) -> None:
    message = await answered(lively)
    lively.clock.advance(WEEK)
    await lively.restart()
    modal = (await (await lively.ann.press(message, "Reply")).acknowledged()).modal
    assert modal is not None
    assert "echo: and now?" in (await ended(await lively.ann.submit(modal, {"Your message": "and now?"}))).text
