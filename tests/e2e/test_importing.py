"""`/import` as people use it: the look at the file first, what is taken in, and what is refused."""

import asyncio
from pathlib import Path

import pytest

from cogs import importing
from cogs.importing import BUSY, DROPPED, FULL, TOO_LARGE
from cogs.words import GONE
from playground.standin import Invocation, Message
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
    assert [b.label for b in question.buttons] == ["Import the new ones", "Import all again", "Cancel"]
    done = await pressed(team, question, "Import the new ones")
    assert done.text == ("1 conversation imported, 2 messages. 1 you have already, so I skipped them. `/sessions` shows them.")
    assert [each.number for each in await sessions(team)] == [2, 3]


async def test_cancel_lets_go_of_the_file(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    button = question.buttons[0].custom_id or ""
    assert (await pressed(team, question, "Cancel", DROPPED)).buttons == []
    again = await team.ann.forge(button, channel=team.general, message=question)
    assert (await again.message(lambda m: m.id != question.id)).text == GONE
    assert await sessions(team) == []


async def test_a_double_press_takes_it_in_once(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    first = await team.ann.press(question, "Import")
    second = await team.ann.forge(question.buttons[0].custom_id or "", channel=team.general, message=question)
    await first.acknowledged()
    assert (await second.message(lambda m: m.id != question.id)).text in (GONE, BUSY)
    await team.ann.wait_for(lambda m: m.id == question.id and "imported" in m.text)
    assert len(await sessions(team)) == 2


async def test_nobody_else_can_take_it_in(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    for button in question.buttons:
        foreign = await team.bob.forge(button.custom_id or "", channel=team.general, message=question)
        assert (await foreign.message()).text == GONE
    await pressed(team, question, "Import")


async def test_after_a_restart_the_file_is_gone_and_nothing_was_taken(team: Team) -> None:
    question = await asked(team, zipped(many(2)).getvalue())
    await team.restart()
    assert (await (await team.ann.press(question, "Import")).message(lambda m: m.id != question.id)).text == GONE
    assert await sessions(team) == []


async def test_a_second_file_takes_the_place_of_the_first(team: Team) -> None:
    first = await asked(team, zipped(many(2)).getvalue())
    second = await asked(team, zipped(many(3)).getvalue())
    assert (await (await team.ann.press(first, "Import")).message(lambda m: m.id != first.id)).text == GONE
    assert "3 conversations imported" in (await pressed(team, second, "Import")).text


async def test_what_is_damaged_is_told_by_line_and_the_rest_comes_in(team: Team) -> None:
    data = (FILES / "pi.jsonl").read_bytes() + b"no json\n" * 9
    used = await sent(team, data)
    question = await used.message(lambda m: bool(m.buttons))
    assert "9 damaged lines" in question.text
    listed = await used.message(lambda m: m.text.startswith("What I can't read in it:"))
    assert "line " in listed.text
    assert file_of(listed)[1].count(b"line ") == 9
    await pressed(team, question, "Import")
    assert len(await sessions(team)) == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\x89PNG\r\n\x1a\n", "I don't know this kind of file"),
        (b"", ""),
        (b"[" * 100_000, ""),
        (b'{"type":"session","version":1,"id":"x","timestamp":"2026-01-01T00:00:00Z","cwd":"/"}\n', "Open it once"),
        (b"PK\x05\x06" + bytes(18), ""),
    ],
)
async def test_what_is_no_such_file_is_refused_in_words(team: Team, data: bytes, sentence: str) -> None:
    text = await told(team, data)
    assert sentence in text
    assert "Traceback" not in text
    assert await sessions(team) == []


async def test_bounds_are_told(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    data = zipped(many(2)).getvalue()
    monkeypatch.setattr(importing, "MOST_HELD", 10)
    assert await told(team, data) == FULL
    monkeypatch.setattr(importing, "MOST_BYTES", 10)
    assert await told(team, data) == TOO_LARGE


async def test_a_file_that_waits_for_nobody_is_let_go_of(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PATIENCE", 0.0)
    question = await asked(team, zipped(many(2)).getvalue())
    assert (await (await team.ann.press(question, "Import")).message(lambda m: m.id != question.id)).text == GONE


async def test_a_kill_while_it_imports_leaves_whole_sessions(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def noticed(*given: object, **named: object) -> Report:
        begun.set()
        return await import_file(*given, **named)  # pyright: ignore[reportArgumentType] - handed on as they came

    monkeypatch.setattr(importing, "import_file", noticed)
    question = await asked(team, zipped(many(400)).getvalue())
    await team.ann.press(question, "Import")
    await begun.wait()
    await team.restart()
    taken = await sessions(team)
    assert all(each.message_count == 1 for each in taken)
    question = await asked(team, zipped(many(400)).getvalue())
    known = len(taken)
    assert (f"{known} of them you have already" in question.text) == bool(known)


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
