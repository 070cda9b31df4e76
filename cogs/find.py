"""From what a person typed after `/open` or `/history` to one of their sessions, and the choices offered while they type."""

from discord import app_commands

from cogs.explain import Told
from cogs.reply import Interaction, Reply, actor_of
from cogs.services import Services
from cogs.words import NO_SUCH_SESSION, plain_label
from storage.records import Actor, SessionInfo

MAX_DIGITS = 9


async def find(services: Services, actor: Actor, text: str) -> SessionInfo:
    """The session that `3`, `#3` or a name that fits one only stands for. Raises `Told` or `SessionNotFound`."""
    wanted = text.strip()
    digits = wanted.removeprefix("#")
    if digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS:
        return await services.store.sessions.find(actor, int(digits))
    fitting = [s for s in await services.store.sessions.search(actor, wanted) if _fits(s, wanted)] if wanted else []
    exact = [s for s in fitting if (s.name or "").casefold() == wanted.casefold()]
    candidates = exact or fitting
    if not candidates:
        raise Told(NO_SUCH_SESSION)
    if len(candidates) > 1:
        several = ", ".join(f"`{session.number}`" for session in candidates[:5])
        raise Told(f"More than one session fits that: {several}. Please use its number.")
    return candidates[0]


async def wanted(services: Services, reply: Reply, typed: str | None) -> SessionInfo | None:
    """The session that was typed, else the one that is active once what was asked for before has taken effect, if there is one.

    Raises as `find`.
    """
    actor = actor_of(reply.interaction)
    if typed is not None:
        return await find(services, actor, typed)
    if services.order.is_behind(actor.user_id):
        await reply.defer()
        await services.order.earlier(actor.user_id)
    return await services.runtimes.of(actor).active()


async def choices(services: Services, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """Up to 25 of the person's own sessions that fit what was typed so far, by number, name or first message."""
    if await services.access.refusal(interaction.user.id, interaction.guild_id) is not None:
        return []
    text = typed.strip().removeprefix("#")[:100]
    found = await services.store.sessions.search(actor_of(interaction), text, limit=25)
    marks = {session.number: " (temporary)" if session.temporary else "" for session in found}
    return [app_commands.Choice(name=plain_label(s, 80) + marks[s.number], value=str(s.number)) for s in found]


def _fits(session: SessionInfo, wanted: str) -> bool:
    return wanted.casefold() in (session.name or session.first_message or "").casefold()
