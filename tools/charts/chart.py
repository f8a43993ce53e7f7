"""What every chart is: a Plotly figure, and the same facts in words for those who cannot see it."""

from collections.abc import Sequence
from typing import Any, Literal

from ..analytics.result import Result
from .theme import Heading, Json

Kind = Literal["heatmap", "depth", "comparison", "impact", "trend", "alerts"]


class Chart(Result):
    """A drawn result. `figure` is Plotly JSON (data and layout); `summary` states the figure's numbers in a few plain sentences."""

    kind: Kind
    symbol: str
    exchanges: list[str]
    title: str
    summary: str
    figure: dict[str, Any]


def drawn(kind: Kind, result: Result, symbol: str, exchanges: Sequence[str], heading: Heading, summary: str, data: list[Json], layout: Json) -> Chart:
    """The chart of a result, whose provenance and warnings it keeps."""
    return Chart(
        kind=kind,
        symbol=symbol,
        exchanges=list(exchanges),
        title=heading.plain,
        summary=summary,
        figure={"data": data, "layout": layout},
        source=result.source,
        as_of=result.as_of,
        age_ms=result.age_ms,
        warnings=result.warnings,
    )
