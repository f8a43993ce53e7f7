"""Whether liquidity now is as usual. Rank says that it is rare, size that it matters.

A figure stands out where it is among the highest or lowest 5 % of its samples and at least 10 % from their median. "worse than usual" is a spread that
stands out by its width or a depth that does by its lowness. "better than usual" is one of the two that stands out to the good while the other is not
10 % on the bad side of its median. So a spread of one tick, which in per cent moves with the price alone, is never the reason; and where the spread is
one tick most of the time, and can be no better, a book far deeper than usual still is.
"""

from typing import Literal

from .dispersion import DepthDistribution, SpreadDistribution

_RARE_PCT = 5.0
_LEAST_PCT = 10.0

Side = Literal["high", "low"]
Verdict = Literal["worse than usual", "usual", "better than usual"]


def verdict(spread: SpreadDistribution, depth: DepthDistribution | None) -> Verdict | None:
    """None where the spread now is not known. Nothing is better than usual without a depth now: a tight spread may be of next to nothing."""
    if spread.now is None:
        return None
    if stands_out(spread, "high") or stands_out(depth, "low"):
        return "worse than usual"
    if depth is None or depth.now is None:
        return "usual"
    better = (stands_out(spread, "low") and not _far(depth, "low")) or (stands_out(depth, "high") and not _far(spread, "high"))
    return "better than usual" if better else "usual"


def stands_out(of: SpreadDistribution | DepthDistribution | None, side: Side) -> bool:
    """Whether now is known, among the outermost samples on that side, and far enough from the median."""
    if of is None or of.percentile is None:
        return False
    return _far(of, side) and (of.percentile >= 100 - _RARE_PCT if side == "high" else of.percentile <= _RARE_PCT)


def _far(of: SpreadDistribution | DepthDistribution, side: Side) -> bool:
    if of.now is None:
        return False
    return of.now >= of.median * (1 + _LEAST_PCT / 100) if side == "high" else of.now <= of.median * (1 - _LEAST_PCT / 100)
