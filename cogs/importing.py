"""`/import`: take in sessions from a file, after a look at what is in it.

A file is held by one task from its arrival until it is let go of: by its owner's word, another file of theirs, ten minutes, or
the end of the bot. A press only hands the task that word.
"""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

import discord
from discord import app_commands
from discord.ext import commands

from cogs import previews
from cogs.bulletin import Bulletin
from cogs.controls import button, row
from cogs.explain import Told
from cogs.files import disk_told, fetch, unnamed_files
from cogs.previews import Said
from cogs.reply import Interaction, Reply, reply_to
from cogs.router import uuid_in
from cogs.services import Services
from porting.incoming import Preview, import_file, preview
from storage.ids import new_id
from storage.records import Actor
from transfer.limits import MIB
from transfer.results import TransferRefused

MOST_BYTES: Final = 100 * MIB
MOST_HELD: Final = 400 * MIB
"""Bytes of all people's files that are here at a time."""
PATIENCE: Final = 600.0
"""Seconds that a file waits for its owner's word."""
AT_ONCE: Final = 2
"""Files that are read at a time, over all people."""

TOO_LARGE: Final = (
    f"That file is larger than {MOST_BYTES // MIB} MiB, which is what I take here. Whoever runs me can import it."
)
CHANGED: Final = "That file is larger than Discord told me. Please send it once more."
FULL: Final = "Too many files are waiting to be imported just now. Please try again in a few minutes."
BUSY: Final = "I'm still at your last file. I'll tell you there when it's done."
NOT_HERE: Final = "I don't have that file any more. Send it once more with `/import`."
DROPPED: Final = "Nothing was imported, and the file is gone from here."
WAITED: Final = "I waited ten minutes for your word, then let go of the file. Send it once more with `/import`."
ALL_DELETED: Final = "Everything about you was deleted, so I let go of this file too."
ANOTHER: Final = "You sent another file, so I let go of this one."
BROKEN_OFF: Final = (
    "I'm being restarted, so I let go of your file. Please send it again in a minute; what is in by then can be skipped."
)


class Choice(Enum):
    """What can be done with a file."""

    ALL = auto()
    NEW = auto()
    """What isn't there yet."""
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class Word:
    """What its owner chose, and the press that said so, which has no answer yet."""

    choice: Choice
    reply: Reply


@dataclass(eq=False, slots=True)
class Visit:
    """One person's file while it is here."""

    actor: Actor
    size: int
    token: UUID = field(default_factory=new_id)
    is_asked: bool = False
    """Whether its owner was asked what to do with it."""
    word: "asyncio.Future[Word | str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    """Why it is let go of, where that is no word of its owner's; cancelled where it is waited for no longer."""

    @property
    def is_waiting(self) -> bool:
        """Whether only its owner's word is missing."""
        return self.is_asked and not self.word.done()

    @property
    def is_let_go(self) -> bool:
        """Whether the file goes without its owner's word, be it gone by now or not."""
        return self.word.done() and (self.word.cancelled() or isinstance(self.word.result(), str))


class Importing(commands.Cog):
    """Looks at files, holds them for a while, and takes them in."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._visits: dict[int, Visit] = {}
        self._places = asyncio.Semaphore(AT_ONCE)
        services.router.add("takeall", partial(self._decided, Choice.ALL))
        services.router.add("takenew", partial(self._decided, Choice.NEW))
        services.router.add("droppedin", partial(self._decided, Choice.NOTHING))

    @app_commands.command(name="import", description="Take in sessions: from Cubby, pi, ChatGPT's or Claude's export")
    @app_commands.describe(file="A session or ZIP from /export, pi's .jsonl, or conversations.json, also in its ZIP")
    async def import_(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Look at a file and say what is in it."""
        if file.size > MOST_BYTES:
            raise Told(TOO_LARGE)
        await reply_to(interaction).defer()
        bulletin = Bulletin(self._services, reply_to(interaction))
        bulletin.follow(f"import-{interaction.id}", self._import(bulletin, file), BROKEN_OFF)

    @commands.Cog.listener()
    async def on_erased(self, actor: Actor) -> None:
        """Called when everything about a person was deleted; see `privacy.py`."""
        visit = self._visits.get(actor.user_id)
        if visit is not None and visit.is_waiting:
            visit.word.set_result(ALL_DELETED)

    async def _decided(self, choice: Choice, interaction: Interaction, arguments: list[str]) -> None:
        """A press. Raises `Told`, with the same sentence for a file that is foreign, gone, or never was."""
        visit = self._visits.get(interaction.user.id)
        if visit is None or visit.token != uuid_in(arguments) or visit.is_let_go:
            raise Told(NOT_HERE)
        if not visit.is_waiting:
            raise Told(BUSY)
        visit.word.set_result(Word(choice, reply_to(interaction, in_place=True)))

    async def _import(self, bulletin: Bulletin, attachment: discord.Attachment) -> None:
        with self._visiting(Visit(bulletin.actor, attachment.size)) as visit:
            async with unnamed_files(self._services.folder) as new_file:
                bulletin, said = await self._received(bulletin, visit, attachment, new_file())
        if said is not None:
            await bulletin.say(said.text, upload=said.upload)

    async def _received(
        self, bulletin: Bulletin, visit: Visit, attachment: discord.Attachment, file: BinaryIO
    ) -> tuple[Bulletin, Said | None]:
        """From its arrival to what is said in the end, and where."""
        await fetch(attachment.url, file, most_bytes=attachment.size, too_large=CHANGED)
        found = await bulletin.watch(self._look(visit.actor, file), lambda: "Looking through the file…")
        if not found.survey.conversations:
            return bulletin, previews.nothing_in_it(found)
        said = previews.question(found)
        visit.is_asked = True
        await bulletin.say(said.text, view=_choices(visit.token, found), upload=said.upload)
        try:
            async with asyncio.timeout(PATIENCE):
                word = await visit.word
        except TimeoutError:
            await bulletin.meanwhile(WAITED)
            return bulletin, None
        if isinstance(word, str):
            await bulletin.meanwhile(word)
            return bulletin, None
        await word.reply.defer()
        bulletin = Bulletin(self._services, word.reply)
        if word.choice is Choice.NOTHING:
            return bulletin, Said(DROPPED)
        return bulletin, await self._take(bulletin, file, found, skip_known=word.choice is Choice.NEW)

    async def _look(self, actor: Actor, file: BinaryIO) -> Preview:
        """What is in it. Raises `Told`."""
        async with self._places:
            try:
                with disk_told():
                    return await preview(self._services.store, actor, file)
            except TransferRefused as refused:
                raise Told(str(refused)) from None

    async def _take(self, bulletin: Bulletin, file: BinaryIO, found: Preview, *, skip_known: bool) -> Said:
        done = _Done()
        await bulletin.meanwhile(previews.how_far(0, found))  # no button is left to press

        async def take() -> Said:
            async with self._places:
                store, reader = self._services.store, self._services.reader
                came = await import_file(store, bulletin.actor, file, reader, skip_known=skip_known, progress=done.note)
                return previews.report(came)

        with self._services.errands.beside(bulletin.actor, BUSY):
            return await bulletin.watch(take(), lambda: previews.how_far(done.count, found))

    @contextmanager
    def _visiting(self, visit: Visit) -> Generator[Visit, None, None]:
        """Let a file in, which takes the place of the same person's. Raises `Told` while that one is being read, or where there
        is no room.
        """
        last = self._visits.get(visit.actor.user_id)
        if last is not None and not last.is_waiting:
            raise Told(BUSY)
        if sum(each.size for each in self._visits.values() if each is not last) + visit.size > MOST_HELD:
            raise Told(FULL)
        if last is not None:
            last.word.set_result(ANOTHER)
        self._visits[visit.actor.user_id] = visit
        try:
            yield visit
        finally:
            if self._visits.get(visit.actor.user_id) is visit:
                del self._visits[visit.actor.user_id]


@dataclass(slots=True)
class _Done:
    """How far it is."""

    count: int = 0

    def note(self, count: int) -> None:
        """Called from the thread that reads."""
        self.count = count


def _choices(token: UUID, found: Preview) -> discord.ui.View:
    known, every = found.known, found.survey.conversations
    primary = discord.ButtonStyle.primary
    ways = [button("Import", "takeall", token, style=primary)] if not known else []
    if 0 < known < every:
        ways.append(button("Skip what's there", "takenew", token, style=primary))
    if known:
        ways.append(button("Import all again", "takeall", token))
    return row(*ways, button("Cancel", "droppedin", token))
