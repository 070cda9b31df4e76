"""`/settings` at Discord's limits, which `test_panel.py` names, and what it tells of a model."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from agent.config import AgentConfig, Models
from cogs.resting import Resting
from cogs.settings._state import State
from cogs.settings._views import settings_view
from storage.ids import new_id
from storage.preferences import EFFORT, INSTRUCTIONS, MODEL
from storage.records import INSTRUCTIONS_LIMIT, SessionInfo
from tests.cogs.test_panel import buttons_of, parts, text_of, within_limits

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MANY = tuple(f"{number:03}{'*' * 90}" for number in range(60))
SESSION = SessionInfo(
    id=new_id(),
    number=1 << 20,
    owner=1,
    name="*" * 100,
    created=NOW,
    modified=NOW,
    message_count=4,
    first_message=None,
    model=None,
)
FULL = State(
    config=AgentConfig(models=Models(default="small", allowed=None, thinking=frozenset(MANY))),
    session=None,
    other=SESSION,
    own={MODEL: MANY[50], INSTRUCTIONS: "*" * INSTRUCTIONS_LIMIT, EFFORT: "low"},
    offered=("small", "x" * 150, *MANY),
    resting=Resting(usual=30),
    has_titles=True,
)


@pytest.mark.parametrize(
    "state", [FULL, replace(FULL, session=SESSION, other=None, chosen=FULL.own), replace(FULL, own={MODEL: "y" * 200})]
)
def test_the_fullest_panel_is_within_the_limits(state: State) -> None:
    note = "n" * 300
    assert within_limits(settings_view(state, lambda _: "d" * 200, note).to_components())


def test_what_is_chosen_is_among_the_choices_however_many_there_are() -> None:
    components = settings_view(FULL, lambda _: None).to_components()
    chosen = [option["value"] for part in parts(components) for option in part.get("options", ()) if option.get("default")]
    assert chosen[:2] == [MANY[50], "low"]
    assert "finds any by its name" in text_of(components)


def test_context_and_price_are_told_where_they_are_known() -> None:
    models = Models(default="small", allowed=("large",), contexts={"large": 100_000})
    state = replace(FULL, config=AgentConfig(models=models), own={MODEL: "large"}, offered=("small", "large"))
    shown = settings_view(state, {"large": "$ 1 in"}.get).to_components()
    assert "Model: **large** · 100,000 tokens · $ 1 in" in text_of(shown)
    assert "8,192 tokens" in str(shown)


def test_a_chosen_model_that_is_not_listed_now_is_told() -> None:
    state = replace(FULL, own={MODEL: "large"}, offered=("small",))
    assert "doesn't list it now" in text_of(settings_view(state, lambda _: None).to_components())


def test_names_are_no_choice_where_the_operator_gives_none() -> None:
    components = settings_view(replace(FULL, has_titles=False), lambda _: None).to_components()
    assert not any("name my sessions" in label for label in buttons_of(components))
    assert "Names:" not in text_of(components)
