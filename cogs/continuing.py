"""*Continue in DM*: an exchange of a server's private answers, once more in direct messages, to go on with there."""

from typing import Final

from discord.ext import commands

from cogs.exchanges import answer_to, turn_in
from cogs.explain import Told
from cogs.reply import Interaction, actor_of, reply_to
from cogs.seen import seen
from cogs.services import Services
from cogs.words import label, quote
from delivery.errors import Shut, translated

SHUT: Final = (
    "I can't write to you: your direct messages are closed to me. Open this server's menu, choose *Privacy Settings*, switch "
    "on *Direct Messages*, and press *Continue in DM* again."
)


class Continuing(commands.Cog):
    """Takes an exchange along. The session stays what it is, and so does the answer in the server."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("dm", self._continue)

    async def _continue(self, interaction: Interaction, arguments: list[str]) -> None:
        """Post the question and its answer in direct messages, and say where."""
        actor, reply, services = actor_of(interaction), reply_to(interaction), self._services
        turn, session = await turn_in(services.store, interaction, arguments)
        await answer_to(services.store, actor, session, turn)
        await reply.defer()
        try:
            with translated():
                place = await services.direct(actor)
            asked = await services.sender.send(place, f"{label(session)}\n{quote(turn.prompt)}")
        except Shut:
            raise Told(SHUT) from None
        await services.store.deliveries.link(actor, asked, session.id)
        await services.deliverer.again.show(actor, session, turn, place)
        await seen(services.store, actor, session, turn)
        await reply.say(f"It goes on here: https://discord.com/channels/@me/{place.channel_id}/{asked}")
