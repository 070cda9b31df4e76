"""What the built-in demo model remembers: plain statements in the user's own messages ("My favorite color is green", "I live
in Paris") and the questions that ask for them. It has no memory but the text that it is given.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

_WORD: Final = r"[\w'\u2019-]+"
_THING: Final = rf"(?P<thing>(?:{_WORD} ){{0,4}}?{_WORD})"
# A question states nothing, so what ends in "?" is no value.
_VALUE: Final = r"(?P<value>(?:[^.!?\n]|[.](?=\w)){1,200}?)(?=\s*(?:$|\n|!|[.](?!\w)|,? (?:and|but) (?:my|i) ))"
_DOING: Final = r"live in|work (?:on|at|in|for|as|with)|come from|like|love|prefer"

OWNED: Final = re.compile(rf"\bmy {_THING} (?P<verb>is|are|was|were) {_VALUE}", re.IGNORECASE)
DONE: Final = re.compile(rf"(?:^|[.!?,:\n] ?|\b(?:and|but|that) )i (?P<verb>{_DOING}) {_VALUE}", re.IGNORECASE)
CALLED: Final = re.compile(rf"\b(?:i'm called|i am called|call me) {_VALUE}", re.IGNORECASE)

ASKED_THING: Final = re.compile(
    rf"\b(?:what|who|which|remember|know|tell me)\b.*?\bmy {_THING}(?: (?:is|are|was|were))?(?: again| now)?\s*[?.!]*$",
    re.IGNORECASE,
)
ASKED_DOING: Final = re.compile(
    rf"\b(?:what|where|who|which)\b.*?\bdo i (?P<verb>{_DOING}|live|work)(?: again| now)?\s*[?.!]*$", re.IGNORECASE
)
ASKED_NAME: Final = re.compile(r"\b(?:who am i|what am i called)\b", re.IGNORECASE)
ASKED_ALL: Final = re.compile(
    r"\bwhat (?:do|did) (?:you|i) (?:know|remember|tell you)\b(?! what)(?: about me| about me now)?\s*[?.!]*$", re.IGNORECASE
)
SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|\n+")
LONGEST_STATEMENT: Final = 4000
LONGEST_QUESTION: Final = 300
"""Characters at a message's end in which a question is looked for; the search grows with their square."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the person said of themselves."""

    key: str
    """What it is asked by: "favorite color", "live in"."""
    sentence: str
    """The fact as it is told back, without the end: "your favorite color is green"."""


def facts_in(text: str) -> list[Fact]:
    """The facts that a message states, in its order; of a long paste, its end."""
    text = text[-LONGEST_STATEMENT:]
    found: list[tuple[int, Fact]] = []
    for match in OWNED.finditer(text):
        thing, value = match["thing"], match["value"].strip()
        found.append((match.start(), Fact(_key(thing), f"your {thing} {match['verb'].casefold()} {value}")))
    for match in DONE.finditer(text):
        verb = match["verb"].casefold()
        found.append((match.start(), Fact(verb, f"you {verb} {match['value'].strip()}")))
    found += [(match.start(), Fact("name", f"your name is {match['value'].strip()}")) for match in CALLED.finditer(text)]
    return [fact for _, fact in sorted(found, key=lambda pair: pair[0])]


def recall(said: Sequence[str]) -> str | None:
    """The answer to the last message, if its last sentence asks for a fact; `said` is all that the person said, in order."""
    question = SENTENCES.split(said[-1].strip())[-1][-LONGEST_QUESTION:] if said else ""
    if facts_in(question):
        return None
    if ASKED_ALL.search(question):
        return _all_of(said)
    for asked, missing in _wanted(question):
        fact = next((fact for fact in _newest_first(said) if fact.key == asked or fact.key.startswith(f"{asked} ")), None)
        if fact is not None:
            return f"{fact.sentence[0].upper()}{fact.sentence[1:]}. You told me earlier in this session."
        return f"I don't know {missing}: you haven't told me in this session."
    return None


def _wanted(question: str) -> Iterator[tuple[str, str]]:
    """The key that is asked for, and how to name it where it is not known."""
    if match := ASKED_DOING.search(question):
        verb = match["verb"].casefold()
        yield verb, f"{'where' if verb in ('live', 'work') else 'what'} you {verb}"
    elif ASKED_NAME.search(question):
        yield "name", "your name"
    elif match := ASKED_THING.search(question):
        yield _key(match["thing"]), f"your {match['thing'].strip()}"


def _all_of(said: Sequence[str]) -> str:
    newest: dict[str, Fact] = {fact.key: fact for text in said for fact in facts_in(text)}
    if not newest:
        return "You haven't told me anything about yourself in this session yet."
    return "In this session you told me:\n" + "\n".join(f"- {fact.sentence}" for fact in newest.values())


def _newest_first(said: Sequence[str]) -> Iterator[Fact]:
    for text in reversed(said):
        yield from reversed(facts_in(text))


def _key(thing: str) -> str:
    return thing.strip().casefold().replace("favourite", "favorite").replace("\u2019", "'")
