"""*Regenerate*, and flipping between the answers to one question: what shows is what the session goes on from."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent.errors import Refused
from agent.model import ModelEvent, ModelRequest
from cogs.words import GONE
from delivery.render import BEFORE, STOPPED_EARLY
from playground.standin import Message
from tests.e2e.team import Gate, Team, a_team, ended, is_ended

FIRST, SECOND = "◀", "▶"


class Fickle(Gate):
    """Fails or stays silent, as it is told, from the second answer on."""

    mood = ""

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        if self.mood == "fails":
            raise Refused
        if self.mood == "is silent":
            await self._open.wait()
        async with super().stream(request) as events:
            yield events


async def regenerated(team: Team, answer: Message) -> Message:
    return await ended(await team.ann.press(answer, "Regenerate"))


async def two(team: Team) -> tuple[Message, Message]:
    """An answer that was stopped, and the whole one beside it."""
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    shown = await held.message(lambda m: "first words" in m.text)
    await team.ann.press(shown, "Stop")
    stopped = await ended(held)
    team.gate.release()
    return stopped, await ended(await team.ann.press(stopped, "Retry"))


async def flipped(team: Team, answer: Message, button: str, shows: str) -> Message:
    await (await team.ann.press(answer, button)).acknowledged()
    return await team.ann.wait_for(lambda m: m.id == answer.id and shows in str([b.label for b in m.buttons]))


def labels(message: Message) -> list[str | None]:
    return [b.label for b in message.buttons]


async def test_a_completed_answer_is_made_anew_beside_the_old_one(team: Team) -> None:
    first = await team.ask(team.ann, "one")
    assert labels(first) == ["Reply", "Regenerate", "More…"]
    second = await regenerated(team, first)
    assert labels(second) == ["Reply", "Regenerate", "More…", "◀", "2/2", "▶"]
    assert [m.content for m in team.gate.asked[-1][1:]] == ["one"]
    await team.ann.wait_for(lambda m: m.id == first.id and labels(m) == ["Reply", "More…"])
    assert "2 branches" in (await (await team.ann.slash(team.general, "sessions")).message()).text


async def test_flipping_shows_the_other_in_place_and_the_session_goes_on_from_it(team: Team) -> None:
    _, whole = await two(team)
    stopped = await flipped(team, whole, FIRST, "1/2")
    assert "first words" in stopped.text
    assert "and the end" not in stopped.text
    assert labels(stopped) == ["Reply", "Finish the answer", "Retry", "More…", "◀", "1/2", "▶"]
    await team.ask(team.ann, "and now?")
    assert [m.content for m in team.gate.asked[-1][1:]] == ["hold it", "first words ", "and now?"]
    await team.ann.wait_for(lambda m: m.id == whole.id and labels(m) == ["Reply", "More…"])


async def test_flipping_goes_back_and_forth_also_after_a_restart(team: Team) -> None:
    _, whole = await two(team)
    stopped = await flipped(team, whole, FIRST, "1/2")
    await team.restart()
    again = await flipped(team, stopped, SECOND, "2/2")
    assert "and the end." in again.text
    await team.ask(team.ann, "and now?")
    assert "and the end." in team.gate.asked[-1][2].content


async def test_a_long_answer_is_posted_anew(team: Team) -> None:
    first = await team.ask(team.ann, "word " * 900)
    await team.ann.wait_for(lambda m: "Regenerate" in labels(m))
    last = team.ann.sees(team.general)[-1]
    second = await team.ann.press(last, "Regenerate")
    shown = await second.message(lambda m: "2/2" in labels(m))
    pressed = await team.ann.press(shown, FIRST)
    anew = await pressed.message(lambda m: "1/2" in labels(m))
    assert len({first.id, shown.id, anew.id}) == 3
    assert "Regenerate" in labels(anew)


@pytest.mark.parametrize("mood", ["fails", "is silent"])
async def test_where_nothing_comes_of_asking_again_the_answer_before_is_gone_back_to(tmp_path: Path, mood: str) -> None:
    model = Fickle()
    async with a_team(tmp_path, model=model) as team:
        first = await team.ask(team.ann, "one")
        model.mood = mood
        again = await team.ann.press(first, "Regenerate")
        if mood == "is silent":
            await team.ann.press(await again.message(lambda m: "Stop" in labels(m)), "Stop")
        wordless = await ended(again)
        assert f"{BEFORE}\n" in wordless.text
        if mood == "is silent":
            offered = await (await team.ann.press(wordless, "More…")).message(lambda m: m.id != wordless.id)
            assert {"As text file", "Continue in DM"}.isdisjoint(labels(offered))
        assert (STOPPED_EARLY in wordless.text, labels(wordless)[-3:]) == (mood == "is silent", [FIRST, "2/2", SECOND])
        model.mood = ""
        await (await team.ann.press(wordless, FIRST)).acknowledged()
        back = await team.ann.wait_for(lambda m: m.id == wordless.id and m.text.startswith("echo: one"))
        assert labels(back) == ["Reply", "Regenerate", "More…"]
        await team.ask(team.ann, "two")
        assert [m.content for m in model.asked[-1][1:]] == ["one", "echo: one", "two"]


async def test_once_the_conversation_has_gone_on_an_old_press_says_so(team: Team) -> None:
    _, whole = await two(team)
    back = whole.buttons[-3].custom_id or ""
    await team.ask(team.ann, "and now?")
    pressed = await team.ann.forge(back, channel=team.general, message=whole)
    assert (await pressed.message(lambda m: m.id != whole.id)).text == "The conversation has gone on since then."


async def test_while_an_answer_is_written_nothing_is_flipped(team: Team) -> None:
    first = await team.ask(team.ann, "one")
    second = await regenerated(team, first)
    back = second.buttons[-3].custom_id or ""
    team.gate.hold()
    held = await team.ann.slash(team.general, "ask", prompt="hold on")
    await held.message(lambda m: "first words" in m.text)
    pressed = await team.ann.forge(back, channel=team.general, message=second)
    told = await pressed.message(lambda m: m.id != second.id)
    assert told.text == "The conversation has gone on since then."
    team.gate.release()
    assert "and the end." in (await ended(held)).text


async def test_nobody_else_can_flip(team: Team) -> None:
    _, whole = await two(team)
    for button in whole.buttons[-3:]:
        pressed = await team.bob.forge(button.custom_id or "", channel=team.general, message=whole)
        assert (await pressed.message()).text == GONE
    assert "2/2" in labels(whole)


async def test_in_direct_messages_it_works_the_same(team: Team) -> None:
    first = await team.write(team.ann, "one")
    await team.ann.press(first, "Regenerate")
    second = await team.ann.wait_for(lambda m: "2/2" in labels(m) and is_ended(m), channel=team.ann.dm)
    await team.ann.press(second, FIRST)
    await team.ann.wait_for(lambda m: m.id == second.id and "1/2" in labels(m))


@pytest.mark.parametrize("where", ["server", "direct"])
async def test_an_answer_comes_as_a_text_file(team: Team, where: str) -> None:
    answer = await (team.ask(team.ann, "**one**") if where == "server" else team.write(team.ann, "**one**"))
    offered = await (await team.ann.press(answer, "More…")).message(lambda m: m.id != answer.id)
    sent = await (await team.ann.press(offered, "As text file")).message(lambda m: bool(m.attachments))
    assert [(a.filename, a.data) for a in sent.attachments] == [("answer-1.md", b"echo: **one**")]
    assert sent.ephemeral == (where == "server")
