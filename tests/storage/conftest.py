"""Each contract test runs on every store there is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from storage.records import SessionInfo
from storage.sqlite.open import open_store
from storage.store import Store
from tests.storage.samples import ANN, Clock


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
