"""`python bot.py --erase-user ID`: delete all that there is of a person, also from the bytes of the live files.

It has the database to itself, so it is refused while the bot runs. Exit codes as in `maintenance.py`.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from lifeline import STDIN
from maintenance import Say, refuse_missing
from storage.backups import FOLDER, Copies
from storage.errors import DatabaseRefused
from storage.records import Actor
from storage.sqlite.open import open_store
from storage.store import Store

Ask = Callable[[str], Awaitable[str]]

AGAIN: Final = 1.0
"""Seconds until the files are wiped again which somebody is reading, as `--backup` does."""

NO_TERMINAL: Final = "There is no terminal to ask on whether you mean it; nothing was erased. Add --yes if you do."
NOT_MEANT: Final = "That isn't the same id; nothing was erased."


async def erase_user(path: Path, user_id: int, say: Say, ask: Ask | None, copies: Callable[[], Awaitable[Copies]]) -> int:
    """Erase the person with this Discord id, wait until nothing of it is in the files, and say what backups may hold.

    With `ask`, their id is to be typed once more before. Raises `DatabaseRefused`, `StoreUnavailable`. Cut off, it is done in
    part: do it again.
    """
    refuse_missing(path)
    store = await open_store(path)
    try:
        counts = await store.sessions.counts(Actor(user_id))
        many = counts.open + counts.archived + counts.bin
        if ask is not None:
            await _make_sure(ask, path, user_id, many)
        await store.shelves.erase(Actor(user_id))
        await _wipe(store)
    finally:
        await store.close()
    say(f"Erased {user_id} from {path}: {_sessions(many)}, and whatever else there was of them.")
    say(_where_else(path, await copies()))
    return 0


async def ask_on_terminal(question: str) -> str:
    """What is typed to a question. Raises `DatabaseRefused` where there is no terminal."""
    if not os.isatty(STDIN):
        raise DatabaseRefused(NO_TERMINAL)
    sys.stdout.write(question)
    sys.stdout.flush()
    loop = asyncio.get_running_loop()
    typed: asyncio.Future[str] = loop.create_future()

    def read() -> None:
        line = os.read(STDIN, 4096).decode(errors="replace")
        with suppress(RuntimeError):  # the loop has ended before the line
            loop.call_soon_threadsafe(lambda: None if typed.done() else typed.set_result(line))

    # A daemon without a buffer whose lock it could hold, so that a Ctrl-C does not wait for the line.
    threading.Thread(target=read, name="terminal", daemon=True).start()
    return await typed


async def _wipe(store: Store) -> None:
    while True:
        if await store.upkeep.wipe():
            return
        await asyncio.sleep(AGAIN)


async def _make_sure(ask: Ask, path: Path, user_id: int, many: int) -> None:
    question = (
        f"This erases {_sessions(many)} of {user_id} from {path}, and whatever else there is of them. Nothing brings it back."
    )
    if (await ask(f"{question}\nType the id once more: ")).strip() != str(user_id):
        raise DatabaseRefused(NOT_MEANT)


def _sessions(many: int) -> str:
    return "1 session" if many == 1 else f"{many} sessions"


def _where_else(path: Path, copies: Copies) -> str:
    yours = "Copies that you made elsewhere are yours to delete."
    if copies.kept:
        return f"Backups that were made before may hold them until you delete those in {path.parent / FOLDER}. {yours}"
    if copies.until is not None:
        goes = f"{copies.until:%Y-%m-%d %H:%M} UTC"
        return f"The bot's own backups that may hold them are gone by {goes}, if it runs then. {yours}"
    return f"None of the bot's own backups holds them. {yours}"
