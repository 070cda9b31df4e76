"""CSV and TSV: which text is one, and how it reads."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.parsing import parse
from documents.results import Limits, Written

LIMITS = Limits(characters=1000)


def kind(content: str, name: str) -> str:
    result = parse(content.encode(), name, LIMITS)
    assert isinstance(result, Written)
    return result.kind


def test_table_reads_as_markdown_with_its_number_of_rows() -> None:
    content = b'name,town\r\nAnn,"Berlin, Mitte"\r\nBob,"a|b\nc"\r\n'
    drawn = (
        "Rows, the first one included: 3. Columns: 2.\n\n"
        "| name | town |\n| --- | --- |\n| Ann | Berlin, Mitte |\n| Bob | a\\|b c |"
    )
    assert parse(content, "people.csv", LIMITS) == Written(kind="CSV", text=drawn, pages=None, cut=False)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found(delimiter: str) -> None:
    content = "\n".join(delimiter.join(row) for row in (["a", "b", "c"], ["1", "2", "3"], ["4", "5", "6"]))
    assert kind(content, "") == "CSV"
    assert kind(content, "table.csv") == "CSV"


@pytest.mark.parametrize(
    "content",
    [
        "Dear Ann,\nas I said, it rains.\nYours, Bob\n",
        "call(a, b)\ncall(c, d)\ncall(e, f)\n",
        "one,two,three\n",
        "roses are red, so red\nviolets are blue, so blue\nsugar is sweet, so sweet\n",
    ],
)
def test_prose_and_code_with_commas_are_no_table(content: str) -> None:
    assert kind(content, "words.txt") == "text"


def test_name_breaks_the_tie() -> None:
    content = "name,town\nAnn,Berlin\n"
    assert kind(content, "people.csv") == "CSV"
    assert kind(content, "people.txt") == "text"


def test_title_above_a_table_is_borne_where_the_name_says_table() -> None:
    assert kind("Report of May\n\na,b\n1,2\n3,4\n", "report.csv") == "CSV"


def test_rows_beyond_the_limit_are_counted_all_the_same() -> None:
    result = parse(b"a,b\n" + b"1,2\n" * 5000, "long.csv", LIMITS)
    assert isinstance(result, Written)
    assert result.text.startswith("Rows, the first one included: 5,001. ")
    assert (len(result.text), result.cut) == (1000, True)


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1," + "x" * 200_000,
        "a,b\n" + "1," * 200_000,
        'a,b\n1,"' + "never closed\n" * 20_000,
        "a,b\n" * 200 + "1," + "x" * 200_000,
    ],
    ids=["field", "row", "quote", "late"],
)
def test_giant_cell_or_row_is_no_way_around_the_limit(content: str) -> None:
    result = parse(content.encode(), "giant.csv", LIMITS)
    assert isinstance(result, Written)
    assert (len(result.text), result.cut) == (1000, True)


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters='|"\ufeff'), min_size=1, max_size=8)


@settings(deadline=None)  # a busy machine is no hazard
@given(st.integers(3, 5).flatmap(lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=3, max_size=8)))
def test_every_cell_of_a_written_table_is_read(rows: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    result = parse(file.getvalue().encode(), "table.csv", Limits())
    assert isinstance(result, Written)
    lines = result.text.split("\n")[2:]
    read = [line.removeprefix("| ").removesuffix(" |").split(" | ") for line in (lines[0], *lines[2:])]
    assert read == rows
