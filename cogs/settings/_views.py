"""What `/settings` looks like: plain functions from what holds to Components V2 (whose limits `panel/_views.py` names)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import discord

from agent.choices import EFFORTS, Chosen
from cogs.controls import OPTIONS, VALUE, button, line_up
from cogs.ids import custom_id
from cogs.resting import select
from cogs.settings._state import State
from cogs.words import inert, label, plain_label, quote
from delivery.inert import shorten
from storage.preferences import EFFORT, MODEL

USUAL: Final = "*"
"""The option that takes a choice back; no model can be called so, since the operator's list has it for all of them."""

SENT: Final = "-# Instructions go to the model with every message of yours, after what whoever runs me tells it."

Describe = Callable[[str], str | None]


def settings_view(state: State, describe: Describe, note: str | None = None) -> discord.ui.LayoutView:
    """All that is chosen and can be; `describe` tells what else is known of a model, and `note` what was just done."""
    view = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container()
    for text in (note, _heading(state), "\n".join(_facts(state, describe)), SENT):
        if text is not None:
            box.add_item(discord.ui.TextDisplay(text))
    view.add_item(box)
    view.add_item(line_up(*_scopes(state)))
    if len(state.offered) > 1 or state.here.get(MODEL) is not None:
        view.add_item(line_up(_models(state, describe)))
    if state.holds.model in state.config.models.thinking:
        view.add_item(line_up(_efforts(state)))
    view.add_item(line_up(*_acts(state)))
    if state.session is None:
        view.add_item(line_up(select(state.resting, "setrest")))
    return view


def about(state: State, model: str, describe: Describe) -> str:
    """What is known of a model: what it reads at once, and whatever `describe` tells."""
    tokens = state.config.models.contexts.get(model, state.config.context_tokens)
    return " · ".join(filter(None, (f"{tokens:,} tokens", describe(model))))


def named(model: str) -> str:
    """A model's name in a sentence."""
    return f"**{inert(model, 100)}**"


def _heading(state: State) -> str:
    return f"### Settings for {'all your sessions' if state.session is None else label(state.session)}"


def _facts(state: State, describe: Describe) -> Sequence[str]:
    holds = state.holds
    lines = [f"Model: {named(holds.model)} · {about(state, holds.model, describe)}{_since(state, MODEL)}"]
    if holds.refused is not None:
        lines.append(f"-# {inert(holds.refused, 100)}, which you chose, isn't offered any more.")
    elif holds.model not in state.offered:
        lines.append("-# The model service doesn't list it now. If it is gone, the usual one answers, and you're told.")
    if holds.model in state.config.models.thinking:
        lines.append(f"Thinking: {holds.effort or 'as the model decides'}{_since(state, EFFORT) if holds.effort else ''}")
    if len(state.offered) >= OPTIONS:
        lines.append("-# There are more models than the list below holds: `/settings model:` finds any by its name.")
    lines.append("Instructions: " + (f"\n{quote(state.instructions)}" if state.instructions else "none"))
    if state.session is not None:
        return lines if not state.own.get("instructions") else [*lines, "-# Those for all your sessions come before them."]
    lines.append(f"Long answers: {'all in messages' if state.in_messages else 'end in a file after three messages'}")
    if state.has_titles:
        lines.append(f"Names: {'given after the first answer' if state.wants_titles else 'only those you give'}")
    return lines


def _since(state: State, name: str) -> str:
    """Where what holds was chosen, if not here."""
    if state.here.get(name) is not None:
        return ""
    return " · the usual" if state.session is None else " · as for all your sessions"


def _scopes(state: State) -> Sequence[discord.ui.Button[Any]]:
    """*For all* and *Only for* one; the one that shows can't be pressed."""
    everywhere = button("For all your sessions", "settings", "all")
    everywhere.disabled = state.session is None
    one = state.session or state.other
    if one is None:
        return [everywhere]
    only = button(f"Only for {plain_label(one, 40)}", "settings", one.id)
    only.disabled = state.session is not None
    return [everywhere, only]


def _models(state: State, describe: Describe) -> discord.ui.Select[Any]:
    """The choice of a model: what takes one back, the one that is chosen, and as many of the others as there is room for."""
    chosen, usual = state.here.get(MODEL), state.instead
    names = [name for name in state.offered if len(name) <= VALUE]
    if chosen is not None and len(chosen) <= VALUE and chosen not in names[: OPTIONS - 1]:
        names.insert(0, chosen)
    options = [discord.SelectOption(label=_usually(state, usual), value=USUAL, default=chosen is None)]
    options += [
        discord.SelectOption(
            label=name, value=name, description=shorten(about(state, name, describe), VALUE), default=name == chosen
        )
        for name in names[: OPTIONS - 1]
    ]
    return discord.ui.Select(placeholder="Choose a model", options=options, custom_id=custom_id("setmodel", state.scope))


def _usually(state: State, usual: Chosen) -> str:
    return shorten(f"{'The usual' if state.session is None else 'As for all your sessions'}: {usual.model}", VALUE)


def _efforts(state: State) -> discord.ui.Select[Any]:
    chosen = state.here.get(EFFORT)
    usual = "As the model decides" if state.session is None else "As for all your sessions"
    options = [discord.SelectOption(label=usual, value=USUAL, default=chosen is None)]
    options += [discord.SelectOption(label=f"Think: {each}", value=each, default=each == chosen) for each in EFFORTS]
    return discord.ui.Select(placeholder="Thinking", options=options, custom_id=custom_id("seteffort", state.scope))


def _acts(state: State) -> Sequence[discord.ui.Button[Any]]:
    """Each says what it does, and does that however often it is pressed."""
    acts = [button("Instructions", "instruct", state.scope, style=discord.ButtonStyle.primary)]
    if state.session is not None:
        return acts
    long = ("End long answers in a file", "file") if state.in_messages else ("Long answers in messages", "messages")
    acts.append(button(long[0], "setlong", long[1]))
    if state.has_titles:
        titles = ("Don't name my sessions", "off") if state.wants_titles else ("Name my sessions", "on")
        acts.append(button(titles[0], "settitles", titles[1]))
    return acts
