"""What every result carries: where its numbers came from, when they were true, and what to beware of."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ..book import OrderBook
from ..parameters import Source
from ..units import Milliseconds


class Record(BaseModel):
    """A frozen value that refuses unknown fields, NaN and infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)


class Columns(Record):
    """A table by columns: every field is a list, all of one length."""


class Result(Record):
    """A tool's answer. `as_of` is UTC; where several books are in it, that of the oldest, and `age_ms` its age."""

    source: Source
    as_of: datetime
    age_ms: Milliseconds
    warnings: list[str]


class Origin(NamedTuple):
    """The provenance fields that results of the same books share."""

    source: Source
    as_of: datetime
    age_ms: float


def origin(books: Sequence[OrderBook], now: datetime) -> Origin:
    """The provenance of a result computed from `books` (at least one, all of one source) at `now`.

    Raises ValueError when sources are mixed: that is a fault of the program, never shown as a number.
    """
    sources = {book.source for book in books}
    if len(sources) != 1:
        raise ValueError(f"books of different sources in one result: {sorted(sources)}")
    oldest = max(books, key=lambda book: book.age_ms(now))
    return Origin(oldest.source, oldest.as_of, round(oldest.age_ms(now), 1))


def distinct(sentences: Iterable[str]) -> list[str]:
    """Sentences in order, each once."""
    return list(dict.fromkeys(sentences))
