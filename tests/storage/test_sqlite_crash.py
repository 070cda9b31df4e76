"""A process that is killed in the middle of writing: what it had acknowledged is there, and the file opens without a word."""

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from storage.records import TurnState
from storage.sqlite.open import open_store
from tests.storage.samples import ANN

WRITE = """
import asyncio, json, sys
from pathlib import Path
from storage.records import TurnState
from storage.sqlite.open import open_store
from tests.storage.samples import ANN, ask, answer, exchange, prompt

async def live(store, session):
    for number in range(10_000):
        turn = await ask(store, session, f"q{number}")
        await store.turns.checkpoint(ANN, turn.id, f"a{number} so far")
        ended = await answer(store, turn, f"a{number}")
        print(json.dumps([session.number, f"q{number}", f"a{number}"]), flush=True)

async def main():
    store = await open_store(Path(sys.argv[1]))
    sessions = [await store.sessions.create(ANN) for _ in range(5)]
    await asyncio.gather(*(live(store, session) for session in sessions))

asyncio.run(main())
"""

KILLED_WITH_A_TURN = """
import asyncio, os, signal, sys
from pathlib import Path
from storage.records import TurnState
from storage.sqlite.open import open_store
from tests.storage.samples import ANN, ask, prompt, wait

async def main():
    store = await open_store(Path(sys.argv[1]))
    session = await store.sessions.create(ANN)
    await store.sessions.open(ANN, 1)
    turn = await ask(store, session, "why?")
    await store.turns.checkpoint(ANN, turn.id, "because")
    await wait(store, session, "next")
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""

ROOT = Path(__file__).resolve().parents[2]

RunPython = Callable[..., tuple[int, str]]


def acknowledged_until_killed(path: Path, lines: int) -> list[tuple[int, str, str]]:
    """Let another process write, kill it after so many acknowledgements, and give all that it made."""
    with subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", WRITE, str(path)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        read = [writer.stdout.readline() for _ in range(lines)]
        writer.kill()
        read += writer.stdout.readlines()
    assert writer.returncode == -signal.SIGKILL
    return [tuple(json.loads(line)) for line in read if line.endswith("\n")]


async def test_each_acknowledged_write_outlives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "cubby.db"
    acknowledged = acknowledged_until_killed(path, 200)
    assert (tmp_path / "cubby.db-wal").stat().st_size > 0
    store = await open_store(path)
    kept: set[tuple[int, str, str]] = set()
    for info in (await store.sessions.list(ANN)).items:
        texts = [entry.text for entry in await store.transcripts.path(ANN, info.id)]
        assert info.message_count == len(texts)
        kept |= {(info.number, *pair) for pair in zip(texts[::2], texts[1::2], strict=False)}
    await store.close()
    assert len(acknowledged) >= 200
    assert set(acknowledged) <= kept
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert other.execute("PRAGMA foreign_key_check").fetchall() == []


async def test_a_killed_process_leaves_its_turns_to_be_found(tmp_path: Path, run_python: RunPython) -> None:
    path = tmp_path / "cubby.db"
    code, _ = run_python(KILLED_WITH_A_TURN, path)
    store = await open_store(path)
    (running,), (waiting,) = await store.upkeep.running_turns(), await store.upkeep.waiting_turns()
    active = await store.sessions.active(ANN)
    await store.close()
    assert code == -signal.SIGKILL
    assert (running.state, running.prompt, running.partial) == (TurnState.STREAMING, "why?", "because")
    assert (waiting.state, waiting.prompt) == (TurnState.QUEUED, "next")
    assert active is not None
    assert active.number == 1
