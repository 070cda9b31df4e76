"""CSV and TSV as a Markdown table, which models read well, with the number of rows, which they count badly."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

DELIMITERS: Final = ",;\t|"
SAMPLE: Final = 100
"""Rows by which a delimiter is chosen."""
MOST_COLUMNS: Final = 500


def table_of(text: str, name: str, characters: int) -> str | None:
    """The table that `text` is, to a little more than so many characters; `None` where it is none.

    A name that ends in `.csv` or `.tsv` is believed when most rows have the same number of columns, two or more. Else all of
    three rows or more must have the same number, three or more: prose and code often have a comma in each line.
    """
    is_named = name.lower().endswith((".csv", ".tsv"))
    delimiter = _delimiter_of(text, is_named=is_named)
    if delimiter is None:
        return None
    try:
        return _drawn(_rows(text, delimiter), characters)
    except csv.Error:  # a field without an end
        return None


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row)


def _delimiter_of(text: str, *, is_named: bool) -> str | None:
    """The one that makes the most columns. Not `csv.Sniffer`, which finds a table in nearly everything."""
    least_columns, least_rows, least_share = (2, 1, 0.5) if is_named else (3, 3, 1.0)
    found: dict[str, int] = {}
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in islice(_rows(text, delimiter), SAMPLE)]
        except csv.Error:
            continue
        columns, times = Counter(widths).most_common(1)[0] if widths else (0, 0)
        if least_columns <= columns <= MOST_COLUMNS and len(widths) >= least_rows and times >= least_share * len(widths):
            found[delimiter] = columns
    return max(found, key=found.__getitem__, default=None)


def _drawn(rows: Iterator[list[str]], characters: int) -> str:
    lines: list[str] = []
    size = count = columns = 0
    for row in rows:
        count += 1
        columns = max(columns, len(row))
        if size > characters:
            continue  # only counted
        lines.append(row_of(row))
        if count == 1:
            lines.append(row_of("---" for _ in row))
        size += len(lines[-1]) + 1
    return "\n".join((f"Rows, the first one included: {count:,}. Columns: {columns:,}.", "", *lines))


def row_of(cells: Iterable[str]) -> str:
    """A row of a Markdown table, each cell on one line."""
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"
