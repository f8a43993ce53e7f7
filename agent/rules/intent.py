"""What a question means, as a frozen value."""

from dataclasses import dataclass
from typing import Literal

from tools.analytics.impact import TakerSide

Subject = Literal["cheapest", "impact", "compare", "arbitrage", "quote", "book", "depth", "walls", "chart"]
"""What tools can answer."""
Aside = Literal["help", "about", "unsupported", "unknown"]
"""What is answered without a tool, and leaves the subject of the conversation as it was."""
Unit = Literal["usd", "base", "unclear", "foreign"]


@dataclass(frozen=True)
class Size:
    """An order size. `unclear`: dollars or units of the asset, the words leave both open; `foreign`: another currency, in `currency`."""

    amount: float
    unit: Unit
    currency: str = ""


@dataclass(frozen=True)
class Window:
    """A stretch of the past, in the asker's words and in hours."""

    words: str
    hours: float


@dataclass(frozen=True)
class Intent:
    """A question. What it does not say is empty; a `kind` of None continues the subject before.

    `everywhere`: all exchanges are meant. `adds`: the exchanges join those of before. `continues`: it opens like a follow-up.
    `excluded`: exchanges not to be used. `objection`: what has to be asked or said first, as it cannot be taken as it stands. `fees`: it wants other fees.
    `lacking` names what an unsupported question asks for; `unit` says what a number of before was counted in.
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
    adds: bool = False
    continues: bool = False
    lacking: str = ""
    unit: Literal["usd", "base"] | None = None
    excluded: tuple[str, ...] = ()
    objection: str = ""
    fees: bool = False
