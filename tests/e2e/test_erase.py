"""*Delete everything about me*: what goes, what is told, what stays of other people's, and what may come between."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cogs.privacy import AT_IT, CLEARING, DONE, NOT_TYPED
from cogs.words import GONE, NO_SUCH_SESSION
from playground.standin import Channel, Fault, Invocation, Message, Person
from storage.caretaker import Caretaker
from storage.records import Actor
from storage.sqlite.inspect import read_only
from storage.sqlite.shelves import SqliteShelves
from storage.sqlite.verify import verify
from tests.e2e.team import Team, a_team, ended, is_ended
from tests.storage.traces import id_is_left, traces

SECRET = "xylophone"
ERASE = "Delete everything about me"


@pytest.fixture(autouse=True)
def no_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.clearing.PACE", 0)


class HeldErase:
    """Holds the erasing of a person before its first step."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.go_on, self.times = asyncio.Event(), asyncio.Event(), 0
        erase = SqliteShelves.erase

        async def held(shelves: SqliteShelves, actor: Actor) -> None:
            self.times += 1
            self.begun.set()
            await self.go_on.wait()
            await erase(shelves, actor)

        monkeypatch.setattr(SqliteShelves, "erase", held)


async def submitted(team: Team, who: Person, channel: Channel, word: str = "delete") -> Invocation:
    """The word is typed."""
    page = await (await who.slash(channel, "privacy")).message()
    page = await who.wait_for(lambda m: any(b.label == ERASE for b in m.buttons), channel=channel)
    modal = (await (await who.press(page, ERASE)).acknowledged()).modal
    assert modal is not None
    return await who.submit(modal, {"Type DELETE to delete it all for good": word})


async def erased(team: Team, who: Person, channel: Channel) -> tuple[Message, Message]:
    """What was said at once, and what was said at the end."""
    used = await submitted(team, who, channel)
    said = await used.message(lambda m: "deleted for good" in m.text)
    return said, await used.message(lambda m: m.id != said.id and m.text != CLEARING and not m.loading)


def mine(team: Team, who: Person) -> list[str]:
    """What the bot has in the person's direct messages."""
    return [m.text for m in who.sees(who.dm) if m.author.bot]


async def nothing_is_left(team: Team, who: Person, *words: str) -> None:
    assert team.bot is not None
    assert await team.bot.store.upkeep.wipe()
    path = team.settings.database_path
    assert traces(path, list(words)) == []
    assert not id_is_left(path, who.user.id)
    assert await verify(path) == []


async def test_everything_goes_from_the_files_and_the_direct_messages_and_others_keep_theirs(team: Team) -> None:
    await team.ask(team.ann, f"{SECRET} one")
    await team.write(team.ann, f"{SECRET} two")
    await (await team.ann.slash(team.general, "new", name="glockenspiel")).message()
    await (await team.ann.slash(team.general, "delete", session="1")).message()
    await team.write(team.bob, "bobs own")
    his = mine(team, team.bob)
    assert id_is_left(team.settings.database_path, team.ann.user.id)
    said, done = await erased(team, team.ann, team.general)
    assert said.ephemeral
    assert done.ephemeral
    assert "2 sessions with all that was said" in said.text
    assert "None of my backups holds it." in said.text
    assert done.text == DONE
    assert done.buttons == []
    assert [m.text for m in team.ann.sees(team.ann.dm)] == [f"{SECRET} two"]
    await nothing_is_left(team, team.ann, SECRET, "glockenspiel")
    assert mine(team, team.bob) == his
    assert "bobs own" in (await (await team.bob.slash(team.general, "history", session="1")).message()).text


async def test_in_direct_messages_only_what_is_said_of_it_stays(team: Team) -> None:
    await team.write(team.ann, SECRET)
    said, done = await erased(team, team.ann, team.ann.dm)
    assert not said.ephemeral
    assert done.text == DONE
    assert mine(team, team.ann) == [said.text, done.text]
    await nothing_is_left(team, team.ann, SECRET)


async def test_who_has_nothing_is_told_so_and_does_not_become_known_by_it(team: Team) -> None:
    said, done = await erased(team, team.ann, team.general)
    assert "0 sessions" in said.text
    assert done.text == DONE
    with closing(read_only(team.settings.database_path)) as connection:
        assert connection.execute("SELECT count(*) FROM owners").fetchone() == (0,)
    assert mine(team, team.ann) == []


async def test_another_word_deletes_nothing(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    assert (await (await submitted(team, team.ann, team.general, "yes")).message()).text == NOT_TYPED
    assert SECRET in (await (await team.ann.slash(team.general, "history")).message()).text


async def test_what_is_being_written_is_stopped_and_taken_down_and_what_waits_too(team: Team) -> None:
    kept = await team.ann.slash(team.general, "ask", prompt=f"hold {SECRET}")
    await kept.message(lambda m: "first words" in m.text)
    await (await team.ann.press(await (await team.ann.slash(team.general, "new")).message(), "Let it finish")).acknowledged()
    await team.ann.say(team.ann.dm, f"hold {SECRET}")
    await team.ann.wait_for(lambda m: "first words" in m.text, channel=team.ann.dm)
    waits = await team.ann.slash(team.general, "ask", prompt=f"{SECRET} waits")
    await waits.message(lambda m: any(b.label == "Remove" for b in m.buttons))
    await erased(team, team.ann, team.general)
    assert [m.text for m in [*kept.messages, *waits.messages] if not m.deleted] == []
    assert mine(team, team.ann) == []
    team.gate.release()
    await nothing_is_left(team, team.ann, SECRET)
    assert "-# 1 · " in (await team.ask(team.ann, "anew")).text
    assert not any("first words" in m.text for m in team.ann.sees(team.general) if not m.deleted)


async def test_what_is_asked_meanwhile_begins_anew_after_it(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    await team.ask(team.ann, SECRET)
    held = HeldErase(monkeypatch)
    used = await submitted(team, team.ann, team.general)
    await held.begun.wait()
    asked = await team.ann.slash(team.general, "ask", prompt="the first of a new life")
    await team.ann.say(team.ann.dm, "the second")
    held.go_on.set()
    assert "-# 1 · " in (await ended(asked)).text
    await team.ann.wait_for(lambda m: "echo: the second" in m.text and is_ended(m), channel=team.ann.dm)
    await used.message(lambda m: m.text == DONE)
    read = (await (await team.ann.slash(team.general, "history")).message()).text
    assert "the first of a new life" in read
    assert "the second" in read
    assert SECRET not in read
    assert any("echo: the second" in text for text in mine(team, team.ann))


async def test_twice_at_once_acts_once(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    await team.ask(team.ann, SECRET)
    held = HeldErase(monkeypatch)
    first = await submitted(team, team.ann, team.general)
    await held.begun.wait()
    second = await submitted(team, team.ann, team.general)
    assert (await second.message()).text == AT_IT
    held.go_on.set()
    assert "1 session " in (await first.message(lambda m: "deleted for good" in m.text)).text
    assert held.times == 1


async def test_a_restart_in_the_middle_is_gone_on_from_by_its_button(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("delivery.clearing.PACE", 3600)
    await team.write(team.ann, SECRET)
    await team.write(team.ann, f"{SECRET} again")
    used = await submitted(team, team.ann, team.general)
    status = await used.message(lambda m: m.text == CLEARING)
    await team.discord.until(lambda: len(mine(team, team.ann)) == 1 or None)
    await team.restart()
    monkeypatch.setattr("delivery.clearing.PACE", 0)
    await team.write(team.ann, "after it")
    await (await team.ann.press(status, "Go on")).acknowledged()
    await team.ann.wait_for(lambda m: m.id == status.id and m.text == DONE)
    assert ["after it" in text for text in mine(team, team.ann)] == [True]


async def test_what_was_said_beside_a_mention_is_held_no_longer(team: Team) -> None:
    await team.ann.say(team.general, SECRET, mention_bot=True)
    line = await team.ann.wait_for(lambda m: "I answer in private" in m.text, channel=team.general)
    await erased(team, team.ann, team.general)
    assert (await (await team.ann.press(line, "Answer me privately")).message()).text == GONE


async def test_everything_can_be_exported_before(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    await (await team.ann.slash(team.general, "privacy")).message()
    page = await team.ann.wait_for(lambda m: any(b.label == "Export everything" for b in m.buttons), channel=team.general)
    sent = await (await team.ann.press(page, "Export everything")).message(lambda m: bool(m.attachments))
    assert sent.ephemeral


async def test_where_its_message_is_gone_the_end_is_told_in_direct_messages(team: Team) -> None:
    await team.write(team.ann, SECRET)
    team.discord.faults.add(Fault(route="PATCH /webhooks/*/messages/*", status=404, code=10015, skip=1))
    await submitted(team, team.ann, team.general)
    await team.ann.wait_for(lambda m: m.text == DONE, channel=team.ann.dm)
    await nothing_is_left(team, team.ann, SECRET)


async def test_what_the_files_still_hold_of_it_is_wiped_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    woken = asyncio.Event()

    def wake(_: Caretaker) -> None:
        woken.set()

    monkeypatch.setattr(Caretaker, "wake", wake)
    async with a_team(tmp_path) as team:
        await erased(team, team.ann, team.general)
    assert woken.is_set()


async def test_backups_that_may_hold_it_are_told_of(team: Team) -> None:
    await team.ask(team.ann, SECRET)
    folder = team.settings.database_path.parent / "backups"
    folder.mkdir()
    (folder / "cubby.db.20260501T120000Z").touch()
    said, _ = await erased(team, team.ann, team.general)
    goes = datetime(2026, 5, 8, 12, tzinfo=UTC)
    assert f"may hold it goes <t:{int(goes.timestamp())}:R>" in said.text


async def test_nothing_of_it_can_be_reached_by_old_buttons_and_others_buttons_are_not_ones_own(team: Team) -> None:
    answer = await team.ask(team.ann, SECRET)
    await team.write(team.bob, "bobs own")
    await erased(team, team.ann, team.general)
    assert (await (await team.ann.press(answer, "Reply")).message()).text == GONE
    assert (await (await team.ann.slash(team.general, "open", session="1")).message()).text == NO_SUCH_SESSION
    his = mine(team, team.bob)
    forged = await team.ann.forge(f"cubby:clear:{1 << 62}", channel=team.general, message=answer)
    await forged.acknowledged()
    assert mine(team, team.bob) == his


async def test_after_a_restart_nobody_is_looked_for_in_their_direct_messages(team: Team) -> None:
    await team.write(team.ann, SECRET)
    await erased(team, team.ann, team.general)
    await team.end()
    await team.ann.say(team.ann.dm, "while it was away")
    team.gate.hold()
    await team.start()
    await team.write(team.ann, "back")
    assert len([text for text in mine(team, team.ann) if "echo" in text]) == 1
