"""Making room as people see it: announced under the answer, shown, undone, made by hand, and without it said so."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from agent.compaction import INSTRUCTIONS
from agent.config import AgentConfig
from agent.model import Finish, FinishReason, ModelEvent, ModelRequest, Text
from cogs.compacting import AT_IT, NOTHING_TO_DO, OUTCOMES, WRITING
from cogs.status import LEFT_OUT
from delivery.summing import SUMMED, UNSUMMARISED
from playground.standin import Message
from storage.records import Undone
from tests.e2e.team import Gate, Team, a_team, ended

SMALL = AgentConfig(context_tokens=1650, reply_reserve=50)
LONG = "word " * 200


class Summing(Gate):
    """A model whose summaries can be held, or fail."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__()
        self.fails = fails
        self.summarising = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        if request.messages[0].content == INSTRUCTIONS:
            yield self._summary()
        else:
            async with super().stream(request) as events:
                yield events

    async def _summary(self) -> AsyncIterator[ModelEvent]:
        self.summarising.set()
        await self.go_on.wait()
        if not self.fails:
            yield Text("They spoke of words.")
        yield Finish(FinishReason.STOP)


async def filled(team: Team) -> Message:
    """Ann's session until an answer says that room was made for it, or that none could be."""
    for number in range(9):
        answer = await team.ask(team.ann, f"{number} {LONG}")
        if SUMMED in answer.text or UNSUMMARISED in answer.text:
            return answer
    raise AssertionError("no room was made")


async def status(team: Team) -> Message:
    return await (await team.ann.slash(team.general, "status")).message()


def sentence(outcome: Undone) -> str:
    """What is said of it, up to the session's name."""
    return OUTCOMES[outcome].split("{}")[0]


async def test_a_full_session_makes_room_says_so_and_shows_and_undoes_it(tmp_path: Path) -> None:
    async with a_team(tmp_path, model=Summing(), config=SMALL) as team:
        answer = await filled(team)
        assert [button.label for button in answer.buttons][-2:] == ["Show summary", "Undo"]
        shown = await (await team.ann.press(answer, "Show summary")).message(lambda m: "They spoke" in m.text)
        assert shown.ephemeral
        await team.restart()
        undone = await (await team.ann.press(answer, "Undo")).message()
        assert undone.text.startswith(sentence(Undone.NOW))
        assert undone.ephemeral
        again = await (await team.ann.press(answer, "Undo")).message(lambda m: "already" in m.text)
        assert again.text == OUTCOMES[Undone.ALREADY]
        assert LEFT_OUT in (await status(team)).text


async def test_one_that_a_newer_one_tells_of_is_not_undone_alone(tmp_path: Path) -> None:
    async with a_team(tmp_path, model=Summing(), config=SMALL) as team:
        first = await filled(team)
        undo = next(str(button.custom_id) for button in first.buttons if button.label == "Undo")
        await filled(team)
        said = await (await team.ann.forge(undo, channel=team.general, message=first)).message()
        assert said.text.startswith(sentence(Undone.REPLACED))


async def test_without_a_summary_it_says_what_it_left_out(tmp_path: Path) -> None:
    async with a_team(tmp_path, model=Summing(fails=True), config=SMALL) as team:
        answer = await filled(team)
        assert UNSUMMARISED in answer.text
        assert "Show summary" not in [button.label for button in answer.buttons]


async def test_meanwhile_its_owner_sees_why_it_takes_long_and_can_stop_it(tmp_path: Path) -> None:
    model = Summing()
    async with a_team(tmp_path, model=model, config=SMALL) as team:
        await filled(team)
        await team.ask(team.ann, LONG)
        model.go_on.clear()
        asked = await team.ann.slash(team.general, "ask", prompt=f"{LONG}{LONG}")
        seen = await asked.message(lambda m: "Making room" in m.text)
        await team.ann.press(seen, "Stop")
        assert "Stopped" in (await ended(asked)).text


async def summarise(team: Team, *, focus: str = "") -> Message:
    shown = await status(team)
    modal = (await (await team.ann.press(shown, "Summarise…")).acknowledged()).modal
    assert modal is not None
    submitted = await team.ann.submit(modal, {"What matters most (optional)": focus})
    return await submitted.message(lambda m: not m.loading and bool(m.text) and "One moment" not in m.text)


async def test_by_hand_it_makes_room_now_and_status_shows_and_undoes_it(team: Team) -> None:
    for text in ("My favorite color is green", "And my dog is old", "And so on"):
        await team.ask(team.ann, text)
    done = await summarise(team, focus="the dog")
    assert "I summarised the older messages" in done.text
    shown = await status(team)
    assert "summary" in shown.text
    assert [button.label for button in shown.buttons][-2:] == ["Show summary", "Undo"]
    remembered = await team.ask(team.ann, "What is my favorite color?")
    assert "green" in remembered.text
    nothing = await (await team.ann.press(shown, "Undo")).message()
    assert nothing.text.startswith(sentence(Undone.NOW))


async def test_by_hand_twice_at_once_is_once_and_of_the_recent_there_is_none(tmp_path: Path) -> None:
    model = Summing()
    async with a_team(tmp_path, model=model) as team:
        for text in ("one", "two"):
            await team.ask(team.ann, text)
        model.go_on.clear()
        shown = await status(team)
        modals = [(await (await team.ann.press(shown, "Summarise…")).acknowledged()).modal for _ in range(2)]
        first, second = [await team.ann.submit(modal, {}) for modal in modals if modal is not None]
        await model.summarising.wait()
        at_it = await second.message(lambda m: m.text == AT_IT)
        assert at_it.ephemeral
        model.go_on.set()
        await first.message(lambda m: "I summarised" in m.text)
        assert (await summarise(team)).text.startswith(NOTHING_TO_DO.split("{}")[0])


async def test_while_an_answer_is_written_nothing_is_summarised(team: Team) -> None:
    for text in ("one", "two"):
        await team.ask(team.ann, text)
    shown = await status(team)
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    said = await (await team.ann.press(shown, "Summarise…")).message()
    assert said.text == WRITING


async def test_what_is_forgotten_takes_back_the_summary_that_tells_of_it(team: Team) -> None:
    first = await team.ask(team.ann, "My favorite color is green")
    for text in ("one", "two"):
        await team.ask(team.ann, text)
    await summarise(team)
    more = await (await team.ann.press(first, "More…")).message(lambda m: bool(m.buttons))
    await (await team.ann.press(more, "Forget this")).acknowledged()
    assert "Show summary" not in [button.label for button in (await status(team)).buttons]
