"""An interaction's calls and its first response, over a clock that jumps."""

import asyncio
from collections.abc import Callable

import pytest
from yarl import URL

from delivery.callbacks import PATIENCE, Callbacks, token_of
from tests.delivery.fast_time import run_fast

FIRST = URL("https://discord.com/api/v10/interactions/5/secret/callback")
EDIT = URL("https://discord.com/api/v10/webhooks/9/secret/messages/@original")
OTHER = URL("https://discord.com/api/v10/webhooks/9/another/messages/@original")


@pytest.mark.parametrize(
    ("url", "call"),
    [
        (FIRST, ("secret", True)),
        (EDIT, ("secret", False)),
        (URL("https://discord.com/api/v10/webhooks/9/secret"), ("secret", False)),
        (URL("https://discord.com/api/v10/channels/5/messages"), None),
    ],
)
def test_a_call_belongs_to_the_interaction_of_its_address(url: URL, call: tuple[str, bool] | None) -> None:
    assert token_of(url) == call


def edited_after(happens: Callable[[Callbacks], None]) -> float:
    """When an edit begins beside a first response to which this happens after a second."""

    async def live() -> float:
        callbacks, loop = Callbacks(), asyncio.get_running_loop()
        await callbacks.begin(FIRST)
        loop.call_later(1.0, happens, callbacks)
        await callbacks.begin(OTHER)
        assert loop.time() == 0
        await callbacks.begin(EDIT)
        return loop.time()

    return run_fast(live())


@pytest.mark.parametrize("status", [204, 404])
def test_an_edit_waits_for_the_answer_to_the_first_response(status: int) -> None:
    assert edited_after(lambda callbacks: callbacks.end(FIRST, status)) == pytest.approx(1.0)


@pytest.mark.parametrize("status", [429, 503, None])
def test_where_the_first_response_failed_and_comes_again_it_waits_on_but_not_for_ever(status: int | None) -> None:
    assert edited_after(lambda callbacks: callbacks.end(FIRST, status)) == pytest.approx(PATIENCE)
