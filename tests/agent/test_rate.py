"""A person's own pace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import TooFast
from agent.rate import WINDOW, Rate


def test_one_more_than_the_limit_is_told_when_to_come_back() -> None:
    times = [0.0, 10.0, 20.0, 20.0]
    rate = Rate(3, lambda: times.pop(0))
    for _ in range(3):
        rate.count(1)
    with pytest.raises(TooFast, match=r"more than 3 messages in a minute.*again in 40 s"):
        rate.count(1)


def test_others_are_not_held_up_and_zero_is_no_limit() -> None:
    rate = Rate(1, lambda: 0.0)
    rate.count(1)
    rate.count(2)
    free = Rate(0, lambda: 0.0)
    for _ in range(1000):
        free.count(1)


@given(st.integers(1, 5), st.lists(st.tuples(st.integers(0, 2), st.floats(0, 40)), max_size=60))
def test_no_minute_has_more_than_the_limit_and_none_is_refused_without_need(limit: int, sends: list[tuple[int, float]]) -> None:
    now = 0.0
    taken: dict[int, list[float]] = {}
    rate = Rate(limit, lambda: now)
    for person, pause in sends:
        now += pause
        recent = [time for time in taken.setdefault(person, []) if time > now - WINDOW]
        try:
            rate.count(person)
        except TooFast:
            assert len(recent) == limit
        else:
            assert len(recent) < limit
            taken[person].append(now)
