"""Answers to "is this normal?": where now stands in what is usual, and the range in which liquidity may go on."""

from tools.analytics.baseline import Baseline
from tools.analytics.dispersion import Distribution
from tools.analytics.forecast import Forecast, ForecastRange
from tools.analytics.verdict import stands_out

from ..conversation import Topic
from .phrases import Outcomes, bullets, failed, listed, nothing_to_tell, paragraphs, table, warnings

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FORECAST_STEP = 4
_UNUSUAL = "Unusual is a figure among the outermost twentieth of its samples and a tenth or more from their median."


def verdict(topic: Topic, outcomes: Outcomes) -> str:
    """Whether liquidity is as usual, by the numbers."""
    found = outcomes.of(Baseline)
    if not found:
        return nothing_to_tell(outcomes)
    body = _one(topic, *next(iter(found.items()))) if len(found) == 1 else _several(found)
    return paragraphs(body, failed(outcomes), warnings(outcomes))


def _one(topic: Topic, name: str, result: Baseline) -> str:
    figures = {"spread": _spread(name, result), "depth": _depth(name, result), "imbalance": _imbalance(name, result)}
    # What was asked after comes first.
    told = [figures.pop(topic.metric or "", ""), *figures.values()]
    return paragraphs(_lead(name, result), bullets([one for one in told if one]), _same_hour(name, result), _forecast(name, result))


def _lead(name: str, result: Baseline) -> str:
    market = _market(name)
    beside = f"compared with {{{name}.sample_count}} samples over {{{name}.hours}} up to {{{name}.end}}"
    if result.verdict is None:
        return f"Whether {{{name}.base_currency}} liquidity on {market} is as usual cannot be said, because there is no book to compare. What is usual:"
    return f"**{_capital(result.verdict)}**: {{{name}.base_currency}} liquidity on {market}, {beside}.{_why(result)} {_UNUSUAL}"


def _why(result: Baseline) -> str:
    """What makes it worse, so that nobody has to find it among the figures."""
    if result.verdict != "worse than usual":
        return ""
    wide, thin = stands_out(result.spread, "high"), stands_out(result.depth, "low")
    reasons = [*(["the spread is unusually wide"] if wide else []), *(["depth is unusually low"] if thin else [])]
    return f" {_capital(' and '.join(reasons))}."


def _spread(name: str, result: Baseline) -> str:
    return f"Spread {_placed(f'{name}.spread', result.spread)}."


def _depth(name: str, result: Baseline) -> str:
    if result.depth is None:
        return "Depth cannot be compared: the samples share no depth band that all of them cover."
    return f"Depth within {{{name}.depth_band_pct}} of mid, both sides: {_placed(f'{name}.depth', result.depth)}."


def _imbalance(name: str, result: Baseline) -> str:
    return "" if result.imbalance is None else f"Imbalance (bids less asks, of both) {_placed(f'{name}.imbalance', result.imbalance)}."


def _placed(at: str, distribution: Distribution[float]) -> str:
    usual = f"usually {{{at}.p5}} to {{{at}.p95}}, median {{{at}.median}}"
    if distribution.percentile is None:
        return usual
    return f"**{{{at}.now}}**, at the {{{at}.percentile}} percentile of the samples; {usual}"


def _same_hour(name: str, result: Baseline) -> str:
    same = result.hour_of_week
    if same is None:
        return ""
    at = f"{name}.hour_of_week"
    places = [
        f"the spread is at the {{{at}.spread_percentile}} percentile (median {{{at}.spread_median_pct}})" if same.spread_percentile is not None else "",
        f"depth at the {{{at}.depth_percentile}} (median {{{at}.depth_median_usd}})" if same.depth_percentile is not None else "",
    ]
    told = " and ".join(place for place in places if place)
    return f"Among the {{{at}.sample_count}} samples of this hour of the week ({_DAYS[same.weekday]} from {{{at}.hour}}:00 UTC): {told}." if told else ""


def _several(found: dict[str, Baseline]) -> str:
    headings = ("Exchange (market)", "Verdict", "Spread", "Its percentile", "Depth, both sides", "Its percentile", "Samples")
    lead = f"{{{next(iter(found))}.base_currency}} liquidity over {{{next(iter(found))}.hours}}: {_verdicts(found)}."
    return paragraphs(lead, table(headings, [_row(name, result) for name, result in found.items()]), _UNUSUAL)


def _verdicts(found: dict[str, Baseline]) -> str:
    groups: dict[str, list[str]] = {}
    for result in found.values():
        groups.setdefault(result.verdict or "not to be said", []).append(result.exchange)
    return "; ".join(f"**{words}** on {listed(exchanges)}" for words, exchanges in groups.items())


def _row(name: str, result: Baseline) -> list[str]:
    depth = [f"{{{name}.depth.now}} within {{{name}.depth_band_pct}}", f"{{{name}.depth.percentile}}"] if result.depth else [f"{{{name}.depth}}"] * 2
    return [
        _market(name),
        f"{{{name}.verdict}}",
        f"{{{name}.spread.now}}",
        f"{{{name}.spread.percentile}}",
        *depth,
        f"{{{name}.sample_count}}",
    ]


def outlook(_topic: Topic, outcomes: Outcomes) -> str:
    """The range in which liquidity will probably stand over the next day."""
    found = outcomes.of(Baseline)
    if not found:
        return nothing_to_tell(outcomes)
    ahead = {name: told for name, result in found.items() if (told := _forecast(name, result))}
    told = [paragraphs(words, _hours(name, found[name].forecast)) for name, words in ahead.items()]
    none = _none({name: result for name, result in found.items() if name not in ahead})
    return paragraphs(*told, *none, "I forecast liquidity only, never prices.", failed(outcomes), warnings(outcomes, now_is_compared=False))


def _none(found: dict[str, Baseline]) -> list[str]:
    """Why there is no forecast: of those whose history is too short one by one, of the others together."""
    short = {name: result.forecast_missing_days for name, result in found.items() if result.forecast_missing_days}
    no_better = [name for name in found if name not in short]
    told = [
        f"{_no_forecast([name])}: the stored history is too short for one, by about {{{name}.forecast_missing_days}} day{'' if days == 1 else 's'}."
        for name, days in short.items()
    ]
    return [*told, *([f"{_no_forecast(no_better)}: what the hours of the day tell of it does not beat a naive forecast."] if no_better else [])]


def _no_forecast(names: list[str]) -> str:
    return f"There is no forecast of {{{names[0]}.base_currency}} liquidity on {listed([_market(name) for name in names])}"


def _market(name: str) -> str:
    return f"{{{name}.exchange}} ({{{name}.symbol_used}})"


def _forecast(name: str, result: Baseline) -> str:
    """The forecast in one sentence."""
    ahead = result.forecast
    if ahead is None:
        return ""
    ranges = [
        f"a spread of {_range(f'{name}.forecast.spread', ahead.spread)}" if ahead.spread else "",
        f"{_range(f'{name}.forecast.depth', ahead.depth)} of depth within {{{name}.forecast.depth_band_pct}}" if ahead.depth else "",
    ]
    told = " and ".join(one for one in ranges if one)
    return f"Probable until {{{name}.forecast.at.{len(ahead.at) - 1}}} on {_market(name)}: {told}." if told else ""


def _range(at: str, ahead: ForecastRange[float]) -> str:
    low, high = ahead.p5.index(min(ahead.p5)), ahead.p95.index(max(ahead.p95))
    skill = f"its error is {{{at}.skill_pct}} below a naive forecast's on {{{at}.scored_samples}} samples"
    return f"{{{at}.p5.{low}}} to {{{at}.p95.{high}}} ({skill})"


def _hours(name: str, ahead: Forecast | None) -> str:
    if ahead is None:
        return ""
    figures = [figure for figure, known in (("spread", ahead.spread), ("depth", ahead.depth)) if known]
    headings = ["From", *(f"{figure.capitalize()}, {part}" for figure in figures for part in ("median", "probable range"))]
    rows = [[f"{{{name}.forecast.at.{hour}}}", *_cells(name, figures, hour)] for hour in range(0, len(ahead.at), _FORECAST_STEP)]
    return table(headings, rows)


def _cells(name: str, figures: list[str], hour: int) -> list[str]:
    at = [f"{name}.forecast.{figure}" for figure in figures]
    return [cell for one in at for cell in (f"{{{one}.p50.{hour}}}", f"{{{one}.p5.{hour}}} to {{{one}.p95.{hour}}}")]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
