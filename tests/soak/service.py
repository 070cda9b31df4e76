"""The state machine of `tests/service/` for as many steps as are asked for."""

from unittest.mock import patch

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import wiring
from tests.service.machine import Service

EXAMPLES = 50
STEPS = 40


def many_steps(*, steps: int, first_seed: int) -> tuple[int, list[str]]:
    """Run until so many steps are done; how many were, and the failure if there was one."""
    profile = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    Service.steps, number = 0, first_seed
    with patch.object(wiring, "GRACE", 0.05):
        while Service.steps < steps:
            try:
                run_state_machine_as_test(seed(number)(Service), settings=profile)
            except Exception as error:  # noqa: BLE001 - whatever it is, the report tells of it
                return Service.steps, [f"seed {number}: {type(error).__name__}: {error}"]
            number += 1
    return Service.steps, []
