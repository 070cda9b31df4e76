"""`/rename`, its modal, `/delete` and *Undo*: keeping sessions in order, each act with its way back."""

from typing import Final

from discord import app_commands
from discord.ext import commands

from agent.outcomes import Busy, Deleted, Forgotten
from cogs import controls
from cogs.asking import is_empty
from cogs.explain import Told
from cogs.find import choices, wanted
from cogs.reply import Interaction, Reply, actor_of, reply_to
from cogs.router import submitted, uuid_in
from cogs.services import Services
from cogs.words import NOTHING_OPEN, binned, gone, label
from delivery.inert import shorten
from storage.errors import SessionTemporary
from storage.records import BIN_KEEPS, NAME_LIMIT, Actor, Changed, SessionInfo

NO_NAME: Final = "A name needs at least one sign that can be seen."


class Shelves(commands.Cog):
    """Changes what a session is called, puts it into the bin, and takes such acts back."""

    def __init__(self, services: Services) -> None:
        self._services = services
        services.router.add("named", self._named)
        services.router.add("delete", self._stop_and_delete)
        services.router.add("spare", self._spare)
        services.router.add("undo", self._undo)

    @app_commands.command(name="rename", description="Give a session a name, which you can open it by")
    @app_commands.describe(
        name="What to call it; leave it out to edit the name it has",
        session="Its number, or a name that fits only one; leave it out for the one you're in",
    )
    async def rename(
        self,
        interaction: Interaction,
        name: app_commands.Range[str, 1, NAME_LIMIT] | None = None,
        session: app_commands.Range[str, 1, 200] | None = None,
    ) -> None:
        """Rename the active or a given session; without a name, open a modal for one."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        if name is None and session is None:  # a modal waits for nothing: it is due in three seconds
            meant = await self._services.runtimes.of(actor).active()
        else:
            meant = await wanted(self._services, reply, session)
        if meant is None:
            await reply.say(NOTHING_OPEN)
        elif meant.temporary:
            raise SessionTemporary
        elif name is None:
            await interaction.response.send_modal(controls.name_modal(meant, "named"))
        else:
            await self._rename(actor, reply, meant.number, name)

    @app_commands.command(name="delete", description=f"Put a session into the bin, where it rests for {BIN_KEEPS.days} days")
    @app_commands.describe(session="Its number, or a name that fits only one; leave it out for the one you're in")
    async def delete(self, interaction: Interaction, session: app_commands.Range[str, 1, 200] | None = None) -> None:
        """Delete the active or a given session; while an answer is being written in it, ask first."""
        actor, reply = actor_of(interaction), reply_to(interaction)
        await reply.defer()
        meant = await wanted(self._services, reply, session)
        if meant is None:
            await reply.say(NOTHING_OPEN)
        else:
            await self._delete(actor, reply, meant, stop=False)

    @rename.autocomplete("session")
    @delete.autocomplete("session")
    async def _session_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        return await choices(self._services, interaction, current)

    async def _named(self, interaction: Interaction, arguments: list[str]) -> None:
        actor = actor_of(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await self._rename(actor, reply_to(interaction), session.number, submitted(interaction))

    async def _rename(self, actor: Actor, reply: Reply, number: int, name: str) -> None:
        changed = await rename(self._services, actor, number, name)
        said = f"{label(changed.session, NAME_LIMIT)} is its name now. Before it was {label(changed.before)}."
        await reply.say(said, view=controls.undo(changed))

    async def _delete(self, actor: Actor, reply: Reply, session: SessionInfo, *, stop: bool) -> None:
        async with self._services.in_turn(actor) as runtime:
            outcome = await runtime.delete(session.number, stop=stop)
        match outcome:
            case Busy():
                await reply.say(f"{label(session)} is still writing.", view=controls.stop_first(session))
            case Forgotten() as forgotten:
                await reply.say(gone(forgotten.session, was_active=forgotten.was_active))
            case Deleted() as deleted:
                await reply.say(binned(deleted), view=controls.undo(deleted.changed))

    async def _stop_and_delete(self, interaction: Interaction, arguments: list[str]) -> None:
        actor, reply = actor_of(interaction), reply_to(interaction, in_place=True)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await reply.defer()
        await self._delete(actor, reply, session, stop=True)

    async def _spare(self, interaction: Interaction, arguments: list[str]) -> None:
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments))
        await reply_to(interaction, in_place=True).say(f"{label(session)} stays as it is.")

    async def _undo(self, interaction: Interaction, arguments: list[str]) -> None:
        """Take an act back; the message that told of it tells of this instead."""
        session = await self._services.runtimes.of(actor_of(interaction)).undo(uuid_in(arguments))
        said = f"Taken back: it's {label(session)} again."
        await reply_to(interaction, in_place=True).say(said, view=controls.open_session(session))


async def rename(services: Services, actor: Actor, number: int, name: str) -> Changed:
    """Give a session the name that was typed. Raises `Told` where nobody could see it, `SessionNotFound`."""
    if is_empty(name):
        raise Told(NO_NAME)
    return await services.store.shelves.rename(actor, number, shorten(name, NAME_LIMIT))
