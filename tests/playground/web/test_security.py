"""Nobody but the page itself, at its own address on this machine, gets in."""

import asyncio

import aiohttp
import pytest

from playground.web.security import TOKEN_HEADER
from tests.playground.web.site import Site

ELSEWHERE = "https://evil.example"
PATHS = ("/", "/page/main.js", "/live", "/files/1/a.txt")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "[::1]:{port}", "127.0.0.1.evil.example:{port}"]
)
async def test_a_strangers_name_that_leads_here_is_refused(site: Site, path: str, host: str) -> None:
    answer = await site.http.get(site.url + path, headers={"Host": host.format(port=site.port)})
    assert answer.status == 403
    assert site.token not in await answer.text()


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "http://127.0.0.1", "http://localhost:1", "https://127.0.0.1:{port}"])
@pytest.mark.parametrize("path", PATHS)
async def test_another_pages_origin_is_refused(site: Site, path: str, origin: str) -> None:
    answer = await site.http.get(site.url + path, headers={"Origin": origin.format(port=site.port)})
    assert answer.status == 403


@pytest.mark.parametrize("headers", [{}, {"Origin": ELSEWHERE}])
async def test_the_live_connection_wants_the_pages_origin(site: Site, headers: dict[str, str]) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await site.http.ws_connect(f"{site.url}/live", headers=headers)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    "hello", ['{"token": "wrong"}', "{}", "[]", '"x"', "no json", '{"token": null}', '{"token": "\\ud800"}']
)
async def test_a_wrong_token_is_told_nothing(site: Site, hello: str) -> None:
    async with site.http.ws_connect(f"{site.url}/live", headers={"Origin": site.url}) as socket:
        await socket.send_str(hello)
        told = await socket.receive(timeout=5)
    assert told.type is aiohttp.WSMsgType.CLOSE
    assert told.data == 4401


@pytest.mark.parametrize("missing", [{"Origin": ""}, {TOKEN_HEADER: ""}, {TOKEN_HEADER: "wrong"}, {"Origin": ELSEWHERE}])
async def test_an_upload_wants_origin_and_token(site: Site, missing: dict[str, str]) -> None:
    assert (await site.upload("a.txt", b"a", **missing)).status == 403


async def test_an_attachment_wants_the_token(site: Site) -> None:
    attachment = site.discord.world.attach(site.general, "a.txt", "text/plain", b"private")
    for query in ("", "?token=", "?token=wrong"):
        answer = await site.http.get(f"{site.url}/files/{attachment.id}/a.txt{query}")
        assert answer.status == 403
        assert b"private" not in await answer.read()


@pytest.mark.parametrize(
    "path",
    [
        "/page/../web/security.py",
        "/page/..%2fweb%2fsecurity.py",
        "/page/%2e%2e/%2e%2e/bot.py",
        "/page/....//web/security.py",
        "/page//etc/passwd",
        "/page/vendor/../../web/security.py",
        "/page/vendor",
        "/page/",
        "/page/index.html",
        "/page/main.js%00.css",
        "/.env",
    ],
)
async def test_no_path_leads_out_of_the_pages_folder(site: Site, path: str) -> None:
    """Sent as it stands: a client that tidies paths would hide the fault."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(site.port))
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nConnection: close\r\n\r\n".encode())
    head = await reader.readline()
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert int(head.split()[1]) in (400, 403, 404)
    assert site.token.encode() not in rest


@pytest.mark.parametrize("path", ["/", "/page/store.js", "/nothing"])
async def test_every_answer_has_a_strict_policy(site: Site, path: str) -> None:
    headers = (await site.http.get(site.url + path)).headers
    parts = [part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";")]
    policy = {name: value for name, _, value in parts}
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["base-uri"] == policy["form-action"] == policy["frame-ancestors"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "*" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


async def test_the_page_has_no_script_of_its_own_and_bears_the_token_once(site: Site) -> None:
    page = await (await site.http.get(site.url)).text()
    assert page.count(site.token) == 1
    assert "<style" not in page
    assert " on" not in page.replace(" on ", "")
    assert page.count("<script") == page.count('<script type="module" src="/page/')


async def test_it_listens_on_loopback_alone(site: Site) -> None:
    assert site.url.startswith("http://127.0.0.1:")
