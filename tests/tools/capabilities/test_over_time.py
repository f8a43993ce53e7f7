"""The tools that look back, over real venues on loopback and a real database."""

import math
import re
from dataclasses import replace
from datetime import timedelta, timezone
from functools import partial

import pytest
from make_books import NOON
from make_snapshots import miss, snapshot, snapshots
from make_snapshots import series as columns
from remembering import PAST, remember

from tools import (
    alert_rules,
    capture_snapshot,
    detect_anomalies,
    get_baseline_metrics,
    get_liquidity_history,
    liquidity_heatmap,
)
from tools.analytics.snapshot import Snapshot
from tools.errors import InsufficientHistory, InvalidArgument, UnknownSymbol
from tools.simulator import Fault

HOUR = timedelta(hours=1)


async def test_a_captured_snapshot_is_stored_as_it_is_told(market):
    told = await capture_snapshot(market, "btc", "kraken")

    kept = await market.history.latest("kraken", "BTC/USD", market.now())

    # The profile is kept in single precision.
    shared = set(Snapshot.model_fields) - {"symbol", "profile"}
    assert told.model_dump(include=shared) == kept.model_dump(include=shared)
    assert [size and pytest.approx(size, rel=1e-6) for size in told.profile.bid_sizes] == kept.profile.bid_sizes
    assert (told.symbol, told.symbol_used, kept.symbol, told.source) == ("BTC", "BTC/USD", "BTC/USD", "simulated")


async def test_the_history_of_a_past_window_holds_what_was_stored_in_it(market):
    await remember(market, spread_pct=[0.1] * 50 + [0.4] + [0.1] * 9)

    told = await get_liquidity_history(market, **PAST, hours=1)

    assert (told.symbol, told.symbol_used, told.exchange, told.source) == ("BTC/USD", "BTC/USD", "kraken", "simulated")
    assert (told.start, told.end, told.sample_count) == (NOON - HOUR, NOON, 60)
    assert told.spread.highest == pytest.approx(0.4)
    assert told.spread.highest_at == NOON - timedelta(minutes=9)
    assert max(told.series.spread_max_pct) == pytest.approx(0.4)


async def test_a_past_moment_is_placed_among_the_day_before_it(market):
    await remember(market, spread_pct=[0.1] * 30 + [0.2] * 29 + [0.3])

    told = await get_baseline_metrics(market, **PAST, hours=1)

    assert (told.sample_count, told.verdict) == (60, "worse than usual")
    assert (told.spread.now, told.spread.percentile) == (pytest.approx(0.3), pytest.approx(100 * 59.5 / 60))
    assert told.end == told.as_of == NOON


async def test_now_is_read_from_the_exchange_and_placed_among_what_is_stored(venues, market):
    now = await capture_snapshot(market, "BTC/USD", "kraken")
    kept = columns(source="simulated", end=market.now() - HOUR, spread_pct=[now.spread_percentage * times for times in (0.5, 0.6, 0.7, 0.8, 2, 3, 4, 5, 6)])
    await market.history.append(snapshots(kept))

    told = await get_baseline_metrics(market, "BTC", "kraken")

    below = sum(one < told.spread.now for one in [now.spread_percentage, *kept.spread_pct])
    equal = sum(one == told.spread.now for one in [now.spread_percentage, *kept.spread_pct])
    assert told.sample_count == 10
    assert told.spread.percentile == pytest.approx(10 * (below + equal / 2))
    assert told.as_of > now.as_of - HOUR


async def test_a_venue_that_fails_now_leaves_the_baseline_standing(venues, market):
    await remember(market, end=market.now(), spread_pct=[0.1] * 20)
    venues.simulator.faults.set("kraken", Fault.crossed())

    told = await get_baseline_metrics(market, "BTC/USD", "kraken")

    assert (told.sample_count, told.spread.now, told.spread.percentile, told.verdict) == (20, None, None, None)
    assert any("kraken sent a crossed book" in warning for warning in told.warnings)


async def test_a_venue_that_fails_at_another_hour_than_it_was_last_recorded_is_compared_with_its_weeks(venues, market):
    now = market.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    await remember(market, end=hour - timedelta(seconds=1), spread_pct=[0.1] * 20)
    for weeks in (1, 2, 3):
        await remember(market, end=hour + timedelta(minutes=30) - weeks * timedelta(days=7), spread_pct=[0.1] * 20)
    venues.simulator.faults.set("kraken", Fault.status(503))

    told = await get_baseline_metrics(replace(market, now=lambda: now), "BTC/USD", "kraken")

    assert (told.hour_of_week.weekday, told.hour_of_week.hour, told.hour_of_week.sample_count) == (now.weekday(), now.hour, 60)
    assert told.as_of == hour - timedelta(seconds=1)


async def test_the_outlook_of_a_market_is_worked_out_once_an_hour(market):
    await remember(market, spread_pct=[0.1] * 60)
    first = await get_baseline_metrics(market, **PAST, hours=1)
    await market.history.append([snapshot(source="simulated", at=NOON - 2 * HOUR, best_bid=99, best_ask=101)])

    assert (await get_baseline_metrics(market, **PAST, hours=1)).forecast == first.forecast
    assert (await get_baseline_metrics(market, **PAST, hours=3)).sample_count == 61


async def test_the_outlook_is_that_of_the_window_asked_about(market):
    await market.history.append(
        snapshots(columns(source="simulated", end=NOON, interval_s=600, spread_pct=[1 + 0.5 * math.sin(i / 144 * 2 * math.pi) for i in range(1_440)]))
    )
    first, later = [await get_baseline_metrics(market, "BTC/USD", "kraken", 24, (NOON - hours * HOUR).isoformat()) for hours in (20, 0)]

    assert first.forecast is not None
    assert later.forecast is not None
    assert (first.forecast.at[0], later.forecast.at[0]) == (NOON - 20 * HOUR, NOON)


CALLS = {
    "history": get_liquidity_history,
    "baseline": get_baseline_metrics,
    "anomalies": detect_anomalies,
    "heatmap": partial(liquidity_heatmap, hours=6),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_market_that_nobody_recorded_says_how_to(market, call):
    with pytest.raises(InsufficientHistory, match=r"record more with `liquidity record BTC --exchanges kraken --demo`"):
        await call(market, symbol="BTC", exchange="kraken")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_market_that_is_nowhere_is_said_to_be_nowhere(market, call):
    with pytest.raises(UnknownSymbol, match="kraken does not list NOPE"):
        await call(market, symbol="NOPE", exchange="kraken")
    with pytest.raises(InvalidArgument, match="krakn is not among the simulated exchanges here"):
        await call(market, symbol="BTC", exchange="krakn")


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    ("until", "sentence"),
    [
        ("yesterday", "until must be an ISO 8601 time such as 2026-11-22T14:00:00Z, or empty for now, not 'yesterday'."),
        ("9999-12-31T23:59:59-05:00", "until must be an ISO 8601 time such as 2026-11-22T14:00:00Z, or empty for now, not '9999-12-31T23:59:59-05:00'."),
        ("0001-01-01T00:00:00+05:00", "until must be an ISO 8601 time such as 2026-11-22T14:00:00Z, or empty for now, not '0001-01-01T00:00:00+05:00'."),
        ("0001-01-01", "until must not lie before 1971, not '0001-01-01'."),
        ("2999-01-01", "until must not lie in the future, as 2999-01-01T00:00:00+00:00 does; leave it empty for now."),
    ],
)
async def test_a_time_that_cannot_be_is_refused(market, call, until, sentence):
    await remember(market)
    with pytest.raises(InvalidArgument) as caught:
        await call(market, symbol="BTC", exchange="kraken", until=until)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "until",
    [
        "2026-08-09 12:00",
        "2026-08-09T12:00Z",
        "2026-08-09t12:00z",
        "2026-08-09T14:00:00.000000+02:00",
        "2026-08-09T14:00:00 02:00",
        "2026-08-09T12:00:00.0",
        NOON,
        NOON.astimezone(timezone(2 * HOUR)),
    ],
)
async def test_a_time_is_read_however_it_is_written(market, until):
    await remember(market)
    assert (await get_liquidity_history(market, "BTC", "kraken", until=until)).end == NOON


async def test_what_a_clock_a_little_ahead_calls_now_is_now(market):
    await remember(market, end=market.now())
    ahead = market.now() + timedelta(seconds=50)
    assert (await get_liquidity_history(market, "BTC", "kraken", until=ahead)).end <= market.now()
    with pytest.raises(InvalidArgument, match=r"^until must not lie in the future, as .* does; leave it empty for now\.$"):
        await get_liquidity_history(market, "BTC", "kraken", until=market.now() + timedelta(seconds=70))


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_window_that_nothing_is_stored_of_is_told_what_is(market, call):
    await remember(market, spread_pct=[0.1] * 60)
    with pytest.raises(InsufficientHistory) as caught:
        await call(market, symbol="BTC", exchange="kraken", until="2020-01-01")
    assert re.search(
        r": what is stored of it begins 2026-08-09 11:01 and ends 2026-08-09 12:00 UTC; ask for a time within that with until,"
        r" or record more with `liquidity record BTC(/USD)? --exchanges kraken --demo`\.$",
        str(caught.value),
    )


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_window_of_failed_looks_alone_is_told_with_their_number_and_not_to_record_more(market, call):
    await remember(market, end=NOON - 48 * HOUR, spread_pct=[0.1] * 60)
    await market.history.append([], [miss(source="simulated", at=NOON, after_s=-60 * minutes) for minutes in range(10)])
    with pytest.raises(InsufficientHistory) as caught:
        await call(market, **PAST)
    assert re.fullmatch(
        r"There are no snapshots of BTC/USD on kraken in those (6|24) h, and (1 is|10 are) needed:"
        r" kraken gave no valid book at 10 looks in that time; ask for a longer window, or for another time with until\.",
        str(caught.value),
    )


async def test_too_few_snapshots_are_counted_and_no_baseline_is_made_up(market):
    await remember(market, spread_pct=[0.1] * 9)
    # One of them is what is checked for anomalies, by the others.
    for tool, needed in ((get_baseline_metrics, 10), (detect_anomalies, 11)):
        with pytest.raises(InsufficientHistory, match=rf"^There are 9 snapshots of BTC/USD on kraken in those 24 h, and {needed} are needed"):
            await tool(market, **PAST)


async def test_a_replay_looks_back_from_the_newest_that_was_stored(market):
    of_replay = replace(market, source="replay", history=market.history)
    await remember(market, depth_usd=[1e6] * 60)

    told = await get_liquidity_history(of_replay, "BTC", "kraken", 1)

    assert (told.end, told.sample_count, told.age_ms) == (NOON, 60, 0)
    await alert_rules(of_replay, "add", "BTC spread on kraken > 5 bps")
    (rule,) = (await alert_rules(of_replay, "list")).rules
    assert (rule.state, rule.as_of, rule.age_ms, rule.would_have_fired, rule.true_throughout) == ("raised", NOON, 0, 1, True)
