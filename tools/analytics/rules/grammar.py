"""Reading rules as people write them: `tell me when the BTC spread on Kraken passes 5 bps`."""

import re
from decimal import Decimal

from ...errors import InvalidArgument, outside_rule
from ...parameters import normal_symbol, normal_word
from ..alerts import ValueUnit
from ..depth import BAND_WIDTHS_PCT
from ..series import price_currency
from .rule import BANDED, Metric, Rule, identified

_EXAMPLE = "write it like `BTC spread on kraken > 5 bps` or `ETH/USD depth within 1% on coinbase below $2m`"
_USUAL_BAND_PCT = 1.0
_MOST, _LONGEST_SYMBOL = 10**15, 40
_RISES = "rises|climbs|jumps|widens|grows|increases|goes up"
_FALLS = "falls|drops|dips|sinks|shrinks|narrows|tightens|decreases|goes down"
_VERBS = f"is|are|goes|gets|moves|crosses|breaks|{_RISES}|{_FALLS}"
_UP = (
    rf"at least|at or (?:above|over)|(?:above|over|beyond|past|(?:more|greater|higher|larger|bigger|wider|deeper) than)(?: or equal to)?"
    rf"|passes|exceeds|reaches|hits|crosses|breaks|(?:{_RISES}) to"
)
_DOWN = rf"at most|at or (?:below|under)|(?:below|under|(?:less|lower|smaller|tighter|narrower|thinner) than)(?: or equal to)?|(?:{_FALLS}) to"
_COMPARISON = re.compile(rf"(?:\b(?:{_VERBS}) )?(?:(?P<up>>=?|≥|\b(?:{_UP})\b)|<=?|≤|\b(?:{_DOWN})\b)", re.IGNORECASE)
_QUOTES = str.maketrans({**dict.fromkeys('`"“”„«»', " "), "\u2018": "'", "\u2019": "'"})
_EDGES = " ',.!?"
_PLEASE = re.compile(r"[ ,]please$", re.IGNORECASE)
_ADDRESS = re.compile(r"^(?:please )?(?:(?:(?:tell|alert|notify|warn)(?: me)?|let me know) (?:when|if|once) |when )?(?:the )?", re.IGNORECASE)
_EXCHANGE = re.compile(r"\bon ([\w.-]+)", re.IGNORECASE)
_WITHIN = re.compile(r"\bwithin (\d*\.?\d+) ?(?:%|(?:per ?cent|pct)\b)(?: of (?:the )?mid\b)?", re.IGNORECASE)
_METRIC = re.compile(r"(?:'s )?\b(?:(?:(bid|ask)s? )?(?:(spread|imbalance|price)|depth|liquidity)|(bid|ask)s)\b(?: (?:of|for)\b(?: the\b)?)?", re.IGNORECASE)
_SYMBOL = re.compile(r"[^\W_]+(?: ?[/:-] ?[^\W_]+){0,2}")
_AMOUNT = re.compile(
    r"(?P<number>-?\$?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.?\d+)) ?(?:(?P<times>k|thousand|m|mn|million|b|bn|billion)\b)? ?(?P<unit>.*)", re.IGNORECASE
)
_TIMES = {"": 1, "k": 10**3, "t": 10**3, "m": 10**6, "b": 10**9}
_UNITS = {"": "", "bps": "bps", "bp": "bps", "basis points": "bps", "basis point": "bps", "%": "pct", "pct": "pct", "percent": "pct", "per cent": "pct"}
_DOLLARS = ("$", "usd", "dollars", "usdt", "usdc")
_FITTING: dict[Metric, str] = {
    "spread": "basis points or per cent, such as 5 bps or 0.05%",
    "depth": "US dollars, such as $2m",
    "bid depth": "US dollars, such as $2m",
    "ask depth": "US dollars, such as $2m",
    "imbalance": "per cent, such as 40%",
    "price": "a plain number in the currency it is quoted in, such as 65,000",
}


def parse(text: str, default_exchange: str) -> Rule:
    """The rule that a text such as `BTC spread on kraken > 5 bps`, `ETH/USD depth within 1% on coinbase below $2m` or `SOL imbalance > 40%` means.

    Raises InvalidArgument with one sentence that says what is not understood and what would be.
    """
    rest, exchange = _taken(_EXCHANGE, _bare(text))
    rest, band = _taken(_WITHIN, rest)
    compared = list(_COMPARISON.finditer(rest))
    if len(compared) != 1:
        found = "no comparison" if not compared else "more than one comparison"
        raise InvalidArgument(f"There is {found} in the rule {outside_rule(text)!r}: {_EXAMPLE}.")
    symbol, metric = _subject(rest[: compared[0].start()])
    value, unit = _amount(rest[compared[0].end() :].strip(), symbol, metric)
    within_pct = _within(band, metric)
    return identified(Rule("", symbol, str(normal_word(exchange or default_exchange)), metric, bool(compared[0]["up"]), value, unit, within_pct))


def _bare(text: str) -> str:
    """The words alone, without quotes, closing marks and a please at the end."""
    return _PLEASE.sub("", " ".join(text.translate(_QUOTES).split()).strip(_EDGES)).strip(_EDGES)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """The text without the first match, and what the match names."""
    found = pattern.search(text)
    return (" ".join((text[: found.start()] + text[found.end() :]).split()), found[1]) if found else (text, "")


def _subject(text: str) -> tuple[str, Metric]:
    """The symbol and the metric that the words before a comparison name."""
    words = _ADDRESS.sub("", text.strip(), count=1)
    found = _METRIC.search(words)
    if found is None:
        raise InvalidArgument(f"{outside_rule(words) or 'A rule without words'!r} names none of {', '.join(_FITTING)}: {_EXAMPLE}.")
    name = " ".join((words[: found.start()] + words[found.end() :]).split())
    if not _SYMBOL.fullmatch(name) or len(name) > _LONGEST_SYMBOL:
        problem = f"{outside_rule(name)!r} is not one asset or market" if name else "The rule names no asset or market"
        raise InvalidArgument(f"{problem}: {_EXAMPLE}.")
    return str(normal_symbol(name)), _metric(found)


def _metric(found: re.Match[str]) -> Metric:
    match (found[1] or found[3] or "").lower(), (found[2] or "").lower():
        case "", ("spread" | "imbalance" | "price") as metric:
            return metric
        case "bid", "":
            return "bid depth"
        case "ask", "":
            return "ask depth"
        case "", _:
            return "depth"
        case side, metric:
            raise InvalidArgument(f"There is no {side} {metric} to watch: give one of {', '.join(_FITTING)}.")


def _within(band: str, metric: Metric) -> float:
    if not band:
        return _USUAL_BAND_PCT
    if metric not in BANDED:
        raise InvalidArgument(f"'within {band}%' does not go with {metric}: leave it out.")
    if float(band) not in BAND_WIDTHS_PCT:
        raise InvalidArgument(f"Depth within {band}% is not kept: give within {', '.join(f'{width:g}' for width in BAND_WIDTHS_PCT)}%.")
    return float(band)


def _amount(text: str, symbol: str, metric: Metric) -> tuple[float, ValueUnit]:
    """The value and its unit, which must fit the metric."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        problem = f"{outside_rule(text)!r} is not a value" if text else "The rule has no value"
        raise InvalidArgument(f"{problem}: give {_FITTING[metric]}.")
    unit = _unit(found["unit"].lower(), "$" in found["number"], symbol, metric)
    if unit is None:
        raise InvalidArgument(f"{outside_rule(text)!r} is no {metric}: give {_FITTING[metric]}.")
    value = Decimal(found["number"].replace("$", "").replace(",", "")) * _TIMES[(found["times"] or "")[:1].lower()]
    if not _is_possible(value, unit, metric):
        raise InvalidArgument(f"{metric.capitalize()} never passes {outside_rule(text)!r}: give {_FITTING[metric]}.")
    return float(value), unit


def _unit(said: str, dollar: bool, symbol: str, metric: Metric) -> ValueUnit | None:
    """The unit of the value, None where what was said does not fit the metric."""
    quote = price_currency(symbol).lower()
    in_dollars = dollar or said in _DOLLARS
    match metric, _UNITS.get(said, "usd" if in_dollars else said):
        case "spread", ("bps" | "pct") as unit if not dollar:
            return unit
        case "imbalance", "pct" if not dollar:
            return "pct"
        case (("depth" | "bid depth" | "ask depth"), ("" | "usd")):
            return "usd"
        case "price", ("" | "usd") if not in_dollars or not quote or quote in _DOLLARS:
            return "price"
        case "price", named if named == quote:
            return "price"
        case _:
            return None


def _is_possible(value: Decimal, unit: ValueUnit, metric: Metric) -> bool:
    """Whether the metric can stand on both sides of the value."""
    if metric == "imbalance":
        return -100 < value < 100
    return 0 < value < {"pct": 200, "bps": 20_000}.get(unit, _MOST)
