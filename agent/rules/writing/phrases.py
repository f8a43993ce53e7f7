"""What every answer is put together from: results and failures by name, tables, and the sentences that all share."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tools.analytics.comparison import VenueLiquidity
from tools.analytics.impact import MarketImpact
from tools.analytics.result import Result
from tools.analytics.trend import LiquidityHistory

from ...answers import literal

R = TypeVar("R", bound=Result)
CHART = "chart"
_LOWER_BOUND = re.compile(r"within (?P<pct>[\d.]+)% and wider is a lower bound")
_NOT_COMPARED = "This hour of the week is not compared"
BEGINS = "History begins "


@dataclass(frozen=True)
class Stretch:
    """The time asked about: since when, its length in hours, the asker's words for it, and whether it is over."""

    since: datetime
    hours: float
    words: str
    over: bool


@dataclass(frozen=True)
class Outcomes:
    """What the calls of a plan gave, by their names: results, and for the others (`about` whom: why); `time` is that asked about."""

    results: Mapping[str, Result]
    failures: Mapping[str, tuple[str, str]]
    time: Stretch | None = None

    @property
    def tells(self) -> bool:
        """Whether there is more than a chart to tell of."""
        return not all(_is_chart(name) for name in self.results)

    def looks_beyond(self, result: Result) -> bool:
        """Whether a result tells of the usual of a longer time than was asked about."""
        return self.time is not None and getattr(result, "lookback_hours", 0.0) > self.time.hours

    def of(self, kind: type[R]) -> dict[str, R]:
        """The results of one kind."""
        return {name: result for name, result in self.results.items() if isinstance(result, kind)}


def paragraphs(*parts: str) -> str:
    """The parts that say something, a blank line between."""
    return "\n\n".join(part for part in parts if part)


def bullets(lines: Sequence[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {line}" for line in lines)


def listed(words: Sequence[str]) -> str:
    """`binance, coinbase and kraken`."""
    return " and ".join(part for part in (", ".join(words[:-1]), words[-1]) if part)


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def failed(outcomes: Outcomes) -> str:
    """Who is missing from the answer and why, in the errors' own words; a chart only where there is an answer for it to belong to."""
    told = {why for name, (_about, why) in outcomes.failures.items() if not _is_chart(name)}
    shown = [told_of for name, told_of in outcomes.failures.items() if not _is_chart(name) or (outcomes.tells and told_of[1] not in told)]
    lines = [f"{about} is missing: {literal(why)}" for about, why in dict.fromkeys(shown)]
    lines += [f"{exchange} is missing: {{{name}.failures.{exchange}}}" for name, exchange in _named_failures(outcomes)]
    return bullets(lines)


def nothing_to_tell(outcomes: Outcomes) -> str:
    """Said where no call gave anything: each reason once, in its own words."""
    reasons = [literal(why) for name, (_about, why) in outcomes.failures.items() if not _is_chart(name)]
    return paragraphs("I could not answer that.", bullets(list(dict.fromkeys(reasons))))


def warnings(outcomes: Outcomes, widest_pct: float = 0.0, *, now_is_compared: bool = True) -> str:
    """Every warning of the results, each once; of depth that is a lower bound only where the answer shows depth that far from mid.

    That this hour of the week is not compared is no matter of an answer that does not compare now, nor is it one beside a history where in a longer
    time than its own the usual begins.
    """
    seen: dict[str, str] = {}
    for name, result in outcomes.results.items():
        for index, warning in enumerate(result.warnings):
            bound = _LOWER_BOUND.search(warning)
            uncompared = not now_is_compared and warning.startswith(_NOT_COMPARED)
            beyond = warning.startswith(BEGINS) and outcomes.looks_beyond(result) and bool(outcomes.of(LiquidityHistory))
            if (bound and float(bound["pct"]) > widest_pct) or uncompared or beyond:
                continue
            seen.setdefault(warning, f"{{{name}.warnings.{index}}}")
    return beware(list(seen.values()))


def beware(told: Sequence[str]) -> str:
    """Warnings as an answer shows them."""
    return paragraphs("Beware:" if told else "", bullets(told))


def rates(markets: Mapping[str, tuple[str, VenueLiquidity | MarketImpact]]) -> str:
    """What each quote currency other than the dollar is worth, with the exchanges it holds for: `1 USDT = 0.9998 USD (binance)`."""
    groups: dict[tuple[str, float], dict[str, str]] = {}
    for path, (exchange, market) in markets.items():
        if market.price_currency != "USD" and market.usd_rate != 1:
            groups.setdefault((market.price_currency, market.usd_rate), {})[path] = exchange
    lines = [f"1 {quote} = {{{next(iter(paths))}.usd_rate}} ({', '.join(paths.values())})" for (quote, _rate), paths in groups.items()]
    return f"{'; '.join(lines)}." if lines else ""


def _is_chart(name: str) -> bool:
    """The chart, or one of several: `chart_kraken`."""
    return name.partition("_")[0] == CHART


def _named_failures(outcomes: Outcomes) -> list[tuple[str, str]]:
    """Exchanges that a result itself says it lacks."""
    return [(name, exchange) for name, result in outcomes.results.items() for exchange in getattr(result, "failures", {})]
