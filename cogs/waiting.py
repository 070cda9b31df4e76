"""Prompts that wait: *Remove* takes one back, *Send* lets the paused ones go on."""

from discord.ext import commands

from cogs.present import present
from cogs.reply import Interaction, actor_of, reply_to, say_long
from cogs.router import uuid_in
from cogs.services import Services
from cogs.words import label
from storage.records import Departure, Leave


class WaitingPrompts(commands.Cog):
    """The queue's buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("remove", self._remove)
        services.router.add("send", self._send)

    async def _remove(self, interaction: Interaction, arguments: list[str]) -> None:
        """Take a waiting prompt out and give its words back, so that nothing typed is lost."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        turn = await self._services.runtimes.of(actor).remove(uuid_in(arguments))
        session = await self._services.store.sessions.get(actor, turn.session_id)
        await reply.say(f"Taken out of {label(session)}. Your message, if you want it again:")
        await say_long(reply, turn.prompt)

    async def _send(self, interaction: Interaction, arguments: list[str]) -> None:
        """Let what is paused in a session go on, opening the session first where another is active."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await reply.defer()
        went = await self._services.runtimes.of(actor).go(Departure(leave=Leave.SEND, number=session.number))
        await present(self._services, actor, reply, went)
