"""Starting `bot.py` as a process of its own that sees given settings alone."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

BOT = Path(__file__).parent.parent / "bot.py"
TOKEN = "a-made-up-token"

# Blank in the environment would let a `.env` beside bot.py speak; nobody's own bot must be reached from a test.
UNSET = ("DISCORD_TOKEN", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_MODEL", "ALLOWED_GUILDS")


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What a bot sees whose database is in `folder`."""
    system = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return {**system, **dict.fromkeys(UNSET, ""), "DATABASE_PATH": str(folder / "cubby.db"), **settings}


async def started(folder: Path, *flags: str, **settings: str) -> Process:
    """A bot whose database is in `folder`."""
    return await asyncio.create_subprocess_exec(
        sys.executable, str(BOT), *flags, env=environment(folder, **settings), stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
