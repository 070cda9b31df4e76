"""*Edit my message*: the last question of a session in other words, answered anew beside the old answer."""

from typing import Final

from discord.ext import commands

from cogs import controls
from cogs.asking import checked, giving_back, prompt_from
from cogs.controls import TEXT_LIMIT
from cogs.exchanges import turn_in
from cogs.explain import Told
from cogs.present import go
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import submitted, uuid_in
from cogs.services import Services
from cogs.words import plain_label
from storage.errors import NotLastTurn
from storage.records import Actor, Departure, Leave, Turn
from storage.store import Store

TOO_LONG: Final = "That message is longer than a form takes. *Ask differently* gives it back to you whole, in a new session."


class Revising(commands.Cog):
    """Asks the last question anew. What was asked and answered before stays beside it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("edit", self._edit)
        services.router.add("edited", self._edited)

    async def _edit(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open a modal with the question's text."""
        store, actor = self._services.store, actor_of(interaction)
        turn, session = await turn_in(store, interaction, arguments)
        if not await is_last(store, actor, turn):
            raise NotLastTurn
        if len(turn.prompt) > TEXT_LIMIT:
            raise Told(TOO_LONG)
        modal = controls.prompt_modal(plain_label(session, 40), "edited", turn.id, text=turn.prompt)
        await interaction.response.send_modal(modal)

    async def _edited(self, interaction: Interaction, arguments: list[str]) -> None:
        actor, reply = actor_of(interaction), reply_to(interaction)
        turn = await self._services.store.turns.get(actor, uuid_in(arguments))
        text = checked(submitted(interaction))
        async with giving_back(self._services, interaction, text):
            await reply.defer()
            prompt = prompt_from(interaction, reply, text)
            departure = Departure(leave=Leave.REVISE, number=turn.session_number, turn_id=turn.id, prompt=prompt)
            await go(self._services, actor, reply, departure)


async def is_last(store: Store, actor: Actor, turn: Turn) -> bool:
    """Whether the turn is its session's last exchange. Raises `SessionNotFound`, `StoreUnavailable`."""
    latest = await store.turns.latest(actor, turn.session_id)
    return latest is not None and latest.id == turn.id
