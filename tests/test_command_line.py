"""`python bot.py` as a process of its own: flags, exit codes, and the sentence that ends a start that cannot be."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import bot
from bot import DISCORD_FAILS, VERSION
from playground.faulty_model import FaultyModelServer
from playground.standin import Message, StandIn
from tests.processes import TOKEN, UNSET, started


@pytest.fixture
async def discord() -> AsyncIterator[StandIn]:
    async with StandIn() as standin:
        standin.add_bot(TOKEN)
        standin.add_guild("Team").add_text_channel("general")
        standin.add_person("Ann")
        yield standin


async def outcome(folder: Path, *flags: str, **settings: str) -> tuple[int | None, str, str]:
    process = await started(folder, *flags, **settings)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_version(tmp_path: Path) -> None:
    assert await outcome(tmp_path, "--version") == (0, f"Cubby {VERSION}\n", "")


async def test_without_a_token_it_names_the_console_and_where_to_get_one(tmp_path: Path) -> None:
    code, _, err = await outcome(tmp_path)
    assert code == 2
    assert "--console" in err
    assert "discord.com/developers" in err


async def test_a_refused_token_is_a_sentence(tmp_path: Path, discord: StandIn) -> None:
    code, _, err = await outcome(tmp_path, DISCORD_TOKEN="wrong", CUBBY_DISCORD_API=discord.api_url)
    assert code == 2
    assert err.splitlines()[-1].startswith("Discord doesn't accept DISCORD_TOKEN")
    assert "Traceback" not in err


async def test_no_way_to_discord_is_a_sentence_and_may_be_tried_again(tmp_path: Path) -> None:
    """The service of docs/hosting.md ends for good at 2: a machine that starts before its network is there must not."""
    code, _, err = await outcome(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API="http://127.0.0.1:9/api/v10")
    assert code == 1
    assert err.splitlines()[-1].startswith("Discord cannot be reached")


async def test_an_error_of_discords_at_the_start_is_a_sentence_and_may_be_tried_again(tmp_path: Path) -> None:
    async def fails(_: web.Request) -> web.Response:
        return web.json_response({"message": "no server available", "code": 0}, status=503)

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", fails)
    async with TestServer(application) as server:
        code, _, err = await outcome(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=str(server.make_url("/api/v10")))
    assert code == 1
    assert err.splitlines()[-1] == DISCORD_FAILS.format(503)
    assert "Traceback" not in err


async def test_a_taken_health_port_is_a_sentence(tmp_path: Path, discord: StandIn) -> None:
    taken = discord.api_url.split(":")[2].split("/")[0]
    code, _, err = await outcome(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url, HEALTH_PORT=taken)
    assert code == 2
    assert err.splitlines()[-1].startswith(f"HEALTH_PORT={taken}: ")
    assert "Traceback" not in err


async def test_a_bad_setting_is_named_with_an_example(tmp_path: Path) -> None:
    code, _, err = await outcome(tmp_path, LOG_LEVEL="LOUD", DELTA_TIMEOUT="soon")
    assert code == 2
    assert "LOG_LEVEL=LOUD" in err
    assert "DELTA_TIMEOUT=soon" in err


async def test_a_database_that_is_none_is_refused_and_untouched(tmp_path: Path, discord: StandIn) -> None:
    (tmp_path / "cubby.db").write_bytes(b"a shopping list, and no database at all")
    code, _, err = await outcome(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url)
    assert code == 2
    assert "is not a database" in err
    assert (tmp_path / "cubby.db").read_bytes() == b"a shopping list, and no database at all"


async def test_several_models_and_none_named(tmp_path: Path) -> None:
    async with FaultyModelServer(("one", "two")) as server:
        code, _, err = await outcome(tmp_path, DISCORD_TOKEN=TOKEN, OPENAI_BASE_URL=server.base_url)
    assert code == 2
    assert "one, two" in err


async def test_check_says_a_line_of_each(tmp_path: Path, discord: StandIn) -> None:
    async with FaultyModelServer() as server:
        code, out, err = await outcome(
            tmp_path, "--check", DISCORD_TOKEN=TOKEN, OPENAI_BASE_URL=server.base_url, CUBBY_DISCORD_API=discord.api_url
        )
    assert (code, err) == (0, "")
    assert [line.split(":")[0] for line in out.splitlines()] == ["settings", "database", "backups", "prices", "token", "model"]


@pytest.mark.parametrize(
    "settings",
    [
        {"LOG_LEVEL": "LOUD"},
        {},
        {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"},
        {"OPENAI_MODEL": "absent"},
        {"TITLE_MODEL": "absent"},
        {"MODELS": "test-model, absent"},
        {"PRICE_FILE": "absent.toml"},
        {"ASK_FIRST_ABOVE": "0.50"},
    ],
)
async def test_check_finds_any_fault(tmp_path: Path, discord: StandIn, settings: dict[str, str]) -> None:
    async with FaultyModelServer() as server:
        token = {"DISCORD_TOKEN": TOKEN} if settings else {}
        base = {"OPENAI_BASE_URL": server.base_url, "CUBBY_DISCORD_API": discord.api_url, **token}
        code, out, _ = await outcome(tmp_path, "--check", **{**base, **settings})
    assert code == 1
    assert "FAULT" in out


def test_check_names_what_the_file_has_that_is_no_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bot, "set_up_logging", nothing)
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".env").write_text("DISCORD_TOKN=abc\nopenai_model=x\nLOG_LEVEL=INFO\nHOME_PAGE=y\n", encoding="utf-8")
    assert bot.main(["--check"], tmp_path / ".env") == 1
    assert capsys.readouterr().out.splitlines()[:3] == [
        "settings: .env has DISCORD_TOKN, which Cubby doesn't know. Is DISCORD_TOKEN meant?",
        "settings: .env has openai_model, which Cubby doesn't know. Is OPENAI_MODEL meant?",
        "settings: .env has HOME_PAGE, which Cubby doesn't know.",
    ]


def nothing(*_: object) -> None:
    """In place of what is set up for the whole process."""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_the_answer_kept(tmp_path: Path, discord: StandIn, number: signal.Signals) -> None:
    process = await started(tmp_path, DISCORD_TOKEN=TOKEN, CUBBY_DISCORD_API=discord.api_url)
    await discord.bot_connected()
    ann = discord.add_person("Ann")
    await ann.say(ann.dm, "count to 2000")

    def writing(message: Message) -> bool:
        return message.author.bot and "\n3" in message.text

    answer = await ann.wait_for(writing, channel=ann.dm, timeout=20)
    process.send_signal(number)
    async with asyncio.timeout(8):
        assert await process.wait() == 0
    assert not any(button.label == "Stop" for button in answer.buttons)
    assert "Retry" in [button.label for button in answer.buttons] or "writing" not in answer.text
