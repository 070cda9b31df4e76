"""*Don't* under a prompt whose answer would cost much: it isn't asked, and what was answered before stands again."""

from typing import Final

from discord.ext import commands

from agent.errors import Costly
from agent.outcomes import Busy
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import uuid_in
from cogs.services import Services
from delivery.render import label, small
from storage.errors import TurnNotFound
from storage.records import Actor, Turn

NOT_ASKED: Final = "Not asked. Your message stays in the history, and no model is sent it."
AS_BEFORE: Final = "Not asked. The session goes on from the answer before."


class AskingFirst(commands.Cog):
    """Lets a costly answer be. *Ask anyway* is a retry, or goes on with the answer (`answers.py`)."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("dont", self._dont)

    async def _dont(self, interaction: Interaction, arguments: list[str]) -> None:
        """A second press does what the first one did; once it was asked anyway, it does nothing."""
        actor, reply = actor_of(interaction), reply_to(interaction, in_place=True)
        store = self._services.store
        turn = await store.turns.get(actor, uuid_in(arguments))
        if turn.error != Costly.kind or (await store.turns.tries(actor, turn.id))[-1].id != turn.id:
            raise TurnNotFound
        await reply.defer()
        session, latest = await store.sessions.get(actor, turn.session_id), await store.turns.latest(actor, turn.session_id)
        before = await self._before(actor, turn)
        if before is None or before.answer_entry is None:
            self._services.deliverer.let_be(turn)
            await reply.say(f"{NOT_ASKED}\n{small(label(session))}")
            return
        if latest is not None and latest.id == turn.id:
            switched = await self._services.runtimes.of(actor).switch(session.id, before.answer_entry)
            if isinstance(switched, Busy):
                raise TurnNotFound
        self._services.deliverer.let_be(turn)
        await reply.say(f"{AS_BEFORE}\n{small(label(session))}")
        await self._services.deliverer.stands_again(actor, session, before)

    async def _before(self, actor: Actor, turn: Turn) -> Turn | None:
        """The newest answer beside it, where it was to be another one."""
        beside = await self._services.store.turns.siblings(actor, turn.id)
        return next((each for each in reversed(beside) if each.error != Costly.kind), None)
