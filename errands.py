"""What the command line can have done with the database instead of starting the bot: its flags, and what each calls."""

import argparse
import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from erasure import ask_on_terminal, erase_user
from maintenance import Meter, Say, look_over, put_back, write_backup
from settings import Settings
from storage.backups import BackupKeeper
from storage.ids import utc_now
from user_data import export_user, import_user

if TYPE_CHECKING:
    from argparse import _ActionsContainer  # pyright: ignore[reportPrivateUsage] - what both kinds of groups are


class NoUserId(Exception):
    """What was given for a Discord id is none; the message is a sentence."""


def add_errands(what: "_ActionsContainer") -> None:
    """Add their flags to a group of which one may be given."""
    what.add_argument("--backup", type=Path, metavar="FILE", help="copy the database to a new file, also while the bot runs")
    what.add_argument("--restore", type=Path, metavar="FILE", help="put such a copy in its place, and keep the old one beside")
    what.add_argument("--verify", action="store_true", help="look for damage in the database, also while the bot runs")
    two: dict[str, Any] = {"nargs": 2, "metavar": ("ID", "FILE")}
    what.add_argument("--export-user", help="write all sessions of a person, by their Discord id, to a new ZIP", **two)
    what.add_argument("--import-user", help="take in a file's sessions for a person: see docs/export.md", **two)
    what.add_argument("--erase-user", metavar="ID", help="delete all there is of a person, by their Discord id")


def chosen_errand(settings: Settings, options: argparse.Namespace, say: Say, meter: Meter) -> Coroutine[Any, Any, int] | None:
    """What the flags want done, if anything. Raises `NoUserId`."""
    path = settings.database_path
    if options.backup is not None:
        return write_backup(path, options.backup, say, meter)
    if options.restore is not None:
        return put_back(path, options.restore, say, meter)
    if options.verify:
        return look_over(path, say, meter)
    return _of_a_person(settings, options, say, meter)


def _of_a_person(settings: Settings, options: argparse.Namespace, say: Say, meter: Meter) -> Coroutine[Any, Any, int] | None:
    path = settings.database_path
    if options.export_user is not None:
        return export_user(path, user_id(options.export_user[0]), Path(options.export_user[1]), say, meter)
    if options.import_user is not None:
        who, from_file = user_id(options.import_user[0]), Path(options.import_user[1])
        return import_user(path, who, from_file, settings.file_space * 2**20, say, meter)
    if options.erase_user is not None:
        backups = BackupKeeper(path, daily=settings.backups, now=utc_now, sleep=asyncio.sleep)
        ask = None if options.yes else ask_on_terminal
        return erase_user(path, user_id(options.erase_user), say, ask, backups.copies)
    return None


def user_id(text: str) -> int:
    """A Discord id from the command line. Raises `NoUserId`."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1 << 63):
        raise NoUserId(f"{text} is no Discord id; those are numbers, such as 123456789012345678.")
    return int(text)
