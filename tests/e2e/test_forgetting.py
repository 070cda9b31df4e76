"""*Forget this*: the model is sent an exchange no longer, until *Remember it again*; it stays where it was said."""

from cogs.words import GONE
from playground.standin import Message
from tests.e2e.team import Team, ended
from tests.e2e.test_more import asked, more, told

FORGET, REMEMBER = "Forget this", "Remember it again"


def labels(message: Message) -> list[str | None]:
    return [b.label for b in message.buttons]


async def changed(team: Team, offered: Message, button: str) -> Message:
    """What *More…* shows after the press."""
    updated = (await (await team.ann.press(offered, button)).acknowledged()).updated
    assert updated is not None
    return updated


async def history(team: Team) -> Message:
    return await (await team.ann.slash(team.general, "history")).message()


async def test_the_model_is_sent_it_no_longer_until_it_is_remembered(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    assert "**Forget this** leaves it out of what the model reads." in offered.text
    shown = await changed(team, offered, FORGET)
    assert "-# Forgotten: the model isn't sent this exchange any more." in shown.text
    assert REMEMBER in labels(shown)
    assert FORGET not in labels(shown)
    await team.ask(team.ann, "two")
    assert await asked(team) == ["two"]
    again = await changed(team, shown, REMEMBER)
    assert "Forgotten" not in again.text
    await team.ask(team.ann, "three")
    assert await asked(team) == ["one", "echo: one", "two", "echo: two", "three"]


async def test_it_stays_in_the_history_as_such_and_all_is_remembered_there(team: Team) -> None:
    await changed(team, await more(team, await team.ask(team.ann, "one")), FORGET)
    await team.ask(team.ann, "two")
    page = await history(team)
    assert page.text.count("(forgotten)") == 2
    assert "**You (forgotten)**" in page.text
    assert labels(page) == ["Remember all that's forgotten"]
    await (await team.ann.press(page, "Remember all that's forgotten")).acknowledged()
    await team.ann.wait_for(lambda m: m.id == page.id and "(forgotten)" not in m.text and not m.buttons)
    await team.ask(team.ann, "three")
    assert await asked(team) == ["one", "echo: one", "two", "echo: two", "three"]


async def test_after_a_restart_and_pressed_twice_each_button_does_what_it_says(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    custom_id = next(b.custom_id for b in offered.buttons if b.label == FORGET) or ""
    await team.restart()
    for _ in range(2):
        await (await team.ann.forge(custom_id, channel=team.general, message=offered)).acknowledged()
    await team.restart()
    assert REMEMBER in labels(offered)
    await team.ask(team.ann, "two")
    assert await asked(team) == ["two"]


async def test_while_an_answer_is_written_it_holds_from_the_next_one_on(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    await changed(team, offered, FORGET)
    team.gate.release()
    await ended(held)
    await team.ask(team.ann, "two")
    assert await asked(team) == ["hold it", "first words of hold it, and the end.", "two"]


async def test_another_answer_beside_it_is_not_forgotten(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await changed(team, await more(team, answer), FORGET)
    second = await ended(await team.ann.press(answer, "Regenerate"))
    assert await asked(team) == ["one"]
    await team.ask(team.ann, "two")
    assert await asked(team) == ["one", "echo: one", "two"]
    assert "2/2" not in labels(second)


async def test_a_fork_forgets_it_too(team: Team) -> None:
    await changed(team, await more(team, await team.ask(team.ann, "one")), FORGET)
    await (await team.ann.slash(team.general, "fork")).message()
    await team.ask(team.ann, "two")
    assert await asked(team) == ["two"]
    assert "(forgotten)" in (await history(team)).text


async def test_nobody_else_can_and_what_was_deleted_is_gone(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    custom_id = next(b.custom_id for b in offered.buttons if b.label == FORGET) or ""
    for verb in ("forget", "remember"):
        forged = custom_id.replace(":forget:", f":{verb}:")
        pressed = await team.bob.forge(forged, channel=team.general, message=offered)
        assert (await pressed.message()).text == GONE
    await (await team.ann.slash(team.general, "delete")).message()
    assert (await told(await team.ann.press(offered, FORGET), offered)).text == GONE
