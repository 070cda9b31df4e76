"""`Settings`: the command, and what each press on its panel does.

Every component says in its id what it is about, a session or all of them, and what it asks for, never the opposite of what
holds: so two panels at once, an old one and a double press all do what they say. The panel is drawn anew at each press.
"""

from typing import Any, Final
from uuid import UUID

from discord import app_commands
from discord.ext import commands

from agent.choices import EFFORTS
from cogs.asking import giving_back
from cogs.controls import OPTIONS, VALUE
from cogs.explain import Told
from cogs.reply import Interaction, actor_of, reply_to
from cogs.resting import days_in
from cogs.router import Unreadable, chosen, one_of, submitted
from cogs.services import Services
from cogs.settings import _instructions
from cogs.settings._state import keep, scope_in, state_of
from cogs.settings._views import USUAL, named, settings_view
from cogs.words import NOTHING_OPEN, inert, label
from storage.preferences import AUTO_ARCHIVE_DAYS, EFFORT, IN_MESSAGES, LONG_ANSWERS, MODEL, TITLES
from storage.records import Actor

NOT_OFFERED: Final = "{} isn't offered here. `/settings` alone shows what is."
NO_MORE: Final = "{} isn't offered any more, so nothing is changed."


class Settings(commands.Cog):
    """Shows what a person chose, and keeps what they choose."""

    def __init__(self, services: Services) -> None:
        self._services = services
        add = services.router.add
        add("settings", self._show)
        add("setmodel", self._model_chosen)
        add("seteffort", self._effort_chosen)
        add("instruct", self._write_instructions)
        add("instructed", self._instructed)
        add("setlong", self._long_answers)
        add("settitles", self._titles)
        add("setrest", self._archive_after)

    @app_commands.command(name="settings", description="Your choices: model, instructions, long answers, names, archive")
    @app_commands.describe(
        model="Which model answers you; leave it out to see all your choices",
        only_here="True: for the session you're in alone",
    )
    async def settings(
        self, interaction: Interaction, model: app_commands.Range[str, 1, 200] | None = None, only_here: bool = False
    ) -> None:
        """Show the panel, with the model chosen that is named."""
        actor, services = actor_of(interaction), self._services
        session = await services.runtimes.of(actor).active() if only_here else None
        if only_here and session is None:
            raise Told(NOTHING_OPEN)
        scope = session.id if session is not None else None
        if model is not None and model not in services.catalogue.names:
            raise Told(NOT_OFFERED.format(inert(model, VALUE)))
        note = await self._choose_model(actor, scope, model) if model is not None else None
        state = await state_of(services, actor, scope)
        await reply_to(interaction).say(view=settings_view(state, services.describe_model, note))

    @settings.autocomplete("model")
    async def _model_choices(self, interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
        """Up to 25 of the models that have what was typed in their names."""
        if await self._services.access.refusal(interaction.user.id, interaction.guild_id) is not None:
            return []
        typed = current.strip().casefold()
        fitting = [name for name in self._services.catalogue.names if typed in name.casefold() and 0 < len(name) <= VALUE]
        return [app_commands.Choice(name=name, value=name) for name in fitting[:OPTIONS]]

    async def _show(self, interaction: Interaction, arguments: list[str]) -> None:
        await self._refresh(interaction, scope_in(arguments), None)

    async def _model_chosen(self, interaction: Interaction, arguments: list[str]) -> None:
        """Keep the model that was chosen in the select, unless it went since that was shown."""
        scope, model = scope_in(arguments), one_of(chosen(interaction))
        if model == USUAL or model in self._services.catalogue.names:
            note = await self._choose_model(actor_of(interaction), scope, None if model == USUAL else model)
        else:
            note = NO_MORE.format(named(model))
        await self._refresh(interaction, scope, note)

    async def _choose_model(self, actor: Actor, scope: UUID | None, model: str | None) -> str:
        """Keep it, and return what to say of that: a session that has a model of its own keeps it."""
        await keep(self._services, actor, scope, MODEL, model)
        here = await self._services.runtimes.of(actor).active() if scope is None else None
        said = f"{named(model)} answers from your next message on." if model is not None else "Taken back."
        if here is not None:
            own = (await self._services.store.preferences.of_session(actor, here.id)).get(MODEL)
            said += f" {label(here)} keeps its own, {named(own)}." if own is not None and own != model else ""
        return said

    async def _effort_chosen(self, interaction: Interaction, arguments: list[str]) -> None:
        scope, effort = scope_in(arguments), one_of(chosen(interaction))
        if effort not in (USUAL, *EFFORTS):
            raise Unreadable
        await self._keep(interaction, scope, EFFORT, None if effort == USUAL else effort)

    async def _write_instructions(self, interaction: Interaction, arguments: list[str]) -> None:
        state = await state_of(self._services, actor_of(interaction), scope_in(arguments))
        await interaction.response.send_modal(_instructions.modal(state))

    async def _instructed(self, interaction: Interaction, arguments: list[str]) -> None:
        scope, text = scope_in(arguments), _instructions.checked(submitted(interaction))
        state = await state_of(self._services, actor_of(interaction), scope)
        async with giving_back(self._services, interaction, text):
            note = await _instructions.take(self._services, actor_of(interaction), state, text, arguments[1:])
            await self._refresh(interaction, scope, note)

    async def _long_answers(self, interaction: Interaction, arguments: list[str]) -> None:
        if arguments not in (["messages"], ["file"]):
            raise Unreadable
        await self._keep(interaction, None, LONG_ANSWERS, IN_MESSAGES if arguments == ["messages"] else None)

    async def _titles(self, interaction: Interaction, arguments: list[str]) -> None:
        if arguments not in (["on"], ["off"]):
            raise Unreadable
        await self._keep(interaction, None, TITLES, False if arguments == ["off"] else None)

    async def _archive_after(self, interaction: Interaction, _arguments: list[str]) -> None:
        await self._keep(interaction, None, AUTO_ARCHIVE_DAYS, days_in(chosen(interaction)))

    async def _keep(self, interaction: Interaction, scope: UUID | None, name: str, value: Any) -> None:
        await keep(self._services, actor_of(interaction), scope, name, value)
        await self._refresh(interaction, scope, None)

    async def _refresh(self, interaction: Interaction, scope: UUID | None, note: str | None) -> None:
        """Show what holds now on the panel that was used."""
        state = await state_of(self._services, actor_of(interaction), scope)
        await reply_to(interaction).refresh(settings_view(state, self._services.describe_model, note))
