"""Cut lines, refusals and crashes in random order: in the end the answer is there, once and whole."""

import asyncio
import random

import pytest

from delivery import render
from delivery.long import IN_FILE
from delivery.render import Ending
from playground.standin import Fault, Message
from storage.records import Surface, Target, Turn, TurnState
from tests.delivery.cast import Cast, labels


def trouble(chance: random.Random, surface: Surface) -> Fault:
    """Any call fails, before or after its effect."""
    send = chance.random() < 0.5
    if surface is Surface.EPHEMERAL:
        route = "POST /webhooks/*" if send else "PATCH /webhooks/*"
        return Fault(route=route, cut=True, when=chance.choice(("before", "after")))
    route = "POST /channels/*/messages" if send else "PATCH /channels/*"
    times = chance.randint(1, 2)
    if chance.random() < 0.3:
        return Fault(route=route, status=503, times=times)
    return Fault(route=route, cut=True, when=chance.choice(("before", "after")), times=times)


async def stream(cast: Cast, turn: Turn, words: list[str], chance: random.Random, surface: Surface) -> None:
    for _ in range(chance.randint(1, 6)):
        if chance.random() < 0.6:
            cast.standin.faults.add(trouble(chance, surface))
        taken = chance.randint(0, len(words))
        if taken:
            cast.delta(turn, "".join(words[:taken]))
            del words[:taken]
        await asyncio.sleep(chance.choice((0, 0, 0.01, 0.06)))


async def restart(cast: Cast) -> None:
    await cast.deliverer.close(timeout=0)
    cast.deliverer = cast.begin()
    await cast.deliverer.recover()
    await cast.settled()


async def target_of(cast: Cast, surface: Surface) -> Target:
    return cast.direct() if surface is Surface.DIRECT else await cast.private()


def told_until(shown: list[Message], whole: list[str]) -> None:
    """The answer is whole up to the message that offers the rest; a message whose sender never learnt of it may follow."""
    offers = next(place for place, message in enumerate(shown) if labels(message) == [f"Rest {place + 1}"])
    assert [m.text for m in shown[:offers]] == whole[:offers]
    assert shown[offers].text == f"{whole[offers]}\n{render.small(render.REST_HERE)}"
    assert len(shown) <= len(whole)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("seed", range(12))
async def test_whatever_fails_on_the_way_the_answer_is_there_once_and_whole(cast: Cast, surface: Surface, seed: int) -> None:
    chance = random.Random(f"{surface} {seed}")
    words = [f"word{number} " for number in range(chance.choice((3, 30, 500, 800)))]
    text = "".join(words)
    turn = await cast.start(await target_of(cast, surface))
    await stream(cast, turn, words, chance, surface)
    if surface is Surface.DIRECT and chance.random() < 0.4:
        await cast.deliverer.close(timeout=0)
        await cast.store.turns.end(cast.actor, turn.id, TurnState.COMPLETED, text=text)
    else:
        await cast.end(turn, text)
        await cast.settled()
    cast.standin.faults.clear()
    await restart(cast)
    shown = cast.ann.sees(cast.ann.dm if surface is Surface.DIRECT else cast.general)
    whole = render.ended(cast.session, Ending(outcome=TurnState.COMPLETED, text=text, as_file=True))
    if any(label.startswith("Rest") for message in shown for label in labels(message)):
        told_until(shown, whole)
        return
    assert [message.text for message in shown] == whole
    files = [[file.data.decode() for file in message.attachments] for message in shown]
    assert files == [*[[]] * (len(whole) - 1), [text] if IN_FILE in whole[-1] else []]
    assert [labels(message) for message in shown] == [[]] * (len(shown) - 1) + [["Reply"]]
