"""*Branches* in the panel: what else was answered in a session, and the way there and back."""

from cogs.words import GONE
from playground.standin import Message
from tests.e2e.team import Team, ended
from tests.e2e.test_panel import chosen, listed, updated


async def branched(team: Team) -> Message:
    """The card of a session in which *Retry* made a second branch, after an answer that was stopped."""
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    shown = await held.message(lambda m: "first words" in m.text)
    await team.ann.press(shown, "Stop")
    stopped = await ended(held)
    team.gate.release()
    await ended(await team.ann.press(stopped, "Retry"))
    return await chosen(team, await listed(team), 1)


async def shown_branches(team: Team) -> Message:
    return await updated(await team.ann.press(await branched(team), "Branches"))


def other_than_chosen(panel: Message) -> str:
    (other,) = [option.value for option in panel.selects[0].options if "chosen" not in (option.description or "")]
    return other


async def test_the_card_and_the_list_say_how_many_there_are(team: Team) -> None:
    assert "2 branches" in (await branched(team)).text
    assert "2 branches" in (await listed(team)).text


async def test_a_session_that_never_branched_has_no_such_button(team: Team) -> None:
    await team.ask(team.ann, "one")
    assert "Branches" not in [b.label for b in (await chosen(team, await listed(team), 1)).buttons]


async def test_the_list_has_the_last_words_of_each_and_marks_the_one_that_holds(team: Team) -> None:
    text = (await shown_branches(team)).text
    lines = [line for line in text.splitlines() if "Cubby:" in line]
    assert ["and the end" in line for line in lines] == [True, False]
    assert ["**chosen**" in line for line in lines] == [True, False]


async def test_to_choose_one_goes_there_and_back_also_after_a_restart(team: Team) -> None:
    panel = await shown_branches(team)
    other = other_than_chosen(panel)
    await team.restart()
    there = await updated(await team.ann.choose(panel, other))
    assert "goes on from there now" in there.text
    await team.ask(team.ann, "and now?")
    assert [m.content for m in team.gate.asked[-1][1:]] == ["hold it", "first words ", "and now?"]
    card = await updated(await team.ann.press(there, "Back"))
    assert "4 messages" in card.text
    again = await updated(await team.ann.press(card, "Branches"))
    await updated(await team.ann.choose(again, other_than_chosen(again)))
    read = await (await team.ann.slash(team.general, "history")).message()
    assert "and the end." in read.text
    assert "and now?" not in read.text


async def test_while_an_answer_is_written_it_stays_and_says_so(team: Team) -> None:
    panel = await shown_branches(team)
    team.gate.hold()
    held = await team.ann.slash(team.general, "ask", prompt="hold on")
    await held.message(lambda m: "first words" in m.text)
    told = await updated(await team.ann.choose(panel, other_than_chosen(panel)))
    assert "is still writing" in told.text
    team.gate.release()
    assert "and the end." in (await ended(held)).text


async def test_what_is_no_entry_of_hers_leads_nowhere(team: Team) -> None:
    panel = await shown_branches(team)
    select = panel.selects[0].custom_id
    for who, value in ((team.ann, "77"), (team.bob, other_than_chosen(panel))):
        forged = await who.forge(select, channel=team.general, message=panel, component_type=3, values=[value])
        assert (await forged.message(lambda m: m.id != panel.id)).text == GONE


async def test_a_fork_from_its_card_is_opened_and_names_its_parent(team: Team) -> None:
    await team.ask(team.ann, "one")
    card = await chosen(team, await listed(team), 1)
    pressed = await team.ann.press(card, "Fork")
    assert (await pressed.message(lambda m: m.id != card.id)).text == "Session 2 started from **1 · one**."
    fork = await chosen(team, await listed(team), 2)
    assert "Forked from **1 · one**" in fork.text
    assert "You're here" in fork.text
    await (await team.ann.slash(team.general, "delete", session="1")).message()
    assert "Forked from 1" in (await chosen(team, await listed(team), 2)).text
