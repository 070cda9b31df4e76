"""A short soak, so that the long one never rots."""

import sys
from pathlib import Path

import pytest

from tests.soak.flat import many_turns
from tests.soak.kills import kill_again_and_again


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_few_kills_break_no_promise(tmp_path: Path) -> None:
    report = await kill_again_and_again(tmp_path, kills=2, every=2, seed=1, seconds=60)
    assert (report.kills, report.looks, report.faults) == (2, 1, [])


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
async def test_a_few_kills_while_all_else_fails_break_none_either(tmp_path: Path) -> None:
    report = await kill_again_and_again(tmp_path, kills=2, every=2, seed=2, seconds=60, troubled=True)
    assert (report.kills, report.looks, report.faults) == (2, 1, [])


@pytest.mark.skipif(sys.platform != "linux", reason="only there can it be looked at from outside")
async def test_a_few_turns_and_switches_leave_nothing(tmp_path: Path) -> None:
    measures, faults = await many_turns(tmp_path, turns=160, seed=1, rest=0.2)
    assert [measure.turns for measure in measures] == list(range(16, 161, 16))
    assert faults == []
