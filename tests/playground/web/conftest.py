from collections.abc import AsyncIterator

import pytest

from tests.playground.web.site import Site, a_site


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with a_site() as running:
        yield running
