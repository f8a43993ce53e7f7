"""The tools that look back, over real venues on loopback and a real database."""

import asyncio
import math
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial

import pytest
from make_snapshots import miss, snapshot, snapshots
from make_snapshots import series as columns
from simulated import simulated

from tools import (
    alert_rules,
    capture_snapshot,
    detect_anomalies,
    get_baseline_metrics,
    get_liquidity_history,
    liquidity_chart,
    liquidity_heatmap,
)
from tools.analytics.anomalies import backtest, backtest_rules
from tools.analytics.rules import parse
from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile, Snapshot
from tools.errors import InsufficientHistory, InvalidArgument, NothingRecorded, UnknownSymbol
from tools.history.rules import MOST_RULES
from tools.simulator import Fault

NOON = datetime(2026, 8, 9, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAST = {"symbol": "BTC/USD", "exchange": "kraken", "until": NOON.isoformat()}


@pytest.fixture
async def venues(tmp_path):
    async with simulated(database=f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}") as opened:
        yield opened


@pytest.fixture
def market(venues):
    return venues.market


async def remember(market, *, end=NOON, **series):
    """A series of BTC/USD on kraken that ends at `end`, stored."""
    kept = columns(source="simulated", end=end, **series)
    profile = DepthProfile(bid_sizes=[2.0] * len(PROFILE_EDGES_PCT), ask_sizes=[1.0] * len(PROFILE_EDGES_PCT))
    await market.history.append(snapshots(kept, profile=profile))
    return kept


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


async def test_the_outlook_of_a_market_is_worked_out_once_an_hour(market):
    await remember(market, spread_pct=[0.1] * 60)
    first = await get_baseline_metrics(market, **PAST, hours=1)
    await market.history.append([snapshot(source="simulated", at=NOON - 2 * HOUR, best_bid=99, best_ask=101)])

    assert (await get_baseline_metrics(market, **PAST, hours=1)).forecast == first.forecast
    assert (await get_baseline_metrics(market, **PAST, hours=3)).sample_count == 61


async def test_anomalies_of_a_past_moment_are_those_that_stood_then(market):
    await remember(market, depth_usd=[1e6] * 100 + [4e5] * 5)

    told = await detect_anomalies(market, **PAST, lookback_hours=2)

    (alert,) = told.alerts
    assert (alert.alert_type, alert.state, alert.severity, alert.source) == ("DEPTH_DROP", "raised", "HIGH", "simulated")
    assert alert.message == "Depth within 5% dropped by 60.0% (current: $400,000, baseline: $1.00 million)"
    assert alert.timestamp == NOON - timedelta(minutes=3)


async def test_a_venue_without_a_book_is_checked_for_an_outage_alone(venues, market):
    await remember(market, end=market.now(), spread_pct=[0.1] * 20)
    venues.simulator.faults.set("kraken", Fault.status(503))

    told = await detect_anomalies(market, "BTC/USD", "kraken")

    assert {one.alert_type: one.outcome for one in told.checked} == {
        "SPREAD_WIDENING": "not checked",
        "DEPTH_DROP": "not checked",
        "IMBALANCE": "not checked",
        "PRICE_ANOMALY": "not checked",
        "VENUE_OUTAGE": "deviating",
    }
    assert any("kraken is unavailable" in warning for warning in told.warnings)


async def test_an_alert_is_told_as_it_was_raised_rather_than_as_the_window_judges_it_later(market):
    kept = await remember(market, depth_usd=[1e6] * 100 + [4e5] * 10 + [1e6] * 10)
    (raised,) = backtest(kept)
    milder = raised.model_copy(update={"severity": "LOW", "message": "as it was raised"})
    await market.history.store_alerts([milder])

    assert (await detect_anomalies(market, **PAST, lookback_hours=2)).cleared == [milder]
    earlier = {**PAST, "until": raised.timestamp.isoformat()}
    assert (await detect_anomalies(market, **earlier, lookback_hours=2)).alerts == [milder.model_copy(update={"state": "raised", "cleared_at": None})]
    assert (await detect_anomalies(market, **PAST, lookback_hours=2, threshold_pct=40)).cleared[0].message == raised.message


async def test_an_alert_of_ones_own_rule_stands_among_the_others_from_two_looks_after_it_was_stored(market):
    await remember(market, spread_pct=[0.1] * 60)
    stored_at = NOON - timedelta(minutes=30, seconds=30)
    await alert_rules(replace(market, now=lambda: stored_at), "add", "BTC/USD spread on kraken > 5 bps")

    told = await detect_anomalies(market, **PAST, lookback_hours=2)

    assert [(alert.alert_type, alert.rule, alert.state, alert.timestamp) for alert in told.alerts] == [
        ("RULE", "BTC/USD spread on kraken > 5 bps", "raised", NOON - timedelta(minutes=29))
    ]
    assert [check.outcome for check in told.checked if check.alert_type == "RULE"] == ["alert"]


async def test_a_past_moment_within_an_outage_is_one(market):
    kept = columns(source="simulated", end=NOON - timedelta(minutes=30), spread_pct=[0.1] * 60)
    failed = [miss(source="simulated", at=NOON, after_s=-60 * minutes) for minutes in range(30)]
    await market.history.append(snapshots(kept), failed)

    told = await detect_anomalies(market, **PAST, lookback_hours=2)

    assert [(alert.alert_type, alert.state) for alert in told.alerts] == [("VENUE_OUTAGE", "raised")]
    assert told.as_of == NOON


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


async def test_too_few_snapshots_are_counted_and_no_baseline_is_made_up(market):
    await remember(market, spread_pct=[0.1] * 9)
    for tool in (get_baseline_metrics, detect_anomalies):
        with pytest.raises(InsufficientHistory, match=r"^There are [89] snapshots of BTC/USD on kraken in those 24 h, and 10 are needed"):
            await tool(market, **PAST)


async def test_the_heatmap_over_hours_is_drawn_from_the_stored_profiles(market):
    await remember(market, mid=[100 + math.sin(i / 10) for i in range(120)])

    chart = await liquidity_heatmap(market, **PAST, hours=2)

    (heat,) = [trace for trace in chart.figure["data"] if trace["type"] == "heatmap"]
    assert (chart.kind, chart.exchanges, chart.source, chart.as_of) == ("heatmap", ["kraken"], "simulated", NOON)
    assert len(heat["z"]) == 2 * len(PROFILE_EDGES_PCT)


async def test_a_trend_shows_what_is_usual_and_the_alerts(market):
    await remember(market, end=market.now(), depth_usd=[1e6] * 60)

    chart = await liquidity_chart(market, "trend", "BTC/USD", ["kraken", "binance"], hours=2)

    assert (chart.kind, chart.exchanges, chart.source) == ("trend", ["kraken"], "simulated")
    assert "A trend is drawn of one exchange; binance can be asked for one by one." in chart.warnings
    assert "60" in chart.summary


async def test_a_trend_of_a_past_window_ends_with_it_and_is_compared_with_a_day(market):
    """Of the two hours asked about the incident is a quarter, of the day before their end a fiftieth."""
    await remember(market, spread_pct=[0.1] * 1_380 + [0.4] * 30 + [0.1] * 30)

    chart = await liquidity_chart(market, "trend", "BTC/USD", ["kraken"], hours=2, until=NOON.isoformat())

    assert "kraken BTC/USD, 2 h to 2026-08-09 12:00 UTC, 120 snapshots" in chart.summary
    assert "Liquidity was as usual then" in chart.summary
    assert "Against the baseline of 1,440 samples over 24 h: spread then 0.100%, at the 49th percentile (usually 0.100% to 0.100%" in chart.summary


async def test_an_alerts_chart_of_a_past_window_shows_what_stood_at_its_end(market):
    kept = await remember(market, spread_pct=[0.1] * 100 + [0.4] * 30 + [0.1] * 30)
    await market.history.store_alerts(backtest(kept))

    chart = await liquidity_chart(market, "alerts", hours=1, until=(NOON - timedelta(minutes=35)).isoformat())

    assert chart.summary.startswith("1 alert stood at the end on 1 of 1 recorded market (60 min to 2026-08-09 11:25 UTC")
    assert "- HIGH spread widening on kraken BTC/USD, stood then (Aug 9, 11:02 to Aug 9, 11:31): Spread widened by 300.0%" in chart.summary
    with pytest.raises(InvalidArgument, match=r"^until is for the kinds trend and alerts; kind depth is of the books now\.$"):
        await liquidity_chart(market, "depth", "BTC", until=NOON.isoformat())


async def test_an_alerts_chart_says_where_nobody_watched(market):
    await remember(market, end=market.now(), depth_usd=[1e6] * 60)

    chart = await liquidity_chart(market, "alerts", "BTC", hours=2)

    assert (chart.kind, chart.source) == ("alerts", "simulated")
    assert "coinbase" in "\n".join([chart.summary, *chart.warnings])
    with pytest.raises(InsufficientHistory):
        await liquidity_chart(market, "alerts", "ETH")


def raised(market, **parts):
    """A standing depth drop of kraken ETH/USD, raised ten minutes ago."""
    now = market.now()
    (alert,) = [one for one in backtest(columns(source="simulated", symbol="ETH/USD", end=now, depth_usd=[1e6] * 100 + [4e5] * 10)) if not one.cleared_at]
    return alert.model_copy(update=parts)


async def test_without_a_symbol_the_alerts_are_those_of_every_recorded_market(market):
    now = market.now()
    for symbol in ("BTC/USD", "ETH/USD"):
        await market.history.append(snapshots(columns(source="simulated", symbol=symbol, end=now, depth_usd=[1e6] * 60)))
    await market.history.append(snapshots(columns(source="simulated", exchange="okx", symbol="SOL/USDT", end=now - 3 * HOUR, depth_usd=[1e6] * 60)))
    alert = raised(market)
    await market.history.store_alerts([alert])

    chart = await liquidity_chart(market, "alerts", hours=6)

    assert (chart.kind, chart.symbol, chart.exchanges, chart.source) == ("alerts", "", ["kraken", "okx"], "simulated")
    assert chart.summary.startswith("1 alert stands on 1 of 3 recorded markets, 1 of which nobody has looked at lately (6 h to ")
    assert f"- HIGH depth drop on kraken ETH/USD, stands (since {alert.timestamp:%b} {alert.timestamp.day}, {alert.timestamp:%H:%M}): " in chart.summary
    assert chart.figure["layout"]["yaxis"]["ticktext"] == ["<b>kraken ETH/USD</b> (1 stands)", "okx SOL/USDT (not lately)", "kraken BTC/USD"]
    assert (await liquidity_chart(market, "alerts", "", ["okx"])).exchanges == ["okx"]


async def test_a_market_that_has_only_ever_failed_is_on_the_board_by_its_alert(market):
    out = raised(market, exchange="okx", symbol="SOL/USDT", alert_type="VENUE_OUTAGE")
    await market.history.append([], [miss(source="simulated", exchange="okx", symbol="SOL/USDT", at=market.now())])
    await market.history.store_alerts([out])

    chart = await liquidity_chart(market, "alerts")

    assert chart.summary.startswith("1 alert stands on 1 of 1 recorded market (24 h to ")
    assert "- HIGH venue outage on okx SOL/USDT, stands" in chart.summary


async def test_an_exchange_that_nothing_is_recorded_of_is_told_beside_the_others(market):
    await remember(market, end=market.now())

    chart = await liquidity_chart(market, "alerts", "", ["kraken", "coinbase"])

    assert chart.exchanges == ["kraken"]
    assert chart.summary.endswith("Missing: coinbase (no market of it is recorded).")
    with pytest.raises(InvalidArgument, match="krakn is not among the simulated exchanges here"):
        await liquidity_chart(market, "alerts", "", ["kraken", "krakn"])


async def test_where_nothing_is_recorded_at_all_it_is_said_how_to_record(market):
    with pytest.raises(NothingRecorded) as none:
        await liquidity_chart(market, "alerts")
    assert str(none.value) == (
        "No market is recorded, so nobody has watched for alerts: record some with `liquidity record BTC ETH --exchanges binance,coinbase,kraken --demo`."
    )
    with pytest.raises(NothingRecorded, match=r"^No market is recorded on kraken, .* `liquidity record BTC ETH --exchanges kraken --demo`\.$"):
        await liquidity_chart(market, "alerts", "", ["kraken"])


@pytest.mark.parametrize("kind", ["depth", "comparison", "impact", "trend"])
async def test_every_other_chart_says_that_it_needs_a_symbol(market, kind):
    with pytest.raises(InvalidArgument) as caught:
        await liquidity_chart(market, kind, order_size_usd=1_000)
    assert str(caught.value) == f"symbol is required for kind {kind}, such as BTC; only kind alerts may leave it empty, for every recorded market."


async def test_a_replay_s_board_ends_with_the_newest_that_was_stored(market):
    await remember(market, depth_usd=[1e6] * 60)

    chart = await liquidity_chart(replace(market, source="replay"), "alerts", hours=1)

    assert chart.as_of == NOON
    assert chart.summary.startswith("No alert stands on 1 recorded market (60 min to 2026-08-09 12:00 UTC, times in UTC).")


async def test_a_rule_is_stored_tried_shown_and_removed(market):
    at_noon = replace(market, now=lambda: NOON + timedelta(seconds=30))
    await remember(market, spread_pct=[0.02] * 100 + [0.2] * 5 + [0.02] * 15)

    added = await alert_rules(at_noon, "add", "BTC/USD spread on kraken > 5 bps")
    (rule,) = added.rules
    assert added.message.startswith(f"`{rule.rule}` is stored as {rule.rule_id}.")
    assert (rule.metric, rule.value, rule.unit, rule.state) == ("spread", 5.0, "bps", "quiet")
    assert (rule.current_value, rule.as_of, rule.age_ms) == (pytest.approx(2.0), NOON, 30_000)
    assert (added.as_of, added.age_ms) == (NOON, 30_000)
    assert (rule.tested_since, rule.would_have_fired, rule.true_throughout) == (NOON - timedelta(minutes=119), 1, False)
    assert rule.last_fired_at == NOON - timedelta(minutes=18)

    assert (await alert_rules(at_noon, "list")).rules == [rule]
    assert "was stored already" in (await alert_rules(at_noon, "add", "btc/usd spread on Kraken above 5 bps")).message

    removed = await alert_rules(at_noon, "remove", f"`{rule.rule_id}`")
    assert (removed.message, removed.rules) == (f"`{rule.rule}` is removed.", [])


async def test_a_rule_whose_condition_holds_already_is_beyond_until_two_looks_since_it_is_stored_say_so(market):
    at_noon, later = (replace(market, now=lambda at=at: at) for at in (NOON, NOON + timedelta(minutes=2)))
    await remember(market, spread_pct=[0.1] * 60)
    (rule,) = (await alert_rules(at_noon, "add", "BTC/USD spread on kraken > 5 bps")).rules
    assert (rule.state, rule.would_have_fired, rule.last_fired_at, rule.true_throughout) == ("beyond", 1, NOON - timedelta(minutes=58), True)

    await remember(market, end=NOON + timedelta(minutes=2), spread_pct=[0.1] * 2)
    assert [one.state for one in (await alert_rules(later, "list")).rules] == ["raised"]


async def test_a_rule_is_raised_while_an_alert_of_its_own_stands(market):
    text = "BTC/USD spread on kraken > 5 bps"
    at_noon = replace(market, now=lambda: NOON)
    kept = await remember(market, spread_pct=[0.02] * 50 + [0.2] * 10)
    await alert_rules(replace(market, now=lambda: NOON - timedelta(seconds=30)), "add", text)
    (before,) = backtest_rules(kept, [parse(text, "kraken")])
    await market.history.store_alerts([before])
    assert [one.state for one in (await alert_rules(at_noon, "list")).rules] == ["beyond"]
    await market.history.store_alerts([before.model_copy(update={"alert_id": "since", "timestamp": NOON})])
    assert [one.state for one in (await alert_rules(at_noon, "list")).rules] == ["raised"]


async def test_a_rule_for_a_market_at_which_nobody_looks_any_more_is_not_watched_and_says_what_would(market):
    await remember(market, spread_pct=[0.1] * 60)
    for minutes, state in ((3, "beyond"), (4, "not watched")):
        then = replace(market, now=lambda minutes=minutes: NOON + timedelta(minutes=minutes))
        told = await alert_rules(then, "add", "BTC spread on kraken > 5 bps")
        assert (told.rules[0].state, told.rules[0].as_of, told.age_ms) == (state, NOON, 60_000 * minutes)
    assert told.warnings == ["No recorder watches BTC on kraken, so nobody would be told: `liquidity record BTC --exchanges kraken --demo` does."]


async def test_while_a_recorder_has_the_market_of_a_rule_nothing_is_wanting(market):
    rules = ("BTC spread on kraken > 5 bps", "BTC/USD price on kraken > 1,000", "ETH spread on kraken > 5 bps")
    await market.history.claim([("kraken", "BTC/USD")], "a recorder", 60)
    warned = [(await alert_rules(market, "add", rule)).warnings for rule in rules]
    assert warned == [
        [],
        [],
        ["No recorder watches ETH on kraken, so nobody would be told: `liquidity record ETH --exchanges kraken --demo` does."],
    ]


async def test_a_rule_for_a_market_that_the_exchange_lacks_is_one_for_its_nearest_which_is_recorded(market):
    told = await alert_rules(market, "add", "BTC/USD spread on binance > 5 bps")
    assert told.rules[0].rule == "BTC/USDT spread on binance > 5 bps"


async def test_a_failed_look_is_one_too(market):
    await remember(market, spread_pct=[0.1] * 60)
    await market.history.append([], [miss(source="simulated", at=NOON, after_s=60 * minutes) for minutes in range(1, 60)])
    then = replace(market, now=lambda: NOON + HOUR)
    assert [one.state for one in (await alert_rules(then, "add", "BTC spread on kraken > 5 bps")).rules] == ["beyond"]


async def test_rules_of_several_markets_are_each_of_their_own_time_and_the_oldest_is_the_answer_s(market):
    then = replace(market, now=lambda: NOON + timedelta(days=3))
    await remember(market, spread_pct=[0.1] * 60)
    await market.history.append(
        [snapshot(source="simulated", exchange="coinbase", symbol="ETH/USD", at=NOON, after_s=3 * 86_400 - 5, bid_complete=[False] * 6)]
    )
    for text in ("ETH depth on coinbase < $1m", "ETH spread on coinbase < 5 bps", "BTC price on kraken > 1,000", "BTC/USD spread on kraken > 5 bps"):
        told = await alert_rules(then, "add", text)
    assert {one.rule: (one.state, one.age_ms, one.would_have_fired, one.true_throughout) for one in told.rules} == {
        "ETH depth within 1% on coinbase < $1,000,000": ("no data", 5_000, 0, None),
        "ETH spread on coinbase < 5 bps": ("quiet", 5_000, 0, False),
        "BTC price on kraken > 1,000": ("not watched", 3 * 86_400_000, None, None),
        "BTC/USD spread on kraken > 5 bps": ("not watched", 3 * 86_400_000, None, None),
    }
    assert (told.as_of, told.age_ms) == (NOON, 3 * 86_400_000)
    assert [one for one in told.warnings if "kraken" in one] == [
        "No recorder watches BTC, BTC/USD on kraken, so nobody would be told: `liquidity record BTC BTC/USD --exchanges kraken --demo` does."
    ]


async def test_a_rule_for_a_market_that_nobody_recorded_has_no_data_and_says_how_to_record(market):
    told = await alert_rules(market, "add", "SOL spread on coinbase > 5 bps")
    (rule,) = told.rules
    assert (rule.state, rule.current_value, rule.as_of, rule.would_have_fired) == ("no data", None, None, None)
    assert told.message == f"`{rule.rule}` is stored as {rule.rule_id}."
    assert told.warnings == ["No recorder watches SOL on coinbase, so nobody would be told: `liquidity record SOL --exchanges coinbase --demo` does."]


async def test_of_rules_added_at_once_no_more_are_stored_than_there_may_be(market):
    added = await asyncio.gather(
        *(alert_rules(market, "add", f"BTC spread on kraken > {bps} bps") for bps in range(1, MOST_RULES + 11)), return_exceptions=True
    )
    assert len(await market.history.rules()) == MOST_RULES
    refused = [one for one in added if isinstance(one, InvalidArgument)]
    assert [str(one) for one in refused] == [f"{MOST_RULES} rules are stored, which is the most there may be: remove one first."] * 10
    again = (await market.history.rules())[0].rule
    assert (await alert_rules(market, "add", again.text)).message == f"`{again.text}` was stored already, as {again.rule_id}."


async def test_of_removals_of_one_rule_at_once_one_removes_it(market):
    other, rule = [(await alert_rules(market, "add", f"BTC spread on kraken > {bps} bps")).rules[-1] for bps in (6, 5)]
    removed = await asyncio.gather(*(alert_rules(market, "remove", rule.rule) for _ in range(5)), return_exceptions=True)
    refused = [str(one) for one in removed if isinstance(one, InvalidArgument)]
    assert refused == [f"There is no such rule to remove: the stored ones are {other.rule_id} ({other.rule})."] * 4
    assert [one.message for one in removed if not isinstance(one, BaseException)] == [f"`{rule.rule}` is removed."]


@pytest.mark.parametrize(
    ("action", "rule", "words"),
    [
        ("add", "", "rule is required to add or remove one"),
        ("add", "make me rich", "make me rich"),
        ("add", "NOPE spread on kraken > 5 bps", "kraken does not list NOPE"),
        ("add", "BTC spread on krakn > 5 bps", "krakn is not among the simulated exchanges here"),
        ("remove", "BTC spread on kraken > 5 bps", "There is no such rule to remove: none are stored."),
        ("list", "BTC", "rule is for add and remove"),
        ("forget", "", "action must be 'list', 'add' or 'remove', not 'forget'."),
    ],
)
async def test_a_rule_that_cannot_be_is_refused_and_nothing_is_stored(market, action, rule, words):
    with pytest.raises(InvalidArgument) as caught:
        await alert_rules(market, action, rule)
    assert words in str(caught.value)
    assert await market.history.rules() == []


async def test_a_replay_looks_back_from_the_newest_that_was_stored(market):
    of_replay = replace(market, source="replay", history=market.history)
    await remember(market, depth_usd=[1e6] * 60)

    told = await get_liquidity_history(of_replay, "BTC", "kraken", 1)

    assert (told.end, told.sample_count, told.age_ms) == (NOON, 60, 0)
    await alert_rules(of_replay, "add", "BTC spread on kraken > 5 bps")
    (rule,) = (await alert_rules(of_replay, "list")).rules
    assert (rule.state, rule.as_of, rule.age_ms, rule.would_have_fired, rule.true_throughout) == ("raised", NOON, 0, 1, True)
