"""Reading an answer that may break off."""

import aiohttp


async def until_broken(http: aiohttp.ClientSession, base_url: str, body: bytes) -> tuple[bytes, bool]:
    """What came of an answer, and whether its connection broke."""
    came = b""
    async with http.post(f"{base_url}/chat/completions", data=body) as response:
        try:
            async for chunk in response.content.iter_any():
                came += chunk
        except aiohttp.ClientError:
            return came, True
    return came, False
