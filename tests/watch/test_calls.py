import aiohttp
import pytest
from yarl import URL

from tests.watch.ports import free_port
from watch.calls import counting, kind_of, result_of
from watch.metrics import Metrics


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("PATCH", "/channels/1/messages/2", "edit"),
        ("PATCH", "/webhooks/1/token/messages/@original", "edit"),
        ("POST", "/channels/1/messages", "send"),
        ("POST", "/webhooks/1/token", "send"),
        ("POST", "/interactions/1/token/callback", "other"),
        ("DELETE", "/channels/1/messages/2", "other"),
    ],
)
def test_calls_are_told_apart(method: str, path: str, kind: str) -> None:
    assert kind_of(method, URL("https://discord.com/api/v10" + path)) == kind


@pytest.mark.parametrize(("status", "result"), [(101, "ok"), (204, "ok"), (404, "failed"), (429, "limited"), (503, "failed")])
def test_results_are_told_apart(status: int, result: str) -> None:
    assert result_of(status) == result


async def test_a_call_that_gets_no_answer_counts_as_failed() -> None:
    metrics = Metrics()
    async with aiohttp.ClientSession(trace_configs=[counting(metrics)]) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.post(f"http://127.0.0.1:{free_port()}/channels/1/messages")
    assert metrics.registry.get_sample_value("cubby_discord_calls_total", {"call": "send", "result": "failed"}) == 1
