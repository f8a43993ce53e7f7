"""What stands beside other rows is told from them: whose lease it is, and of which snapshot a profile, a mid and a rate are."""

from datetime import timedelta
from itertools import product

from make_books import NOON
from make_snapshots import miss, snapshot

from tools.analytics.snapshot import PROFILE_EDGES_PCT, DepthProfile
from tools.history import Appended, History
from tools.history.profiles import WIDTHS_MS

NOON_MS = 1_786_276_800_000
BINS = len(PROFILE_EDGES_PCT)
BTC, ETH, ELSEWHERE = ("kraken", "BTC/USD"), ("kraken", "ETH/USD"), ("coinbase", "BTC/USD")


async def test_the_owner_of_a_lease_is_that_of_the_market_on_the_exchange_in_the_source(database_url):
    live, simulated = (History(database_url, source, now=lambda: NOON) for source in ("live", "simulated"))
    await live.claim([BTC], "one", 60)
    await live.claim([ETH], "two", 60)
    await live.claim([ELSEWHERE], "three", 60)
    await simulated.claim([BTC], "four", 60)
    assert [await live.owner(pair) for pair in (BTC, ETH, ELSEWHERE)] == ["one", "two", "three"]
    assert [await simulated.owner(pair) for pair in (BTC, ETH)] == ["four", None]
    assert (await live.leased(), await simulated.leased()) == ({BTC, ETH, ELSEWHERE}, {BTC})
    await live.release("two")
    assert [await live.owner(pair) for pair in (BTC, ETH, ELSEWHERE)] == ["one", None, "three"]
    for history in (live, simulated):
        await history.close()


async def test_mid_and_rate_of_a_stretch_are_those_of_its_first_snapshot(history):
    await history.append([snapshot(after_s=20 * number, best_bid=90 + number, best_ask=91 + 3 * number, usd_rate=1 + number / 8) for number in range(7)])
    await history.append([snapshot(symbol="ETH/USD", after_s=20 * number, best_bid=9, best_ask=10, usd_rate=3) for number in range(7)])
    given = await history.profiles("kraken", "BTC/USD", NOON - timedelta(milliseconds=1), NOON + timedelta(seconds=120), 3)
    assert (given.mid.tolist(), given.usd_rate.tolist()) == ([90.5, 96.5, 102.5], [1.0, 1.375, 1.75])


def test_stretches_of_every_width_end_with_the_days():
    assert list(WIDTHS_MS) == sorted(set(WIDTHS_MS))
    day_ms = 86_400_000
    assert [width for width in WIDTHS_MS if max(width, day_ms) % min(width, day_ms)] == []
    assert [width for width in WIDTHS_MS if width > 2 * day_ms and width % (7 * day_ms)] == []


async def test_nothing_given_is_nothing_stored(history):
    assert await history.append([]) == Appended(0, ())
    await history.store_alerts([])
    assert (await history.alerts("", "", None), await history.markets()) == ([], [])


async def test_looks_in_vain_after_all_snapshots_are_none_of_them(history):
    """As they lie in an outage that goes on: in order of time."""
    await history.append([snapshot(after_s=after) for after in (0, 60)], [miss(after_s=after) for after in (120, 180)])
    found = await history.series("kraken", "BTC/USD", NOON - timedelta(minutes=1), NOON + timedelta(hours=1))
    assert [(at - NOON_MS) // 1_000 for at in found.time_ms.tolist()] == [0, 60]
    assert [(at - NOON_MS) // 1_000 for at in found.failed_ms.tolist()] == [120, 180]


async def test_hours_and_the_snapshots_after_them_are_one_series_in_order_of_time(database_url):
    store = History(database_url, "live", retention_days=0, now=lambda: NOON + timedelta(hours=2))
    await store.append([snapshot(after_s=3_600 * hour + 60 * minute) for hour in range(3) for minute in range(3)])
    assert await store.prune() == 6
    found = await store.series("kraken", "BTC/USD", NOON - timedelta(minutes=1), NOON + timedelta(hours=3))
    assert [(at - NOON_MS) // 60_000 for at in found.time_ms.tolist()] == [30, 90, 120, 121, 122]
    assert found.hourly.tolist() == [True, True, False, False, False]
    await store.close()


async def test_a_snapshot_comes_back_with_the_profile_of_its_own_market_and_time(history):
    sizes = {(symbol, after): number for number, (symbol, after) in enumerate(product(("BTC/USD", "ETH/USD"), (0, 60, 120)))}
    given = {key: snapshot(symbol=key[0], after_s=key[1], profile=profile(size)) for key, size in sizes.items()}
    await history.append(list(given.values()))
    for symbol in ("BTC/USD", "ETH/USD"):
        assert await history.latest("kraken", symbol, NOON + timedelta(seconds=119)) == given[symbol, 60]
        pages = [page async for page in history.pages("kraken", symbol, NOON + timedelta(seconds=60), NOON + timedelta(seconds=120))]
        assert pages == [[given[symbol, 60], given[symbol, 120]]]


def profile(size):
    return DepthProfile(bid_sizes=[size] * BINS, ask_sizes=[size + 0.5] * BINS)
