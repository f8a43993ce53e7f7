"""How many levels each exchange's REST endpoint can be asked for."""

from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True)
class DepthLimits:
    """The depths worth asking for, ascending, and whether leaving the limit out sends the whole book."""

    depths: tuple[int, ...] = ()
    whole_book: bool = False


# Measured or documented November 2026 (see ARCHITECTURE.md). Where any number is allowed, only those where the price of the call changes stand here.
_LIMITS = {
    "binance": DepthLimits((100, 500, 1_000, 5_000)),
    "binanceus": DepthLimits((100, 500, 1_000, 5_000)),
    "bitfinex": DepthLimits((25, 100)),
    "bitstamp": DepthLimits(whole_book=True),
    "bybit": DepthLimits((50, 200)),
    "coinbase": DepthLimits((50, 200, 1_000), whole_book=True),
    "coinbaseexchange": DepthLimits(whole_book=True),
    "gate": DepthLimits((100, 1_000)),
    "htx": DepthLimits((5, 10, 20, 150)),
    "kraken": DepthLimits((100, 500)),
    "kucoin": DepthLimits((20, 100)),
    "okx": DepthLimits((50, 400)),
}
_ANY = DepthLimits()
# A side of exactly so many levels was probably cut off there, whatever was asked for.
_USUAL_CUTS = frozenset(chain((5, 10, 20, 25), range(50, 10_001, 50)))


def request_limit(exchange: str, levels: int) -> int | None:
    """What to ask the exchange for to get at least `levels`, or the most it has; None asks without a limit."""
    limits = _LIMITS.get(exchange, _ANY)
    deep_enough = [depth for depth in limits.depths if depth >= levels]
    if deep_enough:
        return deep_enough[0]
    return None if limits.whole_book or not limits.depths else limits.depths[-1]


def is_all_sent(exchange: str, limit: int | None, count: int) -> bool:
    """Whether a side of `count` levels, asked for with `limit`, is all that the exchange holds.

    Only a side that stops short of what was asked for, and not at a usual cut, counts: exchanges clamp silently.
    """
    if limit is None:
        return _LIMITS.get(exchange, _ANY).whole_book
    return count < limit and count not in _USUAL_CUTS
