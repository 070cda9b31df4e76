"""`/import`: take in sessions from a file, after a look at what is in it."""

import asyncio
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Final
from uuid import UUID

import discord
from discord import app_commands
from discord.ext import commands

from cogs.controls import button, row
from cogs.explain import UNREACHED, Told
from cogs.files import fetch, unnamed_file
from cogs.reply import Interaction, Reply, actor_of, reply_to
from cogs.router import Unreadable, uuid_in
from cogs.services import Services
from cogs.watching import watched
from cogs.words import inert
from porting.incoming import Preview, Report, import_file, preview
from storage.ids import new_id
from transfer.limits import MIB
from transfer.results import Damage, Place, TransferRefused

MOST_BYTES: Final = 100 * MIB
MOST_HELD: Final = 400 * MIB
"""Bytes of all files that wait for a press."""
PATIENCE: Final = 600.0
"""Seconds that a file waits for one."""
SHOWN: Final = 5
"""Damages that a message lists; more come as a file."""

TOO_LARGE: Final = (
    f"That file is larger than {MOST_BYTES // MIB} MiB, which is what I take here. Whoever runs me can import it."
)
FULL: Final = "Too many files are waiting to be imported just now. Please try again in a few minutes."
BUSY: Final = "I'm still importing your last file. I'll tell you there when it's done; then send this one again."
NOTHING_IN_IT: Final = "I found no conversation in that file."
DROPPED: Final = "Nothing was imported, and the file is gone from here."
BROKE: Final = "My disk stopped taking it, so the rest isn't in. Send the file again later; what is in by now can be skipped."


@dataclass(frozen=True, slots=True)
class _Held:
    """A file that was looked at and waits for its owner's word."""

    owner: int
    file: BinaryIO
    size: int
    expiry: asyncio.TimerHandle


class Importing(commands.Cog):
    """Looks at files, holds them for a while, and takes them in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._held: dict[UUID, _Held] = {}
        self._busy: set[int] = set()
        services.router.add("takeall", self._take_all)
        services.router.add("takenew", self._take_new)
        services.router.add("droppedin", self._drop)

    async def cog_unload(self) -> None:
        """Let go of every file."""
        for token in tuple(self._held):
            self._close(token)

    @app_commands.command(name="import", description="Take in sessions: from Cubby, pi, ChatGPT's or Claude's export")
    @app_commands.describe(file="A session or ZIP from /export, pi's .jsonl, or conversations.json, also in its ZIP")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Look at a file and say what is in it."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        if file.size > MOST_BYTES:
            raise Told(TOO_LARGE)
        await reply.defer()
        with self._one_at_a_time(actor.user_id):
            self._forget(actor.user_id)
            if sum(held.size for held in self._held.values()) + file.size > MOST_HELD:
                raise Told(FULL)
            held = unnamed_file()
            try:
                await fetch(file.url, held, most_bytes=MOST_BYTES, too_large=TOO_LARGE)
                found = await watched(
                    preview(self._services.store, actor, held), lambda: _tell(reply, "Looking through the file…")
                )
            except TransferRefused as refused:
                held.close()
                raise Told(str(refused)) from None
            except BaseException:
                held.close()
                raise
            await self._offer(reply, actor.user_id, held, file.size, found)

    async def _offer(self, reply: Reply, owner: int, file: BinaryIO, size: int, found: Preview) -> None:
        survey = found.survey
        if not survey.conversations:
            file.close()
            await _say_damages(reply, NOTHING_IN_IT, survey.damages, survey.listed)
            return
        token = new_id()
        expiry = asyncio.get_running_loop().call_later(PATIENCE, self._close, token)
        self._held[token] = _Held(owner, file, size, expiry)
        await reply.say(_question(found), view=_choices(token, found))
        if survey.damages:
            await _say_damages(reply, "What I can't read in it:", survey.damages, survey.listed)

    async def _take_all(self, interaction: Interaction, arguments: list[str]) -> None:
        await self._take(interaction, arguments, skip_known=False)

    async def _take_new(self, interaction: Interaction, arguments: list[str]) -> None:
        await self._take(interaction, arguments, skip_known=True)

    async def _take(self, interaction: Interaction, arguments: list[str], *, skip_known: bool) -> None:
        """Take the file in. It is held no more from here on, so a second press finds nothing."""
        actor, reply = actor_of(interaction), reply_to(interaction, in_place=True)
        token = self._own(actor.user_id, arguments)
        with self._one_at_a_time(actor.user_id), self._release(token).file as file:
            await reply.defer()
            done = _Done()
            work = import_file(self._services.store, actor, file, skip_known=skip_known, progress=done.note)
            report = await watched(work, lambda: _tell(reply, f"Importing… {_conversations(done.count)} so far."))
            await reply.say(_told(report))
            if report.damages:
                await _say_damages(reply, "What I couldn't read:", report.damages, report.listed)

    async def _drop(self, interaction: Interaction, arguments: list[str]) -> None:
        self._close(self._own(interaction.user.id, arguments))
        await reply_to(interaction, in_place=True).say(DROPPED)

    def _own(self, owner: int, arguments: list[str]) -> UUID:
        """The file that is meant. Raises `Unreadable` for one that is foreign or held no more."""
        token = uuid_in(arguments)
        held = self._held.get(token)
        if held is None or held.owner != owner:
            raise Unreadable
        return token

    def _release(self, token: UUID) -> _Held:
        held = self._held.pop(token)
        held.expiry.cancel()
        return held

    def _close(self, token: UUID) -> None:
        self._release(token).file.close()

    def _forget(self, owner: int) -> None:
        """A person has one file here: a new one takes the place of the old."""
        for token in [token for token, held in self._held.items() if held.owner == owner]:
            self._close(token)

    @contextmanager
    def _one_at_a_time(self, owner: int) -> Generator[None, None, None]:
        """Raises `Told` while the person's last one is under way."""
        if owner in self._busy:
            raise Told(BUSY)
        self._busy.add(owner)
        try:
            yield
        finally:
            self._busy.discard(owner)


@dataclass(slots=True)
class _Done:
    """How far it is."""

    count: int = 0

    def note(self, count: int) -> None:
        """Called from the thread that reads."""
        self.count = count


def _question(found: Preview) -> str:
    survey = found.survey
    facts = [_conversations(survey.conversations), f"{survey.messages:,} {'message' if survey.messages == 1 else 'messages'}"]
    if survey.damages:
        lines = all(damage.place is Place.LINE for damage in survey.listed)
        facts.append(f"{survey.damages:,} damaged {'line' if lines else 'piece'}{'' if survey.damages == 1 else 's'}")
    known = f" {found.known:,} of them you have already." if found.known else ""
    return f"{', '.join(facts)}.{known} Import?"


def _choices(token: UUID, found: Preview) -> discord.ui.View:
    known, every = found.known, found.survey.conversations
    primary = discord.ButtonStyle.primary
    ways = [button("Import", "takeall", token, style=primary)] if not known else []
    if 0 < known < every:
        ways.append(button("Import the new ones", "takenew", token, style=primary))
    if known:
        ways.append(button("Import all again", "takeall", token))
    return row(*ways, button("Cancel", "droppedin", token))


def _told(report: Report) -> str:
    parts = [f"{_conversations(report.taken)} imported, {report.messages:,} messages."]
    if report.skipped:
        parts.append(f"{report.skipped:,} you have already, so I skipped them.")
    if not report.is_whole:
        parts.append(BROKE)
    return " ".join([*parts, "`/sessions` shows them."])


def _conversations(count: int) -> str:
    return "1 conversation" if count == 1 else f"{count:,} conversations"


async def _say_damages(reply: Reply, heading: str, count: int, damages: Sequence[Damage]) -> None:
    """Say what could not be read, by line; what is more than a message takes comes as a file."""
    lines = "\n".join(f"- {inert(str(damage), 200)}" for damage in damages[:SHOWN])
    if count <= SHOWN:
        await reply.say(f"{heading}\n{lines}" if lines else heading)
        return
    whole = "".join(f"{damage}\n" for damage in damages) + (
        f"... and {count - len(damages)} more\n" if count > len(damages) else ""
    )
    await reply.say(f"{heading}\n{lines}", file=discord.File(BytesIO(whole.encode()), filename="not-read.txt"))


async def _tell(reply: Reply, text: str) -> None:
    try:
        await reply.meanwhile(text)
    except UNREACHED:
        return  # the end is told all the same
