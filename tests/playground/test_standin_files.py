"""Files among a slash command's options, and what a person may attach."""

import discord
import pytest
from discord import app_commands
from discord.ext import commands

from playground.standin import CannotDo
from tests.playground.sample_bot import Sample
from tests.playground.stage import Stage

NOTES = ("notes.txt", "päste".encode(), "text/plain; charset=utf-8")


async def test_a_file_reaches_the_command(stage: Stage, sample: Sample) -> None:
    asked = await stage.ann.slash(stage.general, "import", file=NOTES, note="please")
    answer = await asked.message()
    assert answer.text == "notes.txt text/plain; charset=utf-8 6 True: päste please"
    data = next(d for d in reversed(stage.discord.gateway.sent) if d.event == "INTERACTION_CREATE").data["data"]
    [file] = data["resolved"]["attachments"].values()
    assert data["options"][0] == {"name": "file", "type": 11, "value": file["id"]}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({}, "file is required"),
        ({"file": "notes.txt"}, "file takes a file"),
        ({"file": ("big.bin", b"x" * (10 * 1024 * 1024 + 1), "")}, "10 MiB"),
        ({"file": NOTES, "note": 5}, "note takes str"),
    ],
)
async def test_a_client_refuses_what_is_no_file(stage: Stage, sample: Sample, options: dict[str, object], why: str) -> None:
    with pytest.raises(CannotDo, match=why):
        await stage.ann.slash(stage.general, "import", **options)
    assert stage.discord.world.attachments == {}


async def test_options_that_name_people_are_refused_in_words(stage: Stage, sample: Sample) -> None:
    with pytest.raises(CannotDo, match="who takes a user, which the stand-in has not learned yet"):
        await stage.ann.slash(stage.general, "greet", who=stage.bob.id)


async def test_a_file_of_a_subcommand(stage: Stage, bot: commands.Bot) -> None:
    group = app_commands.Group(name="notes", description="Notes")

    @group.command(description="Keep a file")
    async def keep(interaction: discord.Interaction, title: str, file: discord.Attachment | None = None) -> None:
        read = (await file.read()).decode() if file else "nothing"
        await interaction.response.send_message(f"{title}: {read}")

    @keep.autocomplete("title")
    async def titles(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current} {interaction.namespace.file}", value=current)]

    bot.tree.add_command(group)
    bot.setup_hook = bot.tree.sync  # type: ignore[method-assign, assignment]
    await stage.log_in(bot)
    offered = await stage.ann.autocomplete(stage.general, "notes keep", title="a", file=NOTES, focus="title")
    assert [choice.name for choice in offered] == ["a None"]
    kept = await stage.ann.slash(stage.general, "notes keep", title="a", file=NOTES)
    assert (await kept.message()).text == "a: päste"


@pytest.mark.parametrize("files", [[NOTES] * 11, [("big.bin", b"x" * (10 * 1024 * 1024 + 1), "")]])
async def test_a_message_takes_so_many_files(stage: Stage, files: list[tuple[str, bytes, str]]) -> None:
    with pytest.raises(CannotDo, match="up to 10 files"):
        await stage.ann.say(stage.general, "", attachments=files)
    assert stage.discord.world.attachments == {}


class Enclosing(discord.ui.Modal, title="Enclose"):
    """A modal that takes files, read as discord.py reads it."""

    files = discord.ui.Label(
        text="Your files", component=discord.ui.FileUpload["Enclosing"](custom_id="files", min_values=1, max_values=2)
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        field = self.files.component
        assert isinstance(field, discord.ui.FileUpload)
        read = [f"{file.filename}: {(await file.read()).decode()}" for file in field.values]
        await interaction.response.send_message(", ".join(read))


async def test_files_in_a_modal_are_what_discord_py_takes_for_such(stage: Stage, bot: commands.Bot) -> None:
    @bot.tree.command(description="Enclose files")
    async def enclose(interaction: discord.Interaction) -> None:
        await interaction.response.send_modal(Enclosing())

    bot.setup_hook = bot.tree.sync  # type: ignore[method-assign, assignment]
    await stage.log_in(bot)
    modal = (await (await stage.ann.slash(stage.general, "enclose")).acknowledged()).modal
    assert modal is not None
    for files in ([], [NOTES] * 3):
        with pytest.raises(CannotDo, match="Your files takes 1 to 2 files"):
            await stage.ann.submit(modal, {}, files=files)
    assert stage.discord.world.attachments == {}
    enclosed = await stage.ann.submit(modal, {}, files=[NOTES, ("b.txt", b"b", "text/plain")])
    assert (await enclosed.message()).text == "notes.txt: päste, b.txt: b"


async def test_a_modal_without_a_field_for_files_takes_none(stage: Stage, sample: Sample) -> None:
    answer = await (await stage.ann.slash(stage.general, "ask", prompt="hi")).message()
    modal = (await (await stage.ann.press(answer, "Reply")).acknowledged()).modal
    assert modal is not None
    with pytest.raises(CannotDo, match="takes no files"):
        await stage.ann.submit(modal, {"Your words": "and then?"}, files=[NOTES])
