"""Where the console's lines come from: a person at a terminal, with history and completion, or a pipe.

History is kept in memory only: what people say to the bot is in its database and nowhere else.
"""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Protocol, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout

from playground.standin import CannotDo, Choice

Autocomplete = Callable[[str, str, str], "asyncio.Future[list[Choice]]"]


class Lines(Protocol):
    """Gives the next line, or `None` at the end."""

    is_terminal: bool

    async def next(self, question: str = "> ") -> str | None:
        """The next line, without its end. Raises `KeyboardInterrupt` for Ctrl-C at a terminal."""
        ...


class PipedLines:
    """Lines of a pipe or a file."""

    is_terminal = False

    def __init__(self, source: TextIO, echo: Callable[[str], None]) -> None:
        self._source = source
        self._echo = echo
        self._lines: AsyncGenerator[str, None] | None = None

    async def next(self, question: str = "> ") -> str | None:
        """See `Lines.next`; the line is echoed behind the question, so that a transcript can be read."""
        if self._lines is None:
            self._lines = self._piped() if _is_pipe(self._source) else self._whole()
        line = await anext(self._lines, None)
        if line is not None:
            self._echo(f"\n{question}{line}")
        return line

    async def _whole(self) -> AsyncGenerator[str, None]:
        for line in self._source.read().splitlines():
            yield line

    async def _piped(self) -> AsyncGenerator[str, None]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=1024 * 1024)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._source)
        try:
            while raw := await reader.readline():
                yield raw.decode("utf-8", "replace").rstrip("\r\n")
        finally:
            transport.close()


class TerminalLines:
    """A person at a terminal.

    `live` gives what is being written now, which is shown above the line they type on; it goes when the line is sent, so the
    line is echoed.
    """

    is_terminal = True

    def __init__(self, completer: Completer, live: Callable[[], str], echo: Callable[[str], None]) -> None:
        self._session: PromptSession[str] = PromptSession(
            completer=completer, complete_while_typing=False, erase_when_done=True
        )
        self._live = live
        self._echo = echo

    async def next(self, question: str = "> ") -> str | None:
        """See `Lines.next`."""
        try:
            with patch_stdout():
                line = await self._session.prompt_async(lambda: f"{self._live()}{question}")
        except EOFError:
            return None
        self._echo(f"\n{question}{line}")
        return line

    def refresh(self) -> None:
        """Draw what is being written anew."""
        if self._session.app.is_running:
            self._session.app.invalidate()


class CommandCompleter(Completer):
    """Completes commands, their options and, by asking the bot, their values."""

    def __init__(
        self,
        commands: Callable[[], dict[str, list[str]]],
        values: Callable[[str, str, str], "asyncio.Task[list[Choice]]"],
    ) -> None:
        self._commands = commands
        self._values = values

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Commands and options, which need no asking."""
        del complete_event
        text = document.text_before_cursor
        commands = self._commands()
        if text.startswith("/") and " " not in text:
            fitting = [name for name in commands if name.startswith(text[1:])]
            return [Completion(f"/{name} ", start_position=-len(text)) for name in fitting]
        return []

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The same, then the values of a command's first option as the bot offers them."""
        for completion in self.get_completions(document, complete_event):
            yield completion
        name, space, typed = document.text_before_cursor.removeprefix("/").partition(" ")
        options = self._commands().get(name, [])
        if not document.text_before_cursor.startswith("/") or not space or not options:
            return
        try:
            offered = await self._values(name, options[0], typed)
        except (CannotDo, TimeoutError):
            return
        for choice in offered:
            yield Completion(str(choice.value), start_position=-len(typed), display=choice.name)


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _is_pipe(source: TextIO) -> bool:
    """Whether the loop can wait for it; files and the like are there at once."""
    mode = os.fstat(source.fileno()).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)
