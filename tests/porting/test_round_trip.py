"""Out and in and out again is the identity, but for the numbers that a person's sessions have."""

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st

from porting.incoming import import_file, preview
from porting.outgoing import export_all, export_session
from storage.memory import MemoryStore
from storage.preferences import INSTRUCTIONS
from storage.records import Content, SessionInfo, with_files
from storage.sqlite.open import open_store
from storage.store import Store
from tests.porting.reading import a_reader
from tests.storage.samples import ANN, BOB, answer, exchange, file, prompt
from tests.transfer.samples import BRANCHED, loadeds, only, written
from tests.transfer.test_archive import packed
from transfer import json_file, pi_reader
from transfer.archive_writer import JSON, PI, Layout
from transfer.saved import Loaded, SavedEntry

PI_SESSION = Path(__file__).parents[1] / "transfer" / "files" / "pi.jsonl"


@asynccontextmanager
async def a_store(folder: Path, name: str, *, in_memory: bool = False, file_space: int = 0) -> AsyncGenerator[Store, None]:
    made = MemoryStore(file_space=file_space) if in_memory else None
    store = made or await open_store(folder / f"{name}.db", file_space=file_space)
    try:
        yield store
    finally:
        await store.close()


async def came_in(store: Store, data: bytes) -> None:
    """Ann's sessions in the store, taken in from a file."""
    report = await import_file(store, ANN, BytesIO(data), a_reader(), skip_known=False)
    assert (report.damages, report.broke) == (0, None)


async def went_out(store: Store, session: SessionInfo, layout: Layout = JSON) -> bytes:
    file = BytesIO()
    await export_session(store, ANN, session, layout, file)
    return file.getvalue()


async def archived(store: Store, layout: Layout = JSON, most_bytes: int = 1 << 30) -> list[bytes]:
    """All of Ann's sessions as ZIPs."""

    files: dict[int, BytesIO] = {}
    parts = await export_all(store, ANN, lambda n: files.setdefault(n, BytesIO()), layout=layout, most_bytes=most_bytes)
    return [files[part.number].getvalue() for part in parts]


def unnumbered(document: bytes) -> Any:
    """A document of ours without the number that its owner has for it."""
    parsed = json.loads(document)
    parsed["session"]["number"] = None
    return parsed


def renumbered(loaded: Loaded) -> Loaded:
    """The session as the store gives it back: ids by place, and its newest message by what is on its path."""
    places = {entry.id: str(place) for place, entry in enumerate(loaded.entries, start=1)}
    entries = tuple(
        replace(entry, id=places[entry.id], parent=None if entry.parent is None else places[entry.parent])
        for entry in loaded.entries
    )
    leaf = None if loaded.session.leaf is None else places[loaded.session.leaf]
    return Loaded(replace(loaded.session, leaf=leaf, number=1, modified=loaded.session.created), entries)


@settings(max_examples=40, deadline=None)
@given(loadeds(), st.booleans(), st.booleans())
def test_any_session_comes_out_as_it_came_in(loaded: Loaded, in_memory: bool, back: bool) -> None:
    async def law(folder: Path) -> None:
        data = written(json_file.write, loaded)
        async with (
            a_store(folder, "one", in_memory=in_memory) as one,
            a_store(folder, "two", in_memory=back) as two,
        ):
            await came_in(one, data)
            first = await went_out(one, await one.sessions.find(ANN, 1))
            read = only(json_file.read(BytesIO(first)))
            assert renumbered(read) == renumbered(only(json_file.read(BytesIO(data))))
            await two.sessions.create(ANN)
            await came_in(two, first)
            second = await went_out(two, await two.sessions.find(ANN, 2))
            assert unnumbered(second) == unnumbered(first)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(law(Path(folder)))


@settings(max_examples=20, deadline=None)
@given(loadeds(), st.sampled_from([JSON, PI]), st.booleans())
def test_pi_and_archives_come_out_as_they_came_in(loaded: Loaded, layout: Layout, in_memory: bool) -> None:
    async def law(folder: Path) -> None:
        async with a_store(folder, "one") as one, a_store(folder, "two", in_memory=in_memory) as two:
            await came_in(one, written(json_file.write, BRANCHED))
            await came_in(one, written(json_file.write, loaded))
            first = await archived(one, layout)
            await came_in(two, first[0])
            second = await archived(two, layout)
        assert members(first, layout) == members(second, layout)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(law(Path(folder)))


@st.composite
def with_attached(draw: st.DrawFn) -> tuple[Loaded, dict[str, Content]]:
    """Any session, some of whose prompts came with files, and what is in these."""
    loaded, contents, entries = draw(loadeds()), dict[str, Content](), list[SavedEntry]()
    texts = st.text(min_size=1, max_size=40)
    made = st.builds(file, texts, st.none() | st.binary(max_size=40), st.text(max_size=20))
    for entry in loaded.entries:
        files = draw(st.lists(made, max_size=3)) if entry.kind == "user" else []
        contents |= {each.attached.digest: each.content for each in files}
        entries.append(replace(entry, data={**entry.data, **with_files(each.attached for each in files)}))
    return Loaded(loaded.session, tuple(entries)), contents


def attached_in_them(archives: Sequence[bytes]) -> list[Any]:
    """What the archives have of attached files: the manifest's lines, and the bytes."""
    found: list[Any] = []
    for data in archives:
        with ZipFile(BytesIO(data)) as archive:
            found += json.loads(archive.read("manifest.json"))["attached"]
            found += [(name, archive.read(name)) for name in archive.namelist() if name.startswith("files/")]
    return found


@settings(max_examples=30, deadline=None)
@given(with_attached(), st.booleans(), st.booleans())
def test_what_was_attached_comes_out_as_it_came_in(
    given_: tuple[Loaded, dict[str, Content]], in_memory: bool, back: bool
) -> None:
    loaded, contents = given_

    async def law(folder: Path) -> None:
        (data,), _ = packed([loaded], contents=contents.get)
        async with a_store(folder, "one", in_memory=in_memory) as one, a_store(folder, "two", in_memory=back) as two:
            await came_in(one, data)
            first = await archived(one)
            await came_in(two, first[0])
            second = await archived(two)
            assert attached_in_them(first) == attached_in_them([data])
            assert attached_in_them(second) == attached_in_them(first)
            assert members(second, JSON) == members(first, JSON)
            assert await two.files.used(ANN) == sum(content.size for content in contents.values())

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(law(Path(folder)))


def members(archives: Sequence[bytes], layout: Layout) -> list[Any]:
    """Every session's document in the archives."""
    found: list[Any] = []
    for data in archives:
        with ZipFile(BytesIO(data)) as archive:
            documents = [archive.read(name) for name in archive.namelist() if name.startswith("sessions/")]
            found += [unnumbered(each) if layout is JSON else each for each in documents]
    return found


async def test_a_session_of_pis_goes_out_to_pi_with_every_line_as_it_was(tmp_path: Path) -> None:
    async with a_store(tmp_path, "one") as store:
        await came_in(store, PI_SESSION.read_bytes())
        session = await store.sessions.find(ANN, 1)
        out = await went_out(store, session, PI)
    was = [json.loads(line) for line in PI_SESSION.read_bytes().splitlines()]
    assert [json.loads(line) for line in out.splitlines()][: len(was)] == was
    read = only(pi_reader.read(BytesIO(PI_SESSION.read_bytes())))
    assert (session.name, session.created, session.model) == (read.session.name, read.session.created, read.session.model)


def facts(session: SessionInfo) -> tuple[Any, ...]:
    return session.name, session.created, session.modified, session.message_count, session.branches, session.first_message


async def test_what_was_said_here_goes_to_another_cubby_whole(tmp_path: Path) -> None:
    async with a_store(tmp_path, "one") as one, a_store(tmp_path, "two") as two:
        session = await one.sessions.create(ANN, "Auth bug")
        first = await exchange(one, session, "why?", "half")
        await answer(one, await one.turns.retry(ANN, first.id, prompt()), "whole")
        await exchange(one, session, "and then?", "")
        fork = await one.branches.fork(ANN, session.id)
        await one.sessions.create(BOB, "his")
        out = await archived(one)
        await came_in(two, out[0])
        back = [each async for each in two.transfers.every(ANN)]
        assert [facts(each) for each in back] == [facts(each) async for each in one.transfers.every(ANN)]
        assert members(await archived(two), JSON) == members(out, JSON)
        came = await two.transfers.provenance(ANN, back[1].id)
        assert came is not None
        assert (came.external_id, came.parent) == (str(fork.id), str(session.id))


async def test_the_same_file_again_is_known_in_either_cubby(tmp_path: Path) -> None:
    async with a_store(tmp_path, "one") as one, a_store(tmp_path, "two") as two:
        await exchange(one, await one.sessions.create(ANN), "why?", "so")
        await exchange(one, await one.sessions.create(ANN), "who?", "me")
        file = BytesIO((await archived(one))[0])
        assert [(await preview(store, ANN, file)).known for store in (one, two)] == [2, 0]
        assert (await preview(one, BOB, file)).known == 0
        await import_file(two, ANN, file, a_reader(), skip_known=True)
        again = await import_file(two, ANN, file, a_reader(), skip_known=True)
        assert (again.taken, again.skipped) == (0, 2)
        assert (await two.sessions.counts(ANN)).open == 2


async def test_instructions_go_out_with_their_session_and_those_for_all_in_the_manifest(tmp_path: Path) -> None:
    async with a_store(tmp_path, "one") as one, a_store(tmp_path, "two", in_memory=True) as two:
        session = await one.sessions.create(ANN)
        await exchange(one, session)
        await one.preferences.set_for_session(ANN, session.id, INSTRUCTIONS, "Talk of cats.")
        await one.preferences.set(ANN, INSTRUCTIONS, "I am Ann.")
        (archive,) = await archived(one)
        await came_in(two, archive)
        come = await two.sessions.find(ANN, 1)
        assert await two.preferences.of_session(ANN, come.id) == {INSTRUCTIONS: "Talk of cats."}
        assert await two.preferences.all(ANN) == {}
    with ZipFile(BytesIO(archive)) as read:
        assert json.loads(read.read("manifest.json"))["instructions"] == "I am Ann."
