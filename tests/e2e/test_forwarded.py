"""What people forward to the bot in direct messages comes along as a quote."""

from playground.standin import Message
from tests.e2e.team import Team, is_ended


async def answer_to(team: Team, said: Message) -> Message:
    return await team.ann.wait_for(lambda m: m.author.bot and m.id > said.id and is_ended(m), channel=team.ann.dm)


async def riddle(team: Team) -> tuple[Message, str]:
    """A message of Bob's in the channel, and the quote of it."""
    said = await team.bob.say(team.general, "a riddle\nof two lines")
    link = f"https://discord.com/channels/{team.guild.id}/{team.general.id}/{said.id}"
    return said, f"Forwarded ({link}):\n> a riddle\n> of two lines"


async def test_a_forwarded_message_is_quoted(team: Team) -> None:
    said, quote = await riddle(team)
    await answer_to(team, await team.ann.forward(said, team.ann.dm))
    assert team.gate.asked[-1][-1].content == quote


async def test_a_reply_to_a_forwarded_message_brings_its_text_along(team: Team) -> None:
    said, quote = await riddle(team)
    forward = await team.ann.forward(said, team.ann.dm)
    await answer_to(team, forward)
    await answer_to(team, await team.ann.say(team.ann.dm, "What does it mean?", reply_to=forward))
    assert team.gate.asked[-1][-1].content == f"What does it mean?\n\n{quote}"


async def test_what_was_forwarded_while_the_bot_was_away_is_quoted_too(team: Team) -> None:
    await team.write(team.ann, "hello")
    await team.end()
    said, quote = await riddle(team)
    forward = await team.ann.forward(said, team.ann.dm)
    await team.ann.say(team.ann.dm, "What does it mean?", reply_to=forward)
    team.gate.hold()
    await team.start()
    await team.ann.wait_for(lambda m: m.text.startswith("echo: What does it mean?") and is_ended(m), channel=team.ann.dm)
    assert [request[-1].content for request in team.gate.asked[-2:]] == [quote, f"What does it mean?\n\n{quote}"]


async def test_an_answer_of_another_session_that_is_forwarded_is_no_reply_to_it(team: Team) -> None:
    answer = await team.write(team.ann, "hello")
    await (await team.ann.slash(team.ann.dm, "new")).message()
    asked = await answer_to(team, await team.ann.forward(answer, team.ann.dm))
    assert "-# 2 · " in asked.text
    assert "Forwarded:\n> echo: hello" in asked.text


async def test_a_forward_without_words_says_what_is_not_read(team: Team) -> None:
    said = await team.bob.say(team.general, "", attachments=[("a.png", b"x", "image/png")])
    await team.ann.forward(said, team.ann.dm)
    told = await team.ann.wait_for(lambda m: "no words on what was forwarded" in m.text, channel=team.ann.dm)
    assert "only 1 file" in told.text
    assert team.gate.asked == []


async def test_a_plain_reply_to_the_bot_quotes_nothing(team: Team) -> None:
    answer = await team.write(team.ann, "hello")
    await answer_to(team, await team.ann.say(team.ann.dm, "and on", reply_to=answer))
    assert team.gate.asked[-1][-1].content == "and on"
