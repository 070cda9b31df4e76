"""Where there is no browser, that is said loudly or fails; it is never taken for a pass."""

from pathlib import Path

import pytest

from tests.conftest import pytest_terminal_summary
from tests.playground.page.chromium import NONE_FOUND, find_chromium, is_required


class Terminal:
    """What pytest writes to at the end of a run."""

    def __init__(self, *reasons: str) -> None:
        self.stats = {"skipped": [Skipped(reason) for reason in reasons]}
        self.lines: list[str] = []

    def section(self, title: str, **_: bool) -> None:
        self.lines.append(title)

    def line(self, text: str, **_: bool) -> None:
        self.lines.append(text)


class Skipped:
    def __init__(self, reason: str) -> None:
        self.longrepr = ("file", 1, f"Skipped: {reason}")


def test_skipped_browser_tests_are_counted_aloud() -> None:
    terminal = Terminal(NONE_FOUND, "there is no such signal", NONE_FOUND)
    pytest_terminal_summary(terminal)  # pyright: ignore[reportArgumentType]
    assert terminal.lines[-1].startswith("SKIPPED: 2 browser tests, no Chromium found: install one")


def test_a_run_that_left_out_nothing_says_nothing() -> None:
    terminal = Terminal("there is no such signal")
    pytest_terminal_summary(terminal)  # pyright: ignore[reportArgumentType]
    assert terminal.lines == []


def test_a_named_browser_is_the_one_even_if_it_is_not_there(tmp_path: Path) -> None:
    browser = tmp_path / "my-browser"
    assert find_chromium({"CHROMIUM": str(browser)}) is None
    browser.touch(mode=0o755)
    assert find_chromium({"CHROMIUM": str(browser)}) == str(browser)


@pytest.mark.parametrize(
    ("environ", "required"), [({}, False), ({"REQUIRE_BROWSER": "0"}, False), ({"REQUIRE_BROWSER": "1"}, True)]
)
def test_ci_requires_a_browser(environ: dict[str, str], required: bool) -> None:
    assert is_required(environ) is required
    assert "export REQUIRE_BROWSER=1" in (Path(__file__).parents[3] / ".ci/run").read_text(encoding="utf-8")
