"""Questions about liquidity over time: what they ask after, and which tools they lead to."""

import pytest
from make_books import NOON

from agent.rules.calls import Place
from agent.rules.conversation import topic_of
from agent.rules.grammar import parse
from agent.rules.plan import plan

CONFIGURED = ("binance", "coinbase", "kraken")
BTC, ETH, SOL, KRAKEN = ("BTC",), ("ETH",), ("SOL",), ("kraken",)

QUESTIONS = [
    ("Is BTC liquidity on Kraken worse than usual?", "normal", BTC, KRAKEN),
    ("any price jumps on SOL?", "alerts", SOL, ()),
    ("was there a spread spike on kraken for BTC?", "alerts", BTC, KRAKEN),
    ("is eth liquidity on kraken normal?", "normal", ETH, KRAKEN),
    ("Is the BTC spread on kraken unusually wide?", "normal", BTC, KRAKEN),
    ("is kraken's btc depth lower than average right now", "normal", BTC, KRAKEN),
    ("what is the typical spread of BTC on kraken?", "normal", BTC, KRAKEN),
    ("average depth of SOL on kraken over the last week", "normal", SOL, KRAKEN),
    ("how does the ETH spread on kraken compare to normal?", "normal", ETH, KRAKEN),
    ("is ETH on kraken thinner than yesterday?", "normal", ETH, KRAKEN),
    ("baseline for SOL on kraken", "normal", SOL, KRAKEN),
    ("In which percentile is the BTC spread on kraken?", "normal", BTC, KRAKEN),
    ("What happened to SOL depth in the last 6 hours?", "history", SOL, ()),
    ("How did the BTC spread on kraken develop today?", "history", BTC, KRAKEN),
    ("how did the ETH spread move over the last 6 hours?", "history", ETH, ()),
    ("how has SOL liquidity been on kraken since yesterday", "history", SOL, KRAKEN),
    ("BTC depth yesterday", "history", BTC, ()),
    ("btc spread 24h", "history", BTC, ()),
    ("show me the trend of ETH depth on kraken", "history", ETH, KRAKEN),
    ("is BTC liquidity getting worse on kraken?", "history", BTC, KRAKEN),
    ("plot the BTC spread on kraken over the last 3 hours", "history", BTC, KRAKEN),
    ("What was the spread of BTC on kraken at 10:00 UTC?", "history", BTC, KRAKEN),
    ("how did ETH go on kraken in the past day", "history", ETH, KRAKEN),
    ("liquidity history of SOL", "history", SOL, ()),
    ("Did depth of BTC on kraken drop overnight?", "history", BTC, KRAKEN),
    ("compare kraken and coinbase for BTC over the last 12 hours", "history", BTC, ("kraken", "coinbase")),
    ("Any alerts?", "alerts", (), ()),
    ("Any alerts for ETH on kraken?", "alerts", ETH, KRAKEN),
    ("any alerts on kraken?", "alerts", (), KRAKEN),
    ("any alerts this week?", "alerts", (), ()),
    ("Show me the alerts", "alerts", (), ()),
    ("list the alerts", "alerts", (), ()),
    ("what is standing?", "alerts", (), ()),
    ("What's still standing on kraken?", "alerts", (), KRAKEN),
    ("what alerts are standing right now?", "alerts", (), ()),
    ("is anything firing?", "alerts", (), ()),
    ("What were the alerts yesterday?", "alerts", (), ()),
    ("show alerts for SOL this week", "alerts", SOL, ()),
    ("anything unusual in BTC on kraken?", "alerts", BTC, KRAKEN),
    ("detect anomalies for SOL", "alerts", SOL, ()),
    ("What's the forecast of BTC liquidity for tomorrow?", "forecast", BTC, ()),
    ("will the ETH spread on kraken widen tonight?", "forecast", ETH, KRAKEN),
    ("how deep will BTC be on kraken tomorrow?", "forecast", BTC, KRAKEN),
    ("what will the spread be at 18:00 UTC for BTC on kraken?", "forecast", BTC, KRAKEN),
    ("what depth should I expect for BTC on kraken?", "forecast", BTC, KRAKEN),
    ("Has BTC liquidity on Kraken recovered?", "history", BTC, KRAKEN),
    ("how volatile was the spread of BTC on kraken", "history", BTC, KRAKEN),
    ("when was SOL depth lowest yesterday?", "history", SOL, ()),
    ("how does the BTC spread on kraken compare to last week's?", "normal", BTC, KRAKEN),
    ("is BTC on kraken better than it was yesterday", "normal", BTC, KRAKEN),
    ("are there alerts on kraken?", "alerts", (), KRAKEN),
    ("Is anything wrong with kraken?", "alerts", (), KRAKEN),
    ("what was the widest BTC spread on kraken today and when", "history", BTC, KRAKEN),
    ("whats the average BTC spread on kraken over the last 30 days", "normal", BTC, KRAKEN),
    ("how does current BTC depth on kraken compare to the 24h average?", "normal", BTC, KRAKEN),
    ("how does current BTC depth on kraken compare to last week's average?", "normal", BTC, KRAKEN),
    ("how does ETH liquidity now compare with the same time yesterday", "history", ETH, ()),
    ("what was BTC depth on kraken 3 hours ago", "history", BTC, KRAKEN),
    ("SOL depth on kraken last 5 years", "history", SOL, KRAKEN),
    ("was there an outage on kraken today?", "alerts", (), KRAKEN),
    ("did kraken go down today?", "alerts", (), KRAKEN),
    ("is kraken down?", "alerts", (), KRAKEN),
    ("why is the BTC spread on kraken so wide?", "normal", BTC, KRAKEN),
    ("is eth liquidity on kraken ok", "normal", ETH, KRAKEN),
    ("is the btc book thin on kraken rn", "normal", BTC, KRAKEN),
    ("whats the p95 of sol spread on kraken", "normal", SOL, KRAKEN),
    ("is sol thin on kraken", "normal", SOL, KRAKEN),
    ("why is sol thin on kraken", "normal", SOL, KRAKEN),
    ("are spreads on kraken wide for btc", "normal", BTC, KRAKEN),
    ("hows eth doing on kraken", "normal", ETH, KRAKEN),
    ("whats up with sol liquidity", "history", SOL, ()),
    ("what is going on with btc depth on kraken", "history", BTC, KRAKEN),
    ("btc spread kraken vs yday", "history", BTC, KRAKEN),
    ("wat happend to sol depht last 6h", "history", SOL, ()),
    ("did anything break overnight", "alerts", (), ()),
    ("did something go wrong on kraken today", "alerts", (), KRAKEN),
    ("record a snapshot of BTC", "snapshot", BTC, ()),
    ("Take a snapshot of BTC on kraken", "snapshot", BTC, KRAKEN),
    ("snapshot SOL please", "snapshot", SOL, ()),
    ("Show the heatmap of ETH on kraken over the last 6 hours", "walls", ETH, KRAKEN),
]


@pytest.mark.parametrize(("question", "kind", "symbols", "exchanges"), QUESTIONS, ids=[one[0] for one in QUESTIONS])
def test_a_question_about_time_is_read_as_what_it_means(question, kind, symbols, exchanges):
    intent = parse(question, CONFIGURED)
    assert (intent.kind, intent.symbols, intent.exchanges) == (kind, symbols, exchanges)


@pytest.mark.parametrize(
    ("question", "kind", "lacking"),
    [
        ("Will BTC go up?", "unsupported", "forecast"),
        ("what will the BTC price be tomorrow?", "unsupported", "forecast"),
        ("forecast the price and the spread of BTC", "unsupported", "forecast"),
        ("is now a good time to sell BTC?", "unsupported", "advice"),
        ("BTC volatility over the last 24h", "unsupported", "other data"),
        ("cheapest to buy $50k of BTC yesterday", "unsupported", "past costs"),
        ("any arb in BTC over the last hour?", "unsupported", "past costs"),
        ("Which exchange is cheapest to buy $50k of BTC today?", "cheapest", ""),
        ("monitor BTC on kraken", "unsupported", "watch"),
        ("start tracking BTC", "unsupported", "recording"),
        ("acknowledge the alert", "unsupported", "acknowledge"),
        ("when is BTC liquidity best during the day?", "unsupported", "time of day"),
        ("which hour is best to trade SOL?", "unsupported", "time of day"),
        ("did BTC go down today?", "history", ""),
        ("what slippage should I expect for $50k of BTC?", "impact", ""),
        ("How deep is BTC today?", "depth", ""),
        ("what is the price of BTC today", "quote", ""),
        ("what was the weather in the last 6 hours", "unknown", ""),
        ("average price to buy $50k of BTC", "impact", ""),
        ("How much does $50k move the BTC book?", "impact", ""),
        ("what is standing at 65000 in BTC?", "unknown", ""),
        ("where do large orders stand in BTC?", "walls", ""),
        ("is BTC deep on kraken", "depth", ""),
        ("alert me when kraken goes down", "unsupported", "outage rules"),
        ("alert me when BTC goes down on kraken", "rules", ""),
        ("is depth good enough for BTC on kraken", "depth", ""),
        ("is the BTC book thick enough to sell 50 BTC", "impact", ""),
    ],
)
def test_what_only_looks_like_one_is_none(question, kind, lacking):
    intent = parse(question, CONFIGURED)
    assert (intent.kind, intent.lacking) == (kind, lacking)


def calls(*asked):
    intents = [parse(question, CONFIGURED) for question in asked]
    return [(call.tool, call.arguments) for call in plan(topic_of(intents), intents[-1], Place(CONFIGURED, NOON)).calls]


def called(tool, symbol, exchange, **more):
    return tool, {"symbol": symbol, "exchange": exchange, **more}


def trend(symbol, exchange, hours, **until):
    return "liquidity_chart", {"kind": "trend", "symbol": symbol, "exchanges": [exchange], "hours": hours, **until}


def alerts_chart(symbol, exchanges, hours=24, **until):
    return "liquidity_chart", {"kind": "alerts", "symbol": symbol, "exchanges": list(exchanges), "hours": hours, **until}


def board(exchanges=(), hours=24, **until):
    return "liquidity_chart", {"kind": "alerts", "exchanges": list(exchanges), "hours": hours, **until}


YESTERDAY = {"until": "2026-08-09T00:00:00Z"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["Is BTC on kraken worse than usual?"], [called("get_baseline_metrics", "BTC", "kraken", hours=24), trend("BTC", "kraken", 24)]),
        (
            ["Is BTC on kraken worse than usual?", "and ETH?", "over the last week?"],
            [called("get_baseline_metrics", "ETH", "kraken", hours=168), trend("ETH", "kraken", 168)],
        ),
        (
            ["cheapest to buy $50k of BTC", "is this normal?"],
            [*(called("get_baseline_metrics", "BTC", one, hours=24) for one in CONFIGURED), *(trend("BTC", one, 24) for one in CONFIGURED)],
        ),
        (
            ["was BTC liquidity on kraken normal yesterday?"],
            [called("get_baseline_metrics", "BTC", "kraken", hours=24, **YESTERDAY), trend("BTC", "kraken", 24, **YESTERDAY)],
        ),
        (
            ["What happened to SOL depth on kraken in the last 6 hours?"],
            [
                called("get_liquidity_history", "SOL", "kraken", hours=6),
                called("detect_anomalies", "SOL", "kraken", lookback_hours=24),
                trend("SOL", "kraken", 6),
            ],
        ),
        (
            ["BTC on kraken yesterday"],
            [
                called("get_liquidity_history", "BTC", "kraken", hours=24, **YESTERDAY),
                called("detect_anomalies", "BTC", "kraken", lookback_hours=24, **YESTERDAY),
                trend("BTC", "kraken", 24, **YESTERDAY),
            ],
        ),
        (["Any alerts?"], [board()]),
        (["any alerts on kraken?"], [board(KRAKEN)]),
        (["any alerts this week?"], [board(hours=168)]),
        (["Any alerts?", "and on kraken?", "over the last week?"], [board(KRAKEN, 168)]),
        (["any alerts except on binance?"], [board(("coinbase", "kraken"))]),
        (["what were the alerts yesterday on kraken?"], [board(KRAKEN, 24, **YESTERDAY)]),
        (["Any alerts?", "for ETH on kraken?"], [called("detect_anomalies", "ETH", "kraken", lookback_hours=24), alerts_chart("ETH", KRAKEN)]),
        (["Any alerts for ETH on kraken?"], [called("detect_anomalies", "ETH", "kraken", lookback_hours=24), alerts_chart("ETH", KRAKEN)]),
        (["How deep is SOL on kraken?", "any alerts?"], [called("detect_anomalies", "SOL", "kraken", lookback_hours=24), alerts_chart("SOL", KRAKEN)]),
        (
            ["What were the alerts of BTC yesterday on kraken?"],
            [called("detect_anomalies", "BTC", "kraken", lookback_hours=24, **YESTERDAY), alerts_chart("BTC", KRAKEN, 24, **YESTERDAY)],
        ),
        (
            ["BTC alerts on kraken with 10% threshold"],
            [called("detect_anomalies", "BTC", "kraken", lookback_hours=24, threshold_pct=10.0), alerts_chart("BTC", KRAKEN)],
        ),
        (
            ["what was BTC depth on kraken at 10:00?"],
            [
                called("get_liquidity_history", "BTC", "kraken", hours=24, until="2026-08-09T10:00:00Z"),
                trend("BTC", "kraken", 24, until="2026-08-09T10:00:00Z"),
            ],
        ),
        (
            ["how does BTC depth on kraken compare with the same time yesterday?"],
            [
                called("get_liquidity_history", "BTC", "kraken", hours=24),
                called("detect_anomalies", "BTC", "kraken", lookback_hours=24),
                trend("BTC", "kraken", 24),
            ],
        ),
        (
            ["Are BTC and ETH on kraken worse than usual?"],
            [pair for one in ("BTC", "ETH") for pair in (called("get_baseline_metrics", one, "kraken", hours=24), trend(one, "kraken", 24))],
        ),
        (["forecast the BTC spread on kraken"], [called("get_baseline_metrics", "BTC", "kraken")]),
        (["take a snapshot of BTC"], [called("capture_snapshot", "BTC", "binance")]),
        (["take a snapshot of BTC on kraken and coinbase"], [called("capture_snapshot", "BTC", one) for one in ("kraken", "coinbase")]),
        (["take a snapshot of BTC on all exchanges"], [called("capture_snapshot", "BTC", one) for one in CONFIGURED]),
        (["How deep is ETH on kraken?", "show the heatmap over the last 6 hours"], [called("liquidity_heatmap", "ETH", "kraken", hours=6)]),
        (["ETH heatmap on kraken yesterday"], [called("liquidity_heatmap", "ETH", "kraken", hours=24, **YESTERDAY)]),
    ],
    ids=str,
)
def test_a_question_about_time_calls_every_tool_it_needs_at_once(asked, expected):
    assert calls(*asked) == expected


def test_of_many_exchanges_the_first_are_looked_back_at():
    intents = [parse("is BTC on okx, bybit, kraken, coinbase and binance normal?", CONFIGURED)]
    made = plan(topic_of(intents), intents[-1], Place(CONFIGURED, NOON))
    assert [call.arguments["exchange"] for call in made.calls if call.tool == "get_baseline_metrics"] == ["okx", "bybit", "kraken", "coinbase"]
