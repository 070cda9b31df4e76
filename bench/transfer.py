"""`python -m bench.transfer`: a large export read, written, taken in and given out by the command line, each in a process of
its own: messages a second, and memory.

Prints, and judges nothing: how fast it is depends on the machine. (`MB` gives the size; 100 without it.)
"""

import asyncio
import json
import os
import resource
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from time import perf_counter
from typing import Any

import bot
from storage.sqlite.open import open_store
from transfer.archive_writer import write_archive
from transfer.enclosing import Contents
from transfer.reading import sessions
from transfer.results import is_message
from transfer.saved import Loaded, SavedEntry, SavedSession

MEGABYTE = 1_000_000
SENTENCE = "The login fails after the cookie has moved, and the cart is empty again. "
MESSAGES = 100


def chatgpt_conversation(number: int) -> dict[str, Any]:
    """A conversation in the shape of ChatGPT's export."""
    mapping: dict[str, Any] = {"root": {"id": "root", "message": None, "parent": None, "children": ["n0"]}}
    for at in range(MESSAGES):
        role = "assistant" if at % 2 else "user"
        message: dict[str, Any] = {
            "id": f"n{at}",
            "author": {"role": role, "name": None, "metadata": {}},
            "create_time": 1.7e9 + at,
            "content": {"content_type": "text", "parts": [f"{at} {SENTENCE * (1 + at % 12)}"]},
            "status": "finished_successfully",
            "metadata": {"model_slug": "gpt-4o", "finish_details": {"type": "stop"}},
            "recipient": "all",
        }
        mapping[f"n{at}"] = {"id": f"n{at}", "message": message, "parent": f"n{at - 1}" if at else "root", "children": []}
    return {
        "id": f"c{number}",
        "title": f"Talk {number}",
        "create_time": 1.7e9,
        "mapping": mapping,
        "current_node": f"n{MESSAGES - 1}",
    }


def make_export(path: Path, megabytes: int) -> None:
    """Write an export of about that size."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        number = 0
        while file.tell() < megabytes * MEGABYTE:
            file.write(("," if number else "") + json.dumps(chatgpt_conversation(number)))
            number += 1
        file.write("]")


def read_export(path: Path) -> int:
    """Read it as an import does; how many messages it has."""
    with path.open("rb") as file:
        return sum(sum(map(is_message, each.entries)) for each in sessions(file) if isinstance(each, Loaded))


def write_export(path: Path) -> int:
    """Read it and write all of it as an archive; how many messages it has."""
    messages = 0

    def given() -> Iterator[tuple[SavedSession, tuple[SavedEntry, ...], Contents]]:
        nonlocal messages
        with path.open("rb") as file:
            for each in sessions(file):
                if isinstance(each, Loaded):
                    messages += len(each.entries)
                    yield each.session, each.entries, lambda _digest: None

    with tempfile.TemporaryFile(dir=path.parent) as target:
        write_archive(given(), lambda _: target, most_bytes=10**12)
    return messages


def import_by_command(path: Path) -> int:
    """Take it in as `--import-user` does, into a new database beside it; how many messages it has."""
    os.environ |= {"DATABASE_PATH": str(path.with_name("cubby.db")), "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}
    _make_database(path.with_name("cubby.db"))
    assert bot.main(["--import-user", "101", str(path)]) == 0
    return _messages(path.with_name("cubby.db"))


def export_by_command(path: Path) -> int:
    """Write it out again from that database, as `--export-user` does; how many messages it has."""
    os.environ["DATABASE_PATH"] = str(path.with_name("cubby.db"))
    assert bot.main(["--export-user", "101", str(path.with_name("out.zip"))]) == 0
    return _messages(path.with_name("cubby.db"))


def _make_database(path: Path) -> None:
    async def made() -> None:
        await (await open_store(path)).close()

    asyncio.run(made())


def _messages(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT sum(message_count) FROM sessions").fetchone()[0]


def _measured(work: Callable[[Path], int], path: Path, answers: "SimpleQueue[tuple[int, float, float]]") -> None:
    start = perf_counter()
    messages = work(path)
    answers.put((messages, perf_counter() - start, _most_memory()))


def _most_memory() -> float:
    """MiB that this process has taken at most. (On Linux `ru_maxrss` begins with what the starting process had.)"""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = [
            line for line in status.read_text(encoding="ascii", errors="replace").splitlines() if line.startswith("VmHWM")
        ]
        return int(line.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def measure(work: Callable[[Path], int], path: Path) -> tuple[int, float, float]:
    """Messages, seconds and MiB of memory at most, in a process of its own."""
    context = get_context("spawn")
    answers: SimpleQueue[tuple[int, float, float]] = context.SimpleQueue()
    process = context.Process(target=_measured, args=(work, path, answers))
    process.start()
    process.join()
    return answers.get()


def main() -> None:
    """Measure both ways."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "conversations.json"
        make_export(path, int(os.environ.get("MB", "100")))
        size = path.stat().st_size / MEGABYTE
        works = (
            ("read", read_export),
            ("read and write as ZIP", write_export),
            ("bot.py --import-user", import_by_command),
            ("bot.py --export-user", export_by_command),
        )
        for name, work in works:
            messages, seconds, memory = measure(work, path)
            rate = f"{messages / seconds:,.0f} messages a second, {size / seconds:.1f} MB a second"
            print(f"{name}: {size:.0f} MB, {messages:,} messages, {seconds:.1f} s: {rate}; {memory:.0f} MiB at most")


if __name__ == "__main__":
    main()
