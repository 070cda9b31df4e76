"""The one place where presses of buttons, choices in selects and submitted modals arrive, and where they are answered.

discord.py's own dispatch drops an id it does not know, swallows what a dynamic item raises, and has nothing for a modal that
was opened before a restart (see docs/decisions/0001-one-router-for-components.md). So components carry a `custom_id` (see
`ids.py`), each cog registers a handler for its verbs, and everything unknown, foreign or failed is answered here.
"""

import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any, cast
from uuid import UUID

import discord
from discord import app_commands
from discord.ext import commands

from cogs import ids
from cogs.access import Access
from cogs.explain import UNREACHED, explain
from cogs.first import Repeats
from cogs.order import Order
from cogs.reply import Interaction, reply_to
from cogs.words import GONE

log = logging.getLogger(__name__)

Handler = Callable[[Interaction, list[str]], Awaitable[None]]


class Unreadable(Exception):
    """A component's arguments, choice or field are not what its verb has; it counts as an unknown id."""


class Router(commands.Cog):
    """Takes every component and modal interaction to the handler of its verb."""

    def __init__(self, access: Access, order: Order) -> None:
        self._access, self._order = access, order
        self._handlers: dict[str, Handler] = {}
        self._repeats = Repeats()

    def add(self, verb: str, handler: Handler) -> None:
        """Let `handler` answer the components of this verb. What it raises is told to the presser."""
        if verb in self._handlers:
            raise ValueError(f"the verb {verb!r} has a handler already")
        self._handlers[verb] = handler

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs that components may have."""
        return tuple(self._handlers)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Called by discord.py for every interaction; commands and autocomplete are the command tree's."""
        if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            return
        if self._repeats.is_one(interaction.id):
            return
        self._order.join(interaction.user.id)
        try:
            if await self._access.refused(interaction):
                return
            await self._dispatch(interaction)
        except Exception as error:  # noqa: BLE001 - whatever fails, the presser is told
            await tell(interaction, error)
        interaction.client.dispatch("press_completion", interaction)

    async def _dispatch(self, interaction: Interaction) -> None:
        parsed = ids.parse(cast("str", (interaction.data or {}).get("custom_id", "")))
        handler = self._handlers.get(parsed[0]) if parsed else None
        if parsed is None or handler is None:
            raise Unreadable
        await handler(interaction, parsed[1])


async def tell(interaction: Interaction, error: Exception) -> None:
    """Tell the presser what happened, once, beside whatever was shown before."""
    sentence = GONE if isinstance(error, Unreadable) else explain(error, missing=GONE)
    try:
        await reply_to(interaction).aside(sentence)
    except UNREACHED as failure:
        log.warning("could not answer interaction %s: %s", interaction.id, type(failure).__name__)


def uuid_in(arguments: list[str], index: int = 0) -> UUID:
    """A UUID among a component's arguments. Raises `Unreadable`."""
    try:
        return UUID(hex=arguments[index])
    except (IndexError, ValueError):
        raise Unreadable from None


def number_in(arguments: list[str], index: int = 0) -> int:
    """A number of up to nine digits among a component's arguments. Raises `Unreadable`."""
    return _digits_in(arguments, index, 9)


def message_id_in(arguments: list[str], index: int = 0) -> int:
    """A message's id among a component's arguments: a snowflake, up to 63 bits. Raises `Unreadable`."""
    return _digits_in(arguments, index, 19)


def entry_in(arguments: list[str], index: int) -> int:
    """An entry's id, or its place in the order of time, among a component's arguments. Raises `Unreadable`."""
    return _digits_in(arguments, index, 19)


def _digits_in(arguments: list[str], index: int, most: int) -> int:
    if index >= len(arguments) or not re.fullmatch(f"[0-9]{{1,{most}}}", arguments[index]):
        raise Unreadable
    return int(arguments[index])


def chosen(interaction: Interaction) -> list[str]:
    """The values chosen in a select, readable as arguments."""
    data = cast("dict[str, Any]", interaction.data or {})
    return [str(value) for value in cast("list[Any]", data.get("values") or [])]


def one_of(values: list[str]) -> str:
    """The value that was chosen in a select of one. Raises `Unreadable`."""
    if len(values) != 1:
        raise Unreadable
    return values[0]


def submitted(interaction: Interaction, field: str = "text") -> str:
    """The text of a modal's field, as Discord sends it: a label (type 18) or an action row (type 1) around the input.

    Raises `Unreadable` when there is no such field.
    """
    found = _field_in(interaction, field)
    if found is None:
        raise Unreadable
    return str(found.get("value") or "")


def uploaded(interaction: Interaction, field: str = "files") -> list[discord.Attachment]:
    """The files of a modal's upload field (type 19); none where it has no such field, as one that an older version opened.

    Discord sends their ids in the field and the attachments in `resolved`, as with a command's options: they are made as those.
    """
    found = _field_in(interaction, field) or {}
    given = [str(value) for value in cast("list[Any]", found.get("values") or [])]
    resolved: Any = cast("dict[str, Any]", interaction.data or {}).get("resolved") or {}
    options: list[Any] = [
        {"name": each, "type": discord.AppCommandOptionType.attachment.value, "value": each} for each in given
    ]
    made = app_commands.Namespace(interaction, resolved, options)
    return [file for _, file in made if isinstance(file, discord.Attachment)]


def _field_in(interaction: Interaction, field: str) -> dict[str, Any] | None:
    data = cast("dict[str, Any]", interaction.data or {})
    for row in cast("list[dict[str, Any]]", data.get("components") or []):
        inner = [row["component"]] if "component" in row else row.get("components", [])
        for item in cast("list[dict[str, Any]]", inner):
            if item.get("custom_id") == field:
                return item
    return None
