"""Asking: `/ask` anywhere, and any text in a direct message."""

import discord
from discord import app_commands
from discord.ext import commands

from cogs import controls
from cogs.asking import ask
from cogs.inbox import Inbox
from cogs.missed import is_their_own
from cogs.reply import Interaction, reply_to
from cogs.router import submitted, uploaded
from cogs.services import Services


class Chat(commands.Cog):
    """`/ask`, its modal, and direct messages."""

    def __init__(self, services: Services, inbox: Inbox) -> None:
        self._services, self._inbox = services, inbox
        services.router.add("ask", self._modal_submitted)

    @app_commands.command(name="ask", description="Ask in your active session; only you see the answer")
    @app_commands.describe(
        prompt="What you'd like to ask; leave it out to write more than one line",
        file="A file to read with it: text, CSV, JSON, PDF, Word or a picture",
        file2="Another file",
        file3="Another file",
    )
    async def ask(
        self,
        interaction: Interaction,
        prompt: app_commands.Range[str, 1, 6000] | None = None,
        file: discord.Attachment | None = None,
        file2: discord.Attachment | None = None,
        file3: discord.Attachment | None = None,
    ) -> None:
        """Ask, with files or without; with neither prompt nor file, open a modal for one."""
        files = [each for each in (file, file2, file3) if each is not None]
        if prompt is None and not files:
            await interaction.response.send_modal(controls.prompt_modal("Ask", "ask", files=True))
            return
        await ask(self._services, interaction, reply_to(interaction), prompt or "", files)

    async def _modal_submitted(self, interaction: Interaction, _arguments: list[str]) -> None:
        await ask(self._services, interaction, reply_to(interaction), submitted(interaction), uploaded(interaction))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Called by discord.py for every message; only people's own words in direct messages are taken here."""
        if message.guild is None and isinstance(message.channel, discord.DMChannel) and is_their_own(message):
            await self._inbox.receive(message)
