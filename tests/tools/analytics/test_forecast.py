"""Forecasts of liquidity: quantiles against numpy, scores against a plain pinball loss, and nothing learnt from what is scored."""

import itertools
import statistics
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import series

from tools.analytics.forecast import Forecast, Outlook, outlook
from tools.analytics.series import Series

Row = tuple[datetime, float]
SHARES = (0.05, 0.5, 0.95)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def forecast(of: Series, now: datetime) -> Forecast | None:
    return outlook(of, now).forecast


def times(days: float, per_hour: int = 6) -> np.ndarray[Any, Any]:
    """Seconds before NOON; the newest sample lies within the hour that ends at NOON."""
    return -3_600 / per_hour * np.arange(round(days * 24 * per_hour), 0, -1)


def hour_of_day(seconds: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return (12 + seconds // 3_600).astype(int) % 24


def daily(days: float, *, per_hour: int = 6, seed: int = 7, swing: float = 0.6, **other: Any) -> Series:
    """Spread and depth that go with the hour of the day, with noise."""
    after, chance = times(days, per_hour), np.random.default_rng(seed)
    season = 1 + swing * np.sin(hour_of_day(after) / 24 * 2 * np.pi)
    noise = chance.lognormal(0, 0.2, (2, len(after)))
    return series(times_s=after, spread_pct=0.05 * season * noise[0], depth_usd=1e6 / season * noise[1], **other)


def moments(one: Series) -> list[datetime]:
    return [datetime.fromtimestamp(time / 1_000, UTC) for time in one.time_ms.tolist()]


def quantiles(values: list[float]) -> list[float]:
    return np.quantile(values, SHARES).tolist()


def pinball(actual: float, predicted: list[float]) -> float:
    return sum(max(q * (actual - p), (q - 1) * (actual - p)) for q, p in zip(SHARES, predicted, strict=True))


def by_hour(rows: list[Row], *, weekly: bool) -> Callable[[datetime], list[float]]:
    """The quantiles for an hour: of its hour of the week where that was seen in two weeks, else of its hour of the day."""
    of_week, of_day = groups(rows, lambda at: (at.weekday(), at.hour)), groups(rows, lambda at: at.hour)

    def predicted(at: datetime) -> list[float]:
        same = of_week.get((at.weekday(), at.hour), []) if weekly else []
        often = len({one.date() for one, _ in same}) >= 2 and len(same) >= 10
        return quantiles([value for _, value in (same if often else of_day[at.hour])])

    return cache(predicted)


def groups(rows: list[Row], key: Callable[[datetime], Any]) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row[0]), []).append(row)
    return found


def plainly(rows: list[Row], held_out: timedelta, *, weekly: bool) -> tuple[list[list[float]], float, int]:
    """The three bands of the next day after NOON, the skill against the better of both naive forecasts, and how many samples were scored."""
    split = NOON - held_out
    model, whole = by_hour([row for row in rows if row[0] < split], weekly=weekly), by_hour(rows, weekly=weekly)
    by_day = {day: quantiles([value for _, value in found]) for day, found in groups(rows, lambda at: (at - split) // DAY).items()}
    scored = [row for row in rows if row[0] >= split]
    loss = sum(pinball(value, model(at.replace(minute=0, second=0, microsecond=0))) for at, value in scored)
    pooled = quantiles([value for at, value in rows if at < split])
    day_before = sum(pinball(value, by_day[(at - split) // DAY - 1]) for at, value in scored)
    naive = min(day_before, sum(pinball(value, pooled) for _, value in scored))
    ahead = [whole(NOON + hour * HOUR) for hour in range(24)]
    return [list(band) for band in zip(*ahead, strict=True)], 100 * (1 - loss / naive), len(scored)


@pytest.mark.parametrize(
    ("days", "held_out_days", "weekly"),
    [
        pytest.param(6, 3, False, id="days: by hour of the day, three days held out"),
        pytest.param(10, 3, False, id="a week and a half: still three days held out"),
        pytest.param(20, 4, False, id="two weeks to learn from: still by hour of the day"),
        pytest.param(25, 5, False, id="a day less than three weeks to learn from: still by hour of the day"),
        pytest.param(26, 5, True, id="three weeks to learn from: by hour of the week"),
        pytest.param(28, 6, True, id="four weeks: by hour of the week, a fifth held out"),
    ],
)
def test_ranges_and_score_are_those_of_plain_quantiles_and_pinball_losses(days: int, held_out_days: int, weekly: bool) -> None:
    one = daily(days, per_hour=12)

    found = forecast(one, NOON)

    assert found is not None
    assert found.at == [NOON + hour * HOUR for hour in range(24)]
    assert found.depth_band_pct == 5.0
    for told, column in ((found.spread, one.spread_pct), (found.depth, (one.bid_usd + one.ask_usd)[:, 5])):
        rows = list(zip(moments(one), column.tolist(), strict=True))
        bands, skill, scored = plainly(rows, timedelta(days=held_out_days), weekly=weekly)
        assert told is not None
        assert told.model_dump() == {
            **{name: pytest.approx(band, rel=1e-9) for name, band in zip(("p5", "p50", "p95"), bands, strict=True)},
            "skill_pct": pytest.approx(skill, rel=1e-9),
            "scored_samples": scored,
        }
        assert skill > 20


def test_the_score_of_held_out_days_learns_nothing_from_them() -> None:
    """Days that turn the season round must be scored as badly as they deserve, so that the forecast is absent."""
    one = daily(6)
    last_days = one.time_ms >= one.time_ms[-1] - 3 * 86_400_000 + 600_000
    spread = np.where(last_days, 0.1 - one.spread_pct, one.spread_pct)
    turned = series(times_s=times(6), spread_pct=spread, depth_usd=(one.bid_usd + one.ask_usd)[:, 5])

    found = forecast(turned, NOON)

    assert found is not None
    assert found.spread is None
    assert found.depth is not None


@pytest.mark.parametrize("seed", range(5))
def test_liquidity_that_jumped_to_a_new_level_is_better_told_by_the_last_day_so_that_there_is_no_forecast(seed: int) -> None:
    chance = np.random.default_rng(seed)
    level = np.where(times(6) < -2 * 86_400, 1.0, 5.0)

    assert forecast(series(times_s=times(6), spread_pct=0.02 * level * chance.lognormal(0, 0.1, len(level)), depth_usd=1e6 * level), NOON) is None


def test_what_never_moves_is_forecast_no_better_than_by_the_naive_forecast_and_is_absent() -> None:
    assert outlook(series(times_s=times(6), spread_pct=0.05), NOON) == Outlook(None, 0)


@pytest.mark.parametrize(("days", "missing"), [(0, 5), (0.5, 5), (2, 4), (2.99, 3), (4, 2), (4.99, 1)])
def test_less_than_five_days_are_no_forecast_and_it_is_told_how_many_are_missing(days: float, missing: int) -> None:
    assert outlook(daily(days), NOON) == Outlook(None, missing)


def test_five_days_from_the_first_snapshot_to_the_last_are_enough_to_the_millisecond() -> None:
    exact = daily(5 + 1 / 144)
    short = replace(exact, time_ms=exact.time_ms + (np.arange(len(exact)) == 0))

    assert exact.time_ms[-1] - exact.time_ms[0] == 5 * 86_400_000
    found = [outlook(one, NOON) for one in (exact, short, daily(6))]
    assert [(one.forecast is not None, one.missing_days) for one in found] == [(True, 0), (False, 1), (True, 0)]


def test_days_that_cannot_be_scored_are_missing_too() -> None:
    one = daily(6)
    # Of the three held-out days, and the day before, only the last is whole.
    held = one.where((np.arange(len(one)) < 2 * 144) | (np.arange(len(one)) >= 5 * 144 - 20))

    assert outlook(held, NOON) == Outlook(None, 2)


def wandering(days: int, seed: int, swing: float) -> np.ndarray[Any, Any]:
    """A spread every ten minutes that wanders with a memory of hours, and goes with the hour of the day by `swing`."""
    shocks = np.random.default_rng(seed).normal(0, 0.06, days * 144)
    level = list(itertools.accumulate(shocks.tolist(), lambda before, shock: 0.98 * before + shock))
    return 0.05 * np.exp(level + swing * np.sin(np.arange(days * 144) * 2 * np.pi / 144))


def realised(found: Forecast, actual: list[float], day_before: list[float]) -> tuple[float, float]:
    """The pinball loss of the forecast on the day it was made for, and that of the day before's quantiles."""
    assert found.spread is not None
    bands = list(zip(found.spread.p5, found.spread.p50, found.spread.p95, strict=True))
    naive = quantiles(day_before)
    return sum(pinball(value, list(bands[at // 6])) for at, value in enumerate(actual)), sum(pinball(value, naive) for value in actual)


@pytest.mark.parametrize(
    ("days", "swing", "least", "most"),
    [
        pytest.param(5, 0.0, 0, 1, id="no season, five days"),
        pytest.param(8, 0.0, 0, 3, id="no season, eight days"),
        pytest.param(14, 0.0, 0, 3, id="no season, two weeks"),
        pytest.param(8, 0.8, 50, 60, id="a daily season, eight days"),
        pytest.param(14, 0.8, 50, 60, id="a daily season, two weeks"),
    ],
)
def test_of_sixty_simulated_markets_those_with_a_daily_season_get_a_forecast_and_its_skill_is_that_of_the_next_day(
    days: int, swing: float, least: int, most: int
) -> None:
    claimed, losses = list[float](), list[tuple[float, float]]()
    for seed in range(60):
        spread = wandering(days + 1, seed, swing)
        found = forecast(series(times_s=times(days), spread_pct=spread[:-144], complete=False), NOON)
        if found is not None and found.spread is not None:
            claimed.append(found.spread.skill_pct)
            losses.append(realised(found, spread[-144:].tolist(), spread[-288:-144].tolist()))

    assert least <= len(claimed) <= most
    if least:
        loss, naive = (sum(column) for column in zip(*losses, strict=True))
        assert statistics.fmean(claimed) <= 100 * (1 - loss / naive) + 5


def test_one_day_after_an_outlier_is_no_proof_of_skill_where_the_other_days_are_better_told_by_the_day_before() -> None:
    levels = np.repeat([0.3, 0.5, 0.7, 1, 1, 1, 1.5, 2, 3, 20, 1, 1, 1], 144)
    season = 1 + 0.3 * np.sin(hour_of_day(times(13)) / 24 * 2 * np.pi)

    assert outlook(series(times_s=times(13), spread_pct=0.05 * levels * season, complete=False), NOON) == Outlook(None, 0)


def test_nothing_recorded_is_no_forecast() -> None:
    assert outlook(series(times_s=[]), NOON) == Outlook(None, 5)


def test_hourly_means_are_not_learnt_from() -> None:
    one = daily(8)

    assert forecast(daily(8, hourly=True), NOON) is None
    assert forecast(daily(8, hourly=one.time_ms < one.time_ms[-1] - 2 * 86_400_000), NOON) is None


def test_a_forecast_begins_with_the_next_whole_hour() -> None:
    found = forecast(daily(6), NOON + timedelta(minutes=1))

    assert found is not None
    assert (found.at[0], found.at[-1]) == (NOON + HOUR, NOON + 24 * HOUR)


def test_depth_is_absent_where_no_band_was_always_covered_and_its_band_is_named_where_one_was() -> None:
    shallow, none = np.ones((864, 6), bool), np.ones((864, 6), bool)
    shallow[9, 2:], none[9] = False, False

    found, without = forecast(daily(6, complete=shallow), NOON), forecast(daily(6, complete=none), NOON)

    assert found is not None
    assert without is not None
    assert (found.depth_band_pct, without.depth_band_pct, without.depth) == (0.25, None, None)


@pytest.mark.parametrize(("weekday", "hour"), [(6, 12), (2, 9), (0, 12)], ids=["never again", "seen again in the held-out part", "seen again as it begins"])
@pytest.mark.parametrize("weeks", [1, 2])
def test_an_hour_seen_in_one_week_only_is_told_by_its_hour_of_the_day(weekday: int, hour: int, weeks: int) -> None:
    one, split = daily(28, per_hour=12), NOON - timedelta(days=6)
    same = [at for at in moments(one) if (at.weekday(), at.hour) == (weekday, hour) and at < split]
    dropped = {at for at in same if at.date() not in sorted({at.date() for at in same})[:weeks]}
    thinned = one.where(np.array([at not in dropped for at in moments(one)]))

    found = forecast(thinned, NOON)

    bands, skill, scored = plainly(list(zip(moments(thinned), thinned.spread_pct.tolist(), strict=True)), timedelta(days=6), weekly=True)
    assert found is not None
    assert found.spread is not None
    assert (found.spread.p5, found.spread.p50, found.spread.p95) == tuple(pytest.approx(band, rel=1e-9) for band in bands)
    assert (found.spread.skill_pct, found.spread.scored_samples) == (pytest.approx(skill, rel=1e-9), scored)


@pytest.mark.parametrize(("kept", "scored"), [(0, 3 * 144), (9, 9 + 3 * 144), (10, 10 + 4 * 144)])
def test_a_day_after_fewer_than_ten_samples_has_no_naive_forecast_and_is_not_scored(kept: int, scored: int) -> None:
    one = daily(25)
    # Of five held-out days little is left of the first.
    held = one.where((np.arange(len(one)) < len(one) - 5 * 144 + kept) | (np.arange(len(one)) >= len(one) - 4 * 144))

    found = forecast(held, NOON)

    assert found is not None
    assert found.spread is not None
    assert found.spread.scored_samples == scored


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(5, 30), st.integers(1, 4), st.integers(0, 10**6), st.floats(0, 0.95), st.floats(0, 0.9))
def test_ranges_are_ordered_finite_and_only_told_with_skill(days: int, per_hour: int, seed: int, missing: float, swing: float) -> None:
    one = daily(days + 0.1, per_hour=per_hour, seed=seed, swing=swing)
    kept = one.where(np.random.default_rng(seed).random(len(one)) >= missing)

    found = forecast(kept, NOON)

    for told in (found.spread, found.depth) if found else ():
        if told is not None:
            assert told.skill_pct > 0
            assert [len(told.p5), len(told.p50), len(told.p95)] == [24] * 3
            assert all(low <= middle <= high for low, middle, high in zip(told.p5, told.p50, told.p95, strict=True))
    assert found is None or Forecast.model_validate_json(found.model_dump_json()) == found
