"""Forecasts of liquidity: quantiles against numpy, scores against a plain pinball loss, and nothing learnt from what is scored."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON
from make_snapshots import series

from tools.analytics.forecast import Forecast, forecast
from tools.analytics.series import Series

SHARES = (0.05, 0.5, 0.95)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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


def learnt(rows: list[tuple[datetime, float]], key: Any) -> dict[Any, list[float]]:
    """The quantiles of the values of each hour of the day or week."""
    groups: dict[Any, list[float]] = {}
    for at, value in rows:
        groups.setdefault(key(at), []).append(value)
    return {name: quantiles(values) for name, values in groups.items()}


def plainly(rows: list[tuple[datetime, float]], held_out: timedelta, key: Any) -> tuple[list[list[float]], float, int]:
    """The three bands of the next day after NOON, the skill against the day before each held-out day, and how many samples were scored."""
    split = NOON - held_out
    model = learnt([row for row in rows if row[0] < split], key)
    by_day = learnt(rows, lambda at: (at - split) // DAY)
    loss = naive = 0.0
    for at, value in rows:
        if at >= split:
            loss += pinball(value, model[key(at)])
            naive += pinball(value, by_day[(at - split) // DAY - 1])
    whole = learnt(rows, key)
    ahead = [whole[key(NOON + hour * HOUR)] for hour in range(24)]
    return [list(band) for band in zip(*ahead, strict=True)], 100 * (1 - loss / naive), sum(at >= split for at, _ in rows)


@pytest.mark.parametrize(
    ("days", "held_out_days", "weekly"),
    [
        pytest.param(4, 1, False, id="days: by hour of the day, one day held out"),
        pytest.param(10, 2, False, id="a week and a half: by hour of the day, two days held out"),
        pytest.param(28, 6, True, id="four weeks: by hour of the week, a fifth held out"),
    ],
)
def test_ranges_and_score_are_those_of_plain_quantiles_and_pinball_losses(days: int, held_out_days: int, weekly: bool) -> None:
    one = daily(days, per_hour=12)

    found = forecast(one, NOON)

    assert found is not None
    assert found.at == [NOON + hour * HOUR for hour in range(24)]
    assert found.depth_band_pct == 5.0
    key = (lambda at: (at.weekday(), at.hour)) if weekly else (lambda at: at.hour)
    for told, column in ((found.spread, one.spread_pct), (found.depth, (one.bid_usd + one.ask_usd)[:, 5])):
        rows = list(zip(moments(one), column.tolist(), strict=True))
        bands, skill, scored = plainly(rows, timedelta(days=held_out_days), key)
        assert told is not None
        assert told.model_dump() == {
            **{name: pytest.approx(band, rel=1e-9) for name, band in zip(("p5", "p50", "p95"), bands, strict=True)},
            "skill_pct": pytest.approx(skill, rel=1e-9),
            "scored_samples": scored,
        }
        assert skill > 20


def test_the_score_of_held_out_days_learns_nothing_from_them() -> None:
    """A day that turns the season round must be scored as badly as it deserves, so that the forecast is absent."""
    one = daily(4)
    last_day = one.time_ms >= one.time_ms[-1] - 86_400_000 + 600_000
    spread = np.where(last_day, 0.1 - one.spread_pct, one.spread_pct)
    turned = series(times_s=times(4), spread_pct=spread, depth_usd=(one.bid_usd + one.ask_usd)[:, 5])

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
    assert forecast(series(times_s=times(5), spread_pct=0.05), NOON) is None


@pytest.mark.parametrize("days", [0.5, 2, 2.99])
def test_less_than_three_days_are_no_forecast(days: float) -> None:
    assert forecast(daily(days), NOON) is None


def test_nothing_recorded_is_no_forecast() -> None:
    assert forecast(series(times_s=[]), NOON) is None


def test_hourly_means_are_not_learnt_from() -> None:
    one = daily(6)

    assert forecast(daily(6, hourly=True), NOON) is None
    assert forecast(daily(6, hourly=one.time_ms < one.time_ms[-1] - 2 * 86_400_000), NOON) is None


def test_a_forecast_begins_with_the_next_whole_hour() -> None:
    found = forecast(daily(4), NOON + timedelta(minutes=1))

    assert found is not None
    assert (found.at[0], found.at[-1]) == (NOON + HOUR, NOON + 24 * HOUR)


def test_depth_is_absent_where_no_band_was_always_covered_and_its_band_is_named_where_one_was() -> None:
    shallow, none = np.ones((576, 6), bool), np.ones((576, 6), bool)
    shallow[9, 2:], none[9] = False, False

    found, without = forecast(daily(4, complete=shallow), NOON), forecast(daily(4, complete=none), NOON)

    assert found is not None
    assert without is not None
    assert (found.depth_band_pct, without.depth_band_pct, without.depth) == (0.25, None, None)


def test_an_hour_of_the_week_that_was_hardly_recorded_is_told_by_its_hour_of_the_day() -> None:
    one = daily(28)
    # Sunday's noon hour is the first one ahead; without it in history but for one week, Sundays know too little of it.
    sunday_noon = np.array([(at.weekday(), at.hour) == (6, 12) and at > NOON - timedelta(days=26) for at in moments(one)])
    thinned = one.where(~sunday_noon)

    found = forecast(thinned, NOON)

    noons = [value for at, value in zip(moments(thinned), thinned.spread_pct.tolist(), strict=True) if at.hour == 12]
    assert found is not None
    assert found.spread is not None
    assert [found.spread.p5[0], found.spread.p50[0], found.spread.p95[0]] == pytest.approx(quantiles(noons), rel=1e-9)


def test_days_after_a_day_without_samples_have_no_naive_forecast_and_are_not_scored() -> None:
    one = daily(15)
    # Of three held-out days the first is empty, so that the second has no day before it.
    held = one.where((one.time_ms < one.time_ms[-1] - 3 * 86_400_000) | (one.time_ms > one.time_ms[-1] - 2 * 86_400_000))

    found = forecast(held, NOON)

    assert found is not None
    assert found.spread is not None
    assert found.spread.scored_samples == 144


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(3, 30), st.integers(1, 4), st.integers(0, 10**6), st.floats(0, 0.95), st.floats(0, 0.9))
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
