"""A small bot that uses what Cubby uses, for the tests of the stand-in: commands, views, modals, a V2 panel."""

import asyncio
import re
import sys

import discord
from discord import app_commands, ui
from discord.ext import commands

from playground.standin import point_discord_at
from tests.playground.stage import TOKEN, make_bot


class Reply(ui.Modal, title="Reply"):
    """A modal with one field."""

    words: ui.TextInput["Reply"] = ui.TextInput(label="Your words", style=discord.TextStyle.long, max_length=4000)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"you said {self.words.value}", ephemeral=True)


class Labelled(ui.Modal, title="Rename"):
    """A modal in the newer shape: a label around its field."""

    name = ui.Label(text="New name", component=ui.TextInput["Labelled"](max_length=80, required=False))

    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.name.component
        assert isinstance(field, ui.TextInput)
        await interaction.response.send_message(f"renamed to {field.value}")


class Open(ui.DynamicItem[ui.Button[ui.View]], template=r"open:(?P<number>\d+)"):
    """A button that carries its own state, as Cubby's do."""

    def __init__(self, number: int) -> None:
        super().__init__(ui.Button(label=f"Open {number}", custom_id=f"open:{number}"))
        self.number = number

    @classmethod
    async def from_custom_id(cls, _: discord.Interaction, __: ui.Item[ui.View], match: re.Match[str]) -> "Open":
        return cls(int(match["number"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        if self.number == 7:
            await interaction.response.send_modal(Labelled())
        else:
            await interaction.response.send_message(f"opened {self.number}", ephemeral=True)


class Answer(ui.View):
    """Stop, Reply and a select under an answer."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @ui.button(label="Stop", custom_id="stop")
    async def stop_it(self, interaction: discord.Interaction, _: ui.Button["Answer"]) -> None:
        await interaction.response.edit_message(content="stopped", view=None)

    @ui.button(label="Reply", custom_id="reply")
    async def reply(self, interaction: discord.Interaction, _: ui.Button["Answer"]) -> None:
        await interaction.response.send_modal(Reply())

    @ui.button(label="Gone", custom_id="gone", disabled=True)
    async def gone(self, interaction: discord.Interaction, _: ui.Button["Answer"]) -> None: ...

    @ui.select(custom_id="pick", options=[discord.SelectOption(label=f"Session {n}", value=str(n)) for n in (1, 2)])
    async def pick(self, interaction: discord.Interaction, select: ui.Select["Answer"]) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content=f"opened {select.values[0]}")


class Panel(ui.LayoutView):
    """A Components V2 panel."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        row: ui.ActionRow[Panel] = ui.ActionRow(ui.Button(label="Next", custom_id="next"))
        opener: ui.Button[Panel] = ui.Button(label="Open", custom_id="open1")
        section: ui.Section[Panel] = ui.Section("1 · Auth bug", accessory=opener)
        self.add_item(ui.Container(ui.TextDisplay("# Sessions"), section, ui.Separator(), row, accent_color=0x5865F2))


class Sample(commands.Cog):
    """The commands."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self.used: asyncio.Queue[discord.Interaction] = asyncio.Queue()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        self.heard.put_nowait(message)

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.used.put_nowait(interaction)

    @app_commands.command(description="Ask")
    async def ask(self, interaction: discord.Interaction, prompt: str) -> None:
        await interaction.response.send_message(f"echo {prompt}", ephemeral=True, view=Answer())

    @app_commands.command(description="Think, then answer")
    async def slow(self, interaction: discord.Interaction, hidden: bool = True) -> None:
        await interaction.response.defer(ephemeral=hidden, thinking=True)
        await interaction.edit_original_response(content="one")
        await interaction.edit_original_response(content="one two", view=Answer())
        await interaction.followup.send("and a follow-up", ephemeral=hidden)

    @app_commands.command(description="Never answer")
    async def silent(self, interaction: discord.Interaction) -> None: ...

    @app_commands.command(description="Offer sessions")
    @app_commands.guild_only()
    async def offer(self, interaction: discord.Interaction) -> None:
        view = ui.View(timeout=None)
        view.add_item(Open(3)).add_item(Open(7))
        await interaction.response.send_message("which?", view=view, ephemeral=True)

    @app_commands.command(description="The panel")
    async def panel(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(view=Panel(), ephemeral=True)

    @app_commands.command(name="import", description="Read a file")
    async def import_(self, interaction: discord.Interaction, file: discord.Attachment, note: str = "") -> None:
        text = (await file.read()).decode()
        told = f"{file.filename} {file.content_type} {file.size} {file.ephemeral}: {text} {note}"
        await interaction.response.send_message(told.strip(), ephemeral=True)

    @app_commands.command(description="Greet somebody")
    async def greet(self, interaction: discord.Interaction, who: discord.User) -> None: ...

    @app_commands.command(name="open", description="Open a session")
    async def open_(self, interaction: discord.Interaction, session: str) -> None:
        await interaction.response.send_message(f"session {session}", ephemeral=True)

    @open_.autocomplete("session")
    async def complete(self, _: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current} · Auth bug", value=current)]


def make_sample() -> tuple[commands.Bot, Sample]:
    """Give a bot that syncs its commands before it connects, and its cog."""
    bot = make_bot()
    cog = Sample(bot)

    async def setup() -> None:
        await bot.add_cog(cog)
        bot.add_view(Answer())
        bot.add_dynamic_items(Open)
        await bot.tree.sync()

    bot.setup_hook = setup
    return bot, cog


def main(api_url: str) -> None:
    """Run it as a process of its own, which a test can kill."""
    with point_discord_at(api_url):
        make_sample()[0].run(TOKEN, log_handler=None)


if __name__ == "__main__":
    main(sys.argv[1])
