"""Each contract test runs on every store there is."""

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from storage.records import SessionInfo
from storage.sqlite.open import open_store
from storage.store import Store
from tests.storage.samples import ANN, Clock

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    made: Store = MemoryStore(now=clock) if request.param == "memory" else await open_store(tmp_path / "cubby.db", now=clock)
    yield made
    await made.close()


@pytest.fixture
async def session(store: Store) -> SessionInfo:
    return await store.sessions.create(ANN)


@pytest.fixture
def run_python() -> Callable[..., tuple[int, str]]:
    """Run some Python in a process of its own; gives its exit code and what it said on stderr."""

    def run(code: str, *arguments: object) -> tuple[int, str]:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
        return done.returncode, done.stderr

    return run
