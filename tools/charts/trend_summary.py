"""The trend chart in words: what changed over the window, where now stands in the baseline, the alerts and what was not recorded."""

from collections.abc import Sequence

from ..analytics.alerts import LiquidityAlert
from ..analytics.baseline import Baseline
from ..analytics.dispersion import Distribution
from ..analytics.gaps import longest
from ..analytics.same_hour import HourOfWeek
from ..analytics.trend import Change, Course, LiquidityHistory
from ..units import format_value
from . import incidents, over_time
from .words import counted, sentences

_MOST_ALERTS = 6
_MOST_GAPS = 5
_UNUSUAL = "unusual is a figure among the outermost 5% of its samples and 10% or more from their median"
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def summary(history: LiquidityHistory, baseline: Baseline | None, alerts: Sequence[LiquidityAlert]) -> str:
    """One paragraph, and the alerts as a list; times are UTC."""
    what = (
        f"{history.exchange} {history.symbol_used}, {over_time.window(history.start, history.end)}, {counted(history.sample_count, 'snapshot')}, times in UTC"
    )
    paragraph = sentences([what, *_changes(history), *_usual(history, baseline), _gaps(history), incidents.tally(alerts, history.end)])
    lines = incidents.listed(alerts, history.end, _MOST_ALERTS)
    return "\n".join([paragraph.removesuffix(".") + ":\n", *lines]) if lines else paragraph


def comparable(history: LiquidityHistory, baseline: Baseline) -> bool:
    """Whether the baseline's depth is that of the history's band."""
    return history.depth_band_pct is not None and history.depth_band_pct == baseline.depth_band_pct


def _changes(history: LiquidityHistory) -> list[str]:
    band = f"Depth within {history.depth_band_pct or 0:g}% of mid (both sides)"
    depth = "Depth is not shown, since no band is covered by every snapshot" if history.depth is None else _change(band, history.depth, "usd")
    imbalance = "" if history.imbalance is None else _course("Imbalance of that depth", history.imbalance, "pct")
    return [_change("Spread", history.spread, "pct"), depth, imbalance, _change("Mid", history.mid, "price", history.price_currency)]


def _change(name: str, change: Change[float], unit: str, currency: str = "") -> str:
    return _course(name, change, unit, currency, _by(change.change_pct))


def _course(name: str, course: Course[float], unit: str, currency: str = "", by: str = "") -> str:
    first, last, lowest, highest = (format_value(value, unit, currency) for value in (course.first, course.last, course.lowest, course.highest))
    if course.lowest == course.highest:
        return f"{name} stayed at {last}"
    extremes = f"lowest {lowest} at {over_time.clock(course.lowest_at)}, highest {highest} at {over_time.clock(course.highest_at)}"
    return f"{name} went from {first} to {last}{by}; {extremes}"


def _by(change_pct: float | None) -> str:
    if change_pct is None:
        return ""
    return f" ({'up' if change_pct > 0 else 'down'} {format_value(abs(change_pct), 'pct')})" if change_pct else " (unchanged)"


def _usual(history: LiquidityHistory, baseline: Baseline | None) -> list[str]:
    if baseline is None:
        return ["There is no baseline to compare with"]
    of, when = "as usual" if baseline.verdict == "usual" else baseline.verdict, _when(baseline)
    verdict = "" if of is None else f"Liquidity {'was' if when == 'then' else 'is'} {of} {when} ({_UNUSUAL})"
    over = f"Against the baseline of {counted(baseline.sample_count, 'sample')} over {over_time.span(baseline.start, baseline.end)}"
    placed = [_placed("spread", baseline.spread, "pct", when), *_placed_depth(history, baseline)]
    return [verdict, f"{over}: {'; '.join(placed)}", _hour(baseline.hour_of_week)]


def _placed_depth(history: LiquidityHistory, baseline: Baseline) -> list[str]:
    if baseline.depth is None or baseline.depth_band_pct is None:
        return ["of the depth nothing can be said, since no band is covered by every sample"]
    name = "depth" if comparable(history, baseline) else f"depth within {baseline.depth_band_pct:g}% of mid"
    imbalance = [] if baseline.imbalance is None else [_placed("imbalance", baseline.imbalance, "pct", _when(baseline))]
    return [_placed(name, baseline.depth, "usd", _when(baseline)), *imbalance]


def _when(baseline: Baseline) -> str:
    """What the moment that is compared is called."""
    return "then" if over_time.is_over(baseline, baseline.end) else "now"


def _placed(name: str, of: Distribution[float], unit: str, when: str) -> str:
    median, low, high = (format_value(value, unit) for value in (of.median, of.p5, of.p95))
    usual = f"usually {low} to {high}, median {median}"
    if of.now is None or of.percentile is None:
        return f"{name} {usual}, not known {when}"
    return f"{name} {when} {format_value(of.now, unit)}, at the {format_value(of.percentile, 'percentile')} percentile ({usual})"


def _hour(of: HourOfWeek | None) -> str:
    if of is None or of.spread_percentile is None:
        return ""
    depth = "" if of.depth_percentile is None else f" and the depth at the {format_value(of.depth_percentile, 'percentile')}"
    when = f"{_WEEKDAYS[of.weekday]} {of.hour:02}:00 to {of.hour + 1:02}:00 UTC"
    return f"Among {counted(of.sample_count, 'sample')} of {when} the spread stands at the {format_value(of.spread_percentile, 'percentile')} percentile{depth}"


def _gaps(history: LiquidityHistory) -> str:
    told = [history.gaps[at] for at in longest(history.gaps, _MOST_GAPS)]
    which = f" (the {len(told)} longest of {history.gap_count:,} stretches)" if history.gap_count > len(told) else ""
    words = [f"{over_time.clock(gap.start)} to {over_time.clock(gap.end)} ({gap.cause})" for gap in told]
    return f"No snapshots{which}: {', '.join(words)}" if words else ""
