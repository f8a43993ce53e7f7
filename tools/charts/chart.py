"""What every chart is: a Plotly figure, and the same facts in words for those who cannot see it."""

from typing import Any, Literal

from ..analytics.result import Result


class Chart(Result):
    """A drawn result. `figure` is Plotly JSON (data and layout); `summary` states the figure's numbers in a few plain sentences."""

    kind: Literal["heatmap", "depth", "comparison", "impact"]
    symbol: str
    exchanges: list[str]
    title: str
    summary: str
    figure: dict[str, Any]
