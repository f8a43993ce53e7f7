"""Random order books as exchanges send them, and their meaning in plain Decimal arithmetic: what the oracles of the tests share.

Nothing here calls the code under test.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, getcontext
from typing import Any

from hypothesis import strategies as st

getcontext().prec = 60

Level = tuple[Decimal, Decimal]

TICKS = ["0.00000001", "0.0001", "0.01", "0.05", "0.1", "1", "25"]
STEPS = ["0.00000001", "0.001", "0.25", "1", "1000"]
BAND_WIDTHS_PCT = [Decimal(width) for width in ("0.1", "0.25", "0.5", "1", "2", "5")]
JUNK = [None, "NaN", float("nan"), "0", 0, "-1", -0.5, "inf", float("-inf"), "1e400"]


@dataclass(frozen=True)
class DecimalBook:
    """Both sides of a clean book, best first."""

    bids: list[Level]
    asks: list[Level]
    all_sent: tuple[bool, bool]

    @property
    def mid(self) -> Decimal:
        return (self.bids[0][0] + self.asks[0][0]) / 2

    def rows(self) -> tuple[list[list[str]], list[list[str]]]:
        """The rows an exchange would send."""
        return rows(self.bids), rows(self.asks)


def rows(levels: Sequence[Level]) -> list[list[str]]:
    return [[format(price, "f"), format(size, "f")] for price, size in levels]


def number(raw: Any) -> Decimal | None:
    """A usable positive number, None where there is none."""
    if raw is None:
        return None
    value = Decimal(str(raw))
    return value if value.is_finite() and 0 < value < Decimal("1e308") else None


def meaning(raw_rows: Sequence[Sequence[Any]], *, best: Any) -> list[Level]:
    """What raw rows mean: usable levels, one per price, best first; `best` is max for bids and min for asks."""
    sizes: dict[Decimal, Decimal] = {}
    for row in raw_rows:
        price, size = number(row[0]), number(row[1])
        if price is not None and size is not None:
            sizes[price] = sizes.get(price, Decimal(0)) + size
    return sorted(sizes.items(), reverse=best is max)


@st.composite
def books(draw: st.DrawFn, *, levels: int = 8, largest_size: int = 1_000_000) -> DecimalBook:
    """A clean book; often with a round mid, so that levels stand exactly on the edges of depth bands.

    Hypothesis draws how many levels; where they stand comes from a seed it draws, which costs a tenth of drawing each.
    """
    most, chance = draw(st.integers(1, levels)), draw(st.randoms(use_true_random=True))
    tick, step = Decimal(chance.choice(TICKS)), Decimal(chance.choice(STEPS))
    middle = chance.choice([chance.randint(40, 1_000_000), 1_000 * chance.randint(1, 1_000)])
    edges = [int(width * middle / 100) for width in BAND_WIDTHS_PCT if (width * middle / 100) % 1 == 0] or [1]
    near, far = max(1, middle // 2_000), max(1, middle // 15)

    def side() -> list[tuple[int, int]]:
        offsets = {chance.choice([chance.randint(1, near), chance.randint(1, far), chance.choice(edges)]) for _ in range(chance.randint(1, most))}
        return [(offset, chance.randint(1, largest_size)) for offset in sorted(offsets)]

    bids, asks = side(), side()
    if chance.random() < 0.5:
        closest = min(bids[0][0], asks[0][0])
        bids[0], asks[0] = (closest, bids[0][1]), (closest, asks[0][1])
    return DecimalBook(
        [((middle - away) * tick, size * step) for away, size in bids],
        [((middle + away) * tick, size * step) for away, size in asks],
        (chance.random() < 0.5, chance.random() < 0.5),
    )


WRITINGS: list[Callable[[Decimal], Any]] = [lambda one: format(one, "f"), lambda one: format(one, "e"), lambda one: f"{one:.20f}", float]


@st.composite
def dirty_rows(draw: st.DrawFn, levels: Sequence[Level]) -> list[Sequence[Any]]:
    """Rows that mean exactly `levels`: shuffled, sizes at one price split, written in several ways, with unusable rows among them."""
    chance = draw(st.randoms(use_true_random=True))
    dirty: list[Sequence[Any]] = []
    for price, size in levels:
        for part in [size / 4, size - size / 4] if chance.random() < 0.5 else [size]:
            extra = chance.choice([[], [1_723_161_000_000], ["3"], [None]])
            dirty.append([chance.choice(WRITINGS)(price), chance.choice(WRITINGS)(part), *extra])
    best = format(levels[0][0], "f")
    dirty += [[junk, "5"] for junk in chance.choices(JUNK, k=2)] + [[best, junk] for junk in chance.choices(JUNK, k=2)]
    chance.shuffle(dirty)
    return dirty
