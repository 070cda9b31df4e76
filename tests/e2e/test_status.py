"""`/status` as people see it, and the warning before a session is full."""

from pathlib import Path

from agent.config import AgentConfig
from cogs.status import FULL
from cogs.words import NOTHING_OPEN
from delivery.summing import NEARLY_FULL
from playground.standin import Message
from tests.e2e.team import Team, a_team

SMALL = AgentConfig(context_tokens=300, reply_reserve=50)


async def status(team: Team) -> Message:
    return await (await team.ann.slash(team.general, "status")).message()


async def test_it_says_which_session_is_open_and_how_full_it_is(team: Team) -> None:
    await team.ask(team.ann, "one")
    shown = await status(team)
    assert shown.ephemeral
    head, meter, parts = shown.text.splitlines()
    assert head == "**1 · one** is open, 2 messages."
    assert meter == "▱▱▱▱▱▱▱▱▱▱ 0%: about 26 of the 6,144 tokens that the model can read at once."
    assert parts == "-# instructions 14 · messages 12 · estimated"
    assert [b.label for b in shown.buttons] == ["History", "All sessions"]
    await team.restart()
    assert (await status(team)).text == shown.text
    await (await team.ann.press(shown, "History")).message(lambda m: "echo: one" in m.text)


async def test_with_nothing_open_it_says_so(team: Team) -> None:
    assert (await status(team)).text == NOTHING_OPEN
    await team.ask(team.bob, "his")
    assert (await status(team)).text == NOTHING_OPEN


async def test_a_session_warns_once_when_it_is_nearly_full_and_says_when_it_is(tmp_path: Path) -> None:
    async with a_team(tmp_path, config=SMALL) as team:
        warned = [NEARLY_FULL in (await team.ask(team.ann, f"{number} " * 60)).text for number in range(4)]
        assert warned.count(True) == 1
        shown = await status(team)
        assert FULL in shown.text
        await (await team.ann.slash(team.general, "new", name="Fresh")).message()
        assert FULL not in (await status(team)).text
