"""*Answer the edit*: a person edits what they wrote in a direct message, and may have it answered as it reads now.

Nothing is asked by an edit itself: whoever mends a typo wants no second answer. What the press finds in the message is asked.
"""

import logging
from collections import OrderedDict
from typing import Final

import discord
from discord.ext import commands

from agent.outcomes import Asked
from cogs import controls
from cogs.asking import checked
from cogs.attachments import text_of
from cogs.explain import UNREACHED, Told
from cogs.missed import is_their_own
from cogs.present import present
from cogs.reply import Interaction, MessageReply, Reply, actor_of, reply_to, source_of
from cogs.router import Unreadable, message_id_in
from cogs.services import Services
from cogs.waiting import too_late
from cogs.words import label
from storage.errors import NotFound, NotLastTurn, StoreError, WrongTurnState
from storage.records import Actor, Departure, Leave, Prompt, SourceKind, Turn, TurnState
from storage.store import Store

log = logging.getLogger(__name__)

REMEMBERED: Final = 1000
"""Edited messages below which an offer stands, over all people."""

CHANGED: Final = "You changed your message. I can answer it as it reads now, beside the answer that's there."
STILL_WAITS: Final = "You changed your message, which waits in line as you first wrote it. I can take it as it reads now."
AS_IT_WAS: Final = "Your message reads as it was answered, so there's nothing new in it."
DELETED: Final = "That message isn't there any more, so I can't read what to answer."
WRITING: Final = "{} is still writing. Press *Answer the edit* when it's done, or `/stop` it."


class Edits(commands.Cog):
    """Looks at edits of the latest prompt, and of those that wait."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._offered: OrderedDict[int, None] = OrderedDict()
        """The messages below which an offer stands: one is enough, however often a message is edited."""
        services.router.add("answeredit", self._answer)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Called by discord.py for every edit, the bot's own too, and where a link in a message got its preview; people's own
        words in direct messages are looked at.
        """
        message = payload.message
        is_edit = message.edited_at is not None and is_their_own(message)
        if payload.guild_id is not None or not is_edit or message.id in self._offered:
            return
        try:
            await self._look(Actor(message.author.id), message)
        except (StoreError, *UNREACHED) as error:
            log.warning("the edit of message %s could not be looked at: %s", message.id, type(error).__name__)

    async def _look(self, actor: Actor, message: discord.Message) -> None:
        """Offer to answer the edit, where the words are others and something can be made of them."""
        if await self._services.access.refusal(actor.user_id, None) is not None:
            return
        try:
            turn = await self._services.store.turns.from_source(actor, message.id)
            asked = turn if turn.state.is_waiting else await in_its_place(self._services.store, actor, turn)
            if asked is None or checked(await text_of(message)) == asked.prompt:
                return
            if message.attachments and not asked.files:  # the file was the prompt, or could not be read
                return
        except (NotFound, Told):  # it asked nothing, or what it says now can't be asked
            return
        self._remember(message.id)
        # By the message, not by the turn: an answer whose message is lost is looked for by the buttons that name its turn.
        button = controls.button("Answer the edit", "answeredit", message.id, style=discord.ButtonStyle.primary)
        said = await MessageReply(message).say(STILL_WAITS if turn.state.is_waiting else CHANGED, view=controls.row(button))
        if said is not None:
            await self._services.store.deliveries.link(actor, said, turn.session_id)

    async def _answer(self, interaction: Interaction, arguments: list[str]) -> None:
        """Ask what the message says by now: in line, where it still waits there, else in the place of its answer."""
        actor, reply, store = actor_of(interaction), reply_to(interaction, in_place=True), self._services.store
        turn = await store.turns.from_source(actor, message_id_in(arguments))
        if turn.source.kind is not SourceKind.MESSAGE or turn.source.guild_id is not None:
            raise Unreadable
        await reply.defer()
        text = checked(await text_of(await self._message(turn)))
        if turn.state.is_waiting:
            turn = await self._reword(actor, turn, text)
            session = await store.sessions.get(actor, turn.session_id)
            await reply.say(f"It waits in {label(session)} as it reads now.")
        else:
            await self._revise(interaction, reply, turn, text)
        self._offered.pop(turn.source.id, None)

    async def _reword(self, actor: Actor, turn: Turn, text: str) -> Turn:
        """Raises `Told` where it has just begun to be answered."""
        try:
            return await self._services.runtimes.of(actor).reword(turn.id, text)
        except WrongTurnState:
            raise Told(too_late(await self._services.store.turns.get(actor, turn.id))) from None

    async def _revise(self, interaction: Interaction, reply: Reply, turn: Turn, text: str) -> None:
        actor, store = actor_of(interaction), self._services.store
        if turn.state is TurnState.REMOVED:
            raise Told(too_late(turn))
        asked = await in_its_place(store, actor, turn)
        if asked is None:
            raise NotLastTurn
        if asked.state.is_running:
            raise Told(WRITING.format(label(await store.sessions.get(actor, turn.session_id))))
        if asked.prompt == text:
            raise Told(AS_IT_WAS)
        prompt = Prompt(text=text, source=source_of(interaction), target=reply.next_target())
        departure = Departure(leave=Leave.REVISE, number=turn.session_number, turn_id=asked.id, prompt=prompt)
        async with self._services.in_turn(actor) as runtime:
            went = await runtime.go(departure)
        if isinstance(went, Asked):
            await reply.say("Answered below, as it reads now.")
        reply.leave_first()
        await present(self._services, actor, reply, went)

    async def _message(self, turn: Turn) -> discord.Message:
        """The message that a turn came from, as it reads now. Raises `Told` where it was deleted."""
        channel = self._services.client.get_partial_messageable(turn.source.channel_id)
        try:
            return await channel.fetch_message(turn.source.id)
        except discord.NotFound:
            raise Told(DELETED) from None

    def _remember(self, message_id: int) -> None:
        self._offered[message_id] = None
        while len(self._offered) > REMEMBERED:
            self._offered.popitem(last=False)


async def in_its_place(store: Store, actor: Actor, turn: Turn) -> Turn | None:
    """The last exchange of a turn's session, where that is this turn, or one that was asked in its place."""
    latest = await store.turns.latest(actor, turn.session_id)
    if latest is None or latest.id == turn.id or latest.prompt_entry == turn.prompt_entry:
        return latest
    return latest if turn.id in {each.id for each in await store.turns.siblings(actor, latest.id)} else None
