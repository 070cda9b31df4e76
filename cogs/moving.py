"""*Move to a new session*, which *More…* offers for the last exchange, and an answer itself that came after a long silence."""

from discord.ext import commands

from agent.outcomes import Lifted, Went
from cogs.controls import AnswerControls
from cogs.exchanges import turn_in
from cogs.present import present
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import uuid_in
from cogs.seen import seen
from cogs.services import Services
from delivery import render
from storage.records import Actor, Departure, Leave, Turn


class Moving(commands.Cog):
    """Moves an exchange out of its session. Nothing is moved by itself."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("lift", self._lift)
        services.router.add("liftout", self._lift_out)

    async def _lift(self, interaction: Interaction, arguments: list[str]) -> None:
        """The answer says where it is now, in its own message, and offers what it does there; the rest is said below it."""
        actor, reply = actor_of(interaction), reply_to(interaction, in_place=True)
        turn, session = await turn_in(self._services.store, interaction, arguments)
        await reply.defer()
        await seen(self._services.store, actor, session, turn)
        went = await self._go(actor, turn)
        if isinstance(went, Lifted) and interaction.message is not None:
            self._services.deliverer.let_be(turn)
            view = AnswerControls().ended(turn, turn.state, last=True, wrote=True)
            await reply.say(render.lasting(went.session, interaction.message.content), view=view)
        reply.leave_first()
        await present(self._services, actor, reply, went)

    async def _lift_out(self, interaction: Interaction, arguments: list[str]) -> None:
        """The same from beside the answer."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        turn = await self._services.store.turns.get(actor, uuid_in(arguments))
        await reply.defer()
        went = await self._go(actor, turn)
        await present(self._services, actor, reply, went)
        if isinstance(went, Lifted):
            await self._services.deliverer.again.move(turn, went.session)

    async def _go(self, actor: Actor, turn: Turn) -> Went:
        departure = Departure(leave=Leave.LIFT, number=turn.session_number, turn_id=turn.id)
        async with self._services.in_turn(actor) as runtime:
            return await runtime.go(departure)
