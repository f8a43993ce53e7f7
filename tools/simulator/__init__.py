"""Loopback venues that speak the exchanges' own protocols, over generated or recorded books."""

from .faults import Fault, Faults, Reply
from .generated import GeneratedBooks
from .recorded import RecordedBooks
from .server import Simulator
from .source import SPOKEN, BookSource, Level, ListedMarket, RawBook

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
