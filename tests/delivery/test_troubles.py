"""When Discord fails, forgets or refuses: the words arrive all the same, or the journal says that they could not."""

import pytest

from agent.errors import CutOff
from agent.events import TurnSaved
from playground.standin import Fault
from storage.errors import StoreUnavailable
from storage.records import DeliveryState, Prompt, Source, SourceKind, Target, TurnState
from tests.delivery.cast import Cast, labels

LINE = "-# 1 · Auth bug"
FAULTS = [
    Fault(route="PATCH /channels/*", status=503, times=2),
    Fault(route="PATCH /channels/*", cut=True, times=2),
    Fault(route="PATCH /channels/*", cut=True, when="after"),
]


@pytest.mark.parametrize("fault", FAULTS, ids=["503", "cut", "cut after its effect"])
async def test_the_final_edit_is_tried_again(cast: Cast, fault: Fault) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "So")
    await cast.seen(lambda m: m.text.startswith("So"), cast.ann.dm)
    cast.standin.faults.add(fault)
    await cast.end(turn, "So it is.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"So it is.\n{LINE}"]
    assert await cast.states(turn) == ["final"]


async def test_a_send_whose_outcome_was_not_learnt_makes_no_second_message(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", cut=True, when="after"))
    await cast.end(turn, "Once.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"Once.\n{LINE}"]


async def test_a_message_that_was_deleted_meanwhile_comes_anew(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "So")
    shown = await cast.seen(lambda m: m.text.startswith("So"), cast.ann.dm)
    await cast.client.get_partial_messageable(cast.ann.dm.id).get_partial_message(shown.id).delete()
    cast.delta(turn, " it")
    await cast.end(turn, "So it is.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"So it is.\n{LINE}"]


async def test_an_answer_that_outlives_its_token_ends_in_direct_messages(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.delta(turn, "So")
    await cast.seen(lambda m: m.text.startswith("So"))
    cast.clock.advance(901)
    cast.delta(turn, " it")
    await cast.end(turn, "So it is.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"So it is.\n{LINE}"]
    assert await cast.states(turn) == ["final"]


async def test_only_the_parts_that_could_not_be_shown_go_elsewhere(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    first, second = "one " * 400, "two " * 400
    cast.delta(turn, first + second)
    await cast.seen(lambda m: "two" in m.text and "writing…" in m.text)
    cast.clock.advance(901)
    await cast.end(turn, first + second + "three")
    await cast.settled()
    (moved,) = cast.ann.sees(cast.ann.dm)
    assert moved.text.endswith(f"two three\n{LINE}")
    assert "one" not in moved.text


async def test_closed_direct_messages_are_journalled_as_undeliverable(cast: Cast) -> None:
    target = cast.direct()
    turn = await cast.start(target)
    cast.ann.close_dms()
    await cast.end(turn, "Nobody hears.")
    await cast.settled()
    assert await cast.states(turn) == ["undeliverable"]


async def test_while_discord_is_away_the_answer_is_left_for_the_next_start(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    away = cast.standin.faults.add(Fault(route="* /channels/*", status=503, times=None))
    await cast.end(turn, "Later.")
    await cast.settled()
    assert await cast.states(turn) == ["unknown"]
    cast.standin.faults.remove(away)
    await cast.begin().recover()
    await cast.settled()
    assert cast.ann.sees(cast.ann.dm)[-1].text == f"Later.\n{LINE}"


async def crashed(cast: Cast, target: Target, text: str, outcome: TurnState) -> None:
    """An answer was half shown when the process ended; the agent's own mending has closed the turn since."""
    turn = await cast.start(target)
    cast.delta(turn, text[: len(text) // 2])
    await cast.seen(lambda m: "writing…" in m.text)
    await cast.deliverer.close(timeout=0)
    await cast.store.turns.end(cast.actor, turn.id, outcome, text=text, error=CutOff.kind)


async def test_after_a_crash_the_old_messages_are_made_whole_with_mark_and_buttons(cast: Cast) -> None:
    text = "one " * 400 + "two " * 400
    await crashed(cast, await cast.private(), text, TurnState.INTERRUPTED)
    await cast.begin().recover()
    await cast.settled()
    first, second = cast.ann.sees(cast.general)
    assert "writing…" not in first.text + second.text
    assert f"two\n-# I was restarted while writing this. What was written is kept.\n{LINE}" in second.text
    assert (labels(first), labels(second)) == ([], ["Reply", "Finish", "Retry"])


async def test_after_a_crash_whose_token_has_expired_the_answer_comes_directly(cast: Cast) -> None:
    await crashed(cast, await cast.private(), "So it is.", TurnState.TRUNCATED)
    cast.clock.advance(901)
    await cast.begin().recover()
    await cast.settled()
    assert cast.ann.sees(cast.ann.dm)[-1].text == f"So it is.\n-# {CutOff.sentence}\n{LINE}"
    assert [row.target.token for _, row in await cast.store.upkeep.open_deliveries()] == []


async def test_the_end_of_a_turn_that_was_never_seen_is_delivered(cast: Cast) -> None:
    turn = await cast.submit(cast.direct())
    await cast.end(turn, "Out of nowhere.", TurnState.INTERRUPTED)
    await cast.seen(lambda m: m.text.startswith("Out of nowhere.\n-# I was restarted"), cast.ann.dm)


async def test_a_stored_answer_is_shown_whole_and_can_be_replied_to(cast: Cast) -> None:
    turn = await cast.submit(cast.direct())
    ended = await cast.store.turns.end(cast.actor, turn.id, TurnState.STOPPED, text="word " * 900)
    await cast.deliverer.again.show(cast.actor, cast.session, ended, cast.direct())
    parts = cast.ann.sees(cast.ann.dm)
    assert [labels(part) for part in parts] == [[], [], ["Reply", "Finish", "Retry"]]
    linked = [await cast.store.deliveries.session_of(cast.actor, part.id) for part in parts]
    assert {session.id for session in linked} == {cast.session.id}


async def test_closing_lets_the_last_edit_finish_and_leaves_no_task(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    other = await cast.start(cast.direct())
    await cast.end(turn, "The end.")
    await cast.deliverer.close()
    await cast.deliverer.close()
    assert cast.ann.sees(cast.ann.dm)[-1].text == f"The end.\n{LINE}"
    assert await cast.states(other) == [DeliveryState.PENDING]


async def test_the_client_keeps_no_view(cast: Cast) -> None:
    turn = await cast.start(await cast.private())
    cast.delta(turn, "So")
    await cast.seen(lambda m: m.text.startswith("So"))
    await cast.end(turn, "So it is.")
    await cast.settled()
    assert cast.client.persistent_views == []
    assert not cast.client._connection._view_store._synced_message_views


async def test_a_disk_that_fails_does_not_keep_the_words_back(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "So")
    await cast.seen(lambda m: m.text.startswith("So"), cast.ann.dm)
    ended = await cast.store.turns.get(cast.actor, turn.id)
    await cast.store.close()
    cast.ended(ended, "So it is.", saved=False)
    await cast.seen(lambda m: "I couldn't save this answer" in m.text and m.text.startswith("So it is."), cast.ann.dm)


@pytest.mark.parametrize("direct", [True, False])
async def test_an_end_that_is_saved_later_says_so_no_more_and_is_not_shown_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, direct: bool
) -> None:
    turn = await cast.start(cast.direct() if direct else await cast.private())

    async def fails(*_: object) -> None:
        raise StoreUnavailable("disk")

    with monkeypatch.context() as broken:
        broken.setattr(cast.store.deliveries, "put", fails)
        cast.delta(turn, "So")
        cast.ended(turn, "So it is.", saved=False)
        await cast.seen(lambda m: "I couldn't save this answer" in m.text)
        await cast.settled()
    await cast.saved(turn, "So it is.")
    await cast.settled()
    await cast.deliverer.close()
    await cast.begin().recover()
    await cast.settled()
    (shown,) = cast.ann.sees(cast.ann.dm if direct else cast.general)
    assert (shown.text, labels(shown)) == (f"So it is.\n{LINE}", ["Reply"])
    assert await cast.states(turn) == ["final"]


async def test_what_was_kept_of_an_end_that_was_saved_as_less_is_not_said_to_be_all(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = await cast.start(cast.direct())
    cast.ended(turn, "So it is.", saved=False)
    await cast.seen(lambda m: "I couldn't save this answer" in m.text)
    await cast.settled()
    less = await cast.store.turns.end(cast.actor, turn.id, TurnState.INTERRUPTED, text="So")
    cast.deliverer.on_event(TurnSaved(actor=cast.actor, session=cast.session, generation=1, turn=less))
    await cast.settled()
    assert "I couldn't save this answer" in cast.ann.sees(cast.ann.dm)[-1].text


async def test_a_prompt_that_is_paused_where_its_token_has_expired_asks_directly(cast: Cast) -> None:
    target = await cast.private()
    await cast.submit(target, TurnState.PAUSED, "still wanted?")
    cast.clock.advance(901)
    await cast.queue()
    asked = await cast.seen(lambda m: "> still wanted?" in m.text, cast.ann.dm)
    assert labels(asked) == ["Send", "Remove"]


async def test_a_place_in_line_that_could_not_be_shown_is_shown_a_moment_later(cast: Cast) -> None:
    await cast.submit(cast.direct(), TurnState.QUEUED)
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", status=503))
    await cast.queue()
    await cast.seen(lambda m: "number 1 in line" in m.text, cast.ann.dm)


async def test_an_end_that_is_shorter_than_what_was_shown_takes_the_rest_away(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.delta(turn, "one " * 900)
    await cast.seen(lambda m: "writing…" in m.text, cast.ann.dm)
    await cast.end(turn, "Short.")
    await cast.settled()
    assert [message.text for message in cast.ann.sees(cast.ann.dm)] == [f"Short.\n{LINE}"]


async def test_a_send_that_is_repeated_after_its_outcome_was_not_learnt_shows_the_newest_words(cast: Cast) -> None:
    """Discord answers the repeated send with the message that there is, which shows what was sent first."""
    turn = await cast.start(cast.direct())
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", cut=True, when="after"))
    cast.delta(turn, "So")
    await cast.seen(lambda m: m.text.startswith("So"), cast.ann.dm)
    await cast.end(turn, "So it is.")
    await cast.settled()
    (shown,) = cast.ann.sees(cast.ann.dm)
    assert (shown.text, labels(shown)) == (f"So it is.\n{LINE}", ["Reply"])


async def test_a_message_that_comes_anew_has_a_nonce_of_its_own(cast: Cast) -> None:
    """Discord refuses the nonce of a message that was deleted with "Unknown Message" (discord-api-docs#6647)."""
    turn = await cast.start(cast.direct())
    cast.delta(turn, "So")
    shown = await cast.seen(lambda m: m.text.startswith("So"), cast.ann.dm)
    await cast.client.get_partial_messageable(cast.ann.dm.id).get_partial_message(shown.id).delete()
    await cast.end(turn, "So it is.")
    await cast.settled()
    assert cast.ann.sees(cast.ann.dm)[-1].text == f"So it is.\n{LINE}"
    nonces = [call.request["nonce"] for call in cast.standin.calls if call.route.endswith("/messages")]
    assert len(set(nonces)) == len(nonces) == 2


async def crashed_while_sending(cast: Cast) -> None:
    """The message is there, but its sender ended before it could learn so."""
    turn = await cast.start(cast.direct())
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", cut=True, when="after"))
    cast.delta(turn, "So")
    await cast.seen(lambda m: m.text.startswith("So"), cast.ann.dm)
    await cast.deliverer.close(timeout=0)
    await cast.store.turns.end(cast.actor, turn.id, TurnState.INTERRUPTED, text="So")


async def test_a_crash_while_sending_leaves_word_that_there_may_be_a_message(cast: Cast) -> None:
    await crashed_while_sending(cast)
    await cast.begin().recover()
    await cast.settled()
    (shown,) = cast.ann.sees(cast.ann.dm)
    assert shown.text.startswith("So\n-# I was restarted")


async def test_a_send_whose_outcome_was_not_learnt_is_found_long_after_a_crash(cast: Cast) -> None:
    """Its nonce is forgotten by then, and its buttons name the turn."""
    await crashed_while_sending(cast)
    cast.clock.advance(3600)
    await cast.begin().recover()
    await cast.settled()
    (shown,) = cast.ann.sees(cast.ann.dm)
    assert shown.text.startswith("So\n-# I was restarted")


async def replaced(cast: Cast, target: Target, text: str) -> None:
    """An answer was half shown when the process ended, and asked anew before it could be mended."""
    turn = await cast.start(target)
    cast.delta(turn, text)
    await cast.seen(lambda m: "writing…" in m.text)
    await cast.deliverer.close(timeout=0)
    await cast.store.turns.end(cast.actor, turn.id, TurnState.INTERRUPTED, text=text)
    source = Source(kind=SourceKind.MESSAGE, id=77, channel_id=1)
    again = await cast.store.turns.retry(cast.actor, turn.id, Prompt(text="", source=source))
    await cast.store.turns.end(cast.actor, again.id, TurnState.COMPLETED, text="So it is.")


async def test_an_answer_that_was_replaced_before_it_was_whole_shows_no_running_state(cast: Cast) -> None:
    await replaced(cast, cast.direct(), "So")
    await cast.begin().recover()
    await cast.settled()
    (shown,) = cast.ann.sees(cast.ann.dm)
    assert (shown.text, labels(shown)) == (f"-# A newer answer took the place of this one.\n{LINE}", [])
    assert await cast.store.upkeep.open_deliveries() == ()


async def test_a_replaced_answer_whose_token_has_expired_is_left_alone(cast: Cast) -> None:
    await replaced(cast, await cast.private(), "So")
    cast.clock.advance(901)
    await cast.begin().recover()
    await cast.settled()
    assert cast.ann.sees(cast.ann.dm) == []
    assert await cast.store.upkeep.open_deliveries() == ()


async def test_words_that_discord_does_not_take_are_told_of(cast: Cast) -> None:
    turn = await cast.start(cast.direct())
    cast.standin.faults.add(Fault(route="POST /channels/*/messages", status=400, code=50035, times=2))
    await cast.end(turn, "Unspeakable.")
    await cast.settled()
    (shown,) = cast.ann.sees(cast.ann.dm)
    assert shown.text == f"Discord doesn't take this part of the answer. It is kept: see it with /history.\n{LINE}"
    assert await cast.states(turn) == ["final"]
