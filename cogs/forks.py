"""`/fork`: go on another way in a new session, without losing the first."""

from typing import Final

from discord import app_commands
from discord.ext import commands

from cogs.find import choices, wanted
from cogs.present import go
from cogs.reply import Interaction, actor_of, reply_to
from cogs.services import Services
from cogs.words import NOTHING_OPEN, label
from storage.records import Departure, Leave

EMPTY: Final = "{} is still empty, so there is nothing to fork yet."


class Forks(commands.Cog):
    """Copies what was said into new sessions."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="fork", description="Go on in a new session with a copy of what was said; the old one stays")
    @app_commands.describe(session="Its number, or a name that fits only one; leave it out for the one you're in")
    async def fork(self, interaction: Interaction, session: app_commands.Range[str, 1, 200] | None = None) -> None:
        """Copy the current path of the active or a given session whole into a new one, and open that."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        await reply.defer()
        meant = await wanted(self._services, reply, session)
        if meant is None:
            await reply.say(NOTHING_OPEN)
        elif meant.leaf is None:
            await reply.say(EMPTY.format(label(meant)))
        else:
            departure = Departure(leave=Leave.FORK, number=meant.number)
            await go(self._services, actor, reply, departure)

    @fork.autocomplete("session")
    async def _session_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await choices(self._services, interaction, current)
