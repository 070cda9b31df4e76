"""Buttons that there may be too many of."""

from dataclasses import replace
from uuid import UUID

from cogs import controls
from cogs.words import paused_line
from delivery.splitting import MESSAGE_LIMIT
from tests.delivery.test_render import session, turn


def test_more_prompts_than_discord_has_buttons_for_are_listed_as_far_as_it_goes() -> None:
    waiting = [replace(turn("*" * 500), id=UUID(int=n)) for n in range(40)]
    view = controls.paused(session(), waiting)
    ids = [getattr(item, "custom_id", None) for item in view.children]
    assert len(ids) == len(set(ids)) <= 25
    said = paused_line(session(), waiting)
    assert len(said) <= MESSAGE_LIMIT
    assert said.splitlines()[-1] == "> and 32 more"
