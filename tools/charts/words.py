"""The phrases that figures and summaries share."""

from collections.abc import Mapping, Sequence
from textwrap import shorten, wrap

from ..errors import outside_text
from ..units import format_usd

_REASON_CHARACTERS = 80
_LINE_CHARACTERS = 105
_LINES = 3


def at_least(usd: float, complete: bool) -> str:
    """Dollars, marked where they are a lower bound."""
    return format_usd(usd) if complete else f"at least {format_usd(usd)}"


def market(exchange: str, symbol: str, symbol_used: str) -> str:
    """An exchange's name, with its market where that is not the symbol asked for."""
    return exchange if symbol_used == symbol else f"{exchange} {outside_text(symbol_used)}"


def reason(exchange: str, failure: str) -> str:
    """Why an exchange is missing: the first sentence of its failure, short, without its name at the front."""
    first = failure.partition(". ")[0].removeprefix(exchange).strip().rstrip(".")
    return shorten(outside_text(first), _REASON_CHARACTERS, placeholder="…") or "no usable book"


def missing(failures: Mapping[str, str]) -> str:
    """Each failed exchange and why, empty where none failed."""
    return "" if not failures else "Missing: " + "; ".join(f"{exchange} ({reason(exchange, failure)})" for exchange, failure in failures.items())


def missing_lines(failures: Mapping[str, str]) -> list[str]:
    """The same in short lines for a figure; past three of them the summary tells the rest."""
    return wrap(missing(failures), _LINE_CHARACTERS, max_lines=_LINES, placeholder=" …")


def counted(count: int, noun: str) -> str:
    """How many of something: `1 snapshot`, `1,440 snapshots`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def sentences(parts: Sequence[str]) -> str:
    """The parts that are not empty, each closed with a full stop, in one paragraph."""
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)
