"""`/search` as people use it: what is found, how it is shown, where its buttons lead."""

import pytest

from cogs.explain import UNFORESEEN
from cogs.history import ELSEWHERE
from cogs.search import NO_DATE, NO_MORE, NO_WORDS, NOTHING, PAGE_SIZE, TURNED_AROUND
from cogs.words import GONE, NO_SUCH_SESSION
from playground.standin import Message
from tests.e2e.team import Team, ended


async def searched(team: Team, words: str, **options: str) -> Message:
    return await (await team.ann.slash(team.general, "search", words=words, **options)).message()


async def test_a_hit_says_where_who_and_when_with_the_word_in_bold(team: Team) -> None:
    await team.ask(team.ann, "where is the auth bug?")
    await team.ask(team.ann, "thanks")
    found = await searched(team, "auth")
    assert found.ephemeral
    newest, oldest = found.text.index("Cubby"), found.text.index("You")
    assert newest < oldest
    assert "**1 · where is the auth bug?**" in found.text
    assert "echo: where is the **auth** bug?" in found.text
    assert "<t:" in found.text
    assert "thanks" not in found.text


async def test_what_others_said_is_not_found(team: Team) -> None:
    await team.ask(team.bob, "a zebra of mine")
    await team.ask(team.ann, "hello")
    assert NOTHING in (await searched(team, "zebra")).text


async def test_what_people_typed_has_no_effect_where_it_is_shown(team: Team) -> None:
    await team.ask(team.ann, "loud **everyone** @everyone <@1> [x](http://y) word")
    found = await searched(team, "word @everyone")
    assert "\\*\\*" in found.text
    assert "@everyone" not in found.text.replace("@\u200b", "").replace("\\@", "")


async def test_pages_go_to_older_hits_and_back_also_after_a_restart(team: Team) -> None:
    for number in range(PAGE_SIZE):  # with its echo each is two hits
        await team.ask(team.ann, f"fish {number}")
    found = await searched(team, 'fish* "fish"')
    assert f"fish** {PAGE_SIZE - 1}" in found.text
    await team.restart()
    older = (await (await team.ann.press(found, "Older")).acknowledged()).updated
    assert older is not None
    assert "fish** 0" in older.text
    assert "Older" not in [b.label for b in older.buttons]
    newest = (await (await team.ann.press(older, "Newest")).acknowledged()).updated
    assert newest is not None
    assert f"fish** {PAGE_SIZE - 1}" in newest.text


async def test_a_page_whose_hits_went_meanwhile_says_so(team: Team) -> None:
    await team.ask(team.ann, "fish")
    found = await searched(team, "fish")
    pressed = await team.ann.forge("cubby:found:1:0:0:0", channel=team.general, message=found)
    updated = (await pressed.acknowledged()).updated
    assert updated is not None
    assert NO_MORE in updated.text


async def test_open_here_shows_the_history_where_it_was_said(team: Team) -> None:
    await team.ask(team.ann, "needle")
    for number in range(9):
        await team.ask(team.ann, f"{number} " + "hay " * 400)
    found = await searched(team, "needle")
    shown = await (await team.ann.press(found, "Open here")).message()
    assert "needle" in shown.text
    assert "8 hay" not in shown.text
    assert [b.label for b in shown.buttons] == ["Older", "Newer"]


async def test_open_here_tells_of_what_a_retry_put_beside_the_path(team: Team) -> None:
    asked = await team.ann.slash(team.general, "ask", prompt="hold it")
    await team.ann.press(await asked.message(lambda m: "first words" in m.text), "Stop")
    stopped = await ended(asked)
    found = await searched(team, "first")
    team.gate.release()
    await team.ann.press(stopped, "Retry")
    await team.ann.wait_for(lambda m: "and the end." in m.text)
    shown = await (await team.ann.press(found, "Open here")).message()
    assert shown.text == ELSEWHERE.format("**1 · hold it**")


async def test_open_makes_the_session_of_a_hit_active(team: Team) -> None:
    await team.ask(team.ann, "needle")
    await (await team.ann.slash(team.general, "new")).message()
    found = await searched(team, "needle")
    await (await team.ann.press(found, "Open")).message(lambda m: "opened" in m.text)
    assert "-# 1 · " in (await team.ask(team.ann, "here?")).text


async def test_a_session_and_days_narrow_it(team: Team) -> None:
    await team.ask(team.ann, "fish one")
    await (await team.ann.slash(team.general, "new")).message()
    await team.ask(team.ann, "fish two")
    assert "one" not in (await searched(team, "fish", session="2")).text
    assert "one" in (await searched(team, "fish", since="2015-01-01", until="9999-12-31")).text
    assert NOTHING in (await searched(team, "fish", since="9999-12-31")).text
    assert NOTHING in (await searched(team, "fish", until="0001-01-01")).text


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"words": "?!"}, NO_WORDS),
        ({"words": "fish", "since": "yesterday"}, NO_DATE),
        ({"words": "fish", "until": "2026-02-30"}, NO_DATE),
        ({"words": "fish", "since": "2026-03-02", "until": "2026-03-01"}, TURNED_AROUND),
        ({"words": "fish", "session": "7"}, NO_SUCH_SESSION),
    ],
)
async def test_what_cannot_be_searched_is_told(team: Team, options: dict[str, str], sentence: str) -> None:
    assert (await searched(team, **options)).text == sentence


async def test_ids_that_the_bot_never_gave_are_told_apart_from_nothing(team: Team) -> None:
    own = await team.ask(team.ann, "fish")
    found = await searched(team, "fish")
    big = "9" * 19
    forged = ["found", "found:0:9:0:0", f"found:{big}:{big}:0:0", "here:x:1"]
    for custom_id in forged:
        pressed = await team.ann.forge(f"cubby:{custom_id}", channel=team.general, message=found)
        assert (await pressed.message()).text == GONE, custom_id
    pressed = await team.ann.forge("cubby:found:0:0:0:0", channel=team.general, message=own)
    assert (await pressed.message()).text == GONE
    far = await team.ann.forge(f"cubby:found:{big}:0:{'9' * 9}:{'9' * 9}", channel=team.general, message=found)
    assert (await far.acknowledged()).updated is not None
    assert UNFORESEEN not in "\n".join(m.text for m in team.ann.sees(team.general))


async def test_in_direct_messages_it_works_the_same(team: Team) -> None:
    await team.write(team.ann, "needle")
    found = await (await team.ann.slash(team.ann.dm, "search", words="needle")).message()
    assert "**needle**" in found.text
    assert "needle" in (await (await team.ann.press(found, "Open here")).message(lambda m: m.id != found.id)).text
