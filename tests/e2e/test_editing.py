"""*Edit my message*: the last question in other words, answered beside the old answer in the same session."""

import pytest

from cogs.words import GONE
from playground.standin import Message, Modal
from tests.e2e.team import Team, ended, is_ended
from tests.e2e.test_more import asked, more, told

GONE_ON = "The conversation has gone on since then."
FIELD = "Your message"


def labels(message: Message) -> list[str | None]:
    return [b.label for b in message.buttons]


async def form(team: Team, offered: Message) -> Modal:
    modal = (await (await team.ann.press(offered, "Edit my message")).acknowledged()).modal
    assert modal is not None
    return modal


async def edited(team: Team, offered: Message, text: str = "or rather") -> Message:
    """The answer to the question in other words."""
    return await ended(await team.ann.submit(await form(team, offered), {FIELD: text}))


async def test_the_new_words_are_answered_in_the_same_session_and_flips_go_between_both(team: Team) -> None:
    await team.ask(team.ann, "one")
    old = await team.ask(team.ann, "two")
    offered = await more(team, old)
    assert "**Edit my message** asks it in other words here" in offered.text
    assert "two" in str(await form(team, offered))
    new = await edited(team, offered)
    assert await asked(team) == ["one", "echo: one", "or rather"]
    assert new.text == "echo: or rather\n-# To: or rather\n-# 1 · one"
    assert labels(new) == ["Reply", "Regenerate", "More…", "◀", "2/2", "▶"]
    await team.ann.wait_for(lambda m: m.id == old.id and labels(m) == ["Reply", "More…"])
    await (await team.ann.press(new, "◀")).acknowledged()
    back = await team.ann.wait_for(lambda m: m.id == new.id and "1/2" in str(labels(m)))
    assert back.text == "echo: two\n-# To: two\n-# 1 · one"
    await team.ask(team.ann, "three")
    assert await asked(team) == ["one", "echo: one", "two", "echo: two", "three"]


async def test_after_a_restart_the_button_the_form_and_the_flips_still_work(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    await team.restart()
    modal = await form(team, offered)
    await team.restart()
    new = await ended(await team.ann.submit(modal, {FIELD: "or rather"}))
    await team.restart()
    await (await team.ann.press(new, "◀")).acknowledged()
    await team.ann.wait_for(lambda m: m.id == new.id and "echo: one" in m.text)


async def test_submitted_twice_it_is_asked_once_and_the_words_come_back(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    first, second = await form(team, offered), await form(team, offered)
    await ended(await team.ann.submit(first, {FIELD: "or rather"}))
    refused = await team.ann.submit(second, {FIELD: "or this"})
    assert (await refused.message()).text == GONE_ON
    assert "or this" in (await refused.message(lambda m: "to send again" in m.text)).text
    assert len(team.gate.asked) == 2


async def test_under_an_older_answer_it_is_not_offered_and_an_old_button_says_so(team: Team) -> None:
    first = await team.ask(team.ann, "one")
    offered = await more(team, first)
    modal = await form(team, offered)
    await team.ask(team.ann, "two")
    assert "Edit my message" not in labels(await more(team, first))
    assert (await told(await team.ann.press(offered, "Edit my message"), offered)).text == GONE_ON
    assert (await (await team.ann.submit(modal, {FIELD: "late"})).message()).text == GONE_ON


async def test_while_another_session_writes_the_guard_asks_and_keeps_the_words_over_a_restart(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    await (await team.ann.slash(team.general, "new", name="other")).message()
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    submitted = await team.ann.submit(await form(team, offered), {FIELD: "or rather"})
    guard = await submitted.message(lambda m: "still writing" in m.text)
    await team.restart()
    await team.ann.press(guard, "Let it finish")
    new = await team.ann.wait_for(lambda m: "echo: or rather" in m.text and is_ended(m))
    assert new.text.endswith("-# 1 · one")
    assert "2/2" in labels(new)


async def test_while_its_own_session_writes_the_conversation_has_gone_on(team: Team) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    modal = await form(team, offered)
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    refused = await team.ann.submit(modal, {FIELD: "or rather"})
    assert (await refused.message()).text == GONE_ON
    team.gate.release()
    assert "and the end." in (await ended(held)).text


async def test_empty_words_are_refused_and_nothing_changes(team: Team) -> None:
    answer = await team.ask(team.ann, "one")
    offered = await more(team, answer)
    refused = await (await team.ann.submit(await form(team, offered), {FIELD: " \u200b"})).message()
    assert "There's nothing in that message" in refused.text
    assert labels(answer) == ["Reply", "Regenerate", "More…"]


async def test_what_no_form_holds_is_not_offered(team: Team) -> None:
    await team.ask(team.ann, "word " * 1100)
    answer = await team.ann.wait_for(lambda m: "More…" in labels(m))
    assert "Edit my message" not in labels(await more(team, answer))


@pytest.mark.parametrize("verb", ["edit", "edited"])
async def test_nobody_else_can(team: Team, verb: str) -> None:
    offered = await more(team, await team.ask(team.ann, "one"))
    custom_id = (offered.buttons[0].custom_id or "").replace(":edit:", f":{verb}:")
    pressed = (
        await team.bob.forge(custom_id, channel=team.general, message=offered)
        if verb == "edit"
        else await team.bob.forge_modal(custom_id, {"text": "x"}, channel=team.general)
    )
    assert (await pressed.message()).text == GONE
    assert len(team.gate.asked) == 1


async def test_in_a_temporary_session_and_in_direct_messages_it_works_the_same(team: Team) -> None:
    await (await team.ann.slash(team.ann.dm, "new", temporary=True)).message()
    answer = await team.write(team.ann, "one")
    await team.ann.press(answer, "More…")
    offered = await team.ann.wait_for(lambda m: "Edit my message" in labels(m), channel=team.ann.dm)
    await team.ann.submit(await form(team, offered), {FIELD: "or rather"})
    new = await team.ann.wait_for(lambda m: "echo: or rather" in m.text and is_ended(m), channel=team.ann.dm)
    assert "2/2" in labels(new)
    assert await asked(team) == ["or rather"]
