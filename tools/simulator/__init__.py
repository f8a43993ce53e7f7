"""Loopback venues that speak the exchanges' own protocols, over generated or recorded books."""

from typing import TYPE_CHECKING, Any

from .faults import Fault, Faults, Reply
from .generated import GeneratedBooks
from .recorded import RecordedBooks
from .source import SPOKEN, BookSource, Level, ListedMarket, RawBook

if TYPE_CHECKING:
    from .server import Simulator

__all__ = [
    "SPOKEN",
    "BookSource",
    "Fault",
    "Faults",
    "GeneratedBooks",
    "Level",
    "ListedMarket",
    "RawBook",
    "RecordedBooks",
    "Reply",
    "Simulator",
]


def __getattr__(name: str) -> Any:
    # The venues' HTTP server takes a third of a second to import, which must not hold up those who only open a market.
    if name == "Simulator":
        from .server import Simulator  # noqa: PLC0415

        return Simulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
