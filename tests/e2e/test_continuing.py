"""*Continue in DM*, as people see it."""

from playground.standin import Message
from tests.e2e.team import Team


async def more(team: Team, answer: Message) -> Message:
    """What *More…* offers for this answer."""
    return await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)


async def test_the_exchange_is_there_once_more_and_goes_on_there(team: Team) -> None:
    await team.ask(team.ann, "one")
    menu = await more(team, await team.ask(team.ann, "two"))
    said = await (await team.ann.press(menu, "Continue in DM")).message(lambda m: "goes on here" in m.text)
    asked, answer = team.ann.sees(team.ann.dm)
    assert said.text == f"It goes on here: https://discord.com/channels/@me/{team.ann.dm.id}/{asked.id}"
    assert said.ephemeral
    assert asked.text == "**1 · one**\n> two"
    assert answer.text.startswith("echo: two\n")
    assert "Reply" in [button.label for button in answer.buttons]
    await team.ann.slash(team.general, "new")
    await team.ann.say(team.ann.dm, "three", reply_to=asked)
    await team.ann.wait_for(lambda m: m.text.startswith("echo: three\n-# 1 · one"), channel=team.ann.dm)


async def test_where_direct_messages_are_shut_it_says_how_to_open_them(team: Team) -> None:
    menu = await more(team, await team.ask(team.ann, "one"))
    team.ann.close_dms()
    said = await (await team.ann.press(menu, "Continue in DM")).message(lambda m: m.id != menu.id)
    assert "Privacy Settings" in said.text
    team.ann.open_dms()
    await (await team.ann.press(menu, "Continue in DM")).message(lambda m: "goes on here" in m.text)


async def test_it_is_not_offered_where_it_would_lead(team: Team) -> None:
    menu = await more(team, await team.write(team.ann, "one"))
    assert "Continue in DM" not in [button.label for button in menu.buttons]
