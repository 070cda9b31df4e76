"""What becomes of one asked turn: its outcome, its tries, and what the store has of it."""

from dataclasses import replace

import pytest

from agent.deadlines import Deadlines
from agent.errors import (
    BadKey,
    ContextTooLong,
    CutOff,
    ModelError,
    Overloaded,
    RateLimited,
    Refused,
    Stalled,
    TookTooLong,
)
from agent.events import RetryWaiting, TextDelta, ThoughtDelta
from agent.model import Finish, FinishReason, Message, Text, Thinking, Tokens
from storage.records import EntryKind, TurnState
from storage.store import Store
from tests.agent.people import ANN, CONFIG, Ear, Naps, a_session, texts, words
from tests.agent.scripted_model import Pause, Script, ScriptedModel, says

AT_ONCE = replace(CONFIG, deadlines=Deadlines(first_delta=0.0, delta=0.0, total=10.0))


async def test_an_answer_is_told_as_it_comes_and_stored_whole(store: Store, ear: Ear) -> None:
    async with (
        ScriptedModel(says("Hel", "lo", tokens=Tokens(input=40, output=2))) as model,
        a_session(store, model, ear) as session,
    ):
        turn = await session.prompt(words("hi"))
        ended = await ear.until_ended()
    assert (ear.text, ended.outcome, ended.text) == ("Hello", TurnState.COMPLETED, "Hello")
    assert await texts(store, session.info) == ["hi", "Hello"]
    usage = (await store.turns.get(ANN, turn.id)).usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens) == (40, 2)
    assert usage.estimated_input_tokens > 0


async def test_thoughts_are_told_as_what_they_are_and_are_no_part_of_the_answer(store: Store, ear: Ear) -> None:
    async with (
        ScriptedModel(says(Thinking("hm, "), Thinking(""), "Hello")) as model,
        a_session(store, model, ear) as session,
    ):
        await session.prompt(words("hi"))
        ended = await ear.until_ended()
    assert [event.text for event in ear.of(ThoughtDelta)] == ["hm, ", ""]
    assert (ear.text, ended.text) == ("Hello", "Hello")
    assert await texts(store, session.info) == ["hi", "Hello"]


async def test_the_words_are_stored_before_the_model_is_asked(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel(says(gate, "x")) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words("hi"))
        await gate.reached.wait()
        assert (await store.turns.get(ANN, turn.id)).state is TurnState.ASKED
        assert await texts(store, session.info) == ["hi"]


async def test_the_model_sees_what_was_said(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says("one"), says("two")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("first"))
        await session.until_idle()
        await session.prompt(words("second"))
        await session.until_idle()
    assert [message.content for message in model.requests[1].messages[1:]] == ["first", "one", "second"]
    assert model.requests[1].messages[0] == Message("system", CONFIG.system_prompt)


@pytest.mark.parametrize(
    ("script", "outcome", "kind"),
    [
        (says("some", reason=FinishReason.LENGTH), TurnState.TRUNCATED, "length"),
        (("some", CutOff()), TurnState.TRUNCATED, "cut_off"),
        (("some",), TurnState.TRUNCATED, "cut_off"),
        (("some", Stalled()), TurnState.TRUNCATED, "stalled"),
        (("some", TookTooLong()), TurnState.TRUNCATED, "took_too_long"),
        (says("some", reason=FinishReason.REFUSED), TurnState.TRUNCATED, "refused"),
        ((BadKey(),), TurnState.FAILED, "bad_key"),
        (says(), TurnState.FAILED, "empty"),
        (says(" \n"), TurnState.FAILED, "empty"),
        (says(reason=FinishReason.REFUSED), TurnState.FAILED, "refused"),
        (says(reason=FinishReason.LENGTH), TurnState.FAILED, "empty"),
    ],
)
async def test_each_end_has_its_outcome_and_its_reason(
    store: Store, ear: Ear, script: Script, outcome: TurnState, kind: str
) -> None:
    async with ScriptedModel(script) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words())
        ended = await ear.until_ended()
    stored = await store.turns.get(ANN, turn.id)
    assert (stored.state, stored.error) == (outcome, kind)
    assert (ended.outcome, ended.text) == (outcome, "some" if outcome is TurnState.TRUNCATED else "")


@pytest.mark.parametrize(("error", "is_blamed"), [(ContextTooLong(), True), (Refused(words="No."), True), (BadKey(), False)])
async def test_only_a_prompt_that_was_the_cause_stays_out_of_later_contexts(
    store: Store, ear: Ear, error: ModelError, is_blamed: bool
) -> None:
    async with ScriptedModel((error,), says("fine")) as model, a_session(store, model, ear) as session:
        await session.prompt(words("the first"))
        await session.until_idle()
        await session.prompt(words("the second"))
        await session.until_idle()
    assert ("the first" in model.requests[1].messages[-1].content) is not is_blamed
    assert (await store.transcripts.path(ANN, session.info.id))[1].kind == EntryKind.FAILURE


async def test_a_passing_failure_is_tried_again_and_told(store: Store, ear: Ear) -> None:
    naps = Naps()
    script = ((Overloaded(),), (CutOff(),), says("at last"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear, naps=naps) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
    assert ended.text == "at last"
    assert [(event.attempt, event.attempts, event.error.kind) for event in ear.of(RetryWaiting)] == [
        (2, 3, "overloaded"),
        (3, 3, "cut_off"),
    ]
    first, second = (event.seconds for event in ear.of(RetryWaiting))
    assert 0.8 <= first <= 1.2
    assert 1.6 <= second <= 2.4


@pytest.mark.parametrize(("wait", "waited"), [(7.0, 7.0), (3600.0, 60.0), (0.0, 0.0)])
async def test_the_wait_a_service_asks_for_is_honoured_up_to_a_minute(
    store: Store, ear: Ear, wait: float, waited: float
) -> None:
    async with ScriptedModel((RateLimited(wait=wait),), says("ok")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await ear.until_ended()
    assert [event.seconds for event in ear.of(RetryWaiting)] == [waited]


async def test_three_tries_are_all(store: Store, ear: Ear) -> None:
    async with ScriptedModel(*[(Overloaded(),)] * 3) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
    assert ended.outcome is TurnState.FAILED
    assert isinstance(ended.error, Overloaded)


async def test_an_end_without_a_word_or_a_reason_is_tried_again(store: Store, ear: Ear) -> None:
    async with ScriptedModel((), says("ok")) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        assert (await ear.until_ended()).text == "ok"


async def test_nothing_is_tried_again_once_text_came(store: Store, ear: Ear) -> None:
    async with ScriptedModel(("some", Overloaded())) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        assert (await ear.until_ended()).outcome is TurnState.TRUNCATED
    assert ear.of(RetryWaiting) == []


async def test_a_silent_model_is_not_waited_for(store: Store, ear: Ear) -> None:
    async with ScriptedModel(says(Pause(), "x")) as model, a_session(store, model, ear, config=AT_ONCE) as session:
        await session.prompt(words())
        assert isinstance((await ear.until_ended()).error, Stalled)


async def test_what_nobody_foresaw_is_a_failure_that_is_told(store: Store, ear: Ear) -> None:
    model = ScriptedModel()
    async with a_session(store, model, ear) as session:
        await session.prompt(words())
        ended = await ear.until_ended()
    assert (model.unexpected, ended.outcome) == (1, TurnState.FAILED)
    assert ended.error is not None


async def test_older_words_that_no_longer_fit_are_said_once(store: Store, ear: Ear) -> None:
    config = replace(CONFIG, context_tokens=120, reply_reserve=20)
    first, *others = [says("x" * 300) for _ in range(4)]
    async with ScriptedModel(first, (Overloaded(),), *others) as model, a_session(store, model, ear, config=config) as session:
        for number in range(4):
            await session.prompt(words(f"{number}"))
            await session.until_idle()
    told = [ended.context_trimmed for ended in [await ear.until_ended(number) for number in (1, 2, 3, 4)]]
    assert told.count(True) == 1
    assert not told[0]


async def test_that_a_session_is_nearly_full_is_said_once_and_before_anything_is_left_out(store: Store, ear: Ear) -> None:
    config = replace(CONFIG, context_tokens=240, reply_reserve=20)
    *others, last = [says("x" * 150) for _ in range(6)]
    async with ScriptedModel(*others, (Overloaded(),), last) as model, a_session(store, model, ear, config=config) as session:
        for number in range(6):
            await session.prompt(words(f"{number}"))
            await session.until_idle()
    ends = [await ear.until_ended(number) for number in range(1, 7)]
    full = [ended.context_nearly_full for ended in ends]
    assert (full.count(True), full[0]) == (1, False)
    assert full.index(True) < [ended.context_trimmed for ended in ends].index(True)


async def test_the_next_estimate_is_corrected_by_what_the_server_counted(store: Store, ear: Ear) -> None:
    config = replace(CONFIG, context_tokens=1000, reply_reserve=0)
    long = "word " * 200
    script = (says(long, tokens=Tokens(input=4000, output=200)), (Overloaded(),), says("b"))
    async with ScriptedModel(*script) as model, a_session(store, model, ear, config=config) as session:
        for text in ("first", "second"):
            await session.prompt(words(text))
            await session.until_idle()
    assert [message.content for message in model.requests[2].messages[1:]] == ["second"]


async def test_an_answer_whose_end_was_said_is_whole_though_a_stop_comes_before_the_last_byte(store: Store, ear: Ear) -> None:
    gate = Pause()
    script = ("whole", Finish(FinishReason.STOP), gate)
    async with ScriptedModel(script) as model, a_session(store, model, ear) as session:
        await session.prompt(words())
        await gate.reached.wait()
        stopped = await session.abort()
    assert stopped is not None
    assert stopped.state is TurnState.COMPLETED


async def test_a_delta_is_told_before_it_is_stored(store: Store, ear: Ear) -> None:
    gate = Pause()
    async with ScriptedModel((Text("a"), gate)) as model, a_session(store, model, ear) as session:
        turn = await session.prompt(words())
        told = await ear.until(TextDelta)
        assert (told.text, told.turn.id) == ("a", turn.id)
