"""What a question about the past asks for by name, said first: an extreme, an average, one moment, a change since, whether an exchange was away, or why."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from html import unescape

from tools.analytics.anomalies import AnomalyReport
from tools.analytics.baseline import Baseline
from tools.analytics.trend import LiquidityHistory
from tools.charts.chart import Chart
from tools.charts.incidents import NAMES

from ...answers import literal
from ..conversation import Topic
from ..intent import Asks
from ..scanning import once
from .alerting import during, in_time, still
from .phrases import BEGINS, Outcomes, bullets, failed, listed, nothing_to_tell, paragraphs

_SHOWN = 6
_LATE = timedelta(minutes=10)
"""What is stored this much later than a moment is not what stood at it."""


def first(topic: Topic, outcomes: Outcomes) -> str:
    """What is asked for by name; empty where nothing is, or nothing is known of it."""
    return paragraphs(*(_ASKED[one](topic, outcomes) for one in topic.asks))


def moment(topic: Topic, outcomes: Outcomes) -> str:
    """The last look at each market up to one moment."""
    found = outcomes.of(LiquidityHistory)
    if not found:
        return nothing_to_tell(outcomes)
    lines = [f"{_market(name)} at {{{name}.as_of}}: {', '.join(_values(topic, name, result))}." for name, result in found.items()]
    # That history begins within the day before says nothing of the moment.
    beware = [f"{{{name}.warnings.{index}}}" for name, result in found.items() for index, one in enumerate(result.warnings) if not one.startswith(BEGINS)]
    return paragraphs(f"The last look up to {{{next(iter(found))}.end}}:", bullets(lines), failed(outcomes), bullets(beware))


def _extreme(topic: Topic, outcomes: Outcomes, end: str) -> str:
    found = outcomes.of(LiquidityHistory)
    figure = _figures(topic)[-1]
    if figure == "imbalance":
        return "When imbalance was at its highest or lowest I cannot say; the chart shows how it went." if found else ""
    known = [name for name, result in found.items() if getattr(result, figure)]
    if figure == "spread":
        known.sort(key=lambda name: getattr(found[name].spread, end), reverse=end == "highest")
    return _lines(
        [f"{_capital(_what(name, figure))} on {_market(name)} was **{end} at {{{name}.{figure}.{end}_at}}: {{{name}.{figure}.{end}}}**." for name in known]
    )


def _mean(topic: Topic, outcomes: Outcomes, field: str) -> str:
    found = outcomes.of(Baseline)
    figures = _figures(topic)
    if figures == ["mid"]:
        return f"The {'average' if field == 'mean' else 'median'} price is not kept."
    words = {"mean": "averaged", "median": "had a median of"}[field]
    lines: list[str] = []
    for name, result in found.items():
        for figure in figures:
            if distribution := getattr(result, figure):
                now = f", now {{{name}.{figure}.now}}" if distribution.now is not None else ""
                lines.append(f"{_capital(_what(name, figure))} on {_market(name)} {words} **{{{name}.{figure}.{field}}}** over {{{name}.hours}}{now}.")
    return _lines(lines)


def _change(topic: Topic, outcomes: Outcomes) -> str:
    """Then against now, or against what is stored first after then."""
    found = outcomes.of(LiquidityHistory)
    return _lines([f"{_market(name)} {_since(name, result)}: {'; '.join(_then_and_now(topic, name, result))}." for name, result in found.items()])


def _since(name: str, result: LiquidityHistory) -> str:
    late = result.series.timestamp[0] - result.start > _LATE
    return f"since {{{name}.series.timestamp.0}} (nothing is stored of {{{name}.start}})" if late else f"since {{{name}.start}}"


def _then_and_now(topic: Topic, name: str, result: LiquidityHistory) -> list[str]:
    at = {figure: f"{name}.{figure}" for figure in _figures(topic) if getattr(result, figure, None)}
    return [f"{_what(name, figure)} **{{{one}.first}}** then, **{{{one}.last}}** now (change {{{one}.change_pct}})" for figure, one in at.items()]


def _outage(_topic: Topic, outcomes: Outcomes) -> str:
    reports, boards = outcomes.of(AnomalyReport), outcomes.of(Chart)
    lines = [line for name, report in reports.items() for line in _outages(name, report, outcomes)]
    if not reports:
        lines = list(once(line for board in boards.values() for line in _drawn_outages(board)))
    if lines:
        more = f"and {len(lines) - _SHOWN:,} more" if len(lines) > _SHOWN else ""
        utc = "" if reports else " (times in UTC)"
        return paragraphs(f"**There was an outage**, looks in a row without a valid book{utc}:", bullets([*lines[:_SHOWN], *([more] if more else [])]))
    first = next(iter(reports), "")
    over = f" of {listed([_market(name) for name in reports])} {during(first, reports[first], outcomes)}" if reports else " of the recorded markets"
    return f"**No outage** is known{over}." if reports or boards else ""


def _outages(name: str, report: AnomalyReport, outcomes: Outcomes) -> list[str]:
    known = {**still(name, report), **in_time(name, report, outcomes)}
    end = "the end of that time" if outcomes.time and outcomes.time.over else "now"
    return [
        f"{_market(name)} from {{{at}.timestamp}} {f'to {{{at}.cleared_at}}' if alert.cleared_at else f'until {end}'}"
        for at, alert in known.items()
        if alert.alert_type == "VENUE_OUTAGE"
    ]


def _drawn_outages(board: Chart) -> list[str]:
    """The outages among the alerts of every recorded market, which are told by the words at their marks."""
    texts: list[str] = [text for trace in board.figure["data"] for text in trace.get("text", []) if f" {NAMES['VENUE_OUTAGE']}, " in text]
    return [literal(unescape(text.partition(", ")[2].replace("<br>", ": ", 1).replace("<br>", ", "))) for text in texts]


def _why(_topic: Topic, outcomes: Outcomes) -> str:
    found = outcomes.of(Baseline)
    lines = [f"{_market(name)}: {_reasons(name, result)}" for name, result in found.items() if result.verdict]
    return paragraphs(_lines(lines), "What moved the market is not in its books." if lines else "")


def _reasons(name: str, result: Baseline) -> str:
    """The two figures that the verdict goes by, each beside what is usual."""
    spread = f"the spread is **{{{name}.spread.now}}**, its median {{{name}.spread.median}}, and the widest twentieth begins at {{{name}.spread.p95}}"
    if result.depth is None or result.depth.now is None:
        return f"{spread}."
    return f"{spread}; depth is **{{{name}.depth.now}}**, its median {{{name}.depth.median}}, and the lowest twentieth begins at {{{name}.depth.p5}}."


_ASKED: Mapping[Asks, Callable[[Topic, Outcomes], str]] = {
    "highest": lambda topic, outcomes: _extreme(topic, outcomes, "highest"),
    "lowest": lambda topic, outcomes: _extreme(topic, outcomes, "lowest"),
    "average": lambda topic, outcomes: _mean(topic, outcomes, "mean"),
    "median": lambda topic, outcomes: _mean(topic, outcomes, "median"),
    "change": _change,
    "outage": _outage,
    "why": _why,
}


def _figures(topic: Topic) -> list[str]:
    """The figure asked after; of liquidity in general spread and depth."""
    named = {"price": "mid", "bid depth": "depth", "ask depth": "depth"}
    return [named.get(topic.metric, topic.metric)] if topic.metric else ["spread", "depth"]


def _values(topic: Topic, name: str, result: LiquidityHistory) -> list[str]:
    """The figures as they stood last, those asked after first."""
    asked = _figures(topic)
    known = [figure for figure in sorted(("spread", "depth", "mid"), key=lambda one: one not in asked) if getattr(result, figure)]
    return [f"{_what(name, figure)} {f'**{{{name}.{figure}.last}}**' if figure in asked else f'{{{name}.{figure}.last}}'}" for figure in known]


def _what(name: str, figure: str) -> str:
    return {"spread": "spread", "depth": f"depth within {{{name}.depth_band_pct}} of mid", "mid": "mid price", "imbalance": "imbalance"}[figure]


def _market(name: str) -> str:
    return f"{{{name}.exchange}} ({{{name}.symbol_used}})"


def _lines(lines: list[str]) -> str:
    return lines[0] if len(lines) == 1 else bullets(lines)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
