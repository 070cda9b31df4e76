"""`Panel`: the command, and what each press on the panel does.

The panel carries everything in the ids of its components and is drawn anew from the store at each press, so it works after a
restart, and always shows the presser's own sessions as they are now.
"""

from functools import partial

import discord
from discord import app_commands
from discord.ext import commands

from agent.outcomes import Busy, Deleted, Forgotten, Opened
from cogs import controls
from cogs.history import show_page
from cogs.panel._acts import ACTS, Act
from cogs.panel._views import Note, Now, card_view, for_good_view, list_view, stop_first_view
from cogs.panel._where import Where, shelf_in, where_in
from cogs.present import go
from cogs.reply import Interaction, actor_of, reply_to
from cogs.resting import Resting, days_in, resting_of
from cogs.router import chosen, number_in, submitted, uuid_in
from cogs.services import Services
from cogs.shelves import rename
from cogs.words import binned, gone, label, purged, saved_now
from storage.errors import SessionNotFound
from storage.preferences import AUTO_ARCHIVE_DAYS
from storage.records import Actor, Departure, Leave, SessionInfo, Shelf


class Panel(commands.Cog):
    """Shows the lists and the cards, and does what is pressed there."""

    def __init__(self, services: Services) -> None:
        self._services = services
        add = services.router.add
        add("page", self._turn_page)
        add("shelf", self._other_list)
        add("pick", self._picked)
        add("card", self._card_again)
        add("enter", self._open)
        add("read", self._history)
        add("forkone", self._fork)
        add("panel", self._shown_anew)
        add("bin", partial(self._delete, stop=False))
        add("stopbin", partial(self._delete, stop=True))
        add("sure", self._ask_once_more)
        add("purge", self._delete_for_good)
        add("newname", self._rename_pressed)
        add("newnamed", self._renamed)
        add("lasts", self._keep)
        add("rests", self._archive_after)
        add("unact", self._undo)
        for verb, act in ACTS.items():
            add(verb, partial(self._act, act))

    @app_commands.command(name="sessions", description="All your sessions: open, read, rename, pin, archive and delete them")
    async def sessions(self, interaction: Interaction) -> None:
        """Show the first page of what is open."""
        await reply_to(interaction).say(view=await self._list(actor_of(interaction), Where()))

    async def _shown_anew(self, interaction: Interaction, _arguments: list[str]) -> None:
        """*All sessions*: as the command does, below whatever it was pressed on."""
        await reply_to(interaction).say(view=await self._list(actor_of(interaction), Where()))

    async def _turn_page(self, interaction: Interaction, arguments: list[str]) -> None:
        await reply_to(interaction).refresh(await self._list(actor_of(interaction), where_in(arguments)))

    async def _other_list(self, interaction: Interaction, _arguments: list[str]) -> None:
        where = Where(shelf_in(chosen(interaction)))
        await reply_to(interaction).refresh(await self._list(actor_of(interaction), where))

    async def _picked(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show the card of what was chosen, wherever it is by now."""
        actor = actor_of(interaction)
        session = await self._services.store.sessions.find(actor, number_in(chosen(interaction)), binned=True)
        await reply_to(interaction).refresh(await self._card(actor, session, where_in(arguments)))

    async def _card_again(self, interaction: Interaction, arguments: list[str]) -> None:
        """*Stay*: back from a question to the card."""
        actor = actor_of(interaction)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments), binned=True)
        await reply_to(interaction).refresh(await self._card(actor, session, where_in(arguments, 1)))

    async def _open(self, interaction: Interaction, arguments: list[str]) -> None:
        """Open it in a message of its own, between two looks at the panel: one that answers at once, one that is true after."""
        actor, reply, where = actor_of(interaction), reply_to(interaction), where_in(arguments, 1)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await reply.refresh(await self._list(actor, where))
        went = await go(self._services, actor, reply, Departure(leave=Leave.OPEN, number=session.number))
        is_back = session.archived and isinstance(went, Opened)
        note = Note(text=f"{label(session)} is out of the archive.") if is_back else None
        await reply.refresh(await self._list(actor, where, note))

    async def _history(self, interaction: Interaction, arguments: list[str]) -> None:
        """Show the newest page in a message of its own, below the card, which is no news any more after it."""
        actor, reply, where = actor_of(interaction), reply_to(interaction), where_in(arguments, 1)
        sessions = self._services.store.sessions
        session = await sessions.get(actor, uuid_in(arguments))
        await reply.refresh(await self._card(actor, session, where))
        await show_page(self._services.store, actor, reply, session)
        if session.unread:
            await reply.refresh(await self._card(actor, await sessions.get(actor, session.id), where))

    async def _fork(self, interaction: Interaction, arguments: list[str]) -> None:
        """Go on in a copy, told of in a message of its own, between two looks at the panel, as for *Open*."""
        actor, reply, where = actor_of(interaction), reply_to(interaction), where_in(arguments, 1)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await reply.refresh(await self._list(actor, where))
        await go(self._services, actor, reply, Departure(leave=Leave.FORK, number=session.number))
        await reply.refresh(await self._list(actor, where))

    async def _act(self, act: Act, interaction: Interaction, arguments: list[str]) -> None:
        """Do it, then show the card again, or the list that the session has left."""
        actor, where, store = actor_of(interaction), where_in(arguments, 1), self._services.store
        session = await store.sessions.get(actor, uuid_in(arguments), binned=True)
        changed = await act.do(store.shelves, actor, session.number)
        note = Note(text=f"{label(changed.session)} {act.said}", undo=changed.undo)
        shown = self._card(actor, changed.session, where, note) if act.stays else self._list(actor, where, note)
        await reply_to(interaction).refresh(await shown)

    async def _delete(self, interaction: Interaction, arguments: list[str], *, stop: bool) -> None:
        """Put it in the bin; while an answer is being written in it, ask first."""
        actor, reply, where = actor_of(interaction), reply_to(interaction, in_place=True), where_in(arguments, 1)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        await reply.defer()
        async with self._services.in_turn(actor) as runtime:
            outcome = await runtime.delete(session.number, stop=stop)
        match outcome:
            case Busy():
                await reply.refresh(stop_first_view(session, where))
            case Forgotten() as forgotten:
                note = Note(text=gone(forgotten.session, was_active=forgotten.was_active))
                await reply.refresh(await self._list(actor, where, note))
            case Deleted() as deleted:
                note = Note(text=binned(deleted), undo=deleted.changed.undo)
                await reply.refresh(await self._list(actor, where, note))

    async def _keep(self, interaction: Interaction, arguments: list[str]) -> None:
        """*Keep this*: the card is then that of an ordinary session."""
        actor, where = actor_of(interaction), where_in(arguments, 1)
        session = await self._services.runtimes.of(actor).keep(uuid_in(arguments))
        await reply_to(interaction).refresh(await self._card(actor, session, where, Note(text=saved_now(session))))

    async def _ask_once_more(self, interaction: Interaction, arguments: list[str]) -> None:
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments), binned=True)
        await reply_to(interaction).refresh(for_good_view(session, where_in(arguments, 1)))

    async def _delete_for_good(self, interaction: Interaction, arguments: list[str]) -> None:
        """Delete what is in the bin, and say where it may still be."""
        actor, where, services = actor_of(interaction), where_in(arguments, 1), self._services
        session = await services.store.sessions.get(actor, uuid_in(arguments), binned=True)
        copies = await services.copies()
        await services.store.shelves.purge(actor, session.number)
        services.wipe_soon()
        await reply_to(interaction).refresh(await self._list(actor, where, Note(text=purged(session, copies))))

    async def _rename_pressed(self, interaction: Interaction, arguments: list[str]) -> None:
        where = where_in(arguments, 1)
        session = await self._services.store.sessions.get(actor_of(interaction), uuid_in(arguments))
        await interaction.response.send_modal(controls.name_modal(session, "newnamed", *where.arguments))

    async def _renamed(self, interaction: Interaction, arguments: list[str]) -> None:
        actor, where = actor_of(interaction), where_in(arguments, 1)
        session = await self._services.store.sessions.get(actor, uuid_in(arguments))
        changed = await rename(self._services, actor, session.number, submitted(interaction))
        note = Note(text=f"Renamed. Before it was {label(changed.before)}.", undo=changed.undo)
        await reply_to(interaction).refresh(await self._card(actor, changed.session, where, note))

    async def _archive_after(self, interaction: Interaction, _arguments: list[str]) -> None:
        """Keep when the presser's sessions are archived by themselves."""
        actor, days = actor_of(interaction), days_in(chosen(interaction))
        await self._services.store.preferences.set(actor, AUTO_ARCHIVE_DAYS, days)
        await reply_to(interaction).refresh(await self._list(actor, Where(Shelf.ARCHIVED)))

    async def _undo(self, interaction: Interaction, arguments: list[str]) -> None:
        """Take the act above the panel back, and show the list as it is then."""
        actor, where = actor_of(interaction), where_in(arguments, 1)
        session = await self._services.runtimes.of(actor).undo(uuid_in(arguments))
        note = Note(text=f"Taken back: {label(session)} is as it was.")
        await reply_to(interaction).refresh(await self._list(actor, where, note))

    async def _list(self, actor: Actor, where: Where, note: Note | None = None) -> discord.ui.LayoutView:
        sessions = self._services.store.sessions
        page = await sessions.list(actor, page=where.page, shelf=where.shelf)
        resting = await self._resting(actor) if where.shelf is Shelf.ARCHIVED else None
        return list_view(page, where.shelf, await sessions.counts(actor), await self._now(actor), note, resting)

    async def _resting(self, actor: Actor) -> Resting:
        return await resting_of(self._services.store, actor, self._services.archive_days)

    async def _card(self, actor: Actor, session: SessionInfo, where: Where, note: Note | None = None) -> discord.ui.LayoutView:
        elsewhere = await self._goes_on_elsewhere(actor, session)
        now, parent = await self._now(actor), await self._parent(actor, session)
        return card_view(session, where, now, note, parent, goes_on_elsewhere=elsewhere)

    async def _goes_on_elsewhere(self, actor: Actor, session: SessionInfo) -> bool:
        """Whether the one branch of a session goes on below where its path ends: an exchange was moved out."""
        if session.branches != 1 or session.deleted is not None:
            return False
        tips = await self._services.store.branches.tips(actor, session.id, limit=1)
        return not any(tip.is_current for tip in tips)

    async def _parent(self, actor: Actor, session: SessionInfo) -> SessionInfo | None:
        """What it was forked from, where that is still there."""
        if session.origin is None:
            return None
        try:
            return await self._services.store.sessions.get(actor, session.origin.session_id)
        except SessionNotFound:
            return None

    async def _now(self, actor: Actor) -> Now:
        runtime = self._services.runtimes.of(actor)
        active = await runtime.active()
        return Now(active=active.id if active is not None else None, writing=runtime.writing)
