"""Laws of cutting, and the hazards that named them."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.graphemes import is_boundary, units
from delivery.splitting import split

LIMIT = 200
FENCE_LINE = re.compile(r"^[ \t]*(> ?)?[ \t]*`{3,8}[^`\n]*$", re.MULTILINE)
LAST_RUN = re.compile(r"^(.*?)(?<!`)(`{3,8})(?!`)([^`\n]*)$", re.MULTILINE)
BEGINNING = re.compile(r"\s*(> ?)?\s*(([-*+]|\d+[.)])\s+)*")
PIECES = st.sampled_from(
    [
        "word ",
        "longerword",
        "\n",
        "\n\n",
        "    indented\n",
        "```python\n",
        "\n```\n",
        "```",
        "````md\n",
        "https://example.org/a/path?x=1 ",
        "[the docs](https://example.org/(a)) ",
        "[x",
        "](",
        "👩‍👩‍👧‍👦",
        "🇩🇪🇫🇷",
        "e\u0301",
        "漢字かな",
        "한국어",
        "\n> ",
        "\n- ",
        "**",
        "`",
        " " * 30,
        "x" * 90,
    ]
)
texts = st.lists(PIECES, max_size=120).map("".join) | st.text(max_size=900)


def squeezed(text: str) -> str:
    return "".join(FENCE_LINE.sub("", text).split())


def is_balanced(part: str) -> bool:
    marker = ""
    for found in LAST_RUN.finditer(part):
        before, run, info = found[1], found[2], found[3].strip()
        spans = len(re.findall("`{3,}", before))
        if marker:
            marker = "" if not info and len(run) >= len(marker) else marker
        elif found.end() == len(part):
            break
        elif BEGINNING.fullmatch(before) or (re.fullmatch(r"[\w+.#-]*", info) and spans % 2 == 0):
            marker = run
    return not marker


@given(texts)
def test_every_part_fits_has_words_and_closes_its_fences(text: str) -> None:
    for part in split(text, LIMIT):
        assert part.strip()
        assert units(part) <= LIMIT
        assert is_balanced(part)


@given(st.lists(PIECES.filter(lambda piece: "`" not in piece), max_size=120).map("".join))
def test_without_fences_nothing_but_white_space_at_cuts_is_lost(text: str) -> None:
    parts = split(text, LIMIT)
    assert "".join("".join(parts).split()) == "".join(text.split())
    at = 0
    for part in parts:
        at = text.index(part.lstrip("\n"), at) + len(part.lstrip("\n"))


@given(st.lists(PIECES.filter(lambda piece: piece not in {"```", "[x"}), max_size=120).map("".join))
def test_with_fences_nothing_but_their_lines_is_added(text: str) -> None:
    assert squeezed("\n".join(split(text, LIMIT))) == squeezed(text)


@given(texts, st.data())
def test_parts_before_the_last_stay_while_the_text_grows(text: str, data: st.DataObject) -> None:
    shorter = text[: data.draw(st.integers(0, len(text)))]
    done = split(shorter, LIMIT)[:-1]
    assert split(text, LIMIT)[: len(done)] == done


@given(st.lists(st.sampled_from(["👩‍👩‍👧‍👦", "🇩🇪", "e\u0301\u0323", "👍🏽", "각", "❤️"]), min_size=100, max_size=300))
def test_no_character_is_torn(characters: list[str]) -> None:
    text = "".join(characters)
    at = 0
    for part in split(text, LIMIT):
        at += len(part)
        assert is_boundary(text, at)


@given(
    st.integers(0, 260), st.sampled_from(["https://example.org/" + "p" * 100, "[some words](https://e.org/" + "p" * 80 + ")"])
)
def test_no_link_is_torn(before: int, link: str) -> None:
    text = "a" * before + " " + link + " and more words" * 20
    assert any(link in part for part in split(text, LIMIT))


def test_a_link_longer_than_a_part_is_still_delivered() -> None:
    link = "https://example.org/" + "p" * 500
    assert "".join(split(f"see {link}", LIMIT)) == f"see{link}"


def test_a_fence_is_reopened_with_its_language() -> None:
    code = "\n".join(f"line_{number} = {number}" for number in range(40))
    parts = split(f"Look:\n\n```python\n{code}\n```\nDone.", LIMIT)
    assert len(parts) > 2
    assert all(part.count("```python") == 1 and part.count("```") == 2 for part in parts)
    assert parts[-1].endswith("```\nDone.")


CODE = "\n".join(f"line {number} of it" for number in range(30))
STYLES = {
    "plain": f"```py\n{CODE}\n```\n",
    "in a list": f"1. ```py\n{CODE}\n   ```\n",
    "in a quote": "> ```py\n" + "".join(f"> {line}\n" for line in CODE.splitlines()) + "> ```\n",
    "opened late": f"Run this: ```py\n{CODE}\n```\n",
    "closed after code": f"```py\n{CODE}```\n",
}


@pytest.mark.parametrize("style", STYLES)
@given(st.integers(0, 150), st.integers(0, 600))
def test_fences_are_balanced_as_discord_reads_them(style: str, before: int, after: int) -> None:
    """Its clients take three backticks for a fence wherever they stand."""
    text = "x" * before + "\n\n" + STYLES[style] + "and so on " * (after // 10)
    for part in [*split(text, LIMIT), *split(text[: len(text) - after // 2], LIMIT)]:
        assert part.count("```") % 2 == 0
        assert ("line 7 of it" in part) <= ("```py" in part)


def test_a_quoted_fence_goes_on_in_its_quote() -> None:
    assert all(line.startswith("> ") for part in split(STYLES["in a quote"], LIMIT) for line in part.splitlines())


def test_words_after_a_fence_that_was_read_wrong_stay_as_they_are() -> None:
    text = "1. ```bash\n   make\n   ```\n2. Say ```x = 1``` and go on."
    assert split(text) == [text]


@given(
    st.integers(0, 260), st.sampled_from(["**bold words**", "`some code`", "```x = 1 + 2```", "||hidden words||", "~~old~~"])
)
def test_no_span_is_torn(before: int, span: str) -> None:
    text = "a " * (before // 2) + "a" * (before % 2) + " " + span + " and more words" * 20
    assert any(span in part for part in split(text, LIMIT))


def test_indentation_survives_a_cut_in_code() -> None:
    code = "\n".join(f"    step_{number}()" for number in range(40))
    assert all("\n    step_" in part for part in split(f"```py\n{code}\n```", LIMIT))


@pytest.mark.parametrize("text", ["", " \n\t\n", "\u3000"])
def test_a_blank_text_makes_no_message(text: str) -> None:
    assert split(text) == []


def test_a_paragraph_is_preferred_to_a_word() -> None:
    first, second = "one " * 30, "two " * 30
    assert split(f"{first.strip()}\n\n{second.strip()}", LIMIT) == [first.strip(), second.strip()]


@pytest.mark.parametrize(
    "hostile", ["[" * 300_000, "`" * 300_000, " " * 300_000 + "x", "🇩" * 100_000, "[a](" * 50_000, "a\n" * 100_000]
)
def test_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    began = time.monotonic()
    split(hostile)
    assert time.monotonic() - began < 5


@settings(max_examples=20)
@given(st.integers(1900, 2100))
def test_the_real_limit_is_kept(length: int) -> None:
    assert all(units(part) <= 2000 for part in split("😀" * length))
