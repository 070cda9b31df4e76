"""Routes that tell where the gateway is."""

from playground.standin.routing import Ask, Reply, Route


def get_gateway(ask: Ask) -> Reply:
    """Give the gateway's address."""
    return 200, {"url": _url(ask)}


def get_gateway_bot(ask: Ask) -> Reply:
    """Give the gateway's address, one shard, and starts enough."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
    return 200, {"url": _url(ask), "shards": 1, "session_start_limit": limit}


def _url(ask: Ask) -> str:
    return ask.origin.replace("http://", "ws://", 1) + "/gateway"


ROUTES = (
    Route("GET", "/gateway", get_gateway, needs_token=False),
    Route("GET", "/gateway/bot", get_gateway_bot),
)
