"""The demo remembers a day that never was, and says so."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from make_snapshots import snapshot

from tools import get_baseline_metrics, open_market
from tools.analytics.series import milliseconds
from tools.demo import INTERVAL_S, GeneratedHistory
from tools.history import History
from tools.settings import Settings
from tools.simulator import GeneratedBooks, VenueDown
from tools.simulator.incidents import demo_incidents

OPENED = datetime(2026, 8, 9, 12, 2, tzinfo=UTC)
DAY = timedelta(hours=24)


@asynccontextmanager
async def opened(folder, at=OPENED):
    clock = [at]
    books = GeneratedBooks(incidents=demo_incidents(at))
    history = GeneratedHistory(f"sqlite+aiosqlite:///{folder / 'demo.sqlite3'}", books, ("kraken",), retention_days=90, now=lambda: clock[0])
    history.clock, history.venues = clock, books
    yield history
    await history.close()


@pytest.fixture
async def demo(tmp_path):
    async with opened(tmp_path) as history:
        yield history


async def series(demo, asset="ETH"):
    symbol = await demo.find_market("kraken", asset)
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


async def test_an_incident_that_is_asked_about_look_by_look_raises_the_alert_of_a_whole_day(demo):
    demo.clock[0] = OPENED - timedelta(hours=6)
    while demo.clock[0] < OPENED - timedelta(hours=3):
        await series(demo)
        demo.clock[0] += timedelta(seconds=INTERVAL_S)
    (alert,) = await demo.alerts("kraken", "ETH/USD")

    assert (alert.alert_type, alert.state) == ("SPREAD_WIDENING", "cleared")
    assert timedelta(0) <= alert.timestamp - (OPENED - timedelta(hours=5)) <= timedelta(seconds=2 * INTERVAL_S)


async def test_a_day_later_nothing_is_found_in_what_was_there_before(demo):
    await series(demo)
    before = await demo.alerts("kraken", "ETH/USD")
    for hours in range(0, 28, 4):
        demo.clock[0] = OPENED + timedelta(hours=hours)
        await series(demo)

    assert [alert for alert in await demo.alerts("kraken", "ETH/USD") if alert.timestamp <= OPENED] == before


def told_by_the_wire(demo):
    """The best prices of two days around the opening, None where the venue is out."""
    prices = []
    for asset in ("BTC", "ETH", "SOL"):
        for quarter in range(-96, 96):
            try:
                prices.append(demo.venues.book_at("kraken", f"{asset}/USD", milliseconds(OPENED) + quarter * 900_000, 1))
            except VenueDown:
                prices.append(None)
    return prices


async def test_whoever_opens_it_again_within_a_day_finds_the_same_world(demo, tmp_path):
    """What the first opening never asked about is told as it would have told it, and goes on as it would have gone on."""
    await series(demo)
    async with opened(tmp_path, OPENED + timedelta(hours=3)) as successor:
        later = await series(successor, "SOL")
        alerts = [one.alert_id for one in await successor.alerts("kraken", "SOL/USD", until=OPENED)]
        assert told_by_the_wire(demo) == told_by_the_wire(successor)

    first = await series(demo, "SOL")
    shared = first.time_ms >= later.time_ms[0]
    assert later.best_bid[: shared.sum()].tolist() == first.best_bid[shared].tolist()
    assert [one.alert_id for one in await demo.alerts("kraken", "SOL/USD", until=OPENED)] == alerts != []


async def test_two_that_open_it_at_once_find_the_same_world(demo, tmp_path):
    async with opened(tmp_path, OPENED + timedelta(seconds=20)) as other:
        demo.clock[0] = other.clock[0]
        await asyncio.gather(series(demo), series(other, "SOL"))

        assert told_by_the_wire(demo) == told_by_the_wire(other)


async def test_opened_when_nobody_has_looked_for_a_day_it_has_a_calm_present_and_a_day_to_ask_about_again(demo, tmp_path):
    await series(demo)
    again = OPENED + timedelta(hours=25)
    async with opened(tmp_path, again) as successor:
        await series(successor)
        (alert,) = await successor.alerts("kraken", "ETH/USD", since=OPENED + timedelta(minutes=5))

    assert alert.alert_type == "SPREAD_WIDENING"
    assert timedelta(0) <= alert.timestamp - (again - timedelta(hours=5)) <= timedelta(seconds=2 * INTERVAL_S)


async def test_looks_that_were_there_before_are_not_judged_again(demo, tmp_path, monkeypatch):
    async def elsewhere(alerts):
        assert len(alerts) == 1

    monkeypatch.setattr(demo, "store_alerts", elsewhere)
    await series(demo)
    async with opened(tmp_path) as successor:
        successor.clock[0] = OPENED + timedelta(minutes=10)
        await series(successor)
        assert await successor.alerts("kraken", "ETH/USD") == []


async def test_an_alert_that_stands_when_the_demo_is_left_is_taken_up_by_the_next(demo, tmp_path):
    within = OPENED - timedelta(hours=5) + timedelta(seconds=3 * INTERVAL_S)
    demo.clock[0] = within
    await series(demo)
    (raised,) = await demo.alerts("kraken", "ETH/USD")
    async with opened(tmp_path) as successor:
        await series(successor)
        (cleared,) = await successor.alerts("kraken", "ETH/USD")

    assert (raised.state, cleared.state, cleared.alert_id) == ("raised", "cleared", raised.alert_id)
    assert cleared.timestamp < within < cleared.cleared_at


async def test_a_look_of_a_recorder_stands_for_the_interval_it_is_in(demo):
    at = OPENED - timedelta(minutes=31)
    await demo.append([snapshot(source="simulated", symbol="ETH/USD", at=at)])

    times = (await series(demo)).time_ms.tolist()

    interval, seen = 1_000 * INTERVAL_S, milliseconds(at)
    assert [time - seen // interval * interval for time in times if abs(time - seen) < interval] == [0, seen % interval]


async def test_what_has_been_filled_is_not_read_again_before_an_interval_has_passed(demo, monkeypatch):
    await series(demo)
    read = []
    whole = History.series
    monkeypatch.setattr(History, "series", lambda history, *window: read.append(window[2:]) or whole(history, *window))
    filled, before, after = (OPENED + timedelta(minutes=minutes) for minutes in (-2, 2, 3))
    for now in (before, after):
        demo.clock[0] = now
        await demo.series("kraken", "ETH/USD", filled, now)

    assert read == [(filled, before), (filled, after), (after - DAY, after), (filled, after)]


async def test_a_market_that_no_venue_lists_is_not_made_up(demo):
    assert await demo.find_market("kraken", "NOPE") is None
    assert await demo.find_market("nyse", "BTC") is None


@pytest.fixture
def widened():
    """A spread that a schedule of incidents widens on one exchange."""
    return next(one for one in demo_incidents(OPENED) if one.kind == "spread_widening" and one.start > OPENED and one.exchange in {"binance", "coinbase"})


async def first_spread(folder, incident, **settings):
    """The spread in per cent of the first book that is asked for where the incident would be."""
    async with open_market(Settings(demo=True, cache_dir=folder, data_dir=folder, **settings)) as market:
        found = await market.books.fetch(incident.exchange, incident.base)
    return 100 * (found.best_ask - found.best_bid) / found.mid


async def test_what_remembers_the_opening_is_no_market_that_is_recorded(demo):
    await series(demo)
    assert await demo.leased() == set()


async def test_a_book_that_is_asked_for_before_any_history_is_of_the_world_that_the_database_remembers(tmp_path, widened):
    before = datetime.now(UTC) - (widened.start - OPENED) - timedelta(minutes=1)
    remembered = GeneratedHistory(
        f"sqlite+aiosqlite:///{tmp_path / 'history-simulated.sqlite3'}", GeneratedBooks(), ("kraken",), retention_days=90, now=lambda: before
    )
    await remembered.series("kraken", "ETH/USD", before - DAY, before)
    await remembered.close()

    anew = await first_spread(tmp_path / "anew", widened)
    assert await first_spread(tmp_path, widened) > 1.5 * anew


async def test_a_database_that_is_away_leaves_the_first_book(tmp_path, widened):
    assert await first_spread(tmp_path, widened, database_url="postgresql://nobody@127.0.0.1:9/none") > 0


async def test_the_day_ends_where_the_simulated_venues_begin(tmp_path):
    async with open_market(Settings(demo=True, cache_dir=tmp_path, data_dir=tmp_path)) as market:
        told = await get_baseline_metrics(market, "ETH", "kraken")

    # By its clock now may be among the widest twentieth of the day; that it is another market's it may not.
    assert (told.source, told.sample_count) == ("simulated", 288)
    assert told.spread.p5 / 1.5 < told.spread.now < told.spread.p95 * 1.5
    assert [path.name for path in tmp_path.glob("*.sqlite3")] == ["history-simulated.sqlite3"]
