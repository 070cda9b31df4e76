"""The stage of these tests: a real discord.py client at the stand-in, a real store, and events fed by hand."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from agent.events import KeptFinished
from delivery.closing import WELCOME
from delivery.deliverer import Deliverer
from delivery.governor import Governor
from delivery.means import Means
from delivery.sender import Sender
from playground.standin import ManualClock, StandIn, point_discord_at
from storage.records import Actor
from storage.sqlite.open import open_store
from tests.delivery.cast import INTERVAL, Buttons, Cast, direct, make_client
from tests.playground.stage import TOKEN, running


@pytest.fixture
async def newcomer(tmp_path: Path) -> AsyncIterator[Cast]:
    clock = ManualClock()
    async with AsyncExitStack() as stack:
        standin = await stack.enter_async_context(StandIn(clock))
        stack.enter_context(point_discord_at(standin.api_url))
        standin.add_bot(TOKEN)
        general = standin.add_guild("Team").add_text_channel("general")
        ann = standin.add_person("Ann")
        client = make_client()
        await stack.enter_async_context(running(standin, client))
        store = await open_store(tmp_path / "cubby.db")
        stack.push_async_callback(store.close)
        actor = Actor(ann.id)
        session = await store.sessions.create(actor, "Auth bug")
        kept: list[KeptFinished] = []

        def now() -> datetime:
            return datetime.fromtimestamp(clock.now(), UTC)

        def begin(interval: float = INTERVAL) -> Deliverer:
            means = Means(
                store=store,
                sender=Sender(client),
                controls=Buttons(),
                model_label=None,
                privacy_notice="Only you can read this.",
                direct=lambda _: direct(client, ann),
                governor=Governor(interval),
                now=now,
                silence=0.1,
                patience=(0.01, 0.02, 0.04),
            )
            made = Deliverer(means, on_kept_finished=kept.append, now=now)
            stack.push_async_callback(made.close)
            return made

        yield Cast(standin, clock, client, general, ann, store, actor, session, begin(), begin, kept)
        assert standin.refused == []


@pytest.fixture
async def cast(newcomer: Cast) -> Cast:
    """Ann has had her first answer long ago."""
    await newcomer.store.first_time(newcomer.actor, WELCOME)
    return newcomer
