"""Asking for more of a book where its first answer ends before what the question is about."""

from collections.abc import Callable

from .analytics import depth
from .book import ALL_LEVELS, Books, OrderBook
from .errors import ExchangeError

COVERED_PCT = 1.0
"""Depth questions are about the book within this far from mid; where the first answer ends before it, more is asked for."""


async def covering_depth(books: Books, exchange: str, symbol: str) -> OrderBook:
    """A book that reaches COVERED_PCT from mid on both sides, where the exchange sends that much."""
    return await deep_enough(books, exchange, symbol, lambda book: depth.band(book, COVERED_PCT).complete)


async def deep_enough(books: Books, exchange: str, symbol: str, enough: Callable[[OrderBook], bool]) -> OrderBook:
    """The first answer where it is `enough`, else all that the exchange sends."""
    book = await books.fetch(exchange, symbol)
    if enough(book):
        return book
    try:
        return await books.fetch(exchange, symbol, ALL_LEVELS)
    except ExchangeError:
        # The shallower book is still true, and says of itself where it ends.
        return book
