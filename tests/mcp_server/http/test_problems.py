import logging

import pytest

from mcp_server.http.problems import kinds
from tools.registry import TOOLS
from tools.simulator import Fault

ONE = {"symbol": "BTC/USDT", "exchange": "binance"}


def test_the_status_of_every_kind_of_problem_is_a_contract():
    assert kinds() == {
        "error": 500,
        "invalid_argument": 422,
        "unknown_exchange": 422,
        "unknown_symbol": 422,
        "listed_nowhere": 422,
        "unknown_tool": 404,
        "exchange_error": 502,
        "timed_out": 504,
        "rate_limited": 429,
        "blocked": 502,
        "unavailable": 503,
        "no_connection": 503,
        "unreadable": 502,
        "empty_book": 502,
        "crossed_book": 502,
        "stale_book": 502,
        "implausible_price": 502,
        "mislabelled_source": 502,
        "no_usd_rate": 502,
        "no_usable_exchange": 502,
        "no_network": 503,
        "insufficient_history": 409,
        "nothing_recorded": 409,
        "history_unavailable": 503,
        "not_storable": 500,
        "not_readable": 500,
        "not_configured": 500,
        "chart_unavailable": 503,
        "malformed_json": 400,
        "unauthorized": 401,
        "foreign_origin": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "not_acceptable": 406,
        "slow_body": 408,
        "too_long": 413,
        "not_json": 415,
        "foreign_host": 421,
        "too_many_requests": 429,
        "internal_error": 500,
    }


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault.hang(), 504, "timed_out"),
        (Fault.status(429), 429, "rate_limited"),
        (Fault.status(451), 502, "blocked"),
        (Fault.status(503), 503, "unavailable"),
        (Fault.dropped(), 503, "no_connection"),
        (Fault.html(), 502, "unreadable"),
        (Fault.empty_sides(), 502, "empty_book"),
        (Fault.crossed(), 502, "crossed_book"),
        (Fault.stale(60), 502, "stale_book"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_what_an_exchange_suffers_from_is_a_problem_of_its_own_kind(serving, fault, status, kind):
    async with serving(deadline_s=0.5) as api:
        api.venues.simulator.faults.set("okx" if kind == "stale_book" else "binance", fault)
        answer = await api.call("get-order-book", {**ONE, "exchange": "okx" if kind == "stale_book" else "binance"})
        assert (answer.status_code, answer.json()["kind"]) == (status, kind)
        assert answer.headers["content-type"] == "application/problem+json"
        assert ("retry-after" in answer.headers) == (status == 429)


async def test_when_every_exchange_fails_the_problem_tells_of_each(serving):
    async with serving() as api:
        for exchange, fault in (("binance", Fault.status(451)), ("coinbase", Fault.status(503)), ("kraken", Fault.empty_sides())):
            api.venues.simulator.faults.set(exchange, fault)
        answer = await api.call("compare-exchanges", symbol="BTC")
        assert (answer.status_code, answer.json()["kind"], list(answer.json()["failures"])) == (502, "no_usable_exchange", ["binance", "coinbase", "kraken"])


async def test_a_mistake_in_the_program_is_told_without_its_details(serving, caplog):
    class Broken:
        async def fetch(self, exchange, symbol, levels=1_000):
            raise RuntimeError("a secret detail")

    with caplog.at_level(logging.CRITICAL):
        async with serving(changes={"books": Broken()}) as api:
            for tool in TOOLS:
                arguments = {"symbol": "BTC", "order_size_usd": 1_000} if tool.__name__ == "calculate_market_impact" else {"symbol": "BTC"}
                arguments |= {"kind": "depth"} if tool.__name__ == "liquidity_chart" else {}
                arguments = {"action": "add", "rule": "BTC spread on kraken > 5 bps"} if tool.__name__ == "alert_rules" else arguments
                answer = await api.call(tool.__name__.replace("_", "-"), arguments)
                assert (answer.status_code, answer.json()["kind"]) == (500, "internal_error"), tool.__name__
                assert "secret" not in answer.text
