"""What a child process may do, and what becomes of one that does something else: never an exception here, never a hang."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from functools import partial

import pytest

from documents.reading import Limits, Picture, Reader, Reason, Unread, Written
from tests.documents.files import pdf, picture

NEVER = "import sys, time; sys.stdin.buffer.read(); time.sleep(999)"
HALF = r"""import sys; sys.stdout.write('{"kind": "text", "pages": null, "cut": false, "length": 9}\nhalf')"""
PICKLE = "import pickle, sys; sys.stdout.buffer.write(pickle.dumps([1, 2]))"
DEAF = "import sys\nwhile True: sys.stdout.write('a' * 2**20)"
FLOOD = "import sys; sys.stdin.buffer.read()\nwhile True: sys.stdout.write('a' * 2**20)"
CONFINED = "import sys; from documents.confinement import confine; from documents.results import Limits; confine(Limits());"

posix = pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux alone holds it")


def reader_of(code: str, limits: Limits | None = None, *, children: int = 2) -> Reader:
    """A reader whose children run something else."""
    return Reader(limits or Limits(), children=children, command=(sys.executable, "-c", code))


async def spoken(code: str) -> str:
    """What a child says that a reader has started, or nothing where it ended with an error."""
    answer = r"""; said = said.encode(); print('{"kind": "", "pages": null, "cut": false, "length": %s}' % len(said))"""
    async with asyncio.timeout(30):
        result = await reader_of(f"{code}{answer}; sys.stdout.flush(); sys.stdout.buffer.write(said)").read(b"x", "")
    return result.text if isinstance(result, Written) else ""


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("", Reason.DAMAGED),
        ("raise SystemExit(3)", Reason.DAMAGED),
        ("import os; os.abort()", Reason.DAMAGED),
        ("import sys; sys.stdin.close(); import os; os.abort()", Reason.DAMAGED),
        pytest.param("import os; os.kill(os.getpid(), 9)", Reason.TOO_MUCH, marks=posix),
        (HALF, Reason.DAMAGED),
        (PICKLE, Reason.DAMAGED),
        ("print('[' * 100_000)", Reason.DAMAGED),
        ("print('{}')", Reason.DAMAGED),
        ("""print('{"reason": "mood", "length": 0}')""", Reason.DAMAGED),
        ("print('\\u00ff')", Reason.DAMAGED),
        (FLOOD, Reason.TOO_MUCH),
    ],
)
async def test_child_that_fails_is_a_file_that_was_not_read(code: str, reason: Reason) -> None:
    assert await reader_of(code).read(b"a" * 2**20, "") == Unread(reason=reason)


@pytest.mark.parametrize("code", [NEVER, DEAF])
async def test_child_that_never_comes_to_an_end_is_killed_in_time(code: str) -> None:
    reader = reader_of(code, Limits(seconds=0.3))
    assert await reader.read(b"a" * 2**20, "") == Unread(reason=Reason.TOO_LONG)


async def test_system_without_a_process_to_spare_is_no_fault_of_the_file() -> None:
    assert await Reader(Limits(), command=("no such program",)).read(b"words", "") == Unread(reason=Reason.NOT_NOW)


async def started(reader: Reader, count: int = 1) -> set[Process]:
    """The children that run, as soon as they are so many."""
    async with asyncio.timeout(30):
        while len(reader._children) < count:  # noqa: ASYNC110 - a child that was started has no other sign
            await asyncio.sleep(0.01)
    return set(reader._children)


async def test_cancel_kills_the_child() -> None:
    reader = reader_of(NEVER)
    reading = asyncio.create_task(reader.read(b"words", ""))
    (child,) = await started(reader)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert child.returncode is not None
    assert reader._children == set()


async def test_close_ends_what_runs_and_what_waits() -> None:
    reader = reader_of(NEVER, children=1)
    async with asyncio.TaskGroup() as group:
        reads = [group.create_task(reader.read(b"words", "")) for _ in range(3)]
        (child,) = await started(reader)
        await reader.close()
    assert child.returncode is not None
    assert [read.result() for read in reads] == [Unread(reason=Reason.NOT_NOW)] * 3
    await reader.close()


async def test_close_ends_a_child_that_is_just_being_started() -> None:
    reader = reader_of(NEVER, Limits(seconds=999))
    reading = asyncio.create_task(reader.read(b"words", ""))
    await asyncio.sleep(0)
    await reader.close()
    assert await reading == Unread(reason=Reason.NOT_NOW)


async def test_no_more_children_than_there_are_places() -> None:
    reader = reader_of(NEVER, children=2)
    reads = [asyncio.create_task(reader.read(b"words", "")) for _ in range(4)]
    first = await started(reader, 2)
    reads[0].cancel()
    await asyncio.wait([reads[0]])
    second = await started(reader, 2)
    assert len(first | second) == 3
    assert [len(first), len(second)] == [2, 2]
    await reader.close()
    await asyncio.gather(*reads, return_exceptions=True)


async def test_child_has_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "secret")
    names = await spoken("import os, sys; said = ' '.join(os.environ)")
    assert set(names.split()) <= {"SYSTEMROOT", "LC_CTYPE"}  # the latter Python sets by itself


@pytest.mark.parametrize(
    "forbidden",
    [
        "import socket; socket.socket()",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.Popen([sys.executable])",
        "import os; os.system('true')",
        "import os; os.fork()",
        pytest.param(
            "open('grown', 'wb', 0).write(b'words')", marks=pytest.mark.skipif(sys.platform == "win32", reason="no such limit")
        ),
    ],
)
async def test_child_reaches_nothing(forbidden: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    moved = f"{CONFINED} import os; os.chdir({os.fspath(tmp_path_factory.mktemp('child'))!r});"
    assert await spoken(f"{moved} said = 'confined'") == "confined"
    assert await spoken(f"{moved} {forbidden}; said = 'escaped'") == ""


@linux
@pytest.mark.parametrize(
    "make",
    [
        partial(picture, "PNG", (7000, 7000)),
        lambda: b"a" * (24 * 2**20),
        lambda: b"[" + b"[]," * 5_000_000 + b"[]]",
    ],
    ids=["picture", "text", "json"],
)
async def test_memory_has_an_end(make: Callable[[], bytes]) -> None:
    """Where there is less than the file unfolds to; a JSON file can still be read as text."""
    reader = Reader(Limits(memory_bytes=100 * 2**20))
    assert await reader.read(make(), "") == Unread(reason=Reason.TOO_MUCH)


@posix
async def test_child_that_nobody_waits_for_ends_by_its_own_limit() -> None:
    code = f"{CONFINED.replace('Limits()', 'Limits(seconds=0)')}\nwhile True: pass"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", code)
    async with asyncio.timeout(30):
        assert await child.wait() in {-signal.SIGXCPU, -signal.SIGKILL}


async def test_page_tree_that_multiplies_ends_in_time() -> None:
    """Thirty layers, each of which has the next one ten times."""
    layers = b"".join(
        b"%d 0 obj <</Type/Pages/Count 9/Kids[%s]>> endobj " % (n, b"%d 0 R " % (n + 1) * 10) for n in range(2, 32)
    )
    tree = (
        b"%PDF-1.7 1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj "
        + layers
        + b"32 0 obj <</Type/Page>> endobj trailer <</Root 1 0 R>>"
    )
    result = await Reader(Limits(seconds=2)).read(tree, "")
    assert result in (Unread(reason=Reason.TOO_LONG), Unread(reason=Reason.TOO_MUCH), Unread(reason=Reason.DAMAGED))


async def test_words_of_a_file_reach_no_log(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    reader = Reader(Limits())
    torn = pdf("confidential")[:-300]
    assert isinstance(await reader.read(torn, "confidential.pdf"), Written | Unread | Picture)
    await reader_of("import sys; sys.exit(sys.stdin.read())").read(b"confidential", "confidential.txt")
    assert "confidential" not in caplog.text + "".join(capfd.readouterr())
