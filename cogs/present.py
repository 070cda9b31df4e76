"""From what the runtime answered to what the person sees: one function for each outcome, one `match` over them all.

Used by every command, button and message that asks something of a `SessionRuntime`. The model's answer itself, and a prompt's
place in the queue, are shown by `delivery/`, in the message whose target came with the prompt.
"""

from contextlib import suppress
from dataclasses import replace

from agent.outcomes import (
    Asked,
    Closed,
    Forked,
    Leaving,
    Left,
    Lifted,
    NothingActive,
    Opened,
    Resumed,
    Started,
    Stayed,
    StillWriting,
    Waiting,
    Went,
)
from cogs import controls
from cogs.reply import Answering, say_long
from cogs.services import Services
from cogs.words import NOT_SAVED, NOTHING_OPEN, attach_too, given_back, gone, label, messages, paused_line, quote, saved_now
from delivery.closing import SAID_TEMPORARY
from delivery.splitting import split
from storage.errors import StoreError, StoreUnavailable
from storage.records import Actor, Departure, EntryKind, SessionInfo


async def go(services: Services, actor: Actor, reply: Answering, departure: Departure) -> Went:
    """Do what is asked of the person's sessions, and show what came of it. Raises as `SessionRuntime.go`."""
    async with services.in_turn(actor) as runtime:
        went = await runtime.go(departure)
    await present(services, actor, reply, went)
    return went


async def present(services: Services, actor: Actor, reply: Answering, went: Went | Stayed) -> None:
    """Show what happened, and what became of the session that was left."""
    match went:
        case StillWriting() | Leaving():
            await _ask_first(services, actor, reply, went)
        case Stayed():
            await _stayed(services, actor, reply, went)
        case Asked() | Waiting():
            reply.leave_first()
            await _left(reply, went.left)
        case Started():
            await _started(services, actor, reply, went)
        case Forked() | Lifted():
            await _copied(services, actor, reply, went)
        case Opened():
            await _opened(services, actor, reply, went)
        case Closed():
            await _closed(services, actor, reply, went)
        case Resumed():
            await _resumed(services, actor, reply, went)
        case NothingActive():
            await reply.say(NOTHING_OPEN)


async def link(services: Services, actor: Actor, reply: Answering, message_id: int | None, session: SessionInfo) -> None:
    """Let Discord's own reply to this message address the session (there are such replies in direct messages only).

    What was said is said: where the disk doesn't take this, only such a reply goes to the active session instead.
    """
    if message_id is not None and not reply.private:
        with suppress(StoreUnavailable):
            await services.store.deliveries.link(actor, message_id, session.id)


async def show_session(services: Services, actor: Actor, reply: Answering, opened: Opened) -> None:
    """The session's name, count and last question in a line, then the last answer whole with its buttons."""
    session = opened.session
    state = f"{'is open' if opened.already else 'opened'}, {'temporary, ' if session.temporary else ''}"
    head = [f"{label(session)} {state}{messages(session.message_count)}."]
    tail = await services.store.transcripts.tail(actor, session.id, limit=2)
    question = next((entry for entry in reversed(tail) if entry.kind == EntryKind.USER), None)
    if question is not None:
        head.append(quote(question.text))
    shown = await reply.say("\n".join(head), view=controls.keep(session))
    await link(services, actor, reply, shown, session)
    latest = await services.store.turns.latest(actor, session.id)
    if latest is not None and latest.state.is_ended:
        await services.deliverer.again.show(actor, session, latest, reply.next_target())
    elif latest is None and tail and tail[-1].kind == EntryKind.ASSISTANT:
        for part in split(tail[-1].text):  # what came from elsewhere has no turn here: a fork's, an import's
            await link(services, actor, reply, await reply.say(part), session)
    if opened.waiting:
        await reply.say(paused_line(session, opened.waiting), view=controls.paused(session, opened.waiting))


async def _ask_first(services: Services, actor: Actor, reply: Answering, went: StillWriting | Leaving) -> None:
    """The guard's question, with its buttons."""
    if isinstance(went, Leaving):
        state = "temporary and still writing" if went.writing else "temporary"
        text, view = f"{label(went.session)} is {state}: when you leave it, it is gone for good.", controls.lose(went)
    else:
        text, view = f"{label(went.session)} is still writing.", controls.guard(went)
        if not went.can_keep:
            text += " Two others are finishing in the background already, so it can't join them: stop it, or stay."
    await link(services, actor, reply, await reply.say(text, view=view), went.session)


async def _stayed(services: Services, actor: Actor, reply: Answering, stayed: Stayed) -> None:
    shown = await reply.say(f"You're still in {label(stayed.session)}.")
    await link(services, actor, reply, shown, stayed.session)
    back = given_back(stayed.departure)
    if back:
        await say_long(reply, back)


async def _started(services: Services, actor: Actor, reply: Answering, started: Started) -> None:
    session = started.session
    if started.asked is not None:
        reply.leave_first()
        await _left(reply, started.left)
        return
    named = f": {label(session)}" if session.name else ""
    if started.was_blank:
        text = f"Session {session.number} is still empty, so I kept it{named}. Go ahead."
    else:
        text = f"{'Temporary session' if session.temporary else 'Session'} {session.number} started{named}."
    if session.temporary:
        text = f"{text}\n{NOT_SAVED}"
        with suppress(StoreError):  # else its first answer says it once more
            await services.store.first_time(actor, SAID_TEMPORARY, session.id)
    shown = await reply.say(text, view=controls.keep(session))
    await link(services, actor, reply, shown, session)
    await _left(reply, started.left)


async def _copied(services: Services, actor: Actor, reply: Answering, copied: Forked | Lifted) -> None:
    if isinstance(copied, Lifted):
        await _lifted(services, actor, reply, copied)
    else:
        await _forked(services, actor, reply, copied)


async def _forked(services: Services, actor: Actor, reply: Answering, forked: Forked) -> None:
    if forked.asked is not None:
        reply.leave_first()
    else:
        number, parent = forked.session.number, label(forked.parent)
        text = f"Session {number} started from {parent}."
        if forked.was_made:
            text = f"Session {number}, started from {parent}, has nothing new in it yet, so I kept it. Go ahead."
        shown = await reply.say(text)
        await link(services, actor, reply, shown, forked.session)
    if forked.question is not None:
        too = attach_too([file.name for file in forked.question.files])
        await say_long(reply, f"Your question, to ask in other words{too}:\n{forked.question.prompt}")
    await _left(reply, forked.left)


async def _lifted(services: Services, actor: Actor, reply: Answering, lifted: Lifted) -> None:
    shown = await reply.say(
        f"This exchange has a session of its own now, {label(lifted.session)}, and your next message goes there. "
        f"{label(lifted.parent)} is as it was before; the exchange stays among its *Branches* in `/sessions`."
    )
    await link(services, actor, reply, shown, lifted.session)
    await _left(reply, lifted.left)


async def _opened(services: Services, actor: Actor, reply: Answering, opened: Opened) -> None:
    await show_session(services, actor, reply, opened)
    await _left(reply, opened.left)


async def _resumed(services: Services, actor: Actor, reply: Answering, resumed: Resumed) -> None:
    if resumed.waiting:
        shown = await reply.say(f"Sending what waited in {label(resumed.session)}.")
    else:
        shown = await reply.say(f"Nothing waits in {label(resumed.session)} any more.")
    await link(services, actor, reply, shown, resumed.session)
    await _left(reply, resumed.left)


async def _closed(services: Services, actor: Actor, reply: Answering, closed: Closed) -> None:
    number = closed.session.number
    if closed.left.forgotten:
        await reply.say(f"Session {number} is gone: it was temporary. Your next message starts a new one.")
        return
    text = f"Session {number} is saved. Your next message starts a new one; `/open {number}` brings it back."
    await link(services, actor, reply, await reply.say(text), closed.session)
    await _left(reply, replace(closed.left, saved=False))


async def _left(reply: Answering, left: Left | None) -> None:
    if left is None:
        return
    if left.forgotten and left.session.leaf is not None:
        await reply.say(gone(left.session))
    if left.saved:
        await reply.say(saved_now(left.session))
    if left.kept:
        await reply.say(f"{label(left.session)} goes on writing in its own message; I'll tell you when it's done.")
    if left.paused:
        await reply.say(paused_line(left.session, left.paused), view=controls.paused(left.session, left.paused))
