"""The pictures that look back, over real venues on loopback and a real database."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import miss, snapshots
from make_snapshots import series as columns
from remembering import PAST, remember

from tools import (
    liquidity_chart,
    liquidity_heatmap,
)
from tools.analytics.anomalies import backtest
from tools.analytics.snapshot import PROFILE_EDGES_PCT
from tools.errors import InsufficientHistory, InvalidArgument, NothingRecorded

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", ["trend", "alerts"])
async def test_an_alert_that_became_worse_after_the_window_is_drawn_as_it_stood_at_its_end(market, kind):
    kept = await remember(market, depth_usd=[1e6] * 100 + [6.5e5] * 6 + [5e4] * 10)
    await market.history.store_alerts(backtest(kept))

    then = await liquidity_chart(market, kind, "BTC/USD", ["kraken"], hours=2, until=(NOON - timedelta(minutes=11)).isoformat())
    afterwards = await liquidity_chart(market, kind, "BTC/USD", ["kraken"], hours=2, until=NOON.isoformat())

    assert [("LOW" in one.summary, "HIGH" in one.summary) for one in (then, afterwards)] == [(True, False), (False, True)]


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
    assert "- HIGH spread widening on kraken BTC/USD, stood then (since Aug 9, 11:02): Spread widened by 300.0%" in chart.summary
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
