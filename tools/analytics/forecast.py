"""The range in which liquidity will probably stand over the next day: quantiles by hour of the week. Never a forecast of price."""

from datetime import datetime
from typing import Generic, TypeVar

from ..units import Count, Pct, Usd
from .result import Record
from .series import Series

U = TypeVar("U")


class ForecastRange(Record, Generic[U]):
    """5th, 50th and 95th percentile for each hour ahead.

    `skill_pct` is by how much its pinball loss beat the naive forecast's on the last `scored_samples` of history.
    """

    p5: list[U]
    p50: list[U]
    p95: list[U]
    skill_pct: Pct
    scored_samples: Count


class SpreadForecast(ForecastRange[Pct]):
    """Of the spread."""


class DepthForecast(ForecastRange[Usd]):
    """Of the depth within the baseline's band."""


class Forecast(Record):
    """The next 24 hours; `at` holds the start of each hour. What did not beat the naive forecast is null."""

    at: list[datetime]
    spread: SpreadForecast | None
    depth: DepthForecast | None


def forecast(series: Series, now: datetime) -> Forecast | None:
    """The next 24 hours' ranges from `series`, null where neither spread nor depth beats the naive forecast on held-out history."""
    raise NotImplementedError
