"""Many sessions go out in ZIPs of a size and come in again, whatever part is missing, changed or made to do harm."""

import json
import struct
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transfer.samples import BRANCHED, entry, loadeds, session, sorted_out
from transfer import zips
from transfer.archive_writer import HTML, JSON, MARKDOWN, PI, Layout, Part, write_archive
from transfer.enclosing import Contents
from transfer.limits import MIB
from transfer.reading import sessions, survey
from transfer.results import Format, TransferRefused
from transfer.saved import Loaded

FILES = Path(__file__).parent / "files"


def nothing(_digest: str) -> None:
    """No file is there."""


def packed(
    loaded: Iterable[Loaded], most_bytes: int = MIB, layout: Layout = JSON, contents: Contents = nothing
) -> tuple[list[bytes], list[Part]]:
    files: list[BytesIO] = []

    def new_part(number: int) -> BytesIO:
        assert number == len(files) + 1
        files.append(BytesIO())
        return files[-1]

    parts = write_archive(
        ((each.session, iter(each.entries), contents) for each in loaded), new_part, most_bytes=most_bytes, layout=layout
    )
    return [file.getvalue() for file in files], parts


def zipped(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return file.getvalue()


def refusal(data: bytes) -> str:
    with pytest.raises(TransferRefused) as refused:
        list(sessions(BytesIO(data)))
    return str(refused.value)


def with_random_words(number: int, length: int = 3000) -> Loaded:
    words = Random(number).randbytes(length).hex()
    return Loaded(session(id=f"s{number}", number=number, leaf="1"), (entry(1, None, "user", words),))


@given(st.lists(loadeds(), max_size=3, unique_by=lambda loaded: loaded.session.id))
def test_export_import_export_is_the_identity(loaded: list[Loaded]) -> None:
    (first,), _ = packed(loaded)
    again, damage = sorted_out(sessions(BytesIO(first)))
    assert (again, damage) == (loaded, [])
    assert packed(again)[0] == [first]


def test_manifest_says_what_is_there() -> None:
    (data,), _ = packed([BRANCHED])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        (listed,) = manifest["files"]
        assert archive.namelist() == [listed["path"], "manifest.json"]
        assert listed["bytes"] == len(archive.read(listed["path"]))
    assert (manifest["format"], manifest["version"], manifest["sessions"], manifest["messages"]) == ("cubby-archive", 1, 1, 4)
    assert (listed["name"], listed["number"], listed["entries"]) == ("Auth bug", 3, 5)


def test_parts_stay_under_the_size_and_hold_everything() -> None:
    loaded = [with_random_words(number) for number in range(1, 31)]
    files, parts = packed(loaded, 20_000)
    assert len(files) == len(parts) > 4
    assert [len(file) for file in files] == [part.size for part in parts]
    assert max(len(file) for file in files) <= 20_000
    assert not any(part.is_oversize for part in parts)
    assert [each for file in files for each in sorted_out(sessions(BytesIO(file)))[0]] == loaded


def test_session_that_is_larger_than_a_part_is_marked() -> None:
    files, parts = packed([with_random_words(1, 100), with_random_words(2, 40_000), with_random_words(3, 100)], 20_000)
    assert [part.is_oversize for part in parts] == [False, True, False]
    assert len(files) == 3


def test_nothing_to_export_is_an_archive_too() -> None:
    (data,), parts = packed([])
    assert [part.sessions for part in parts] == [0]
    assert survey(BytesIO(data)).conversations == 0


@pytest.mark.parametrize(("layout", "count"), [(PI, 1), (JSON, 1), (MARKDOWN, 0), (HTML, 0)])
def test_layouts_for_reading_only_say_so(layout: Layout, count: int) -> None:
    (data,), _ = packed([BRANCHED], layout=layout)
    found = survey(BytesIO(data))
    assert (found.format, found.conversations, found.damages) == (Format.ARCHIVE, count, 1 - count)


def test_changed_and_missing_sessions_are_told_and_the_rest_is_read() -> None:
    (data,), _ = packed([with_random_words(1), with_random_words(2), with_random_words(3)])
    with zipfile.ZipFile(BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    first, second, third, _ = members
    members[first] = members[first].replace(b'"Auth bug"', b'"Other"')
    del members[second]
    loaded, damage = sorted_out(sessions(BytesIO(zipped(members))))
    assert [each.session.id for each in loaded] == ["s1", "s3"]
    assert damage == [
        f"{first}: It isn't what was exported: its checksum is another.",
        f"{second}: It is listed in the archive, and isn't there.",
    ]
    assert third


@pytest.mark.parametrize(("name", "kind", "count"), [("chatgpt.json", Format.CHATGPT, 2), ("claude.json", Format.CLAUDE, 3)])
def test_exports_of_others_are_found_in_their_zip(name: str, kind: Format, count: int) -> None:
    data = (FILES / name).read_bytes()
    members = {"chat.html": b"<html>", "export-1/conversations.json": data, "users.json": b"[]", "dalle/x.zip": zipped({})}
    found = survey(BytesIO(zipped(members)))
    assert (found.format, found.conversations, found.damages) == (kind, count, 0)


def test_export_in_several_files_is_one() -> None:
    data = (FILES / "chatgpt.json").read_bytes()
    members = {"conversations-001.json": b"[{]", "conversations-000.json": data, "conversations-002.json": data}
    loaded, damage = sorted_out(sessions(BytesIO(zipped(members))))
    assert len(loaded) == 4
    assert len(damage) == 2
    assert all(line.startswith("conversations-001.json, conversation ") for line in damage)


def test_bombs_are_refused_before_they_go_off() -> None:
    zeros = b"[" + b" " * (30 * MIB) + b"]"
    assert refusal(zipped({"conversations.json": zeros})) == zips.BOMB


def test_overlapping_files_are_a_bomb_together() -> None:
    """Each is within the ratio, but all of them point to the same bytes."""
    data = b'[{"mapping": {}}' + b", " * (3 * MIB) + b"]"
    plain = zipped({"conversations-0.json": data})
    with zipfile.ZipFile(BytesIO(plain)) as archive:
        (info,) = archive.infolist()
        start = archive.start_dir
    many = 300
    directory = b""
    for number in range(many):
        name = f"conversations-{number}.json".encode()
        sizes = (info.CRC, info.compress_size, info.file_size, len(name))
        head = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 8, 0, 33, *sizes, 0, 0, 0, 0, 0, 0)
        directory += head + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, many, many, len(directory), start, 0)
    assert refusal(plain[:start] + directory + end) == zips.BOMB


@pytest.mark.parametrize("name", ["../conversations.json", "/etc/x.json", "a/../../b", "C:\\x", "a\\..\\..\\b", "\\\\host\\x"])
def test_paths_that_lead_outside_are_refused(name: str) -> None:
    assert refusal(zipped({"conversations.json": b"[]", name: b"x"})) == zips.PATHS


def test_two_files_of_one_name_are_refused() -> None:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("conversations.json", b"[]")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("conversations.json", b"[1]")
    assert refusal(file.getvalue()) == zips.TWICE


def test_a_zip_in_a_zip_is_not_looked_into() -> None:
    inner = zipped({"conversations.json": (FILES / "claude.json").read_bytes()})
    assert "I don't know this kind of file" in refusal(zipped({"export.zip": inner}))
    assert "I don't know this kind of file" in refusal(zipped({"conversations.json": inner}))


def test_locked_and_strangely_packed_files_say_what_to_do() -> None:
    data = bytearray(zipped({"conversations.json": b"[{}]"}))
    for mark, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        data[data.find(mark) + at] |= 1
    assert refusal(bytes(data)) == zips.ENCRYPTED
    assert refusal(zipped({"conversations.json": b"[{}]"}, zipfile.ZIP_BZIP2)) == zips.METHOD


def test_huge_directory_is_not_read() -> None:
    data = zipped({"conversations.json": b"[]"})
    at = data.rfind(b"PK\5\6")
    grown = data[:at] + b"\0" * (17 * MIB) + data[at : at + 12] + struct.pack("<L", 17 * MIB) + data[at + 16 :]
    assert refusal(grown) == zips.TOO_MANY


def test_a_directory_that_points_before_the_file_is_damage() -> None:
    data = bytearray(zipped({"manifest.json": b"{}"}))
    struct.pack_into("<L", data, data.rfind(b"PK\5\6") + 16, 0xFFFF)  # where it says that the directory is
    assert refusal(bytes(data)) == zips.BROKEN


@given(st.data())
def test_mutated_archives_are_read_or_refused(data: st.DataObject) -> None:
    (whole,), _ = packed([BRANCHED])
    mutated = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        mutated[data.draw(st.integers(0, len(mutated) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(mutated)))
    for damaged in (bytes(mutated), bytes(mutated[:cut])):
        with suppress(TransferRefused):
            for result in sessions(BytesIO(damaged)):
                str(result)


def test_a_newer_archive_is_refused_with_what_to_do() -> None:
    manifest = json.dumps({"format": "cubby-archive", "version": 2}).encode()
    assert "newer Cubby" in refusal(zipped({"manifest.json": manifest}))
