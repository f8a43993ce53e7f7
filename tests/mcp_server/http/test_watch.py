import re
from datetime import UTC, datetime, timedelta

import pytest
from make_alerts import alert
from make_books import NOON
from make_snapshots import snapshot

from mcp_server.http.health import health
from mcp_server.http.watch import Watch
from tools.observer import CANCELLED, UNEXPECTED
from tools.recorder import Gap, PairProgress, Progress
from tools.simulator import Fault

BOOK = {"symbol": "BTC/USDT", "exchange": "binance"}
RECORDING = PairProgress("kraken", "BTC", 60, "BTC/USD", "recording", last=snapshot(), stored=9, failed=2, skipped=1, standing=(alert(),))
LOSING = PairProgress("kraken", "ETH", 60, state="recording", stored=1, gap=Gap(3, NOON, NOON + timedelta(minutes=2)))
REFUSED = PairProgress("kraken", "NOPE", 60, state="refused", note="kraken does not list NOPE.")
FAILING = PairProgress("okx", "BTC", 60, state="failing", note="okx timed out (10 s).", failed=4)


async def counts(api):
    """Every sample of ours by its name and labels."""
    return samples((await api.client.get("/metrics")).text)


def samples(text):
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


def test_a_recording_is_counted_by_exchange_and_by_what_became_of_its_looks():
    watch = Watch()
    before = samples(watch.exposition().decode())
    watch.recorded(Progress((RECORDING, LOSING, FAILING), buffered=5, raised=2, cleared=1))
    after = samples(watch.exposition().decode())
    assert {name: value for name, value in after.items() if name not in before} == {
        "liquidity_recording": 1,
        'liquidity_looks_total{exchange="kraken",outcome="stored"}': 10,
        'liquidity_looks_total{exchange="kraken",outcome="failed"}': 2,
        'liquidity_looks_total{exchange="kraken",outcome="skipped"}': 1,
        'liquidity_looks_total{exchange="kraken",outcome="lost"}': 3,
        'liquidity_looks_total{exchange="okx",outcome="stored"}': 0,
        'liquidity_looks_total{exchange="okx",outcome="failed"}': 4,
        'liquidity_looks_total{exchange="okx",outcome="skipped"}': 0,
        'liquidity_looks_total{exchange="okx",outcome="lost"}': 0,
        "liquidity_buffered_looks": 5,
        'liquidity_alerts_total{state="raised"}': 2,
        'liquidity_alerts_total{state="cleared"}': 1,
        'liquidity_alerts_standing{exchange="kraken",severity="LOW"}': 0,
        'liquidity_alerts_standing{exchange="kraken",severity="MEDIUM"}': 1,
        'liquidity_alerts_standing{exchange="kraken",severity="HIGH"}': 0,
        'liquidity_alerts_standing{exchange="okx",severity="LOW"}': 0,
        'liquidity_alerts_standing{exchange="okx",severity="MEDIUM"}': 0,
        'liquidity_alerts_standing{exchange="okx",severity="HIGH"}': 0,
    }
    watch.recorded(Progress((RECORDING,)), UNEXPECTED)
    assert samples(watch.exposition().decode())["liquidity_recording"] == 0


async def test_health_tells_of_each_recorded_pair(serving):
    async with serving() as api:
        watch = Watch()
        watch.recorded(Progress((RECORDING, LOSING), buffered=5, raised=2, cleared=1))
        told = await health(api.venues.market, watch, "none", "not served")
    counts = {"stored": 9, "failed": 2, "skipped": 1, "lost": 0}
    assert told["parts"]["recording"] == {
        "state": "ok",
        "buffered": 5,
        "lost": 3,
        "alerts": {"raised": 2, "cleared": 1, "standing": 1},
        "pairs": [
            {"exchange": "kraken", "symbol": "BTC/USD", "state": "recording", "note": "", "last_book": "2026-08-09T12:00:00+00:00", **counts},
            {"exchange": "kraken", "symbol": "ETH", "state": "recording", "note": "", "last_book": None, "stored": 1, "failed": 0, "skipped": 0, "lost": 3},
        ],
    }


@pytest.mark.parametrize(
    ("recorded", "state", "first"),
    [
        ((Progress((RECORDING,)), ""), "ok", "recording"),
        ((Progress((REFUSED, RECORDING, FAILING)), ""), "failing", "refused"),
        ((Progress((REFUSED, RECORDING)), ""), "refused", "refused"),
        ((Progress((RECORDING,), database_fault="it is away"), ""), "history_unavailable", "recording"),
        ((Progress((RECORDING,)), UNEXPECTED), "unexpected", "ended"),
    ],
)
async def test_health_is_degraded_where_not_all_is_recorded_that_should_be(serving, monkeypatch, recorded, state, first):
    monkeypatch.setattr("mcp_server.http.health.chrome_path", lambda: "chrome")
    async with serving() as api:
        watch = Watch()
        watch.recorded(*recorded)
        told = await health(api.venues.market, watch, "none", "not served")
    recording = told["parts"]["recording"]
    assert (told["status"], recording["state"], recording["pairs"][0]["state"]) == ("ok" if state == "ok" else "degraded", state, first)
