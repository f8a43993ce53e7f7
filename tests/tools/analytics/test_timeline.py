"""Where liquidity stood over time, against plain Decimal arithmetic on the same profiles."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON

from tools.analytics.series import Profiles
from tools.analytics.snapshot import PROFILE_EDGES_PCT
from tools.analytics.timeline import LiquidityTimeline, timeline
from tools.errors import InsufficientHistory

MARKET = ("live", "kraken", "SOL/EUR")
WINDOW = (NOON - timedelta(hours=6), NOON)
MINUTE = 60_000
BINS = len(PROFILE_EDGES_PCT)
NAN = np.nan


def profiles(columns: list[int], bids: list[list[float]], asks: list[list[float]], *, mid: float = 100.0, rate: float = 1.0, snapshots: int = 0) -> Profiles:
    """A profile per row, at so many minutes after six hours before NOON; shorter rows end where the book did."""
    start = round(WINDOW[0].timestamp() * 1_000)

    def side(rows: list[list[float]]) -> np.ndarray[Any, Any]:
        return np.array([[*row, *[NAN] * (BINS - len(row))] for row in rows]).reshape(-1, BINS)

    times = np.array([start + MINUTE * column for column in columns], dtype=np.int64)
    return Profiles(times, MINUTE, np.full(len(times), mid), np.full(len(times), rate), side(bids), side(asks), snapshots or len(times))


def at(minutes: int) -> datetime:
    return WINDOW[0] + timedelta(minutes=minutes)


def test_profiles_become_usd_by_distance_from_mid_and_a_gap_stays_a_gap() -> None:
    kept = profiles([0, 1, 4], [[1, 2], [3, 4], [5, 6]], [[10, 20], [30, 40], [50, 60]], mid=200, rate=1.1, snapshots=9)

    found = timeline(kept, MARKET, "sol", WINDOW, NOON + timedelta(seconds=1))

    # Bins end at 0.01 and 0.02 % of mid, so that their middles stand 0.005 and 0.015 % from it.
    prices = {"far bid": 219.967, "bid": 219.989, "ask": 220.011, "far ask": 220.033}
    none = [None, None]
    assert found == LiquidityTimeline(
        source="live",
        as_of=at(4),
        age_ms=1_000.0 * (60 * 356 + 1),
        warnings=["Drawn to 0.02% from mid: fewer than half of the recorded books reach farther on both sides."],
        symbol="sol",
        symbol_used="SOL/EUR",
        exchange="kraken",
        price_currency="EUR",
        base_currency="SOL",
        start=WINDOW[0],
        end=NOON,
        sample_count=9,
        column_seconds=60,
        edges_pct=[-0.02, -0.01, 0, 0.01, 0.02],
        times=[at(0), at(1), at(2), at(3), at(4)],
        mid_price=[200, 200, None, None, 200],
        usd=found.usd,
    )
    expected = {"far bid": [2, 4, *none, 6], "bid": [1, 3, *none, 5], "ask": [10, 30, *none, 50], "far ask": [20, 40, *none, 60]}
    assert found.usd == [[None if size is None else pytest.approx(size * prices[name]) for size in row] for name, row in expected.items()]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(st.data())
def test_every_bin_is_worth_its_size_at_its_middle_as_far_as_half_the_columns_know_on_both_sides(data: st.DataObject) -> None:
    columns = sorted(data.draw(st.sets(st.integers(0, 40), min_size=1, max_size=12)))
    row = st.lists(st.floats(0, 1e6), max_size=BINS)
    bids, asks = ([data.draw(row) for _ in columns] for _ in range(2))
    bids[0] = bids[0] or [1.0]
    rate = data.draw(st.sampled_from([1.0, 0.9993, 0.0071]))

    found = timeline(profiles(columns, bids, asks, mid=61_837.5, rate=rate), MARKET, "SOL", WINDOW, NOON)

    with_profile = [i for i in range(len(columns)) if bids[i] or asks[i]]
    reach = [sum(1 for i in with_profile if len(side[i]) > b) * 2 >= len(with_profile) for side in (bids, asks) for b in range(BINS)]
    both = [reach[b] and reach[BINS + b] for b in range(BINS)]
    bins = max(1, both.index(False) if False in both else BINS)
    outer = [Decimal(str(edge)) for edge in PROFILE_EDGES_PCT[:bins]]
    assert found.edges_pct == [*(-float(edge) for edge in reversed(outer)), 0.0, *map(float, outer)]
    assert found.times == [at(minute) for minute in range(columns[0], columns[-1] + 1)]
    for side, sign in ((bids, -1), (asks, 1)):
        for b, (inner, edge) in enumerate(zip([Decimal(0), *outer], outer, strict=False)):
            price = Decimal("61837.5") * Decimal(rate) * (1 + sign * (inner + edge) / 200)
            usd = found.usd[bins + b if sign > 0 else bins - 1 - b]
            known = {column: side[i][b] for i, column in enumerate(columns) if len(side[i]) > b}
            assert usd == [
                pytest.approx(float(Decimal(known[minute]) * price), rel=1e-9) if minute in known else None for minute in range(columns[0], columns[-1] + 1)
            ]
    assert LiquidityTimeline.model_validate_json(found.model_dump_json()) == found


def test_a_side_that_ends_early_narrows_both_and_the_answer_says_to_where() -> None:
    found = timeline(profiles([0, 1], [[1] * BINS] * 2, [[1] * 6, [1] * 3]), MARKET, "SOL", WINDOW, NOON)

    assert (found.edges_pct[0], found.edges_pct[-1]) == (-0.1, 0.1)
    assert found.warnings == ["Drawn to 0.1% from mid: fewer than half of the recorded books reach farther on both sides."]
    assert [row[1] for row in found.usd[-3:]] == [None] * 3


def test_books_that_reach_the_widest_edge_are_drawn_whole_without_a_word() -> None:
    found = timeline(profiles([0, 1], [[1] * BINS] * 2, [[1] * BINS] * 2), MARKET, "SOL", WINDOW, NOON)

    assert (len(found.usd), found.edges_pct[-1], found.warnings) == (2 * BINS, 5.0, [])


def test_columns_whose_snapshots_came_without_a_profile_are_null_and_do_not_count_against_the_rest() -> None:
    found = timeline(profiles([0, 1, 2], [[], [], [1] * BINS], [[], [], [1] * BINS]), MARKET, "SOL", WINDOW, NOON)

    assert found.edges_pct[-1] == 5.0
    assert {tuple(one is None for one in row) for row in found.usd} == {(True, True, False)}
    assert found.warnings == ["2 of 3 columns hold only snapshots without a depth profile."]


@pytest.mark.parametrize("kept", [profiles([], [], []), profiles([0, 1], [[], []], [[], []])], ids=["nothing", "no profiles"])
def test_a_window_without_any_profile_is_an_error_that_says_how_to_record(kept: Profiles) -> None:
    with pytest.raises(InsufficientHistory, match=r"There are no depth profiles of SOL on kraken in those 6 h, .*`liquidity record SOL --exchanges kraken`"):
        timeline(kept, MARKET, "SOL", WINDOW, NOON)
