"""More of a book where its first answer ends too early: for an answer the first will do, for the history it will not."""

from dataclasses import replace
from math import inf

import pytest
from make_books import book
from make_snapshots import series, snapshots
from simulated import simulated

from tools import (
    calculate_market_impact,
    capture_snapshot,
    detect_anomalies,
    get_baseline_metrics,
    get_order_book,
    liquidity_chart,
    liquidity_heatmap,
)
from tools.book import ALL_LEVELS, ANALYSIS_LEVELS, Levels
from tools.deepening import covering_depth, deep_enough, kept_depth
from tools.errors import ExchangeTimeout

SHALLOW = book([[99.9, 1]], [[100.1, 1]], warnings=["It was there before."])
DEEP = book([[99.9, 1], [98, 1]], [[100.1, 1], [102, 1]])


class Books:
    """Gives one book to who asks for the usual levels, another (or raises it) to who asks for all."""

    def __init__(self, first, deeper):
        self.answers, self.asked = {ANALYSIS_LEVELS: first, ALL_LEVELS: deeper}, []
        self.ages = []

    async def fetch(self, exchange, symbol, levels=ANALYSIS_LEVELS, max_age_s=inf):
        self.ages.append(max_age_s)
        self.asked.append((exchange, symbol, levels))
        if isinstance(self.answers[levels], Exception):
            raise self.answers[levels]
        return self.answers[levels]


@pytest.mark.parametrize("fetch", [covering_depth, kept_depth])
async def test_a_book_that_reaches_a_per_cent_is_asked_for_once(fetch):
    books = Books(DEEP, SHALLOW)
    assert await fetch(books, "kraken", "BTC/USD") is DEEP
    assert books.asked == [("kraken", "BTC/USD", ANALYSIS_LEVELS)]


@pytest.mark.parametrize("fetch", [covering_depth, kept_depth])
async def test_one_that_does_not_is_asked_for_in_full(fetch):
    books = Books(SHALLOW, DEEP)
    assert await fetch(books, "kraken", "BTC/USD") is DEEP
    assert books.asked == [("kraken", "BTC/USD", ANALYSIS_LEVELS), ("kraken", "BTC/USD", ALL_LEVELS)]


async def test_a_book_for_the_history_is_as_young_as_was_asked_for_also_in_full():
    books = Books(SHALLOW, DEEP)
    await kept_depth(books, "kraken", "BTC/USD", 0.5)
    assert books.ages == [0.5, 0.5]
    await kept_depth(books, "kraken", "BTC/USD")
    assert books.ages[2:] == [inf, inf]


async def test_where_more_cannot_be_had_an_answer_stands_on_the_first_and_says_so():
    books = Books(SHALLOW, ExchangeTimeout("kraken", "10 s"))
    said = "More of the book was asked for in vain: kraken timed out (10 s). Try again, or ask another exchange."
    expected = replace(SHALLOW, warnings=("It was there before.", said))
    assert await covering_depth(books, "kraken", "BTC/USD") == expected
    assert await deep_enough(books, "kraken", "BTC/USD", lambda _: False) == expected


async def test_where_more_cannot_be_had_nothing_is_kept():
    with pytest.raises(ExchangeTimeout):
        await kept_depth(Books(SHALLOW, ExchangeTimeout("kraken", "10 s")), "kraken", "BTC/USD")


class CutShort:
    """Books whose first answer ends after a few levels, and whose exchanges then time out."""

    def __init__(self, books):
        self._books = books

    async def fetch(self, exchange, symbol, levels=ANALYSIS_LEVELS, **age):
        if levels == ALL_LEVELS:
            raise ExchangeTimeout(exchange, "10 s")
        whole = await self._books.fetch(exchange, symbol, levels, **age)
        return replace(whole, bids=first_three(whole.bids), asks=first_three(whole.asks))


def first_three(side):
    return Levels(side.prices[:3], side.sizes[:3], all_sent=False)


async def test_every_answer_carries_the_warning_and_a_capture_stores_nothing():
    async with simulated() as venues:
        market = replace(venues.market, books=CutShort(venues.market.books))
        with pytest.raises(ExchangeTimeout):
            await capture_snapshot(market, "BTC/USD", "kraken")
        assert await market.history.find_market("kraken", "BTC/USD") is None
        await market.history.append(snapshots(series(source="simulated", end=market.now(), spread_pct=[0.1] * 30)))
        answers = [await ask(market, "BTC/USD", "kraken") for ask in (get_order_book, detect_anomalies, get_baseline_metrics, liquidity_heatmap)]
        answers.append(await liquidity_chart(market, "depth", "BTC/USD", ["kraken"]))
        answers.append(await calculate_market_impact(market, "BTC/USD", 1e9, "buy", "kraken"))
    said = "More of the book was asked for in vain: kraken timed out (10 s). Try again, or ask another exchange."
    assert [sum(said in warning for warning in answer.warnings) for answer in answers] == [1] * len(answers)
