"""Routes about the bot itself, other users, members and direct message channels."""

from playground.standin.errors import InvalidForm, Refusal, unknown_guild, unknown_member, unknown_user
from playground.standin.fields import Field
from playground.standin.objects import channel_object, member_object, own_user_object, user_object
from playground.standin.routing import Ask, Reply, Route


def get_current_user(ask: Ask) -> Reply:
    """Give the bot's own user: the first call of a login."""
    return 200, own_user_object(ask.bot.user)


def get_current_application(ask: Ask) -> Reply:
    """Give the bot's application, as `discord.Client.login` wants it."""
    user = user_object(ask.bot.user)
    return 200, {
        "id": str(ask.bot.id),
        "name": ask.bot.user.name,
        "icon": None,
        "description": "",
        "type": None,
        "bot": user,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": {**user, "bot": False, "id": "1", "username": "operator"},
        "approximate_guild_count": sum(ask.bot.id in g.members for g in ask.world.guilds.values()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def get_user(ask: Ask) -> Reply:
    """Give any user by id."""
    user = ask.world.users.get(ask.id("user_id"))
    if user is None:
        raise unknown_user()
    return 200, user_object(user)


def create_dm(ask: Ask) -> Reply:
    """Open (or find) the direct messages with a person; also with one who has shut them."""
    body = ask.fields({"recipient_id": Field(object, required=True)})
    wanted = str(body["recipient_id"])
    person = ask.world.users.get(int(wanted)) if wanted.isdecimal() else None
    if not wanted.isdecimal():
        fault = {"code": "NUMBER_TYPE_COERCE", "message": f'Value "{wanted}" is not snowflake.'}
        raise InvalidForm({"recipient_id": {"_errors": [fault]}})
    if person is None or person.bot:
        raise Refusal(400, 50033, "Invalid Recipient(s)")
    return 200, channel_object(ask.world.dm(person, ask.bot.user), ask.bot.user)


def get_guild_member(ask: Ask) -> Reply:
    """Tell whether a user is in a server that the bot is in."""
    guild = ask.world.guilds.get(ask.id("guild_id"))
    if guild is None or ask.bot.id not in guild.members:
        raise unknown_guild()
    member = guild.members.get(ask.id("user_id"))
    if member is None:
        raise unknown_member()
    return 200, member_object(member)


ROUTES = (
    Route("GET", "/users/@me", get_current_user),
    Route("GET", "/oauth2/applications/@me", get_current_application),
    Route("GET", "/users/{user_id}", get_user),
    Route("POST", "/users/@me/channels", create_dm),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", get_guild_member),
)
