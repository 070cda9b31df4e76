"""Asking: `/ask` anywhere, and any text in a direct message."""

import discord
from discord import app_commands
from discord.ext import commands

from agent.outcomes import Asked, Waiting
from cogs import controls
from cogs.asking import ask, checked
from cogs.attachments import text_of
from cogs.explain import explain
from cogs.present import present
from cogs.reply import Interaction, MessageReply, reply_to
from cogs.router import submitted
from cogs.services import Services
from storage.errors import DuplicateSource, SessionNotFound
from storage.records import Actor, Departure, Leave, Prompt, SessionInfo, Source, SourceKind


class Chat(commands.Cog):
    """`/ask`, its modal, and direct messages."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("ask", self._modal_submitted)

    @app_commands.command(name="ask", description="Ask in your active session; only you see the answer")
    @app_commands.describe(prompt="What you'd like to ask; leave it out to write more than one line")
    async def ask(self, interaction: Interaction, prompt: app_commands.Range[str, 1, 6000] | None = None) -> None:
        """Ask; without a prompt, open a modal for one."""
        if prompt is None:
            await interaction.response.send_modal(controls.prompt_modal("Ask", "ask"))
            return
        await ask(self._services, interaction, reply_to(interaction), prompt)

    async def _modal_submitted(self, interaction: Interaction, _arguments: list[str]) -> None:
        await ask(self._services, interaction, reply_to(interaction), submitted(interaction))

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Called by discord.py for every message; only people's own words in direct messages are taken here."""
        if message.author.bot or message.guild is not None or not isinstance(message.channel, discord.DMChannel):
            return
        if message.type not in (discord.MessageType.default, discord.MessageType.reply):
            return
        reply = MessageReply(message)
        refusal = await self._services.access.refusal(message.author.id, None)
        if refusal is not None:
            await reply.say(refusal)
            return
        try:
            await self._take(message, reply)
        except DuplicateSource:
            return  # a replayed gateway event: its turn exists, and has its answer
        except Exception as error:  # noqa: BLE001 - whatever fails, the person is told
            await reply.say(explain(error))

    async def _take(self, message: discord.Message, reply: MessageReply) -> None:
        actor = Actor(message.author.id)
        source = Source(kind=SourceKind.MESSAGE, id=message.id, channel_id=message.channel.id)
        prompt = Prompt(text=checked(await text_of(message)), source=source, target=reply.next_target())
        runtime = self._services.runtimes.of(actor)
        addressed = await self._addressed(actor, message)
        if addressed is None:
            went = await runtime.say(prompt)
        else:
            went = await runtime.go(Departure(leave=Leave.REPLY, number=addressed.number, prompt=prompt))
        if isinstance(went, Asked):
            await message.channel.typing()
        if not isinstance(went, Waiting):
            await present(self._services, actor, reply, went)

    async def _addressed(self, actor: Actor, message: discord.Message) -> SessionInfo | None:
        """The session of the bot's message that this one replies to with Discord's own reply, if it does."""
        if message.reference is None or message.reference.message_id is None:
            return None
        try:
            return await self._services.store.deliveries.session_of(actor, message.reference.message_id)
        except SessionNotFound:
            return None
