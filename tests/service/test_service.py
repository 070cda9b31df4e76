"""A short profile of the state machine over the whole bot; `make soak` runs it for at least 10,000 steps."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

import wiring
from tests.service.machine import Service

SHORT = settings(
    max_examples=8,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


def test_whatever_people_do_comes_out_as_in_the_plain_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "GRACE", 0.05)
    run_state_machine_as_test(Service, settings=SHORT)
