"""*Show thinking*: what the model thought before it answered, for whoever asked, and only when they ask to see it."""

from io import BytesIO
from typing import Final

from discord.ext import commands

from cogs.bulletin import Bulletin
from cogs.exchanges import turn_in
from cogs.explain import Told
from cogs.reply import Interaction, actor_of, reply_to, say_long
from cogs.services import Services
from cogs.words import label
from delivery.long import ends_in_file, wants_file
from delivery.sender import Upload
from delivery.splitting import split

NONE: Final = "The model didn't tell what it thought before that answer."


class Thinking(commands.Cog):
    """Shows what is stored of it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("thoughts", self._show)

    async def _show(self, interaction: Interaction, arguments: list[str]) -> None:
        """In messages, or as a file where an answer of that length would come as one."""
        actor, reply, store = actor_of(interaction), reply_to(interaction), self._services.store
        turn, session = await turn_in(store, interaction, arguments)
        thoughts = await store.turns.thoughts(actor, turn.id)
        if not thoughts:
            raise Told(NONE)
        await reply.defer()
        said = f"What the model thought before it answered in {label(session)}:"
        if ends_in_file(split(thoughts), as_file=await wants_file(store, actor)):
            upload = Upload(f"thinking-{session.number}.md", BytesIO(thoughts.encode(errors="replace")))
            await Bulletin(self._services, reply).say(said, upload=upload)
        else:
            await say_long(reply, f"{said}\n{thoughts}")
