"""Snapshots made ready to be stored, and set aside in a file where they are more than memory should hold."""

import pickle
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import IO, Any, NamedTuple

from ..analytics.snapshot import Snapshot
from .rows import to_bytes, to_row

Pair = tuple[str, str]
Moment = tuple[Pair, int]


class Prepared(NamedTuple):
    """A snapshot's row and profile; the id of its market is known within the transaction alone."""

    pair: Pair
    row: dict[str, Any]
    sizes: bytes | None

    @property
    def moment(self) -> Moment:
        """What tells it from all others."""
        return self.pair, self.row["time_ms"]


def prepared(taken: Snapshot) -> Prepared:
    """A snapshot ready to be stored."""
    return Prepared((taken.exchange, taken.symbol), to_row(taken), None if taken.profile is None else to_bytes(taken.profile))


def set_aside(file: IO[bytes], batch: Sequence[Snapshot]) -> None:
    """Add a batch to a file."""
    pickle.dump([prepared(one) for one in batch], file, pickle.HIGHEST_PROTOCOL)


def brought_back(file: IO[bytes]) -> Generator[list[Prepared]]:
    """The batches from where the file stands."""
    with suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301 - written by us a moment ago, to a file that has no name
