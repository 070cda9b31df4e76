"""What people attach: its words reach the model with the question, pictures models that see; the rest is told in words."""

from pathlib import Path

import pytest

from cogs.attachments import MEBI, NO_ROOM, UNREAD
from cogs.words import to_send_again
from delivery.stored import CLIPPED, UNSEEN
from documents.reading import Reason
from playground.standin import Message
from storage.errors import FilesFull
from storage.records import Actor
from tests.documents.files import pdf, picture
from tests.e2e.team import Team, a_team, is_ended

NOTES = ("notes.txt", b"the moon is made of rock", "text/plain")
FILM = ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)), "video/mp4")


async def sent(team: Team, text: str, *files: tuple[str, bytes, str]) -> Message:
    """The ended answer to a direct message with files."""
    ann = team.ann
    before = {m.id for m in ann.sees(ann.dm)}
    await ann.say(ann.dm, text, attachments=files)
    return await ann.wait_for(lambda m: m.author.bot and m.id not in before and is_ended(m), channel=ann.dm)


async def test_the_words_of_a_file_go_with_the_question_and_stay_in_the_session(team: Team) -> None:
    await sent(team, "what is it made of?", NOTES, ("moon.pdf", pdf("A page on the moon"), "application/pdf"))
    asked = team.gate.asked[-1][-1].content
    assert '<file name="notes.txt" kind="text">\nthe moon is made of rock\n</file>' in asked
    assert '<file name="moon.pdf" kind="PDF">' in asked
    assert "A page on the moon" in asked
    assert asked.endswith("what is it made of?")
    await sent(team, "are you sure?")
    assert team.gate.asked[-1][1].content == asked
    shown = await (await team.ann.slash(team.ann.dm, "status")).message(lambda m: "files " in m.text)
    assert "messages " in shown.text


async def test_ask_takes_files_and_answers_only_who_asked(team: Team) -> None:
    used = await team.ann.slash(team.general, "ask", prompt="and this?", file=NOTES, file2=FILM)
    answer = await used.message(lambda m: "echo" in m.text and is_ended(m))
    told = await used.message(lambda m: "film.mp4" in m.text and "notes" not in m.text)
    assert told.text == UNREAD[Reason.UNKNOWN_KIND].format("film.mp4")
    assert answer.ephemeral
    assert told.ephemeral
    assert "rock" in team.gate.asked[-1][-1].content
    assert not [m for m in team.bob.sees(team.general) if m.author.bot]


@pytest.mark.parametrize("words", ["what is it made of?", ""])
async def test_files_beside_a_mention_go_with_it_and_are_told_of_in_private(team: Team, words: str) -> None:
    await team.ann.say(team.general, words, mention_bot=True, attachments=[NOTES, FILM])
    line = await team.ann.wait_for(lambda m: "I answer in private" in m.text, channel=team.general)
    used = await team.ann.press(line, "Answer me privately")
    answer = await used.message(lambda m: "echo" in m.text and is_ended(m))
    told = await used.message(lambda m: "I can't read film.mp4" in m.text)
    assert answer.ephemeral
    assert told.ephemeral
    asked = team.gate.asked[-1][-1].content
    assert "the moon is made of rock" in asked
    assert asked.endswith(words)


async def test_a_file_alone_is_asked_about_by_its_name(team: Team) -> None:
    await (await team.ann.slash(team.general, "ask", file=("moon.pdf", pdf("A page"), "application/pdf"))).message(is_ended)
    assert team.gate.asked[-1][-1].content.endswith("</file>\n\nmoon.pdf")


async def test_a_picture_is_shown_to_a_model_that_sees(tmp_path: Path) -> None:
    async with a_team(tmp_path, picture_models="gate") as team:
        answer = await sent(team, "what is this?", ("red.png", picture("PNG"), "image/png"))
        (shown,) = team.gate.asked[-1][-1].pictures
        assert shown.url.startswith("data:image/png;base64,")
        assert UNSEEN not in answer.text


async def test_who_shows_a_picture_to_a_model_that_does_not_see_is_told(team: Team) -> None:
    answer = await sent(team, "what is this?", ("red.png", picture("PNG"), "image/png"))
    assert UNSEEN in answer.text
    asked = team.gate.asked[-1][-1]
    assert asked.pictures == ()
    assert "red.png" in asked.content


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (FILM, Reason.UNKNOWN_KIND),
        (("cat.png", b"\x89PNG\r\n\x1a\n", "image/png"), Reason.DAMAGED),
        (("none.pdf", pdf(""), "application/pdf"), Reason.SCANNED),
        (("none.txt", b" \n", "text/plain"), Reason.EMPTY),
        (("Film.PDF", FILM[1], "application/pdf"), Reason.DAMAGED),
    ],
)
async def test_a_file_that_cannot_be_read_is_told_with_the_reason_and_alone_asks_nothing(
    team: Team, file: tuple[str, bytes, str], reason: Reason
) -> None:
    ann = team.ann
    await ann.say(ann.dm, "", attachments=[file])
    await ann.wait_for(lambda m: m.text == UNREAD[reason].format(file[0]), channel=ann.dm)
    assert team.gate.asked == []


async def test_what_does_not_fit_a_persons_space_is_told_and_the_words_are_answered(tmp_path: Path) -> None:
    async with a_team(tmp_path, file_space=1) as team:
        await sent(team, "one", ("one.txt", b"a" * (MEBI // 2), "text/plain"))
        await sent(team, "two", ("two.txt", b"b" * (MEBI // 2), "text/plain"))
        told = await team.ann.wait_for(lambda m: "no room for two.txt" in m.text, channel=team.ann.dm)
        assert told.text == NO_ROOM.format("two.txt", 1, 1)
        asked = team.gate.asked[-1][-1].content
        assert asked.endswith("\n\ntwo")  # below a summary of what the first file took the room of
        assert "two.txt" not in asked


async def test_what_two_prompts_at_once_have_no_room_for_is_told_and_the_words_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(_: Actor) -> int:
        """What was used as the second came, before the first was stored."""
        return 0

    async with a_team(tmp_path, file_space=1) as team:
        await sent(team, "one", ("one.txt", b"a" * (MEBI // 2), "text/plain"))
        assert team.bot is not None
        monkeypatch.setattr(team.bot.store.files, "used", not_yet)
        two = ("two.txt", b"b" * (MEBI // 2), "text/plain")
        used = await team.ann.slash(team.general, "ask", prompt="two", file=two)
        assert (await used.message(lambda m: "no room" in m.text)).text == str(FilesFull())
        assert (await used.message(lambda m: m.text.endswith("\ntwo"))).text == to_send_again("two", ["two.txt"])
        await team.ann.say(team.ann.dm, "two", attachments=[two])
        assert await team.ann.wait_for(lambda m: m.text == str(FilesFull()), channel=team.ann.dm)


async def test_a_file_that_is_longer_than_the_model_reads_is_begun_and_that_is_said(tmp_path: Path) -> None:
    async with a_team(tmp_path, context_tokens=4096) as team:
        answer = await sent(team, "sum it up", ("long.txt", b"word " * 30_000, "text/plain"))
        assert CLIPPED in answer.text
        assert team.gate.asked[-1][-1].content.endswith("\n</file>\n\nsum it up")


async def test_what_waits_has_its_file_after_a_restart(team: Team) -> None:
    ann = team.ann
    await ann.say(ann.dm, "hold this")
    await ann.wait_for(lambda m: "first words" in m.text, channel=ann.dm)
    await ann.say(ann.dm, "then this", attachments=[NOTES])
    await ann.wait_for(lambda m: "Waiting" in m.text or "waits" in m.text, channel=ann.dm)
    await (await ann.slash(ann.dm, "stop")).acknowledged()
    paused = await ann.wait_for(lambda m: any(b.label == "Send" for b in m.buttons), channel=ann.dm)
    await team.restart()
    before = len(team.gate.asked)
    await ann.press(paused, "Send")
    await ann.wait_for(lambda m: "echo: <file" in m.text, channel=ann.dm)
    assert "the moon is made of rock" in team.gate.asked[before][-1].content


async def test_a_question_that_is_asked_differently_elsewhere_takes_its_files_along(team: Team) -> None:
    used = await team.ann.slash(team.general, "ask", prompt="what is it made of?", file=NOTES)
    await used.message(is_ended)
    answer = await team.ask(team.ann, "and the sun?")
    first = next(m for m in used.messages if is_ended(m) and m.id != answer.id)
    offered = await (await team.ann.press(first, "More…")).message(lambda m: m.id != first.id)
    opened = await (await team.ann.press(offered, "Ask differently")).acknowledged()
    assert opened.modal is not None
    await (await team.ann.submit(opened.modal, {"Your message": "is it cheese?"})).message(lambda m: "cheese" in m.text)
    await team.discord.until(lambda: team.gate.asked[-1][-1].content.endswith("is it cheese?"))
    assert "the moon is made of rock" in team.gate.asked[-1][-1].content
