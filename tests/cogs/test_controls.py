"""Buttons that there may be too many of."""

from dataclasses import replace
from uuid import UUID

import discord

from cogs import controls
from cogs.ways import Exchange, ways
from cogs.ways import buttons as more
from cogs.words import paused_line
from delivery.flips import Flip
from delivery.splitting import MESSAGE_LIMIT
from storage.records import TurnState
from tests.delivery.test_render import session, turn

WAITING = (TurnState.QUEUED, TurnState.PAUSED)


def test_more_prompts_than_discord_has_buttons_for_are_listed_as_far_as_it_goes() -> None:
    waiting = [replace(turn("*" * 500), id=UUID(int=n)) for n in range(40)]
    view = controls.paused(session(), waiting)
    ids = [getattr(item, "custom_id", None) for item in view.children]
    assert len(ids) == len(set(ids)) <= 25
    said = paused_line(session(), waiting)
    assert len(said) <= MESSAGE_LIMIT
    assert said.splitlines()[-1] == "> and 32 more"


def ids_of(view: discord.ui.View | None) -> list[str]:
    return [] if view is None else [str(getattr(item, "custom_id", "")) for item in view.children]


def test_a_turns_own_messages_are_told_from_those_that_speak_of_it() -> None:
    """A message that was lost on its way is looked for by its buttons: an answer must not be shown in *More…*'s place."""
    here, buttons = replace(turn(), id=UUID(int=7), state=TurnState.COMPLETED), controls.AnswerControls()
    beside = Flip(position=2, count=2, before=UUID(int=8), after=None, question=None, model=None)
    own = [
        buttons.waiting(here),
        buttons.paused(here),
        buttons.streaming(here),
        buttons.rest(here, 1),
        *(buttons.ended(here, state, last=True, wrote=True, flip=beside) for state in TurnState if state.is_ended),
        buttons.ended(here, TurnState.COMPLETED, last=False, wrote=True),
    ]
    assert all(any(buttons.is_own(each, here.id) for each in ids_of(view)) for view in own)
    exchange = Exchange(
        session=session(),
        turn=here,
        last=True,
        beside=False,
        worded=True,
        alone=False,
        thought=True,
        omitted=False,
        in_server=True,
    )
    told = [*ids_of(more(ways(exchange))), *ids_of(more(ways(replace(exchange, omitted=True))))]
    told += [each for state in WAITING for each in ids_of(controls.paused(session(), [replace(here, state=state)]))]
    told += ids_of(controls.stop_kept([(session(), here)]))
    assert not any(buttons.is_own(each, here.id) for each in told)
    assert not any(buttons.is_own(each, UUID(int=8)) for view in own for each in ids_of(view))
