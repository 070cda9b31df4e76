"""Discord fails for a moment, on any of the calls that an answer needs: each person still has it, once and whole."""

import asyncio
from pathlib import Path

import pytest

from playground.standin import DISCORD, Fault, Limit, Limits, Message, Person, SystemClock
from tests.e2e.team import Team, a_team, ended, is_ended

RESPOND, EDIT, DM_SEND, DM_EDIT = (
    "POST /interactions/*",
    "PATCH /webhooks/*",
    "POST /channels/*/messages",
    "PATCH /channels/*",
)
PASSING = [
    *(Fault(route="", status=status) for status in (500, 502, 503, 504)),
    *(Fault(route="", status=429, retry_after=0.02, scope=scope) for scope in ("user", "global", "shared")),
    Fault(route="", cut=True),
    Fault(route="", cut=True, when="after"),
    Fault(route="", status=500, when="after"),
]


def struck(fault: Fault, route: str) -> Fault:
    return Fault(
        route=route, status=fault.status, cut=fault.cut, when=fault.when, retry_after=fault.retry_after, scope=fault.scope
    )


def name_of(fault: Fault) -> str:
    what = "cut" if fault.cut else f"{fault.status} {fault.scope if fault.status == 429 else ''}".strip()
    return f"{what} {fault.when}"


def a_crowd(team: Team) -> list[Person]:
    """A person for each fault, so that all are struck at once."""
    return [team.discord.add_person(name_of(fault)) for fault in PASSING]


def let_fail(team: Team, route: str) -> None:
    for fault in PASSING:
        team.discord.faults.add(struck(fault, route))


def answers(team: Team, who: Person) -> list[Message]:
    return [m for place in (team.general, who.dm) for m in who.sees(place) if m.author.bot and "echo: hello" in m.text]


async def one_by_one(team: Team, route: str, *, direct: bool) -> None:
    """Each person asks while the next call of theirs fails."""
    for who, fault in zip(a_crowd(team), PASSING, strict=True):
        if fault.status is not None and fault.status != 429:
            continue  # those wait a second each; they are struck together
        team.discord.faults.add(struck(fault, route))
        answer = await (team.write(who, "hello") if direct else team.ask(who, "hello"))
        assert "echo: hello" in answer.text, name_of(fault)
        assert len(answers(team, who)) == 1, name_of(fault)


@pytest.mark.parametrize("route", [RESPOND, EDIT])
async def test_a_broken_line_or_a_limit_costs_a_private_answer_nothing(team: Team, route: str) -> None:
    await one_by_one(team, route, direct=False)


@pytest.mark.parametrize("route", [DM_SEND, DM_EDIT])
async def test_a_broken_line_or_a_limit_costs_a_direct_answer_nothing(team: Team, route: str) -> None:
    await one_by_one(team, route, direct=True)


@pytest.mark.parametrize("route", [RESPOND, EDIT, DM_SEND])
async def test_errors_of_discords_own_are_waited_out(team: Team, route: str) -> None:
    people = a_crowd(team)
    for fault in PASSING:
        if fault.status is not None and fault.status != 429:
            team.discord.faults.add(struck(fault, route))
    direct = route == DM_SEND
    await asyncio.gather(*(team.write(who, "hello") if direct else team.ask(who, "hello") for who in people))
    assert [len(answers(team, who)) for who in people] == [1] * len(people)


TOO_LATE = Fault(route=RESPOND, status=404, code=10062, message="Unknown interaction", times=None)


async def test_a_question_that_was_acknowledged_too_late_is_answered_in_direct_messages(team: Team) -> None:
    team.discord.faults.add(TOO_LATE)
    await team.ann.slash(team.general, "ask", prompt="my only copy")
    await team.ann.wait_for(lambda m: m.text.startswith("echo: my only copy") and is_ended(m), channel=team.ann.dm)
    assert len(team.gate.asked) == 1


async def test_what_was_acknowledged_too_late_gives_the_words_back_in_direct_messages(team: Team) -> None:
    team.discord.faults.add(TOO_LATE)
    await team.ann.slash(team.general, "new", prompt="my only copy")
    told = await team.ann.wait_for(lambda m: "my only copy" in m.text, channel=team.ann.dm)
    assert "answered too late, so nothing was done" in told.text
    assert team.gate.asked == []


async def test_a_response_that_got_through_after_all_is_not_given_twice(team: Team) -> None:
    team.discord.faults.add(Fault(route=RESPOND, cut=True, when="after"))
    sessions = await (await team.ann.slash(team.general, "quit")).message()
    assert sessions.ephemeral
    team.discord.faults.add(Fault(route=RESPOND, cut=True, when="after"))
    await team.ann.slash(team.ann.dm, "ask", prompt="hello")
    await team.ann.wait_for(lambda m: m.text.startswith("echo: hello") and is_ended(m), channel=team.ann.dm)
    assert not any("One moment" in m.text for m in team.ann.sees(team.ann.dm))


async def test_discords_limits_cost_nobody_an_answer(tmp_path: Path) -> None:
    """Each limit of Discord's own, in a fifth of its time, with more people at once than the one over all lets through."""
    routes = tuple(Limit(limit.route, limit.calls, limit.seconds / 5) for limit in DISCORD.routes)
    async with a_team(tmp_path, clock=SystemClock(), limits=Limits(routes=routes, over_all=Limit("*", 10, 0.2))) as team:
        people = [team.discord.add_person(f"person {number}") for number in range(12)]
        for direct in (False, True):
            await asyncio.gather(*(team.write(who, "hello") if direct else team.ask(who, "hello") for who in people))
        assert [len(answers(team, who)) for who in people] == [2] * len(people)


async def test_slow_answers_of_discord_hold_up_nobody_else(team: Team) -> None:
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    await asked.message(lambda m: "first words" in m.text)
    slow = team.discord.faults.add(Fault(route=EDIT, delay=10.0))
    team.gate.release()
    async with asyncio.timeout(10):
        while slow.times:  # noqa: ASYNC110 - a call that waits changes nothing that anybody sees
            await asyncio.sleep(0.01)
    assert (await team.ask(team.bob, "hello")).text.startswith("echo: hello")
    team.clock.advance(10.0)
    assert "and the end" in (await ended(asked)).text
