from typing import Any

import discord
import pytest
from discord.http import Route

from tests.playground.sample_bot import Sample
from tests.playground.stage import Stage

V2 = 1 << 15


def button(**more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": "go", **more}


def row(*inside: Any) -> dict[str, Any]:
    return {"type": 1, "components": list(inside)}


def select(**more: Any) -> dict[str, Any]:
    return {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}], **more}


def options(count: int) -> list[dict[str, str]]:
    return [{"label": str(n), "value": str(n)} for n in range(count)]


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


TOO_MUCH: dict[str, dict[str, Any]] = {
    "content": {"content": "x" * 2001},
    "rows": {"components": [row(button(custom_id=str(n))) for n in range(6)]},
    "buttons in a row": {"components": [row(*(button(custom_id=str(n)) for n in range(6)))]},
    "button label": {"components": [row(button(label="x" * 81))]},
    "custom_id": {"components": [row(button(custom_id="x" * 101))]},
    "same custom_id": {"components": [row(button(), button())]},
    "button without custom_id": {"components": [row(button(custom_id=None))]},
    "select options": {"components": [row(select(options=options(26)))]},
    "select placeholder": {"components": [row(select(placeholder="x" * 151))]},
    "select beside a button": {"components": [row(select(), button())]},
    "v2 with content": {"content": "x", "flags": V2, "components": [text("y")]},
    "v2 text": {"flags": V2, "components": [text("x" * 2001), text("y" * 2000)]},
    "v2 components": {"flags": V2, "components": [text("x") for _ in range(41)]},
    "v2 component without the flag": {"components": [text("x")]},
    "nonce": {"content": "x", "nonce": "x" * 26},
    "reply to nothing": {"content": "x", "message_reference": {"message_id": "1"}},
}


@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_too_much_is_refused_as_a_bad_form(stage: Stage, sample: Sample, body: dict[str, Any]) -> None:
    assert await send(stage, sample, body) == (400, 50035)


JUST_RIGHT: dict[str, dict[str, Any]] = {
    "content": {"content": "x" * 2000},
    "rows of buttons": {"components": [row(*(button(custom_id=f"{r}{n}") for n in range(5))) for r in range(5)]},
    "labels": {"components": [row(button(label="x" * 80, custom_id="y" * 100))]},
    "options": {"content": "x", "components": [row(select(options=options(25)))]},
    "v2": {"flags": V2, "components": [text("x" * 4000), *({"type": 14} for _ in range(39))]},
    "mentions": {"content": "x", "allowed_mentions": {"parse": [], "replied_user": False}},
}


@pytest.mark.parametrize("body", JUST_RIGHT.values(), ids=JUST_RIGHT.keys())
async def test_just_right_is_taken(stage: Stage, sample: Sample, body: dict[str, Any]) -> None:
    assert await send(stage, sample, body) == (200, 0)


@pytest.mark.parametrize("content", [None, "", " \n "])
async def test_empty_message_is_refused(stage: Stage, sample: Sample, content: str | None) -> None:
    assert await send(stage, sample, {"content": content}) == (400, 50006)


async def test_faults_are_nested_by_field(stage: Stage, sample: Sample) -> None:
    await send(stage, sample, {"content": "x" * 2001, "components": [row(button(label="x" * 81))]})
    errors = stage.discord.calls[-1].response["errors"]
    assert errors["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"


async def test_unknown_field_is_refused_loudly(stage: Stage, sample: Sample) -> None:
    assert await send(stage, sample, {"content": "x", "contnet": "y"}) == (501, 0)
    stage.discord.refused.clear()


def field(**more: Any) -> dict[str, Any]:
    return row({"type": 4, "custom_id": "a", "style": 1, "label": "A", **more})


def label(component: dict[str, Any]) -> dict[str, Any]:
    return {"type": 18, "label": "L", "component": component}


MODALS: dict[str, dict[str, Any]] = {
    "title": {"custom_id": "m", "title": "x" * 46, "components": [field()]},
    "label": {"custom_id": "m", "title": "M", "components": [field(label="x" * 46)]},
    "text": {"custom_id": "m", "title": "M", "components": [field(value="x" * 4001)]},
    "files": {"custom_id": "m", "title": "M", "components": [label({"type": 19, "custom_id": "f", "max_values": 11})]},
    "files in a row": {"custom_id": "m", "title": "M", "components": [row({"type": 19, "custom_id": "f"})]},
    "fields": {"custom_id": "m", "title": "M", "components": [text(str(n)) for n in range(6)]},
}


@pytest.mark.parametrize("modal", MODALS.values(), ids=MODALS.keys())
async def test_modal_bounds(stage: Stage, sample: Sample, modal: dict[str, Any]) -> None:
    asked = await stage.ann.slash(stage.general, "silent")
    path = f"/interactions/{asked.interaction.id}/{asked.interaction.token}/callback"
    with pytest.raises(discord.HTTPException) as refused:
        await sample.bot.http.request(Route("POST", path), json={"type": 9, "data": modal})
    assert refused.value.code == 50035


@pytest.mark.parametrize("choices", [[{"name": "x" * 101, "value": "x"}], [{"name": str(n), "value": "x"} for n in range(26)]])
async def test_autocomplete_bounds(stage: Stage, sample: Sample, choices: list[Any]) -> None:
    sample.bot.tree.clear_commands(guild=None)
    asked = await stage.ann.slash(stage.general, "silent")
    asked.interaction.kind = type(asked.interaction.kind)(4)
    path = f"/interactions/{asked.interaction.id}/{asked.interaction.token}/callback"
    with pytest.raises(discord.HTTPException) as refused:
        await sample.bot.http.request(Route("POST", path), json={"type": 8, "data": {"choices": choices}})
    assert refused.value.code == 50035


async def send(stage: Stage, sample: Sample, body: dict[str, Any]) -> tuple[int, int]:
    route = Route("POST", "/channels/{channel_id}/messages", channel_id=stage.general.id)
    try:
        await sample.bot.http.request(route, json=body)
    except discord.HTTPException as error:
        return error.status, error.code
    return 200, 0
