"""Routes of global application commands. Copies for a server are not built: Cubby registers globally only.

Rules: https://discord.com/developers/docs/interactions/application-commands
"""

import re
from collections.abc import Mapping
from typing import Any, cast

from playground.standin.errors import NotImplementedHere, missing_access, unknown_command
from playground.standin.fields import Faults, Field, Path, check, every
from playground.standin.routing import Ask, Reply, Route
from playground.standin.snowflakes import named
from playground.standin.things import Application

Json = dict[str, Any]
_LOCALIZED = {"name_localizations": Field(dict), "description_localizations": Field(dict)}
_COMMAND = {
    **_LOCALIZED,
    "name": Field(str, required=True, low=1, high=32),
    "type": Field(int, one_of=(1, 2, 3)),
    "description": Field(str, high=100),
    "options": Field(list, high=25),
    "nsfw": Field(bool),
    "dm_permission": Field(bool),
    "default_member_permissions": Field(object),
    "contexts": Field(list, low=1),
    "integration_types": Field(list, low=1),
}
_OPTION = {
    **_LOCALIZED,
    "type": Field(int, required=True, one_of=tuple(range(1, 12))),
    "name": Field(str, required=True, low=1, high=32),
    "description": Field(str, required=True, low=1, high=100),
    "required": Field(bool),
    "autocomplete": Field(bool),
    "choices": Field(list, high=25),
    "options": Field(list, high=25),
    "min_length": Field(int, low=0, high=6000),
    "max_length": Field(int, low=1, high=6000),
    "min_value": Field(float),
    "max_value": Field(float),
    "channel_types": Field(list),
}
_CHOICE = {
    "name": Field(str, required=True, low=1, high=100),
    "value": Field(object, required=True),
    "name_localizations": Field(dict),
}
_SLASH_NAME = re.compile(r"[-_'\w]{1,32}")
MAX_COMMANDS = 100
"""Global slash commands that a bot may have."""


def get_commands(ask: Ask) -> Reply:
    """List the bot's global commands."""
    ask.allow_query("with_localizations")
    return 200, list(_own(ask).commands.values())


def replace_commands(ask: Ask) -> Reply:
    """Replace all global commands: what `CommandTree.sync` does."""
    application, faults = _own(ask), Faults()
    bodies = cast("list[Json]", ask.body if isinstance(ask.body, list) else [None] * (MAX_COMMANDS + 1))
    if len(bodies) > MAX_COMMANDS:
        faults.add((), "BASE_TYPE_BAD_LENGTH", f"A list of at most {MAX_COMMANDS} commands is wanted.")
    faults.raise_any()
    sound = every(_check_command(body, faults, (index,)) for index, body in enumerate(bodies))
    names = [(b.get("type", 1), b.get("name")) for b in bodies] if sound else []
    if len(set(names)) < len(names):
        faults.add((), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
    faults.raise_any()
    commands = [_stored(application, body, ask.world.ids.next()) for body in bodies]
    ask.world.set_commands(application, {int(c["id"]): c for c in commands})
    return 200, commands


def create_command(ask: Ask) -> Reply:
    """Add a global command, or replace the one of the same name and type."""
    application, faults = _own(ask), Faults()
    _check_command(ask.body, faults, ())
    faults.raise_any()
    command = _stored(application, ask.body, ask.world.ids.next())
    is_new = int(command["id"]) not in application.commands
    ask.world.set_commands(application, {**application.commands, int(command["id"]): command})
    return 201 if is_new else 200, command


def delete_command(ask: Ask) -> Reply:
    """Delete a global command."""
    application = _own(ask)
    command_id = ask.id("command_id")
    if command_id not in application.commands:
        raise unknown_command()
    ask.world.set_commands(application, {k: v for k, v in application.commands.items() if k != command_id})
    return 204, None


def _own(ask: Ask) -> Application:
    if ask.id("application_id") != ask.bot.id:
        raise missing_access()
    return ask.bot


def _check_command(body: object, faults: Faults, path: Path) -> bool:
    if not check(body, _COMMAND, faults, path):
        return False
    command = cast("Json", body)
    if (command.get("type") or 1) == 2:
        raise NotImplementedHere("user commands")
    if (command.get("type") or 1) == 1:
        if not command.get("description"):
            faults.add((*path, "description"), "BASE_TYPE_REQUIRED", "This field is required")
        _check_name(command["name"], faults, (*path, "name"))
    return _check_options(command.get("options") or [], faults, (*path, "options"))


def _check_options(options: list[Any], faults: Faults, path: Path) -> bool:
    sound = every(_check_option(o, faults, (*path, i)) for i, o in enumerate(options))
    if not sound:
        return False
    optional = [not o.get("required") for o in options]
    if optional != sorted(optional):
        faults.add(path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must come first.")
    names = [o["name"] for o in options]
    if len(set(names)) < len(names):
        faults.add(path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option names must be unique.")
    return True


def _check_option(body: object, faults: Faults, path: Path) -> bool:
    if not check(body, _OPTION, faults, path):
        return False
    option = cast("Json", body)
    _check_name(option["name"], faults, (*path, "name"))
    if option.get("choices") and option.get("autocomplete"):
        faults.add(
            (*path, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE", "Choices and autocomplete exclude each other."
        )
    for index, choice in enumerate(option.get("choices") or []):
        check(choice, _CHOICE, faults, (*path, "choices", index))
    return _check_options(option.get("options") or [], faults, (*path, "options"))


def _check_name(name: str, faults: Faults, path: Path) -> None:
    if name != name.lower() or not _SLASH_NAME.fullmatch(name):
        faults.add(path, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _stored(application: Application, body: Mapping[str, Any], version: int) -> Json:
    kind = body.get("type") or 1
    kept = {k: v for k, v in body.items() if v is not None}
    permissions = body.get("default_member_permissions")
    return {
        "integration_types": [0],
        "contexts": None,
        "nsfw": False,
        **kept,
        "type": kind,
        "description": body.get("description") or "",
        "default_member_permissions": None if permissions is None else str(permissions),
        "id": str(named("command", f"{application.id}/{kind}/{body['name']}")),
        "application_id": str(application.id),
        "version": str(version),
    }


ROUTES = (
    Route("GET", "/applications/{application_id}/commands", get_commands),
    Route("PUT", "/applications/{application_id}/commands", replace_commands),
    Route("POST", "/applications/{application_id}/commands", create_command),
    Route("DELETE", "/applications/{application_id}/commands/{command_id}", delete_command),
)
