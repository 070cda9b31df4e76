"""Prompts that wait: *Remove* takes one back, *Edit* gives it other words, *Send now* asks it at once, *Send* lets the
paused ones go on.
"""

from typing import Final

from discord.ext import commands

from agent.outcomes import Resumed
from cogs.asking import checked, giving_back
from cogs.controls import TEXT_LIMIT, prompt_modal
from cogs.exchanges import turn_in
from cogs.explain import Told
from cogs.present import go, present
from cogs.reply import Interaction, actor_of, reply_to, say_long
from cogs.router import submitted, uuid_in
from cogs.services import Services
from cogs.words import attach_too, label, plain_label, quote
from storage.errors import WrongTurnState
from storage.records import Departure, Leave, Turn, TurnState

TOO_LONG: Final = "Discord's form doesn't hold a message that long. *Remove* gives you its text back, to send again."


class WaitingPrompts(commands.Cog):
    """The queue's buttons."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("remove", self._remove)
        services.router.add("send", self._send)
        services.router.add("sendnow", self._send_now)
        services.router.add("reword", self._reword_pressed)
        services.router.add("reworded", self._reword_submitted)

    async def _remove(self, interaction: Interaction, arguments: list[str]) -> None:
        """Take a waiting prompt out and give its words back, so that nothing typed is lost."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        turn = await self._services.runtimes.of(actor).remove(uuid_in(arguments))
        session = await self._services.store.sessions.get(actor, turn.session_id)
        too = attach_too([file.name for file in turn.files])
        await reply.say(f"Taken out of {label(session)}. Your message, if you want it again{too}:")
        await say_long(reply, turn.prompt)

    async def _reword_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open a modal with the words of a waiting prompt."""
        turn, session = await turn_in(self._services.store, interaction, arguments)
        if not turn.state.is_waiting:
            raise Told(too_late(turn))
        if len(turn.prompt) > TEXT_LIMIT:
            raise Told(TOO_LONG)
        modal = prompt_modal(plain_label(session, 40), "reworded", turn.id, text=turn.prompt)
        await interaction.response.send_modal(modal)

    async def _reword_submitted(self, interaction: Interaction, arguments: list[str]) -> None:
        """Have it wait with its new words, which are given back where it waits no longer."""
        actor, turn_id, text = actor_of(interaction), uuid_in(arguments), checked(submitted(interaction))
        async with giving_back(self._services, interaction, text):
            try:
                turn = await self._services.runtimes.of(actor).reword(turn_id, text)
            except WrongTurnState:
                raise Told(too_late(await self._services.store.turns.get(actor, turn_id))) from None
            session = await self._services.store.sessions.get(actor, turn.session_id)
            await reply_to(interaction).say(f"Changed. In {label(session)} this is asked now:\n{quote(turn.prompt)}")

    async def _send_now(self, interaction: Interaction, arguments: list[str]) -> None:
        """Stop the running answer and ask this next. The prompt's own message becomes its answer, so only what else happened is
        said.
        """
        actor, turn_id, reply = actor_of(interaction), uuid_in(arguments), reply_to(interaction, in_place=True)
        await reply.defer()
        try:
            async with self._services.in_turn(actor) as runtime:
                went = await runtime.send_now(turn_id)
        except WrongTurnState:
            raise Told(too_late(await self._services.store.turns.get(actor, turn_id))) from None
        if not isinstance(went, Resumed) or went.left is not None:
            reply.leave_first()
            await present(self._services, actor, reply, went)

    async def _send(self, interaction: Interaction, arguments: list[str]) -> None:
        """Let what is paused in a session go on, opening the session first where another is active."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await reply.defer()
        await go(self._services, actor, reply, Departure(leave=Leave.SEND, number=session.number))


def too_late(turn: Turn) -> str:
    """What is said of a prompt that waits no longer."""
    if turn.state is TurnState.REMOVED:
        return "That message was taken out already, so nothing was changed."
    if turn.state.is_running:
        return "That message is already being answered, so it stays as it was."
    return "That message has its answer already, so it stays as it was."
