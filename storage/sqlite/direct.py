"""Where people's direct messages are and how far they were read, so that what comes while the bot is away can be found."""

import sqlite3

from storage.records import Actor
from storage.sqlite.permission import made_owner_key


def saw(connection: sqlite3.Connection, actor: Actor, channel_id: int, message_id: int, now: int) -> None:
    """What was written up to this message was taken; an older one changes nothing but the time."""
    connection.execute(
        "INSERT INTO direct_channels(owner, channel_id, last_message, active) VALUES (?, ?, ?, ?) "
        "ON CONFLICT(owner) DO UPDATE SET channel_id = excluded.channel_id, "
        "last_message = max(last_message, excluded.last_message), active = excluded.active",
        (made_owner_key(connection, actor), channel_id, message_id, now),
    )


def met(connection: sqlite3.Connection, actor: Actor, channel_id: int, message_id: int, now: int) -> None:
    """As `saw` where no channel is known yet; a known one is as far read as it was."""
    connection.execute(
        "INSERT INTO direct_channels(owner, channel_id, last_message, active) VALUES (?, ?, ?, ?) "
        "ON CONFLICT(owner) DO UPDATE SET active = excluded.active",
        (made_owner_key(connection, actor), channel_id, message_id, now),
    )
