"""What the project itself writes into the README: the table of commands, and what a first visit to the console looks like.

`make readme` writes both; `tests/test_readme.py` keeps them true.
"""

import asyncio
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from discord import app_commands

import wiring
from agent.builtin import BuiltinModel
from settings import Settings

ROOT: Final = Path(__file__).parent.parent
README: Final = ROOT / "README.md"
VISIT: Final = (
    "My favorite programming language is Rust",
    "/new",
    "What should I cook tonight?",
    "What's my favorite programming language?",
    "/sessions",
    "/open 1",
    "What's my favorite programming language?",
    "/quit",
)


async def commands() -> str:
    """The table of commands, from the registered tree."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_path=Path(folder) / "cubby.db")
        async with wiring.running(settings, BuiltinModel()) as parts:
            await parts.client.furnish()
            registered = parts.client.tree.get_commands()
            rows = [_row(c) for c in registered if isinstance(c, app_commands.Command)]
            rows += [_menu_row(c) for c in registered if isinstance(c, app_commands.ContextMenu)]
    return "\n".join(["| command | what it does |", "| --- | --- |", *rows])


async def transcript() -> str:
    """What a new person's first visit to the console prints, from a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        unset = dict.fromkeys(("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "ALLOWED_GUILDS"), "")
        environment = {"PATH": os.environ["PATH"], **unset, "DATABASE_PATH": str(Path(folder) / "cubby.db")}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "bot.py"),
            "--console",
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate("\n".join(VISIT).encode() + b"\n")
    return f"```text\n$ make console\n{out.decode().rstrip()}\n```"


def replaced(text: str, block: str, content: str) -> str:
    """The text with the marked block's content replaced. Raises `ValueError` where there is no such block."""
    pattern = re.compile(rf"(<!-- {block} -->\n).*?(\n<!-- /{block} -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(block)
    return pattern.sub(lambda match: match[1] + content + match[2], text)


def block_of(text: str, block: str) -> str:
    """The content of a marked block."""
    return text.split(f"<!-- {block} -->\n")[1].split(f"\n<!-- /{block} -->", maxsplit=1)[0]


def _row(command: "app_commands.Command[Any, ..., Any]") -> str:
    options = "".join(f" [{option.name}]" for option in command.parameters)
    return f"| `/{command.name}{options}` | {command.description} |"


def _menu_row(menu: app_commands.ContextMenu) -> str:
    return f"| *{menu.name}*, under *Apps* in a message's menu | {menu.extras['description']} |"


async def write() -> None:
    """Write both blocks anew."""
    text = README.read_text(encoding="utf-8")
    text = replaced(text, "commands", await commands())
    README.write_text(replaced(text, "transcript", await transcript()), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write())
