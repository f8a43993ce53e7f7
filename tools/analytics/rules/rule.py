"""A rule as a value, and its figure in a book."""

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from hashlib import blake2s
from typing import Literal

import numpy as np

from ...book import Column
from ...symbols import USD_QUOTES
from ..alerts import ValueUnit
from ..depth import BAND_WIDTHS_PCT
from ..figures import Figures, Usds, figures, imbalance_pct
from ..series import Series
from ..snapshot import Snapshot

Metric = Literal["spread", "depth", "bid depth", "ask depth", "imbalance", "price"]
BANDED: tuple[Metric, ...] = ("depth", "bid depth", "ask depth", "imbalance")
"""The metrics that are measured within a distance of mid."""


@dataclass(frozen=True)
class Rule:
    """An alert is due when `metric` of the market stands beyond `value` (in `unit`) in two observations in a row.

    `symbol` is an asset, which means its markets in dollars, or a market as the person gave it; `within_pct` is the band that depth and
    imbalance are measured in.
    Imbalance is `100 * (bid - ask) / (bid + ask)`.
    """

    rule_id: str
    symbol: str
    exchange: str
    metric: Metric
    above: bool
    value: float
    unit: ValueUnit
    within_pct: float

    @cached_property
    def text(self) -> str:
        """The rule as it is shown and read back by `grammar.parse`."""
        within = f" within {self.within_pct:g}%" if self.metric in BANDED else ""
        return f"{self.symbol} {self.metric}{within} on {self.exchange} {'>' if self.above else '<'} {_amount(self.value, self.unit)}"


def identified(rule: Rule) -> Rule:
    """The rule with the id that its text gives it: the same for whoever says the same."""
    digest = blake2s(rule.text.encode(), digest_size=3).hexdigest()
    return replace(rule, rule_id=f"{rule.metric.replace(' ', '-')}-{digest}")


def _amount(value: float, unit: ValueUnit) -> str:
    """Every digit of a value, so that it reads back as the same number."""
    digits = f"{Decimal(repr(value)):,f}".removesuffix(".0")
    return {"pct": f"{digits}%", "bps": f"{digits} bps", "usd": f"${digits}"}.get(unit, digits)


def concerns(rule: Rule, exchange: str, symbol: str) -> bool:
    """Whether a rule is about this market: the one it names, or one in which the asset that it names is traded for dollars."""
    return rule.exchange == exchange and symbol in {rule.symbol, *(f"{rule.symbol}/{quote}" for quote in USD_QUOTES)}


def measure(rule: Rule, snapshot: Snapshot) -> float | None:
    """The rule's figure in the rule's unit, None where the snapshot does not know it."""
    return measured(rule, figures(snapshot))


def measured(rule: Rule, seen: Figures) -> float | None:
    """The rule's figure in the rule's unit, None where these figures do not know it."""
    if rule.metric not in BANDED:
        return _plain(rule, seen.spread_pct, seen.mid)
    sides = seen.sides_usd(rule.within_pct)
    if sides is None:
        # Imported snapshots know no bands but this one, of both sides together.
        return seen.liquidity_1pct_usd if rule.metric == "depth" and rule.within_pct == 1 and not seen.complete else None
    return _banded(rule, *sides) if rule.metric != "imbalance" or sum(sides) else None


def measured_over(rule: Rule, series: Series) -> Column:
    """The rule's figure, as `measured` has it, in each snapshot of a series: shape (n,), NaN where it is not known."""
    if rule.metric not in BANDED:
        return _plain(rule, series.spread_pct, series.mid)
    band = BAND_WIDTHS_PCT.index(rule.within_pct)
    with np.errstate(invalid="ignore"):
        found = _banded(rule, series.bid_usd[:, band], series.ask_usd[:, band])
    without_bands = np.isnan(series.bid_usd[:, 0]) & (rule.metric == "depth") & (rule.within_pct == 1)
    return np.select([without_bands, series.complete[:, band]], [series.liquidity_1pct_usd, found], np.nan)


def _plain(rule: Rule, spread_pct: Usds, mid: Usds) -> Usds:
    return mid if rule.metric == "price" else spread_pct * (100 if rule.unit == "bps" else 1)


def _banded(rule: Rule, bid_usd: Usds, ask_usd: Usds) -> Usds:
    match rule.metric:
        case "bid depth":
            return bid_usd
        case "ask depth":
            return ask_usd
        case "imbalance":
            return imbalance_pct(bid_usd, ask_usd)
        case _:
            return bid_usd + ask_usd
