import asyncio
from datetime import timedelta

from make_books import NOON

from tools.analytics.rules import Rule
from tools.history import History, StoredRule

SPREAD = Rule("r1", "BTC", "kraken", "spread", above=True, value=5.0, unit="bps", within_pct=1.0)
DEPTH = Rule("r2", "ETH/USD", "coinbase", "depth", above=False, value=2e6, unit="usd", within_pct=1.0)
PAIRS = [("kraken", "BTC/USD"), ("coinbase", "ETH/USD"), ("binance", "SOL/USDT")]


async def test_rules_are_kept_oldest_first_until_they_are_removed(history):
    assert await history.add_rule(DEPTH, NOON + timedelta(minutes=1))
    assert await history.add_rule(SPREAD, NOON)
    assert not await history.add_rule(SPREAD, NOON + timedelta(hours=1))
    assert await history.rules() == [StoredRule(SPREAD, NOON), StoredRule(DEPTH, NOON + timedelta(minutes=1))]
    assert await history.remove_rule("r1")
    assert not await history.remove_rule("r1")
    assert await history.rules() == [StoredRule(DEPTH, NOON + timedelta(minutes=1))]


class Clock:
    def __init__(self):
        self.time = NOON

    def __call__(self):
        return self.time


async def test_a_market_is_leased_to_one_owner_until_the_lease_expires(database_url):
    clock = Clock()
    history = History(database_url, "live", now=clock)
    assert await history.claim(PAIRS[:2], "one", 60) == PAIRS[:2]
    assert await history.claim(PAIRS, "two", 60) == PAIRS[2:]
    clock.time += timedelta(seconds=59.999)
    assert await history.claim(PAIRS, "two", 60) == PAIRS[2:]
    clock.time += timedelta(seconds=0.001)
    assert await history.claim(PAIRS, "two", 60) == PAIRS
    assert await history.claim(PAIRS, "one", 60) == []
    await history.close()


async def test_an_owner_renews_and_releases_its_leases(database_url):
    clock = Clock()
    history = History(database_url, "live", now=clock)
    await history.claim(PAIRS, "one", 60)
    clock.time += timedelta(seconds=30)
    assert await history.claim(PAIRS, "one", 60) == PAIRS
    clock.time += timedelta(seconds=59)
    assert await history.claim(PAIRS, "two", 60) == []
    await history.release("two")
    assert await history.claim(PAIRS, "two", 60) == []
    await history.release("one")
    assert await history.claim(PAIRS, "two", 60) == PAIRS
    assert await history.claim([], "two", 60) == []
    await history.close()


async def test_of_many_who_claim_at_once_each_market_goes_to_exactly_one(database_url):
    stores = [History(database_url, "live", now=lambda: NOON) for _ in range(6)]
    markets = [("kraken", f"A{number}/USD") for number in range(20)]
    orders = [markets, markets[::-1]] * 3
    given = await asyncio.gather(*(store.claim(order, f"owner {number}", 60) for number, (store, order) in enumerate(zip(stores, orders, strict=True))))
    assert sorted(pair for pairs in given for pair in pairs) == sorted(markets)
    for store in stores:
        await store.close()
