"""`/import` as people use it: the look at the file first, what is taken in, and what is refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from cogs import bulletin, importing
from cogs.importing import ANOTHER, BROKEN_OFF, BUSY, DROPPED, NOT_HERE, WAITED
from playground.standin import Invocation, Message
from playground.standin.parts import buttons_of
from porting.incoming import Report, import_file
from storage.records import Actor, SessionInfo, TurnState
from tests.e2e.team import Team
from tests.e2e.test_exporting import exported, file_of
from tests.porting.test_incoming import many, zipped
from tests.transfer.samples import BRANCHED, written
from transfer import json_file

FILES = Path(__file__).parents[1] / "transfer" / "files"


def attachment(data: bytes, name: str = "anything.bin") -> tuple[str, bytes, str]:
    return name, data, "application/octet-stream"


async def sent(team: Team, data: bytes) -> Invocation:
    return await team.ann.slash(team.general, "import", file=attachment(data))


async def asked(team: Team, data: bytes) -> Message:
    """The question that the file leads to."""
    return await (await sent(team, data)).message(lambda m: bool(m.buttons))


async def pressed(team: Team, question: Message, button: str, shows: str = "imported") -> Message:
    await (await team.ann.press(question, button)).acknowledged()
    return await team.ann.wait_for(lambda m: m.id == question.id and shows in m.text)


async def sessions(team: Team) -> list[SessionInfo]:
    assert team.bot is not None
    return [each async for each in team.bot.store.transfers.every(Actor(team.ann.user.id))]


async def told(team: Team, data: bytes) -> str:
    return (await (await sent(team, data)).message()).text


async def test_a_session_of_cubbys_is_looked_at_then_taken_in_and_goes_on(team: Team) -> None:
    question = await asked(team, written(json_file.write, BRANCHED))
    assert question.ephemeral
    assert question.text == "1 conversation, 4 messages. Import?"
    assert [b.label for b in question.buttons] == ["Import", "Cancel"]
    assert await sessions(team) == []
    done = await pressed(team, question, "Import")
    assert done.text == "1 conversation imported, 4 messages. `/sessions` shows them."
    assert done.buttons == []
    await (await team.ann.slash(team.general, "open", session="1")).message(lambda m: "Auth bug" in m.text)
    await team.ask(team.ann, "and on")
    assert "Why does the login fail?" in [m.content for m in team.gate.asked[-1]]


@pytest.mark.parametrize(
    ("name", "count"), [("pi.jsonl", "1 conversation"), ("chatgpt.json", "conversation"), ("claude.json", "conversation")]
)
async def test_what_other_programs_wrote_is_known_by_its_content(team: Team, name: str, count: str) -> None:
    question = await asked(team, (FILES / name).read_bytes())
    assert count in question.text
    await pressed(team, question, "Import")
    assert await sessions(team)


async def test_ones_own_export_is_known_and_what_is_there_can_be_skipped(team: Team) -> None:
    for words in ("one", "two"):
        await (await team.ann.slash(team.general, "new")).message()
        await team.ask(team.ann, words)
    _, data = file_of(await exported(team, session="all"))
    question = await asked(team, data)
    assert question.text == "2 conversations, 4 messages. 2 of them you have already. Import?"
    assert [b.label for b in question.buttons] == ["Import all again", "Cancel"]
    await (await team.ann.slash(team.general, "delete", session="1")).message()
    question = await asked(team, data)
    assert [b.label for b in question.buttons] == ["Skip what's there", "Import all again", "Cancel"]
    done = await pressed(team, question, "Skip what's there")
    assert done.text == ("1 conversation imported, 2 messages. 1 you have already, so I skipped it. `/sessions` shows them.")
    assert [each.number for each in await sessions(team)] == [2, 3]


async def test_cancel_lets_go_of_the_file(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    button = question.buttons[0].custom_id or ""
    assert (await pressed(team, question, "Cancel", DROPPED)).buttons == []
    again = await team.ann.forge(button, channel=team.general, message=question)
    assert (await again.message(lambda m: m.id != question.id)).text == NOT_HERE
    assert await sessions(team) == []


class Held:
    """Holds what takes a file in, before its first session, until it is let go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(importing, "import_file", self._import_file)

    async def _import_file(self, *given: Any, **named: Any) -> Report:
        self.begun.set()
        await self.go_on.wait()
        return await import_file(*given, **named)


async def test_a_double_press_takes_it_in_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    question = await asked(team, zipped(many(2)).getvalue())
    ways = [button.custom_id or "" for button in question.buttons]
    await team.ann.press(question, "Import")
    for way in ways:
        again = await team.ann.forge(way, channel=team.general, message=question)
        assert (await again.message(lambda m: m.id != question.id)).text == BUSY
    held.go_on.set()
    await team.ann.wait_for(lambda m: m.id == question.id and "imported" in m.text)
    assert len(await sessions(team)) == 2


async def test_while_it_imports_it_says_how_far_it_is_and_takes_no_other_file(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletin, "PACE", 0.01)
    held = Held(monkeypatch)
    question = await asked(team, zipped(many(2)).getvalue())
    shown = await pressed(team, question, "Import", "Importing: 0 of 2 conversations…")
    assert shown.buttons == []
    assert await told(team, zipped(many(3)).getvalue()) == BUSY
    held.go_on.set()
    await team.ann.wait_for(lambda m: m.id == question.id and "2 conversations imported" in m.text)


async def test_the_bots_end_lets_go_of_the_file_and_says_so(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Held(monkeypatch)
    question = await asked(team, zipped(many(2)).getvalue())
    await team.ann.press(question, "Import")
    await held.begun.wait()
    await team.restart()
    await team.ann.wait_for(lambda m: m.text == BROKEN_OFF and m.ephemeral)
    assert await sessions(team) == []


async def test_nobody_else_can_take_it_in(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    for button in question.buttons:
        foreign = await team.bob.forge(button.custom_id or "", channel=team.general, message=question)
        assert (await foreign.message()).text == NOT_HERE
    await pressed(team, question, "Import")


async def test_somebody_elses_button_decides_nothing_about_ones_own_file(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    bobs = await team.bob.slash(team.general, "import", file=attachment(zipped(many(3)).getvalue()))
    his = await bobs.message(lambda m: bool(m.buttons))
    for button in question.buttons:
        foreign = await team.bob.forge(button.custom_id or "", channel=team.general, message=question)
        assert (await foreign.message()).text == NOT_HERE
    await team.bob.press(his, "Import")
    await team.bob.wait_for(lambda m: m.id == his.id and "3 conversations imported" in m.text)
    assert await sessions(team) == []


async def test_after_a_restart_a_press_says_that_the_file_must_be_sent_again(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    await team.restart()
    assert (await (await team.ann.press(question, "Import")).message(lambda m: m.id != question.id)).text == NOT_HERE
    assert await sessions(team) == []


async def test_a_second_file_takes_the_place_of_the_first(team: Team) -> None:
    first = await asked(team, zipped(many(2)).getvalue())
    button = first.buttons[0].custom_id or ""
    second = await asked(team, zipped(many(3)).getvalue())
    await team.ann.wait_for(lambda m: m.id == first.id and m.text == ANOTHER and not m.buttons)
    again = await team.ann.forge(button, channel=team.general, message=first)
    assert (await again.message(lambda m: m.id != first.id)).text == NOT_HERE
    assert "3 conversations imported" in (await pressed(team, second, "Import")).text


async def test_what_is_damaged_is_told_by_line_and_the_rest_comes_in(team: Team) -> None:
    data = (FILES / "pi.jsonl").read_bytes() + b"no json\n" * 9
    used = await sent(team, data)
    question = await used.message(lambda m: bool(m.buttons))
    assert "9 damaged lines. Import?\nI can't read:\n- line " in question.text
    assert question.text.endswith("\n- and 4 more")
    name, listed = file_of(question)
    assert name == "not-read.txt"
    assert listed.count(b"line ") == 9
    await pressed(team, question, "Import")
    assert len(await sessions(team)) == 1


async def test_a_file_that_waits_for_nobody_is_let_go_of(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PATIENCE", 0.0)
    used = await sent(team, zipped(many(2)).getvalue())
    left = await used.message(lambda m: m.text == WAITED)
    assert left.buttons == []
    asked_before = left.history[-1].components
    again = await team.ann.forge(buttons_of(asked_before)[0].custom_id or "", channel=team.general, message=left)
    assert (await again.message(lambda m: m.id != left.id)).text == NOT_HERE


async def test_what_was_exported_in_any_format_that_comes_in_is_the_same_session(team: Team) -> None:
    assert team.bot is not None
    await team.ask(team.ann, "My favorite color is green")
    store, before = team.bot.store, await sessions(team)
    for kind, way in (("json", "Import all again"), ("pi", "Import")):
        _, data = file_of(await exported(team, session="1", format=kind))
        await pressed(team, await asked(team, data), way)
        copy = (await sessions(team))[-1]
        assert copy.number > before[0].number
        said = [
            [(entry.kind, entry.text) for entry in await store.transcripts.path(Actor(team.ann.user.id), each.id)]
            for each in (before[0], copy)
        ]
        assert said[0] == said[1]


async def test_in_direct_messages_it_works_the_same_while_an_answer_is_written(team: Team) -> None:
    held = await team.ann.slash(team.ann.dm, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    used = await team.ann.slash(team.ann.dm, "import", file=attachment(zipped(many(2)).getvalue()))
    question = await used.message(lambda m: bool(m.buttons))
    await pressed(team, question, "Import")
    team.gate.release()
    assert len(await sessions(team)) == 3
    assert team.bot is not None
    turn = await team.bot.store.turns.latest(Actor(team.ann.user.id), (await sessions(team))[0].id)
    assert turn is not None
    assert turn.state in (TurnState.STREAMING, TurnState.COMPLETED)
