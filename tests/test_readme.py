import re

from tests.readme import README, block_of, commands, transcript


async def test_the_table_of_commands_is_the_registered_tree() -> None:
    assert block_of(README.read_text(encoding="utf-8"), "commands") == await commands(), "run `make readme`"


async def test_the_first_visit_looks_as_the_readme_shows() -> None:
    shown = block_of(README.read_text(encoding="utf-8"), "transcript")
    assert without_times(shown) == without_times(await transcript()), "run `make readme`"


def without_times(text: str) -> str:
    return re.sub(r"\b(just now|\d+ \w+ ago|now)\b", "then", text)
