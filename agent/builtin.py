"""The built-in demo model: a `ModelClient` that needs no network, for the first try of the console and for tests.

It is honest about what it is. It reads only the context it is given: it remembers "My favorite X is Y" and the like if, and
only if, it was said earlier in the same session (`builtin_memory.py`). The same words in the same session get the same answer.
"""

import asyncio
import html
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Final

from agent.builtin_digest import digest
from agent.builtin_memory import facts_in, recall
from agent.compaction import INSTRUCTIONS
from agent.context import GO_ON
from agent.enclosing import CLOSING, OPENING
from agent.model import Finish, FinishReason, Message, ModelEvent, ModelRequest, Text, Tokens

SECONDS_A_WORD: Final = 0.03

LONG: Final = re.compile(r"(?<!how )\blong\b|\b(?:longer|story|essay|poem|novel|lots)\b", re.IGNORECASE)
COUNT: Final = re.compile(r"\bcount (?:up )?(?:from (?:1|one) )?to (?P<to>\d{1,4})\b", re.IGNORECASE)
CODE: Final = re.compile(r"\b(?:code|function|program|script)\b", re.IGNORECASE)
GREETING: Final = re.compile(r"^\W*(?:hi|hello|hey|hallo|good (?:morning|afternoon|evening))\b[^?]{0,30}$", re.IGNORECASE)
THANKS: Final = re.compile(r"^\W*(?:thanks|thank you|cheers)\b", re.IGNORECASE)
HELP: Final = re.compile(
    r"^\W*help\b|\bwhat can you do\b|\bwh(?:o|at) are you\b|\bare you (?:a|an|real|chatgpt)\b", re.IGNORECASE
)

ENCLOSED: Final = re.compile(OPENING.format('(?P<name>[^"\n]*)', '[^"\n]*') + rf".*?{CLOSING}\s*", re.DOTALL)
"""A file that came with the message."""

CAN_DO: Final = (
    "I'm the built-in demo model: small, offline, no artificial intelligence. I can remember what you tell me in this session "
    "(“My favorite color is green”, “I live in Paris”), “count to 100”, “tell me a story” or “write a long program”, which are "
    "long enough to try Stop or to switch while I write. For real answers, whoever runs this bot connects a real model."
)


class BuiltinModel:
    """Streams its answers in small deltas, `pace` seconds apart (0 for tests)."""

    name = "built-in demo model"
    host = "nobody (the built-in demo model runs inside this bot)"
    label = "built-in demo model"

    def __init__(self, pace: float = SECONDS_A_WORD) -> None:
        self._pace = pace

    @asynccontextmanager
    async def stream(self, request: ModelRequest) -> AsyncGenerator[AsyncIterator[ModelEvent], None]:
        """See `ModelClient.stream`."""
        async with aclosing(self._words(request)) as words:
            yield words

    async def list_models(self) -> Sequence[str]:
        """See `ModelClient.list_models`: itself."""
        return (self.name,)

    async def close(self) -> None:
        """Nothing is held."""

    async def _words(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        answer = answer_to(request.messages)
        for piece in re.findall(r"\s*\S+\s*", answer):
            await asyncio.sleep(self._pace)
            yield Text(piece)
        yield Tokens(input=sum(len(m.content) for m in request.messages) // 4, output=len(answer) // 4)
        yield Finish(FinishReason.STOP)


def answer_to(messages: Sequence[Message]) -> str:
    """The answer to the last user message, from the user's messages alone."""
    if len(messages) > 2 and messages[-1].content == GO_ON:
        return _rest(answer_to(messages[:-2]), messages[-2].content)
    said = [message.content for message in messages if message.role == "user"]
    if messages and messages[0].content == INSTRUCTIONS:
        return digest(said[-1])
    last = said[-1] if said else ""
    if remembered := recall(said):
        return remembered
    if told := facts_in(last):
        return f"Noted: {told[-1].sentence}. Ask me about it any time in this session."
    words, names = ENCLOSED.sub("", last), [html.unescape(file["name"]) for file in ENCLOSED.finditer(last)]
    return _performance(words) or _small_talk(words) or _plain(words, names, len(said))


def _rest(whole: str, begun: str) -> str:
    """What is left of an answer; a last word where nothing is."""
    return (whole.removeprefix(begun) if whole.startswith(begun) else whole) or " That is all."


def _performance(last: str) -> str | None:
    if count := COUNT.search(last):
        return "\n".join(str(number) for number in range(1, int(count["to"]) + 1))
    if CODE.search(last):
        return _program(50) if LONG.search(last) else _program(1)
    return _STORY if LONG.search(last) else None


def _small_talk(last: str) -> str | None:
    if HELP.search(last):
        return CAN_DO
    if GREETING.search(last):
        return f"Hello! {CAN_DO}"
    return "You're welcome." if THANKS.search(last) else None


def _plain(last: str, files: Sequence[str], count: int) -> str:
    words = " ".join(last.split())
    quoted = words if len(words) <= 60 else words[:59].rstrip() + "…"
    opening, rest = _OPENINGS[count % len(_OPENINGS)], _RESTS[count % len(_RESTS)]
    enclosed = f" with {', '.join(files)}" if files else ""
    return f"{opening} “{quoted}”{enclosed}. I'm only a small demo, so I can't say much about it, {rest}"


def _program(functions: int) -> str:
    names = ("greet", *(f"greet_{number}" for number in range(2, functions + 1)))
    body = "\n\n".join(
        f'def {n}(name: str) -> str:\n    """Greet somebody by name."""\n    return f"Hello, {{name}}!"' for n in names
    )
    size = "a small function" if functions == 1 else f"a program of {functions} functions"
    return f"Here is {size}:\n\n```python\n{body}\n```\n\nA real model would write what you asked for."


_OPENINGS: Final = ("You wrote", "I read", "Here in this session you asked about")
_RESTS: Final = (
    "but try “tell me a story” if you want to see a long answer, and stop me in the middle.",
    "but I remember what you tell me here: try “My favorite color is green”, then ask me for it.",
    "but ask me “What do you know about me?” and I'll tell what you said in this session.",
)

_CHAPTERS: Final = """\
Once there was a small cupboard in a busy office, with a drawer for everybody. Nobody could open the drawer of anybody else, \
not even the person who swept the floor at night and had the keys to every room.
People put their half-finished thoughts into it: a letter begun on Monday, a sum that would not come out, the plan for a \
garden. Then the telephone rang, and they closed the drawer and went.
The cupboard did not mind. When they came back, be it after an hour or after a winter, everything lay as they had left it, \
the pen still beside the last word.
One night the lights went out in the whole street. In the morning people hurried to their drawers, and every sheet that the \
cupboard had taken in was there, down to the sentence that had been cut short.
From then on, when somebody new came to the office and asked where to keep a thought, the others pointed to the corner and \
said: put it in there. It is yours, and it will wait for you.
"""

_STORY: Final = "\n\n".join(f"**Chapter {number}.** {text}" for number, text in enumerate(_CHAPTERS.splitlines() * 3, start=1))
