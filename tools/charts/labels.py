"""Where to put labels so that they do not cover each other."""

from collections.abc import Sequence

# Measured: of a character of a label's type, which is eleven pixels high, and of an image and what frames its plot.
_CHARACTER_PX, _FIGURE_PX, _FRAME_PX = 6.65, 900, 40


def share(characters: float, beside: int) -> float:
    """What a label of so many characters takes of a plot's width, where the longest name of a row beside the plot has `beside` characters."""
    return _CHARACTER_PX * characters / max(_FIGURE_PX / 2, _FIGURE_PX - _FRAME_PX - _CHARACTER_PX * beside)


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels, at least `gap` apart and within [low, high], moved as little as that allows, in the order of `wanted`.

    Labels that push each other move together by the mean of their wishes (pool adjacent violators). Where they cannot all fit, the gap shrinks.
    """
    if not wanted:
        return []
    gap = min(gap, (high - low) / max(1, len(wanted) - 1))
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    shifted = _rising([wanted[index] - place * gap for place, index in enumerate(order)])
    top = high - (len(wanted) - 1) * gap
    places = {index: min(max(shifted[place], low), top) + place * gap for place, index in enumerate(order)}
    return [places[index] for index in range(len(wanted))]


def _rising(values: Sequence[float]) -> list[float]:
    """The closest never-falling sequence."""
    pools: list[list[float]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and _mean(pools[-2]) > _mean(pools[-1]):
            pools[-2:] = [pools[-2] + pools[-1]]
    return [_mean(pool) for pool in pools for _ in pool]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
