"""A strip of alerts above panels over time: bars from raised to cleared, named where they begin, and their times shaded through the panels."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ..analytics.alerts import LiquidityAlert
from . import incidents, labels, over_time, theme

_MOST_LANES = 3
_MOST_NAMES = 3
_SHADE = "rgba(214,69,80,0.13)"
# Characters of the panels' longest tick labels, and of the least room between two names.
_TICK_CHARACTERS, _BETWEEN_CHARACTERS = 8, 2


class Label(NamedTuple):
    """The names of alerts that began so close together that each alone would cover the next."""

    at: float
    names: tuple[str, ...]

    @property
    def text(self) -> str:
        """The names, each once; of many only how many alerts there are."""
        distinct = dict.fromkeys(self.names)
        return ", ".join(distinct) if len(distinct) <= _MOST_NAMES else f"{len(self.names)} alerts"

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where it is written, in shares of the width, inside the figure."""
        width = labels.share(len(self.text), _TICK_CHARACTERS)
        left = max(0.0, min(self.at, 1 - width))
        return left, left + width


class Strip(NamedTuple):
    """Alerts of a window that ends at `until`, on a time axis from `start` to `end`, which gives it some room."""

    alerts: Sequence[LiquidityAlert]
    start: datetime
    end: datetime
    until: datetime

    @property
    def spans(self) -> list[tuple[datetime, datetime]]:
        """From when to when each alert is drawn."""
        return [incidents.shown(alert, self.start, self.until) for alert in self.alerts]

    @property
    def lanes(self) -> list[int]:
        """The lane of each alert; what finds no free one shares the last."""
        return [min(lane, _MOST_LANES - 1) for lane in incidents.lanes(self.spans)]

    @property
    def weight(self) -> float:
        """Its share of the height, beside panels of weight 1."""
        return 0.1 + 0.12 * max(self.lanes)

    def traces(self, yaxis: str) -> list[theme.Json]:
        """Bars, marks and their keys."""
        return incidents.bars(self.alerts, [-float(lane) for lane in self.lanes], self.start, self.until, yaxis=yaxis)

    def axis(self, domain: list[float]) -> theme.Json:
        """An axis without numbers, which names the strip."""
        return theme.axis(
            "", domain=domain, range=[-max(self.lanes) - 0.7, 0.7], tickvals=[-max(self.lanes) / 2], ticktext=["alerts"], ticks="", showgrid=False
        )

    def shades(self) -> list[theme.Json]:
        """The times at which any alert stood, through all panels; alerts that overlap are shaded once."""
        across = {"yref": "paper", "y0": 0, "y1": 1, "layer": "below", "fillcolor": _SHADE, "line": {"width": 1, "color": _SHADE}}
        return [{"type": "rect", "x0": over_time.stamp(raised), "x1": over_time.stamp(over), **across} for raised, over in _united(self.spans)]

    def labels(self) -> list[theme.Json]:
        """The alerts' names above the strip, where each begins."""
        where = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
        return [theme.note(label.text, label.reach[0], 1, **where) for label in self._named()]

    def _named(self) -> list[Label]:
        begins = [(self._share(raised), incidents.NAMES[alert.alert_type]) for (raised, _), alert in zip(self.spans, self.alerts, strict=True)]
        found: list[Label] = []
        for at, name in sorted(begins):
            found.append(Label(at, (name,)))
            # A label that took another one in may have grown over the one before.
            while len(found) > 1 and found[-1].reach[0] <= found[-2].reach[1] + labels.share(_BETWEEN_CHARACTERS, _TICK_CHARACTERS):
                found[-2:] = [found[-2]._replace(names=found[-2].names + found[-1].names)]
        return found

    def _share(self, time: datetime) -> float:
        return (time - self.start) / (self.end - self.start)


def _united(spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
