"""What was attached goes with what it was attached to: from the store, and from every byte of the live files."""

import pytest

from playground.standin import Message
from storage.records import Actor
from storage.sqlite.verify import verify
from tests.e2e.team import Team, ended
from tests.e2e.test_erase import erased, nothing_is_left
from tests.e2e.test_panel import pressed
from tests.e2e.test_panel_deleting import in_the_bin
from tests.storage.traces import traces

WORDS = ["xylophone", "glockenspiel", "vibraphone", "marimbaphone"]
FIELD = "Your message"


def enclosed(word: str) -> tuple[str, bytes, str]:
    """A file that is longer than a page of the database, and named as it reads."""
    return (f"{word}.txt", f"{word} ".encode() * 1000, "text/plain")


async def ask(team: Team, word: str) -> Message:
    """The ended answer to a question with a file."""
    return await ended(await team.ann.slash(team.general, "ask", prompt="what is it?", file=enclosed(word)))


async def used(team: Team) -> int:
    assert team.bot is not None
    return await team.bot.store.files.used(Actor(team.ann.user.id))


async def purge(team: Team, number: int) -> None:
    """Delete a session for good, as the panel does."""
    question = await pressed(team, await in_the_bin(team, number), "Delete for good")
    await pressed(team, question, "Delete for good", "is deleted for good")


async def left(team: Team) -> list[str]:
    """Which of the words the files still show, once what is gone was wiped."""
    assert team.bot is not None
    assert await team.bot.store.upkeep.wipe()
    path = team.settings.database_path
    assert await verify(path) == []
    return traces(path, WORDS)


async def test_a_file_of_two_sessions_goes_from_every_byte_with_the_last_of_them(team: Team) -> None:
    shared, own, *_ = WORDS
    await ask(team, shared)
    alone = await used(team)
    await ask(team, own)
    await (await team.ann.slash(team.general, "new")).message()
    await ask(team, shared)
    assert await left(team) == [shared, own]
    await purge(team, 1)
    assert await used(team) == alone
    assert await left(team) == [shared]
    await team.ask(team.ann, "and now?")
    assert shared in team.gate.asked[-1][1].content
    await purge(team, 2)
    assert await used(team) == 0
    assert await left(team) == []


async def test_what_a_fork_has_of_it_outlives_what_it_was_forked_from(team: Team) -> None:
    word = WORDS[0]
    await ask(team, word)
    await (await team.ann.slash(team.general, "fork")).message(lambda m: "Session 2" in m.text)
    await purge(team, 1)
    await team.ask(team.ann, "and now?")
    assert word in team.gate.asked[-1][1].content
    await purge(team, 2)
    assert await left(team) == []


async def test_of_an_erased_person_no_file_is_left_whatever_it_waited_for(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.clearing.PACE", 0)
    answered, binned, waiting, held = WORDS
    await ask(team, binned)
    await (await team.ann.slash(team.general, "delete")).message()
    answer = await ask(team, answered)
    await (await team.ann.slash(team.general, "new")).message()
    await (await team.ann.slash(team.general, "ask", prompt="hold it")).message(lambda m: "first words" in m.text)
    waits = await team.ann.slash(team.general, "ask", prompt="and then?", file=enclosed(waiting))
    await waits.message(lambda m: "Remove" in [b.label for b in m.buttons])
    form = (await (await team.ann.press(answer, "Reply")).acknowledged()).modal
    assert form is not None
    replied = await team.ann.submit(form, {FIELD: "and this?"}, files=[enclosed(held)])
    await replied.message(lambda m: "Stay here" in [b.label for b in m.buttons])
    assert sorted(await left(team)) == sorted(WORDS)
    await erased(team, team.ann, team.general)
    assert await used(team) == 0
    await nothing_is_left(team, team.ann, *WORDS)
