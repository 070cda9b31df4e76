"""Every button that acts on a turn, pressed at every state that a turn can be in, also where nobody is shown it there any more.

A person may still have the button before them on a phone that was asleep, so that none is told "something went wrong", and
none does what it does not say.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from cogs.router import Router
from tests.e2e.scene import Moody, Outcome, Scene
from tests.e2e.team import a_team

STATES: Final = [
    "queued",
    "paused",
    "thinking",
    "writing",
    "completed",
    "older",
    "stopped",
    "cut",
    "failed",
    "interrupted",
    "removed",
    "binned",
]

TABLE: Final = {
    row.split()[0]: row.split()[1]
    for row in """
        stop         ssaasssssss-
        remove       aasssssssss-
        sendnow      aasssssssss-
        reword       oosssssssss-
        send         sasssssssss-
        reply        ooooooooooo-
        retry        ssssasaaaas-
        trynow       ssssasaaaas-
        finish       ssssssaasas-
        more         sssssssssss-
        edit         ssooosoooos-
        forkhere     ssssaaaaaas-
        differently  ooooooooooo-
        textfile     sssssssssss-
        thoughts     sssssssssss-
        forget       ssssaaaaaas-
        remember     ssssqqqqqqs-
        dm           sssssssssss-
        flip         ssssqsqqsqs-
        rest         --ssssssss--
        lift         ssssasaaaas-
        liftout      ssssasaaaas-
        keep         qqqqqqqqqqq-
        dont         ------------
    """.strip().splitlines()
}


OTHERS: Final = frozenset(
    [
        "about",
        "answeredit",
        "archive",
        "ask",
        "asked",
        "bin",
        "branch",
        "branches",
        "card",
        "clear",
        "compact",
        "compacted",
        "decide",
        "delete",
        "droppedin",
        "edited",
        "enter",
        "erase",
        "erased",
        "exportall",
        "exportas",
        "exportone",
        "forkone",
        "found",
        "here",
        "history",
        "instruct",
        "instructed",
        "lasts",
        "missed",
        "named",
        "newest",
        "newname",
        "newnamed",
        "open",
        "page",
        "panel",
        "pick",
        "pin",
        "private",
        "purge",
        "read",
        "rememberall",
        "restore",
        "rests",
        "retrywith",
        "reworded",
        "said",
        "seteffort",
        "setlong",
        "setmodel",
        "setrest",
        "settings",
        "settitles",
        "shelf",
        "spare",
        "stopbin",
        "summary",
        "sure",
        "takeall",
        "takenew",
        "unact",
        "unarchive",
        "undo",
        "unpin",
        "unsum",
    ]
)
"""The verbs that need more than a turn, or none: each has tests of its own."""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with a_team(tmp_path, model=Moody(), prompts_per_minute=0) as team:
        yield Scene(team)


@pytest.mark.parametrize("state", STATES)
async def test_each_button_does_what_it_says_or_tells_why_not(scene: Scene, state: str) -> None:
    expected = {verb: row[STATES.index(state)] for verb, row in TABLE.items()}
    got = {verb: await scene.outcome(verb, state, acts=outcome == Outcome.ACTS) for verb, outcome in expected.items()}
    assert got == expected
    assert (await scene.team.ask(scene.team.bob, "and I?")).text.startswith("echo: and I?")


async def test_no_button_is_left_out_of_the_table_unnoticed(scene: Scene) -> None:
    router = scene.client.get_cog("Router")
    assert isinstance(router, Router)
    assert set(router.verbs) == set(TABLE) | OTHERS
