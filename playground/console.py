"""The console: the same bot and the same cogs, with a person at the keyboard, over the stand-in Discord on loopback.

The person is in direct messages with the bot. Plain text is a message, `/command` a slash command, `!1` presses what is offered
under that number. At a terminal a line is sent at once, whatever is being written; from a pipe the next line waits until the
bot has nothing more to say, so that scripts can talk with it.
"""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, TextIO

from playground.console_lines import CommandCompleter, Lines, PipedLines, TerminalLines, is_terminal
from playground.console_text import CONTROL, body, is_live, readable
from playground.standin import CannotDo, Choice, Invocation, Message, Modal, Person, StandIn
from playground.standin.changes import Change, MessageDeleted, MessageEdited, MessageSent
from playground.standin.parts import Button, Select

WELCOME: Final = "Write to the bot, or use a command: /help lists them. !1 presses what is offered under that number."
LEAVING: Final = "Leave with /quit, which saves and ends; Ctrl-C ends and keeps your session open."
LIVE_LINES: Final = 12
"""Lines of a streaming answer that are shown above the line being typed."""

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
    and serves while it is entered.
    """
    async with StandIn() as discord:
        discord.add_bot(token)
        person = discord.add_person(name)
        async with start_bot(discord.api_url):
            console = Console(discord, person, source, out)
            for line in (f"Cubby, answering with: {notice}", WELCOME, LEAVING):
                console.say(line)
            talk = asyncio.create_task(console.talk(), name="console")
            told = asyncio.create_task(stop.wait(), name="console-stop")
            await asyncio.wait([talk, told], return_when=asyncio.FIRST_COMPLETED)
            for task in (talk, told):
                task.cancel()
            await asyncio.wait([talk, told])
            if not talk.cancelled():
                talk.result()
    return 0


class Console:
    """One person's conversation with the bot."""

    def __init__(self, discord: StandIn, person: Person, source: TextIO | None, out: TextIO | None) -> None:
        self._discord, self._person, self._out = discord, person, out
        self._shown: dict[int, str] = {}
        self._offers: dict[int, tuple[Message, Button | Select]] = {}
        self._next_offer = 1
        self._live: Message | None = None
        self._terminal: TerminalLines | None = None
        if source is None and is_terminal():
            self._terminal = TerminalLines(CommandCompleter(self._commands, self._values), self._live_text, self.say)
        self._lines: Lines = self._terminal or PipedLines(source or sys.stdin, self.say)

    def say(self, text: str) -> None:
        """Print a line of the console's own, or of the bot's."""
        # Looked up each time: while a prompt is open, sys.stdout is prompt_toolkit's, which prints above it.
        print(CONTROL.sub("", text), file=self._out or sys.stdout, flush=True)

    async def talk(self) -> None:
        """Read and do what is typed until `/quit` or the end."""
        stop_listening = self._discord.changes.listen(self._changed)
        try:
            while (line := await self._read()) is not None:
                await self._do(line.strip())
                if line.strip() == "/quit":
                    return
            if self._terminal is None:
                await self._do("/quit")
        except KeyboardInterrupt:
            return
        finally:
            stop_listening()

    async def _read(self) -> str | None:
        if self._terminal is None:
            await self._until_quiet()
        return await self._lines.next()

    async def _do(self, line: str) -> None:
        self._next_offer = 1
        try:
            if line.startswith("/"):
                await self._command(line[1:])
            elif line.startswith("!"):
                await self._press(line[1:])
            elif line:
                await self._write(line)
        except CannotDo as error:
            self.say(f"({error})")
        except TimeoutError:
            self.say("(The bot didn't answer.)")
        if self._terminal is None:
            await self._until_quiet()

    async def _write(self, line: str) -> None:
        sent = await self._person.say(self._person.dm, line)
        if self._terminal is None:
            await self._person.wait_for(lambda m: m.author.bot and m.id > sent.id, channel=self._person.dm, timeout=600)

    async def _command(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        commands = self._commands()
        if name not in commands:
            self.say(f"(There is no /{name}. There are: {', '.join(f'/{known}' for known in commands)})")
            return
        used = await self._person.slash(self._person.dm, name, **options_in(rest, commands[name]))
        await self._answered(used)

    async def _press(self, line: str) -> None:
        number, _, value = line.strip().partition(" ")
        if not number.isdigit() or int(number) not in self._offers:
            self.say(f"(Nothing is offered under !{number}.)")
            return
        message, part = self._offers[int(number)]
        if isinstance(part, Select):
            await self._answered(await self._person.choose(message, value.strip(), custom_id=part.custom_id))
        else:
            await self._answered(await self._person.press(message, custom_id=part.custom_id))

    async def _answered(self, used: Invocation) -> None:
        await used.acknowledged()
        if used.failed:
            self.say("(The bot didn't answer in time.)")
        elif used.modal is not None:
            await self._fill_in(used.modal)

    async def _fill_in(self, modal: Modal) -> None:
        """Ask for each field on a line of its own; an empty one or a "." leaves the modal."""
        self.say(f"{modal.title} (an empty line leaves it)")
        values: dict[str, str] = {}
        for field in modal.fields:
            line = await self._lines.next(f"{field.label}: ")
            if line is None or line.strip() in ("", "."):
                self.say("(Left.)")
                return
            values[field.custom_id] = line
        await self._answered(await self._person.submit(modal, values))

    def _changed(self, change: Change) -> None:
        if isinstance(change, MessageDeleted) and self._live is change.message:
            self._live = None
        if not isinstance(change, MessageSent | MessageEdited):
            return
        message = change.message
        if not message.author.bot or not self._person.sees_message(message):
            return
        if is_live(message):
            self._live = message
        else:
            self._live = None if self._live is message else self._live
            self._show(message)
        if self._terminal is not None:
            self._terminal.refresh()

    def _show(self, message: Message) -> None:
        text = "\n".join(part for part in (self._readable(message), self._offered(message)) if part)
        if text and self._shown.get(message.id) != text:
            self._shown[message.id] = text
            self.say(text)

    def _readable(self, message: Message) -> str:
        return readable(body(message), self._discord.world.clock.now())

    def _offered(self, message: Message) -> str:
        """The message's buttons and selects with their numbers."""
        parts = [part for part in (*message.buttons, *message.selects) if part.custom_id and not part.disabled]
        named: list[str] = []
        for part in parts:
            number, self._next_offer = self._next_offer, self._next_offer + 1
            self._offers[number] = (message, part)
            if isinstance(part, Select):
                values = ", ".join(option.value for option in part.options)
                named.append(f"[!{number} N {part.placeholder}: {values}]")
            else:
                named.append(f"[!{number} {part.label}]")
        return " ".join(named)

    def _live_text(self) -> str:
        """The end of what is being written now."""
        if self._live is None or not body(self._live):
            return ""
        lines = CONTROL.sub("", self._readable(self._live)).splitlines()[-LIVE_LINES:]
        return "\n".join(lines) + "\n"

    async def _until_quiet(self) -> None:
        """Wait until no handler of the bot runs and none of its messages is still being written."""
        while True:
            handlers = [task for task in asyncio.all_tasks() if task.get_name().startswith(HANDLERS)]
            if handlers:
                await asyncio.wait(handlers)
            elif self._is_writing():
                await self._discord.until(lambda: None if self._is_writing() else True, 600)
            else:
                return

    def _is_writing(self) -> bool:
        return any(is_live(m) for m in self._person.sees(self._person.dm) if m.author.bot)

    def _commands(self) -> dict[str, list[str]]:
        """The bot's commands, each with its options' names."""
        application = next(iter(self._discord.world.applications.values()))
        commands = sorted(application.commands.values(), key=lambda command: str(command["name"]))
        return {c["name"]: [str(o["name"]) for o in c.get("options", ())] for c in commands if c["type"] == 1}

    def _values(self, command: str, option: str, typed: str) -> "asyncio.Task[list[Choice]]":
        asking = self._person.autocomplete(self._person.dm, command, focus=option, **{option: typed})
        return asyncio.create_task(asking, name="console-autocomplete")


def options_in(text: str, names: list[str]) -> dict[str, str]:
    """What was typed after a command as its options: `name:value` sets one, up to the next; what comes first is the first."""
    values: dict[str, list[str]] = {}
    current = names[0] if names else ""
    for word in text.split():
        key, colon, value = word.partition(":")
        if colon and key in names:
            current, word = key, value  # noqa: PLW2901 - the word without its option's name
        if current and word:
            values.setdefault(current, []).append(word)
    return {name: " ".join(words) for name, words in values.items()}
