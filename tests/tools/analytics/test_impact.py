"""What an order costs, against a walk in plain Decimal arithmetic."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

import pytest
from decimal_books import DecimalBook, Level, books
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON, book

from tools.analytics import impact
from tools.analytics.impact import Order, market_impact

Side = Literal["buy", "sell"]
SIDES: tuple[Side, Side] = ("buy", "sell")


@dataclass(frozen=True)
class Walked:
    """What the oracle takes from a side."""

    base: Decimal
    quote: Decimal
    levels: int
    worst: Decimal
    complete: bool


def walk(levels: list[Level], *, quote: Decimal | None = None, base: Decimal | None = None) -> Walked:
    """Take level after level until the order is filled or the side ends."""
    left = quote if quote is not None else base
    taken_base = taken_quote = Decimal(0)
    count, worst = 0, levels[0][0]
    for price, size in levels:
        if left <= 0:
            break
        part = min(size, left / price if quote is not None else left)
        taken_base, taken_quote = taken_base + part, taken_quote + part * price
        left -= part * price if quote is not None else part
        count, worst = count + 1, price
    # 60 digits do not end every division: what is left of it is nothing.
    return Walked(taken_base, taken_quote, count, worst, left <= Decimal("1e-40"))


@st.composite
def orders(draw: st.DrawFn) -> tuple[DecimalBook, Side, bool, Decimal]:
    """A book, a side, whether the order is given in quote, and an amount: within a level, exactly to its end, or beyond the book."""
    wanted, chance = draw(books()), draw(st.randoms(use_true_random=True))
    side, in_quote = chance.choice(SIDES), chance.random() < 0.5
    levels = wanted.asks if side == "buy" else wanted.bids
    amounts = [price * size if in_quote else size for price, size in levels]
    last = chance.randrange(len(levels))
    part = chance.choice(["1", "1", "0.5", "0.001", "0.999", "0.37"])
    if chance.random() < 0.2:
        return wanted, side, in_quote, sum(amounts) * Decimal("1.5")
    return wanted, side, in_quote, sum(amounts[:last]) + amounts[last] * Decimal(part)


def near(value: Decimal, allowed: Decimal | float = 0) -> object:
    return pytest.approx(float(value), rel=1e-9, abs=float(allowed))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(orders(), st.sampled_from(["1", "0.9993", "1.0871", "0.0071"]), st.sampled_from(["0", "0.1", "1.2", "0.05"]))
def test_an_order_costs_what_plain_arithmetic_says(order: tuple[DecimalBook, Side, bool, Decimal], rate_text: str, fee_text: str) -> None:
    wanted, side, in_quote, amount = order
    rate, fee_pct, mid = Decimal(rate_text), Decimal(fee_text), wanted.mid
    one = book(
        *wanted.rows(), all_sent=wanted.all_sent, usd=float(rate), fee_pct=float(fee_pct), symbol="BTC/USDT", exchange="okx", fee_origin="default schedule"
    )
    asked = Order(side, usd=float(amount * rate)) if in_quote else Order(side, base=float(amount))

    result = market_impact(one, "BTC", asked, NOON)

    levels, whole = (wanted.asks, wanted.all_sent[1]) if side == "buy" else (wanted.bids, wanted.all_sent[0])
    walked = walk(levels, quote=amount) if in_quote else walk(levels, base=amount)
    worse, best, average = (1 if side == "buy" else -1), levels[0][0], walked.quote / walked.base
    filled_usd, value_at_mid_usd = walked.quote * rate, walked.base * mid * rate
    fee_usd = filled_usd * fee_pct / 100
    all_in_usd = worse * (filled_usd - value_at_mid_usd) + fee_usd
    order_usd = amount * rate if in_quote else amount * mid * rate
    unfilled_usd = order_usd - (filled_usd if in_quote else value_at_mid_usd)
    assert result.model_dump(exclude={"warnings"}) == {
        "source": "live",
        "as_of": NOON,
        "age_ms": 0.0,
        "symbol": "BTC",
        "symbol_used": "BTC/USDT",
        "exchange": "okx",
        "side": side,
        "price_currency": "USDT",
        "base_currency": "BTC",
        "usd_rate": float(rate),
        "order_size_usd": near(order_usd),
        "order_size_base": None if in_quote else float(amount),
        "best_price": float(best),
        "mid_price": near(mid),
        "average_execution_price": near(average),
        "limit_price": float(walked.worst),
        "slippage_percentage": near(worse * 100 * (average - best) / best, 1e-9),
        "price_impact_percentage": near(worse * 100 * (walked.worst - best) / best, 1e-9),
        "slippage_vs_mid_bps": near(worse * 10_000 * (average - mid) / mid, 1e-9),
        "levels_consumed": walked.levels,
        "total_base_amount": near(walked.base),
        "sufficient_liquidity": walked.complete,
        "filled_usd": near(filled_usd),
        "unfilled_usd": near(Decimal(0) if walked.complete else unfilled_usd),
        "book_truncated": not walked.complete and not whole,
        "taker_fee_pct": float(fee_pct),
        "taker_fee_origin": "default schedule",
        "fee_usd": near(fee_usd),
        "all_in_usd": near(all_in_usd, filled_usd * Decimal("1e-12")),
        "all_in_bps": near(10_000 * all_in_usd / value_at_mid_usd, 1e-8),
        "all_in_price_usd": near((filled_usd + worse * fee_usd) / walked.base),
    }
    assert min(result.slippage_percentage, result.price_impact_percentage, result.slippage_vs_mid_bps) >= 0
    assert [("book ends" in one, "of the filled part" in one) for one in result.warnings if "book" in one] == ([] if walked.complete else [(True, True)])
    if 100 * abs(walked.worst - mid) != 5 * mid:
        assert any("from mid" in one for one in result.warnings) == (100 * abs(walked.worst - mid) > 5 * mid)


BIDS = [["99", "1"], ["98", "2"], ["90", "10"]]
ASKS = [["101", "1"], ["102", "2"], ["110", "10"]]


@pytest.mark.parametrize(
    ("order", "fill"),
    [
        (Order("buy", usd=50.5), impact.Fill(0.5, 50.5, 1, 101, complete=True)),
        (Order("buy", usd=101), impact.Fill(1, 101, 1, 101, complete=True)),
        (Order("buy", usd=101 + 51), impact.Fill(1.5, 152, 2, 102, complete=True)),
        (Order("buy", usd=101 + 204), impact.Fill(3, 305, 2, 102, complete=True)),
        (Order("buy", usd=101 + 204 + 1100), impact.Fill(13, 1405, 3, 110, complete=True)),
        (Order("buy", usd=5000), impact.Fill(13, 1405, 3, 110, complete=False)),
        (Order("buy", base=3), impact.Fill(3, 305, 2, 102, complete=True)),
        (Order("sell", base=1), impact.Fill(1, 99, 1, 99, complete=True)),
        (Order("sell", base=2), impact.Fill(2, 197, 2, 98, complete=True)),
        (Order("sell", base=14), impact.Fill(13, 1195, 3, 90, complete=False)),
    ],
)
def test_a_walk_counts_part_used_levels_and_ends_where_the_order_does(order: Order, fill: impact.Fill) -> None:
    assert impact.fill(book(BIDS, ASKS), order) == fill


@pytest.mark.parametrize("side", ["buy", "sell"])
@pytest.mark.parametrize("cents", range(0, 3_000, 37))
def test_an_order_within_the_best_level_slips_by_exactly_nothing(side: Side, cents: int) -> None:
    price = 65_000 + cents / 100
    one = book([[f"{price:.2f}", "3"]], [[f"{price + 0.01:.2f}", "3"]])

    result = market_impact(one, "BTC", Order(side, usd=1_000 + cents / 7), NOON)

    assert (result.slippage_percentage, result.price_impact_percentage, result.average_execution_price) == (0, 0, result.best_price)
    assert "-" not in f"{result.slippage_percentage}{result.price_impact_percentage}"


def test_an_order_beyond_a_truncated_book_reports_the_filled_part_and_that_there_may_be_more() -> None:
    result = market_impact(book(BIDS, ASKS), "BTC", Order("buy", usd=2_000), NOON)

    assert (result.sufficient_liquidity, result.filled_usd, result.unfilled_usd, result.book_truncated) == (False, 1_405, 595, True)
    assert result.warnings == [
        "kraken's book ends 595 USD short of this order (it may hold more than it sent); the averages are those of the filled part.",
        "This order would reach prices 10% from mid on kraken; split it or use a limit price.",
    ]


def test_an_order_beyond_a_whole_book_says_that_this_is_all_there_is() -> None:
    result = market_impact(book(BIDS, ASKS, all_sent=(False, True)), "BTC", Order("buy", base=15), NOON)

    assert (result.sufficient_liquidity, result.total_base_amount, result.unfilled_usd, result.book_truncated) == (False, 13, 200, False)
    assert result.warnings[0] == "kraken's book ends 200 USD short of this order (that is all it has); the averages are those of the filled part."


def test_a_ruinous_fill_is_possible_but_warned_of() -> None:
    one = book([["99", "1"]], [["101", "1"], ["100100", "1"]], all_sent=(True, True))

    result = market_impact(one, "BTC", Order("buy", base=2), NOON)

    assert (result.sufficient_liquidity, result.average_execution_price) == (True, 50_100.5)
    assert result.warnings == ["This order would reach prices 100,000% from mid on kraken; split it or use a limit price."]


def test_a_single_level_fills_what_it_holds() -> None:
    result = market_impact(book([["99", "1"]], [["101", "2"]]), "BTC", Order("buy", base=2), NOON)

    assert (result.levels_consumed, result.sufficient_liquidity, result.limit_price, result.warnings) == (1, True, 101, [])


@pytest.mark.parametrize("amount", [{"quote": 0.0}, {"base": 0.0}, {"base": -1.0}, {}])
def test_an_order_for_nothing_is_refused(amount: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="an order needs a positive quote or base amount"):
        impact.walk(book(BIDS, ASKS).asks, **amount)


def test_an_unknown_fee_leaves_the_walk_and_takes_the_all_in_figures_away() -> None:
    known, unknown = (market_impact(book(BIDS, ASKS, fee_pct=fee), "BTC", Order("buy", usd=305), NOON) for fee in (0.1, None))

    all_in = {"taker_fee_pct", "fee_usd", "all_in_usd", "all_in_bps", "all_in_price_usd"}
    assert unknown.model_dump(include=all_in) == dict.fromkeys(all_in)
    assert unknown.model_dump(exclude=all_in | {"warnings", "taker_fee_origin"}) == known.model_dump(exclude=all_in | {"warnings", "taker_fee_origin"})
    assert unknown.warnings == ["No taker fee of kraken is known, so its all-in cost is not computed; set it in LIQUIDITY_TAKER_FEES."]


def test_the_cheapest_first_are_those_that_fill_by_their_all_in_price_then_those_that_leave_least() -> None:
    deep = {"fee_low": (["101", "100"], 0.1), "fee_high": (["100.5", "100"], 1.0), "shallow": (["100.1", "5"], 0.0), "shallower": (["100.1", "1"], 0.0)}
    for side in ("buy", "sell"):
        ranked = sorted(
            (
                market_impact(
                    book([["99", "1"]], [ask], exchange=name, fee_pct=fee)
                    if side == "buy"
                    else book([[f"{200 - float(ask[0])}", ask[1]]], [["101", "1"]], exchange=name, fee_pct=fee),
                    "BTC",
                    Order(side, base=10),
                    NOON,
                )
                for name, (ask, fee) in deep.items()
            ),
            key=impact.rank_all_in,
        )
        assert [one.exchange for one in ranked] == ["fee_low", "fee_high", "shallow", "shallower"]
