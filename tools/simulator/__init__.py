"""Loopback venues that speak the exchanges' own protocols, over generated or recorded books."""

from typing import TYPE_CHECKING, Any

from .conditions import VenueDown
from .faults import Fault, Faults, Reply
from .generated import GeneratedBooks
from .incidents import Incident, demo_incidents, schedule
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
    "Incident",
    "Level",
    "ListedMarket",
    "RawBook",
    "RecordedBooks",
    "Reply",
    "Simulator",
    "VenueDown",
    "demo_incidents",
    "schedule",
]


def __getattr__(name: str) -> Any:
    # The venues' HTTP server takes a third of a second to import, which must not hold up those who only open a market.
    if name == "Simulator":
        from .server import Simulator  # noqa: PLC0415

        return Simulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
