"""Temporary sessions as people use them: said at the start, marked, left only when asked, kept after all, or gone."""

import logging
from pathlib import Path

import pytest

from cogs.search import NOT_LOOKED_INTO
from cogs.temporary import LOST
from cogs.words import GONE, NO_SUCH_SESSION, NOT_SAVED
from playground.standin import Message
from storage.errors import SessionTemporary
from storage.sqlite.backup import back_up
from storage.sqlite.verify import verify
from tests.e2e.team import Team, ended, is_ended
from tests.storage.traces import traces

WORD = "quixotry"
BUTTONS = ["Leave & forget it", "Keep this", "Stay here"]


async def used(team: Team, command: str, **options: str | bool) -> Message:
    """What a command answers."""
    return await (await team.ann.slash(team.general, command, **options)).message()


async def begun(team: Team) -> Message:
    """A temporary session with something said in it; the answer."""
    await used(team, "new", temporary=True)
    return await team.ask(team.ann, f"what is {WORD}?")


async def pressed(team: Team, asked: Message, button: str) -> Message:
    """The message whose button was pressed, once it says something else."""
    before = asked.text
    await (await team.ann.press(asked, button)).acknowledged()
    return await team.ann.wait_for(lambda m: m.id == asked.id and m.text != before)


async def test_it_says_at_its_start_what_it_is_and_is_marked_in_answers_and_lists(team: Team) -> None:
    started = await used(team, "new", temporary=True)
    assert started.ephemeral
    assert started.text == f"Temporary session 1 started.\n{NOT_SAVED}"
    assert [b.label for b in started.buttons] == ["Keep this"]
    answer = await team.ask(team.ann, f"what is {WORD}?")
    assert NOT_SAVED not in answer.text
    assert answer.text.endswith(f"-# 1 · what is {WORD}? · temporary")
    assert "temporary" in (await used(team, "sessions")).text
    assert [c.name for c in await team.ann.autocomplete(team.general, "open", session="1")] == [
        f"1 · what is {WORD}? (temporary)"
    ]
    opened = await team.ann.slash(team.general, "open")
    shown = await opened.message()
    assert "is open, temporary, 2 messages." in shown.text
    assert [b.label for b in shown.buttons] == ["Keep this"]


async def test_begun_with_a_question_its_first_answer_says_so_once(team: Team) -> None:
    asked = await team.ann.slash(team.general, "new", prompt="hello", temporary=True)
    answer = await ended(asked)
    assert NOT_SAVED in answer.text
    assert answer.text.endswith("-# 1 · hello · temporary")
    assert NOT_SAVED not in (await team.ask(team.ann, "and on")).text


async def test_to_leave_it_is_asked_first_and_forgotten_it_is_gone(team: Team) -> None:
    answer = await begun(team)
    asked = await used(team, "quit")
    assert asked.text == f"**1 · what is {WORD}?** is temporary: when you leave it, it is gone for good."
    assert [b.label for b in asked.buttons] == BUTTONS
    left = await pressed(team, asked, "Leave & forget it")
    assert left.text == "Session 1 is gone: it was temporary. Your next message starts a new one."
    assert (await used(team, "open", session="1")).text == NO_SUCH_SESSION
    assert (await (await team.ann.press(answer, "Reply")).message(lambda m: m.id != answer.id)).text == GONE
    assert "-# 2 · " in (await team.ask(team.ann, "and on")).text


async def test_what_was_asked_for_goes_on_after_it_was_forgotten(team: Team) -> None:
    await begun(team)
    asked = await team.ann.slash(team.general, "new", prompt="the next thing")
    await pressed(team, await asked.message(), "Leave & forget it")
    answer = await team.ann.wait_for(lambda m: "echo: the next thing" in m.text and is_ended(m))
    assert answer.text.endswith("-# 2 · the next thing")


async def test_stay_here_leaves_it_alone_and_keep_this_leaves_it_saved(team: Team) -> None:
    await begun(team)
    stayed = await pressed(team, await used(team, "quit"), "Stay here")
    assert "You're still in" in stayed.text
    kept = await pressed(team, await used(team, "quit"), "Keep this")
    assert kept.text == "Session 1 is saved. Your next message starts a new one; `/open 1` brings it back."
    await team.restart()
    assert WORD in (await used(team, "history", session="1")).text
    assert "temporary" not in (await used(team, "sessions")).text


async def test_while_it_writes_the_question_says_so_and_the_answer_stops(team: Team) -> None:
    await used(team, "new", temporary=True)
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    asked = await used(team, "quit")
    assert "is temporary and still writing: when you leave it, it is gone for good." in asked.text
    await pressed(team, asked, "Leave & forget it")
    stopped = await ended(held)
    assert "■ Stopped.\n" in stopped.text
    assert "kept" not in stopped.text


async def test_what_waited_in_it_is_shown_as_removed(team: Team) -> None:
    await used(team, "new", temporary=True)
    held = await team.ann.slash(team.general, "ask", prompt="hold it")
    await held.message(lambda m: "first words" in m.text)
    waiting = await used(team, "ask", prompt="and this waits")
    await pressed(team, await used(team, "quit"), "Leave & forget it")
    removed = await team.ann.wait_for(lambda m: m.id == waiting.id and m.text == "Removed.")
    assert removed.buttons == []


async def test_under_an_answer_more_keeps_it_and_does_not_fork_it(team: Team) -> None:
    more = await (await team.ann.press(await begun(team), "More…")).message()
    offered = [b.label for b in more.buttons]
    assert offered[0] == "Keep this"
    assert not {"Fork", "Ask differently"} & set(offered)
    assert "is saved now" in (await pressed(team, more, "Keep this")).text


async def test_kept_by_its_button_it_goes_on_as_any_other_and_twice_is_once(team: Team) -> None:
    started = await used(team, "new", temporary=True)
    button = started.buttons[0].custom_id or ""
    await team.ask(team.ann, f"what is {WORD}?")
    kept = await pressed(team, started, "Keep this")
    assert kept.text == f"**1 · what is {WORD}?** is saved now, like any other session of yours."
    again = await team.ann.forge(button, channel=team.general, message=started)
    await again.acknowledged()
    assert (await team.ask(team.ann, "and?")).text.endswith(f"-# 1 · what is {WORD}?")
    assert "is saved. Your next" in (await used(team, "quit")).text


async def test_somebody_else_neither_keeps_nor_ends_it(team: Team) -> None:
    started = await used(team, "new", temporary=True)
    keep = started.buttons[0].custom_id or ""
    await team.ask(team.ann, f"what is {WORD}?")
    asked = await used(team, "quit")
    for custom_id in (keep, keep.replace(":keep:", ":lasts:"), *(b.custom_id or "" for b in asked.buttons)):
        forged = await team.bob.forge(custom_id, channel=team.general, message=started)
        assert (await forged.message()).text == GONE
    assert "is open, temporary, 2 messages" in (await used(team, "open")).text


async def test_its_card_offers_what_makes_sense_and_keeps_it(team: Team) -> None:
    await begun(team)
    panel = await used(team, "sessions")
    await (await team.ann.choose(panel, "1")).acknowledged()
    assert [b.label for b in panel.buttons] == ["Open", "History", "Keep this", "Delete", "Back"]
    await (await team.ann.press(panel, "Keep this")).acknowledged()
    assert "is saved now" in panel.text
    assert "Rename" in [b.label for b in panel.buttons]


async def test_deleted_from_its_card_it_is_gone_at_once(team: Team) -> None:
    await begun(team)
    panel = await used(team, "sessions")
    await (await team.ann.choose(panel, "1")).acknowledged()
    await pressed(team, panel, "Delete")
    assert "is gone: it was temporary. No session is open now" in panel.text
    assert "Undo" not in [b.label for b in panel.buttons]


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("rename", {}),
        ("rename", {"name": "a name"}),
        ("fork", {}),
        ("export", {}),
        ("rename", {"name": "a name", "session": "1"}),
    ],
)
async def test_what_would_store_its_words_is_told_to_keep_it_first(team: Team, command: str, options: dict[str, str]) -> None:
    await begun(team)
    assert (await used(team, command, **options)).text == str(SessionTemporary())


async def test_search_says_that_it_does_not_look_there(team: Team) -> None:
    await begun(team)
    told = await used(team, "search", words=WORD, session="1")
    assert told.text == NOT_LOOKED_INTO.format(f"**1 · what is {WORD}?**")
    assert "Open here" not in [b.label for b in (await used(team, "search", words=WORD)).buttons]


async def test_delete_ends_it_without_a_bin(team: Team) -> None:
    await begun(team)
    told = await used(team, "delete")
    assert told.text.startswith(f"**1 · what is {WORD}?** is gone: it was temporary. No session is open now")
    assert told.buttons == []


async def test_no_word_of_it_is_in_a_file_or_in_the_log(team: Team, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await used(team, "new", prompt=f"one {WORD}", name=f"named {WORD}", temporary=True)
    held = await team.ann.slash(team.general, "ask", prompt=f"hold {WORD}")
    await held.message(lambda m: "first words" in m.text)
    await (await team.ann.slash(team.general, "ask", prompt=f"waits {WORD}")).message()
    await used(team, "new", prompt=f"asked for {WORD}", name=f"next {WORD}")
    await used(team, "stop")
    await ended(held)
    await (await team.ann.press(held.messages[0], "Retry")).message()
    back_up_to, path = tmp_path / "backup.db", team.settings.database_path
    await back_up(path, back_up_to)
    assert traces(path, [WORD]) == traces(back_up_to, [WORD]) == []
    assert await verify(path) == []
    ours = [
        record.getMessage()
        for record in caplog.records
        if record.name.split(".")[0] in ("agent", "cogs", "delivery", "storage")
    ]
    assert [line for line in ours if WORD in line] == []


async def test_a_restart_ends_it_and_its_owner_is_told_once(team: Team) -> None:
    answer = await begun(team)
    await team.restart()
    listed = await team.ann.slash(team.general, "sessions")
    assert "You have no sessions yet" in (await listed.message()).text
    await listed.message(lambda m: m.text == LOST.format(1))
    again = await team.ann.slash(team.general, "help")
    await again.message()
    assert (await (await team.ann.press(answer, "Reply")).message(lambda m: m.id != answer.id)).text == GONE
    await team.write(team.ann, "hello")
    assert sum(m.text == LOST.format(1) for m in (*team.ann.sees(team.general), *team.ann.sees(team.ann.dm))) == 1


async def test_in_direct_messages_its_owner_is_told_there(team: Team) -> None:
    await begun(team)
    await team.restart()
    await team.write(team.ann, "hello")
    await team.ann.wait_for(lambda m: m.text == LOST.format(1), channel=team.ann.dm)


async def test_who_wrote_while_it_was_away_is_told_when_that_is_answered(team: Team) -> None:
    await team.ann.slash(team.ann.dm, "new", temporary=True)
    await team.ann.wait_for(lambda m: NOT_SAVED in m.text, channel=team.ann.dm)
    await team.write(team.ann, f"what is {WORD}?")
    await team.end()
    await team.ann.say(team.ann.dm, "and then?")
    await team.start()
    await team.ann.wait_for(lambda m: m.text == LOST.format(1), channel=team.ann.dm)
    await team.ann.wait_for(lambda m: m.text.startswith("echo: and then?") and is_ended(m), channel=team.ann.dm)


async def test_an_answer_that_the_end_of_the_bot_cuts_says_that_it_is_gone(team: Team) -> None:
    await team.ann.slash(team.ann.dm, "new", temporary=True)
    await team.ann.wait_for(lambda m: NOT_SAVED in m.text, channel=team.ann.dm)
    await team.ann.say(team.ann.dm, "hold it")
    await team.ann.wait_for(lambda m: "first words" in m.text, channel=team.ann.dm)
    assert team.bot is not None
    await team.bot.runtimes.close()
    await team.ann.wait_for(lambda m: "so it is gone." in m.text and "first words" in m.text, channel=team.ann.dm)
