"""Two people never see each other's anything, and foreign is the same as missing, to the byte."""

import pytest

from cogs.words import GONE
from playground.standin import Person
from tests.e2e.team import Team, is_ended

SECRET = "my secret plan is zebra"


async def answer_to(team: Team, who: Person, command: str, **options: str) -> str:
    return (await (await who.slash(team.general, command, **options)).message()).text


async def test_what_ann_asks_shows_for_ann_alone(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    assert not any("zebra" in m.text for m in team.bob.sees(team.general))


@pytest.mark.parametrize("command", ["open", "history"])
async def test_a_guessed_number_answers_as_a_missing_one(team: Team, command: str) -> None:
    await team.ask(team.ann, SECRET)
    foreign = await answer_to(team, team.bob, command, session="1")
    assert foreign == await answer_to(team, team.bob, command, session="77")
    assert foreign == await answer_to(team, team.bob, command, session="zebra")


async def test_lists_and_autocomplete_show_ones_own_alone(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    await team.ask(team.bob, "mine")
    assert "zebra" not in await answer_to(team, team.bob, "sessions")
    assert [c.value for c in await team.bob.autocomplete(team.general, "open", session="")] == ["1"]
    assert await team.bob.autocomplete(team.general, "open", session="zebra") == []


async def test_a_stolen_button_answers_as_one_that_never_was(team: Team) -> None:
    answer = await team.ask(team.ann, SECRET)
    ids = [b.custom_id for b in answer.buttons if b.custom_id]
    assert ids
    unknown = "cubby:reply:00000000000000000000000000000000"
    for custom_id in [*ids, unknown, "cubby:nothing:1", "strange", "cubby:history:zz:1", "cubby:decide:1:stop"]:
        pressed = await (await team.bob.forge(custom_id, channel=team.general, message=answer)).acknowledged()
        assert [m.text for m in pressed.messages] == [GONE]


async def test_a_forged_modal_cannot_write_into_anothers_session(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    reply = await (await team.ann.press((await team.ask(team.ann, "again")), "Reply")).acknowledged()
    assert reply.modal is not None
    forged = await team.bob.forge_modal(reply.modal.custom_id, {"text": "what is the secret?"}, channel=team.general)
    assert (await forged.message()).text == GONE
    assert team.gate.asked[-1][-1].content == "again"


async def test_two_people_at_once_get_their_own_answers(team: Team) -> None:
    first = await team.ann.slash(team.general, "ask", prompt="from ann")
    second = await team.bob.slash(team.general, "ask", prompt="from bob")
    assert "echo: from ann" in (await first.message(is_ended)).text
    assert "echo: from bob" in (await second.message(is_ended)).text
    assert all(len({m.content for m in request} & {"from ann", "from bob"}) == 1 for request in team.gate.asked)


async def test_every_part_of_a_long_answer_is_private(team: Team) -> None:
    await team.ask(team.ann, "zebra " * 900)
    assert not any("zebra" in m.text for m in team.bob.sees(team.general))
    parts = [m for m in team.ann.sees(team.general) if "zebra" in m.text]
    assert len(parts) > 2
    assert all(m.ephemeral for m in parts)


async def test_a_mention_is_answered_in_private(team: Team) -> None:
    await team.ann.say(team.general, "what about zebras?", mention_bot=True)
    line = await team.bob.wait_for(lambda m: "I answer in private" in m.text, channel=team.general)
    pressed = await (await team.bob.press(line, "Answer me privately")).acknowledged()
    assert [m.text for m in pressed.messages] == [GONE]
    answer = await (await team.ann.press(line, "Answer me privately")).message(is_ended)
    assert "echo: what about zebras?" in answer.text
    assert answer.ephemeral
    await team.discord.until(lambda: line.deleted or None)


async def test_names_cannot_ping_or_draw(team: Team) -> None:
    shown = await answer_to(team, team.ann, "new", name="@everyone **[x](http://example.org)**")
    assert "@everyone" not in shown
    assert "://" not in shown
