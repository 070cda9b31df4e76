"""The console: the same bot and the same cogs, with a person at the keyboard, over the stand-in Discord on loopback.

The person is in direct messages with the bot. Plain text is a message, `/command` a slash command, `!1` presses what is offered
under that number. At a terminal a line is sent at once, whatever is being written; from a pipe the next line waits until the
bot has nothing more to say, so that scripts can talk with it. Reading lines, reading commands and showing messages are
`console_lines`, `console_commands` and `console_screen`.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, TextIO

from playground.console_commands import options_in, slash_commands, typed_options
from playground.console_lines import CommandCompleter, Lines, PipedLines, TerminalLines, is_terminal
from playground.console_offers import chosen_values
from playground.console_screen import Screen
from playground.console_text import goes_on, is_live, is_waiting
from playground.standin import Application, CannotDo, Choice, Invocation, Modal, Person, StandIn
from playground.standin.changes import Change
from playground.standin.parts import Select
from playground.standin.people import MAX_CONTENT

__all__ = ["Console", "StartBot", "options_in", "run_console"]

WELCOME: Final = "Write to the bot, or use a command: /help lists them. !1 presses what is offered under that number."
LEAVING: Final = "Leave with /quit, which saves and ends; Ctrl-C ends and keeps your session open."
CHOOSE_FIRST: Final = "(Choose first with its number; /quit again leaves then.)"
LONGEST_ANSWER: Final = 600.0
"""Seconds that a script's next line waits for an answer."""

HANDLERS: Final = ("discord.py: ", "CommandTree-invoker")
"""How discord.py names the tasks in which a bot's handlers run."""

StartBot = Callable[[str], AbstractAsyncContextManager[None]]


async def run_console(
    start_bot: StartBot,
    *,
    token: str,
    name: str,
    notice: str,
    stop: asyncio.Event,
    source: TextIO | None = None,
    out: TextIO | None = None,
) -> int:
    """Talk until `/quit`, the end of input, Ctrl-C or `stop`; returns the exit code. `start_bot` gets the stand-in's address
    and serves while it is entered; what the bot says while it is left is shown too.
    """
    async with StandIn() as discord:
        application = discord.add_bot(token)
        person = discord.add_person(name)
        screen = Screen(person, discord.clock, out, discord.url)
        console = Console(discord, application, person, screen, source)
        stop_listening = discord.changes.listen(console.changed)
        try:
            async with start_bot(discord.api_url):
                for line in (f"Cubby, answering with: {notice}", WELCOME, LEAVING):
                    screen.say(line)
                screen.open()
                await _until_either(console.talk(), stop)
        finally:
            stop_listening()
    return 0


class Console:
    """One person's conversation with the bot."""

    def __init__(
        self, discord: StandIn, application: Application, person: Person, screen: Screen, source: TextIO | None
    ) -> None:
        self._discord, self._application, self._person, self._screen = discord, application, person, screen
        self._terminal: TerminalLines | None = None
        if source is None and is_terminal():
            self._terminal = TerminalLines(CommandCompleter(self._commands, self._values), screen.live, screen.say)
        self._lines: Lines = self._terminal or PipedLines(source or sys.stdin, screen.say)

    def changed(self, change: Change) -> None:
        """Called by the stand-in for all that happens: show what the person sees of it."""
        if self._screen.changed(change) and self._terminal is not None:
            self._terminal.refresh()

    async def talk(self) -> None:
        """Read and do what is typed until `/quit`, the end, or nobody reads any more."""
        await _until_either(self._talk(), self._screen.hung_up)

    async def _talk(self) -> None:
        try:
            while True:
                line = await self._read()
                if line is None or line.split()[:1] == ["/quit"]:
                    if not await self._quit() or (line is None and self._terminal is None):
                        return
                else:
                    await self._do(line.strip())
        except KeyboardInterrupt:
            return

    async def _read(self) -> str | None:
        if self._terminal is None:
            await self._until_quiet()
        line = await self._lines.next()
        self._screen.offers.restart()
        return line

    async def _do(self, line: str) -> None:
        try:
            if line.startswith("/"):
                await self._command(line[1:])
            elif line.startswith("!"):
                await self._press(line[1:])
            elif line:
                await self._write(line)
            if self._terminal is None:
                await self._until_quiet()
        except CannotDo as error:
            self._screen.say(f"({error})")
        except TimeoutError:
            self._screen.say("(The bot didn't answer.)")

    async def _quit(self) -> bool:
        """Let the bot save and leave; true when it asks something first, because an answer is still being written."""
        if "quit" not in self._commands():
            return False
        used = await (await self._person.slash(self._person.dm, "quit")).acknowledged()
        await _handled()
        if not any(message.buttons for message in used.messages):
            return False
        self._screen.say(CHOOSE_FIRST)
        return True

    async def _write(self, line: str) -> None:
        """Send a message; one too long for that goes as a text file, as a Discord client would send it."""
        dm = self._person.dm
        if len(line) > MAX_CONTENT:
            sent = await self._person.say(dm, "", attachments=[("message.txt", line.encode(), "text/plain; charset=utf-8")])
        else:
            sent = await self._person.say(dm, line)
        if self._terminal is None:
            await self._person.wait_for(lambda m: m.author.bot and m.id > sent.id, channel=dm, timeout=LONGEST_ANSWER)

    async def _command(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        commands = slash_commands(self._application)
        if name not in commands:
            self._screen.say(f"(There is no /{name}. There are: {', '.join(f'/{known}' for known in commands)})")
            return
        await self._answered(await self._person.slash(self._person.dm, name, **typed_options(rest, commands[name])))

    async def _press(self, line: str) -> None:
        number, _, typed = line.strip().partition(" ")
        offered = self._screen.offers.find(number)
        if isinstance(offered.part, Select):
            values = chosen_values(offered.part, typed)
            used = await self._person.choose(offered.message, *values, custom_id=offered.part.custom_id)
        else:
            used = await self._person.press(offered.message, custom_id=offered.part.custom_id)
        await self._answered(used)

    async def _answered(self, used: Invocation) -> None:
        await used.acknowledged()
        if used.failed:
            self._screen.say("(The bot didn't answer in time.)")
        elif used.modal is not None:
            await self._fill_in(used.modal)

    async def _fill_in(self, modal: Modal) -> None:
        """Ask for each field on a line of its own, with what stands in it; an empty one or a "." leaves the modal."""
        self._screen.say(f"{modal.title} (an empty line leaves it)")
        values: dict[str, str] = {}
        for field in modal.fields:
            if field.value:
                self._screen.say(f"{field.label} (now): {field.value}")
            line = await self._lines.next(f"{field.label}: ")
            if line is None or line.strip() in ("", "."):
                self._screen.say("(Left.)")
                return
            values[field.custom_id] = line
        await self._answered(await self._person.submit(modal, values))

    async def _until_quiet(self) -> None:
        """Wait until no handler of the bot runs and none of its messages is still being written or waits to be.

        Raises `TimeoutError`.
        """
        while True:
            await _handled()
            if not self._is_busy():
                return
            await self._discord.until(lambda: not self._is_busy(), LONGEST_ANSWER)

    def _is_busy(self) -> bool:
        said = [m for m in self._person.sees(self._person.dm) if m.author.bot]
        return any(is_live(m) or is_waiting(m) for m in said) or (bool(said) and goes_on(said[-1]))

    def _commands(self) -> dict[str, list[str]]:
        """The bot's commands, each with its options' names."""
        commands = slash_commands(self._application)
        return {name: [str(option["name"]) for option in options] for name, options in commands.items()}

    async def _values(self, command: str, option: str, typed: str) -> Sequence[Choice]:
        return await self._person.autocomplete(self._person.dm, command, focus=option, **{option: typed})


async def _handled() -> None:
    """Wait until no handler of the bot runs."""
    while handlers := [task for task in asyncio.all_tasks() if task.get_name().startswith(HANDLERS)]:
        await asyncio.wait(handlers)


async def _until_either(work: Coroutine[Any, Any, None], event: asyncio.Event) -> None:
    """Run until the work ends or the event comes, which cancels it. Raises what the work raised."""
    working = asyncio.create_task(work, name="console")
    told = asyncio.create_task(event.wait(), name="console-told")
    try:
        await asyncio.wait([working, told], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (working, told):
            task.cancel()
        await asyncio.wait([working, told])
    if not working.cancelled():
        working.result()
