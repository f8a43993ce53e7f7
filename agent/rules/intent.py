"""What a question means, as a frozen value."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tools.analytics.impact import TakerSide

Subject = Literal[
    "cheapest", "impact", "compare", "arbitrage", "quote", "book", "depth", "walls", "chart",
    "normal", "history", "alerts", "forecast", "snapshot", "rules",
]  # fmt: skip
"""What tools can answer; `rules` are the asker's own alert rules."""
Aside = Literal["help", "about", "unsupported", "unknown"]
"""What is answered without a tool, and leaves the subject of the conversation as it was."""
Unit = Literal["usd", "base", "unclear", "foreign"]
Metric = Literal["spread", "depth", "bid depth", "ask depth", "imbalance", "price"]
Asks = Literal["highest", "lowest", "average", "median", "change", "outage", "why"]
"""What of a stretch of the past is to be said first: a figure of it, its first value against its last, whether an exchange was away, or the reasons."""

AllOf = Literal["", "assets", "markets"]


@dataclass(frozen=True)
class Size:
    """An order size. `unclear`: dollars or units of the asset, the words leave both open; `foreign`: another currency, in `currency`."""

    amount: float
    unit: Unit
    currency: str = ""


@dataclass(frozen=True)
class Moment:
    """`minutes` after midnight, UTC: of the day that is `days_back`, of the latest `weekday` (Monday is 0), of `day`, else the last that was."""

    minutes: int
    days_back: int | None = None
    weekday: int | None = None
    day: date | None = None


@dataclass(frozen=True)
class Window:
    """A stretch of the past, in the asker's words: so many hours (0: not said), or since a moment, up to now or until a moment.

    `at`: one moment is meant, `until` or else so many hours ago.
    """

    words: str
    hours: float = 0.0
    since: Moment | None = None
    until: Moment | None = None
    at: bool = False


@dataclass(frozen=True)
class RuleWords:
    """What is to be done with an alert rule, and what was said of it: `value` with its unit, such as `5 bps` or `$2m`. What was not said is empty or None.

    `test` asks when it would have fired. `by` is a change in per cent rather than a level, such as `50%`.
    `every`: all rules are meant of which this can be said. `symbols` and `exchanges` are those that a rule to be removed was said to be of.
    `plain`: a removal is asked for in so many words, without an exception, a negation or a question about it; only such a one is made.
    """

    action: Literal["list", "add", "remove", "test"]
    metric: Metric | None = None
    above: bool | None = None
    value: str = ""
    within: str = ""
    rule_id: str = ""
    by: str = ""
    every: bool = False
    plain: bool = False
    symbols: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it says a rule, but for its asset and exchange."""
        return bool(self.metric and self.value and self.above is not None)


@dataclass(frozen=True)
class Intent:
    """A question. What it does not say is empty; a `kind` of None continues the subject before.

    `everywhere`: all exchanges are meant. `all_of`: all assets are, or all markets, which of a named asset are its exchanges.
    `adds`: the exchanges join those of before. `continues`: it opens like a follow-up.
    `excluded`: exchanges not to be used. `objection`: what has to be asked or said first, as it cannot be taken as it stands. `fees`: it wants other fees.
    `lacking` names what an unsupported question asks for; `unit` says what a number of before was counted in.
    `metric` is the figure that a question about the past asks after; `rule` is an alert rule of the asker's.
    `now`: it insists on the present. `asks`: what of the past is to be said first. `threshold_pct`: from what deviation on an alert is one.
    `unread`: its words that the answer makes no use of.
    """

    kind: Subject | Aside | None
    symbols: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    sizes: tuple[Size, ...] = ()
    sides: tuple[TakerSide, ...] = ()
    band_pct: float | None = None
    levels: int | None = None
    window: Window | None = None
    everywhere: bool = False
    all_of: AllOf = ""
    adds: bool = False
    continues: bool = False
    lacking: str = ""
    unit: Literal["usd", "base"] | None = None
    excluded: tuple[str, ...] = ()
    objection: str = ""
    fees: bool = False
    metric: Metric | None = None
    rule: RuleWords | None = None
    now: bool = False
    asks: tuple[Asks, ...] = ()
    threshold_pct: float | None = None
    unread: tuple[str, ...] = ()
