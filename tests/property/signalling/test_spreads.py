"""Spreads against the spans themselves."""

import math

from hypothesis import given
from hypothesis import strategies as st

from shiftline.signalling.propagation.model import BOUNDS, RATIO, Spread, spread_of

spans = st.lists(st.floats(min_value=0.0001, max_value=100.0), max_size=60)


@given(spans, st.sampled_from([0.01, 0.5, 0.9, 0.99, 1.0]))
def test_a_percentile_is_never_too_short_and_a_tenth_too_long_at_most(seconds: list[float], share: float) -> None:
    told = spread_of(seconds).percentile(share)
    if not seconds:
        assert told is None
        return
    exact = sorted(seconds)[math.ceil(share * len(seconds) - 1e-9) - 1]
    assert told is not None
    assert exact <= told * (1 + 1e-9)
    assert told <= max(BOUNDS[0], exact * RATIO) * (1 + 1e-9)


@given(spans, spans)
def test_spreads_add_up(some: list[float], others: list[float]) -> None:
    assert spread_of(some) + spread_of(others) == spread_of([*some, *others])
    assert Spread() + spread_of(some) == spread_of(some)
