"""Stores for the tests of sessions, turns and runtimes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.memory import MemoryStore
from storage.sqlite.open import open_store
from storage.store import Store
from tests.agent.people import Ear


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else await open_store(tmp_path / "cubby.db")
    yield made
    await made.close()


@pytest.fixture
async def ear() -> Ear:
    return Ear()
