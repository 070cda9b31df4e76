from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from playground.faulty_model import FaultyModelServer
from tests.e2e.team import Team, a_team


@pytest.fixture
async def server() -> AsyncIterator[FaultyModelServer]:
    async with FaultyModelServer() as running:
        yield running


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    async with a_team(tmp_path) as running:
        yield running
