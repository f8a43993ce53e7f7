"""How the tools ask for books: which exchanges and which order are meant, and what of their answers can be used."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from ..analytics import impact
from ..analytics.comparison import implausible
from ..book import OrderBook
from ..deepening import deep_enough
from ..errors import ExchangeError, InvalidArgument, LiquidityError, ListedNowhere, NoConnection, NoNetwork, NoUsableExchange, UnknownSymbol
from ..market import Market

SMALLEST_USD, SMALLEST_BASE = 0.01, 1e-12


def one_exchange(market: Market, exchange: str) -> str:
    """The exchange meant: the market's first where none is named."""
    return exchange or market.exchanges[0]


async def book_covering_order(market: Market, exchange: str, symbol: str, order: impact.Order) -> OrderBook:
    """A book that fills `order`, where the exchange sends that much."""
    return await deep_enough(market.books, exchange, symbol, lambda book: impact.fill(book, order).complete or book.taken_by(order.side).all_sent)


class Gathered(NamedTuple):
    """One usable book per exchange, and of every other exchange the reason why not."""

    books: dict[str, OrderBook]
    failures: dict[str, str]


async def books_of(market: Market, exchanges: Sequence[str], symbol: str, fetch: Callable[[str], Awaitable[OrderBook]]) -> Gathered:
    """One book per exchange, all fetched at once; those whose price cannot be right count as failures.

    Raises NoUsableExchange where no book is left, UnknownSymbol where no exchange lists the symbol, InvalidArgument for an unknown exchange.
    """
    asked = list(dict.fromkeys(exchanges or market.exchanges))
    answers = dict(zip(asked, await asyncio.gather(*(_attempt(fetch, exchange) for exchange in asked)), strict=True))
    books = {exchange: answer for exchange, answer in answers.items() if isinstance(answer, OrderBook)}
    errors = {exchange: answer for exchange, answer in answers.items() if isinstance(answer, LiquidityError)} | implausible(books)
    if len(errors) == len(asked):
        raise _none_usable(symbol, errors)
    return Gathered(
        {exchange: book for exchange, book in books.items() if exchange not in errors}, {exchange: str(error) for exchange, error in errors.items()}
    )


async def _attempt(fetch: Callable[[str], Awaitable[OrderBook]], exchange: str) -> OrderBook | ExchangeError | UnknownSymbol:
    """The book, or what about this one exchange stands in its way; a mistake of the caller's is raised."""
    try:
        return await fetch(exchange)
    except (ExchangeError, UnknownSymbol) as error:
        return error


def _none_usable(symbol: str, errors: Mapping[str, LiquidityError]) -> LiquidityError:
    if len(errors) == 1:
        return next(iter(errors.values()))
    unknown = [error for error in errors.values() if isinstance(error, UnknownSymbol)]
    if len(unknown) < len(errors):
        unreachable = all(isinstance(error, NoConnection) for error in errors.values())
        return (NoNetwork if unreachable else NoUsableExchange)(symbol, {exchange: str(error) for exchange, error in errors.items()})
    suggestions = list(dict.fromkeys(suggestion for error in unknown for suggestion in error.suggestions))
    return ListedNowhere(list(errors), symbol, suggestions[:3])


def one_order(side: impact.TakerSide, order_size_usd: float, order_size_base: float) -> impact.Order:
    """The order meant; raises InvalidArgument unless exactly one size is positive."""
    if (order_size_usd > 0) == (order_size_base > 0):
        raise InvalidArgument("Give exactly one positive size: order_size_usd (such as 50000) or order_size_base (such as 2.5).")
    if 0 < order_size_usd < SMALLEST_USD or 0 < order_size_base < SMALLEST_BASE:
        raise InvalidArgument(f"An order is at least {SMALLEST_USD:g} US dollars, or {SMALLEST_BASE:g} of the asset.")
    return impact.Order(side, usd=order_size_usd, base=order_size_base)
