"""Laws of cutting, and the hazards that named them."""

import re

import pytest
from hypothesis import example, given, settings
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


def goes_on_in_a_quote(text: str, at: int) -> bool:
    line = text.rfind("\n", 0, at) + 1
    return line < at and text[line : line + 2] == "> "


@given(st.lists(PIECES.filter(lambda piece: "`" not in piece), max_size=120).map("".join))
def test_without_fences_nothing_but_white_space_at_cuts_is_lost_and_a_torn_quote_goes_on_as_one(text: str) -> None:
    at = 0
    for part in split(text, LIMIT):
        at += len(text[at:]) - len(text[at:].lstrip())
        if goes_on_in_a_quote(text, at):
            assert part.startswith("> ")
            part = part.removeprefix("> ")  # noqa: PLW2901 - as it stands in the text
        assert text.startswith(part.lstrip(), at)
        at += len(part.lstrip())
    assert not text[at:].strip()


ARABIC = [
    "\u0645\u0631\u062d\u0628\u0627",
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0651\u064e\u0629",
    "\u0661\u0662\u0663",
    "\u0644\u0627",
]
HEBREW = ["\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd", "\u05e2\u05d1\u05e8\u05d9\u05ea", "\u05d1-\u05d2"]
PERSIAN = ["\u0645\u06cc\u200c\u0631\u0648\u0645", "\u06a9\u062a\u0627\u0628\u200c\u0647\u0627"]
MIXED = ["\u200eC++\u200f", "\u2067\u05d0\u05d1\u2069", "(Rust)", "3.14", "https://example.org/\u05d0"]


@given(st.lists(st.sampled_from([*ARABIC, *HEBREW, *PERSIAN, *MIXED]), min_size=30, max_size=200))
def test_no_word_that_runs_right_to_left_is_torn_and_their_order_stays(words: list[str]) -> None:
    """Which way a line runs its words decide (Unicode's bidirectional algorithm), so no mark is added."""
    assert " ".join(split(" ".join(words), LIMIT)).split() == words


ITEMS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["-", "*", "7."]), st.integers(1, 12)).map(
        lambda drawn: "   " * drawn[0] + drawn[1] + " word" * drawn[2]
    ),
    min_size=1,
    max_size=60,
)


@given(ITEMS)
def test_a_list_is_cut_between_its_items_which_keep_their_depth(items: list[str]) -> None:
    assert [line for part in split("\n".join(items), LIMIT) for line in part.splitlines()] == items


@given(ITEMS.map(lambda items: [f"> {item}" for item in items]))
def test_a_quote_is_cut_between_its_lines(lines: list[str]) -> None:
    assert [line for part in split("\n".join(lines), LIMIT) for line in part.splitlines()] == lines


def test_a_quote_of_one_long_line_is_a_quote_in_every_part_and_ends_with_it() -> None:
    *quoted, mine = split("> " + "words of somebody else " * 30 + "\n" + "mine " * 36, LIMIT)
    assert len(quoted) > 2
    assert all(part.startswith("> ") for part in quoted)
    assert mine == ("mine " * 36).strip()


@given(st.lists(PIECES.filter(lambda piece: piece not in {"```", "[x"}), max_size=120).map("".join))
@example("word word word word \n> " + "x" * 200)
def test_with_fences_nothing_is_added_but_their_lines_and_the_marks_of_a_torn_quote(text: str) -> None:
    assert squeezed("\n".join(split(text, LIMIT))).replace(">", "") == squeezed(text).replace(">", "")


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


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "hostile", ["[" * 300_000, "`" * 300_000, " " * 300_000 + "x", "🇩" * 100_000, "[a](" * 50_000, "a\n" * 100_000]
)
def test_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    assert split(hostile) is not None  # quadratic work would run into the timeout


@settings(max_examples=20)
@given(st.integers(1900, 2100))
def test_the_real_limit_is_kept(length: int) -> None:
    assert all(units(part) <= 2000 for part in split("😀" * length))
