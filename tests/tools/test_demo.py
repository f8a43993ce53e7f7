"""The demo remembers a day that never was, and says so."""

from datetime import UTC, datetime, timedelta

import pytest

from tools import get_baseline_metrics, open_market
from tools.analytics.series import milliseconds
from tools.demo import INTERVAL_S, GeneratedHistory
from tools.settings import Settings
from tools.simulator import GeneratedBooks
from tools.simulator.incidents import demo_incidents

OPENED = datetime(2026, 8, 9, 12, 2, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.fixture
async def demo(tmp_path):
    clock = [OPENED]
    books = GeneratedBooks(incidents=demo_incidents(OPENED))
    history = GeneratedHistory(f"sqlite+aiosqlite:///{tmp_path / 'demo.sqlite3'}", books, ("kraken",), retention_days=90, now=lambda: clock[0])
    history.clock = clock
    yield history
    await history.close()


async def series(demo):
    symbol = await demo.find_market("kraken", "ETH")
    return await demo.series("kraken", symbol, demo.clock[0] - 2 * DAY, demo.clock[0])


async def test_a_day_up_to_now_is_remembered_of_whatever_market_is_asked_about(demo):
    day = await series(demo)

    assert (day.source, day.symbol, len(day)) == ("simulated", "ETH/USD", 24 * 3_600 // INTERVAL_S)
    assert milliseconds(OPENED) - INTERVAL_S * 1_000 < day.time_ms[-1] <= milliseconds(OPENED)
    assert set(day.time_ms % (INTERVAL_S * 1_000)) == {0}


async def test_its_incidents_have_raised_their_alerts(demo):
    await series(demo)
    (alert,) = await demo.alerts("kraken", "ETH/USD")
    assert (alert.alert_type, alert.state, alert.source) == ("SPREAD_WIDENING", "cleared", "simulated")
    assert timedelta(0) <= alert.timestamp - (OPENED - timedelta(hours=5)) <= timedelta(seconds=2 * INTERVAL_S)


async def test_asked_again_it_adds_only_what_has_passed_since(demo):
    first = await series(demo)
    demo.clock[0] = OPENED + timedelta(minutes=20)
    later = await series(demo)

    assert later.time_ms[: len(first)].tolist() == first.time_ms.tolist()
    assert len(later) == len(first) + 4


async def test_a_market_that_no_venue_lists_is_not_made_up(demo):
    assert await demo.find_market("kraken", "NOPE") is None
    assert await demo.find_market("nyse", "BTC") is None


async def test_the_day_ends_where_the_simulated_venues_begin(tmp_path):
    async with open_market(Settings(demo=True, cache_dir=tmp_path, data_dir=tmp_path)) as market:
        told = await get_baseline_metrics(market, "ETH", "kraken")

    assert (told.source, told.verdict, told.sample_count) == ("simulated", "usual", 288)
    assert told.spread.p5 / 1.5 < told.spread.now < told.spread.p95 * 1.5
    assert [path.name for path in tmp_path.glob("*.sqlite3")] == ["history-simulated.sqlite3"]
