"""An exchange's rows become clean columns, or an error that names the exchange."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from decimal_books import DecimalBook, books, dirty_rows, meaning
from hypothesis import given, settings
from hypothesis import strategies as st
from make_books import NOON, book

from tools.book import Contract, Levels, clean
from tools.errors import CrossedBook, EmptyBook, UnreadableResponse


def as_pairs(levels: Levels) -> list[tuple[float, float]]:
    return list(zip(levels.prices.tolist(), levels.sizes.tolist(), strict=True))


def near(pairs: list[tuple[Decimal, Decimal]]) -> list[object]:
    return [(pytest.approx(float(price), rel=1e-12, abs=0), pytest.approx(float(size), rel=1e-12, abs=0)) for price, size in pairs]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.data(), books())
def test_dirty_rows_become_the_levels_they_mean(data: st.DataObject, wanted: DecimalBook) -> None:
    bids, asks = data.draw(dirty_rows(wanted.bids)), data.draw(dirty_rows(wanted.asks))

    bid_levels, ask_levels = clean("kraken", "BTC/USD", bids, asks, all_sent=wanted.all_sent)

    for levels, meant, pairs in ((bid_levels, meaning(bids, best=max), wanted.bids), (ask_levels, meaning(asks, best=min), wanted.asks)):
        assert as_pairs(levels) == near(meant)
        assert as_pairs(levels) == near(pairs)
    assert (bid_levels.all_sent, ask_levels.all_sent) == wanted.all_sent


@settings(max_examples=100, deadline=None, derandomize=True)
@given(books(levels=12))
def test_cumulative_columns_add_up_from_the_best_level(wanted: DecimalBook) -> None:
    bids, asks = clean("kraken", "BTC/USD", *wanted.rows())

    for levels, pairs in ((bids, wanted.bids), (asks, wanted.asks)):
        assert levels.cumulative_base.tolist() == pytest.approx([float(sum(size for _, size in pairs[: n + 1])) for n in range(len(pairs))], rel=1e-12, abs=0)
        assert levels.cumulative_quote.tolist() == pytest.approx(
            [float(sum(price * size for price, size in pairs[: n + 1])) for n in range(len(pairs))], rel=1e-12, abs=0
        )


@settings(max_examples=100, deadline=None, derandomize=True)
@given(books(), st.booleans(), st.sampled_from(["0.01", "1", "100"]))
def test_contracts_become_base_amounts(wanted: DecimalBook, inverse: bool, size: str) -> None:
    bids, asks = clean("okx", "BTC/USD:BTC", *wanted.rows(), contract=Contract(float(size), inverse))

    for levels, pairs in ((bids, wanted.bids), (asks, wanted.asks)):
        expected = [contracts * Decimal(size) / (price if inverse else 1) for price, contracts in pairs]
        assert levels.sizes.tolist() == pytest.approx([float(base) for base in expected], rel=1e-12, abs=0)


def test_an_inverse_contract_counts_dollars() -> None:
    bids, asks = clean("okx", "BTC/USD:BTC", [["50000", "10"]], [["80000", "4"]], contract=Contract(size=100, inverse=True))

    assert (as_pairs(bids), as_pairs(asks)) == ([(50_000, 0.02)], [(80_000, 0.005)])


def test_sizes_at_one_price_of_an_inverse_contract_are_added_in_base_units() -> None:
    bids, _ = clean("okx", "BTC/USD:BTC", [["50000", "10"], ["50000.0", "20"]], [["80000", "4"]], contract=Contract(size=100, inverse=True))

    assert as_pairs(bids) == [(50_000, 0.06)]


JUNK_ONLY = [[], [["NaN", "1"]], [["1", None]], [["0", "1"]], [["-1", "1"]], [["inf", "1"]], [["1", "inf"]], [["1e31", "1"]], [["1", "1e-31"]]]


@pytest.mark.parametrize("junk", JUNK_ONLY)
def test_a_side_without_a_usable_level_is_an_empty_book(junk: list[list[object]]) -> None:
    with pytest.raises(EmptyBook) as no_bid:
        clean("kraken", "BTC/USD", junk, [["2", "1"]])
    with pytest.raises(EmptyBook) as no_ask:
        clean("kraken", "BTC/USD", [["1", "1"]], junk)

    assert str(no_bid.value) == "kraken sent an empty book for BTC/USD (no usable bid). Try again, or ask another exchange."
    assert str(no_ask.value) == "kraken sent an empty book for BTC/USD (no usable ask). Try again, or ask another exchange."


@pytest.mark.parametrize(("bid", "ask"), [("101", "100"), ("100", "100"), ("100.10", "100.1")], ids=["crossed", "locked", "locked, written otherwise"])
def test_a_bid_at_or_above_the_ask_is_a_crossed_book(bid: str, ask: str) -> None:
    with pytest.raises(CrossedBook, match=r"^kraken sent a crossed book for BTC/USD \(bid .* at or above ask .*\)\. Its numbers cannot be trusted now;"):
        clean("kraken", "BTC/USD", [["99", "1"], [bid, "1"]], [["105", "1"], [ask, "1"]])


def test_an_unusable_level_crosses_nothing() -> None:
    bids, asks = clean("kraken", "BTC/USD", [["101", "0"], ["99", "1"]], [["98", None], ["100", "1"]])

    assert (as_pairs(bids), as_pairs(asks)) == ([(99, 1)], [(100, 1)])


UNREADABLE = {
    "words": [["price", "size"]],
    "an empty string": [["", "1"]],
    "one element": [["100"]],
    "ragged rows": [["100", "1"], ["99"]],
    "an empty row": [[]],
    "None for a row": [None],
    "bare numbers": [100, 99],
    "a string for a row": ["12"],
    "bytes for a row": [b"12"],
    "named fields": [{"price": 1, "size": 2}],
    "nested rows": [[["1", "2"], ["3", "4"]]],
    "nested columns": [[["1"], ["2"]]],
    "an integer no float can hold": [[10**400, 1]],
    "an object": {"code": 0},
    "text": "<html>",
    "nothing": None,
    "a number": 5,
}


@pytest.mark.parametrize("rows", UNREADABLE.values(), ids=UNREADABLE)
def test_rows_that_are_not_price_and_size_are_unreadable(rows: object) -> None:
    for bids, asks in ((rows, [["200", "1"]]), ([["1", "1"]], rows)):
        with pytest.raises(UnreadableResponse) as error:
            clean("kraken", "BTC/USD", bids, asks)  # type: ignore[arg-type]
        assert str(error.value) == (
            "kraken sent something unreadable instead of an order book: rows that are not price and size. Try again, or ask another exchange."
        )


def test_contract_sizes_that_overflow_or_vanish_leave_no_level() -> None:
    with pytest.raises(EmptyBook):
        clean("okx", "BTC/USD", [["1", "1e308"]], [["3", "1"]], contract=Contract(size=100))
    with pytest.raises(EmptyBook):
        clean("okx", "BTC/USD", [["1e25", "1e-20"]], [["3e25", "1e-20"]], contract=Contract(size=1, inverse=True))


def test_an_ask_a_thousand_times_above_mid_is_kept() -> None:
    _, asks = clean("coinbase", "BTC/USD", [["65000", "1"]], [["65001", "1"], ["65000000", "0.5"]])

    assert as_pairs(asks) == [(65_001, 1), (65_000_000, 0.5)]


def test_columns_are_read_only() -> None:
    one = book([["99", "1"], ["98", "2"]], [["101", "1"]])

    for side in (one.bids, one.asks):
        for column in (side.prices, side.sizes, side.cumulative_base, side.cumulative_quote):
            with pytest.raises(ValueError, match="read-only"):
                column[0] = 1.0


def test_cleaning_leaves_the_exchange_s_rows_alone() -> None:
    bids = [["98", "1"], ["99", "2"], ["99", "0"]]

    clean("kraken", "BTC/USD", bids, [["101", "1"]])

    assert bids == [["98", "1"], ["99", "2"], ["99", "0"]]


def test_numbers_of_numpy_are_read_like_any_other() -> None:
    bids, _ = clean("kraken", "BTC/USD", np.array([[98.0, 1.0], [99.0, 2.0]]).tolist(), [["101", 1]])

    assert as_pairs(bids) == [(99, 2), (98, 1)]


def test_a_book_knows_its_best_prices_mid_and_currencies() -> None:
    one = book([["99", "1"]], [["102", "1"], ["103", "4"]], symbol="BTC/USD:BTC")

    assert (one.best_bid, one.best_ask, one.mid, one.base, one.quote) == (99, 102, 100.5, "BTC", "USD")
    assert (one.taken_by("buy"), one.taken_by("sell")) == (one.asks, one.bids)
    assert (len(one.bids), len(one.asks)) == (1, 2)


def test_a_book_ages_from_when_it_was_true_and_never_backwards() -> None:
    one = book([["99", "1"]], [["102", "1"]], lag_ms=250)

    assert [one.age_ms(NOON + timedelta(seconds=seconds)) for seconds in (-5, 0, 1.5)] == [250, 250, 1_750]
