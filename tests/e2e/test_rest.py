"""*Show the rest*, from the answer that lost it to the words."""

from playground.standin import Fault
from tests.e2e.team import Team, ended

LONG = "word " * 390
"""The model says it back, with two words before it: one message's length is passed by a little."""


async def test_what_may_not_have_arrived_is_shown_on_a_press(team: Team) -> None:
    team.discord.faults.add(Fault(route="POST /webhooks/*", cut=True))
    asked = await team.ann.slash(team.general, "ask", prompt=f"{LONG}the very end")
    offered = await asked.message(lambda m: "Show the rest" in [b.label for b in m.buttons])
    assert "the very end" not in offered.text
    await (await team.ann.press(offered, "Show the rest")).acknowledged()
    rest = await team.ann.wait_for(lambda m: "the very end" in m.text and m.author.bot, channel=team.general)
    assert rest.ephemeral
    assert [b.label for b in rest.buttons] == ["Reply", "Regenerate", "More…"]


async def test_of_an_answer_that_is_no_more_there_is_no_rest(team: Team) -> None:
    answer = await ended(await team.ann.slash(team.general, "ask", prompt="hello"))
    stored = next(b.custom_id for b in answer.buttons if b.custom_id).split(":")[2]
    pressed = await team.ann.forge(f"cubby:rest:{stored}:7", channel=team.general, message=answer)
    told = await pressed.message(lambda m: "isn't available any more" in m.text)
    assert told.ephemeral
