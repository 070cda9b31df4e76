"""What *More…* offers for an exchange: a button for each way to go on from it, and a line of what those do that need one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import discord

from cogs.controls import TEXT_LIMIT, button, row
from cogs.exchanges import BESIDE
from delivery.render import small
from storage.records import Actor, SessionInfo, Turn
from storage.store import Store

FORGOTTEN: Final = "-# Forgotten: the model isn't sent this exchange any more. You still have it, in `/history` too."


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An exchange that has ended, and what decides which ways there are."""

    session: SessionInfo
    turn: Turn
    last: bool
    """Whether it is its session's last one: only that can be changed in its place."""
    beside: bool
    """Whether another answer was given in its place, and is what the session goes on from."""
    worded: bool
    """Whether its answer has words."""
    alone: bool
    """Whether nothing is above it."""
    thought: bool
    """Whether the model told what it thought before it answered."""
    omitted: bool
    """Whether it is left out of what models are sent."""
    in_server: bool


@dataclass(frozen=True, slots=True)
class Way:
    """One button, and what is said of it."""

    label: str
    verb: str
    about: UUID | None
    says: str | None = None


async def exchange_of(store: Store, actor: Actor, turn: Turn, *, in_server: bool) -> Exchange:
    """The exchange of an ended turn as it is now. Raises `SessionNotFound`, `StoreUnavailable`."""
    session = await store.sessions.get(actor, turn.session_id)
    latest = await store.turns.latest(actor, turn.session_id)
    last = latest is not None and latest.id == turn.id
    there = {each.id for each in await store.turns.siblings(actor, latest.id)} if latest is not None else set[UUID]()
    above = await store.transcripts.tail(actor, session.id, limit=1, before=turn.prompt_entry) if last else ()
    thought = bool(await store.turns.thoughts(actor, turn.id))
    return Exchange(
        session=session,
        turn=turn,
        last=last,
        beside=not last and turn.id in there,
        worded=not last or turn.id in there,
        alone=not above,
        thought=thought,
        omitted=turn.answer_entry in await store.omissions.of(actor, session.id),
        in_server=in_server,
    )


def ways(exchange: Exchange) -> tuple[Way, ...]:
    """The ways that there are now. A temporary session is not forked, but can be kept."""
    return tuple(_ways(exchange))


def state_of(exchange: Exchange) -> Iterator[str]:
    """What is to be said of how it stands."""
    if exchange.beside:
        yield small(BESIDE)
    if exchange.omitted:
        yield FORGOTTEN


def said_of(offered: Sequence[Way]) -> str:
    """What these do, a small line each."""
    return "\n".join(f"-# **{way.label}** {way.says}" for way in offered if way.says is not None)


def buttons(offered: Sequence[Way]) -> discord.ui.View:
    """The buttons of these."""
    return row(*(button(way.label, way.verb, *(() if way.about is None else (way.about,))) for way in offered))


def _ways(exchange: Exchange) -> Iterator[Way]:
    session, turn = exchange.session, exchange.turn
    if session.temporary:
        yield Way("Keep this", "keep", session.id)
    if exchange.last and len(turn.prompt) <= TEXT_LIMIT:
        yield Way("Edit my message", "edit", turn.id, "asks it in other words here; *◀ ▶* under the answer flips between both.")
    if not session.temporary:
        yield Way("Ask differently", "differently", turn.id, "does that in a new session, after what was said before it.")
        yield Way("Fork", "forkhere", turn.id, "goes on from here in a new session. The old one stays as it is.")
        if exchange.last and not exchange.alone:
            yield Way("Move to a new session", "liftout", turn.id, "takes this exchange out into one of its own.")
    if exchange.omitted:
        yield Way("Remember it again", "remember", turn.id)
    elif not exchange.beside:
        yield Way("Forget this", "forget", turn.id, "leaves it out of what the model reads. It stays here, and can be undone.")
    if exchange.thought:
        yield Way("Show thinking", "thoughts", turn.id)
    is_read = exchange.worded and not exchange.beside
    if is_read:
        yield Way("As text file", "textfile", turn.id)
    yield Way("History", "newest", session.id)
    yield Way("All sessions", "panel", None)
    if exchange.in_server and is_read:
        yield Way("Continue in DM", "dm", turn.id)
