"""Snapshots made ready to be stored, and set aside in a file where they are more than memory should hold."""

import pickle
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple

from ..analytics.snapshot import Snapshot
from ..errors import NotConfigured
from ..parameters import Source
from .rows import refuse_foreign, to_bytes, to_row

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


def prepared(batch: Sequence[Snapshot], source: Source) -> list[Prepared]:
    """Snapshots of that source ready to be stored."""
    refuse_foreign(batch, source)
    return [Prepared((one.exchange, one.symbol), to_row(one), None if one.profile is None else to_bytes(one.profile)) for one in batch]


@contextmanager
def file_aside() -> Generator[IO[bytes]]:
    """A file that nobody else sees and that is gone at the end. Raises NotConfigured where there is no room for it."""
    try:
        with TemporaryFile() as file:
            yield file
    except OSError as error:
        raise NotConfigured(f"The temporary folder cannot be used ({error.strerror}): make room in it, or name another in TMPDIR.") from error


def set_aside(file: IO[bytes], batch: Sequence[Snapshot], source: Source) -> None:
    """Add a batch to a file."""
    pickle.dump(prepared(batch, source), file, pickle.HIGHEST_PROTOCOL)
    # So that a full disk is noticed here.
    file.flush()


def brought_back(file: IO[bytes]) -> Generator[list[Prepared]]:
    """The batches of a file."""
    file.seek(0)
    with suppress(EOFError):
        while True:
            yield pickle.load(file)  # noqa: S301 - written by us a moment ago, to a file that has no name
