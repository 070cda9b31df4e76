"""The isolation law: whatever Ann can send about Bob's things gets, to the byte, the answer that things which never were get.

It walks the commands and the verbs of components that the bot has registered, so a new one is held to the law by itself. Two
teams live through the same; in one Ann aims at Bob's sessions, turns, choices, messages and words, in the other at nothing.
"""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import discord
from discord import app_commands

from cogs.router import Router
from playground.standin import Invocation, Message
from playground.standin.interactions import Response
from storage.records import Actor, Departure, Leave, Prompt, Shelf, Source, SourceKind, TurnState
from storage.store import Store
from tests.e2e.team import Team, a_team

SELECT = 3
COUNT = 6
"""Bob's mentions, more than Ann has."""
SESSIONS = 40
"""Bob's sessions, more than Ann comes to have by her commands, so that no number of his is one of hers."""
BEHIND = ("delete-everything", "export-", "import-")
"""How the tasks are called in which the bot goes on with what was sent."""
SECONDS = ("", ":stop", ":1")
"""Further arguments: a decision, a page."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What Ann aims at: each of it Bob's, or nobody's. The words are as long in both cases."""

    session: str
    turn: str
    choice: str
    undo: str
    binned: str
    message: str
    number: str
    quoted: str
    words: str

    @property
    def ids(self) -> tuple[str, ...]:
        return (self.session, self.turn, self.choice, self.undo, self.binned, self.message, self.quoted, self.number)


NOBODYS = Aim(uuid4().hex, uuid4().hex, uuid4().hex, uuid4().hex, uuid4().hex, str(1 << 60), "95", str(1 << 61), "quokk!")


async def bobs_things(team: Team) -> Aim:
    """Sessions, one of them in the bin, an answered turn, a pending choice, an act to undo, messages and mentions of Bob's."""
    assert team.bot is not None
    store, bob = team.bot.store, Actor(team.bob.user.id)
    for _ in range(SESSIONS - 1):
        await store.sessions.create(bob, "zebra")
    session = await store.sessions.create(bob, "zebra")
    source = Source(kind=SourceKind.INTERACTION, id=100, channel_id=1)
    turn = await store.turns.submit(bob, session.id, Prompt(text="zebra", source=source), TurnState.ASKED)
    await store.turns.end(bob, turn.id, TurnState.STOPPED, text="zebra")
    for _ in range(COUNT):
        await team.bob.say(team.general, "zebra", mention_bot=True)
    await team.bob.wait_for(lambda m: f":{COUNT}:" in json.dumps(m.components), channel=team.general)
    choice = await store.turns.hold(bob, session.id, Departure(leave=Leave.NEW))
    await store.deliveries.link(bob, 1 << 50, session.id)
    undo = (await store.shelves.pin(bob, session.number)).undo
    binned = (await store.shelves.delete(bob, (await store.sessions.create(bob, "zebra")).number)).session
    on = await team.bob.say(team.general, "zebra")
    asking = await (await team.bob.use(on, "Ask about this in my session")).acknowledged()
    quoted = asking.modal.custom_id.rpartition(":")[2] if asking.modal is not None else ""
    session_id, turn_id, choice_id, undo_id, binned_id = (
        each.hex for each in (session.id, turn.id, choice.id, undo, binned.id)
    )
    return Aim(session_id, turn_id, choice_id, undo_id, binned_id, str(1 << 50), str(session.number), quoted, "zebra!")


async def everything_of(store: Store, bob: Actor) -> list[object]:
    """What Bob has, to see that nothing of it was touched."""
    infos = (await store.sessions.list(bob)).items
    binned = (await store.sessions.list(bob, shelf=Shelf.BIN)).items
    paths = [await store.transcripts.path(bob, info.id) for info in infos]
    return [infos, binned, paths, [await store.turns.waiting(bob, info.id) for info in infos]]


async def all_that_ann_can_send(team: Team, aim: Aim, own: Message) -> AsyncIterator[tuple[str, str]]:
    """Each thing she sends, and what she sees of it."""
    assert team.bot is not None
    router = team.bot.client.get_cog("Router")
    assert isinstance(router, Router)
    for verb, thing, second in itertools.product(router.verbs, aim.ids, SECONDS):
        custom_id = f"cubby:{verb}:{thing}{second}"
        pressed = await team.ann.forge(custom_id, channel=team.general, message=own)
        yield f"{verb} {second}", await seen(team, pressed, aim)
    for verb, thing in itertools.product(router.verbs, aim.ids):
        custom_id = f"cubby:{verb}:{thing}"
        submitted = await team.ann.forge_modal(custom_id, {"text": "x"}, channel=team.general)
        yield f"modal {verb}", await seen(team, submitted, aim)
        chosen = await team.ann.forge(
            f"cubby:{verb}:0", channel=team.general, message=own, component_type=SELECT, values=[thing]
        )
        yield f"select {verb}", await seen(team, chosen, aim)
    async for sent in all_commands(team, aim):
        yield sent


async def all_commands(team: Team, aim: Aim) -> AsyncIterator[tuple[str, str]]:
    """Every command with each of its options aimed, and every completion."""
    assert team.bot is not None
    for command in team.bot.client.tree.walk_commands():
        assert isinstance(command, app_commands.Command), "a group: let this test send its commands"
        for parameter, text in itertools.product(command.parameters, (aim.number, aim.words)):
            if parameter.choices or parameter.type is discord.AppCommandOptionType.boolean:
                continue  # a person can't type there
            if parameter.type is discord.AppCommandOptionType.attachment:
                used = await team.ann.slash(team.general, command.name, **{parameter.name: ("x", text.encode(), "text/plain")})
                yield f"{command.name} {parameter.name}", await seen(team, used, aim)
                continue
            assert parameter.type is discord.AppCommandOptionType.string, f"let this test aim {parameter.name}"
            if parameter.autocomplete:
                offered = await team.ann.autocomplete(team.general, command.name, **{parameter.name: text})
                yield f"{command.name} completes {parameter.name}", masked(str(offered), aim)
            needed = {other.name: aim.words for other in command.parameters if other.required}
            used = await team.ann.slash(team.general, command.name, **{**needed, parameter.name: text})
            yield f"{command.name} {parameter.name}", await seen(team, used, aim)
    on = await team.ann.say(team.general, "what is this?")
    for menu in team.bot.client.tree.get_commands(type=discord.AppCommandType.message):
        used = await team.ann.use(on, menu.name)
        yield f"menu {menu.name}", await seen(team, used, aim)
        assert used.modal is not None, "a menu's command without a modal: let this test go on with it"
        submitted = await team.ann.submit(used.modal, {"text": aim.words})
        yield f"menu {menu.name} submitted", await seen(team, submitted, aim)
    assert team.bot.client.tree.get_commands(type=discord.AppCommandType.user) == [], "let this test use them"


async def seen(team: Team, invocation: Invocation, aim: Aim) -> str:
    """What came of it in the end, with what she aimed at and the ids of her own new things masked."""
    await invocation.acknowledged()

    def settled() -> bool | None:
        messages = invocation.messages
        is_whole = messages and not any(m.loading or "…" in m.text or "Stop" in str(m.components) for m in messages)
        return bool(is_whole or invocation.interaction.response is Response.UPDATE) or None

    if invocation.modal is None:
        await team.discord.until(settled)
    if tasks := [task for task in asyncio.all_tasks() if task.get_name().startswith(BEHIND)]:
        await asyncio.wait(tasks)
    shown = [*invocation.messages, *([invocation.updated] if invocation.updated else [])]
    facts = [(m.text, m.ephemeral, m.components) for m in shown]
    return masked(json.dumps([invocation.failed, invocation.modal is not None, facts], default=str), aim)


def masked(text: str, aim: Aim) -> str:
    for thing in (*aim.ids[:-1], aim.words, aim.words.removesuffix("!")):
        text = text.replace(thing, "§")
    text = re.sub(r"[0-9a-f]{32}|<t:[0-9]+|(?<=cubby:found:)[0-9]+|(?<=/)[0-9]{17,}|(?<=\"id\": )[0-9]+", "#", text)
    return re.sub(rf"(?<![0-9]){aim.number}(?![0-9])", "§", text)


def unmarked(text: str) -> str:
    """A text without the signs that make it bold or inert."""
    return text.replace("\\", "").replace("**", "")


async def answers_to(folder: Path, *, at_bob: bool) -> list[tuple[str, str]]:
    """One team's life."""
    async with a_team(folder, prompts_per_minute=0) as team:
        assert team.bot is not None
        own = await team.ask(team.ann, "hello")
        bobs = await bobs_things(team)
        before = await everything_of(team.bot.store, Actor(team.bob.user.id))
        aim = bobs if at_bob else NOBODYS
        heard = [answer async for answer in all_that_ann_can_send(team, aim, own)]
        assert await everything_of(team.bot.store, Actor(team.bob.user.id)) == before
        shown = [unmarked(m.text) for m in team.ann.sees(team.general) if m.ephemeral]
        assert not any("zebra" in text.replace("zebra!", "") for text in shown)
        return heard


async def test_what_is_bobs_answers_as_what_never_was(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    bobs = await answers_to(tmp_path / "a", at_bob=True)
    nobodys = await answers_to(tmp_path / "b", at_bob=False)
    assert len(bobs) > 300
    for his, none in zip(bobs, nobodys, strict=True):
        assert his == none
