import json

import pytest

from tools.registry import TOOLS

IMPACT = {"symbol": "SOL/USDT", "order_size_usd": 50_000, "side": "buy", "exchange": "binance"}
ARGUMENTS = {
    "get_order_book": {"symbol": "BTC/USDT", "exchange": "binance", "levels": 5},
    "compare_exchanges": {"symbol": "SOL/USDT", "exchanges": ["binance", "coinbase"]},
    "calculate_market_impact": IMPACT,
    "capture_snapshot": {"symbol": "BTC/USDT", "exchange": "binance"},
    "get_liquidity_history": {"symbol": "BTC/USD", "exchange": "kraken", "hours": 2},
    "get_baseline_metrics": {"symbol": "BTC", "exchange": "kraken", "hours": 2},
    "detect_anomalies": {"symbol": "BTC", "exchange": "kraken", "threshold_pct": 40},
    "liquidity_heatmap": {"symbol": "BTC/USDT", "exchange": "binance"},
    "liquidity_chart": {"kind": "impact", "symbol": "BTC/USDT", "exchanges": ["binance"], "order_size_usd": 50_000},
    "alert_rules": {"action": "list"},
}
VARYING = {"age_ms", "as_of", "summary", "figure"}


def lasting(answer):
    """What of an answer does not change with the moment."""
    return {name: value for name, value in answer.json().items() if name not in VARYING}


def test_every_tool_of_the_registry_is_tried_here():
    assert list(ARGUMENTS) == [tool.__name__ for tool in TOOLS]


@pytest.mark.parametrize("tool", ARGUMENTS)
async def test_a_tool_answers_the_same_in_the_query_string_and_in_the_body(serving, tool):
    async with serving(remembers=True) as api:
        path = tool.replace("_", "-")
        by_query, by_body = await api.call(path, **ARGUMENTS[tool]), await api.call(path, ARGUMENTS[tool])
        assert (by_query.status_code, by_body.status_code) == (200, 200), by_query.text
        assert by_query.headers["content-type"] == "application/json"
        assert by_query.json()["source"] == "simulated"
        assert by_query.json().keys() == by_body.json().keys()
        assert [name for name in by_query.json() if name in {"exchange", "exchanges", "exchanges_compared", "rules"}]


async def test_the_printed_curl_lines_work(serving):
    async with serving() as api:
        comparison = await api.client.post("/api/v1/compare-exchanges?symbol=SOL/USDT&exchanges=binance&exchanges=coinbase")
        impact = await api.client.post("/api/v1/market-impact?symbol=SOL/USDT&order_size_usd=50000&side=buy&exchange=binance")
        assert comparison.json()["exchanges_compared"] == ["binance", "coinbase"]
        assert (impact.json()["order_size_usd"], impact.json()["exchange"]) == (50_000, "binance")


async def test_a_published_alias_answers_like_the_tool_it_stands_for(serving):
    async with serving() as api:
        alias, tool = await api.call("market-impact", IMPACT), await api.call("calculate-market-impact", IMPACT)
        assert lasting(alias) == lasting(tool)


async def test_a_single_value_is_a_list_of_one_and_some_arguments_may_stand_in_the_body(serving):
    async with serving() as api:
        answer = await api.call("compare-exchanges", {"symbol": "SOL/USDT"}, exchanges="Kraken")
        assert answer.json()["exchanges_compared"] == ["kraken"]


@pytest.mark.parametrize(
    ("query", "body", "status", "kind", "words"),
    [
        ("", None, 422, "invalid_argument", "symbol is required."),
        ("symbol=BTC&colour=red", None, 422, "invalid_argument", "colour is no parameter of compare_exchanges, which takes symbol, exchanges, levels."),
        ("symbol=BTC&market=red", None, 422, "invalid_argument", "market is no parameter of compare_exchanges, which takes symbol, exchanges, levels."),
        ("symbol=BTC&levels=0", None, 422, "invalid_argument", "levels must be greater than or equal to 1, not '0'."),
        ("symbol=BTC&levels=many", None, 422, "invalid_argument", "levels must be a whole number"),
        ("symbol=BTC&symbol=ETH", None, 422, "invalid_argument", "symbol is given 2 times; give it once."),
        ("symbol=BTC", {"symbol": "BTC"}, 422, "invalid_argument", "symbol is given in the query string and in the body; give it once."),
        ("symbol=BTC&exchanges=bnance", None, 422, "invalid_argument", "bnance is not among the simulated exchanges here"),
        ("symbol=NOSUCHCOIN", None, 422, "listed_nowhere", "NOSUCHCOIN"),
        ("symbol=NOSUCHCOIN&exchanges=kraken", None, 422, "unknown_symbol", "kraken does not list NOSUCHCOIN"),
        ("", [1], 400, "malformed_json", "The body must be a JSON object"),
        ("", b"{", 400, "malformed_json", "The body is not JSON"),
        ("", b'{"symbol": NaN}', 400, "malformed_json", "The body is not JSON"),
        ("", b'{"symbol": "\\ud800"}', 400, "malformed_json", "The body is not JSON"),
        ("", b"\xff\xfe", 400, "malformed_json", "The body is not JSON"),
    ],
)
async def test_a_wrong_argument_is_told_by_name(serving, query, body, status, kind, words):
    async with serving() as api:
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        headers = {} if body is None else {"content-type": "application/json"}
        answer = await api.client.post(f"/api/v1/compare-exchanges?{query}", content=content, headers=headers)
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.status_code, problem["status"], problem["kind"], problem["type"]) == (status, status, kind, f"/docs#{kind}")
        assert words in problem["detail"]


async def test_an_unknown_tool_is_not_found_and_the_closest_is_named(serving):
    async with serving() as api:
        answer = await api.call("compare-exchange", symbol="BTC")
        assert (answer.status_code, answer.json()["kind"]) == (404, "unknown_tool")
        assert answer.json()["detail"].endswith("Did you mean compare_exchanges?")


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"), [("GET", "/api/v1/compare-exchanges", 405, "method_not_allowed"), ("GET", "/nowhere", 404, "not_found")]
)
async def test_what_is_not_there_is_a_problem_too(serving, method, path, status, kind):
    async with serving() as api:
        answer = await api.client.request(method, path)
        assert (answer.status_code, answer.json()["kind"], answer.headers["content-type"]) == (status, kind, "application/problem+json")
        assert "/docs lists what there is" in answer.json()["detail"]


CHART = {"symbol": "BTC/USDT", "exchange": "binance"}


async def test_a_chart_is_the_whole_result_or_the_bare_figure(serving):
    async with serving() as api:
        whole = await api.call("liquidity-heatmap", CHART)
        figure = await api.client.post("/api/v1/liquidity-heatmap", json=CHART, headers={"accept": "application/vnd.plotly.v1+json"})
        assert {"source", "summary", "figure", "kind"} < whole.json().keys()
        assert figure.headers["content-type"] == "application/vnd.plotly.v1+json"
        assert figure.json().keys() == {"data", "layout"}


@pytest.mark.chrome
async def test_a_chart_is_an_image_for_those_who_ask_for_one(serving):
    async with serving() as api:
        image = await api.client.post("/api/v1/liquidity-heatmap", json=CHART, headers={"accept": "image/png;q=0.9, application/json;q=0.5"})
        assert (image.status_code, image.headers["content-type"], image.content[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")
        assert len(image.content) < 100_000


@pytest.mark.parametrize(
    ("tool", "accept", "status"),
    [
        ("liquidity-heatmap", "text/html", 406),
        ("get-order-book", "image/png", 406),
        ("get-order-book", "application/json;q=0", 406),
        ("get-order-book", "text/html, application/*;q=0.1", 200),
        ("get-order-book", "*/*;q=high, */*;q=0.1", 200),
    ],
)
async def test_what_a_request_accepts_is_what_it_gets(serving, tool, accept, status):
    async with serving() as api:
        answer = await api.client.post(f"/api/v1/{tool}", json=CHART, headers={"accept": accept})
        assert answer.status_code == status
        if status == 406:
            assert answer.json()["kind"] == "not_acceptable"


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [("GET", "market-impact?symbol=BTC", 405, "POST"), ("PUT", "compare-exchanges", 405, "POST"), ("GET", "nosuch", 404, None), ("POST", "a/b", 404, None)],
)
async def test_what_is_no_tools_path_or_method_is_a_problem_and_never_the_chats_page(serving, method, path, status, allow):
    async with serving() as api:
        api.app.mount("/", lambda *_: pytest.fail("the chat was asked"))
        answer = await api.client.request(method, f"/api/v1/{path}")
        assert (answer.status_code, answer.headers["content-type"], answer.headers.get("allow")) == (status, "application/problem+json", allow)
