"""*More…* under an answer: what can be done with that exchange, in a message of its own, drawn anew at each press."""

import discord
from discord.ext import commands

from cogs import controls
from cogs.asking import checked, giving_back, prompt_from
from cogs.attachments import files_of
from cogs.bulletin import Bulletin
from cogs.controls import TEXT_LIMIT
from cogs.exchanges import answer_to, turn_in
from cogs.other_model import other_models
from cogs.present import go
from cogs.reply import Interaction, actor_of, reply_to
from cogs.router import submitted, uuid_in
from cogs.seen import seen
from cogs.services import Services
from cogs.ways import buttons, exchange_of, said_of, state_of, ways
from cogs.words import label, plain_label, quote
from delivery.long import text_file
from storage.records import Actor, Departure, Leave, Turn


class More(commands.Cog):
    """Offers what is rarely wanted, and does it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("more", self._offer)
        services.router.add("forkhere", self._fork)
        services.router.add("differently", self._ask_differently)
        services.router.add("asked", self._asked)
        services.router.add("textfile", self._as_file)

    async def _offer(self, interaction: Interaction, arguments: list[str]) -> None:
        actor, store = actor_of(interaction), self._services.store
        turn, session = await turn_in(store, interaction, arguments)
        said, view = await offer(self._services, actor, turn, in_server=interaction.guild_id is not None)
        await reply_to(interaction).say(said, view=view)
        await seen(store, actor, session, turn)

    async def _fork(self, interaction: Interaction, arguments: list[str]) -> None:
        """Go on in a new session that ends with this exchange."""
        turn = await self._services.store.turns.get(actor_of(interaction), uuid_in(arguments))
        await reply_to(interaction).defer()
        await self._go(interaction, Departure(leave=Leave.FORK, number=turn.session_number, turn_id=turn.id))

    async def _ask_differently(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open a modal with the question's text; one that is too long for it is given back in the new session."""
        turn, session = await turn_in(self._services.store, interaction, arguments)
        if len(turn.prompt) <= TEXT_LIMIT:
            modal = controls.prompt_modal(plain_label(session, 40), "asked", turn.id, text=turn.prompt)
            await interaction.response.send_modal(modal)
            return
        await reply_to(interaction).defer()
        await self._go(interaction, Departure(leave=Leave.EDIT, number=turn.session_number, turn_id=turn.id))

    async def _asked(self, interaction: Interaction, arguments: list[str]) -> None:
        turn = await self._services.store.turns.get(actor_of(interaction), uuid_in(arguments))
        text, reply = checked(submitted(interaction)), reply_to(interaction)
        async with giving_back(self._services, interaction, text):
            await reply.defer()
            files = await files_of(self._services.store, turn)
            prompt = prompt_from(interaction, reply, text, files)
            departure = Departure(leave=Leave.EDIT, number=turn.session_number, turn_id=turn.id, prompt=prompt)
            await self._go(interaction, departure)

    async def _as_file(self, interaction: Interaction, arguments: list[str]) -> None:
        """Give the answer as the model wrote it."""
        actor, reply, store = actor_of(interaction), reply_to(interaction), self._services.store
        turn, session = await turn_in(store, interaction, arguments)
        stored = await answer_to(store, actor, session, turn)
        await reply.defer()
        upload = text_file(session, stored.ending.text)
        await Bulletin(self._services, reply).say(f"An answer in {label(session)}, as it was written:", upload=upload)

    async def _go(self, interaction: Interaction, departure: Departure) -> None:
        await go(self._services, actor_of(interaction), reply_to(interaction), departure)


async def offer(services: Services, actor: Actor, turn: Turn, *, in_server: bool) -> tuple[str, discord.ui.View]:
    """What is said of an exchange, and the ways that it has now. Raises `SessionNotFound`, `StoreUnavailable`."""
    exchange = await exchange_of(services.store, actor, turn, in_server=in_server)
    offered = ways(exchange)
    view = buttons(offered)
    if exchange.last and (models := other_models(turn, services.catalogue.names)) is not None:
        view.add_item(models)
    lines = [label(exchange.session), quote(turn.prompt), *state_of(exchange), said_of(offered)]
    return "\n".join(filter(None, lines)), view
