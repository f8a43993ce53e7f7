"""One cache for everything that is fetched and stays true for a moment."""

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic
from typing import Any

from .observer import Nobody, Observer


class Cache:
    """Values kept in memory for a time. Reading never renews; the oldest go first when it is full.

    Keys are tuples that begin with the source of what they hold, so that one source never answers for another, and the word for what that is.
    """

    def __init__(self, *, capacity: int = 2_000, clock: Callable[[], float] = monotonic, observer: Observer | None = None) -> None:
        self._capacity = capacity
        self._clock = clock
        self._observer = observer or Nobody()
        self._entries: OrderedDict[tuple[Any, ...], tuple[float, Any]] = OrderedDict()

    def get(self, key: tuple[Any, ...]) -> Any | None:
        """The value, None where there is none or its time is over."""
        value = self._fresh(key)
        self._observer.cache_read(str(key[1]), hit=value is not None)
        return value

    def set(self, key: tuple[Any, ...], value: Any, ttl_s: float) -> None:
        """Keep `value` for `ttl_s` seconds from now."""
        self._entries.pop(key, None)
        self._entries[key] = (self._clock() + ttl_s, value)
        if len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def _fresh(self, key: tuple[Any, ...]) -> Any | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        expires, value = entry
        if self._clock() >= expires:
            del self._entries[key]
            return None
        return value
