"""The amounts of people's rules: what their words multiply by, which are possible, and how they are told."""

from decimal import Decimal

import pytest
from make_snapshots import snapshot

from tools.analytics.anomalies import AlertState, observe, step
from tools.analytics.look import look
from tools.analytics.rules import parse
from tools.errors import InvalidArgument


@pytest.mark.parametrize(
    ("word", "times"),
    [("k", 1_000), ("thousand", 1_000), ("m", 10**6), ("mn", 10**6), ("million", 10**6), ("b", 10**9), ("bn", 10**9), ("billion", 10**9), ("", 1)],
)
@pytest.mark.parametrize("number", ["3", "2.5", "0.07", "1,250.01"])
def test_an_amount_is_its_number_times_its_word(number: str, word: str, times: int) -> None:
    assert parse(f"BTC depth < ${number} {word}".strip(), "kraken").value == float(Decimal(number.replace(",", "")) * times)


@pytest.mark.parametrize(
    ("rule", "least", "most"),
    [
        ("spread > {}%", "0.0001", "199.99"),
        ("spread > {} bps", "0.01", "19999.9"),
        ("imbalance > {}%", "-99.9", "99.9"),
        ("depth > ${}", "0.01", "999999999999999"),
        ("price > {}", "0.00000001", "999999999999999"),
    ],
)
def test_an_amount_that_a_figure_can_be_on_both_sides_of_is_a_rule(rule: str, least: str, most: str) -> None:
    assert [parse(f"BTC {rule.format(one)}", "kraken").value for one in (least, most)] == [float(least), float(most)]


@pytest.mark.parametrize(
    "rule",
    ["spread > 0%", "spread > 200%", "spread > 20000 bps", "imbalance > 100%", "imbalance < -100%", "depth < $0", "depth > $1000000000000000", "price > 0"],
)
def test_an_amount_at_the_end_of_what_a_figure_can_be_is_none(rule: str) -> None:
    with pytest.raises(InvalidArgument, match="never passes"):
        parse(f"BTC {rule}", "kraken")


@pytest.mark.parametrize(
    ("rule", "symbol", "told"),
    [
        ("BTC price < 101", "BTC/USD", "100.00 USD"),
        ("ETH/BTC price < 101", "ETH/BTC", "100.00 BTC"),
        ("BTC spread > 5 bps", "BTC/USD", "10.00 bps"),
        ("BTC depth < $2m", "BTC/USD", "$600,000"),
    ],
)
def test_the_alert_of_a_rule_tells_its_figure_with_the_unit(rule: str, symbol: str, told: str) -> None:
    state = AlertState(rules=(parse(rule, "kraken"),))
    for minute in range(2):
        state, _ = step(state, observe(look(snapshot(symbol=symbol, after_s=60 * minute)), None, 60))

    [alert] = state.open_alerts

    assert alert.message == f"{alert.rule}: it was {told}"
