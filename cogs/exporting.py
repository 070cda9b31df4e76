"""`/export`: one session, or all, as files that only their owner gets."""

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from typing import BinaryIO, Final, cast

import discord
from discord import app_commands
from discord.ext import commands

from cogs.controls import button, row
from cogs.explain import UNREACHED, Told
from cogs.files import unnamed_file
from cogs.find import choices, find
from cogs.reply import Interaction, Reply, actor_of, reply_to
from cogs.router import Unreadable, uuid_in
from cogs.services import Services
from cogs.watching import watched
from cogs.words import NOTHING_OPEN, label
from porting.outgoing import export_all, export_session
from storage.records import Actor, SessionInfo
from transfer.archive_writer import HTML, JSON, MARKDOWN, PI, Layout, Part

ALL: Final = "all"
"""What is typed for all sessions."""

LAYOUTS: Final[Mapping[str, Layout]] = {layout.format: layout for layout in (MARKDOWN, HTML, JSON, PI)}
NAMES: Final[Mapping[str, str]] = {
    MARKDOWN.format: "Markdown, for reading",
    HTML.format: "a web page, for reading and printing",
    JSON.format: "JSON, everything, for another Cubby",
    PI.format: "JSONL, for pi",
}
FORMATS: Final = [app_commands.Choice(name=name, value=kind) for kind, name in NAMES.items()]

ROOM: Final = 64 * 1024
"""Bytes of an upload that are left for what is around the file."""

BUSY: Final = "I'm still packing your last export. It comes where you asked for it; then ask again."
NOTHING: Final = "You have no sessions to export yet. What rests in the bin isn't exported."
TOO_LARGE: Final = (
    "{} alone is larger than Discord takes from me ({} MiB), so I can't send it. Whoever runs me can give you all of it."
)


class Exporting(commands.Cog):
    """Packs sessions and sends them."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._packing: set[int] = set()
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
        actor, reply = actor_of(interaction), reply_to(interaction)
        if session is not None and session.strip().casefold() == ALL:
            await self._send_all(interaction, LAYOUTS.get(format or "", JSON))
            return
        await reply.defer()
        wanted = await find(self._services, actor, session) if session is not None else await self._active(actor)
        if wanted is None:
            await reply.say(NOTHING_OPEN)
        else:
            await self._send(interaction, wanted, LAYOUTS.get(format or "", MARKDOWN))

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
        await self._send(interaction, session, layout)

    async def _everything(self, interaction: Interaction, _arguments: list[str]) -> None:
        """*Export everything*."""
        await self._send_all(interaction, JSON)

    async def _send(self, interaction: Interaction, session: SessionInfo, layout: Layout) -> None:
        reply = reply_to(interaction)
        with self._one_at_a_time(interaction), unnamed_file() as file:
            work = export_session(self._services.store, actor_of(interaction), session, layout, file)
            await watched(work, lambda: _tell(reply, f"Packing {label(session)}…"))
            if file.tell() > _most_bytes(interaction):
                raise Told(TOO_LARGE.format(label(session), interaction.filesize_limit >> 20))
            await reply.say(f"{label(session)}, as it is now:", file=_upload(file, f"session-{session.number}{layout.ending}"))

    async def _send_all(self, interaction: Interaction, layout: Layout) -> None:
        actor, reply, most = actor_of(interaction), reply_to(interaction), _most_bytes(interaction)
        await reply.defer()
        counts = await self._services.store.sessions.counts(actor)
        if not counts.open + counts.archived:
            await reply.say(NOTHING)
            return
        with self._one_at_a_time(interaction), ExitStack() as opened:
            files, packed = list[BinaryIO](), _Packed()

            def part(_number: int) -> BinaryIO:
                files.append(opened.enter_context(unnamed_file()))
                return files[-1]

            work = export_all(self._services.store, actor, part, layout=layout, most_bytes=most, progress=packed.note)
            parts = await watched(work, lambda: _tell(reply, f"Packing {packed.done} of {packed.total} sessions…"))
            for made, file in zip(parts, files, strict=True):
                upload = None if made.is_oversize else _zip(file, made, parts)
                await reply.say(_said(made, len(parts), interaction), file=upload)

    @contextmanager
    def _one_at_a_time(self, interaction: Interaction) -> Generator[None, None, None]:
        """Raises `Told` while the person's last one is under way."""
        if interaction.user.id in self._packing:
            raise Told(BUSY)
        self._packing.add(interaction.user.id)
        try:
            yield
        finally:
            self._packing.discard(interaction.user.id)

    async def _active(self, actor: Actor) -> SessionInfo | None:
        return await self._services.runtimes.of(actor).active()


@dataclass(slots=True)
class _Packed:
    """How far it is."""

    done: int = 0
    total: int = 0

    def note(self, done: int, total: int) -> None:
        """Called from the thread that packs."""
        self.done, self.total = done, total


def _kinds(session: SessionInfo) -> discord.ui.View:
    labels = {MARKDOWN: "Markdown", HTML: "Web page", JSON: "JSON", PI: "JSONL"}
    return row(*(button(text, "exportas", session.id, layout.format) for layout, text in labels.items()))


def _said(part: Part, parts: int, interaction: Interaction) -> str:
    """What stands above a part."""
    if part.is_oversize:
        return TOO_LARGE.format("One of your sessions", interaction.filesize_limit >> 20)
    sessions = "1 session" if part.sessions == 1 else f"{part.sessions} sessions"
    if parts == 1:
        return f"Your {sessions}. What rests in the bin isn't in it."
    whole = " Discord takes no larger files, so they come in parts, each a ZIP by itself." if part.number == 1 else ""
    return f"Part {part.number} of {parts}: {sessions}.{whole}"


def _zip(file: BinaryIO, part: Part, parts: list[Part]) -> discord.File:
    return _upload(file, "sessions.zip" if len(parts) == 1 else f"sessions-{part.number}-of-{len(parts)}.zip")


def _most_bytes(interaction: Interaction) -> int:
    """What Discord takes in answer to it (Discord's documentation, "Interaction Object", `attachment_size_limit`)."""
    return interaction.filesize_limit - ROOM


def _upload(file: BinaryIO, name: str) -> discord.File:
    file.seek(0)
    return discord.File(cast("BufferedIOBase", file), filename=name)


async def _tell(reply: Reply, text: str) -> None:
    try:
        await reply.meanwhile(text)
    except UNREACHED:
        return  # the files come all the same
