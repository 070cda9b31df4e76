"""Laws of what is shown of tables and formulas, and the hazards that named them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.graphemes import cells, units
from delivery.readable import readable
from delivery.splitting import split
from delivery.tables import WIDEST
from tests.delivery.test_splitting import LIMIT, PIECES, is_balanced

CHARACTERS = st.sampled_from([*"abcXYZ 019_.:", "漢", "字", "é", "e\u0301", "😀", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "\u200b"])
WORDS = st.lists(CHARACTERS, max_size=12).map("".join).map(str.strip)
PROSE = PIECES.filter(lambda piece: "`" not in piece)
TABLE_PIECES = st.sampled_from(
    ["| a | b |\n", "|---|--:|\n", "| 漢字 | ❤️ |\n", "|", "\n", "a | b\n", "--|--\n", "$x_1$", "\\(", "\\)"]
)
anything = st.lists(PIECES | TABLE_PIECES, max_size=80).map("".join)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    wide = draw(st.integers(1, 4))
    rows = draw(st.lists(st.lists(WORDS, min_size=wide, max_size=wide), min_size=2, max_size=6))
    header, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([header, "|" + ":--|" * wide, *body]), rows


@given(tables())
def test_a_table_loses_no_word_and_its_columns_begin_below_one_another(drawn: tuple[str, list[list[str]]]) -> None:
    text, rows = drawn
    shown = readable(text)
    for row in rows[1:]:
        assert all(cell in shown for cell in row)
    if not shown.startswith("```"):
        return
    _, header, dashes, *body, _ = shown.split("\n")
    assert cells(dashes) <= WIDEST
    begins = [0, *(found.end() for found in re.finditer("  ", dashes))]
    for line, row in zip([header, *body], rows, strict=True):
        for at, cell in zip(begins, row, strict=True):
            assert not cell or any(cells(line[:cut]) == at and line.startswith(cell, cut) for cut in range(len(line) + 1))


@given(anything, st.booleans())
def test_whatever_is_shown_fits_and_is_balanced(text: str, growing: bool) -> None:
    for part in split(readable(text, growing=growing), LIMIT):
        assert units(part) <= LIMIT
        assert is_balanced(part)


@given(st.lists(PROSE, max_size=80).map("".join), st.booleans())
def test_a_text_without_tables_and_formulas_stays_to_the_character(text: str, growing: bool) -> None:
    assert readable(text, growing=growing) == text


@given(tables(), st.lists(PROSE, max_size=20).map("".join), st.data())
def test_a_table_that_has_ended_does_not_change_while_the_text_grows(
    drawn: tuple[str, list[list[str]]], after: str, data: st.DataObject
) -> None:
    done = f"{drawn[0]}\n\n"
    grown = data.draw(st.integers(0, len(after)))
    assert readable(done + after[:grown], growing=True) == readable(done) + after[:grown]


@given(tables().filter(lambda drawn: len(drawn[1]) > 2), st.data())
def test_a_table_is_never_seen_half(drawn: tuple[str, list[list[str]]], data: st.DataObject) -> None:
    """What is shown of a growing one is what its whole lines would be; before it is one, nothing of it is."""
    lines = f"So:\n\n{drawn[0]}".split("\n")
    at = data.draw(st.integers(0, len("\n".join(lines))))
    text = "\n".join(lines)[:at]
    whole = text.count("\n")
    expected = lines[:whole] if whole >= 4 else lines[: min(whole, 2)]
    assert readable(text, growing=True).rstrip() in {readable("\n".join(expected)).rstrip(), text.rstrip() if whole < 2 else ""}


def test_what_is_in_a_fence_stays() -> None:
    text = "```md\n| a | b |\n|---|---|\n| $x_1$ | \\(y\\) |\n```\nand `$x_1$`"
    assert readable(text) == text


def test_wide_links_and_right_to_left_rows_are_lines_of_their_own() -> None:
    text = "| Name | Where |\n|---|---|\n| docs | [here](https://example.org) |\n| שם | עיר |"
    assert readable(text) == "**Name:** docs\n**Where:** [here](https://example.org)\n\n**Name:** שם\n**Where:** עיר"
    assert readable(f"| a | b |\n|--|--|\n| 1 | {'word ' * 20}|") == f"**a:** 1\n**b:** {('word ' * 20).strip()}"


def test_numbers_stand_below_one_another() -> None:
    assert readable("| n | **Sum** |\n|:-:|---:|\n| 漢 | 5 |\n| b\\|c | `10` |") == (
        "```\n n   Sum\n---  ---\n漢     5\nb|c   10\n```"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"so \(a_1 * b_2\) is", "so `a_1 * b_2` is"),
        (r"\[ x^2 \]", "`x^2`"),
        ("\\[\nx = \\frac{a}{b}\n\\]", "```tex\nx = \\frac{a}{b}\n```"),
        ("$$\na_1\n\\\\\nb\n$$\nyes", "```tex\na_1\n\\\\\nb\n```\nyes"),
        ("$x_1$, $$y_2$$", "`x_1`, `y_2`"),
        ("costs $5 and $10_000$20", "costs $5 and $10_000$20"),
        (r"\[sic\]", r"\[sic\]"),
        ("a $ b_c $ d", "a $ b_c $ d"),
    ],
)
def test_formulas_are_read_as_they_were_written_and_prices_stay(text: str, shown: str) -> None:
    assert readable(text) == shown


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "hostile",
    ["|" * 300_000, "|-" * 150_000, "| a |\n" * 50_000, "|-|\n" * 75_000, "$" * 300_000, "\\(" * 50_000, "$$\n" * 50_000],
)
def test_hostile_text_costs_no_more_than_its_length(hostile: str) -> None:
    assert readable(hostile, growing=True) is not None  # quadratic work would run into the timeout
