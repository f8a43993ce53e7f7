import re
from datetime import UTC, datetime

from mcp_server.http.watch import Watch
from tools.observer import CANCELLED
from tools.simulator import Fault

BOOK = {"symbol": "BTC/USDT", "exchange": "binance"}


async def counts(api):
    """Every sample of ours by its name and labels."""
    text = (await api.client.get("/metrics")).text
    return {name: float(value) for name, value in re.findall(r"^(liquidity_\S+) (\S+)$", text, re.MULTILINE)}


async def test_fetches_tool_calls_and_cache_reads_are_counted(serving):
    async with serving() as api:
        for _ in range(2):
            await api.call("compare-exchanges", {"symbol": "BTC/USDT", "exchanges": ["binance"]})
        after = await counts(api)
        assert after['liquidity_fetches_total{exchange="binance",what="markets"}'] == 1
        assert after['liquidity_fetches_total{exchange="binance",what="book"}'] == 1
        assert after['liquidity_fetch_seconds_count{exchange="binance",what="book"}'] == 1
        assert after['liquidity_tool_calls_total{outcome="answered",tool="compare_exchanges"}'] == 2
        assert after['liquidity_tool_seconds_count{tool="compare_exchanges"}'] == 2
        assert after['liquidity_cache_reads_total{outcome="miss",what="book"}'] == 1
        assert after['liquidity_cache_reads_total{outcome="hit",what="book"}'] == 1


async def test_faults_are_counted_by_kind(serving):
    async with serving() as api:
        await api.call("get-order-book", BOOK)
        api.venues.simulator.faults.set("binance", Fault.crossed())
        await api.call("get-order-book", {**BOOK, "symbol": "ETH/USDT"})
        await api.call("get-order-book", {**BOOK, "levels": 0})
        after = await counts(api)
        assert after['liquidity_faults_total{exchange="binance",kind="crossed_book"}'] == 1
        assert after['liquidity_tool_calls_total{outcome="crossed_book",tool="get_order_book"}'] == 1
        assert after['liquidity_tool_calls_total{outcome="invalid_argument",tool="get_order_book"}'] == 1


async def test_health_tells_how_each_part_was_last_seen(serving):
    async with serving() as api:
        before = (await api.client.get("/health")).json()
        await api.call("get-order-book", BOOK)
        api.venues.simulator.faults.set("kraken", Fault.status(503), everywhere=True)
        await api.call("get-order-book", {"symbol": "BTC", "exchange": "kraken"})
        after = (await api.client.get("/health")).json()
        assert before["source"] == "simulated"
        assert {name: one["state"] for name, one in before["parts"]["exchanges"].items()} == dict.fromkeys(("binance", "coinbase", "kraken"), "not asked yet")
        assert {name: one["state"] for name, one in after["parts"]["exchanges"].items()} == {
            "binance": "ok",
            "coinbase": "not asked yet",
            "kraken": "unavailable",
        }
        assert after["status"] == "degraded"
        assert after["parts"]["cache"]["misses"] > 0
        assert set(after["parts"]) == {"exchanges", "history", "charts", "cache", "model", "chat"}


def test_a_fetch_that_its_caller_gave_up_says_nothing_about_the_exchange():
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    watch = Watch(now=lambda: noon)
    watch.fetched("kraken", "book", 0.1, "")
    watch.fetched("kraken", "book", 0.2, CANCELLED)
    assert (watch.exchanges["kraken"].at, watch.exchanges["kraken"].fault, watch.exchanges["kraken"].seconds) == (noon, "", 0.1)
