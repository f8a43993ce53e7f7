"""People's rules: what is understood, what is measured, and what is said of the rest."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from make_snapshots import snapshot

from tools.analytics.depth import BAND_WIDTHS_PCT
from tools.analytics.rules import Rule, concerns, measure, parse
from tools.errors import InvalidArgument


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("BTC spread on kraken > 5 bps", "BTC spread on kraken > 5 bps"),
        ("tell me when the BTC spread on Kraken passes 5 bps", "BTC spread on kraken > 5 bps"),
        ("let me know if SOL spread gets wider than 10 basis points.", "SOL spread on binance > 10 bps"),
        ("ETH/USD depth within 1% on coinbase below $2m", "ETH/USD depth within 1% on coinbase < $2,000,000"),
        ("  eth-usd   Liquidity falls below 2.5 MILLION dollars on Coinbase", "ETH/USD depth within 1% on coinbase < $2,500,000"),
        ("bid depth of SOL/USDT within 0.25 percent under 500k", "SOL/USDT bid depth within 0.25% on binance < $500,000"),
        ("SOL asks depth over $1,250,000.50", "SOL ask depth within 1% on binance > $1,250,000.5"),
        ("SOL imbalance > 40%", "SOL imbalance within 1% on binance > 40%"),
        ("SOL imbalance within 0.5% < -40 pct", "SOL imbalance within 0.5% on binance < -40%"),
        ("BTC's price is above $70,000", "BTC price on binance > 70,000"),
        ("price of BTC/EUR at least 65k", "BTC/EUR price on binance > 65,000"),
        ("ETH/BTC price below 0.05 btc", "ETH/BTC price on binance < 0.05"),
        ("BTC/USDT:USDT price above 65k usdt", "BTC/USDT:USDT price on binance > 65,000"),
        ("BTC/USDC:BTC price above $65,000", "BTC/USDC:BTC price on binance > 65,000"),
        ("BTC/EUR:BTC price above 65,000 eur", "BTC/EUR:BTC price on binance > 65,000"),
        ("alert me when ME spread exceeds .5%", "ME spread on binance > 0.5%"),
        ("1INCH spread ≥ 1 bp", "1INCH spread on binance > 1 bps"),
        ("BTC price reaches 70k", "BTC price on binance > 70,000"),
        ("BTC price on kraken hits 70k", "BTC price on kraken > 70,000"),
        ("BTC price crosses 70k", "BTC price on binance > 70,000"),
        ("BTC price crosses above 70k", "BTC price on binance > 70,000"),
        ("BTC price crosses below 70k", "BTC price on binance < 70,000"),
        ("let me know when BTC price drops to 60,000 please", "BTC price on binance < 60,000"),
        ("BTC price falls to 60k, please.", "BTC price on binance < 60,000"),
        ("BTC price climbs to 80k", "BTC price on binance > 80,000"),
        ("BTC price goes up to 80k", "BTC price on binance > 80,000"),
        ("BTC spread is bigger than 1 basis point", "BTC spread on binance > 1 bps"),
        ("BTC spread at or above 5 bps", "BTC spread on binance > 5 bps"),
        ("BTC spread greater than or equal to 5 bps", "BTC spread on binance > 5 bps"),
        ("BTC spread is at least 5 bps", "BTC spread on binance > 5 bps"),
        ("BTC depth is less than or equal to $2m", "BTC depth within 1% on binance < $2,000,000"),
        ("BTC depth at or below $2m", "BTC depth within 1% on binance < $2,000,000"),
        ("BTC depth is at most $2m", "BTC depth within 1% on binance < $2,000,000"),
        ("BTC depth within 1.0% < $2m", "BTC depth within 1% on binance < $2,000,000"),
        ("BTC depth within .50% < $2m", "BTC depth within 0.5% on binance < $2,000,000"),
        ("BTC asks on kraken < 500k", "BTC ask depth within 1% on kraken < $500,000"),
        ("bids of SOL within 2% below $1m", "SOL bid depth within 2% on binance < $1,000,000"),
        ("`BTC spread on kraken > 5 bps`", "BTC spread on kraken > 5 bps"),
        ("'BTC spread on kraken > 5 bps', please", "BTC spread on kraken > 5 bps"),
        ("“BTC\u2019s spread on kraken > 5 bps”!", "BTC spread on kraken > 5 bps"),
        ("tell me when `BTC spread on kraken > 5 bps`?", "BTC spread on kraken > 5 bps"),
    ],
)
def test_a_rule_is_understood_as_people_say_it(said: str, text: str) -> None:
    assert parse(said, "binance").text == text


def test_a_rule_has_all_its_parts() -> None:
    rule = parse("ETH/USD bid depth within 0.5% on coinbase falls below $2m", "kraken")

    assert rule == Rule(rule.rule_id, "ETH/USD", "coinbase", "bid depth", above=False, value=2e6, unit="usd", within_pct=0.5)


def test_rules_that_mean_the_same_have_one_short_id() -> None:
    one, same, other = (parse(text, "kraken") for text in ("BTC spread > 5 bps", "when the BTC spread on KRAKEN passes 5.0 bps", "BTC spread > 6 bps"))

    assert one == same
    assert one.rule_id != other.rule_id
    assert re.fullmatch(r"[a-z][a-z0-9-]{1,24}", one.rule_id)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("", "There is no comparison in the rule '': write it like"),
        ("BTC spread 5 bps", "There is no comparison in the rule 'BTC spread 5 bps': write it like"),
        (
            "BTC spread < 5 bps and price > 7",
            "There is more than one comparison in the rule 'BTC spread < 5 bps and price > 7': write it like `BTC spread on kraken > 5 bps`",
        ),
        ("<b>BTC</b> price >5\x1b[31m", "There is more than one comparison in the rule '< b>BTC< /b> price >5': write it like"),
        ("BTC spread is not above 5 bps", "'BTC is not' is not one asset or market: write it like"),
        ("BTC spread is no more than 5 bps", "'BTC is no' is not one asset or market: write it like"),
        ("BTC bid > 60000", "'BTC bid' names none of spread, depth, bid depth, ask depth, imbalance, price: write it like"),
        ("BTC volume > 5", "'BTC volume' names none of spread, depth, bid depth, ask depth, imbalance, price: write it like"),
        ("spread > 5 bps", "The rule names no asset or market: write it like"),
        ("BTC ETH spread > 5 bps", "'BTC ETH' is not one asset or market: write it like"),
        ("A" * 41 + " spread > 5 bps", "'" + "A" * 41 + "' is not one asset or market: write it like"),
        ("BTC bid spread > 5 bps", "There is no bid spread to watch: give one of spread, depth,"),
        ("BTC spread >", "The rule has no value: give basis points or per cent, such as 5 bps or 0.05%."),
        ("BTC spread > many", "'many' is not a value: give basis points or per cent, such as 5 bps or 0.05%."),
        ("BTC spread > 5", "'5' is no spread: give basis points or per cent, such as 5 bps or 0.05%."),
        ("BTC spread > $5", "'$5' is no spread: give basis points or per cent, such as 5 bps or 0.05%."),
        ("BTC spread > 1,5 bps", "'1,5 bps' is no spread: give"),
        ("BTC spread > 0 bps", "Spread never passes '0 bps': give"),
        ("BTC spread > 300%", "Spread never passes '300%': give"),
        ("BTC depth > 5%", "'5%' is no depth: give US dollars, such as $2m."),
        ("BTC depth < -5", "Depth never passes '-5': give US dollars, such as $2m."),
        ("BTC depth > 9999999999999999", "Depth never passes '9999999999999999': give US dollars, such as $2m."),
        ("BTC imbalance > 100%", "Imbalance never passes '100%': give per cent, such as 40%."),
        ("BTC imbalance > 40", "'40' is no imbalance: give per cent, such as 40%."),
        ("ETH/BTC price > $5", "'$5' is no price: give a plain number in the currency it is quoted in, such as 65,000."),
        ("BTC/EUR:BTC price > $5", "'$5' is no price: give a plain number in the currency it is quoted in, such as 65,000."),
        ("BTC price > 1e5", "'1e5' is no price: give"),
        ("BTC depth within 3% < 1m", "Depth within 3% is not kept: give within 0.1, 0.25, 0.5, 1, 2, 5%."),
        ("BTC spread within 1% > 5 bps", "'within 1%' does not go with spread: leave it out."),
        ("BTC spread on kraken on binance > 5 bps", "'BTC on binance' is not one asset or market: write it like"),
    ],
)
def test_what_is_not_understood_is_said_in_one_sentence(said: str, answer: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse(said, "kraken")

    assert str(refused.value).startswith(answer)
    assert str(refused.value).endswith(".")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=60) | st.text("BTC spreadondpth><5%$bpswithin1.,k ", max_size=60))
def test_any_text_is_a_rule_that_reads_back_or_is_refused(text: str) -> None:
    try:
        rule = parse(text, "kraken")
    except InvalidArgument:
        return
    assert parse(rule.text, "binance") == rule


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A rule of any metric and value."""
    metric = draw(st.sampled_from(["spread", "depth", "bid depth", "ask depth", "imbalance", "price"]))
    within = f" within {draw(st.sampled_from(BAND_WIDTHS_PCT)):g}%" if "depth" in metric or metric == "imbalance" else ""
    least, most = (-99, 99) if metric == "imbalance" else (1e-9, 190) if metric == "spread" else (1e-9, 9e14)
    number = f"{Decimal(repr(draw(st.floats(least, most)))):f}"
    unit = {"spread": draw(st.sampled_from([" bps", "%"])), "imbalance": "%"}.get(metric, "")
    symbol = draw(st.sampled_from(["BTC", "ETH/USDT", "BTC/USDT:USDT", "1INCH/USD", "ON/USDT"]))
    return f"{symbol} {metric}{within} on {draw(st.sampled_from(['kraken', 'okx']))} {draw(st.sampled_from('<>'))} {number}{unit}"


@settings(max_examples=200, deadline=None, derandomize=True)
@given(texts())
def test_the_shown_text_reads_back_as_the_same_rule(text: str) -> None:
    rule = parse(text, "bybit")

    assert parse(rule.text, "gate") == rule
    assert rule.value == float(re.split("[<>] ", text)[1].rstrip("% bps"))


def test_each_metric_is_measured_in_the_rule_s_unit() -> None:
    seen = snapshot(best_bid=99.95, best_ask=100.05, depth_usd=1e6, imbalance_pct=20)  # within 1% stand 60 % of it

    figures = {
        text: measure(parse(text, "kraken"), seen)
        for text in (
            "BTC spread > 5 bps",
            "BTC spread > 5%",
            "BTC depth > 1",
            "BTC bid depth > 1",
            "BTC ask depth within 5% > 1",
            "BTC imbalance > 1%",
            "BTC price > 1",
        )
    }

    assert list(figures.values()) == pytest.approx([10, 0.1, 600_000, 360_000, 400_000, 20, 100])


def test_depth_that_the_book_does_not_reach_is_unknown() -> None:
    seen = snapshot(ask_complete=[True, True, False, False, False, False])

    assert [measure(parse(f"BTC {metric}", "kraken"), seen) for metric in ("depth < 1", "bid depth within 0.5% < 1", "imbalance within 5% > 1%")] == [None] * 3
    assert measure(parse("BTC depth within 0.25% < 1", "kraken"), seen) == pytest.approx(200_000)


def test_a_snapshot_without_bands_knows_the_depth_within_1_per_cent_of_both_sides_alone() -> None:
    seen = snapshot(depth=[], liquidity_1pct_usd=7e5)

    assert [measure(parse(f"BTC {metric}", "kraken"), seen) for metric in ("depth < 1", "bid depth < 1", "depth within 2% < 1")] == [7e5, None, None]


def test_the_imbalance_of_an_empty_band_is_unknown() -> None:
    assert measure(parse("BTC imbalance > 1%", "kraken"), snapshot(depth_usd=0)) is None


def test_a_rule_concerns_the_market_it_names_or_those_of_its_asset_in_dollars() -> None:
    asset, market = (parse(f"{symbol} price on kraken > 65,000", "okx") for symbol in ("BTC", "BTC/EUR"))
    places = [("kraken", symbol) for symbol in ("BTC/USD", "BTC/USDT", "BTC/USDC", "BTC/EUR", "BTC/JPY", "BTC/USD:USD", "WBTC/USD", "ETH/BTC")]

    assert [symbol for exchange, symbol in places if concerns(asset, exchange, symbol)] == ["BTC/USD", "BTC/USDT", "BTC/USDC"]
    assert [symbol for exchange, symbol in places if concerns(market, exchange, symbol)] == ["BTC/EUR"]
    assert not concerns(asset, "okx", "BTC/USD")
