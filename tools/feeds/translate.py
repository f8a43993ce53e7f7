"""What ccxt raises, in our words."""

from collections.abc import Callable
from http import HTTPStatus

from ccxt.base import errors as ccxt

from ..errors import (
    ExchangeError,
    ExchangeTimeout,
    ExchangeUnavailable,
    LiquidityError,
    NoConnection,
    RateLimited,
    RegionBlocked,
    UnknownSymbol,
    UnreadableResponse,
)


class HttpFailure(Exception):
    """An exchange answered with an HTTP error status."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


# What ccxt's parsers raise when a well-formed answer has another shape than the exchange documents.
PARSER_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)

_BLOCKED = (HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)
_TIMED_OUT = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT)
# 418 is Binance's word for an address banned after too many 429.
_LIMITED = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.IM_A_TEAPOT)


# The first that fits; subclasses stand before what they derive from. (exchange, symbol, deadline in seconds, ccxt's error) -> our error.
_MEANINGS: tuple[tuple[tuple[type[Exception], ...], Callable[[str, str, float, Exception], LiquidityError]], ...] = (
    ((ccxt.RequestTimeout, TimeoutError), lambda exchange, _symbol, deadline_s, _error: ExchangeTimeout(exchange, f"no answer within {deadline_s:g} s")),
    ((ccxt.RateLimitExceeded, ccxt.DDoSProtection), lambda exchange, _symbol, _deadline_s, _error: RateLimited(exchange)),
    ((ccxt.BadSymbol,), lambda exchange, symbol, _deadline_s, _error: UnknownSymbol(exchange, symbol)),
    ((ccxt.OnMaintenance,), lambda exchange, _symbol, _deadline_s, _error: ExchangeUnavailable(exchange, "on maintenance")),
    ((ccxt.NetworkError,), lambda exchange, _symbol, _deadline_s, _error: NoConnection(exchange)),
    ((ccxt.BadResponse,), lambda exchange, _symbol, _deadline_s, _error: UnreadableResponse(exchange)),
    ((ccxt.BaseError,), lambda exchange, _symbol, _deadline_s, error: ExchangeUnavailable(exchange, str(error).removeprefix(exchange))),
    (PARSER_FAULTS, lambda exchange, _symbol, _deadline_s, _error: UnreadableResponse(exchange)),
)


def translated(exchange: str, symbol: str, error: Exception, deadline_s: float) -> LiquidityError:
    """The typed error that tells what `error`, raised by a ccxt call, means to a user."""
    if isinstance(error, LiquidityError):
        return error
    if isinstance(error, HttpFailure):
        return _by_status(exchange, error.status)
    meaning = next(meaning for types, meaning in _MEANINGS if isinstance(error, types))
    return meaning(exchange, symbol, deadline_s, error)


def _by_status(exchange: str, status: int) -> ExchangeError:
    if status in _BLOCKED:
        return RegionBlocked(exchange, str(status))
    if status in _TIMED_OUT:
        return ExchangeTimeout(exchange, f"HTTP {status}")
    if status in _LIMITED:
        return RateLimited(exchange)
    return ExchangeUnavailable(exchange, f"HTTP {status}")
