"""What was attached goes out in archives and comes in again, and nothing that was made to do harm comes in with it."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from random import Random
from typing import Any

import pytest

from documents.results import Limits
from storage.records import Attached, Content, File, with_files
from tests.storage.samples import file
from tests.transfer.samples import entry, session, sorted_out
from tests.transfer.test_archive import packed, zipped
from transfer.archive_writer import HTML, MARKDOWN, PI
from transfer.enclosed import ABSENT, CHANGED, TOO_LARGE, attached_in
from transfer.limits import MIB
from transfer.parsing import Unreadable
from transfer.reading import sessions
from transfer.results import TransferRefused
from transfer.saved import Loaded
from transfer.zips import BOMB

REPORT = file("what is written", b"%PDF what is written", "Report.PDF")
NOTES = file("something else")
PATH, WORDS = f"files/{REPORT.attached.digest}.pdf", f"files/{REPORT.attached.digest}.words.txt"
LIMITS = Limits(bytes=1000, characters=100)


def asked(*files: File, id_: str = "s") -> Loaded:
    """A session with a prompt that came with these."""
    told = with_files(each.attached for each in files)
    return Loaded(session(id=id_, leaf="1"), (entry(1, None, "user", "read", **told),))


def archive(*loaded: Loaded, has: Sequence[File] = (REPORT, NOTES), most_bytes: int = MIB, **given: Any) -> list[bytes]:
    contents = {each.attached.digest: each.content for each in has}
    return packed(loaded, most_bytes, contents=contents.get, **given)[0]


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def found(data: bytes, which: File = REPORT, limits: Limits = LIMITS) -> Content | Unreadable:
    with attached_in(BytesIO(data), limits) as look:
        return look(which.attached.digest)


def test_each_content_is_there_once_as_bytes_and_as_words_where_those_are_others() -> None:
    (data,) = archive(asked(REPORT, NOTES), asked(REPORT, id_="t"))
    inside, digest = members(data), REPORT.attached.digest
    assert inside[f"files/{digest}.pdf"] == REPORT.content.data
    assert inside[f"files/{digest}.words.txt"] == b"what is written"
    assert len([name for name in inside if name.startswith("files/")]) == 3
    assert json.loads(inside["manifest.json"])["attached"][1] == {
        "digest": NOTES.attached.digest,
        "name": "notes.txt",
        "bytes": 14,
        "path": f"files/{NOTES.attached.digest}.txt",
        "words": f"files/{NOTES.attached.digest}.txt",
    }
    assert [found(data, each) for each in (REPORT, NOTES)] == [REPORT.content, NOTES.content]


@pytest.mark.parametrize("layout", [MARKDOWN, HTML, PI])
def test_formats_that_only_name_files_have_none_of_them(layout: Any) -> None:
    (data,) = archive(asked(REPORT), layout=layout)
    assert not [name for name in members(data) if name.startswith("files/")]


def test_what_is_not_there_any_more_is_left_out_and_told_as_absent() -> None:
    (data,) = archive(asked(REPORT, NOTES), has=[NOTES])
    assert (found(data, REPORT), found(data, NOTES)) == (Unreadable(ABSENT), NOTES.content)


def test_a_name_or_digest_of_any_signs_makes_no_path() -> None:
    told = [file("one", name="../../evil.s h"), file("two", name="x." + "y" * 50), file("three", name="")]
    odd = File(Attached(name="x", kind="text", digest="../up", size=4), Content(b"four", "four"))
    (data,) = archive(asked(*told, odd), has=[*told, odd])
    paths = [name for name in members(data) if name.startswith("files/")]
    assert paths == [f"files/{each.attached.digest}" for each in told]


def test_parts_stay_under_the_size_and_each_has_what_its_sessions_name() -> None:
    random = Random(7)
    own = [file("words", random.randbytes(random.randrange(100, 15_000)), f"{n}.bin") for n in range(30)]
    shared = file("for all", random.randbytes(3000), "all.bin")
    loaded = [asked(each, shared, id_=str(n)) for n, each in enumerate(own)]
    parts = archive(*loaded, has=[*own, shared], most_bytes=20_000)
    assert len(parts) > 2
    assert max(map(len, parts)) <= 20_000
    for part in parts:
        for each in sorted_out(sessions(BytesIO(part)))[0]:
            mine = own[int(each.session.id)]
            assert [found(part, one, Limits()) for one in (mine, shared)] == [mine.content, shared.content]


def test_what_packs_as_well_as_a_bomb_comes_in_again() -> None:
    log = file("a" * (9 * MIB), name="zeros.log")
    (data,) = archive(asked(log), has=[log], most_bytes=1 << 30)
    assert sorted_out(sessions(BytesIO(data)))[1] == []
    assert found(data, log, Limits(characters=10 * MIB)) == log.content


def test_words_are_bounded_by_characters_whatever_they_take_in_bytes() -> None:
    fits, long = [file("a" * count, b"%PDF", "long.pdf") for count in (LIMITS.characters, LIMITS.characters + 1)]
    (data,) = archive(asked(fits, long), has=[fits, long])
    assert (found(data, fits), found(data, long)) == (fits.content, Unreadable(TOO_LARGE))


Harm = Callable[[dict[str, bytes], dict[str, Any]], object]


def harmed(harm: Harm) -> bytes:
    """The archive after something was done to its members and to the first line on files in its manifest."""
    inside = members(archive(asked(REPORT))[0])
    manifest = json.loads(inside.pop("manifest.json"))
    harm(inside, manifest["attached"][0])
    return zipped({**inside, "manifest.json": json.dumps(manifest).encode()})


HARMS: Mapping[str, tuple[Harm, str]] = {
    "bytes are missing": (lambda inside, _: inside.pop(PATH), ABSENT),
    "words are missing": (lambda inside, _: inside.pop(WORDS), ABSENT),
    "other bytes": (lambda inside, _: inside.update({PATH: b"%PDF what is writteN"}), CHANGED),
    "other words": (lambda inside, _: inside.update({WORDS: b"what I say"}), CHANGED),
    "words that are none": (lambda inside, _: inside.update({WORDS: b"\xff\xfe"}), CHANGED),
    "no words listed": (lambda _, line: line.update(words=None), CHANGED),
    "another's words": (lambda _, line: line.update(words="sessions/0.json"), ABSENT),
    "a path outside": (lambda _, line: line.update(path="../../../etc/passwd"), ABSENT),
    "the manifest as a file": (lambda _, line: line.update(path="manifest.json", words=None), CHANGED),
    "too many bytes": (lambda inside, _: inside.update({PATH: b"x" * 1001}), TOO_LARGE),
    "too many words": (lambda inside, _: inside.update({WORDS: b"x" * 401}), TOO_LARGE),
    "no listing": (lambda _, line: line.clear(), ABSENT),
    "a listing of nonsense": (lambda _, line: line.update(path=["x"], words=7), ABSENT),
}


@pytest.mark.parametrize(("harm", "reason"), HARMS.values(), ids=HARMS.keys())
def test_what_is_not_what_was_exported_is_not_taken_and_the_sessions_are(harm: Harm, reason: str) -> None:
    data = harmed(harm)
    assert found(data) == Unreadable(reason)
    loaded, damage = sorted_out(sessions(BytesIO(data)))
    assert (len(loaded), damage) == (1, [])


@pytest.mark.parametrize(("mark", "at"), [(b"PK\1\2", 8), (b"PK\1\2", 16), (b"PK\3\4", 30 + len(PATH) + 3)])
def test_locked_and_torn_bytes_are_told_and_not_raised(mark: bytes, at: int) -> None:
    """A member's flag of a password and its checksum, both in the directory, and its content: APPNOTE 4.3.7 and 4.3.12."""
    data = bytearray(archive(asked(REPORT))[0])
    start = next(n for n in range(len(data)) if data[n:].startswith(mark) and PATH.encode() in data[n : n + 46 + len(PATH)])
    data[start + at] ^= 1
    assert found(bytes(data)) == Unreadable(CHANGED)


def test_a_bomb_among_the_files_is_refused_before_a_session_is_taken() -> None:
    data = harmed(lambda inside, _: inside.update({PATH: bytes(64 * MIB)}))
    with pytest.raises(TransferRefused, match=BOMB):
        list(sessions(BytesIO(data)))


def test_one_large_file_that_is_listed_many_times_counts_as_often() -> None:
    inside = members(archive(asked(REPORT))[0])
    manifest = json.loads(inside.pop("manifest.json"))
    inside[PATH] = Random(1).randbytes(MIB)
    manifest["attached"] = [{"digest": str(n), "path": PATH, "words": None} for n in range(300)]
    data = zipped({**inside, "manifest.json": json.dumps(manifest).encode()})
    with pytest.raises(TransferRefused, match=BOMB):
        list(sessions(BytesIO(data)))


@pytest.mark.parametrize("data", [b'{"format": "cubby-session"}', b"", zipped({"conversations.json": b"[]"})])
def test_where_no_archive_of_ours_is_nothing_is_attached(data: bytes) -> None:
    assert found(data) == Unreadable(ABSENT)
