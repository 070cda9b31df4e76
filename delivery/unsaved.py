"""Answers that were shown though the store did not take their ends: kept at hand until it does."""

from collections import OrderedDict
from typing import Final
from uuid import UUID

from delivery.answer import AnswerDelivery
from storage.records import Actor

MOST: Final = 1000
"""Answers kept at hand, the oldest forgotten first."""


class Unsaved:
    """Those answers, by their turns."""

    def __init__(self) -> None:
        self._answers: OrderedDict[UUID, AnswerDelivery] = OrderedDict()

    def keep(self, answer: AnswerDelivery) -> None:
        """Keep one."""
        self._answers[answer.turn.id] = answer
        while len(self._answers) > MOST:
            self._answers.popitem(last=False)

    def take(self, turn_id: UUID) -> AnswerDelivery | None:
        """The turn's answer, if there is one; it is kept no longer."""
        return self._answers.pop(turn_id, None)

    def forget(self, actor: Actor) -> None:
        """Keep none of a person's."""
        for turn_id in [each for each, answer in self._answers.items() if answer.actor == actor]:
            del self._answers[turn_id]
