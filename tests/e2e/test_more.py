"""*More…* under an answer: forks of an exchange, questions in other words, and the ways to the history and the panel."""

import pytest

from cogs.exchanges import BESIDE, NO_ANSWER, STILL_WAITS, STILL_WRITTEN
from cogs.words import GONE
from playground.standin import Invocation, Message, Modal
from tests.e2e.team import Team, ended, is_ended


async def more(team: Team, answer: Message) -> Message:
    """What *More…* offers for this answer."""
    return await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)


async def told(pressed: Invocation, offered: Message) -> Message:
    return await pressed.message(lambda m: m.id != offered.id)


async def edited(team: Team, offered: Message) -> Modal:
    modal = (await (await team.ann.press(offered, "Ask differently")).acknowledged()).modal
    assert modal is not None
    return modal


async def asked(team: Team) -> list[str]:
    """What the model was asked last."""
    return [message.content for message in team.gate.asked[-1][1:]]


async def test_it_says_which_exchange_it_is_about_and_what_can_be_done(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await team.ask(team.ann, "two")
    offered = await more(team, answer)
    assert offered.ephemeral
    assert offered.text.startswith("**1 · one**\n> one\n")
    assert "**Fork** goes on from here in a new session." in offered.text
    assert "Edit my message" not in offered.text
    assert [b.label for b in offered.buttons] == [
        *("Ask differently", "Fork", "Forget this", "As text file", "History", "All sessions"),
        "Continue in DM",
    ]


async def test_where_another_answer_was_given_in_its_place_that_is_said_and_only_what_works_is_offered(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await ended(await team.ann.press(answer, "Regenerate"))
    offered = await more(team, answer)
    assert f"> one\n-# {BESIDE}\n" in offered.text
    assert [b.label for b in offered.buttons] == ["Ask differently", "Fork", "History", "All sessions"]


async def test_fork_goes_on_from_that_exchange_also_after_a_restart(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    await team.ask(team.ann, "two")
    offered = await more(team, answer)
    await team.restart()
    assert (await told(await team.ann.press(offered, "Fork"), offered)).text == "Session 2 started from **1 · one**."
    await team.ask(team.ann, "three")
    assert await asked(team) == ["one", "echo: one", "three"]


async def test_fork_pressed_twice_makes_one_session(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    first, second = await team.ann.press(offered, "Fork"), await team.ann.press(offered, "Fork")
    assert "Session 2 started from **1 · one**." in (await told(first, offered)).text
    assert "Session 2, started from **1 · one**, has nothing new in it yet" in (await told(second, offered)).text
    assert "**3**" not in (await (await team.ann.slash(team.general, "sessions")).message()).text


async def test_fork_asks_first_while_another_answer_is_written(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    guard = await (await team.ann.press(offered, "Fork")).message(lambda m: "still writing" in m.text)
    await team.restart()
    await team.ann.press(guard, "Let it finish")
    await team.ann.wait_for(lambda m: m.text == "Session 2 started from **1 · one**.")
    await team.ask(team.ann, "two")
    assert await asked(team) == ["one", "echo: one", "two"]


async def test_a_question_is_asked_in_other_words_after_what_was_said_before_it(team: Team) -> None:
    await team.ask(team.ann, "one")
    offered = await more(team, await team.ask(team.ann, "two"))
    modal = await edited(team, offered)
    assert "two" in str(modal)
    answer = await ended(await team.ann.submit(modal, {"Your message": "or rather"}))
    assert answer.text.endswith("-# 2 · one")
    assert await asked(team) == ["one", "echo: one", "or rather"]
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "echo: two" in m.text)


async def test_the_first_question_in_other_words_begins_an_empty_session(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    await ended(await team.ann.submit(await edited(team, offered), {"Your message": "or rather"}))
    assert await asked(team) == ["or rather"]


async def test_a_question_that_no_modal_holds_is_given_back_whole(team: Team) -> None:
    long = "word " * 1100
    await team.ask(team.ann, long)
    answer = await team.ann.wait_for(lambda m: "More…" in [b.label for b in m.buttons])
    offered = await more(team, answer)
    pressed = await team.ann.press(offered, "Ask differently")
    assert "Session 2 started" in (await told(pressed, offered)).text
    begun = await pressed.message(lambda m: m.text.startswith("Your question, to ask in other words:"))

    def given() -> int:
        return sum(m.text.split().count("word") for m in pressed.messages if m.id >= begun.id)

    assert await team.discord.until(lambda: given() >= 1100 and given()) == 1100


async def test_a_question_that_no_modal_holds_is_given_back_with_the_names_of_its_files(team: Team) -> None:
    notes = ("notes.txt", b"the moon is made of rock", "text/plain")
    asked = await team.ann.slash(team.general, "ask", prompt="word " * 900, file=notes)
    answer = await asked.message(lambda m: "More…" in [b.label for b in m.buttons])
    pressed = await team.ann.press(await more(team, answer), "Ask differently")
    begun = await pressed.message(lambda m: m.text.startswith("Your question"))
    assert begun.text.startswith("Your question, to ask in other words (attach notes.txt again, too):\nword")


async def test_while_another_answer_is_written_the_guard_asks_and_keeps_the_words(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    submitted = await team.ann.submit(await edited(team, offered), {"Your message": "or rather"})
    guard = await submitted.message(lambda m: "still writing" in m.text)
    await team.ann.press(guard, "Stop & switch")
    answer = await team.ann.wait_for(lambda m: "echo: or rather" in m.text and is_ended(m))
    assert answer.text.endswith("-# 2 · or rather")
    assert "Stopped" in (await ended(held)).text


async def test_empty_words_are_refused(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    refused = await (await team.ann.submit(await edited(team, offered), {"Your message": " \u200b"})).message()
    assert "There's nothing in that message" in refused.text
    assert (await (await team.ann.slash(team.general, "sessions")).message()).text.count("messages") == 1


async def test_history_and_all_sessions_come_below(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    assert "echo: one" in (await told(await team.ann.press(offered, "History"), offered)).text
    assert "Your sessions" in (await told(await team.ann.press(offered, "All sessions"), offered)).text


@pytest.mark.parametrize("verb", ["textfile", "dm"])
async def test_of_a_question_without_an_answer_yet_it_says_so(team: Team, verb: str) -> None:
    def aimed(message: Message, button: str) -> str:
        """The id of the verb's button under the exchange whose message has this `button`."""
        held = next(b.custom_id or "" for b in message.buttons if b.label == button)
        return held.replace({"Stop": "stop", "Remove": "remove"}[button], verb)

    async def said(button: str) -> str:
        pressed = await team.ann.forge(button, channel=team.general, message=writing)
        return (await pressed.message(lambda m: m.id not in (writing.id, waiting.id))).text

    running = await team.ann.slash(team.general, "ask", prompt="hold it")
    writing = await running.message(lambda m: "first words" in m.text)
    behind = await team.ann.slash(team.general, "ask", prompt="then this")
    waiting = await behind.message(lambda m: "Remove" in [b.label for b in m.buttons])
    assert await said(aimed(writing, "Stop")) == STILL_WRITTEN
    aside = aimed(waiting, "Remove")
    assert await said(aside) == STILL_WAITS
    await (await team.ann.press(waiting, "Remove")).message(lambda m: "Taken out" in m.text)
    assert await said(aside) == NO_ANSWER


async def test_under_what_is_not_hers_it_offers_nothing(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    offered = await more(team, answer)
    for button in (answer.buttons[-1], *offered.buttons[:4], offered.buttons[-1]):
        pressed = await team.bob.forge(button.custom_id or "", channel=team.general, message=answer)
        assert (await pressed.message()).text == GONE


async def test_what_was_deleted_meanwhile_is_told(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    await (await team.ann.slash(team.general, "delete")).message()
    for button in ("Fork", "Ask differently", "As text file", "History", "Continue in DM"):
        assert (await told(await team.ann.press(offered, button), offered)).text == GONE


async def test_in_direct_messages_it_works_the_same(team: Team) -> None:
    answer = await team.write(team.ann, "one")
    await team.ann.press(answer, "More…")
    offered = await team.ann.wait_for(lambda m: "Ask differently" in [b.label for b in m.buttons], channel=team.ann.dm)
    await team.ann.press(offered, "Fork")
    await team.ann.wait_for(lambda m: "Session 2 started from" in m.text, channel=team.ann.dm)
