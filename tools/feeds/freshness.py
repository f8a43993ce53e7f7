"""How old a book that is kept may be for whoever asks now."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from math import inf

_OLDEST_S = ContextVar("oldest_s", default=inf)


@contextmanager
def no_older_than(seconds: float) -> Generator[None]:
    """Books fetched within are kept ones only up to that age; one that is being fetched for somebody else is still shared."""
    before = _OLDEST_S.set(seconds)
    try:
        yield
    finally:
        _OLDEST_S.reset(before)


def is_fresh(age_s: float) -> bool:
    """Whether a kept book of that age may be given to whoever asks now."""
    return age_s <= _OLDEST_S.get()
