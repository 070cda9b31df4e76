"""`/status`: the session that is open, and how full its context is."""

from typing import Final

import discord
from discord import app_commands
from discord.ext import commands

from agent.recall import Meter
from cogs.controls import button, on_summary, row
from cogs.find import wanted
from cogs.reply import Interaction, actor_of, reply_to
from cogs.services import Services
from cogs.words import NOTHING_OPEN, label, messages
from storage.records import SessionInfo, Standing

CELLS: Final = 10

ENOUGH: Final = 4
"""Messages from which on there can be older ones to summarise."""

FULL: Final = "-# Older messages no longer fit: with your next message I summarise them to make room. All of them are kept."
LEFT_OUT: Final = "-# Older messages no longer fit: the model reads the newer ones. All of them are kept."


class Status(commands.Cog):
    """Says where one is."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="status", description="The session you're in, and how full it is")
    async def status(self, interaction: Interaction) -> None:
        """Show the active session's meter."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        session = await wanted(self._services, reply, None)
        if session is None:
            await reply.say(NOTHING_OPEN)
            return
        meter = await self._services.meter(actor, session.id)
        standing = await self._services.store.compactions.standing(actor, session.id)
        await reply.say(status_text(session, meter, standing), view=_buttons(session, standing))


def meter_bar(share: float) -> str:
    """How much of something is used, from 0 to 1."""
    filled = round(share * CELLS)
    return "▰" * filled + "▱" * (CELLS - filled)


def _buttons(session: SessionInfo, standing: Standing) -> discord.ui.View:
    """The ways on from there: to its words, to the other sessions, and to a summary of its older part."""
    compaction = standing.compaction
    return row(
        button("History", "newest", session.id),
        button("All sessions", "panel"),
        *([button("Summarise…", "compact", session.id)] if session.message_count >= ENOUGH else []),
        *(on_summary(session.id, compaction.id) if compaction is not None else ()),
    )


def status_text(session: SessionInfo, meter: Meter, standing: Standing) -> str:
    """A line on the session, its meter, and what is in it."""
    about = "" if meter.counted else "about "
    parts = [
        f"{name} {tokens:,}"
        for name, tokens in (
            ("instructions", meter.system),
            ("summary", meter.summary),
            ("files", meter.files),
            ("messages", meter.messages),
        )
        if tokens
    ]
    source = "counted by the model" if meter.counted else "estimated"
    bar = meter_bar(meter.share)
    lines = [
        f"{label(session)} is open, {messages(session.message_count)}.",
        f"{bar} {meter.share:.0%}: {about}{meter.used:,} of the {meter.room:,} tokens that the model can read at once.",
        f"-# {' · '.join(parts)} · {source}",
    ]
    full = FULL if standing.undone is None else LEFT_OUT
    return "\n".join([*lines, full] if meter.trimmed else lines)
