"""*Forget this*: an exchange that models are sent no longer, and *Remember it again*. It stays where it was said."""

from uuid import UUID

from discord.ext import commands

from cogs.history import show_page
from cogs.more import offer
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import number_in, uuid_in
from cogs.services import Services
from storage.errors import WrongTurnState
from storage.records import Actor, first_kept
from storage.store import Store


class Forgetting(commands.Cog):
    """Changes what models are sent from the next message on; each press does what it says, however often it comes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("forget", self._forget)
        services.router.add("remember", self._remember)
        services.router.add("rememberall", self._remember_all)

    async def _forget(self, interaction: Interaction, arguments: list[str]) -> None:
        await self._change(interaction, arguments, forget=True)

    async def _remember(self, interaction: Interaction, arguments: list[str]) -> None:
        await self._change(interaction, arguments, forget=False)

    async def _change(self, interaction: Interaction, arguments: list[str], *, forget: bool) -> None:
        """Say below what *More…* was opened for how it is now, with the way back."""
        actor, store = actor_of(interaction), self._services.store
        turn = await store.turns.get(actor, uuid_in(arguments))
        if turn.answer_entry is None:
            raise WrongTurnState
        change = store.omissions.omit if forget else store.omissions.restore
        await change(actor, turn.session_id, turn.answer_entry)
        if forget:
            await _forget_summaries(store, actor, turn.session_id, turn.answer_entry)
        said, view = await offer(self._services, actor, turn, in_server=interaction.guild_id is not None)
        await reply_to(interaction, in_place=True).say(said, view=view)

    async def _remember_all(self, interaction: Interaction, arguments: list[str]) -> None:
        """Take in again all that is left out of a session, and show the page of its history anew."""
        actor, store = actor_of(interaction), self._services.store
        session, page = await store.sessions.get(actor, uuid_in(arguments)), number_in(arguments, 1)
        for answer in await store.omissions.of(actor, session.id):
            await store.omissions.restore(actor, session.id, answer)
        await show_page(store, actor, reply_to(interaction, in_place=True), session, page)


async def _forget_summaries(store: Store, actor: Actor, session_id: UUID, answer: int) -> None:
    """Take back the summaries that hold and may tell of an exchange: it is above all that they keep as it is."""
    while (holds := (await store.compactions.standing(actor, session_id)).compaction) is not None and answer < holds.id:
        kept = await store.transcripts.path(actor, session_id, since=first_kept(holds))
        if any(entry.id == answer for entry in kept):
            return
        await store.compactions.undo(actor, session_id, holds.id)
