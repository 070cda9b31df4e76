"""No test sees the settings of whoever runs it, so none can reach a real bot or a real model.

Tests that had no browser to run in are counted aloud at the end: a green run must not look like a whole one.
"""

import os

import pytest

from settings import Settings
from tests.playground.page.chromium import NONE_FOUND, notice


def pytest_configure() -> None:
    for name in Settings.model_fields:
        os.environ.pop(name.upper(), None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports: list[pytest.TestReport] = terminalreporter.stats.get("skipped", [])
    left_out = sum(NONE_FOUND in str(report.longrepr) for report in reports)
    if left_out:
        terminalreporter.section("no browser", red=True, bold=True)
        terminalreporter.line(notice(left_out), red=True, bold=True)
