"""`docs/reliability.md` and the tests are in step."""

import re
from pathlib import Path

import pytest

from agent.errors import ModelError

ROOT = Path(__file__).parent.parent
TABLE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)


@pytest.mark.parametrize(("file", "test"), SHOWN)
def test_each_named_test_is_there(file: str, test: str) -> None:
    assert re.search(rf"^(async )?def {test}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)


def test_each_line_names_a_test() -> None:
    lines = [line for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| What"))]
    assert [line for line in lines if "`tests/" not in line] == []
    assert len(lines) > 40


@pytest.mark.parametrize("kind", sorted({ModelError.kind, *(error.kind for error in ModelError.__subclasses__())}))
def test_each_failure_of_the_model_has_its_line(kind: str) -> None:
    assert f"`{kind}`" in TABLE
