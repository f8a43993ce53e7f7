"""What can go wrong at an exchange, on demand: each fault is one thing that real venues have been seen to do."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from .source import Level, RawBook

_PAGE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser.</body></html>"


@dataclass(frozen=True)
class Reply:
    """An answer given in place of the real one."""

    status: int
    body: str = ""
    content_type: str = "text/plain"
    retry_after_s: int | None = None


def _same(book: RawBook) -> RawBook:
    return book


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong: a wait (infinite for a hang), then a drop, a reply in place of the answer, or a changed or cut answer."""

    wait_s: float = 0.0
    drop: bool = False
    reply: Reply | None = None
    alter: Callable[[RawBook], RawBook] = _same
    cut: bool = False

    @staticmethod
    def status(code: int, body: str = "", *, html: bool = False, retry_after_s: int | None = None) -> "Fault":
        """An HTTP error; without a body of your own it is the status's plain words, or with `html` a page."""
        text = body or (_PAGE if html else f"error {code}")
        return Fault(reply=Reply(code, text, "text/html" if html else "text/plain", retry_after_s))

    @staticmethod
    def delay(seconds: float) -> "Fault":
        """The right answer, late."""
        return Fault(wait_s=seconds)

    @staticmethod
    def hang() -> "Fault":
        """No answer until the client gives up or the simulator closes."""
        return Fault(wait_s=math.inf)

    @staticmethod
    def dropped() -> "Fault":
        """The connection ends without an answer."""
        return Fault(drop=True)

    @staticmethod
    def html() -> "Fault":
        """A web page with status 200, as bot walls send it."""
        return Fault(reply=Reply(200, _PAGE, "text/html"))

    @staticmethod
    def empty_body() -> "Fault":
        """Status 200 and nothing else."""
        return Fault(reply=Reply(200, "", "application/json"))

    @staticmethod
    def truncated() -> "Fault":
        """The first half of the right JSON."""
        return Fault(cut=True)

    @staticmethod
    def empty_sides() -> "Fault":
        """A book without a level."""
        return Fault(alter=lambda book: replace(book, bids=(), asks=()))

    @staticmethod
    def crossed() -> "Fault":
        """A best bid at what was the best ask, and the other way round."""
        return Fault(alter=lambda book: replace(book, bids=[book.asks[0], *book.bids], asks=[book.bids[0], *book.asks]))

    @staticmethod
    def zero_levels() -> "Fault":
        """Before the best level of each side, one of size zero and one of price zero."""
        return Fault(alter=lambda book: _with_first(book, lambda best: [(best[0], "0"), ("0", best[1])]))

    @staticmethod
    def nan_levels() -> "Fault":
        """Before the best level of each side, "NaN" and null as size and as price."""
        # Null is what the type of a level forbids and some venues send.
        null = cast("str", None)
        return Fault(alter=lambda book: _with_first(book, lambda best: [(best[0], "NaN"), ("NaN", best[1]), (best[0], null), (null, best[1])]))

    @staticmethod
    def stale(age_s: float = 60.0) -> "Fault":
        """A book that was true `age_s` ago; binance sends no time, so there only our headers tell."""
        return Fault(alter=lambda book: replace(book, timestamp_ms=book.timestamp_ms - round(age_s * 1_000)))


def _with_first(book: RawBook, bad: Callable[[Level], Sequence[Level]]) -> RawBook:
    return replace(book, bids=[*bad(book.bids[0]), *book.bids], asks=[*bad(book.asks[0]), *book.asks])


class Faults:
    """Which exchange has which fault now; unless set `everywhere`, only its book requests have it."""

    def __init__(self, books: Mapping[str, Fault] | None = None) -> None:
        self._books = dict(books or {})
        self._everywhere: dict[str, Fault] = {}

    def set(self, exchange: str, fault: Fault, *, everywhere: bool = False) -> None:
        """Give an exchange a fault, in place of the one it may have."""
        self.clear(exchange)
        (self._everywhere if everywhere else self._books)[exchange] = fault

    def clear(self, exchange: str) -> None:
        """Let an exchange work again."""
        self._books.pop(exchange, None)
        self._everywhere.pop(exchange, None)

    def of(self, exchange: str, *, book: bool) -> Fault | None:
        """The fault that a request to an exchange meets, a request for a book or another one."""
        return self._everywhere.get(exchange) or (self._books.get(exchange) if book else None)
