from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from make_books import NOON
from make_snapshots import PROFILE, bands, miss, misses, same, series, snapshot, snapshots

from tools.history import Appended, Facts, History

MINUTE = timedelta(minutes=1)


async def test_a_window_comes_back_as_it_was_stored(history):
    given = series(
        mid=[100.0, 101.5, 99.25],
        spread_pct=[0.1, 0.2, 0.3],
        depth_usd=[1e6, 2e6, 3.3e6],
        imbalance_pct=[0, 10, -20],
        complete=[[True] * 6, [True, True, True, False, False, False], [False] * 6],
        total_volume_20=[22.0, 23.5, 0.1],
        failed_s=[-150, -30],
    )
    assert await history.append(snapshots(given), misses(given)) == Appended(3)
    assert same(await history.series("kraken", "BTC/USD", given.start, given.end), given)


async def test_a_failed_look_is_kept_with_its_reason(history):
    await history.append([snapshot()], [miss(after_s=60), miss(after_s=120, kind="empty_book")])
    assert [await history.failure("kraken", "BTC/USD", NOON + minute * MINUTE) for minute in range(3)] == ["", "timed_out", "empty_book"]
    assert await history.failure("coinbase", "BTC/USD", NOON + MINUTE) == ""


async def test_a_window_begins_after_its_start_and_holds_its_end(history):
    await history.append([snapshot(after_s=60 * minute) for minute in range(4)])
    window = await history.series("kraken", "BTC/USD", NOON, NOON + 2 * MINUTE)
    assert window.time_ms.tolist() == [1_786_276_860_000, 1_786_276_920_000]
    assert (window.start, window.end) == (NOON, NOON + 2 * MINUTE)


async def test_a_window_without_snapshots_is_an_empty_series(history):
    empty = await history.series("kraken", "BTC/USD", NOON - MINUTE, NOON)
    assert same(empty, series(mid=[], start=NOON - MINUTE, bid_usd=np.empty((0, 6)), ask_usd=np.empty((0, 6))))


async def test_the_newest_snapshot_comes_back_whole(history):
    newest = snapshot(
        after_s=60,
        best_bid=99.5,
        best_ask=100.75,
        bid_volume_10=7.25,
        usd_rate=1.0625,
        liquidity_2pct_usd=12_345.5,
        bid_complete=(True, True, True, True, False, False),
        ask_complete=(True, False, False, False, False, False),
        profile=PROFILE,
    )
    await history.append([snapshot(), newest, snapshot(after_s=120)])
    assert await history.latest("kraken", "BTC/USD", NOON + 1.5 * MINUTE) == newest
    assert await history.latest("kraken", "BTC/USD", NOON - MINUTE) is None
    assert await history.latest("coinbase", "BTC/USD", NOON) is None


async def test_what_a_file_did_not_know_stays_unknown(history):
    bare = snapshot(depth=[], profile=None, liquidity_1pct_usd=5.0, liquidity_2pct_usd=6.0)
    await history.append([bare])
    assert await history.latest("kraken", "BTC/USD", NOON) == bare
    window = await history.series("kraken", "BTC/USD", NOON - MINUTE, NOON)
    assert np.isnan(window.bid_usd).all()
    assert np.isnan(window.ask_usd).all()
    assert not window.complete.any()
    assert window.liquidity_1pct_usd.tolist() == [5.0]


async def test_a_window_may_hold_snapshots_that_know_their_bands_and_others_that_do_not(history):
    """All unknown, some unknown, in every place that the first row can have."""
    partly = bands([1.0] * 6, [2.0] * 6, [True] * 6, [True] * 6)[2:4]
    for hour, order in enumerate(([None, [], partly], [[], partly, None], [partly, None, []])):
        taken = [
            snapshot(after_s=3_600 * hour + 60 * place, liquidity_1pct_usd=1.0 + place, liquidity_2pct_usd=2.0, depth=depth)
            for place, depth in enumerate(order)
        ]
        await history.append(taken, [miss(after_s=3_600 * hour + 90)])
        window = await history.series("kraken", "BTC/USD", NOON + (60 * hour - 1) * MINUTE, NOON + (60 * hour + 3) * MINUTE)
        nan = float("nan")
        known = {id(one): [nan] * 6 for one in order} | {id(partly): [nan, nan, 1.0, 1.0, nan, nan], id(None): [5e4, 1e5, 2e5, 3e5, 4e5, 5e5]}
        np.testing.assert_array_equal(window.bid_usd, [known[id(one)] for one in order])
        assert window.liquidity_1pct_usd.tolist() == [1.0, 2.0, 3.0]
        assert window.failed_ms.tolist() == [1_786_276_890_000 + 3_600_000 * hour]


async def test_many_days_come_back_in_order_whatever_order_they_were_stored_in(history):
    """With failed looks between them, and later a row that does not know everything in one of the days."""
    random = np.random.default_rng(11)
    given = series(
        mid=random.uniform(90, 110, 300), depth_usd=random.uniform(1, 9, 300), interval_s=3_600, failed_s=[-86_400.0 * day - 7 for day in range(9, -1, -1)]
    )
    taken = snapshots(given)
    await history.append([taken[place] for place in random.permutation(300)], misses(given)[::-1])
    assert same(await history.series("kraken", "BTC/USD", given.start, given.end), given)
    await history.append([snapshot(after_s=60, depth=[])])
    window = await history.series("kraken", "BTC/USD", given.start, given.end + MINUTE)
    assert window.bid_usd[:-1].tolist() == given.bid_usd.tolist()
    assert np.isnan(window.bid_usd[-1]).all()
    assert same(replace(window.before(int(window.time_ms[-1])), end=given.end), given)


async def test_a_band_counts_as_complete_only_where_both_sides_are(sqlite_history):
    whole = [True] * 6
    short = [[other != band for other in range(6)] for band in range(6)]
    sides = [*((one, whole) for one in short), *((whole, one) for one in short)]
    given = [snapshot(after_s=number, depth=bands([1.0] * 6, [2.0] * 6, *both)) for number, both in enumerate(sides)]
    await sqlite_history.append(given)
    assert (await sqlite_history.series("kraken", "BTC/USD", NOON - MINUTE, NOON + MINUTE)).complete.tolist() == short * 2
    for one in given:
        assert await sqlite_history.latest("kraken", "BTC/USD", one.timestamp) == one


async def test_a_moment_that_is_stored_is_left_as_it_is(history):
    first = snapshot(best_bid=99.0)
    assert await history.append([first]) == Appended(1)
    assert await history.append([snapshot(best_bid=98.0), snapshot(after_s=60), snapshot(after_s=60, best_bid=97.0)]) == Appended(1)
    assert await history.append([], [miss(), miss()]) == Appended(0)
    assert await history.latest("kraken", "BTC/USD", NOON) == first
    assert (await history.latest("kraken", "BTC/USD", NOON + MINUTE)).best_bid == 99.95


async def test_snapshots_of_another_source_are_refused(history):
    with pytest.raises(ValueError, match="simulated data for a history of live data"):
        await history.append([snapshot(source="simulated")])
    with pytest.raises(ValueError, match="replay data for a history of live data"):
        await history.append([], [miss(source="replay")])

    async def batches():
        yield [snapshot(after_s=60)]
        yield [snapshot(source="simulated")]

    with pytest.raises(ValueError, match="simulated data for a history of live data"):
        await history.append_all(batches())
    assert await history.markets() == []


async def test_sources_in_one_database_do_not_see_each_other(database_url):
    live, simulated = (History(database_url, source, now=lambda: NOON) for source in ("live", "simulated"))
    await live.append([snapshot(best_bid=99.0)])
    await simulated.append([snapshot(source="simulated", best_bid=98.0)])
    found = [await store.latest("kraken", "BTC/USD", NOON) for store in (live, simulated)]
    assert [(one.source, one.best_bid) for one in found] == [("live", 99.0), ("simulated", 98.0)]
    assert [len(await store.markets()) for store in (live, simulated)] == [1, 1]
    for store in (live, simulated):
        await store.close()


async def test_markets_are_told_with_their_times_and_newest_depth(history):
    await history.append([snapshot(depth_usd=1e6), snapshot(after_s=60, depth_usd=2e6), snapshot(exchange="binance", symbol="ETH/USDT")])
    await history.append([], [miss(symbol="SOL/USD")])
    told = [(one.exchange, one.symbol, one.first, one.last, one.liquidity_1pct_usd) for one in await history.markets()]
    assert told == [("binance", "ETH/USDT", NOON, NOON, 6e5), ("kraken", "BTC/USD", NOON, NOON + MINUTE, 1.2e6)]
    assert [one.symbol for one in await history.markets("kraken")] == ["BTC/USD"]
    assert [one.exchange for one in await history.markets(base="ETH")] == ["binance"]


async def test_a_symbol_means_the_deepest_dollar_market_or_the_nearest_quote(history):
    await history.append(
        [
            snapshot(symbol="BTC/USDT", depth_usd=9e6, after_s=-60),
            snapshot(symbol="BTC/USDT", depth_usd=1e6),
            snapshot(symbol="BTC/USD", depth_usd=2e6),
            snapshot(symbol="BTC/EUR", depth_usd=5e6),
            snapshot(symbol="SOL/USD"),
        ]
    )
    asked = ["BTC", "BTC/USDT", "BTC/EUR", "BTC/USDC", "SOL/USDT", "SOL", "ETH", "BTC/GBP", "ETH/BTC", "BTCEUR"]
    assert {symbol: await history.find_market("kraken", symbol) for symbol in asked} == {
        "BTC": "BTC/USD",
        "BTC/USDT": "BTC/USDT",
        "BTC/EUR": "BTC/EUR",
        "BTC/USDC": "BTC/USDT",
        "SOL/USDT": "SOL/USD",
        "SOL": "SOL/USD",
        "ETH": None,
        "BTC/GBP": None,
        "ETH/BTC": None,
        "BTCEUR": "BTC/EUR",
    }
    assert await history.find_market("coinbase", "BTC") is None


async def test_a_large_batch_is_one_append(history):
    """More rows than one statement can have parameters for."""
    given = series(mid=np.linspace(90, 110, 2_500), interval_s=1)
    assert await history.append(snapshots(given, profile=PROFILE)) == Appended(2_500)
    assert same(await history.series("kraken", "BTC/USD", given.start, given.end), given)


async def test_a_stored_snapshot_takes_little_room(sqlite_history):
    """A year of minutes of one market, each with its profile, is a quarter of a gigabyte."""
    before = (await sqlite_history.check()).size_bytes
    await sqlite_history.append([snapshot(after_s=60 * number, profile=PROFILE) for number in range(2_000)])
    assert ((await sqlite_history.check()).size_bytes - before) / 2_000 < 470


async def test_the_facts_name_database_version_and_contents(history):
    await history.append([snapshot(), snapshot(after_s=60)])
    facts = await history.check()
    assert facts.database.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://"))
    assert facts.size_bytes > 4_096
    assert replace(facts, database="", size_bytes=0) == Facts("", "0003", 0, 2, 0, NOON, NOON + MINUTE)
