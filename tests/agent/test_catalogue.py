"""What people may choose: the operator's list as far as the endpoint has it, whatever the endpoint does."""

import asyncio
from collections.abc import Sequence

import pytest

from agent.catalogue import PAUSE, SHORT_PAUSE, Catalogue
from agent.config import Models
from agent.errors import Unreachable
from tests.agent.people import Naps

NAMED = Models(default="small", allowed=("large", "llama"))
ALL = Models(default="small", allowed=None)


class Lists:
    """An endpoint that lists in turn what it is told to, or fails, and then hangs."""

    def __init__(self, *lists: Sequence[str] | Exception) -> None:
        self.left = list(lists)
        self.used_up = asyncio.Event()

    async def __call__(self) -> Sequence[str]:
        if not self.left:
            self.used_up.set()
            await asyncio.Event().wait()
        given = self.left.pop(0)
        if isinstance(given, Exception):
            raise given
        return given


@pytest.mark.parametrize(
    ("models", "lists", "names"),
    [
        (NAMED, [], ("small", "large", "llama")),
        (NAMED, [Unreachable()], ("small", "large", "llama")),
        (NAMED, [["large", "unasked"]], ("small", "large")),
        (NAMED, [["large"], TimeoutError()], ("small", "large")),
        (NAMED, [["llama:latest"]], ("small", "llama")),
        (NAMED, [["large"], ["llama"]], ("small", "llama")),
        (ALL, [], ("small",)),
        (ALL, [["z", "small", "a"]], ("small", "a", "z")),
    ],
)
async def test_what_is_offered(models: Models, lists: list[Sequence[str] | Exception], names: tuple[str, ...]) -> None:
    endpoint = Lists(*lists)
    async with Catalogue(models, endpoint, sleep=Naps()) as catalogue:
        await endpoint.used_up.wait()
        assert catalogue.names == names


async def test_it_asks_sooner_where_it_was_not_answered() -> None:
    endpoint, naps = Lists(Unreachable(), ["large"]), Naps()
    async with Catalogue(NAMED, endpoint, sleep=naps):
        await endpoint.used_up.wait()
    assert naps.asked == [SHORT_PAUSE, PAUSE]


async def test_where_nobody_may_choose_nobody_is_asked() -> None:
    endpoint = Lists()
    async with Catalogue(Models(default="small"), endpoint) as catalogue:
        await asyncio.sleep(0)
        assert catalogue.names == ("small",)
        assert not endpoint.used_up.is_set()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "models-list"]
