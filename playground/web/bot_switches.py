"""The switches around the bot: the model that it asks, and the disk that it writes to."""

from typing import Any, Final

from playground.bot_process import BotProcess
from playground.disk_switch import disk_full, why_not
from playground.faulty_answers import Fault
from playground.model_faults import LABELS
from playground.model_stand import ModelStand
from playground.standin import CannotDo
from playground.web.board import Option, Switch

NOT_RUNNING: Final = "The bot isn't running; start it first."


def model_switch(model: ModelStand) -> Switch:
    """How the model behaves."""

    async def turn(value: Any) -> None:
        model.mode = Fault[value]

    return Switch(
        id="model",
        group="The model",
        label="How the model behaves",
        about="What every answer from now on meets, until you turn it back. After several failures in a row the bot leaves "
        "the model alone for a while and says so; “Try now” under such an answer asks at once.",
        kind="choice",
        turn=turn,
        value=lambda: model.mode.name,
        options=[Option(fault.name, label) for fault, label in LABELS.items()],
    )


def disk_switch(bot: BotProcess) -> Switch:
    """A disk that takes nothing more; a bot that is started anew finds room again."""
    full_for: set[int] = set()

    async def turn(value: Any) -> None:
        pid = bot.pid
        if pid is None:
            return
        try:
            disk_full(pid, on=value)
        except ProcessLookupError:  # it ended this moment
            raise CannotDo(NOT_RUNNING) from None
        full_for.clear()
        if value:
            full_for.add(pid)

    return Switch(
        id="disk",
        group="The bot's disk",
        label="The disk is full",
        about="Nothing more can be written, by the bot alone. It says so, and saves what it couldn't once there is room.",
        kind="toggle",
        turn=turn,
        value=lambda: bot.pid in full_for,
        why=lambda: why_not() or ("" if bot.pid is not None else NOT_RUNNING),
    )
