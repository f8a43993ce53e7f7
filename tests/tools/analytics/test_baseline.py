"""Baselines against numpy, scipy, statistics and Decimal; percentiles against scipy."""

import statistics
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import bands, miss, series, snapshot
from scipy import stats

from tools.analytics.baseline import Baseline, baseline
from tools.analytics.dispersion import dispersion, percentile_of, quantile, robust_z
from tools.analytics.forecast import Forecast, Outlook
from tools.analytics.look import look
from tools.analytics.result import Record
from tools.analytics.same_hour import of_same_hour
from tools.analytics.series import Series
from tools.errors import InsufficientHistory

VALUES = st.one_of(st.floats(1e-6, 1e9), st.sampled_from([0.5, 1.0, 1.0, 2.0]))
COLUMNS = st.lists(VALUES, min_size=10, max_size=60)
NOT_COMPARED = "This hour of the week is not compared:"
NO_WEEKS = f"{NOT_COMPARED} fewer than two earlier weeks of it are recorded."
ONLY_MEANS = f"{NOT_COMPARED} earlier weeks of it are stored only as hourly means, which is what remains beyond the retention time."
ALMOST = {"rel": 1e-9, "abs": 1e-12}


def wave(n: int, *, low: float, high: float) -> np.ndarray[Any, Any]:
    """Values that wander between two bounds and never repeat a pattern within the window."""
    return low + (high - low) * (0.5 + 0.5 * np.sin(np.arange(n) ** 1.3))


def oracle(values: list[float], now: float) -> dict[str, Any]:
    """What numpy, scipy and statistics say of the same values."""
    middle = statistics.median(values)
    mad = float(stats.median_abs_deviation(values))
    return {
        "mean": pytest.approx(float(sum(map(Decimal, values)) / len(values)), **ALMOST),
        "std": pytest.approx(statistics.pstdev(map(Decimal, values)).__float__(), rel=1e-9, abs=1e-9 * max(map(abs, values))),
        "median": pytest.approx(middle, **ALMOST),
        "mad": pytest.approx(mad, rel=1e-9, abs=1e-15 * abs(middle)),
        "p5": pytest.approx(float(np.percentile(values, 5)), **ALMOST),
        "p95": pytest.approx(float(np.percentile(values, 95)), **ALMOST),
        "now": now,
        "percentile": pytest.approx(stats.percentileofscore(values, now, kind="mean"), **ALMOST),
        "z_score": None if mad == 0 else pytest.approx((now - middle) / (1.4826 * mad), rel=1e-9),
    }


def imbalance_pct(bid: float, ask: float) -> float:
    return float(100 * (Decimal(bid) - Decimal(ask)) / (Decimal(bid) + Decimal(ask)))


def told(one: Record | None) -> dict[str, Any]:
    assert one is not None
    return one.model_dump()


def test_a_baseline_says_of_every_figure_what_numpy_scipy_and_statistics_say() -> None:
    spread, depth = wave(300, low=0.04, high=0.09), wave(300, low=8e5, high=1.4e6)[::-1]
    imbalance, volume = wave(300, low=-30, high=40), wave(300, low=10, high=40)
    window = series(spread_pct=spread, depth_usd=depth, imbalance_pct=imbalance, total_volume_20=volume)
    current = snapshot(best_bid=99.97, best_ask=100.03, depth_usd=9e5, imbalance_pct=25)

    found = baseline(window, "BTC", 5, look(current), NOON + timedelta(seconds=3))

    assert told(found.spread) == oracle(window.spread_pct.tolist(), current.spread_percentage)
    assert told(found.depth) == oracle((window.bid_usd + window.ask_usd)[:, 5].tolist(), current.depth[5].total_usd)
    sides = zip(window.bid_usd[:, 5].tolist(), window.ask_usd[:, 5].tolist(), strict=True)
    now = imbalance_pct(current.depth[5].bid_usd, current.depth[5].ask_usd)
    assert told(found.imbalance) == {**oracle([imbalance_pct(*one) for one in sides], now), "now": pytest.approx(now)}
    assert found.model_dump(exclude={"spread", "depth", "imbalance"}) == {
        "source": "live",
        "as_of": NOON,
        "age_ms": 3_000.0,
        "warnings": [NO_WEEKS],
        "symbol": "BTC",
        "symbol_used": "BTC/USD",
        "exchange": "kraken",
        "base_currency": "BTC",
        "hours": 5,
        "start": NOON - timedelta(hours=5),
        "end": NOON,
        "sample_count": 300,
        "avg_spread_pct": pytest.approx(statistics.fmean(window.spread_pct.tolist()), rel=1e-9),
        "avg_volume": pytest.approx(statistics.fmean(volume.tolist()), rel=1e-9),
        "avg_liquidity_1pct_usd": pytest.approx(statistics.fmean(window.liquidity_1pct_usd.tolist()), rel=1e-9),
        "avg_liquidity_1pct_complete": True,
        "depth_band_pct": 5.0,
        "verdict": "usual",
        "hour_of_week": None,
        "forecast": None,
        "forecast_missing_days": None,
    }


@settings(max_examples=300, deadline=None, derandomize=True)
@given(COLUMNS, VALUES)
def test_dispersion_percentile_and_z_are_those_of_the_libraries(values: list[float], now: float) -> None:
    # What rounding may have made different counts as equal, which the library does not know.
    assume(not any(0 < abs(one - placed) <= 1e-12 * max(placed, 100) for placed in (now, values[0]) for one in values))
    found = dispersion(np.array(values))

    assert found is not None
    expected = oracle(values, now)
    computed = {name: getattr(found, name) for name in ("mean", "std", "median", "mad", "p5", "p95")}
    assert computed == {name: expected[name] for name in computed}
    assert percentile_of(found.ordered, now) == expected["percentile"]
    assert percentile_of(found.ordered, values[0]) == pytest.approx(stats.percentileofscore(values, values[0], kind="mean"), **ALMOST)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.floats(0, 1))
def test_quantiles_are_numpy_s_linear_ones(values: list[float], share: float) -> None:
    assert quantile(np.sort(values), share) == pytest.approx(float(np.quantile(values, share)), rel=1e-9, abs=1e-6)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12), st.floats(0, 1e12))
def test_a_robust_z_is_finite_or_none(value: float, median: float, mad: float) -> None:
    found = robust_z(value, median, mad)

    assert found is None or found == pytest.approx((value - median) / (1.4826 * mad))
    assert found is not None or mad <= 1e-12 * max(abs(value), abs(median))


def test_a_figure_that_never_moved_has_no_z_score() -> None:
    found = baseline(series(spread_pct=np.full(20, 0.1), depth_usd=wave(20, low=1, high=2)), "BTC", 1, look(snapshot()), NOON)

    assert (found.spread.mad, found.spread.z_score) == (pytest.approx(0, abs=1e-12), None)


@pytest.mark.parametrize(("found", "words"), [(0, "are no snapshots"), (1, "is 1 snapshot"), (9, "are 9 snapshots")])
def test_fewer_than_ten_samples_are_no_baseline_and_the_error_says_how_to_record_more(found: int, words: str) -> None:
    window = series(source="simulated", start=NOON - timedelta(hours=24), times_s=[-60.0 * i for i in reversed(range(found))])

    with pytest.raises(InsufficientHistory) as error:
        baseline(window, "btc", 24, None, NOON)

    assert (error.value.found, error.value.needed, error.value.kind) == (found, 10, "insufficient_history")
    assert f"There {words} of btc on kraken in those 24 h" in str(error.value)
    assert "`liquidity record btc --exchanges kraken --demo`" in str(error.value)


def test_too_few_samples_because_the_venue_gave_no_valid_book_are_said_to_be_that() -> None:
    window = series(start=NOON - timedelta(hours=24), times_s=[-60.0, 0.0], failed_s=[-60.0 * minute for minute in range(2, 10)])

    with pytest.raises(InsufficientHistory) as error:
        baseline(window, "btc", 24, None, NOON)

    assert str(error.value) == (
        "There are 2 snapshots of btc on kraken in those 24 h, and 10 are needed:"
        " kraken gave no valid book at 8 looks in that time; ask for a longer window, or for another time with until."
    )


def test_a_few_failed_looks_are_not_the_reason_where_too_little_was_recorded_anyway() -> None:
    window = series(start=NOON - timedelta(hours=24), times_s=[-60.0, 0.0], failed_s=[-60.0 * minute for minute in range(2, 9)])

    with pytest.raises(InsufficientHistory, match="record more with `liquidity record btc --exchanges kraken`"):
        baseline(window, "btc", 24, None, NOON)


def test_an_average_of_depths_that_may_be_more_is_said_to_be_at_least_that() -> None:
    complete = np.ones((30, 6), bool)
    complete[:4, 3:] = False
    complete[7, 4:] = False

    found, whole = (baseline(series(complete=covered, spread_pct=np.full(30, 0.1)), "BTC", 1, look(snapshot()), NOON) for covered in (complete, True))

    told = "In 4 of 30 snapshots depth within 1% and wider is a lower bound: on average liquidity within 1% is at least what is given."
    assert (found.avg_liquidity_1pct_complete, told in found.warnings) == (False, True)
    assert (whole.avg_liquidity_1pct_complete, whole.warnings) == (True, [NO_WEEKS])


def test_the_band_is_the_widest_that_every_snapshot_covers_and_one_shallow_book_narrows_it() -> None:
    complete = np.ones((30, 6), bool)
    complete[7, 3:] = False
    told = "In 1 of 30 snapshots depth within 1% and wider is a lower bound: on average liquidity within 1% is at least what is given."
    current = snapshot(depth_usd=2e6, bid_complete=[True] * 3 + [False] * 3)

    found = baseline(series(depth_usd=np.full(30, 1e6), complete=complete), "BTC", 1, look(current), NOON)

    assert (found.depth_band_pct, found.depth and found.depth.median, found.depth and found.depth.now) == (0.5, pytest.approx(4e5), pytest.approx(8e5))
    assert found.warnings == [told, NO_WEEKS]


def test_without_a_band_that_every_snapshot_covers_depth_and_imbalance_are_null_and_the_answer_says_so() -> None:
    complete = np.ones((30, 6), bool)
    complete[7] = False

    found = baseline(series(spread_pct=np.full(30, 0.1), complete=complete), "BTC", 1, look(snapshot()), NOON)

    assert (found.depth_band_pct, found.depth, found.imbalance) == (None, None, None)
    assert found.warnings == [
        "No depth band was covered by every snapshot, so depth and imbalance are left out.",
        "In 1 of 30 snapshots depth within 1% and wider is a lower bound: on average liquidity within 1% is at least what is given.",
        NO_WEEKS,
    ]


def test_a_book_of_now_that_does_not_reach_the_band_is_not_compared_in_it() -> None:
    current = snapshot(ask_complete=[True] * 5 + [False])

    found = baseline(series(depth_usd=wave(30, low=1, high=2)), "BTC", 1, look(current), NOON)

    assert found.depth is not None
    assert found.imbalance is not None
    assert (found.depth_band_pct, found.depth.now, found.depth.percentile, found.depth.z_score, found.imbalance.now) == (5.0, None, None, None, None)
    assert found.warnings == ["The book of now does not cover 5% from mid on both sides, so its depth and imbalance are not compared.", NO_WEEKS]


def imported(n: int, *, without_bands: slice, **columns: Any) -> Series:
    """A window of which some snapshots came from a file without depth bands."""
    bid = np.full((n, 6), 5e5)
    bid[without_bands] = np.nan
    complete = np.ones((n, 6), bool)
    complete[without_bands] = False
    return series(times_s=-60.0 * np.arange(n - 1, -1, -1), bid_usd=bid, ask_usd=bid, complete=complete, **columns)


@pytest.mark.parametrize(("without_bands", "which"), [(slice(None), "every snapshot"), (slice(3, 8), "5 of 30 snapshots")])
def test_snapshots_imported_without_bands_are_judged_by_liquidity_within_1_pct_with_a_warning(without_bands: slice, which: str) -> None:
    liquidity = wave(30, low=1e5, high=2e5)
    window = imported(30, without_bands=without_bands, liquidity_1pct_usd=liquidity)

    found = baseline(window, "BTC", 1, look(snapshot(liquidity_1pct_usd=1.5e5)), NOON)

    assert told(found.depth) == oracle(liquidity.tolist(), 1.5e5)
    assert (found.depth_band_pct, found.imbalance) == (1.0, None)
    assert found.warnings == [
        f"Depth is that within 1% of mid, which may be a lower bound, and imbalance is left out: {which} came without depth bands.",
        NO_WEEKS,
    ]


def test_what_nobody_knows_is_null_with_a_warning_and_never_nan() -> None:
    nothing = imported(30, without_bands=slice(None), liquidity_1pct_usd=np.nan, total_volume_20=np.nan)

    found = baseline(nothing, "BTC", 1, None, NOON)

    assert (found.avg_volume, found.avg_liquidity_1pct_usd, found.depth, found.spread.now, found.spread.percentile, found.verdict) == (None,) * 6
    assert found.warnings == [
        "Now is not known, so nothing is compared with the baseline.",
        "Depth and imbalance are left out: every snapshot came without depth bands.",
        "Volume is unknown in 30 of 30 snapshots, which are left out of it.",
        "Liquidity within 1% is unknown in 30 of 30 snapshots, which are left out of it.",
        NO_WEEKS,
    ]


def test_samples_that_do_not_know_a_figure_are_left_out_of_it_alone() -> None:
    mid, volume = np.full(40, 100.0), wave(40, low=1, high=2)
    mid[3], volume[5] = np.nan, np.nan

    found = baseline(series(mid=mid, total_volume_20=volume), "BTC", 1, look(snapshot()), NOON)

    assert found.sample_count == 39
    assert found.avg_volume == pytest.approx(float(np.nanmean(np.delete(volume, 3))))
    assert found.warnings == [
        "1 of 40 snapshots know no prices and are left out.",
        "Volume is unknown in 1 of 39 snapshots, which are left out of it.",
        NO_WEEKS,
    ]


def test_a_band_with_nothing_in_it_has_depth_0_and_no_imbalance() -> None:
    depth = wave(30, low=1, high=2)
    depth[4] = 0

    found = baseline(series(depth_usd=depth), "BTC", 1, look(snapshot(depth=bands([0] * 6, [0] * 6, [True] * 6, [True] * 6))), NOON)

    assert found.depth is not None
    assert found.imbalance is not None
    assert (found.depth.now, found.depth.percentile, found.imbalance.now, found.verdict) == (0, pytest.approx(100 / 60), None, "worse than usual")
    assert "Imbalance is unknown in 1 of 30 snapshots, which are left out of it." in found.warnings


def test_hourly_means_among_the_samples_are_told() -> None:
    hourly = np.arange(30) < 4
    times = np.where(hourly, -3_600.0 * np.arange(30, 0, -1), -60.0 * np.arange(29, -1, -1))

    found = baseline(series(times_s=times, hourly=hourly), "BTC", 24, look(snapshot()), NOON)

    kept = "lowest and highest of those hours are kept, the moments when they were are not"
    assert f"4 of 30 samples are hourly means, which is what remains beyond the retention time: {kept}." in found.warnings


def test_a_window_that_history_fills_only_in_part_says_so() -> None:
    window = series(start=NOON - timedelta(hours=24), times_s=-60.0 * np.arange(120, 30, -1), failed_s=[-600, -540])

    assert baseline(window, "BTC", 24, look(snapshot()), NOON).warnings == [
        "History begins 22 hours into the window.",
        "History ends 31 minutes before the window's end: kraken gave no valid book at 2 looks, and nobody looked for 30 minutes.",
        NO_WEEKS,
    ]


HUNDRED = np.arange(1, 101) / 1_000


def at_percentiles(spread: float, depth: float | None) -> Baseline:
    """The baseline in which now stands at these percentiles (n.5) of spread and depth."""
    window = series(mid=100, spread_pct=HUNDRED, depth_usd=1e9 * HUNDRED)
    half = (spread + 0.5) / 2_000
    shown = {"bid_complete": [False] * 6} if depth is None else {"depth_usd": 1e6 * (depth + 0.5)}
    current = snapshot(best_bid=100 - half, best_ask=100 + half, **shown)
    return baseline(window, "BTC", 2, look(current), NOON)


@pytest.mark.parametrize(
    ("spread", "depth", "verdict"),
    [
        (95, 50, "worse than usual"),
        (94, 50, "usual"),
        (50, 5, "worse than usual"),
        (50, 6, "usual"),
        (1, 5, "worse than usual"),
        (5, 50, "better than usual"),
        (6, 50, "usual"),
        (50, 95, "better than usual"),
        (50, 94, "usual"),
        (5, 45, "better than usual"),
        (5, 44, "usual"),
        (55, 95, "better than usual"),
        (56, 95, "usual"),
        (95, 95, "worse than usual"),
        (95, None, "worse than usual"),
        (1, None, "usual"),
    ],
)
def test_the_verdict_goes_by_the_percentiles_of_spread_and_depth(spread: float, depth: float | None, verdict: str) -> None:
    found = at_percentiles(spread, depth)

    assert (found.spread.percentile, found.depth and found.depth.percentile) == (pytest.approx(spread), None if depth is None else pytest.approx(depth))
    assert found.verdict == verdict


@pytest.mark.parametrize(
    ("spread", "depth", "verdict"),
    [
        pytest.param(0.1099, 1e6, "usual", id="the widest spread by less than a tenth"),
        pytest.param(0.1101, 1e6, "worse than usual", id="the widest spread by more"),
        pytest.param(0.1, 9.1e5, "usual", id="the lowest depth by less than a tenth"),
        pytest.param(0.1, 8.9e5, "worse than usual", id="the lowest depth by more"),
        pytest.param(0.0901, 1e6, "usual", id="the tightest spread by less than a tenth"),
        pytest.param(0.0899, 1e6, "better than usual", id="the tightest spread by more"),
        pytest.param(0.1, 1.09e6, "usual", id="the highest depth by less than a tenth"),
        pytest.param(0.1, 1.11e6, "better than usual", id="the highest depth by more, at a spread that is always the same"),
    ],
)
def test_rank_alone_makes_nothing_unusual(spread: float, depth: float, verdict: str) -> None:
    window = series(spread_pct=np.full(60, 0.1), depth_usd=np.full(60, 1e6))
    half = spread / 2

    assert baseline(window, "BTC", 1, look(snapshot(best_bid=100 - half, best_ask=100 + half, depth_usd=depth)), NOON).verdict == verdict


def test_a_spread_of_one_tick_is_never_worse_than_usual_however_the_price_goes() -> None:
    verdicts = list[str | None]()
    for seed in range(100):
        chance = np.random.default_rng(seed)
        bid = np.round(60_000 * np.exp(np.cumsum(chance.normal(0, 5e-4, 1_441))), 2)
        mid = bid + 0.005
        window = series(mid=mid[:-1], spread_pct=100 * 0.01 / mid[:-1], depth_usd=1e7 * np.exp(chance.normal(0, 0.05, 1_440)))
        verdicts.append(baseline(window, "BTC", 24, look(snapshot(best_bid=bid[-1], best_ask=bid[-1] + 0.01, depth_usd=1e7)), NOON).verdict)

    assert verdicts == ["usual"] * 100


def test_figures_that_differ_by_rounding_alone_are_equal() -> None:
    tenths = [0.1, 0.3 - 0.2, 1.3 - 1.2, 60_000.1 - 60_000.0]
    assert len(set(tenths)) == 4
    ordered = np.sort([*tenths, 0.05, 0.2])

    assert [percentile_of(ordered, one) for one in tenths] == [50.0] * 4


def weeks_of_this_hour(*, weeks: int, per_hour: int = 6) -> list[float]:
    """Seconds before NOON of samples of every hour of some weeks, evenly."""
    step = 3_600 / per_hour
    return (-step * np.arange(weeks * 168 * per_hour, -1, -1)).tolist()


def test_now_is_placed_among_the_same_hour_of_earlier_weeks_without_the_hour_that_runs() -> None:
    times = [one + 1_200 for one in weeks_of_this_hour(weeks=3) if one + 1_200 <= 0]
    now = NOON + timedelta(minutes=20)
    spread, depth = wave(len(times), low=0.04, high=0.09), wave(len(times), low=1e6, high=2e6)[::-1]
    past = series(end=now, times_s=[one - 1_200 for one in times], spread_pct=spread, depth_usd=depth)
    last_day = past.where(past.time_ms > past.time_ms[-1] - 86_400_000)
    current = snapshot(at=now, best_bid=99.97, best_ask=100.03, depth_usd=1.4e6)

    found = baseline(last_day, "BTC", 24, look(current), now, past)

    moments = [now + timedelta(seconds=one - 1_200) for one in times]
    same = [i for i, at in enumerate(moments) if (at.weekday(), at.hour) == (6, 12) and at < NOON]
    assert len({moments[i].date() for i in same}) >= 2
    depth_usd = (past.bid_usd + past.ask_usd)[same, 5]
    assert told(found.hour_of_week) == {
        "weekday": 6,
        "hour": 12,
        "sample_count": len(same),
        "spread_median_pct": pytest.approx(statistics.median(past.spread_pct[same].tolist())),
        "spread_percentile": pytest.approx(stats.percentileofscore(past.spread_pct[same], current.spread_percentage, kind="mean")),
        "depth_median_usd": pytest.approx(statistics.median(depth_usd.tolist())),
        "depth_percentile": pytest.approx(stats.percentileofscore(depth_usd, current.depth[5].total_usd, kind="mean")),
    }


@pytest.mark.parametrize(
    ("weeks", "per_hour", "hourly_weeks", "why"),
    [
        pytest.param(1, 60, 0, NO_WEEKS, id="many samples of one week"),
        pytest.param(3, 2, 0, f"{NOT_COMPARED} earlier weeks hold fewer than 10 samples of it.", id="few samples of three weeks"),
        pytest.param(3, 6, 3, ONLY_MEANS, id="hourly means alone"),
        pytest.param(3, 60, 2, ONLY_MEANS, id="one week but for hourly means"),
        pytest.param(1, 60, 1, NO_WEEKS, id="hourly means of one week"),
    ],
)
def test_too_few_samples_or_weeks_of_this_hour_are_no_comparison(weeks: int, per_hour: int, hourly_weeks: int, why: str) -> None:
    times = weeks_of_this_hour(weeks=weeks, per_hour=per_hour)
    past = series(times_s=times, hourly=np.array(times) < (hourly_weeks - weeks) * 604_800 + 3_600 * (hourly_weeks > 0))

    found = baseline(series(times_s=range(-20, 0)), "BTC", 24 * 7 * weeks, look(snapshot()), NOON, past)

    assert found.hour_of_week is None
    assert [one for one in found.warnings if one.startswith(NOT_COMPARED)] == [why]


def test_where_the_look_failed_its_hour_is_compared_by_what_is_usual_then() -> None:
    past = series(end=NOON - timedelta(hours=2), times_s=weeks_of_this_hour(weeks=3))
    failed = look(miss(after_s=600))

    found = baseline(past.since(NOON - timedelta(days=1)), "BTC", 24, failed, NOON, of_same_hour(past, failed.at))

    assert found.as_of == NOON - timedelta(hours=2)
    assert found.hour_of_week is not None
    assert (found.hour_of_week.hour, found.hour_of_week.spread_percentile) == (NOON.hour, None)
    assert not any(one.startswith(NOT_COMPARED) for one in found.warnings)


def test_a_clock_behind_the_exchange_s_gives_no_negative_age() -> None:
    assert baseline(series(times_s=range(-20, 0)), "BTC", 24, look(snapshot()), NOON - timedelta(seconds=1)).age_ms == 0.0


@pytest.mark.parametrize(
    ("outlook", "missing"),
    [(Outlook(Forecast(at=[NOON], depth_band_pct=None, spread=None, depth=None), 0), None), (Outlook(None, 0), 0), (Outlook(None, 3), 3)],
)
def test_an_empty_past_counts_as_none_and_the_outlook_is_told_as_it_was_given(outlook: Outlook, missing: int | None) -> None:
    found = baseline(series(times_s=range(-20, 0)), "BTC", 24, look(snapshot()), NOON, series(times_s=[]), outlook)

    assert (found.hour_of_week, found.forecast, found.forecast_missing_days) == (None, outlook.forecast, missing)


@pytest.mark.parametrize("which", ["current", "past"])
def test_a_baseline_never_mixes_sources(which: str) -> None:
    window, other = series(times_s=range(-20, 0)), series(times_s=range(-20, 0), source="replay")
    current, past = (snapshot(source="replay"), None) if which == "current" else (snapshot(), other)

    with pytest.raises(ValueError, match=r"a baseline of different sources: \['live', .*'replay'\]"):
        baseline(window, "BTC", 24, look(current), NOON, past)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(1e-3, 1.5), st.floats(0, 1e30), st.floats(-100, 100)), min_size=10, max_size=25), st.floats(1e-30, 1e30))
def test_no_window_is_so_extreme_that_a_number_which_is_none_leaves(rows: list[tuple[float, float, float]], mid: float) -> None:
    spread, depth, imbalance = (list(column) for column in zip(*rows, strict=True))
    window = series(mid=mid, spread_pct=spread, depth_usd=depth, imbalance_pct=imbalance)

    found = baseline(window, "BTC", 24, look(snapshot(best_bid=mid * 0.99, best_ask=mid * 1.01, depth_usd=depth[0])), NOON)

    assert Baseline.model_validate_json(found.model_dump_json()) == found
