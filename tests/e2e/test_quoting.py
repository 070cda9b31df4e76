"""*Ask about this in my session*: a message of the channel goes into a private question, and nowhere else."""

from pathlib import Path

from cogs.quoting import MENU
from playground.standin import Message
from playground.standin.invocations import Modal
from tests.e2e.team import TOKEN, Team, a_team, ended


async def menu(team: Team, message: Message) -> Modal:
    """Use the menu on it; returns the modal that asks for the question."""
    used = await (await team.ann.use(message, MENU)).acknowledged()
    assert used.modal is not None
    return used.modal


async def test_the_message_is_quoted_with_its_link_and_only_the_asker_sees_the_answer(team: Team) -> None:
    said = await team.bob.say(team.general, "line one\n@everyone line *two*")
    answer = await ended(await team.ann.submit(await menu(team, said), {"text": "What does this mean?"}))
    link = f"https://discord.com/channels/{team.guild.id}/{team.general.id}/{said.id}"
    quote = f"About this message of Bob, {link}:\n> line one\n> @\u200beveryone line *two*"
    assert team.gate.asked[-1][-1].content == f"What does this mean?\n\n{quote}"
    assert answer.ephemeral
    assert answer.mentions == ()
    assert not any(m.interaction for m in team.bob.sees(team.general))


async def test_it_goes_into_the_active_session_and_is_named_by_the_question(team: Team) -> None:
    await team.ask(team.ann, "hello")
    await (await team.ann.slash(team.general, "new")).message()
    said = await team.bob.say(team.general, "a riddle")
    answer = await ended(await team.ann.submit(await menu(team, said), {"text": "What does this mean?"}))
    assert "-# 2 · What does this mean?" in answer.text


async def test_behind_a_running_answer_it_waits(team: Team) -> None:
    await (await team.ann.slash(team.general, "ask", prompt="hold on")).message(lambda m: "first words" in m.text)
    said = await team.bob.say(team.general, "a riddle")
    asked = await team.ann.submit(await menu(team, said), {"text": "And this?"})
    await asked.message(lambda m: "Waiting in" in m.text)
    team.gate.release()
    assert "> a riddle" in (await ended(asked)).text


async def test_after_a_restart_the_question_is_given_back_with_the_reason(team: Team) -> None:
    said = await team.bob.say(team.general, "a riddle")
    modal = await menu(team, said)
    await team.restart()
    asked = await team.ann.submit(modal, {"text": "What does this mean?"})
    assert "I don't have that message any more" in (await asked.message()).text
    await team.ann.wait_for(lambda m: m.text == "Your message, to send again:\nWhat does this mean?" and m.ephemeral)
    assert team.gate.asked == []


async def test_a_message_without_words_is_not_asked_about(team: Team) -> None:
    said = await team.bob.say(team.general, "", attachments=[("a.png", b"x", "image/png")])
    used = await team.ann.use(said, MENU)
    told = await used.message()
    assert told.text == "There are no words on that message that I could quote. (It has 1 file.)"
    assert told.ephemeral


async def test_what_else_was_on_it_is_said_to_be_missing(team: Team) -> None:
    said = await team.bob.say(team.general, "look", attachments=[("a.png", b"x", "image/png")])
    await ended(await team.ann.submit(await menu(team, said), {"text": "Who is it?"}))
    assert team.gate.asked[-1][-1].content.endswith(":\n> look\n> (not quoted: 1 file)")


async def test_a_quote_is_let_go_of_when_everything_about_its_asker_is_deleted(team: Team) -> None:
    modal = await menu(team, await team.bob.say(team.general, "a riddle"))
    erase = await (await team.ann.forge("cubby:erase", channel=team.general)).acknowledged()
    assert erase.modal is not None
    await team.ann.submit(erase.modal, {"text": "DELETE"})
    await team.ann.wait_for(lambda m: "nothing is left" in m.text)
    asked = await team.ann.submit(modal, {"text": "What does this mean?"})
    assert "I don't have that message any more" in (await asked.message()).text


async def test_elsewhere_it_is_refused_like_any_command(tmp_path: Path) -> None:
    async with a_team(tmp_path, allowed_guilds=frozenset({1})) as team:
        used = await team.ann.use(await team.bob.say(team.general, "a riddle"), MENU)
        assert "only set up for certain servers" in (await used.message()).text


async def test_a_restart_registers_no_command_anew(team: Team) -> None:
    versions = [command["version"] for command in team.discord.world.applications[TOKEN].commands.values()]
    await team.restart()
    assert [command["version"] for command in team.discord.world.applications[TOKEN].commands.values()] == versions
