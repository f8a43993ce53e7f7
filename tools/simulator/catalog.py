"""What the simulated venues list, and how liquid each market is: the figures that generated books are calibrated to.

Depths and level distances follow books recorded in 2024 and 2026; spreads run from a tick on the main markets to tens of basis points on thin ones.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from .noise import key
from .source import ListedMarket


@dataclass(frozen=True)
class Asset:
    """An asset in itself; `depth`, `spread` and `spacing` are multiples of bitcoin's on the same venue."""

    usd: float
    daily_pct: float
    price_decimals: int
    size_decimals: int
    depth: float
    spread: float
    spacing: float


@dataclass(frozen=True)
class Profile:
    """How one market of one venue looks.

    `depth_usd` stands within 1 % of mid on each side, `knee_pct` is where depth starts to flatten, `spacing_bps` lies between levels near mid;
    a side has `most_levels` at most and ends `reach_pct` from mid; `absurd` adds the orders that nobody means to fill. `filled` is the share of
    slots that hold an order, `luck` the standard deviation of the logarithm of a size near mid.
    """

    exchange: str
    market: ListedMarket
    price_decimals: int
    size_decimals: int
    depth_usd: float
    knee_pct: float
    spread_bps: float
    spacing_bps: float
    most_levels: int
    reach_pct: float = 25.0
    absurd: bool = False
    filled: float = 0.9
    luck: float = 0.7

    @cached_property
    def usual_ticks(self) -> float:
        """The price in ticks that the market stands near: what is fixed in price is laid out by it, not by a mid that moves."""
        base = self.market.base
        return (ASSETS[base].usd if base in ASSETS else 1.0) * 10.0**self.price_decimals


@dataclass(frozen=True)
class _Exchange:
    """A venue: its bitcoin market's figures, its quotes with their share of that depth, and its own price decimals."""

    depth_usd: float
    spread_bps: float
    spacing_bps: float
    most_levels: int
    quotes: dict[str, tuple[float, str]]
    thin: str
    pegs: str
    price_decimals: dict[str, int]


ASSETS = {
    "BTC": Asset(65_000.0, 2.0, 2, 6, 1.0, 1.0, 1.0),
    "ETH": Asset(1_920.0, 2.8, 2, 5, 0.6, 4.0, 2.0),
    "SOL": Asset(82.0, 3.5, 2, 4, 0.3, 8.0, 3.0),
    "XRP": Asset(1.32, 3.2, 4, 3, 0.3, 8.0, 3.0),
    "DOGE": Asset(0.0934, 3.8, 5, 1, 0.12, 10.0, 4.0),
    "MINA": Asset(0.163, 5.0, 5, 1, 0.0008, 1.0, 1.0),
    "OXT": Asset(0.0447, 5.0, 6, 1, 0.0005, 1.0, 1.0),
}
"""Assets that float; the other currencies are dollars or pegged to them."""

_MAJORS = "BTC ETH SOL XRP DOGE"

_EXCHANGES = {
    "binance": _Exchange(18e6, 0.0015, 0.030, 5_000, {"USDT": (1.0, _MAJORS), "USDC": (0.3, _MAJORS)}, "MINA/USDT", "USDC/USDT", {}),
    "coinbase": _Exchange(15e6, 0.01, 0.055, 20_000, {"USD": (1.0, _MAJORS), "USDT": (0.05, "BTC ETH SOL")}, "MINA/USD OXT/USD", "USDT/USD USDT/USDC", {}),
    "kraken": _Exchange(
        6e6,
        0.02,
        0.18,
        1_000,
        {"USD": (1.0, _MAJORS), "USDT": (0.15, _MAJORS), "USDC": (0.1, "BTC ETH SOL")},
        "MINA/USD OXT/USD",
        "USDT/USD USDC/USD USDC/USDT",
        {"BTC": 1, "XRP": 5, "DOGE": 7},
    ),
    "okx": _Exchange(
        9e6, 0.015, 0.068, 5_000, {"USDT": (1.0, _MAJORS), "USDC": (0.1, "BTC ETH SOL"), "USD": (0.05, "BTC ETH")}, "MINA/USDT", "USDC/USDT", {"BTC": 1}
    ),
    "bybit": _Exchange(9e6, 0.015, 0.072, 1_000, {"USDT": (1.0, _MAJORS), "USDC": (0.1, "BTC ETH SOL XRP")}, "MINA/USDT", "USDC/USDT", {"BTC": 1}),
}


def _step(decimals: int) -> str:
    return f"{10.0**-decimals:.{decimals}f}"


def _chance(exchange: str, symbol: str, purpose: str) -> float:
    """A number in [0, 1) that belongs to a market for good."""
    return key("catalog", exchange, symbol, purpose) / 2.0**64


def _floating(exchange: str, venue: _Exchange, base: str, quote: str, share: float) -> Profile:
    asset, symbol = ASSETS[base], f"{base}/{quote}"
    decimals = venue.price_decimals.get(base, asset.price_decimals)
    return Profile(
        exchange=exchange,
        market=ListedMarket(symbol, _step(decimals), _step(asset.size_decimals)),
        price_decimals=decimals,
        size_decimals=asset.size_decimals,
        depth_usd=venue.depth_usd * asset.depth * share,
        knee_pct=0.35 + 0.5 * _chance(exchange, symbol, "knee"),
        spread_bps=venue.spread_bps * asset.spread + 0.15 * (1 / share - 1),
        spacing_bps=venue.spacing_bps * asset.spacing / share**0.5,
        most_levels=venue.most_levels,
        reach_pct=60.0 if exchange == "coinbase" else 25.0,
        absurd=exchange == "coinbase",
    )


def _thin(exchange: str, venue: _Exchange, symbol: str) -> Profile:
    asset = ASSETS[symbol.partition("/")[0]]
    return Profile(
        exchange=exchange,
        market=ListedMarket(symbol, _step(asset.price_decimals), _step(asset.size_decimals)),
        price_decimals=asset.price_decimals,
        size_decimals=asset.size_decimals,
        depth_usd=venue.depth_usd * asset.depth,
        knee_pct=0.8,
        spread_bps=40 + 30 * _chance(exchange, symbol, "spread"),
        spacing_bps=10.0,
        most_levels=12 + int(17 * _chance(exchange, symbol, "levels")),
        # Of so few levels none may come and go, or every other look would seem an incident.
        filled=1.0,
        luck=0.2,
    )


def _pegged(exchange: str, venue: _Exchange, symbol: str) -> Profile:
    decimals = 5 if symbol.endswith("/USD") else 4
    return Profile(
        exchange=exchange,
        market=ListedMarket(symbol, _step(decimals), _step(2)),
        price_decimals=decimals,
        size_decimals=2,
        depth_usd=venue.depth_usd / 2,
        knee_pct=0.4,
        spread_bps=10.0 ** (4 - decimals),
        spacing_bps=10.0 ** (4 - decimals),
        most_levels=venue.most_levels,
        reach_pct=5.0,
    )


def _profiles() -> Iterator[Profile]:
    for exchange, venue in _EXCHANGES.items():
        for quote, (share, bases) in venue.quotes.items():
            yield from (_floating(exchange, venue, base, quote, share) for base in bases.split())
        yield from (_thin(exchange, venue, symbol) for symbol in venue.thin.split())
        yield from (_pegged(exchange, venue, symbol) for symbol in venue.pegs.split())


PROFILES = {(profile.exchange, profile.market.symbol): profile for profile in _profiles()}
"""Every simulated market by exchange and symbol."""
