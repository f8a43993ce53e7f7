"""What an onlooker is told of the work: every fetch, every tool call, every look into the cache."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import perf_counter
from typing import Protocol

from .errors import LiquidityError

CANCELLED, UNEXPECTED = "cancelled", "unexpected"
"""The faults that are no LiquidityError: the caller gave up, and a mistake in the program."""


class Observer(Protocol):
    """Told of each piece of work once it is over. `fault` is the error's kind, empty where there was none."""

    def fetched(self, exchange: str, what: str, seconds: float, fault: str) -> None:
        """An exchange was asked for `what`: its markets or a book."""
        ...

    def called(self, tool: str, seconds: float, fault: str) -> None:
        """A tool was called, by whomever."""
        ...

    def cache_read(self, what: str, *, hit: bool) -> None:
        """The cache was asked for `what`: a book, a USD rate, an asset's deepest market."""
        ...


class Nobody:
    """The observer of those who want none."""

    def fetched(self, exchange: str, what: str, seconds: float, fault: str) -> None: ...

    def called(self, tool: str, seconds: float, fault: str) -> None: ...

    def cache_read(self, what: str, *, hit: bool) -> None: ...


@contextmanager
def timed(report: Callable[[float, str], None]) -> Generator[None]:
    """Report how many seconds the block took, and the kind of the error that ended it."""
    started, fault = perf_counter(), ""
    try:
        yield
    except LiquidityError as error:
        fault = error.kind
        raise
    except BaseException as error:
        fault = UNEXPECTED if isinstance(error, Exception) else CANCELLED
        raise
    finally:
        report(perf_counter() - started, fault)
