"""What the console shows: the bot's messages as the person sees them, each printed when it is whole and again when it changed.

A message that is still being written is not printed but given as `live()`, for a terminal to draw above the line being typed.
"""

import asyncio
import io
import os
import sys
from contextlib import suppress
from typing import Final, TextIO

from playground.console_offers import Offers
from playground.console_text import body, is_live, printable, readable, tail
from playground.standin import Message, Person
from playground.standin.changes import Change, MessageDeleted, MessageEdited, MessageSent
from playground.standin.clock import Clock

LIVE_ROWS: Final = 12
"""Rows of the screen that what is being written takes at most."""


class Screen:
    """One person's view of the bot. `changed` listens to the stand-in, at whose `url` files can be had; `hung_up` tells that
    nobody reads any more.
    """

    def __init__(self, person: Person, clock: Clock, out: TextIO | None, url: str = "") -> None:
        self._person, self._clock, self._out, self._url = person, clock, out, url
        self.offers = Offers()
        self.hung_up = asyncio.Event()
        self._shown: dict[int, tuple[str, frozenset[str]]] = {}
        self._live: dict[int, Message] = {}
        self._is_open = False

    def say(self, text: str) -> None:
        """Print a line of the console's own, or of the bot's."""
        if self.hung_up.is_set():
            return
        # `sys.stdout` is looked up each time: a terminal's prompt puts its own in its place, which prints above the line.
        out = self._out if self._out is not None else sys.stdout
        try:
            print(printable(text), file=out, flush=True)
        except BrokenPipeError:
            self.hung_up.set()
            _let_go(out)

    def open(self) -> None:
        """Begin to print, with what the bot has said by now: answers of the last run may have been mended."""
        self._is_open = True
        for message in self._person.sees(self._person.dm):
            self._take(message)

    def changed(self, change: Change) -> bool:
        """Show what a change did; tells whether it was one of the bot's messages."""
        if not self._is_open or not isinstance(change, MessageSent | MessageEdited | MessageDeleted):
            return False
        if isinstance(change, MessageDeleted):
            self._live.pop(change.message.id, None)
        else:
            self._take(change.message)
        return change.message.author.bot

    def live(self, columns: int) -> str:
        """The end of what is being written now, with what is offered there, in rows of at most `columns`."""
        rows = max(3, LIVE_ROWS // max(1, len(self._live)))
        blocks = [tail(self._text(message), columns, rows) for message in self._live.values()]
        offered = [self.offers.show(message) for message in self._live.values()]
        lines = [line for pair in zip(blocks, offered, strict=True) for line in pair if line]
        return "".join(f"{line}\n" for line in lines)

    def _take(self, message: Message) -> None:
        if not message.author.bot or not self._person.sees_message(message):
            return
        if is_live(message):
            self._live[message.id] = message
        else:
            self._live.pop(message.id, None)
            self._show(message)

    def _show(self, message: Message) -> None:
        """Print what is new: all of a message, what it has grown by, or what is offered now that was not before.

        Nothing is numbered that is not printed, so that scripts can count on the numbers.
        """
        text = self._text(message)
        parts = frozenset(part.custom_id or "" for part in (*message.buttons, *message.selects))
        before, had = self._shown.get(message.id, ("", frozenset[str]()))
        self._shown[message.id] = (text, parts)
        if text == before and parts <= had:
            return
        new = text.removeprefix(before).lstrip("\n") if text.startswith(f"{before}\n") or text == before else text
        self.say("\n".join(piece for piece in (new, self.offers.show(message)) if piece))

    def _text(self, message: Message) -> str:
        files = [f"[{each.filename}, {len(each.data):,} bytes: {self._url}{each.url_path}]" for each in message.attachments]
        return "\n".join([readable(body(message), self._clock.now()), *files])


def _let_go(out: TextIO) -> None:
    """Turn a pipe that nobody reads to nowhere, or Python would complain of it once more when it ends."""
    with suppress(io.UnsupportedOperation):  # text in memory has no pipe
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, out.fileno())
        finally:
            os.close(nowhere)
