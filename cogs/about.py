"""`/help`: what can be done here, on one screen."""

from typing import Any

from discord import app_commands
from discord.ext import commands

from cogs.reply import Interaction, reply_to

INTRODUCTION = (
    "I keep private sessions with an AI model for you, like tabs in a browser. Only you see them. "
    "In a direct message just write; in a server use `/ask`.\n"
)


class About(commands.Cog):
    """Says what the bot does."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree

    @app_commands.command(name="help", description="What you can do here, on one screen")
    async def help(self, interaction: Interaction) -> None:
        """List every command, of messages' menus too, with its description, as registered."""
        await reply_to(interaction).say(help_text(self._tree))


def help_text(tree: app_commands.CommandTree[Any]) -> str:
    """The help screen for the commands of this tree."""
    lines = [f"`/{c.name}` {c.description}" for c in tree.get_commands() if isinstance(c, app_commands.Command)]
    menus = [c for c in tree.get_commands() if isinstance(c, app_commands.ContextMenu)]
    lines += [f"*{menu.name}*, under *Apps* in a message's menu: {menu.extras['description']}" for menu in menus]
    return "\n".join([INTRODUCTION, *lines])
