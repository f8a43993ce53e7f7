"""What a host gets for a call: an answer that is whole in either channel, or one sentence that helps."""

import base64
import json
import logging
import re
from dataclasses import replace

import pytest
from make_snapshots import snapshot
from mcp import Client
from pens import PNG, Pen

from mcp_server.server import build_server
from tools import TOOLS
from tools.errors import outside_text
from tools.registry import bind
from tools.simulator import Fault

ARGUMENTS = {
    "get_order_book": {"symbol": "BTC", "levels": 3},
    "compare_exchanges": {"symbol": "btc/usdt", "exchanges": ["binance", "kraken"]},
    "calculate_market_impact": {"symbol": "ETH", "order_size_usd": 50_000, "side": "sell", "exchange": "kraken"},
    "capture_snapshot": {"symbol": "BTC", "exchange": "kraken"},
    "get_liquidity_history": {"symbol": "BTC/USD", "exchange": "kraken", "hours": 2},
    "get_baseline_metrics": {"symbol": "BTC/USD", "exchange": "kraken", "hours": 2},
    "detect_anomalies": {"symbol": "BTC/USD", "exchange": "kraken", "lookback_hours": 2},
    "alert_rules": {"action": "add", "rule": "BTC spread on kraken > 5 bps"},
    "liquidity_heatmap": {"symbol": "BTC"},
    "liquidity_chart": {"kind": "impact", "symbol": "BTC", "order_size_usd": 100_000},
}
STRUCTURED = [name for name in ARGUMENTS if name not in {"liquidity_heatmap", "liquidity_chart"}]
TEXT_FIRST = r"(.+: .+|Simulated books as of \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(.+ old\)\.)"
MOMENT = re.compile(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d).*")
NUMBER = re.compile(r"-?\$?(\d[\d,]*\.?\d*)( million| billion| s\b)?")


@pytest.fixture
async def market(market):
    """A market that remembers the last hour of one exchange."""
    await market.history.append([snapshot(source="simulated", at=market.now(), after_s=-60 * minute, best_bid=100 - minute) for minute in range(60, 0, -1)])
    return market


def texts(result):
    return [block.text for block in result.content if block.type == "text"]


def numbers(text):
    """Every number that the text says, with half a unit of its last digit."""
    found = []
    for digits, scale in NUMBER.findall(text):
        times = {"": 1, " million": 1e6, " billion": 1e9, " s": 1e3}[scale]
        decimals = len(digits.partition(".")[2])
        found.append((float(digits.replace(",", "").rstrip(".")) * times, 0.51 * 10**-decimals * times))
    return found


def leaves(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from leaves(one)
    else:
        yield value


def test_every_tool_is_called_here():
    assert set(ARGUMENTS) == {tool.__name__ for tool in TOOLS}


@pytest.mark.parametrize("name", ARGUMENTS)
async def test_a_tool_answers_in_text_and_in_structure_or_image(either_client, name):
    result = await either_client.call_tool(name, ARGUMENTS[name])
    assert not result.is_error
    assert re.match(TEXT_FIRST, texts(result)[0])
    kinds = [block.type for block in result.content]
    assert (kinds, result.structured_content is None) in [(["text"], False), (["text", "image"], True)]


@pytest.mark.parametrize("name", STRUCTURED)
async def test_text_carries_the_facts_of_the_structure(client, name):
    result = await client.call_tool(name, ARGUMENTS[name])
    (text,) = texts(result)
    said = numbers(text)
    for fact in leaves(result.structured_content):
        if isinstance(fact, bool) or fact is None:
            continue
        if isinstance(fact, str):
            assert MOMENT.sub(r"\1 \2", fact).lower() in text.lower()
        else:
            assert any(abs(abs(fact) - value) <= within for value, within in said), fact


async def test_the_structure_is_what_the_tool_returns_in_python(market):
    still = replace(market, now=lambda: market.now().replace(hour=0, minute=0, second=0, microsecond=0))
    async with Client(build_server(still)) as client:
        result = await client.call_tool("calculate_market_impact", ARGUMENTS["calculate_market_impact"])
        direct = await bind(still)["calculate_market_impact"](**ARGUMENTS["calculate_market_impact"])
    assert result.structured_content == json.loads(direct.model_dump_json())


async def test_an_image_is_a_png_and_stands_beside_the_numbers_in_words(client):
    result = await client.call_tool("liquidity_heatmap", {"symbol": "BTC", "exchange": "kraken"})
    assert base64.b64decode(result.content[1].data) == PNG
    assert result.content[1].mime_type == "image/png"
    assert "SIMULATED" in result.content[0].text
    assert "Walls, largest first" in result.content[0].text


@pytest.mark.parametrize("pen", [Pen(sizes={800: 90_000})])
async def test_an_image_too_large_for_hosts_is_drawn_smaller(client, pen):
    result = await client.call_tool("liquidity_heatmap", {"symbol": "BTC"})
    assert pen.asked == [(800, 500), (640, 420)]
    assert len(result.content[1].data) < 100_000


@pytest.mark.parametrize("pen", [Pen(missing="There is no Chrome here; run `make setup`.")])
async def test_without_chrome_the_text_comes_and_says_why_there_is_no_image(client, pen):
    result = await client.call_tool("liquidity_heatmap", {"symbol": "BTC"})
    assert not result.is_error
    assert texts(result)[1:] == ["No image: There is no Chrome here; run `make setup`."]
    assert "Walls, largest first" in texts(result)[0]


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("get_order_book", {}, r"symbol is required\."),
        ("get_order_book", {"symbol": "BTC", "levels": 0}, r"levels must be greater than or equal to 1, not 0\."),
        ("get_order_book", {"symbol": "BTC", "depth": 5}, r"depth is no parameter of get_order_book, which takes symbol, exchange, levels\."),
        ("get_order_book", {"symbol": "BTC", "market": "spot"}, r"market is no parameter of get_order_book, which takes symbol, exchange, levels\."),
        ("get_order_book", {"symbol": ["BTC"]}, r"symbol must be text, not .*"),
        ("get_order_book", {"symbol": "NOPE"}, r"binance does not list NOPE\. .*"),
        ("get_order_book", {"symbol": "BTC", "exchange": "krakn"}, r"krakn is not among the simulated exchanges here, which are .*"),
        ("calculate_market_impact", {"symbol": "BTC", "side": "hold", "order_size_usd": 1}, r"side must be 'buy' or 'sell', not 'hold'\."),
        ("calculate_market_impact", {"symbol": "BTC"}, r"Give exactly one positive size: order_size_usd .*"),
        ("liquidity_chart", {"kind": "pie", "symbol": "BTC"}, r"kind must be 'depth', .*, not 'pie'\."),
        ("compare_exchange", {"symbol": "BTC"}, r"There is no tool 'compare_exchange'; the tools are .* Did you mean compare_exchanges\?"),
    ],
)
async def test_a_mistake_is_an_error_of_one_helpful_sentence(client, name, arguments, sentence):
    result = await client.call_tool(name, arguments)
    assert result.is_error
    assert result.structured_content is None
    (text,) = texts(result)
    assert re.fullmatch(sentence, text), text
    assert "\n" not in text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.html(), "unreadable"),
        (Fault.crossed(), "crossed book"),
        (Fault.empty_sides(), "empty book"),
        (Fault.status(429), "rate limited"),
        (Fault.status(451), "blocked in your region"),
        (Fault.dropped(), "cannot be reached"),
    ],
)
async def test_a_failing_exchange_is_an_error_that_names_it(client, venues, fault, words):
    venues.simulator.faults.set("kraken", fault)
    result = await client.call_tool("get_order_book", {"symbol": "BTC", "exchange": "kraken"})
    (text,) = texts(result)
    assert result.is_error
    assert text.startswith("kraken ")
    assert words in text
    assert text == outside_text(text) or "`" in text


async def test_one_failing_exchange_does_not_fail_an_answer_about_others(client, venues):
    venues.simulator.faults.set("kraken", Fault.html())
    result = await client.call_tool("compare_exchanges", {"symbol": "BTC"})
    assert not result.is_error
    assert list(result.structured_content["failures"]) == ["kraken"]
    assert "failures: kraken: kraken sent something unreadable" in texts(result)[0]


async def test_a_fault_of_our_own_is_one_neutral_sentence_and_logged_apart(market, caplog):
    class Broken:
        async def fetch(self, *_):
            raise RuntimeError("secret /home/me/key sk-123")

    async with Client(build_server(replace(market, books=Broken()))) as client:
        result = await client.call_tool("get_order_book", {"symbol": "BTC"})
    assert result.is_error
    assert texts(result) == ["This failed for a reason of our own, which the server's log holds. Try again, or ask for something else."]
    assert [(record.levelno, record.message) for record in caplog.records if record.name.startswith("mcp_server")] == [
        (logging.ERROR, "get_order_book raised an unexpected exception")
    ]


async def test_a_list_that_came_as_json_text_is_taken_as_the_list(client):
    result = await client.call_tool("compare_exchanges", {"symbol": "BTC", "exchanges": '["kraken"]'})
    assert list(result.structured_content["venues"]) == ["kraken"]


async def test_text_that_is_no_json_list_is_refused_like_any_mistake(client):
    result = await client.call_tool("compare_exchanges", {"symbol": "BTC", "exchanges": "[kraken"})
    assert result.is_error
    assert texts(result)[0].startswith("exchanges ")
