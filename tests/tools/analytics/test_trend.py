"""History as points, changes and gaps: what down-sampling must keep, against plain loops over the same snapshots."""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import series

from tools.analytics import gaps
from tools.analytics.gaps import Gap
from tools.analytics.series import Extremes, Series
from tools.analytics.trend import ImbalanceCourse, LiquidityHistory, Points, SpreadChange, trend
from tools.errors import InsufficientHistory

DAY = timedelta(days=1)
KEPT = "lowest and highest of those hours are kept, the moments when they were are not."


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def columns(of: Extremes) -> dict[str, Any]:
    return {name: np.array(column) for name, column in vars(of).items()}


def moments(one: Series) -> list[datetime]:
    return [datetime.fromtimestamp(time / 1_000, UTC) for time in one.time_ms.tolist()]


@st.composite
def histories(draw: st.DrawFn) -> Series:
    """Snapshots at an interval with holes, over minutes to months, some without bands or prices."""
    n, interval = draw(st.integers(1, 400)), draw(st.sampled_from([0.25, 1, 7, 60, 300, 3_600]))
    chance = np.random.default_rng(draw(st.integers(0, 10**6)))
    kept = np.flatnonzero(chance.random(n) < draw(st.sampled_from([0.1, 0.8, 1])))
    times = -interval * (n - 1 - (kept if len(kept) else np.array([0])))
    liquidity = np.where(chance.random(len(times)) < 0.1, np.nan, chance.lognormal(12, 1, len(times)))
    without_bands = draw(st.booleans())
    return series(
        times_s=times,
        start=at(-interval * n - draw(st.sampled_from([0, 13, 86_400 * 30]))),
        spread_pct=chance.lognormal(-3, 1, len(times)),
        depth_usd=chance.lognormal(12, 1, len(times)),
        imbalance_pct=chance.uniform(-90, 90, len(times)),
        bid_usd=np.full((len(times), 6), np.nan) if without_bands else None,
        ask_usd=np.full((len(times), 6), np.nan) if without_bands else None,
        complete=not without_bands,
        liquidity_1pct_usd=liquidity if without_bands else None,
    )


def stretches(one: Series, seconds: int) -> dict[datetime, list[int]]:
    """Rows by the start of the stretch of the clock that they fall in."""
    found: dict[datetime, list[int]] = {}
    for row, time in enumerate(one.time_ms.tolist()):
        found.setdefault(datetime.fromtimestamp(time // (1_000 * seconds) * seconds, UTC), []).append(row)
    return found


def gathered(column: np.ndarray[Any, Any], rows: list[int], how: Any) -> Any:
    known = [value for value in column[rows].tolist() if value == value]  # noqa: PLR0124 - NaN is what differs from itself
    return pytest.approx(how(known), rel=1e-9) if known else None


@settings(max_examples=150, deadline=None, derandomize=True)
@given(histories())
def test_points_are_the_means_and_true_extremes_of_clock_stretches_and_every_sample_counts(one: Series) -> None:
    found = trend(one, "BTC", NOON)

    wanted = stretches(one, found.point_seconds)
    banded = not np.isnan(one.bid_usd).any()
    depth = (one.bid_usd + one.ask_usd)[:, 5] if banded else one.liquidity_1pct_usd
    imbalance = 100 * (one.bid_usd - one.ask_usd)[:, 5] / depth if banded else np.full(len(one), np.nan)
    if found.depth is None:
        depth = np.full(len(one), np.nan)
    columns = {
        "mid_price": (one.mid, statistics.fmean),
        "mid_min_price": (one.mid, min),
        "mid_max_price": (one.mid, max),
        "spread_pct": (one.spread_pct, statistics.fmean),
        "spread_min_pct": (one.spread_pct, min),
        "spread_max_pct": (one.spread_pct, max),
        "depth_usd": (depth, statistics.fmean),
        "depth_min_usd": (depth, min),
        "depth_max_usd": (depth, max),
        "imbalance_pct": (imbalance, statistics.fmean),
        "imbalance_min_pct": (imbalance, min),
        "imbalance_max_pct": (imbalance, max),
    }
    assert found.series.model_dump() == {
        "timestamp": list(wanted),
        "samples": [len(rows) for rows in wanted.values()],
        **{name: [gathered(column, rows, how) for rows in wanted.values()] for name, (column, how) in columns.items()},
    }
    assert sum(found.series.samples) == found.sample_count == len(one)
    assert len(found.series.timestamp) <= 200


@settings(max_examples=150, deadline=None, derandomize=True)
@given(histories())
def test_the_extremes_of_the_window_survive_in_the_points_and_in_the_summary(one: Series) -> None:
    found = trend(one, "BTC", NOON)

    lowest, highest = int(one.spread_pct.argmin()), int(one.spread_pct.argmax())
    assert (min(found.series.spread_min_pct), max(found.series.spread_max_pct)) == (one.spread_pct[lowest], one.spread_pct[highest])
    assert found.spread == SpreadChange(
        first=float(one.spread_pct[0]),
        last=float(one.spread_pct[-1]),
        change_pct=float(100 * (one.spread_pct[-1] - one.spread_pct[0]) / one.spread_pct[0]),
        lowest=float(one.spread_pct[lowest]),
        lowest_at=moments(one)[lowest],
        highest=float(one.spread_pct[highest]),
        highest_at=moments(one)[highest],
    )
    assert all(low <= mean <= high for low, mean, high in zip(found.series.spread_min_pct, found.series.spread_pct, found.series.spread_max_pct, strict=True))
    assert LiquidityHistory.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(
    ("window", "seconds"),
    [
        (timedelta(seconds=100), 1),
        (timedelta(seconds=199), 1),
        (timedelta(seconds=200), 5),
        (timedelta(minutes=10), 5),
        (timedelta(minutes=30), 10),
        (timedelta(hours=1), 30),
        (timedelta(hours=3), 60),
        (timedelta(hours=6), 120),
        (timedelta(hours=12), 300),
        (DAY, 600),
        (2 * DAY, 900),
        (3 * DAY, 1_800),
        (7 * DAY, 3_600),
        (14 * DAY, 7_200),
        (21 * DAY, 10_800),
        (30 * DAY, 21_600),
        (90 * DAY, 43_200),
        (120 * DAY, 86_400),
        (365 * DAY, 2 * 86_400),
    ],
)
def test_points_stand_for_the_smallest_round_stretch_that_keeps_them_at_200(window: timedelta, seconds: int) -> None:
    found = trend(series(start=NOON - window, times_s=[-1, 0]), "BTC", NOON)

    assert found.point_seconds == seconds
    assert {one.timestamp() % min(seconds, 86_400) for one in found.series.timestamp} == {0}


@pytest.mark.parametrize(("spacing", "seconds"), [(60, 600), (300, 600), (900, 900), (1_000, 900), (4_000, 3_600), (60 * 86_400, 86_400)])
def test_points_are_no_finer_than_the_snapshots(spacing: int, seconds: int) -> None:
    found = trend(series(start=NOON - DAY, times_s=[-spacing, 0]), "BTC", NOON)

    assert found.point_seconds == seconds


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.integers(1, 400 * 86_400_000), st.integers(0, 86_400_000))
def test_no_window_wherever_it_begins_gives_more_than_200_points(length_ms: int, shift_ms: int) -> None:
    end = NOON + timedelta(milliseconds=shift_ms)
    step = max(1, length_ms // 997)
    times = [-ms / 1_000 for ms in range(length_ms - 1, -1, -step)]

    found = trend(series(start=end - timedelta(milliseconds=length_ms), end=end, times_s=times), "BTC", end)

    assert len(found.series.timestamp) <= 200
    assert sum(found.series.samples) == len(times)


def test_a_history_is_told_whole() -> None:
    one = series(symbol="BTC/EUR", spread_pct=[0.1, 0.2, 0.4], depth_usd=[1e6, 5e5, 2e6], mid=[100, 110, 121], imbalance_pct=[0, 10, -10])

    found = trend(one, "btc", NOON + timedelta(seconds=5))

    assert found == LiquidityHistory(
        source="live",
        as_of=NOON,
        age_ms=5_000.0,
        warnings=[],
        symbol="btc",
        symbol_used="BTC/EUR",
        exchange="kraken",
        price_currency="EUR",
        base_currency="BTC",
        start=at(-180),
        end=NOON,
        sample_count=3,
        point_seconds=60,
        depth_band_pct=5.0,
        spread=found.spread,
        depth=found.depth,
        imbalance=ImbalanceCourse(first=0, last=-10, lowest=-10, lowest_at=NOON, highest=10, highest_at=at(-60)),
        mid=found.mid,
        gap_count=0,
        gaps=[],
        series=Points(
            timestamp=[at(-120), at(-60), NOON],
            samples=[1, 1, 1],
            mid_price=[100, 110, 121],
            mid_min_price=[100, 110, 121],
            mid_max_price=[100, 110, 121],
            spread_pct=one.spread_pct.tolist(),
            spread_min_pct=one.spread_pct.tolist(),
            spread_max_pct=one.spread_pct.tolist(),
            depth_usd=[1e6, 5e5, 2e6],
            depth_min_usd=[1e6, 5e5, 2e6],
            depth_max_usd=[1e6, 5e5, 2e6],
            imbalance_pct=[0, 10, -10],
            imbalance_min_pct=[0, 10, -10],
            imbalance_max_pct=[0, 10, -10],
        ),
    )
    assert found.depth is not None
    assert found.spread.change_pct == pytest.approx(300)
    assert (found.depth.first, found.depth.last, found.depth.change_pct, found.depth.lowest_at, found.depth.highest_at) == (1e6, 2e6, 100, at(-60), NOON)
    assert (found.mid.first, found.mid.last, found.mid.change_pct) == (100, 121, 21)


def test_no_change_in_per_cent_is_told_from_a_depth_of_nothing() -> None:
    found = trend(series(depth_usd=[0, 1, 2]), "BTC", NOON)

    assert found.depth is not None
    assert (found.depth.first, found.depth.last, found.depth.change_pct) == (0, 2, None)


def test_a_gap_is_three_times_the_usual_spacing_and_failed_looks_in_it_say_why() -> None:
    times = [-60.0 * i for i in range(100, -1, -1) if not (40 < i < 44 or 60 < i < 63 or 20 < i < 30)]

    found = trend(series(times_s=times, failed_s=[-42 * 60, -41 * 60]), "BTC", NOON)

    assert found.gaps == [
        Gap(start=at(-44 * 60), end=at(-40 * 60), cause="no valid book"),
        Gap(start=at(-30 * 60), end=at(-20 * 60), cause="not recorded"),
    ]
    assert found.warnings == []


@st.composite
def looks(draw: st.DrawFn) -> Series:
    """Minutes at each of which somebody looked and saw a book, looked in vain, or did not look; most of them seen."""
    outcomes = draw(
        st.lists(st.sampled_from(["seen"] * 3 + ["failed", "nobody"]).flatmap(lambda one: st.integers(1, 8).map(lambda n: [one] * n)), min_size=1, max_size=30)
    )
    minutes = ["seen", *(one for run in outcomes for one in run), *["seen"] * 200]
    times, failed = ([60.0 * (at - len(minutes) + 1) for at, one in enumerate(minutes) if one == kind] for kind in ("seen", "failed"))
    return series(times_s=times, failed_s=failed)


def plain_gaps(one: Series) -> list[Gap]:
    """Between two snapshots more than three minutes apart: steps of more than three minutes between looks, and what lies between those, if that long."""
    found: list[Gap] = []
    seen, failed, longest = moments(one), [datetime.fromtimestamp(ms / 1_000, UTC) for ms in one.failed_ms.tolist()], timedelta(minutes=3)
    for start, end in itertools.pairwise(seen):
        trying = start
        for before, after in itertools.pairwise([start, *(look for look in failed if start < look < end), end]):
            if after - before > longest:
                found += [Gap(start=trying, end=before, cause="no valid book")] if before - trying > longest else []
                found += [Gap(start=before, end=after, cause="not recorded")]
                trying = after
        found += [Gap(start=trying, end=end, cause="no valid book")] if end - trying > longest else []
    return found


@settings(max_examples=200, deadline=None, derandomize=True)
@given(looks())
def test_gaps_are_what_nobody_looked_at_and_what_every_look_failed_in_and_are_told_apart(one: Series) -> None:
    expected = plain_gaps(one)
    at = np.array([gap.end - gap.start for gap in expected])

    assert gaps.find(one, 1_000) == (expected, len(expected))
    for cause in ("not recorded", "no valid book"):
        of_cause = [gap for gap in expected if gap.cause == cause]
        assert gaps.find(one, 1_000, cause) == (of_cause, len(of_cause))
    assert [at[one] for one in gaps.longest(expected, 3)] == [at[one] for one in np.sort(np.argsort(-at, kind="stable")[:3])]


def test_one_failed_look_does_not_explain_ten_hours_in_which_nobody_looked() -> None:
    times = [60.0 * minute for minute in (*range(-720, -660), *range(-60, 1))]

    found = trend(series(times_s=times, failed_s=[-660 * 60.0]), "BTC", NOON)

    assert found.gaps == [Gap(start=at(-660 * 60), end=at(-3_600), cause="not recorded")]


def test_a_look_that_failed_outside_a_gap_is_not_its_cause() -> None:
    times = [-60.0 * i for i in range(50, -1, -1) if not 20 < i < 30]

    found = trend(series(times_s=times, failed_s=[-30 * 60 - 1, -20 * 60 + 1]), "BTC", NOON)

    assert [gap.cause for gap in found.gaps] == ["not recorded"]


def test_of_many_gaps_the_ten_longest_are_listed_oldest_first_and_the_rest_counted() -> None:
    holes = {40 * i: 5 + i for i in range(1, 13)}
    times = [-60.0 * minute for minute in range(520, -1, -1) if not any(start < minute < start + length for start, length in holes.items())]

    found = trend(series(times_s=times), "BTC", NOON)

    assert [(gap.start, gap.end) for gap in found.gaps] == [
        (at(-60 * (start + length)), at(-60 * start)) for start, length in sorted(holes.items(), reverse=True)[:10]
    ]
    assert (found.gap_count, found.warnings) == (12, [])


def test_hours_between_hourly_means_are_no_gaps() -> None:
    times = [*[-3_600.0 * i for i in range(12, 2, -1) if i != 5], *[-60.0 * i for i in range(119, -1, -1)]]
    hourly = [one < -7_200 for one in times]

    found = trend(series(times_s=times, hourly=hourly), "BTC", NOON)

    assert found.gaps == []
    assert found.warnings == ["9 of 129 samples are hourly means, which is what remains beyond the retention time: " + KEPT]


def test_the_extremes_of_an_hour_that_was_down_sampled_are_those_of_the_points_and_of_the_summary() -> None:
    one = series(times_s=[-7_200.0, -60.0, 0.0], hourly=[True, False, False], mid=100.0, spread_pct=[1.0, 0.5, 2.0], depth_usd=[10.0, 30.0, 20.0])
    own = replace(one.lowest, imbalance_pct=np.zeros((3, 6)))
    bands = own.depth_usd[0]
    lean = np.array([[0, 0, 0, 0, 0, 80], [0] * 6, [0] * 6])
    low = replace(own, mid=[90.0, *own.mid[1:]], spread_pct=[0.25, 0.5, 2.0], depth_usd=[bands / 2, *own.depth_usd[1:]], imbalance_pct=-lean)
    high = replace(own, mid=[110.0, *own.mid[1:]], spread_pct=[5.0, 0.5, 2.0], depth_usd=[bands * 4, *own.depth_usd[1:]], imbalance_pct=lean)

    found = trend(replace(one, low=Extremes(**columns(low)), high=Extremes(**columns(high))), "BTC", NOON)

    assert [(one.lowest, one.highest) for one in (found.spread, found.depth, found.mid)] == [(0.25, 5.0), (5.0, 40.0), (90.0, 110.0)]
    assert (found.spread.highest_at, found.depth.lowest_at, found.mid.lowest_at) == (at(-7_200), at(-7_200), at(-7_200))
    assert (found.series.spread_pct[0], found.series.spread_min_pct[0], found.series.spread_max_pct[0]) == (pytest.approx(1.0), 0.25, 5.0)
    assert (found.series.depth_usd[0], found.series.depth_min_usd[0], found.series.depth_max_usd[0]) == (10.0, 5.0, 40.0)
    assert (found.series.mid_price[0], found.series.mid_min_price[0], found.series.mid_max_price[0]) == (100.0, 90.0, 110.0)
    assert (found.series.imbalance_pct, found.series.imbalance_min_pct, found.series.imbalance_max_pct) == ([0, 0, 0], [-80, 0, 0], [80, 0, 0])
    assert found.imbalance == ImbalanceCourse(first=0, last=0, lowest=-80, lowest_at=at(-7_200), highest=80, highest_at=at(-7_200))


def test_of_hours_that_keep_no_more_than_bounds_it_is_said_how_many_there_are_of_those_that_are_left() -> None:
    one = series(times_s=[-10_800.0, -7_200.0, -3_600.0, 0.0], hourly=[True, True, True, False], mid=[np.nan, 1, 1, 1])
    own = replace(one.lowest, imbalance_pct=np.zeros((4, 6)))

    found = [trend(replace(one, low=own, high=own, bounded=np.array([True, *rest, False])), "BTC", NOON).warnings for rest in ([False, True], [False, False])]

    told = f"2 of 3 samples are hourly means, which is what remains beyond the retention time: {KEPT}"
    bounds = "those of mid and depth are outer bounds that may never have been reached, and for those of imbalance its mean stands."
    assert [warnings[-2:] for warnings in found] == [
        ["1 of 4 snapshots know no prices and are left out.", f"{told[:-1]}; but of 1 of them, folded by an earlier version, {bounds}"],
        ["1 of 4 snapshots know no prices and are left out.", told],
    ]


def test_a_flash_and_a_lean_of_minutes_survive_in_the_points_of_a_week() -> None:
    mid, imbalance = np.full(7 * 1_440, 100.0), np.zeros(7 * 1_440)
    mid[5_000], imbalance[5_000:5_004] = 90, 80

    found = trend(series(mid=mid, imbalance_pct=imbalance), "BTC", NOON)

    assert len(found.series.timestamp) <= 200
    assert (min(found.series.mid_min_price), found.mid.lowest) == (90, 90)
    assert (max(known(found.series.imbalance_max_pct)), found.imbalance and found.imbalance.highest) == (pytest.approx(80), pytest.approx(80))


def known(column: Sequence[float | None]) -> list[float]:
    return [value for value in column if value is not None]


def test_a_book_that_was_always_empty_has_depth_0_and_no_imbalance() -> None:
    found = trend(series(depth_usd=[0, 0]), "BTC", NOON)

    assert (found.depth and found.depth.highest, found.imbalance) == (0, None)


def test_where_most_rows_are_hourly_means_a_gap_is_still_judged_by_the_spacing_of_the_others() -> None:
    times = [*[-3_600.0 * i for i in range(40, 1, -1)], *[-60.0 * i for i in range(119, -1, -1) if i < 4 or i > 110]]
    hourly = [one < -7_140 for one in times]

    found = trend(series(times_s=times, hourly=hourly), "BTC", NOON)

    assert [(gap.start, gap.end) for gap in found.gaps] == [(at(-111 * 60), at(-180))]


def test_a_hole_between_hourly_means_is_a_gap() -> None:
    found = trend(series(times_s=[-3_600.0 * i for i in (30, 29, 28, 27, 20, 19, 18)], hourly=True, end=NOON), "BTC", NOON)

    assert [(gap.start, gap.end) for gap in found.gaps] == [(at(-27 * 3_600), at(-20 * 3_600))]


@pytest.mark.parametrize(
    ("start_s", "times", "failed", "warnings"),
    [
        pytest.param(-3_600, range(-3_540, 1, 60), [], [], id="whole"),
        pytest.param(-3_600, range(-3_420, -179, 60), [], [], id="three spacings short at both ends"),
        pytest.param(-21_600, range(-10_800, 1, 60), [], ["History begins 3 hours into the window."], id="late"),
        pytest.param(-5_400, range(-5_340, -239, 60), [], ["History ends 4 minutes before the window's end."], id="ended"),
        pytest.param(-5_400, range(-5_340, -239, 60), [-180, 0], ["History ends 4 minutes before the window's end: kraken gave no valid book."], id="outage"),
        pytest.param(
            -200_000,
            [-40],
            [-70_000],
            ["History begins 2.3 days into the window: kraken gave no valid book at 1 look, and nobody looked for 2.3 days."],
            id="a single snapshot after one failed look",
        ),
        pytest.param(
            -5_400,
            range(-5_340, -1_199, 60),
            range(-1_140, -599, 60),
            ["History ends 20 minutes before the window's end: kraken gave no valid book at 10 looks, and nobody looked for 10 minutes."],
            id="an outage, then nobody looked",
        ),
        pytest.param(
            -5_400,
            range(-5_340, -1_199, 60),
            range(-1_140, 1, 60),
            ["History ends 20 minutes before the window's end: kraken gave no valid book."],
            id="an outage to the end",
        ),
        pytest.param(-300, range(-240, 1, 1), [], ["History begins 1 minute into the window."], id="a minute late, by the second"),
    ],
)
def test_a_window_that_history_does_not_fill_is_told_with_the_cause(start_s: float, times: Any, failed: list[float], warnings: list[str]) -> None:
    assert trend(series(start=at(start_s), times_s=list(times), failed_s=failed), "BTC", NOON).warnings == warnings


def test_hours_at_the_edges_of_a_window_are_no_reason_for_a_word_where_hourly_means_stand_there() -> None:
    times = [*[-3_600.0 * i for i in range(12, 2, -1)], *[-60.0 * i for i in range(119, -1, -1)]]
    old = series(times_s=times[:10], hourly=True, start=at(-14 * 3_600), end=at(-7_200))

    mixed = trend(series(times_s=times, hourly=[one < -7_200 for one in times], start=at(-14 * 3_600)), "BTC", NOON)

    assert [one.warnings[:-1] for one in (mixed, trend(old, "BTC", NOON))] == [[], []]
    assert trend(replace(old, start=at(-18 * 3_600)), "BTC", NOON).warnings[0] == "History begins 4 hours into the window."


@pytest.mark.parametrize("mid", [[], [np.nan, np.nan]])
def test_a_window_without_a_snapshot_that_knows_its_prices_is_an_error_that_says_how_to_record(mid: list[float]) -> None:
    window = series(times_s=range(len(mid)), mid=mid, start=NOON - timedelta(hours=6), source="simulated")

    with pytest.raises(InsufficientHistory, match=r"There are no snapshots of SOL on kraken in those 6 h, .*`liquidity record SOL --exchanges kraken --demo`"):
        trend(window, "SOL", NOON)


def test_a_window_of_failed_looks_alone_is_an_error_that_says_so_rather_than_how_to_record() -> None:
    window = series(times_s=[], start=NOON - timedelta(hours=6), failed_s=[-60.0 * minute for minute in range(360)])

    with pytest.raises(InsufficientHistory) as error:
        trend(window, "SOL", NOON)

    assert str(error.value) == (
        "There are no snapshots of SOL on kraken in those 6 h, and 1 is needed:"
        " kraken gave no valid book at 360 looks in that time; ask for a longer window, or for another time with until."
    )


def test_snapshots_that_know_no_prices_are_left_out_and_counted() -> None:
    found = trend(series(mid=[100, np.nan, 100]), "BTC", NOON)

    assert (found.sample_count, found.warnings) == (2, ["1 of 3 snapshots know no prices and are left out."])


def test_liquidity_within_1_pct_stands_for_depth_where_snapshots_came_without_bands() -> None:
    nothing = np.full((3, 6), np.nan)

    found = trend(series(times_s=[-120, -60, 0], bid_usd=nothing, ask_usd=nothing, complete=False, liquidity_1pct_usd=[7, np.nan, 9]), "BTC", NOON)

    assert (found.depth_band_pct, found.series.depth_usd, found.series.imbalance_pct) == (1.0, [7, None, 9], [None] * 3)
    assert found.warnings == ["Depth is that within 1% of mid, which may be a lower bound, and imbalance is left out: every snapshot came without depth bands."]
