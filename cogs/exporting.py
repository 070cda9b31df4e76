"""`/export`: one session, or all, as files that only their owner gets."""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from cogs.bulletin import Bulletin
from cogs.controls import button, row
from cogs.explain import Told
from cogs.files import NewFile, disk_told, unnamed_files
from cogs.find import choices, wanted
from cogs.packing import Packed, pack_all, pack_one
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import Unreadable, uuid_in
from cogs.services import Services
from cogs.words import NOTHING_OPEN, label
from storage.records import Actor, SessionInfo
from transfer.archive_writer import HTML, JSON, MARKDOWN, PI, Layout

ALL: Final = "all"
"""What is typed for all sessions."""

LAYOUTS: Final[Mapping[str, Layout]] = {layout.format: layout for layout in (MARKDOWN, HTML, JSON, PI)}
NAMES: Final[Mapping[str, str]] = {
    MARKDOWN.format: "Markdown, for reading",
    HTML.format: "Web page, for reading and printing",
    JSON.format: "JSON, everything, for another Cubby",
    PI.format: "JSONL, for pi",
}
FORMATS: Final = [app_commands.Choice(name=name, value=kind) for kind, name in NAMES.items()]

ROOM: Final = 64 * 1024
"""Bytes of an upload that are left for what is around the file."""
AT_ONCE: Final = 2
"""Exports that are packed at a time, over all people."""

BUSY: Final = "I'm still at your last export. It comes where you asked for it; then ask again."
NOTHING: Final = "You have no sessions to export yet. What rests in the bin isn't exported."
BROKEN_OFF: Final = "I'm being restarted, so your export broke off. Please ask again in a minute."

Pack = Callable[[NewFile], Awaitable[list[Packed]]]


class Exporting(commands.Cog):
    """Packs sessions and sends them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._packing: set[int] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        services.router.add("exportone", self._which_format)
        services.router.add("exportas", self._one_as)
        services.router.add("exportall", self._everything)

    @app_commands.command(name="export", description="Get one of your sessions, or all, as files")
    @app_commands.describe(
        session="Its number or name, or “all”; leave it out for the one you're in", format="What kind of file; Markdown for one"
    )
    @app_commands.choices(format=FORMATS)
    async def export(
        self,
        interaction: Interaction,
        session: app_commands.Range[str, 1, 200] | None = None,
        format: str | None = None,  # noqa: A002 - the option's name, as people read it
    ) -> None:
        """Send a session, or a ZIP of all."""
        reply = reply_to(interaction)
        await reply.defer()
        if session is not None and session.strip().casefold() == ALL:
            self._send_all(interaction, LAYOUTS.get(format or "", JSON))
            return
        meant = await wanted(self._services, reply, session)
        if meant is None:
            await reply.say(NOTHING_OPEN)
        else:
            self._send(interaction, meant, LAYOUTS.get(format or "", MARKDOWN))

    @export.autocomplete("session")
    async def _session_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        fitting = await choices(self._services, interaction, current)
        everything = [app_commands.Choice(name="All of your sessions, in a ZIP", value=ALL)]
        return [*(everything if ALL.startswith(current.strip().casefold()) else []), *fitting][:25]

    async def _which_format(self, interaction: Interaction, arguments: list[str]) -> None:
        """*Export* on a session's card: ask what kind of file."""
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments))
        kinds = "\n".join(f"- {name}" for name in NAMES.values())
        await reply_to(interaction).say(f"Export {label(session)} as\n{kinds}", view=_kinds(session))

    async def _one_as(self, interaction: Interaction, arguments: list[str]) -> None:
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments))
        layout = LAYOUTS.get(arguments[1]) if len(arguments) > 1 else None
        if layout is None:
            raise Unreadable
        await reply_to(interaction).defer()
        self._send(interaction, session, layout)

    async def _everything(self, interaction: Interaction, _arguments: list[str]) -> None:
        """*Export everything*."""
        await reply_to(interaction).defer()
        self._send_all(interaction, JSON)

    def _send(self, interaction: Interaction, session: SessionInfo, layout: Layout) -> None:
        store, actor, most = self._services.store, actor_of(interaction), _most_bytes(interaction)
        self._begin(
            interaction,
            lambda new_file: pack_one(store, actor, session, layout, new_file, most_bytes=most),
            lambda: f"Packing {label(session)}…",
        )

    def _send_all(self, interaction: Interaction, layout: Layout) -> None:
        store, actor, most = self._services.store, actor_of(interaction), _most_bytes(interaction)
        done = _Done()
        self._begin(
            interaction,
            lambda new_file: pack_all(store, actor, layout, new_file, most_bytes=most, progress=done.note),
            lambda: f"Packing {done.count:,} of {done.total:,} sessions…",
        )

    def _begin(self, interaction: Interaction, pack: Pack, how_far: Callable[[], str]) -> None:
        """Pack and send, after the interaction was deferred, in a task of its own."""
        bulletin = Bulletin(self._services, reply_to(interaction))
        bulletin.follow(f"export-{interaction.id}", self._export(bulletin, pack, how_far), BROKEN_OFF)

    async def _export(self, bulletin: Bulletin, pack: Pack, how_far: Callable[[], str]) -> None:
        async with unnamed_files(self._services.folder) as new_file:
            with self._one_at_a_time(bulletin.actor), self._services.errands.beside(bulletin.actor, BUSY):
                files = await bulletin.watch(self._packed(pack, new_file), how_far)
                for packed in files:
                    await bulletin.say(packed.text, upload=packed.upload)
                if not files:
                    await bulletin.say(NOTHING)

    async def _packed(self, pack: Pack, new_file: NewFile) -> list[Packed]:
        async with self._places:
            with disk_told():
                return await pack(new_file)

    @contextmanager
    def _one_at_a_time(self, actor: Actor) -> Generator[None, None, None]:
        """Raises `Told` while the person's last one is under way."""
        if actor.user_id in self._packing:
            raise Told(BUSY)
        self._packing.add(actor.user_id)
        try:
            yield
        finally:
            self._packing.discard(actor.user_id)


@dataclass(slots=True)
class _Done:
    """How far it is."""

    count: int = 0
    total: int = 0

    def note(self, count: int, total: int) -> None:
        """Called from the thread that packs."""
        self.count, self.total = count, total


def _kinds(session: SessionInfo) -> discord.ui.View:
    labels = {MARKDOWN: "Markdown", HTML: "Web page", JSON: "JSON", PI: "JSONL"}
    return row(*(button(text, "exportas", session.id, layout.format) for layout, text in labels.items()))


def _most_bytes(interaction: Interaction) -> int:
    """What Discord takes in answer to it: 10 MiB, more where the server or the person has more (Discord's documentation,
    "Receiving and Responding to Interactions", Interaction Structure, `attachment_size_limit`).
    """
    return interaction.filesize_limit - ROOM
