"""The command tree: who may use commands at all, and the one place where a failed command is answered."""

import logging

import discord
from discord import app_commands

from cogs.access import Access
from cogs.explain import UNREACHED, explain
from cogs.first import Repeats
from cogs.order import Order
from cogs.reply import Interaction, reply_to

log = logging.getLogger(__name__)


class Tree(app_commands.CommandTree[discord.Client]):
    """The bot's slash commands, usable in servers and in its direct messages, installed to servers only."""

    access: Access | None = None
    """Set once the bot is wired; until then nobody is served."""
    order: Order | None = None
    """Set with it."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(
            client,
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self._repeats = Repeats()

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        """Let a command through, once, or answer it with the polite line of `access.py`."""
        if self.access is None or self._repeats.is_one(interaction.id):
            return False
        if self.order is not None and interaction.type is not discord.InteractionType.autocomplete:
            self.order.join(interaction.user.id)
        return not await self.access.refused(interaction)

    async def on_error(self, interaction: Interaction, error: app_commands.AppCommandError, /) -> None:
        """Tell the person what happened: once, as the response or beside what was already shown."""
        cause = error.original if isinstance(error, app_commands.CommandInvokeError) else error
        if interaction.type is discord.InteractionType.autocomplete:
            log.warning("autocomplete failed: %s", type(cause).__name__)
            return
        try:
            await reply_to(interaction).aside(explain(cause))
        except UNREACHED as failure:
            log.warning("could not answer interaction %s: %s", interaction.id, type(failure).__name__)
