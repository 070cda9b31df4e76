"""The real bot as a process of its own, and what the system says that it used."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

BOT = Path(__file__).parent.parent / "bot.py"
TOKEN = "a-made-up-token"  # noqa: S105 - the stand-in's
QUIET = {"PROMPTS_PER_MINUTE": "0", "DAY_TOKENS_PERSON": "0", "DAY_TOKENS_ALL": "0", "BACKUPS": "off", "TITLES": "off"}


@dataclass(frozen=True, slots=True)
class Used:
    """What a process has used so far; Linux tells."""

    cpu: float
    """Seconds of one core."""
    memory: float
    """MiB at most."""


def used_by(pid: int) -> Used:
    """Read it from /proc."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return Used((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024)


@asynccontextmanager
async def bot_process(folder: Path, discord: str, model: str, answers: int) -> AsyncGenerator[int]:
    """The process id of a bot with an empty database in the folder, at this Discord, with this model."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_PATH": str(folder / "cubby.db"),
        "DISCORD_TOKEN": TOKEN,
        "CUBBY_DISCORD_API": discord,
        "OPENAI_BASE_URL": model,
        "OPENAI_MODEL": "bench",
        "OPENAI_API_KEY": "made-up",
        "RUNNING_TURNS": str(answers),
        "LOG_LEVEL": "ERROR",
        **QUIET,
    }
    process = await asyncio.create_subprocess_exec(sys.executable, str(BOT), env=environment, stdin=DEVNULL)
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()
