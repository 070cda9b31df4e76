"""Switches take only what they can stand for."""

from typing import Any

import pytest

from playground.standin import CannotDo, ManualClock, StandIn
from playground.web.board import Board, Option, Switch
from playground.web.discord_switches import discord_switches


def a_board(turned: list[Any], why: str = "") -> Board:
    async def turn(value: Any) -> None:
        turned.append(value)

    about = {"group": "g", "label": "l", "about": "a", "turn": turn}
    return Board(
        [
            Switch(id="choice", kind="choice", options=[Option("one", "One")], **about),  # pyright: ignore[reportArgumentType]
            Switch(id="toggle", kind="toggle", why=lambda: why, **about),  # pyright: ignore[reportArgumentType]
        ]
    )


@pytest.mark.parametrize(
    ("switch", "value"), [("choice", "two"), ("choice", True), ("choice", ["one"]), ("toggle", "on"), ("x", 1)]
)
async def test_a_switch_is_not_turned_to_what_it_cannot_stand_for(switch: str, value: Any) -> None:
    turned: list[Any] = []
    with pytest.raises(CannotDo):
        await a_board(turned).turn(switch, value)
    assert turned == []


async def test_a_switch_that_cannot_be_turned_now_says_why() -> None:
    turned: list[Any] = []
    board = a_board(turned, why="The bot isn't running; start it first.")
    with pytest.raises(CannotDo, match="start it first"):
        await board.turn("toggle", value=True)
    assert [switch["why"] for switch in board.shape()["switches"]] == ["", "The bot isn't running; start it first."]
    assert turned == []


async def test_discords_troubles_replace_each_other_and_end() -> None:
    async with StandIn(ManualClock()) as discord:
        board = Board(discord_switches(discord))

        def standing() -> str:
            return next(switch["value"] for switch in board.shape()["switches"] if switch["id"] == "discord")

        for trouble in ("slow", "failing", "lost", "well"):
            await board.turn("discord", trouble)
            assert standing() == trouble
            assert len(discord.faults.rows) == (trouble != "well")
