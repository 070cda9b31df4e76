"""The guard before a model's endpoint: when it shuts, and how it opens again."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from agent.breaker import FAILURES, PROBE, GuardedModel
from agent.errors import BadKey, CutOff, EndpointDown, ModelError, Overloaded, RateLimited, Stalled, Unreachable
from agent.model import Message, ModelRequest, Text
from tests.agent.people import Naps
from tests.agent.scripted_model import Script, ScriptedModel, says

START = datetime(2026, 5, 1, 14, 2, tzinfo=UTC)
ASK = ModelRequest(messages=(Message("user", "hello"),))


class Guarded:
    """A guard around a script, with what it told."""

    def __init__(self, *answers: Script) -> None:
        self.model = ScriptedModel(*answers)
        self.naps = Naps(at_once=False)
        self.told: list[datetime | None] = []
        self.time = START - timedelta(minutes=1)
        self.guard = GuardedModel(self.model, now=self.now, sleep=self.naps, changed=self._hear)
        self.well = asyncio.Event()

    def now(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time

    def _hear(self, since: datetime | None) -> None:
        self.told.append(since)
        if since is None:
            self.well.set()

    async def ask(self) -> str:
        """The answer's texts, or its error's kind."""
        try:
            async with self.guard.stream(ASK) as events:
                return "".join([event.text async for event in events if isinstance(event, Text)])
        except ModelError as error:
            return error.kind

    async def go_down(self) -> None:
        for _ in range(FAILURES):
            await self.ask()


DEAD: tuple[Script, ...] = tuple((Unreachable(),) for _ in range(FAILURES))


async def test_after_five_failures_in_a_row_nobody_is_kept_waiting() -> None:
    guarded = Guarded((Overloaded(),), (CutOff(),), *DEAD[2:])
    await guarded.go_down()
    with pytest.raises(EndpointDown) as caught:
        async with guarded.guard.stream(ASK):
            pass
    assert caught.value.since == START
    assert "has been down since <t:" in caught.value.for_person()
    assert "Your message is kept" in caught.value.for_person()
    assert guarded.told == [START]
    assert len(guarded.model.requests) == FAILURES


async def test_an_answer_between_them_counts_from_nought() -> None:
    guarded = Guarded(*DEAD[:4], says("well"), *DEAD[:4], says("still well"))
    heard = [await guarded.ask() for _ in range(10)]
    assert (heard[4], heard[9], guarded.told) == ("well", "still well", [])


@pytest.mark.parametrize("error", [BadKey(), RateLimited(), Stalled()])
async def test_what_an_endpoint_says_is_no_failure_of_it(error: ModelError) -> None:
    guarded = Guarded(*[(error,)] * (FAILURES + 1))
    for _ in range(FAILURES + 1):
        assert await guarded.ask() == error.kind


async def test_a_cut_in_mid_answer_is_no_sign_of_its_being_down() -> None:
    guarded = Guarded(*[("some", CutOff())] * (FAILURES + 1))
    for _ in range(FAILURES + 1):
        assert await guarded.ask() == "cut_off"
    assert guarded.told == []


async def test_a_probe_finds_it_well_again() -> None:
    guarded = Guarded(*DEAD, (Unreachable(),), says("p"), says("here"))
    async with guarded.guard:
        await guarded.go_down()
        for _ in range(2):
            await guarded.naps.begun.wait()
            guarded.naps.begun.clear()
            guarded.naps.end.set()
            await asyncio.sleep(0)
            guarded.naps.end.clear()
        await guarded.well.wait()
        assert await guarded.ask() == "here"
    assert guarded.naps.asked[:2] == [15.0, 30.0]
    assert [request for request in guarded.model.requests if request == PROBE] == [PROBE, PROBE]
    assert guarded.told == [START, None]


async def test_somebody_who_wants_to_know_now_asks_at_once() -> None:
    guarded = Guarded(*DEAD, (Unreachable(),), (BadKey(),), says("here"))
    await guarded.go_down()
    await guarded.guard.try_now()
    assert await guarded.ask() == "endpoint_down"
    await guarded.guard.try_now()  # a refused key is an answer: somebody is there
    assert await guarded.ask() == "here"
    await guarded.guard.try_now()
    guarded.model.assert_used_up()


async def test_leaving_it_leaves_no_task() -> None:
    guarded = Guarded(*DEAD)
    async with guarded.guard:
        await guarded.go_down()
        await guarded.naps.begun.wait()
    assert [task for task in asyncio.all_tasks() if task.get_name() == "model-probe"] == []
