"""Folding an hour in parts gives what folding it at once gives, and profiles are those of the parts that have some."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_snapshots import snapshot

from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile
from tools.history.folding import fold
from tools.history.rows import to_bytes, to_row, to_sizes
from tools.history.tables import FIGURES, HOUR_FIGURES

BINS = len(PROFILE_EDGES_PCT)
Prices = tuple[float, float, float]
"""Best bid, best ask and the US dollar's rate."""
PRICES = st.tuples(st.floats(99, 99.9), st.floats(100, 101), st.floats(0.5, 2))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(PRICES, min_size=1, max_size=6), st.lists(PRICES, min_size=1, max_size=6))
def test_two_parts_of_an_hour_make_the_mean_the_lowest_and_the_highest_of_all_its_snapshots(earlier: list[Prices], later: list[Prices]) -> None:
    parts = [[to_row(snapshot(best_bid=bid, best_ask=ask, usd_rate=rate, depth_usd=1e6 * rate)) for bid, ask, rate in part] for part in (earlier, later)]
    rows = [*parts[0], *parts[1]]

    folded = fold(parts[1], [], fold(parts[0], [], None))

    values = {name: [row[name] for row in rows] for name in FIGURES}
    values["spread_pct"] = [
        float(200 * (Decimal(row["best_ask"]) - Decimal(row["best_bid"])) / (Decimal(row["best_ask"]) + Decimal(row["best_bid"]))) for row in rows
    ]
    expected = {f"{name}{of}": how(values[name]) for name in HOUR_FIGURES for of, how in (("", mean), ("_min", min), ("_max", max))}
    assert {name: folded[name] for name in expected} == pytest.approx(expected, rel=1e-12)
    assert (folded["samples"], folded["sizes"]) == (len(rows), None)


def mean(values: list[float]) -> float:
    return float(sum(map(Decimal, values)) / len(values))


@pytest.mark.parametrize(("earlier", "later"), [(True, True), (True, False), (False, True), (False, False)])
def test_the_profile_of_two_parts_is_the_mean_of_the_parts_that_have_one(earlier: bool, later: bool) -> None:
    first, second = ([3.0, 5.0, 10.0] if earlier else []), ([1.0, 1.0] if later else [])
    rows = [to_row(snapshot(after_s=second)) for second in range(5)]

    before = fold(rows[:3], list(map(stored, first)), None)
    folded = fold(rows[3:], list(map(stored, second)), before)

    if not (earlier or later):
        assert folded["sizes"] is None
        return
    bids, asks = np.split(to_sizes([folded["sizes"]])[0], 2)
    expected = mean([*first, *second])
    np.testing.assert_allclose(bids, [expected] * BINS, rtol=1e-6)
    np.testing.assert_allclose(asks, [expected + 0.5] * (BINS - 1) + [np.nan], rtol=1e-6)


def stored(size: float) -> bytes:
    return to_bytes(DepthProfile(bid_sizes=[size] * BINS, ask_sizes=[*[size + 0.5] * (BINS - 1), None]))


@pytest.mark.parametrize(("masks", "kept"), [((0b1111, 0b0111), 0b0111), ((0b1010, 0b0101), 0), ((0b1,), 0b1)])
def test_a_band_of_an_hour_is_complete_where_it_was_in_all_its_snapshots(masks: tuple[int, ...], kept: int) -> None:
    rows = [{**to_row(snapshot()), "complete": mask} for mask in masks]

    at_once, in_parts = fold(rows, [], None), fold(rows[1:] or rows, [], fold(rows[:1], [], None))

    assert (at_once["complete"], in_parts["complete"]) == (kept, kept)
