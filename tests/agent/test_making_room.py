"""Room is made before a full session's next answer: what is sent then, and what happens when there is no summary."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.budget import Budget
from agent.compaction import INSTRUCTIONS, MOST_STEPS, pieces_of
from agent.compactor import Compactor
from agent.config import Models
from agent.context import SUMMARY
from agent.enclosing import picture_tokens
from agent.errors import ContextTooLong, Overloaded
from agent.estimates import estimated_tokens
from agent.events import MakingRoom
from agent.model import FinishReason, Message, ModelRequest, Tokens
from agent.recall import meter_of
from agent.session import AgentSession
from storage.records import Entry, File, SessionInfo, TurnState, Undone
from storage.store import Store
from tests.agent.people import ANN, CONFIG, Ear, a_session, build, words
from tests.agent.scripted_model import Pause, Script, ScriptedModel, says
from tests.agent.test_enclosing import PHOTO
from tests.storage.samples import prompt

SMALL = replace(CONFIG, system_prompt="Be brief.", context_tokens=6020, reply_reserve=20, summary_seconds=5.0)
LONG = "word " * 1640
"""A message of 2,050 tokens: three of it do not fit, one may stay as it is."""
GIST = "They spoke of words."
LARGE = File(replace(PHOTO.attached, width=2048, height=1536), PHOTO.content)
"""A picture of 2,125 tokens."""


async def filled(store: Store, info: SessionInfo, exchanges: int = 3) -> None:
    for number in range(exchanges):
        await exchange(store, info, f"q{number} {LONG}", f"a{number}")


async def exchange(store: Store, info: SessionInfo, text: str, reply: str) -> None:
    turn = await store.turns.submit(ANN, info.id, words(text), TurnState.ASKED)
    await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text=reply)


async def asked(session: AgentSession, ear: Ear, text: str, times: int = 1) -> None:
    await session.prompt(words(text))
    await ear.until_ended(times)
    await session.until_idle()


def is_for_summary(request: ModelRequest) -> bool:
    return request.messages[0].content == INSTRUCTIONS


async def holding(store: Store, info: SessionInfo) -> Entry | None:
    return (await store.compactions.standing(ANN, info.id)).compaction


async def test_a_full_session_is_summarised_before_the_next_answer(store: Store, ear: Ear) -> None:
    script = (says(GIST, tokens=Tokens(input=70, output=7)), says("sure"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear, config=SMALL) as session:
        await filled(store, session.info)
        before = await store.transcripts.path(ANN, session.info.id)
        await asked(session, ear, "and now?")
        first, second = model.requests
        gist = await holding(store, session.info)
        assert gist is not None
        assert (gist.text, gist.data["model"], is_for_summary(first)) == (GIST, "scripted-model", True)
        sent = [message.content for message in second.messages[1:]]
        assert sent[0].startswith(SUMMARY.format(GIST))
        assert sent[-1].endswith("and now?")
        assert not any("q0" in text for text in sent)
        assert (await store.transcripts.path(ANN, session.info.id))[: len(before)] == before
    ended = ear.of(MakingRoom), await ear.until_ended()
    assert [event.is_over for event in ended[0]] == [False, True]
    assert (ended[1].outcome, ended[1].context_trimmed, ended[1].unsummarised) == (TurnState.COMPLETED, False, False)
    assert await store.turns.spent(ANN, datetime.now(UTC).date()) > 77


@pytest.mark.parametrize(
    "script",
    [(Overloaded(),), says(), says("x" * 20_000), ("half a summary",), says("no", reason=FinishReason.REFUSED)],
    ids=["error", "empty", "too long", "cut", "refused"],
)
async def test_without_a_summary_the_oldest_is_left_out_and_that_is_said(store: Store, ear: Ear, script: Script) -> None:
    async with ScriptedModel(script, says("one"), says("two")) as model, a_session(store, model, ear, config=SMALL) as session:
        await filled(store, session.info)
        await asked(session, ear, "and now?")
        await asked(session, ear, "and then?", 2)  # it is not tried again at once
        assert await holding(store, session.info) is None
    first, second = await ear.until_ended(), await ear.until_ended(2)
    assert (first.error, first.text, first.context_trimmed, first.unsummarised) == (None, "one", True, True)
    assert (second.error, second.text, second.context_trimmed, second.unsummarised) == (None, "two", False, False)
    assert [is_for_summary(request) for request in model.requests] == [True, False, False]


async def test_a_summary_that_hangs_is_not_waited_for(store: Store, ear: Ear) -> None:
    config = replace(SMALL, summary_seconds=0.3)
    async with ScriptedModel(says(Pause()), says("one")) as model, a_session(store, model, ear, config=config) as session:
        await filled(store, session.info)
        await asked(session, ear, "and now?")
        assert (await ear.until_ended()).unsummarised
        assert model.open_streams == 0


async def test_a_context_that_the_server_finds_too_long_is_made_shorter_and_asked_once_more(store: Store, ear: Ear) -> None:
    script = ((ContextTooLong(),), *[says(GIST)] * MOST_STEPS, says("sure"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear) as session:
        await filled(store, session.info, 2)
        await asked(session, ear, "and now?")
        sent = [message.content for message in model.requests[-1].messages[1:]]
        assert sent[0].startswith(SUMMARY.format(GIST))
    assert (await ear.until_ended()).text == "sure"


async def test_too_long_again_is_told_and_not_tried_for_ever(store: Store, ear: Ear) -> None:
    script = ((ContextTooLong(),), *[says(GIST)] * MOST_STEPS, (ContextTooLong(),))
    async with ScriptedModel(*script) as model, a_session(store, model, ear) as session:
        await filled(store, session.info, 2)
        await asked(session, ear, "and now?")
    assert isinstance((await ear.until_ended()).error, ContextTooLong)


async def test_without_a_summary_a_context_that_was_too_long_loses_its_oldest(store: Store, ear: Ear) -> None:
    script = ((ContextTooLong(),), (Overloaded(),), says("sure"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear) as session:
        await filled(store, session.info, 2)
        await asked(session, ear, "and now?")
        assert len(model.requests[2].messages) < len(model.requests[0].messages)
    ended = await ear.until_ended()
    assert (ended.text, ended.unsummarised) == ("sure", True)


async def test_a_question_that_is_too_long_by_itself_is_asked_once(store: Store, ear: Ear) -> None:
    async with ScriptedModel((ContextTooLong(),)) as model, a_session(store, model, ear) as session:
        await asked(session, ear, LONG)
        assert isinstance((await ear.until_ended()).error, ContextTooLong)


async def test_no_summary_is_made_for_a_question_that_leaves_no_room_for_one(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("ok")) as model, a_session(store, model, ear, config=SMALL) as session:
        await filled(store, session.info, 1)
        await asked(session, ear, LONG * 3)
        assert not is_for_summary(model.requests[0])


async def test_a_stop_ends_the_making_of_room_at_once(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says(gate)) as model, a_session(store, model, ear, config=SMALL) as session:
        await filled(store, session.info)
        await session.prompt(words("and now?"))
        await gate.reached.wait()
        stopped = await session.abort()
        assert stopped is not None
        assert (stopped.state, model.open_streams) == (TurnState.STOPPED, 0)
        assert await holding(store, session.info) is None


async def test_what_was_summarised_before_a_crash_is_not_summarised_again(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says(GIST), says(gate)) as model, a_session(store, model, Ear(), config=SMALL) as session:
        await filled(store, session.info)
        await session.prompt(words("and now?"))
        await gate.reached.wait()
        turn = await store.turns.latest(ANN, session.info.id)
        assert turn is not None
        assert turn.state is TurnState.ASKED
        async with ScriptedModel(says("sure")) as other:
            again = await build(store, other, ear, session.info, config=SMALL)
            await again.carry_on(turn)
            assert (await ear.until_ended()).text == "sure"
            await again.dispose()
            assert other.requests[0].messages[1].content.startswith(SUMMARY.format(GIST))


async def test_a_second_try_is_given_the_same_summary(store: Store, ear: Ear) -> None:
    async with (
        ScriptedModel(says(GIST), says("one"), says("two")) as model,
        a_session(store, model, ear, config=SMALL) as session,
    ):
        await filled(store, session.info)
        await asked(session, ear, "and now?")
        await session.retry((await ear.until_ended()).turn.id, words(""))
        assert (await ear.until_ended(2)).text == "two"
        assert model.requests[2].messages == model.requests[1].messages


async def test_taken_back_the_context_is_what_it_would_have_been_and_stays_so_until_the_session_has_grown(
    store: Store, ear: Ear
) -> None:
    script = (says(GIST), says("one"), says("two"), says("three"), says("Some."), says("Another."), says("four"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear, config=SMALL) as session:
        await filled(store, session.info)
        await asked(session, ear, "and now?")
        gist = await holding(store, session.info)
        assert gist is not None
        assert await store.compactions.undo(ANN, session.info.id, gist.id) is Undone.NOW
        await asked(session, ear, "and then?", 2)
        await asked(session, ear, LONG, 3)
        assert [is_for_summary(request) for request in model.requests[2:]] == [False, False]
        assert not any(GIST in message.content for request in model.requests[2:] for message in request.messages)
        await asked(session, ear, LONG, 4)
        assert [is_for_summary(request) for request in model.requests[4:]] == [True, True, False]
    assert (await ear.until_ended(2)).context_trimmed


async def test_pictures_that_stay_take_room_and_are_counted_in_what_was_there_before(store: Store, ear: Ear) -> None:
    config = replace(SMALL, models=Models(default="scripted-model", seeing=frozenset({"scripted-model"})))
    async with ScriptedModel(says(GIST), says("sure")) as model, a_session(store, model, ear, config=config) as session:
        await exchange(store, session.info, "q0", "a0")
        for number in (1, 2, 3):
            turn = await store.turns.submit(ANN, session.info.id, prompt(f"q{number}", LARGE), TurnState.ASKED)
            await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text=f"a{number}")
        await asked(session, ear, LONG)
        gist = await holding(store, session.info)
        assert gist is not None
        assert gist.data["tokens_before"] > estimated_tokens(LONG) + picture_tokens(LARGE.attached)
        shown = [len(message.pictures) for message in model.requests[1].messages]
        assert (sum(shown), (await ear.until_ended()).context_trimmed) == (0, False)


async def test_by_hand_what_was_there_before_is_what_the_meter_shows(store: Store) -> None:
    config = replace(CONFIG, models=Models(default="scripted-model", seeing=frozenset({"scripted-model"})))
    info = await store.sessions.create(ANN)
    for number in (1, 2):
        turn = await store.turns.submit(ANN, info.id, prompt(f"q{number}", LARGE), TurnState.ASKED)
        await store.turns.end(ANN, turn.id, TurnState.COMPLETED, text=f"a{number}")
    before = await meter_of(store, config, ANN, info.id)
    async with ScriptedModel(says(GIST)) as model:
        gist = await a_compactor(store, model).by_hand(config, ANN, info.id, "")
    assert gist is not None
    assert gist.data["tokens_before"] == before.used > 2 * picture_tokens(LARGE.attached)


def a_compactor(store: Store, model: ScriptedModel) -> Compactor:
    budget = Budget(store, person=0, everybody=0, now=lambda: datetime.now(UTC))
    return Compactor(store, model, budget, asyncio.get_running_loop().time)


async def test_by_hand_all_but_the_newest_exchange_is_summarised_with_what_is_wanted(store: Store) -> None:
    info = await store.sessions.create(ANN)
    await filled(store, info, 2)
    async with ScriptedModel(says(GIST)) as model:
        gist = await a_compactor(store, model).by_hand(CONFIG, ANN, info.id, "the numbers")
        assert "the numbers" in model.requests[0].messages[1].content
    assert gist is not None
    assert gist.data["first_kept"] == 2


@pytest.mark.parametrize(("said", "pieces"), [(20_000, MOST_STEPS), (200_000, 3)])
async def test_by_hand_a_server_that_takes_less_than_it_is_said_to_is_asked_once_more_with_less(
    store: Store, said: int, pieces: int
) -> None:
    config, info = replace(CONFIG, context_tokens=said), await store.sessions.create(ANN)
    for number, length in enumerate((8_000, 8_000, 1)):
        await exchange(store, info, f"q{number} {'word ' * length}", f"a{number}")
    async with ScriptedModel((ContextTooLong(),), (ContextTooLong(),)) as model:
        with pytest.raises(ContextTooLong):
            await a_compactor(store, model).by_hand(config, ANN, info.id, "")
    async with ScriptedModel((ContextTooLong(),), *[says(GIST)] * pieces) as model:
        assert await a_compactor(store, model).by_hand(config, ANN, info.id, "") is not None
        refused, *others = (len(request.messages[1].content) for request in model.requests)
        assert max(others) < 0.7 * refused


async def test_a_second_summary_tells_of_the_first(store: Store) -> None:
    info = await store.sessions.create(ANN)
    await filled(store, info, 2)
    async with ScriptedModel(says(GIST), says("And more.")) as model:
        compactor = a_compactor(store, model)
        await compactor.by_hand(CONFIG, ANN, info.id, "")
        assert await compactor.by_hand(CONFIG, ANN, info.id, "") is None  # all that is left is recent
        await exchange(store, info, "q2", "a2")
        second = await compactor.by_hand(CONFIG, ANN, info.id, "")
        said = model.requests[1].messages[1].content
    assert GIST in said
    assert "q1" in said
    assert "q0" not in said
    assert second is not None
    assert second.text == "And more."


async def test_what_does_not_fit_one_request_is_summarised_in_steps_and_what_is_too_much_is_said(store: Store) -> None:
    info = await store.sessions.create(ANN)
    await filled(store, info, 20)
    config = SMALL
    steps = [says(f"Notes {step}.") for step in range(4)]
    async with ScriptedModel(*steps) as model:
        gist = await a_compactor(store, model).by_hand(config, ANN, info.id, "")
        assert "Notes 2." in model.requests[3].messages[1].content
    assert gist is not None
    assert (gist.text, gist.data["left_out"]) == ("Notes 3.", True)


async def test_megabytes_are_made_into_requests_beside_the_loop(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def noted(older: Sequence[tuple[Entry, Message]], size: int) -> list[str]:
        threads.append(threading.current_thread())
        return pieces_of(older, size)

    monkeypatch.setattr("agent.compactor.pieces_of", noted)
    info = await store.sessions.create(ANN)
    await filled(store, info, 2)
    async with ScriptedModel(says(GIST)) as model:
        await a_compactor(store, model).by_hand(CONFIG, ANN, info.id, "")
    assert [thread is threading.main_thread() for thread in threads] == [False]


async def test_two_at_once_make_one(store: Store) -> None:
    info = await store.sessions.create(ANN)
    await filled(store, info, 2)
    gate = Pause()
    async with ScriptedModel(says(gate, GIST)) as model:
        compactor = a_compactor(store, model)
        first = asyncio.create_task(compactor.by_hand(CONFIG, ANN, info.id, ""))
        await gate.reached.wait()
        assert compactor.is_at_it(info.id)
        second = asyncio.create_task(compactor.by_hand(CONFIG, ANN, info.id, ""))
        gate.release.set()
        assert [gist is not None for gist in await asyncio.gather(first, second)] == [True, False]
        assert not compactor.is_at_it(info.id)
