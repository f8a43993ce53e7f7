"""The alerts of people's own rules: what raises and clears them, and what they say."""

import pytest
from make_watches import brief, calm, spreads, watch

from tools.analytics.anomalies import AlertState, resume
from tools.analytics.anomalies.stepping import CALM_LOOKS
from tools.analytics.rules import parse


def test_a_rule_fires_after_two_observations_and_clears_when_back_by_a_margin() -> None:
    rule = parse("BTC spread on kraken > 6 bps", "binance")
    looks = spreads(0.05, 0.061, 0.061, 0.059, 0.0595, 0.053, 0.0539, 0.05, 0.05, 0.05)

    _, events = watch(looks, AlertState(rules=(rule,)))

    assert brief(events) == [(2, "RULE", "raised"), (5, "RULE", "cleared")]
    assert events[0].alert_id == f"kraken-btc-usd-{rule.rule_id}-20260809t120200z"
    assert (events[0].message, events[0].rule) == ("BTC spread on kraken > 6 bps: it was 6.10 bps", rule.text)
    assert (events[0].unit, events[0].current_value, events[0].baseline_value) == ("bps", pytest.approx(6.1), 6)
    assert (events[0].deviation_percentage, events[0].severity) == (pytest.approx(100 / 60), "LOW")


@pytest.mark.parametrize(("symbol", "currency"), [("BTC/EUR", "EUR"), ("BTC/EUR:BTC", "EUR")])
def test_the_price_of_a_rule_s_alert_is_told_in_the_currency_that_it_is_quoted_in(symbol: str, currency: str) -> None:
    state = AlertState(rules=(parse(f"{symbol} price on kraken > 99", "kraken"),))
    looks = [calm(minute, mid=100 + minute).model_copy(update={"symbol": symbol}) for minute in range(3)]

    _, [raised] = watch(looks[:2], state, usual=None)
    [worse] = watch(looks, state, usual=None)[0].open_alerts

    assert raised.message == f"{symbol} price on kraken > 99: it was 101.00 {currency}"
    assert worse.message == f"{symbol} price on kraken > 99: it was 102.00 {currency}, reached at 12:02:00 UTC"


def test_a_rule_is_over_where_its_figure_stays_on_the_right_side_of_its_value_if_only_by_a_little() -> None:
    rule = parse("BTC spread on kraken > 5 bps", "kraken")

    _, events = watch(spreads(0.048, 0.051, 0.051, *[0.048] * 5), AlertState(rules=(rule,)), usual=None)

    assert brief(events) == [(2, "RULE", "raised"), (3, "RULE", "cleared")]


@pytest.mark.parametrize(
    ("said", "quiet", "firing", "severity", "near", "back"),
    [
        ("spread > 0.1%", {}, {"spread_pct": 0.15}, "MEDIUM", {"spread_pct": 0.0985}, {"spread_pct": 0.0975}),
        ("depth within 5% below $1m", {"depth_usd": 2e6}, {"depth_usd": 4.9e5}, "HIGH", {"depth_usd": 1.015e6}, {"depth_usd": 1.025e6}),
        ("bid depth within 5% > 400k", {"depth_usd": 1e5}, {"depth_usd": 9e5}, "LOW", {"depth_usd": 7.9e5}, {"depth_usd": 7.8e5}),
        ("imbalance > 40%", {}, {"imbalance_pct": 90}, "HIGH", {"imbalance_pct": 39.5}, {"imbalance_pct": 38.5}),
        ("imbalance < -40%", {}, {"imbalance_pct": -55}, "MEDIUM", {"imbalance_pct": -39.5}, {"imbalance_pct": -38.5}),
        ("imbalance < 0%", {"imbalance_pct": 9}, {"imbalance_pct": -55}, "LOW", {"imbalance_pct": 0.5}, {"imbalance_pct": 1.5}),
        ("price < 90", {}, {"mid": 89}, "LOW", {"mid": 90.05}, {"mid": 90.1}),
    ],
)
def test_every_kind_of_rule_fires_and_clears(
    said: str, quiet: dict[str, float], firing: dict[str, float], severity: str, near: dict[str, float], back: dict[str, float]
) -> None:
    state = AlertState(rules=(parse(f"BTC {said}", "kraken"),))
    shown = [quiet, quiet, firing, firing, *[near] * CALM_LOOKS, *[back] * CALM_LOOKS]

    _, events = watch([calm(minute, **changed) for minute, changed in enumerate(shown)], state, usual=None)

    assert brief(events) == [(3, "RULE", "raised"), (9, "RULE", "cleared")]
    assert events[0].severity == severity


def test_the_alert_of_a_rule_that_was_removed_is_cleared_with_the_next_book() -> None:
    rule = parse("BTC spread > 6 bps", "kraken")
    state, [raised] = watch(spreads(0.07, 0.07), AlertState(rules=(rule,)), usual=None)

    _, events = watch([calm(2, spread_pct=0.07)], resume(state.open_alerts), usual=None)

    assert [(one.alert_id, one.state) for one in events] == [(raised.alert_id, "cleared")]
