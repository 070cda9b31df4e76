"""Standing instructions, and a session's own: the modal that shows them, and what comes back of it.

The modal remembers which text it began with. If another was written meanwhile, from a second panel, neither is lost: what holds
stays, and what came is given back.
"""

import hashlib
from typing import Final

import discord

from cogs.asking import is_empty, storable
from cogs.controls import one_field
from cogs.explain import Told
from cogs.ids import custom_id
from cogs.services import Services
from cogs.settings._state import State, keep
from cogs.words import plain_label
from storage.preferences import INSTRUCTIONS
from storage.records import INSTRUCTIONS_LIMIT, Actor

CHANGED_MEANWHILE: Final = (
    "Other instructions were written here while you wrote these, so I left them as they are. *Instructions* shows them."
)
KEPT: Final = "Kept: the model is told so from your next message on."
TAKEN_BACK: Final = "Taken back: the model is told nothing of that any more."


def modal(state: State) -> discord.ui.Modal:
    """One long field with the instructions as they are."""
    about = "all your sessions" if state.session is None else plain_label(state.session, 30)
    field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="text",
        style=discord.TextStyle.paragraph,
        default=state.instructions or None,
        max_length=INSTRUCTIONS_LIMIT,
        required=False,
    )
    submitted_to = custom_id("instructed", state.scope, _mark(state.instructions))
    return one_field(f"Instructions for {about}", submitted_to, "What the model shall always know or do", field)


async def take(services: Services, actor: Actor, state: State, text: str, began_with: list[str]) -> str:
    """Keep what was written, and return what to say of that. `began_with` is what the modal remembers.

    Raises `Told` where other instructions were written meanwhile, `SessionNotFound`.
    """
    if text != state.instructions:
        if began_with != [_mark(state.instructions)]:
            raise Told(CHANGED_MEANWHILE)
        scope = state.session.id if state.session is not None else None
        await keep(services, actor, scope, INSTRUCTIONS, text or None)
    return KEPT if text else TAKEN_BACK


def checked(text: str) -> str:
    """The instructions as they are stored: nothing where none of it can be seen."""
    words = storable(text)
    return "" if is_empty(words) else words[:INSTRUCTIONS_LIMIT]


def _mark(text: str) -> str:
    """What tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]
