"""Round places for the ticks of a logarithmic axis, which Plotly strews with lone digits."""

from math import log10


def log_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """At most `most` round numbers from `low` to `high`: 1, 2 and 5 of each power of ten, or fewer where the range is wide."""
    shown: list[float] = []
    for steps in ((1, 2, 5), (1, 3), (1,)):
        ticks = [step * 10.0**power for power in range(int(log10(low)) - 1, int(log10(high)) + 2) for step in steps]
        shown = [tick for tick in ticks if low <= tick <= high]
        if len(shown) <= most:
            return shown
    return shown[:: -(-len(shown) // most)]
