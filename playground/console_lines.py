"""Where the console's lines come from: a person at a terminal, with history and completion, or a pipe.

History is kept in memory only: what people say to the bot is in its database and nowhere else.
"""

import asyncio
import io
import os
import stat
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol, TextIO

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout

from playground.console_commands import being_typed, options_in
from playground.console_text import printable
from playground.standin import CannotDo, Choice

Values = Callable[[str, str, str], Awaitable[Sequence[Choice]]]
"""What the bot offers for a command, an option and what is typed of it. May raise `CannotDo`, `TimeoutError`."""

LONGEST_LINE: Final = 16 * 1024 * 1024
"""Bytes of one line from a pipe."""


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
        source = self._source
        if isinstance(source, io.TextIOWrapper):
            source.reconfigure(errors="replace")  # pyright: ignore[reportUnknownMemberType]  # of any buffer
        for line in self._source:
            yield line.rstrip("\r\n")

    async def _piped(self) -> AsyncGenerator[str, None]:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._source)
        try:
            while raw := await reader.readline():
                yield raw.decode("utf-8", "replace").rstrip("\r\n")
        finally:
            transport.close()


class TerminalLines:
    """A person at a terminal.

    `live` gives what is being written now, for so many columns, which is shown above the line they type on; it goes when the
    line is sent, so the line is echoed.
    """

    is_terminal = True

    def __init__(self, completer: Completer, live: Callable[[int], str], echo: Callable[[str], None]) -> None:
        self._session: PromptSession[str] = PromptSession(
            completer=completer, complete_while_typing=False, erase_when_done=True
        )
        self._live = live
        self._echo = echo

    async def next(self, question: str = "> ") -> str | None:
        """See `Lines.next`."""

        def message() -> str:
            return f"{self._live(self._session.app.output.get_size().columns)}{question}"

        try:
            with patch_stdout():
                # Ctrl-C is a key here. A SIGINT is the caller's, whose handler prompt_toolkit would take away for good.
                line = await self._session.prompt_async(message, handle_sigint=False)
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

    def __init__(self, commands: Callable[[], Mapping[str, Sequence[str]]], values: Values) -> None:
        self._commands = commands
        self._values = values

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Commands and options, which need no asking."""
        del complete_event
        command, space, rest = document.text_before_cursor.partition(" ")
        if not command.startswith("/"):
            return []
        if not space:
            fitting = [name for name in self._commands() if name.startswith(command[1:])]
            return [Completion(f"/{name} ", start_position=-len(command)) for name in fitting]
        word = rest.rpartition(" ")[2]
        names = self._commands().get(command[1:], ())[1:]
        given = options_in(rest, names)
        return [
            Completion(f"{name}:", start_position=-len(word)) for name in names if name.startswith(word) and name not in given
        ]

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The same, and the values of the option that is being typed, as the bot offers them."""
        for completion in self.get_completions(document, complete_event):
            yield completion
        command, space, rest = document.text_before_cursor.partition(" ")
        names = self._commands().get(command[1:], ())
        if not command.startswith("/") or not space or not names:
            return
        option, typed = being_typed(rest, names)
        try:
            offered = await self._values(command[1:], option, typed)
        except (CannotDo, TimeoutError):
            return
        for choice in offered:
            yield Completion(str(choice.value), start_position=-len(typed), display=printable(choice.name))


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _is_pipe(source: TextIO) -> bool:
    """Whether the loop can wait for it; files and the like are there at once."""
    try:
        mode = os.fstat(source.fileno()).st_mode
    except OSError:  # text in memory has no file behind it
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or source.isatty()
