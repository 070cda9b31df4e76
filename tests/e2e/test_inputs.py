"""What people type: long, empty, strange, huge. It is taken, or refused with the bound; nothing pings and nothing breaks."""

import pytest

from cogs.words import GONE
from tests.e2e.team import Team

STRANGE = [
    "lone \ud83d surrogate",
    "a NUL \x00 in it",
    "\u202eright to left\u202c",
    "zero\u200bwidth\u200djoined",
    "**bold** _it_ `code` ||spoiler|| [x](http://example.org)",
    "# heading\n> quote\n- list",
    "@everyone @here <@1> <@&2> <#3>",
    "👩‍👩‍👧‍👦" * 50,
]


VERBS = [
    "reply",
    "retry",
    "finish",
    "trynow",
    "stop",
    "send",
    "remove",
    "sendnow",
    "reword",
    "reworded",
    "open",
    "decide",
    "history",
    "here",
    "found",
    "undo",
    "named",
    "missed",
]


@pytest.mark.parametrize("text", STRANGE)
async def test_strange_words_are_answered_and_never_ping(team: Team, text: str) -> None:
    answer = await team.ask(team.ann, text)
    assert answer.text.startswith("echo: ")
    assert answer.mentions == ()
    again = await team.ask(team.ann, "and on")
    assert again.text.startswith("echo: and on")


@pytest.mark.parametrize("text", STRANGE[2:])
async def test_strange_names_draw_nothing_in_lists(team: Team, text: str) -> None:
    shown = await (await team.ann.slash(team.general, "new", name=text[:100])).message()
    assert "](" not in shown.text.replace("\\](", "")
    assert shown.mentions == ()
    panel = await (await team.ann.slash(team.general, "sessions")).message()
    assert panel.mentions == ()
    assert len(await team.ann.autocomplete(team.general, "open", session="")) == 1


@pytest.mark.parametrize("name", ["\u200b", "\u202e", "\u2060 \ufeff"])
async def test_a_name_of_nothing_that_can_be_seen_is_shown_as_none(team: Team, name: str) -> None:
    await (await team.ann.slash(team.general, "new", name=name)).message()
    assert "**1** · empty · " in (await (await team.ann.slash(team.general, "sessions")).message()).text
    assert (await team.ask(team.ann, "hello")).text.endswith("-# 1 · hello")
    assert "**1** · hello · " in (await (await team.ann.slash(team.general, "sessions")).message()).text


async def test_six_thousand_characters_are_taken(team: Team) -> None:
    await team.ask(team.ann, "x" * 6000)
    assert team.gate.asked[-1][-1].content == "x" * 6000


@pytest.mark.parametrize("text", [" ", "\u200b", "\u2060 \ufeff"])
async def test_nothing_is_told_as_such(team: Team, text: str) -> None:
    told = await (await team.ann.slash(team.general, "ask", prompt=text)).message()
    assert "nothing in that message" in told.text
    assert team.gate.asked == []


@pytest.mark.parametrize("number", ["0", "-1", "007", "1" * 30, "9" * 200, "1e9", "٣"])
@pytest.mark.parametrize("command", ["open", "history"])
async def test_numbers_of_any_size_are_looked_for(team: Team, command: str, number: str) -> None:
    told = await (await team.ann.slash(team.general, command, session=number)).message()
    assert "no session like that" in told.text


@pytest.mark.parametrize("arguments", ["", ":", ":" + "9" * 60, ":zz", ":-1", ":1:2:3:4", ":" + "f" * 32, ":\ud83d"])
async def test_a_tampered_button_gets_one_sentence(team: Team, arguments: str) -> None:
    own = await team.ask(team.ann, "hello")
    for verb in VERBS:
        pressed = await team.ann.forge(f"cubby:{verb}{arguments}"[:100], channel=team.general, message=own)
        told = await pressed.message(lambda m: m is not own)
        assert told.text == GONE
