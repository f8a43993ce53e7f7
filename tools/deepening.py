"""Asking for more of a book where its first answer ends before what the question is about."""

from collections.abc import Callable
from dataclasses import replace
from math import inf

from .analytics import depth
from .book import ALL_LEVELS, Books, OrderBook
from .errors import ExchangeError

COVERED_PCT = 1.0
"""Depth questions are about the book within this far from mid; where the first answer ends before it, more is asked for."""


async def covering_depth(books: Books, exchange: str, symbol: str) -> OrderBook:
    """A book for an answer: it reaches COVERED_PCT from mid on both sides, where the exchange sends that much, and otherwise as `deep_enough`."""
    return await deep_enough(books, exchange, symbol, _covers)


async def kept_depth(books: Books, exchange: str, symbol: str, max_age_s: float = inf) -> OrderBook:
    """A book for the history, as `covering_depth`; raises what stood in the way of more, because one shallow look narrows what a day of them compares."""
    book = await books.fetch(exchange, symbol, max_age_s=max_age_s)
    return book if _covers(book) else await books.fetch(exchange, symbol, ALL_LEVELS, max_age_s=max_age_s)


async def deep_enough(books: Books, exchange: str, symbol: str, enough: Callable[[OrderBook], bool]) -> OrderBook:
    """The first answer where it is `enough`, else all that the exchange sends; where that fails, the first with a warning that says so."""
    book = await books.fetch(exchange, symbol)
    try:
        return book if enough(book) else await books.fetch(exchange, symbol, ALL_LEVELS)
    except ExchangeError as error:
        # The shallower book is still true, and says of itself where it ends.
        return replace(book, warnings=(*book.warnings, f"More of the book was asked for in vain: {error}"))


def _covers(book: OrderBook) -> bool:
    return depth.band(book, COVERED_PCT).complete
