import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from make_books import NOON
from sqlalchemy.engine import make_url

from tools.analytics.rules import Rule
from tools.errors import InvalidArgument
from tools.history import History, StoredRule
from tools.history.rules import MOST_RULES
from tools.history.tables import leases

SPREAD = Rule("r1", "BTC", "kraken", "spread", above=True, value=5.0, unit="bps", within_pct=1.0)
DEPTH = Rule("r2", "ETH/USD", "coinbase", "depth", above=False, value=2e6, unit="usd", within_pct=1.0)
PAIRS = [("kraken", "BTC/USD"), ("coinbase", "ETH/USD"), ("binance", "SOL/USDT")]


async def test_rules_are_kept_oldest_first_until_they_are_removed(history):
    assert await history.add_rule(DEPTH, NOON + timedelta(minutes=1))
    assert await history.add_rule(SPREAD, NOON)
    assert not await history.add_rule(SPREAD, NOON + timedelta(hours=1))
    assert await history.rules() == [StoredRule(SPREAD, NOON), StoredRule(DEPTH, NOON + timedelta(minutes=1))]
    assert await history.remove_rule("r1") == SPREAD
    assert await history.remove_rule("r1") is None
    assert await history.rules() == [StoredRule(DEPTH, NOON + timedelta(minutes=1))]


async def test_of_rules_added_at_once_by_several_no_more_are_stored_than_there_may_be(database_url):
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(4)]
    added = await asyncio.gather(
        *(store.add_rule(replace(SPREAD, rule_id=f"r{number}"), NOON) for number, store in enumerate(stores * 15)), return_exceptions=True
    )
    assert Counter(map(type, added)) == {bool: MOST_RULES, InvalidArgument: 60 - MOST_RULES}
    kept = await stores[0].rules()
    assert len(kept) == MOST_RULES
    assert not await stores[0].add_rule(kept[0].rule, NOON)
    for store in stores:
        await store.close()


async def age(history, seconds):
    """Have that much time pass for every lease."""
    older = leases.update().values(expires_ms=leases.c.expires_ms - round(1_000 * seconds))
    await (await history._opened()).database.write(lambda connection: connection.execute(older))


async def test_a_market_is_leased_to_one_owner_until_the_lease_expires(history):
    assert await history.claim(PAIRS[:2], "one", 60) == PAIRS[:2]
    assert await history.claim(PAIRS, "two", 60) == PAIRS[2:]
    await age(history, 30)
    assert await history.claim(PAIRS, "two", 60) == PAIRS[2:]
    await age(history, 30)
    assert await history.claim(PAIRS, "two", 60) == PAIRS
    assert await history.claim(PAIRS, "one", 60) == []


async def test_a_lease_ends_to_the_millisecond(sqlite_url):
    """On a file, whose time is the caller's."""
    time = [NOON]
    history = History(sqlite_url, "live", now=lambda: time[0])
    assert await history.claim(PAIRS[:1], "one", 60) == PAIRS[:1]
    for after_s, held in ((59.999, []), (60, PAIRS[:1])):
        time[0] = NOON + timedelta(seconds=after_s)
        assert await history.leased() == set(PAIRS[:1]) - set(held)
        assert await history.claim(PAIRS[:1], "two", 60) == held
    await history.close()


async def test_an_owner_renews_and_releases_its_leases(history):
    await history.claim(PAIRS, "one", 60)
    await age(history, 30)
    assert await history.claim(PAIRS, "one", 60) == PAIRS
    await age(history, 45)
    assert await history.leased() == set(PAIRS)
    assert await history.claim(PAIRS, "two", 60) == []
    await history.release("two")
    assert await history.claim(PAIRS, "two", 60) == []
    await history.release("one")
    assert await history.leased() == set()
    assert await history.claim(PAIRS, "two", 60) == PAIRS
    assert await history.claim([], "two", 60) == []


async def test_a_lease_that_a_wrong_clock_took_far_into_the_future_holds_nothing(history):
    await history.claim(PAIRS, "one", 60)
    await age(history, -3_600)
    assert await history.leased() == set()
    assert await history.claim(PAIRS, "two", 60) == PAIRS
    assert await history.claim(PAIRS, "one", 60) == []


async def test_recorders_of_one_server_share_it_however_wrong_the_clocks_of_their_machines_are(postgresql_url):
    ahead, behind = (History(postgresql_url, "live", now=lambda days=days: NOON + timedelta(days=days)) for days in (1_000, -1_000))
    assert await ahead.claim(PAIRS[:1], "ahead", 60) == PAIRS[:1]
    assert await behind.claim(PAIRS, "behind", 60) == PAIRS[1:]
    assert await ahead.claim(PAIRS, "ahead", 60) == PAIRS[:1]
    for history in (ahead, behind):
        await history.close()


async def test_who_waited_for_a_file_takes_no_lease_from_whoever_was_before_him(sqlite_url):
    """Though that lease ends later than the longest that was possible when he began to ask."""
    time = [NOON]
    first, second = (History(sqlite_url, "live", now=lambda: time[0]) for _ in range(2))
    await first.claim(PAIRS[:1], "one", 60)
    with closing(sqlite3.connect(make_url(sqlite_url).database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        claiming = asyncio.create_task(second.claim(PAIRS[:1], "two", 60))
        await asyncio.sleep(0)
        time[0] += timedelta(seconds=10)
        other.execute("UPDATE leases SET expires_ms = expires_ms + 10000")
        other.execute("COMMIT")
    assert await claiming == []
    for history in (first, second):
        await history.close()


async def test_of_many_who_claim_at_once_each_market_goes_to_exactly_one(database_url):
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(6)]
    markets = [("kraken", f"A{number}/USD") for number in range(20)]
    orders = [markets, markets[::-1]] * 3
    given = await asyncio.gather(*(store.claim(order, f"owner {number}", 60) for number, (store, order) in enumerate(zip(stores, orders, strict=True))))
    assert sorted(pair for pairs in given for pair in pairs) == sorted(markets)
    for store in stores:
        await store.close()
