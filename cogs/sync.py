"""Registering the commands with Discord, only when what Discord has differs from what there is.

Commands are registered globally only: a server's copies beside the global ones would show twice. (Discord's documentation,
"Application Commands": a bulk overwrite counts against a daily limit of created commands, so it is not done at every start.)
"""

import json
import logging
from collections.abc import Mapping
from typing import Any, Final, cast

import discord
from discord import app_commands

log = logging.getLogger(__name__)

COMPARED: Final = ("type", "name", "description", "options", "contexts", "integration_types")
IGNORED_WHEN: Final[tuple[Any, ...]] = (None, False, "", [], {})
"""Values that Discord may leave out or report for what was never set. (A menu's command has the description "".)"""


async def sync_if_changed(tree: app_commands.CommandTree[Any]) -> bool:
    """Compare and, on a difference, register all commands anew; returns whether it did. Raises `discord.HTTPException`."""
    client = cast("discord.Client", tree.client)
    # As Discord sent it: `fetch_commands` loses contexts and installation types on the way (discord.py 2.7.1).
    reported = {_key(command) for command in await client.http.get_global_commands(client.application_id or 0)}
    wanted = {_key(command.to_dict(tree)) for command in tree.get_commands(type=None)}
    if reported == wanted:
        return False
    await tree.sync()
    log.info("registered %d commands", len(wanted))
    return True


def _key(command: Mapping[str, Any]) -> str:
    return json.dumps(_plain({name: command.get(name) for name in COMPARED}), sort_keys=True)


def _plain(value: Any) -> Any:
    """The value with everything left out that stands for "not set"."""
    if isinstance(value, Mapping):
        items = {str(k): _plain(v) for k, v in cast("Mapping[Any, Any]", value).items()}
        return {k: v for k, v in items.items() if v not in IGNORED_WHEN}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    if isinstance(value, discord.Enum):
        return value.value
    return value
