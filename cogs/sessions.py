"""Moving between sessions: `/new`, `/open`, `/quit`, the *Open* button, and the guard's three buttons."""

from discord import app_commands
from discord.ext import commands

from agent.outcomes import Decision
from cogs.asking import giving_back, prompt_from
from cogs.find import choices, wanted
from cogs.present import go, present
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import Unreadable, uuid_in
from cogs.services import Services
from cogs.words import NOTHING_OPEN
from storage.records import NAME_LIMIT, Departure, Leave


class Sessions(commands.Cog):
    """Starts, opens and leaves sessions."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("open", self._open_pressed)
        services.router.add("decide", self._decided)

    @app_commands.command(name="new", description="Start a new session; the one you're in is kept")
    @app_commands.describe(
        prompt="Ask this in it right away",
        name="What to call it",
        temporary="Not saved: it is gone when you leave it, unless you keep it",
    )
    async def new(
        self,
        interaction: Interaction,
        prompt: app_commands.Range[str, 1, 6000] | None = None,
        name: app_commands.Range[str, 1, NAME_LIMIT] | None = None,
        temporary: bool = False,
    ) -> None:
        """Start a session, with its first prompt where one was given."""
        reply = reply_to(interaction)
        async with giving_back(self._services, interaction, prompt):
            await reply.defer()
            asked = prompt_from(interaction, reply, prompt) if prompt is not None else None
            await self._go(interaction, Departure(leave=Leave.NEW, name=name, prompt=asked, temporary=temporary))

    @app_commands.command(name="open", description="Open one of your sessions, or show the one you're in")
    @app_commands.describe(session="Its number, or a name that fits only one")
    async def open_session(self, interaction: Interaction, session: app_commands.Range[str, 1, 200] | None = None) -> None:
        """Open a session; without an argument, show the active one."""
        await reply_to(interaction).defer()
        meant = await wanted(self._services, reply_to(interaction), session)
        if meant is None:
            await reply_to(interaction).say(NOTHING_OPEN)
        else:
            await self._go(interaction, Departure(leave=Leave.OPEN, number=meant.number))

    @open_session.autocomplete("session")
    async def _session_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await choices(self._services, interaction, current)

    @app_commands.command(name="quit", description="Save and leave the session you're in")
    async def quit(self, interaction: Interaction) -> None:
        """Leave the active session; nothing is lost."""
        await reply_to(interaction).defer()
        await self._go(interaction, Departure(leave=Leave.QUIT))

    async def _go(self, interaction: Interaction, departure: Departure) -> None:
        await go(self._services, actor_of(interaction), reply_to(interaction), departure)

    async def _open_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments))
        await reply_to(interaction).defer()
        await self._go(interaction, Departure(leave=Leave.OPEN, number=session.number))

    async def _decided(self, interaction: Interaction, arguments: list[str]) -> None:
        """One of the guard's buttons: the message they stand under becomes what comes of it."""
        choice_id = uuid_in(arguments)
        try:
            decision = Decision(arguments[1])
        except (IndexError, ValueError):
            raise Unreadable from None
        actor, reply = actor_of(interaction), reply_to(interaction, in_place=True)
        choice = await self._services.store.turns.choice(actor, choice_id)
        await reply.defer()
        target = reply.target() if choice.departure.prompt is not None else None
        async with self._services.in_turn(actor) as runtime:
            went = await runtime.decide(choice_id, decision, target=target)
        await present(self._services, actor, reply, went)
