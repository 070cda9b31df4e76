"""Answers on their way to a real discord.py client: what Ann sees, and when."""

import asyncio
import time

import pytest

from agent.errors import Overloaded
from agent.events import KeptFinished, RetryWaiting
from delivery import answer
from playground.standin import Fault
from storage.records import TurnState
from tests.delivery.cast import Cast, labels

LINE = "-# 1 · Auth bug"


async def test_a_direct_message_that_waits_comes_below_the_one_it_waits_for(cast: Cast) -> None:
    first = await cast.start(cast.direct())
    await cast.submit(cast.direct(), TurnState.QUEUED)
    await cast.queue()
    await cast.seen(lambda m: "number 1 in line" in m.text, cast.ann.dm)
    thinking, waiting = cast.ann.sees(cast.ann.dm)
    assert "thinking" in thinking.text
    assert "number 1 in line" in waiting.text
    await cast.end(first, "So it is.")
    await cast.seen(lambda m: m.text.startswith("So it is."), cast.ann.dm)


async def test_a_line_that_fails_holds_nobody_up_for_long(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "ORDER_SECONDS", 0.05)
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", status=503))
    await cast.start(cast.direct())
    await cast.submit(cast.direct(), TurnState.QUEUED)
    await cast.queue()
    await cast.seen(lambda m: "number 1 in line" in m.text, cast.ann.dm)


async def test_a_private_answer_thinks_streams_and_ends_in_one_message(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    thinking = await cast.seen(lambda m: m.text == f"{LINE} · thinking…")
    assert (thinking.ephemeral, labels(thinking)) == (True, ["Stop"])
    cast.delta(turn, "Bec")
    await cast.seen(lambda m: m.text == f"Bec\n{LINE} · writing…")
    await cast.end(turn, "Because.")
    await cast.settled()
    assert thinking.text == f"Because.\n{LINE}"
    assert labels(thinking) == ["Reply"]
    assert cast.ann.sees(cast.general) == [thinking]
    assert await cast.states(turn) == ["final"]


async def test_a_direct_answer_begins_with_its_first_words(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "Bec")
    first = await cast.seen(lambda m: m.text == f"Bec\n{LINE} · writing…", cast.ann.dm)
    await cast.end(turn, "Because.")
    await cast.settled()
    assert first.text == f"Because.\n{LINE}"
    assert [version.content for version in first.history] == [f"Bec\n{LINE} · writing…"]


async def test_a_model_that_is_silent_for_long_is_shown_thinking_with_stop(cast: Cast) -> None:
    await cast.start(cast.direct())
    shown = await cast.seen(lambda m: "thinking…" in m.text, cast.ann.dm)
    assert labels(shown) == ["Stop"]


async def test_fast_deltas_cost_few_edits_and_none_after_the_end(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    for number in range(500):
        cast.delta(turn, f"{number} ")
        if number % 100 == 0:
            await cast.seen(lambda m, n=number: str(n) in m.text, cast.ann.dm)
    text = "".join(f"{number} " for number in range(500))
    await cast.end(turn, text)
    await cast.settled()
    calls = [call for call in cast.standin.calls if call.method in ("POST", "PATCH") and "/messages" in call.route]
    assert len(calls) <= 7
    cast.delta(turn, "late")
    assert cast.ann.sees(cast.ann.dm)[-1].text.endswith(f"499\n{LINE}")


async def test_a_long_answer_goes_on_in_further_messages_as_private_as_the_first(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    code = "\n".join(f"step_{number} = {number}" for number in range(300))
    text = f"Look:\n```python\n{code}\n```\nDone."
    for at in range(0, len(text), 700):
        cast.delta(turn, text[at : at + 700])
        await cast.seen(lambda m: "writing…" in m.text)
    await cast.end(turn, text)
    await cast.settled()
    parts = cast.ann.sees(cast.general)
    assert [part.ephemeral for part in parts] == [True] * len(parts)
    assert [labels(part) for part in parts] == [[]] * (len(parts) - 1) + [["Reply"]]
    assert all(part.text.count("```python") == 1 and part.text.count("```") == 2 for part in parts)
    assert await cast.states(turn) == ["final"] * len(parts)


async def test_a_stopped_answer_is_marked_and_offers_retry_until_something_else_is_asked(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.delta(turn, "So far")
    await cast.end(turn, "So far", TurnState.STOPPED)
    shown = await cast.seen(lambda m: m.text == f"So far\n-# ■ Stopped. What was written is kept.\n{LINE}")
    await cast.settled()
    assert labels(shown) == ["Reply", "Finish", "Retry"]
    await cast.start(cast.direct())
    await cast.seen(lambda m: m is shown and labels(m) == ["Reply"])
    assert shown.text.startswith("So far\n")


async def test_the_last_of_those_that_waited_offers_what_a_last_answer_does(cast: Cast) -> None:
    running = await cast.start(cast.direct())
    first, last = [await cast.submit(cast.direct(), TurnState.QUEUED, words) for words in ("one", "two")]
    await cast.queue()
    await cast.end(running, "Done.")
    for turn in (first, last):
        await cast.store.turns.ask(cast.actor, turn.id)
        await cast.queue()
        cast.started(turn)
        await cast.end(turn, turn.prompt, TurnState.STOPPED)
    await cast.settled()
    shown = {m.text.partition("\n")[0]: labels(m) for m in cast.ann.sees(cast.ann.dm)}
    assert (shown["one"], shown["two"]) == (["Reply"], ["Reply", "Finish", "Retry"])


async def test_a_failure_is_told_where_it_was_asked(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    await cast.end(turn, "", TurnState.FAILED, Overloaded())
    shown = await cast.seen(lambda m: m.text == f"{Overloaded.sentence}\n{LINE}")
    assert labels(shown) == ["Retry"]


async def test_a_retry_of_the_model_is_told_while_it_waits(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    event = RetryWaiting(
        actor=cast.actor, session=cast.session, generation=1, turn=turn, error=Overloaded(), seconds=4, attempt=2, attempts=3
    )
    cast.deliverer.on_event(event)
    await cast.seen(lambda m: "trying again in 4 s, 2 of 3" in m.text, cast.ann.dm)
    cast.delta(turn, "Here")
    await cast.seen(lambda m: m.text == f"Here\n{LINE} · writing…", cast.ann.dm)


async def test_deltas_of_an_older_build_are_dropped(cast: Cast) -> None:
    turn = await cast.start(cast.direct(), generation=2)
    cast.delta(turn, "ghost", generation=1)
    cast.delta(turn, "real", generation=2)
    assert (await cast.seen(lambda m: "real" in m.text, cast.ann.dm)).text == f"real\n{LINE} · writing…"


async def test_a_waiting_prompt_shows_its_place_then_becomes_the_answer(cast: Cast) -> None:
    running = await cast.start(cast.direct())
    first = await cast.submit(cast.direct(), TurnState.QUEUED)
    second = await cast.submit(await cast.private(), TurnState.QUEUED)
    await cast.queue()
    shown = await cast.seen(lambda m: "Waiting in **1 · Auth bug**, number 2 in line." in m.text)
    assert labels(shown) == ["Remove"]
    await cast.end(running, "Done.")
    await cast.store.turns.ask(cast.actor, first.id)
    await cast.queue()
    await cast.seen(lambda m: m is shown and "number 1" in m.text)
    await cast.store.turns.ask(cast.actor, second.id)
    await cast.queue()
    cast.started(second)
    cast.delta(second, "Now")
    assert await cast.seen(lambda m: m.text.startswith("Now")) is shown


async def test_a_prompt_that_was_edited_shows_its_new_words_while_it_waits(cast: Cast) -> None:
    await cast.start(cast.direct())
    waiting = await cast.submit(cast.direct(), TurnState.QUEUED, "old words")
    await cast.queue()
    shown = await cast.seen(lambda m: "> old words" in m.text, cast.ann.dm)
    await cast.store.turns.reword(cast.actor, waiting.id, "new words")
    await cast.queue()
    await cast.seen(lambda m: m is shown and "> new words" in m.text, cast.ann.dm)


async def test_a_removed_prompt_says_so_and_a_paused_one_waits_for_its_owner(cast: Cast) -> None:
    removed = await cast.submit(cast.direct(), TurnState.PAUSED, "first\nwords")
    await cast.queue()
    shown = await cast.seen(lambda m: "> first words" in m.text, cast.ann.dm)
    assert labels(shown) == ["Send", "Remove"]
    await cast.store.turns.remove(cast.actor, removed.id)
    await cast.queue()
    await cast.settled()
    assert (shown.text, labels(shown)) == ("Removed.", [])


async def test_the_privacy_notice_rides_on_the_very_first_answer_only(newcomer: Cast) -> None:
    for text in ("one", "two"):
        turn = await newcomer.start(newcomer.direct())
        await newcomer.end(turn, text)
        await newcomer.settled()
    one, two = newcomer.ann.sees(newcomer.ann.dm)
    assert one.text == f"one\n-# Only you can read this.\n{LINE}"
    assert two.text == f"two\n{LINE}"


async def test_a_kept_session_is_told_of_once_its_answer_can_be_read(cast: Cast) -> None:
    event = KeptFinished(actor=cast.actor, session=cast.session, generation=1)
    turn = await cast.start(cast.direct())
    await cast.end(turn, "the whole answer")
    cast.deliverer.on_event(event)
    assert cast.kept == []
    await cast.settled()
    assert cast.kept == [event]


async def test_a_kept_session_is_told_of_though_a_prompt_is_paused_in_it(cast: Cast) -> None:
    await cast.submit(cast.direct(), TurnState.PAUSED)
    await cast.queue()
    cast.deliverer.on_event(KeptFinished(actor=cast.actor, session=cast.session, generation=1))
    (told,) = [task for task in asyncio.all_tasks() if task.get_name().startswith("kept-")]
    await asyncio.wait_for(told, 5)
    assert len(cast.kept) == 1


async def test_a_fault_in_an_interim_edit_costs_only_that_edit(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "one ")
    await cast.seen(lambda m: "one" in m.text, cast.ann.dm)
    cast.standin.faults.add(Fault(route="PATCH /channels/*", status=503))
    cast.delta(turn, "two ")
    await cast.end(turn, "one two")
    await cast.settled()
    assert cast.ann.sees(cast.ann.dm)[-1].text == f"one two\n{LINE}"


async def test_first_words_and_the_end_wait_for_no_interval(cast: Cast) -> None:
    cast.deliverer = cast.begin(interval=60)
    turn = await cast.start(await cast.private())
    await cast.seen(lambda m: "thinking…" in m.text)
    cast.delta(turn, "Bec")
    shown = await cast.seen(lambda m: m.text.startswith("Bec"))
    cast.delta(turn, "au")
    await cast.end(turn, "Because.")
    await cast.settled()
    assert shown.text == f"Because.\n{LINE}"


async def test_a_model_that_thinks_says_for_how_long_until_it_writes(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    turn = await cast.start(await cast.private())
    await cast.seen(lambda m: m.text == f"{LINE} · thinking…")
    loop = asyncio.get_running_loop()
    cast.think(turn)
    monkeypatch.setattr(loop, "time", lambda: time.monotonic() + 12)
    cast.think(turn)
    shown = await cast.seen(lambda m: "thinking… 12 s" in m.text)
    cast.delta(turn, "Bec")
    await cast.seen(lambda m: m.text == f"Bec\n{LINE} · writing…")
    await cast.end(turn, "Because.")
    await cast.settled()
    assert shown.text == f"Because.\n{LINE}"
