"""Under an answer: *Reply*, *Finish the answer*, *Retry*, *◀ 2/3 ▶*, *Show the rest* and *Stop*; and `/stop`."""

from discord import app_commands
from discord.ext import commands

from agent.outcomes import Busy, Flipped, NothingToStop, Stopped
from cogs import controls
from cogs.asking import checked, giving_back, prompt_with
from cogs.exchanges import turn_in
from cogs.present import go
from cogs.reply import Interaction, Reply, actor_of, reply_to, source_of
from cogs.router import number_in, submitted, uploaded, uuid_in
from cogs.seen import seen
from cogs.services import Services
from cogs.words import GONE, label, paused_line, plain_label
from storage.records import Departure, Leave, Prompt, Turn, TurnState

NOTHING_RUNS = "Nothing is being written right now."
STILL_WRITING = "The rest is still being written. Press *Show the rest* again in a moment."


class Answers(commands.Cog):
    """Goes on from an answer, or ends it."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("reply", self._reply_pressed)
        services.router.add("said", self._reply_submitted)
        services.router.add("retry", self._retry_pressed)
        services.router.add("finish", self._finish_pressed)
        services.router.add("trynow", self._try_now_pressed)
        services.router.add("rest", self._rest_pressed)
        services.router.add("flip", self._flip_pressed)
        services.router.add("stop", self._stop_pressed)

    @app_commands.command(name="stop", description="Stop the answer that is being written; what there is stays")
    async def stop(self, interaction: Interaction) -> None:
        """Stop the active session's answer now."""
        reply = reply_to(interaction)
        outcome = await self._services.runtimes.of(actor_of(interaction)).stop()
        match outcome:
            case Stopped():
                await self._stopped(reply, outcome)
            case NothingToStop(kept=()):
                await reply.say(NOTHING_RUNS)
            case NothingToStop():
                names = ", ".join(label(session) for session, _ in outcome.kept)
                await reply.say(f"Still writing in the background: {names}.", view=controls.stop_kept(outcome.kept))

    async def _stop_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """*Stop* under an answer: the answer's own message shows the rest; only what now waits is said beside it."""
        turn_id, reply = uuid_in(arguments), reply_to(interaction, in_place=True)
        await reply.defer()
        outcome = await self._services.runtimes.of(actor_of(interaction)).stop_turn(turn_id)
        if outcome.paused:
            reply.leave_first()
            await reply.say(paused_line(outcome.session, outcome.paused), view=controls.paused(outcome.session, outcome.paused))

    async def _stopped(self, reply: Reply, outcome: Stopped) -> None:
        wrote = outcome.turn.first_delta is not None
        kept = " What was written is kept." if wrote and not outcome.session.temporary else ""
        await reply.say(f"Stopped {label(outcome.session)}.{kept}")
        if outcome.paused:
            await reply.say(paused_line(outcome.session, outcome.paused), view=controls.paused(outcome.session, outcome.paused))

    async def _reply_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open a modal whose text and files go on at the end of this answer's session."""
        turn, session = await turn_in(self._services.store, interaction, arguments)
        modal = controls.prompt_modal(plain_label(session, 40), "said", session.id, files=True)
        await interaction.response.send_modal(modal)
        await seen(self._services.store, actor_of(interaction), session, turn)

    async def _reply_submitted(self, interaction: Interaction, arguments: list[str]) -> None:
        actor, reply = actor_of(interaction), reply_to(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        text = checked(submitted(interaction))
        files = uploaded(interaction)
        async with giving_back(self._services, interaction, text, files), reply.acknowledging():
            prompt = await prompt_with(self._services, interaction, reply, text, files)
            departure = Departure(leave=Leave.REPLY, number=session.number, prompt=prompt)
            await go(self._services, actor, reply, departure)

    async def _retry_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Ask again; the new answer is a message of its own, the old one stays as it was."""
        await self._again(interaction, arguments, Leave.RETRY)

    async def _finish_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Go on where an answer broke off; the whole of it is a message of its own, the old one stays as it was."""
        await self._again(interaction, arguments, Leave.FINISH)

    async def _try_now_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Ask again, after a look whether the model service is well by now."""
        await self._again(interaction, arguments, Leave.RETRY, look_first=True)

    async def _flip_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show another answer to the same question, from which the session then goes on."""
        actor, reply, turn_id = actor_of(interaction), reply_to(interaction, in_place=True), uuid_in(arguments)
        await reply.defer()
        match await self._services.runtimes.of(actor).flip(turn_id):
            case Busy(session=session):
                await reply.aside(f"{label(session)} is still writing. Flip when it's done, or `/stop` it.")
            case Flipped(session=session, turn=turn, shown=shown):
                show = self._services.deliverer.again.flip
                await show(actor, session, turn, shown, reply.target(), reply.next_target())

    async def _rest_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show the end of an answer of which nobody knows whether it arrived, below where it was asked for."""
        actor, reply = actor_of(interaction), reply_to(interaction, in_place=True)
        turn, session = await turn_in(self._services.store, interaction, arguments)
        part = number_in(arguments, 1)
        await reply.defer()
        if turn.state.is_running:
            await reply.aside(STILL_WRITING)
        elif await self._services.deliverer.again.show(actor, session, turn, reply.next_target(), since=part):
            await seen(self._services.store, actor, session, turn)
        else:
            await reply.aside(GONE)

    async def _again(self, interaction: Interaction, arguments: list[str], leave: Leave, *, look_first: bool = False) -> None:
        actor, reply = actor_of(interaction), reply_to(interaction)
        turn = await self._services.store.turns.get(actor, uuid_in(arguments))
        async with reply.acknowledging():
            if look_first:
                await self._services.try_model_now()
            prompt = Prompt(text="", source=source_of(interaction), target=reply.target(), model=_wanted(turn))
            departure = Departure(leave=leave, number=turn.session_number, turn_id=turn.id, prompt=prompt)
            await go(self._services, actor, reply, departure)


def _wanted(turn: Turn) -> str | None:
    """The model that what was not completed was asked of in place of what is chosen."""
    return turn.wanted if turn.state is not TurnState.COMPLETED else None
