"""The page about exports shows what is written and read."""

import re
from io import BytesIO
from pathlib import Path

from tests.transfer.samples import BRANCHED, only, written
from transfer import json_file

PAGE = (Path(__file__).parents[2] / "docs/export.md").read_text(encoding="utf-8")


def example() -> bytes:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    return block.encode()


def fields_in_table(head: str) -> set[str]:
    (table,) = re.findall(rf"\| {head} \| is \|\n(.*?)\n\n", PAGE, re.DOTALL)
    return {field for line in table.split("\n")[1:] for field in re.findall(r"`(\w+)`", line.split("|")[1])}


def test_example_is_read_and_written_as_it_stands() -> None:
    assert written(json_file.write, only(json_file.read(BytesIO(example())))) == example()


def test_tables_name_every_field() -> None:
    assert fields_in_table("Field of `session`") == json_file.session_fields(BRANCHED.session).keys()
    assert fields_in_table("Field of an entry") == json_file.entry_fields(BRANCHED.entries[0]).keys()
