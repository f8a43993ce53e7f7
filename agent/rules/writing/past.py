"""Answers about how liquidity went, and about snapshots."""

from collections.abc import Mapping

from tools.analytics.depth import BAND_WIDTHS_PCT
from tools.analytics.gaps import longest
from tools.analytics.snapshot import LiquiditySnapshot
from tools.analytics.trend import LiquidityHistory

from ..conversation import Topic
from .alerting import alerts_of_window
from .phrases import Outcomes, bullets, failed, nothing_to_tell, paragraphs, table, warnings

Histories = Mapping[str, LiquidityHistory]
"""By the names of their calls."""

# Spreads that differ by less read the same with two significant figures.
_STEADY = 1.05
_GAPS_SHOWN = 3
_GAP_WORDS = {"not recorded": "nothing was recorded", "no valid book": "the exchange gave no valid book"}


def history(topic: Topic, outcomes: Outcomes) -> str:
    """First, last, lowest and highest of the window, and the alerts within it."""
    found = outcomes.of(LiquidityHistory)
    if not found:
        return nothing_to_tell(outcomes)
    alerts = alerts_of_window(outcomes)
    gaps = [_gaps(name, result) for name, result in found.items()]
    body = [_one(topic, *next(iter(found.items()))), *gaps, alerts] if len(found) == 1 else [_several(topic, found, alerts), *gaps]
    return paragraphs(*body, failed(outcomes), warnings(outcomes))


def _one(topic: Topic, name: str, result: LiquidityHistory) -> str:
    lead, *others = _figures(topic, result)
    return paragraphs(
        f"{{{name}.base_currency}} on {{{name}.exchange}} ({{{name}.symbol_used}}) from {{{name}.start}} to {{{name}.end}}, {{{name}.sample_count}} samples:",
        f"**{_went(name, result, lead)}**",
        bullets([_went(name, result, one) for one in others]),
        "" if result.depth else "Depth over time is not available: the snapshots share no depth band that all of them cover.",
    )


def _figures(topic: Topic, result: LiquidityHistory) -> list[str]:
    """The figures to tell of, that which was asked after first."""
    first = {"price": "mid", "depth": "depth", "spread": "spread"}.get(topic.metric or "", "spread")
    known = ["spread", *(["depth"] if result.depth else []), "mid"]
    return sorted(known, key=lambda one: one != first)


def _went(name: str, result: LiquidityHistory, figure: str) -> str:
    at = f"{name}.{figure}"
    if figure == "spread" and result.spread.highest <= _STEADY * result.spread.lowest:
        return f"Spread held at {{{at}.last}} (change {{{at}.change_pct}})."
    what = {"spread": "Spread", "depth": f"Depth within {{{name}.depth_band_pct}} of mid", "mid": "Mid price"}[figure]
    return (
        f"{what} went from {{{at}.first}} to {{{at}.last}} (change {{{at}.change_pct}});"
        f" lowest {{{at}.lowest}} at {{{at}.lowest_at}}, highest {{{at}.highest}} at {{{at}.highest_at}}."
    )


def _several(topic: Topic, found: Histories, alerts: str) -> str:
    """What stood out, then a table for each figure, that which was asked after first."""
    first, result = next(iter(found.items()))
    asked = _figures(topic, result)[0]
    others = ["spread", *(["depth"] if all(one.depth for one in found.values()) else [])]
    figures = dict.fromkeys([asked, *others])
    counts = ", ".join(f"{{{name}.exchange}} {{{name}.sample_count}}" for name in found)
    tables = [part for figure in figures for part in (f"**{_heading(figure, found)}**", _table(figure, found))]
    return paragraphs(f"{{{first}.base_currency}} from {{{first}.start}} to {{{first}.end}}:", alerts, *tables, f"Samples: {counts}.")


def _heading(figure: str, found: Histories) -> str:
    if figure != "depth":
        return {"spread": "Spread", "mid": "Mid price"}[figure]
    return f"Depth, both sides{'' if _bands_differ(found) else f', within {{{next(iter(found))}.depth_band_pct}} of mid'}"


def _bands_differ(found: Histories) -> bool:
    return len({result.depth_band_pct for result in found.values()}) > 1


def _table(figure: str, found: Histories) -> str:
    headings = ("Exchange (market)", "First", "Last", "Change", "Lowest", "Highest")
    within = figure == "depth" and _bands_differ(found)
    return table(headings, [_row(name, figure, within=within) for name, result in found.items() if getattr(result, figure)])


def _row(name: str, figure: str, *, within: bool) -> list[str]:
    at = f"{name}.{figure}"
    return [
        f"{{{name}.exchange}} ({{{name}.symbol_used}}){f', within {{{name}.depth_band_pct}}' if within else ''}",
        f"{{{at}.first}}",
        f"{{{at}.last}}",
        f"{{{at}.change_pct}}",
        f"{{{at}.lowest}} at {{{at}.lowest_at}}",
        f"{{{at}.highest}} at {{{at}.highest_at}}",
    ]


def _gaps(name: str, result: LiquidityHistory) -> str:
    """Where nothing is known, the longest gaps."""
    shown = longest(result.gaps, _GAPS_SHOWN)
    which = f" (the longest of {{{name}.gap_count}})" if result.gap_count > len(shown) else ""
    told = [f"from {{{name}.gaps.{index}.start}} to {{{name}.gaps.{index}.end}} {_GAP_WORDS[result.gaps[index].cause]}" for index in shown]
    return f"Gaps on {{{name}.exchange}}{which}: {'; '.join(told)}." if told else ""


def timeline(_topic: Topic, outcomes: Outcomes) -> str:
    """Where liquidity stood over time, in the heatmap's own words."""
    if not outcomes.results:
        return nothing_to_tell(outcomes)
    return paragraphs("{heatmap.summary}", failed(outcomes), warnings(outcomes))


def snapshot(_topic: Topic, outcomes: Outcomes) -> str:
    """What was stored."""
    found = outcomes.of(LiquiditySnapshot)
    if not found:
        return nothing_to_tell(outcomes)
    return paragraphs(*(_stored(name, result) for name, result in found.items()), failed(outcomes), warnings(outcomes, 1.0))


def _stored(name: str, result: LiquiditySnapshot) -> str:
    at = f"{name}.depth.{BAND_WIDTHS_PCT.index(1.0)}"
    depth = f"; within {{{at}.width_pct}} of mid {{{at}.bid_usd}} of bids and {{{at}.ask_usd}} of asks" if result.depth else ""
    return (
        f"Stored a snapshot of {{{name}.symbol_used}} on {{{name}.exchange}} at {{{name}.timestamp}}: bid {{{name}.best_bid}}, ask {{{name}.best_ask}},"
        f" **spread {{{name}.spread_percentage}}**{depth}."
    )
