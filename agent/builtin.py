"""The built-in demo model: a `ModelClient` that needs no network, for the first try of the console and for tests.

It is honest about what it is. It reads only the context it is given: it remembers "My favorite X is Y" and the like if, and
only if, it was said earlier in the same session. The same question in the same session gives the same answer.
"""

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from agent.model import Finish, FinishReason, Message, ModelEvent, ModelRequest, Text, Tokens

SECONDS_A_WORD: Final = 0.03

FACT: Final = re.compile(r"\bmy (?P<what>(?:[a-z]+ ){0,4}?[a-z]+) (?:is|are|was) (?P<value>[^.!?\n]{1,80})", re.IGNORECASE)
QUESTION: Final = re.compile(
    r"\b(?:what(?:'s|\u2019s| is| are| was)?|who(?:'s| is)?|which|remember|know|tell me)\b"
    r".*?\bmy (?P<what>(?:[a-z]+ ){0,4}?[a-z]+)\s*[?.!]*$",
    re.IGNORECASE,
)
LONG: Final = re.compile(r"\b(long|story|essay|poem|novel|lots)\b", re.IGNORECASE)
COUNT: Final = re.compile(r"\bcount (?:up )?(?:from 1 )?to (?P<to>\d{1,4})\b", re.IGNORECASE)
CODE: Final = re.compile(r"\b(code|function|program|script)\b", re.IGNORECASE)


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
        yield self._words(request)

    async def close(self) -> None:
        """Nothing is held."""

    async def _words(self, request: ModelRequest) -> AsyncIterator[ModelEvent]:
        answer = answer_to([message for message in request.messages if message.role != "system"])
        for piece in re.findall(r"\S+\s*", answer):
            await asyncio.sleep(self._pace)
            yield Text(piece)
        yield Tokens(input=sum(len(m.content) for m in request.messages) // 4, output=len(answer) // 4)
        yield Finish(FinishReason.STOP)


def answer_to(messages: Sequence[Message]) -> str:
    """The answer to the last message, from the messages alone."""
    said = [message.content for message in messages if message.role == "user"]
    last = said[-1] if said else ""
    if asked := QUESTION.search(last.strip()):
        return _recall(asked["what"], said[:-1])
    if told := FACT.search(last):
        return f"Noted: your {told['what'].strip()} is {told['value'].strip()}. Ask me about it any time in this session."
    if count := COUNT.search(last):
        return "\n".join(str(number) for number in range(1, int(count["to"]) + 1))
    if CODE.search(last):
        return f"Here is a small function:\n\n```python\n{_CODE}```\n\nA real model would write what you asked for."
    if LONG.search(last):
        return _STORY
    return _plain(last, len(said))


def _recall(what: str, said: Sequence[str]) -> str:
    wanted = what.strip().casefold()
    for text in reversed(said):
        for fact in reversed(list(FACT.finditer(text))):
            if fact["what"].strip().casefold() == wanted:
                return f"Your {what.strip()} is {fact['value'].strip()}. You told me earlier in this session."
    return f"I don't know your {what.strip()}: you haven't told me in this session."


def _plain(last: str, count: int) -> str:
    words = " ".join(last.split())
    quoted = words if len(words) <= 60 else words[:59].rstrip() + "…"
    openings = ("You wrote", "I read", "Here in this session you asked about")
    return (
        f"{openings[count % len(openings)]} “{quoted}”. I'm only a small demo, so I can't say much about it, "
        "but I remember what you tell me here: try “My favorite color is green”, then ask me for it."
    )


_CODE: Final = 'def greet(name: str) -> str:\n    """Greet somebody by name."""\n    return f"Hello, {name}!"\n'

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
