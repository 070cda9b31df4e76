"""Files: bounded on their way in, harmless on their way out."""

import pytest

from playground.standin.bodies import MAX_FILE_BYTES
from playground.web import files as file_rules
from playground.web.files import plain_name
from tests.playground.web.site import Site

PAGE = b"<script>window.__pwned = 1</script>"


async def given(site: Site, name: str, data: bytes, kind: str) -> str:
    """Attach a file to a message as a page does; returns where its bytes are."""
    file = (await (await site.upload(name, data, kind)).json())["file"]
    async with site.page() as page:
        answer = await page.ask("say", person=str(site.ann.id), channel=str(site.general.id), text="look", files=[file])
        assert answer["ok"], answer
        told = await page.told("message")
    (attachment,) = told["message"]["attachments"]
    assert attachment["size"] == len(data)
    return f"{site.url}{attachment['url']}?token={site.token}"


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "text/javascript", "application/xhtml+xml", "text/xml", "no kind"]
)
@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.png"])
async def test_what_could_run_is_downloaded_and_sandboxed(site: Site, kind: str, name: str) -> None:
    answer = await site.http.get(await given(site, name, PAGE, kind))
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert await answer.read() == PAGE


async def test_a_picture_is_shown_and_sandboxed_too(site: Site) -> None:
    answer = await site.http.get(await given(site, "a.png", b"\x89PNG", "image/png"))
    assert answer.content_type == "image/png"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../.env", "env"),
        ("..\\..\\autoexec.bat", "autoexec.bat"),
        ("", "file"),
        ("...", "file"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie: x.txt"),
        ("exe.\u202egnp", "exe.gnp"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
        ("x" * 300 + ".txt", "x" * 196 + ".txt"),
    ],
)
def test_a_hostile_name_is_a_plain_one(name: str, kept: str) -> None:
    assert plain_name(name) == kept


async def test_a_file_too_large_is_refused_in_words(site: Site) -> None:
    answer = await site.upload("big.bin", bytes(MAX_FILE_BYTES + 1))
    assert answer.status == 413
    assert await answer.text() == "A file may be 10 MiB; this one is larger.\n"
    assert (await site.upload("just.bin", bytes(MAX_FILE_BYTES))).status == 200


async def test_files_that_nobody_sends_do_not_pile_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_rules, "MOST_WAITING", 3)
    ids = [(await (await site.upload(f"{n}.txt", b"a")).json())["file"] for n in range(4)]
    async with site.page() as page:
        gone = await page.ask("say", person=str(site.ann.id), channel=str(site.general.id), text="", files=ids[:1])
        kept = await page.ask("say", person=str(site.ann.id), channel=str(site.general.id), text="", files=ids[1:])
    assert gone["error"] == "A file is gone; attach it again."
    assert kept["ok"]


async def test_a_file_is_sent_once(site: Site) -> None:
    file = (await (await site.upload("a.txt", b"a")).json())["file"]
    async with site.page() as page:
        asked = {"person": str(site.ann.id), "channel": str(site.general.id), "text": "", "files": [file]}
        assert (await page.ask("say", **asked))["ok"]
        assert not (await page.ask("say", **asked))["ok"]


async def test_a_file_waits_on_when_its_message_is_refused_and_named_twice_is_one(site: Site) -> None:
    file = (await (await site.upload("a.txt", b"a")).json())["file"]
    async with site.page() as page:
        asked = {"person": str(site.ann.id), "channel": str(site.general.id), "files": [file, file]}
        assert not (await page.ask("say", text="x" * 2001, **asked))["ok"]
        assert (await page.ask("say", text="x", **asked))["ok"]
        told = await page.told("message")
    assert [each["name"] for each in told["message"]["attachments"]] == ["a.txt"]


async def test_a_message_takes_ten_files(site: Site) -> None:
    ids = [(await (await site.upload(f"{n}.txt", b"a")).json())["file"] for n in range(11)]
    async with site.page() as page:
        answer = await page.ask("say", person=str(site.ann.id), channel=str(site.general.id), text="", files=ids)
    assert answer["error"] == "A message takes 10 files; send the rest with another."
