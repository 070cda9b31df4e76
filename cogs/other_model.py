"""*Regenerate with another model*: one more answer to the last question, by a model of those that may be chosen."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord.ext import commands

from cogs.controls import OPTIONS, VALUE
from cogs.explain import Told
from cogs.ids import custom_id
from cogs.present import go
from cogs.reply import Interaction, actor_of, reply_to, source_of
from cogs.router import chosen, one_of, uuid_in
from cogs.services import Services
from cogs.words import inert
from storage.records import Departure, Leave, Prompt, Turn

NO_MORE: Final = "{} isn't offered any more, so nothing was asked. *More…* shows what is."


class OtherModel(commands.Cog):
    """Asks the last question of another model. What was chosen with `/settings` stays as it is."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("retrywith", self._retry)

    async def _retry(self, interaction: Interaction, arguments: list[str]) -> None:
        """The new answer is a message of its own beside the old one, and says which model it is by."""
        actor, reply, services = actor_of(interaction), reply_to(interaction), self._services
        turn = await services.store.turns.get(actor, uuid_in(arguments))
        model = one_of(chosen(interaction))
        if model not in services.catalogue.names:
            raise Told(NO_MORE.format(inert(model, VALUE)))
        await reply.defer()
        prompt = Prompt(text="", source=source_of(interaction), target=reply.target(), model=model)
        departure = Departure(leave=Leave.RETRY, number=turn.session_number, turn_id=turn.id, prompt=prompt)
        await go(services, actor, reply, departure)


def other_models(turn: Turn, offered: Sequence[str]) -> discord.ui.Select[Any] | None:
    """A choice of the models that did not give this answer; `None` where there is none."""
    others = [name for name in offered if name != turn.model and len(name) <= VALUE][:OPTIONS]
    if not others:
        return None
    options = [discord.SelectOption(label=name, value=name) for name in others]
    return discord.ui.Select(
        placeholder="Regenerate with another model", options=options, custom_id=custom_id("retrywith", turn.id)
    )
