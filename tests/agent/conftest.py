"""Stores for the tests of sessions, turns and runtimes; a faulty server, and the openai client that asks it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.openai_client import OpenAIClient
from playground.faulty_model import FaultyModelServer
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


@pytest.fixture
async def server() -> AsyncIterator[FaultyModelServer]:
    async with FaultyModelServer() as running:
        yield running


@pytest.fixture
async def client(server: FaultyModelServer) -> AsyncIterator[OpenAIClient]:
    asking = OpenAIClient("test-model", base_url=server.base_url)
    yield asking
    await asking.close()
