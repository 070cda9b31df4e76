"""A short soak, so that the long one never rots."""

import sys
from pathlib import Path

import pytest

from tests.soak.kills import kill_again_and_again


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_few_kills_break_no_promise(tmp_path: Path) -> None:
    report = await kill_again_and_again(tmp_path, kills=4, every=4, seed=1, seconds=60)
    assert (report.kills, report.looks, report.faults) == (4, 1, [])
