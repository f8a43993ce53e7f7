"""Times of two things measured by turns, so that whatever else the machine does falls on both."""

from collections.abc import Awaitable, Callable
from statistics import median
from time import perf_counter


async def by_turns(ours: Callable[[], Awaitable[object]], floor: Callable[[], Awaitable[object]], rounds: int) -> tuple[float, float]:
    """The median seconds of each over `rounds`, after one round that does not count."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds + 1):
        for work, seconds in zip((ours, floor), times, strict=True):
            started = perf_counter()
            await work()
            seconds.append(perf_counter() - started)
    return median(times[0][1:]), median(times[1][1:])


def report(what: str, ours_s: float, floor_s: float) -> float:
    """Print one line, and return the ratio."""
    ratio = ours_s / floor_s
    print(f"\n{what}: {1e3 * ours_s:.3f} ms, floor {1e3 * floor_s:.3f} ms, ratio {ratio:.2f}")  # noqa: T201 - printing is what a benchmark is for
    return ratio
