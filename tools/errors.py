"""Every error this project raises on purpose, each with one sentence that a person can act on.

LiquidityError
├── InvalidArgument          the caller asked for something that cannot be
│   ├── UnknownExchange
│   ├── UnknownSymbol
│   │   └── ListedNowhere
│   └── UnknownTool
├── ExchangeError            one exchange could not give a usable book; `exchange` names it
│   ├── ExchangeTimeout
│   ├── RateLimited
│   ├── RegionBlocked
│   ├── ExchangeUnavailable
│   │   └── NoConnection
│   ├── UnreadableResponse
│   ├── EmptyBook
│   ├── CrossedBook
│   ├── StaleBook
│   ├── ImplausiblePrice
│   ├── MislabelledSource
│   └── NoUsdRate
├── NoUsableExchange         every exchange asked failed; `failures` says how each did
│   └── NoNetwork            none of them could be reached
├── InsufficientHistory      too few snapshots are stored to answer
│   └── NothingRecorded      no market is recorded at all, or none of the exchanges asked about
├── HistoryUnavailable       the history's database cannot be used now
├── NotStorable              the history's database refuses for good what was to be stored
├── NotReadable              a file given to us cannot be read as what it should be
├── NotConfigured            a setting is missing or wrong
└── ChartUnavailable         a chart cannot be drawn as an image here
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from unicodedata import category

_OUTSIDE_TEXT_LIMIT = 200
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_SOURCE_OPTIONS = {"live": "", "simulated": " --demo", "replay": " --replay PATH"}
_MARKUP_BUT_SIGNS = re.compile(r"!?\[[^\]]*\]\([^)]*\)|\w+://\S*|__+|[`*#|~\[\]{}]")
_MARKUP = re.compile(rf"<[^<>]*>?|[<>]|{_MARKUP_BUT_SIGNS.pattern}")
# What a comparison never stands before, and a tag always does.
_TAG = re.compile(r"<(?=[^\s\d$.=<>-])")
# Fillers that are letters to Unicode and nothing to the eye.
_INVISIBLE = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def outside_text(text: str) -> str:
    """Text that came from outside, made safe to show: no control or invisible characters, no markup or address, 200 characters at most."""
    return _shown(text, _MARKUP)


def outside_rule(text: str) -> str:
    """As `outside_text`, of a text in which < and > compare: they are kept, but none that could begin a tag."""
    return _shown(_TAG.sub("< ", text), _MARKUP_BUT_SIGNS)


def _shown(text: str, markup: re.Pattern[str]) -> str:
    plain = _ESCAPES.sub(" ", text[: 4 * _OUTSIDE_TEXT_LIMIT])
    plain = "".join(" " if _hidden(character) else character for character in plain)
    plain = " ".join(markup.sub(" ", plain).split())
    return plain if len(plain) <= _OUTSIDE_TEXT_LIMIT else plain[: _OUTSIDE_TEXT_LIMIT - 1] + "…"


def _hidden(character: str) -> bool:
    return character in _INVISIBLE or category(character)[0] in "CZ"


def did_you_mean(suggestions: Sequence[str]) -> str:
    """A closing sentence that offers the closest matches, empty where there are none."""
    return f" Did you mean {' or '.join(outside_text(one) for one in suggestions)}?" if suggestions else ""


def _symbol_way_out(suggestions: Sequence[str]) -> str:
    return did_you_mean(suggestions) or " Give an asset such as BTC, or a market such as BTC/USDT."


class LiquidityError(Exception):
    """The root: `str(error)` is one or two plain sentences, `kind` a stable word for programs and metrics."""

    kind = "error"


class InvalidArgument(LiquidityError):
    """The arguments are wrong; the message says which, why, and what would work."""

    kind = "invalid_argument"


class UnknownExchange(InvalidArgument):
    """No exchange of that id."""

    kind = "unknown_exchange"

    def __init__(self, exchange: str, suggestions: Sequence[str] = (), known: str = "an exchange id of ccxt, such as kraken") -> None:
        super().__init__(f"There is no exchange {outside_text(exchange)!r}; give {known}.{did_you_mean(suggestions)}")
        self.exchange = exchange


class UnknownSymbol(InvalidArgument):
    """An exchange does not list the symbol."""

    kind = "unknown_symbol"

    def __init__(self, exchange: str, symbol: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(f"{exchange} does not list {outside_text(symbol)}.{_symbol_way_out(suggestions)}")
        self.exchange = exchange
        self.symbol = symbol
        self.suggestions = tuple(suggestions)


class ListedNowhere(UnknownSymbol):
    """None of the exchanges asked lists the symbol."""

    kind = "listed_nowhere"

    def __init__(self, exchanges: Sequence[str], symbol: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(", ".join(exchanges), symbol, suggestions)
        self.args = (f"None of {', '.join(exchanges)} lists {outside_text(symbol)}.{_symbol_way_out(suggestions)}",)


class UnknownTool(InvalidArgument):
    """No tool of that name."""

    kind = "unknown_tool"

    def __init__(self, name: str, known: Sequence[str], suggestions: Sequence[str] = ()) -> None:
        super().__init__(f"There is no tool {outside_text(name)!r}; the tools are {', '.join(known)}.{did_you_mean(suggestions)}")


class ExchangeError(LiquidityError):
    """One exchange could not give a usable book."""

    kind = "exchange_error"

    def __init__(self, exchange: str, what: str, way_out: str) -> None:
        super().__init__(f"{exchange} {what}. {way_out}")
        self.exchange = exchange


class ExchangeTimeout(ExchangeError):
    """No complete answer before the deadline."""

    kind = "timed_out"

    def __init__(self, exchange: str, how: str) -> None:
        super().__init__(exchange, f"timed out ({how})", "Try again, or ask another exchange.")


class RateLimited(ExchangeError):
    """The exchange, or our own keeping of its published limits, says to wait."""

    kind = "rate_limited"

    def __init__(self, exchange: str, wait_s: float | None = None) -> None:
        when = f"in {wait_s:.0f} s" if wait_s is not None and wait_s >= 1 else "in a moment"
        super().__init__(exchange, "rate limited us", f"Ask again {when}, or ask fewer things of it at once.")
        self.wait_s = wait_s


class RegionBlocked(ExchangeError):
    """The exchange refuses this network address (HTTP 403 or 451)."""

    kind = "blocked"

    def __init__(self, exchange: str, status: str) -> None:
        super().__init__(
            exchange,
            f"refused this connection as blocked in your region (HTTP {status})",
            "Ask another exchange, or set a proxy for it in LIQUIDITY_EXCHANGE_CONFIG.",
        )


class ExchangeUnavailable(ExchangeError):
    """The exchange cannot be reached, or answers with an error of its own."""

    kind = "unavailable"

    def __init__(self, exchange: str, detail: str = "") -> None:
        said = f" ({outside_text(detail)})" if detail else ""
        super().__init__(exchange, f"is unavailable{said}", "Try again later, or ask another exchange; `liquidity doctor` tests the network.")


class NoConnection(ExchangeUnavailable):
    """The exchange cannot be reached at all."""

    kind = "no_connection"

    def __init__(self, exchange: str) -> None:
        super().__init__(exchange, "no connection")
        self.args = (f"{exchange} cannot be reached from here (no connection): check the network, or use --demo for simulated venues.",)


class UnreadableResponse(ExchangeError):
    """The exchange answered with something that is not an order book."""

    kind = "unreadable"

    def __init__(self, exchange: str, detail: str = "") -> None:
        said = f": {outside_text(detail)}" if detail else ""
        super().__init__(exchange, f"sent something unreadable instead of an order book{said}", "Try again, or ask another exchange.")


class EmptyBook(ExchangeError):
    """One or both sides hold no usable level."""

    kind = "empty_book"

    def __init__(self, exchange: str, symbol: str, side: str) -> None:
        super().__init__(exchange, f"sent an empty book for {outside_text(symbol)} (no usable {side})", "Try again, or ask another exchange.")


class CrossedBook(ExchangeError):
    """The best bid is at or above the best ask."""

    kind = "crossed_book"

    def __init__(self, exchange: str, symbol: str, bid: float, ask: float) -> None:
        super().__init__(
            exchange,
            f"sent a crossed book for {outside_text(symbol)} (bid {bid:.12g} at or above ask {ask:.12g})",
            "Its numbers cannot be trusted now; try again, or ask another exchange.",
        )


class StaleBook(ExchangeError):
    """The book is older than the limit."""

    kind = "stale_book"

    def __init__(self, exchange: str, symbol: str, age_s: float, limit_s: float) -> None:
        super().__init__(
            exchange,
            f"sent a stale book for {outside_text(symbol)} ({age_s:.0f} s old, the limit is {limit_s:g} s)",
            "Try again, or ask another exchange; if every exchange is stale, check this machine's clock.",
        )


class ImplausiblePrice(ExchangeError):
    """The exchange's price stands far from what the others agree on."""

    kind = "implausible_price"

    def __init__(self, exchange: str, price_usd: float, others_usd: float) -> None:
        super().__init__(
            exchange,
            f"shows a mid price of {price_usd:,.6g} USD where the others stand near {others_usd:,.6g} USD",
            "It is left out of the comparison; check that the symbol means the same asset there.",
        )


class MislabelledSource(ExchangeError):
    """An endpoint says of itself that it is simulated or replayed while the configuration calls it something else."""

    kind = "mislabelled_source"

    def __init__(self, exchange: str, configured: str, actual: str) -> None:
        super().__init__(
            exchange,
            f"is configured as {configured}, but its endpoint says that its books are {actual}",
            f'Set "source": "{actual}" for it in LIQUIDITY_EXCHANGE_CONFIG, or remove the override.',
        )


class NoUsdRate(ExchangeError):
    """No market at hand prices the quote currency in US dollars."""

    kind = "no_usd_rate"

    def __init__(self, exchange: str, quote: str) -> None:
        super().__init__(exchange, f"quotes in {outside_text(quote)}, for which no US dollar rate is at hand", "Ask for a market in USD, USDT or USDC.")


class NoUsableExchange(LiquidityError):
    """Every exchange that was asked failed; `failures` maps each to its reason."""

    kind = "no_usable_exchange"

    def __init__(self, symbol: str, failures: Mapping[str, str]) -> None:
        super().__init__(f"No exchange gave a usable book for {outside_text(symbol)}: " + " ".join(failures.values()))
        self.failures = dict(failures)


class NoNetwork(NoUsableExchange):
    """None of the exchanges asked can be reached."""

    kind = "no_network"

    def __init__(self, symbol: str, failures: Mapping[str, str]) -> None:
        super().__init__(symbol, failures)
        self.args = (f"None of {', '.join(failures)} can be reached from here: check the network, or use --demo for simulated venues.",)


class InsufficientHistory(LiquidityError):
    """Too few snapshots are stored; the message says how many there are and how to record more.

    They are those of `hours`, which is None where nothing is stored of the market at all. `stored` is when its stored history begins and ends.
    `failed` is at how many looks within those hours the exchange gave no valid book, where that is why they are too few: more recording mends nothing.
    """

    kind = "insufficient_history"

    def __init__(
        self,
        exchange: str,
        symbol: str,
        found: int,
        needed: int,
        hours: float | None,
        source: str = "live",
        what: str = "snapshot",
        stored: tuple[datetime, datetime] | None = None,
        failed: int = 0,
    ) -> None:
        have = f"{'is' if found == 1 else 'are'} {found or 'no'} {what}{'' if found == 1 else 's'} of {outside_text(symbol)} on {outside_text(exchange)}"
        within = "" if hours is None else f" in those {hours:g} h"
        more = f"record more with `{record_command([symbol], [exchange], source)}`"
        if failed:
            looks = f"{outside_text(exchange)} gave no valid book at {failed:,} look{'' if failed == 1 else 's'} in that time"
            way_out = f"{looks}; ask for a longer window, or for another time with until."
        elif stored:
            first, last = (f"{time:%Y-%m-%d %H:%M}" for time in stored)
            way_out = f"what is stored of it begins {first} and ends {last} UTC; ask for a time within that with until, or {more}."
        else:
            way_out = f"{more}{'' if hours is None else ', or ask for a longer window'}."
        super().__init__(f"There {have}{within}, and {needed} {'is' if needed == 1 else 'are'} needed: {way_out}")
        self.exchange = exchange
        self.symbol = symbol
        self.found = found
        self.needed = needed
        self.hours = hours
        self.source = source
        self.what = what
        self.failed = failed

    def knowing(self, first: datetime, last: datetime) -> "InsufficientHistory":
        """The same, said with when the stored history of the market begins and ends."""
        return InsufficientHistory(self.exchange, self.symbol, self.found, self.needed, self.hours, self.source, self.what, (first, last), self.failed)


class NothingRecorded(InsufficientHistory):
    """No market is recorded at all, or none `on` the exchanges asked about; `exchanges` are those to record."""

    kind = "nothing_recorded"

    def __init__(self, exchanges: Sequence[str], source: str = "live", on: Sequence[str] = ()) -> None:
        super().__init__(", ".join(exchanges), "", 0, 1, None, source)
        where = f" on {' or '.join(outside_text(one) for one in on)}" if on else ""
        command = record_command(["BTC", "ETH"], exchanges, source)
        self.args = (f"No market is recorded{where}, so nobody has watched for alerts: record some with `{command}`.",)


def record_command(symbols: Sequence[str], exchanges: Sequence[str], source: str) -> str:
    """The command that records these symbols on these exchanges."""
    what, where = " ".join(outside_text(one) for one in symbols), ",".join(outside_text(one) for one in exchanges)
    return f"liquidity record {what} --exchanges {where}{_SOURCE_OPTIONS[source]}"


class HistoryUnavailable(LiquidityError):
    """The history's database cannot be read or written now."""

    kind = "history_unavailable"

    def __init__(self, what: str) -> None:
        super().__init__(f"The history cannot be used ({outside_text(what)}): `liquidity doctor` tests its database.")


class NotStorable(LiquidityError):
    """The history's database refuses what was to be stored, and will whenever it is asked again."""

    kind = "not_storable"

    def __init__(self, what: str) -> None:
        super().__init__(f"The history's database refuses what was to be stored ({outside_text(what)}): it is not kept.")


class NotReadable(LiquidityError):
    """A file that was given cannot be read as what it should be, or what was asked for cannot be written where it should go."""

    kind = "not_readable"


class NotConfigured(LiquidityError):
    """A setting is missing or wrong; the message names it."""

    kind = "not_configured"


class ChartUnavailable(LiquidityError):
    """The chart exists, but cannot be drawn as an image on this machine now."""

    kind = "chart_unavailable"
