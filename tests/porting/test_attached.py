"""What was attached comes in with its session, as far as its owner may have it and as what it is said to be."""

import re
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from documents.reading import Limits, Reader
from porting import attached
from porting.attached import NO_PICTURE, NO_ROOM, TOO_MANY
from porting.incoming import Broke, Report, import_file
from storage.errors import BrokenTree
from storage.memory import MemoryStore
from storage.records import PICTURE, Actor, Attached, Content, Draft, DraftEntry, File, SessionInfo, TurnState, digest_of
from storage.store import Store
from tests.documents.files import picture
from tests.porting.reading import a_reader
from tests.porting.test_round_trip import a_store, archived, went_out
from tests.storage.samples import ANN, BOB, file, prompt
from tests.transfer.test_attached import archive, asked
from transfer import enclosed
from transfer.enclosed import ABSENT, CHANGED
from transfer.limits import MIB
from transfer.saved import Loaded

REPORT = file("what is written", b"%PDF what is written", "report.pdf")
NOTES = file("something else")


@pytest.fixture(params=[False, True], ids=["sqlite", "memory"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Store, None]:
    async with a_store(tmp_path, "one", in_memory=request.param) as opened:
        yield opened


def drawn(data: bytes, mime: str = "image/png", size: tuple[int, int] = (40, 30), text: str = "") -> File:
    content, (width, height) = Content(data, text), size
    told = Attached(
        name="red.png", kind=PICTURE, digest=digest_of(content), size=len(data), mime=mime, width=width, height=height
    )
    return File(replace(told, characters=len(text)), content)


def zipped(*loaded: Loaded, has: Sequence[File] = (REPORT, NOTES)) -> bytes:
    (data,) = archive(*loaded, has=has)
    return data


async def come(store: Store, data: bytes, reader: Reader | None = None, actor: Actor = ANN) -> Report:
    return await import_file(store, actor, BytesIO(data), reader or a_reader(), skip_known=False)


async def has(store: Store, *files: File, number: int = 1, actor: Actor = ANN) -> list[bool]:
    """Whether the session has each of them, and has it whole."""
    session = await store.sessions.find(actor, number)
    texts = await store.files.texts(actor, session.id, [each.attached.digest for each in files])
    found: list[bool] = []
    for each in files:
        data = await store.files.data(actor, session.id, each.attached.digest)
        assert data in (None, each.content.data)
        assert texts.get(each.attached.digest) == (None if data is None else each.content.text)
        found.append(data is not None)
    return found


def said(report: Report) -> Sequence[str]:
    return [re.sub(r", in session \d+\Z", "", damage.reason) for damage in report.listed]


async def test_files_come_with_their_session_and_count_for_its_owner(store: Store) -> None:
    report = await come(store, zipped(asked(REPORT, NOTES), asked(REPORT, id_="t")))
    assert (report.taken, report.files, report.damages) == (2, 2, 0)
    assert [await has(store, REPORT, NOTES, number=number) for number in (1, 2)] == [[True, True], [True, False]]
    assert await store.files.used(ANN) == REPORT.content.size + NOTES.content.size


async def test_what_cannot_come_in_is_told_by_name_and_the_rest_does(store: Store) -> None:
    other = File(NOTES.attached, Content(b"something new", "something new"))
    report = await come(store, zipped(asked(REPORT, other), has=[REPORT, other]))
    assert (report.taken, report.files, said(report)) == (1, 1, [f"{CHANGED}: notes.txt"])
    assert str(report.listed[0]) == f"conversation 1: {CHANGED}: notes.txt, in session 1"
    assert await has(store, REPORT, NOTES) == [True, False]


async def test_a_plain_document_brings_only_names_and_that_is_told_where_its_owner_has_them_not(store: Store) -> None:
    await come(store, zipped(asked(REPORT)))
    document = await went_out(store, await store.sessions.find(ANN, 1))
    again = await come(store, document)
    assert (again.taken, again.damages, await has(store, REPORT, number=2)) == (1, 0, [True])
    fresh = MemoryStore()
    report = await come(fresh, document)
    assert (report.taken, said(report)) == (1, [f"{ABSENT}: report.pdf"])
    assert await has(fresh, REPORT) == [False]


async def test_a_digest_gives_nobody_what_is_anothers(store: Store) -> None:
    await come(store, zipped(asked(REPORT)), actor=BOB)
    report = await come(store, zipped(asked(REPORT), has=[]))
    assert said(report) == [f"{ABSENT}: report.pdf"]
    assert await has(store, REPORT) == [False]
    assert await store.files.used(ANN) == 0


BOTH = REPORT.content.size + NOTES.content.size


@pytest.mark.parametrize("in_memory", [False, True], ids=["sqlite", "memory"])
async def test_an_import_keeps_to_the_space_of_its_owner(tmp_path: Path, in_memory: bool) -> None:
    async with a_store(tmp_path, "one", in_memory=in_memory, file_space=BOTH - 1) as store:
        report = await come(store, zipped(asked(REPORT), asked(NOTES, id_="t")))
        assert (report.taken, report.files, said(report)) == (2, 1, [f"{NO_ROOM}: notes.txt"])
        report = await come(store, zipped(asked(REPORT, NOTES)))
        assert (report.files, said(report)) == (0, [f"{NO_ROOM}: notes.txt"])
        assert (await come(store, zipped(asked(REPORT, NOTES)), actor=BOB)).files == 1


@pytest.mark.parametrize("in_memory", [False, True], ids=["sqlite", "memory"])
async def test_two_files_that_fit_alone_do_not_fit_together(tmp_path: Path, in_memory: bool) -> None:
    async with a_store(tmp_path, "one", in_memory=in_memory, file_space=BOTH - 1) as store:
        report = await come(store, zipped(asked(REPORT, NOTES)))
        assert (report.files, said(report)) == (1, [f"{NO_ROOM}: notes.txt"])
    async with a_store(tmp_path, "two", in_memory=in_memory, file_space=BOTH) as store:
        assert (await come(store, zipped(asked(REPORT, NOTES)))).files == 2


@pytest.mark.parametrize("in_memory", [False, True], ids=["sqlite", "memory"])
async def test_what_is_attached_while_a_session_is_looked_at_takes_the_room_from_it(
    tmp_path: Path, in_memory: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_store(tmp_path, "one", in_memory=in_memory, file_space=BOTH - 1) as store:
        here = await store.sessions.create(ANN)
        meanwhile, room = iter([prompt("read", REPORT)]), store.files.room

        async def room_before(actor: Actor) -> int | None:
            found = await room(actor)
            for sent in meanwhile:
                await store.turns.submit(ANN, here.id, sent, TurnState.ASKED)
            return found

        monkeypatch.setattr(store.files, "room", room_before)
        report = await come(store, zipped(asked(NOTES)))
        assert (report.taken, report.files, said(report)) == (1, 0, [f"{NO_ROOM}: notes.txt"])
        assert await store.files.used(ANN) == REPORT.content.size
        assert (await store.sessions.counts(ANN)).open == 2


async def test_the_files_of_one_session_are_bounded_whatever_space_there_is(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attached, "MOST_AT_ONCE", REPORT.content.size + 1)
    report = await come(store, zipped(asked(REPORT, NOTES), asked(NOTES, id_="t")))
    assert (report.files, said(report)) == (2, [f"{TOO_MANY}: notes.txt"])


async def test_a_picture_comes_as_it_went(store: Store) -> None:
    photo, drawing = drawn(picture("JPEG"), "image/jpeg"), drawn(picture("PNG"))
    report = await come(store, zipped(asked(photo, drawing), has=[photo, drawing]))
    assert (report.files, report.damages) == (2, 0)
    assert await has(store, photo, drawing) == [True, True]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: drawn(b"\x89PNG\r\n\x1a\n and more"), NO_PICTURE),
        (lambda: drawn(picture("PNG"), size=(41, 30)), NO_PICTURE),
        (lambda: drawn(picture("JPEG", (4000, 2000)), "image/jpeg", size=(2048, 1024)), NO_PICTURE),
        (lambda: drawn(picture("PNG") + bytes(8 * MIB)), NO_PICTURE),
        (lambda: drawn(picture("PNG"), "image/jpeg"), CHANGED),
        (lambda: drawn(picture("GIF"), "image/gif"), CHANGED),
        (lambda: drawn(b"<svg/>", "image/svg+xml"), CHANGED),
        (lambda: drawn(picture("PNG"), text="with words"), CHANGED),
        (lambda: File(replace(drawn(picture("PNG")).attached, kind="text"), Content(picture("PNG"))), CHANGED),
        (lambda: File(replace(NOTES.attached, size=3), NOTES.content), CHANGED),
        (lambda: File(replace(NOTES.attached, characters=3), NOTES.content), CHANGED),
    ],
)
async def test_what_is_not_what_is_said_of_it_is_not_kept(made: Callable[[], File], reason: str) -> None:
    store, odd = MemoryStore(), made()
    report = await come(store, zipped(asked(odd), has=[odd]))
    assert (report.taken, said(report)) == (1, [f"{reason}: {odd.attached.name}"])
    assert await store.files.used(ANN) == 0


@pytest.mark.parametrize("odd", [drawn(picture("PNG"), size=(41, 30)), File(replace(NOTES.attached, size=3), NOTES.content)])
async def test_what_is_refused_is_unpacked_once_however_many_sessions_name_it(
    odd: File, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked: list[Content] = []

    def digest(content: Content) -> str:
        unpacked.append(content)
        return digest_of(content)

    monkeypatch.setattr(enclosed, "digest_of", digest)
    report = await come(MemoryStore(), zipped(*[asked(odd, id_=str(number)) for number in range(3)], has=[odd]))
    assert (report.taken, report.damages, unpacked) == (3, 3, [odd.content])


async def test_what_had_no_room_beside_another_has_it_where_that_did_not_come(monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryStore(file_space=BOTH - 1)
    refuses, adopt = iter([BrokenTree]), store.transfers.adopt

    async def adopt_later(actor: Actor, draft: Draft, entries: Sequence[DraftEntry], files: Sequence[File]) -> SessionInfo:
        for error in refuses:
            raise error
        return await adopt(actor, draft, entries, files)

    monkeypatch.setattr(store.transfers, "adopt", adopt_later)
    report = await come(store, zipped(asked(REPORT, NOTES), asked(NOTES, id_="t")))
    assert (report.taken, report.files, await has(store, NOTES)) == (1, 1, [True])


async def test_many_small_files_are_not_measured_anew_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    many, measured, size = [file(str(number)) for number in range(100)], 0, Content.size.fget
    assert size is not None

    def measure(content: Content) -> int:
        nonlocal measured
        measured += 1
        return size(content)

    monkeypatch.setattr(Content, "size", property(measure))
    report = await come(MemoryStore(), zipped(asked(*many), has=many))
    assert report.files == len(many)
    assert measured < 10 * len(many)


async def test_where_nobody_can_look_at_pictures_just_now_no_session_comes_without_its_own() -> None:
    store, photo, reader = MemoryStore(), drawn(picture("PNG")), Reader(Limits())
    await reader.close()
    data = zipped(asked(REPORT), asked(photo, id_="t"), asked(NOTES, id_="u"), has=[REPORT, photo, NOTES])
    report = await come(store, data, reader)
    assert (report.taken, report.broke, report.damages) == (1, Broke.READER, 0)
    again = await import_file(store, ANN, BytesIO(data), a_reader(), skip_known=True)
    assert (again.taken, again.skipped, again.broke) == (2, 1, None)
    assert await has(store, photo, number=2) == [True]


async def test_a_name_of_any_signs_is_told_on_one_line() -> None:
    odd = file("x", name="a\n\x1b[2Jb.txt")
    report = await come(MemoryStore(), zipped(asked(odd), has=[]))
    assert said(report) == [f"{ABSENT}: a \ufffd[2Jb.txt"]


async def test_what_waits_to_be_asked_is_not_in_what_goes_out(store: Store) -> None:
    session = await store.sessions.create(ANN)
    await store.turns.submit(ANN, session.id, prompt("read", REPORT), TurnState.ASKED)
    await store.turns.submit(ANN, session.id, prompt("then", NOTES), TurnState.QUEUED)
    (data,) = await archived(store)
    fresh = MemoryStore()
    report = await come(fresh, data)
    assert (report.files, report.damages, await has(fresh, REPORT)) == (1, 0, [True])
