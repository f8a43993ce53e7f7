"""A question becomes an Intent: the slots are read out of it one after the other, and its remaining words say what it is about."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tools.analytics.impact import TakerSide

from . import alert_rules, amounts, markets, memory, windows
from .asides import ASIDES, FUTURE, UNSUPPORTED
from .exclusions import exclusions
from .intent import AllOf, Aside, Intent, RuleWords, Size, Subject, Window
from .objections import comma_objection, size_objection
from .scanning import once, take
from .spelling import mended
from .subjects import ADDS, ALL, CONTINUES, EVERYWHERE, FEES, SIDES, SUBJECTS, UNITS
from .unread import Slot, unread
from .vocabulary import FILLERS

_TYPOGRAPHY = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u00a0": " ", "\u202f": " "})
_READ_CHARACTERS = 1_000
_WORD = re.compile(r"[A-Za-z]+")
_SIZED: frozenset[Subject | None] = frozenset({None, "compare", "quote", "depth", "book", "chart"})
"""Subjects that, with an order size beside them, ask what that order costs."""
_MAY_SET_AGAINST: frozenset[Subject | Aside | None] = frozenset({None, "normal", "history"})
_OF_NOW_ALONE: frozenset[Subject | None] = frozenset({"cheapest", "impact", "arbitrage"})
"""Subjects that no history is kept of."""


def parse(question: str, configured: Sequence[str] = ()) -> Intent:
    """What `question` means by itself; `configured` are exchanges known beside the usual ones."""
    text = amounts.spelled_out(mended(question[:_READ_CHARACTERS].translate(_TYPOGRAPHY)))
    whole = text
    rule, of_rule = alert_rules.read(text)
    fees, of_fees = take(FEES, of_rule)
    window, of_window = windows.window(of_fees)
    band_pct, of_band = amounts.band(of_window)
    levels, of_levels = amounts.levels(of_band)
    objection = comma_objection(whole) or size_objection(of_levels)
    pairs, of_pairs = markets.pairs(of_levels)
    sizes, of_sizes = amounts.sizes(of_pairs)
    more_pairs, text = markets.spaced_pairs(of_sizes)
    left_out = exclusions(text, configured)
    exchanges, text = markets.exchanges(left_out.rest, configured)
    all_of, text = _all_of(text)
    assets, text = markets.assets(text)
    symbols = _symbols([*pairs, *more_pairs], assets)
    kind, lacking = _kind(whole, rule, window, sizes, of_exchange=bool(exchanges) and not symbols)
    asks = memory.asks(of_window, kind) if kind is None or kind in memory.OVER_TIME else ()
    if kind in _MAY_SET_AGAINST and window and window.at and memory.sets_against(whole, len(exchanges)):
        kind, asks, window = "history", once((*asks, "change")), windows.since(window)
    if kind is not None and not symbols:
        guessed, text = markets.guessed_asset(text)
        symbols = once(guessed)
    left: list[tuple[Slot, str]] = [
        ("rule", of_rule),
        ("fees", of_fees),
        ("window", of_window),
        ("band", of_band),
        ("levels", of_levels),
        ("markets", of_pairs),
        ("sizes", of_sizes),
        ("markets", text),
    ]
    continues = bool(CONTINUES.search(whole))
    further = continues and kind in {"quote", "depth"}
    intent = Intent(
        kind=kind,
        symbols=symbols,
        exchanges=() if left_out.question else once(exchanges),
        sizes=() if objection else tuple(sizes),
        sides=_sides(whole),
        band_pct=None if objection or kind == "alerts" else band_pct,
        levels=levels,
        window=window,
        everywhere=bool(EVERYWHERE.search(whole)),
        all_of=all_of,
        adds=bool(ADDS.search(memory.without_usual(whole))),
        continues=continues,
        lacking=lacking,
        unit=next((unit for unit, pattern in UNITS if pattern.search(whole)), None),
        excluded=left_out.exchanges,
        objection=objection or left_out.question,
        fees=bool(fees),
        metric=memory.metric(whole) if asks or kind in memory.OVER_TIME or further else None,
        rule=rule if kind == "rules" else None,
        now=further and memory.about_now(whole),
        asks=asks,
        threshold_pct=band_pct if kind == "alerts" else None,
        unread=unread(whole, left, kind, rule),
    )
    if kind or _is_follow_up(intent, text):
        return intent
    return replace(intent, kind="history") if window and (symbols or exchanges) else Intent(kind="unknown")


def _all_of(text: str) -> tuple[AllOf, str]:
    """Whether every asset is meant, or all markets that are recorded."""
    for meant, pattern in ALL:
        found, text = take(pattern, text)
        if found:
            return meant, text
    return "", text


def _symbols(pairs: Sequence[str], assets: Sequence[str]) -> tuple[str, ...]:
    """Pairs, and the assets that are not just a pair's own."""
    paired = {part for pair in pairs for part in pair.split("/")}
    return once([*pairs, *(asset for asset in assets if asset not in paired)])


def _aside(text: str) -> Aside | None:
    return next((kind for kind, pattern in ASIDES if pattern.search(text)), None)


def _kind(text: str, rule: RuleWords | None, window: Window | None, sizes: Sequence[Size], *, of_exchange: bool) -> tuple[Subject | Aside | None, str]:
    """What a question is about, and what of it is beyond the tools, empty where nothing is."""
    if rule:
        of_outage = of_exchange and rule.action == "add" and rule.metric is None and memory.of_exchange_alone(text)
        return ("unsupported", "outage rules") if of_outage else ("rules", "")
    if aside := _aside(text):
        return aside, ""
    lacking = next((lacking for lacking, pattern in UNSUPPORTED if pattern.search(text)), "")
    if lacking:
        return ("forecast", "") if lacking == FUTURE and memory.of_liquidity(text) else ("unsupported", lacking)
    alone = memory.of_exchange_alone(text) if of_exchange else None
    found = alone or memory.subject(text) or memory.of_window(_subject(text, sizes, has_side=bool(_sides(text))), window, text)
    past = window is not None and window.words != "today"
    return ("unsupported", "past costs") if past and found in _OF_NOW_ALONE else (found, "")


def _subject(text: str, sizes: Sequence[Size], *, has_side: bool) -> Subject | None:
    found: Subject | None = next((subject for subject, pattern in SUBJECTS if pattern.search(text)), None)
    asks_for_cost = bool(sizes) and found in _SIZED and (found is not None or has_side)
    return "impact" if asks_for_cost else found


def _sides(text: str) -> tuple[TakerSide, ...]:
    return tuple(side for side, pattern in SIDES if pattern.search(text))


def _is_follow_up(intent: Intent, rest: str) -> bool:
    """Whether a question without a subject says something, and nothing that is not understood."""
    if intent.unit or intent.objection:
        return True
    says = (
        intent.symbols
        or intent.exchanges
        or intent.sizes
        or intent.sides
        or intent.band_pct
        or intent.levels
        or intent.everywhere
        or intent.all_of
        or intent.excluded
        or intent.window
        or intent.asks
    )
    unread = {word.lower() for word in _WORD.findall(memory.without_asks(_without_sides(rest)))} - FILLERS - {"when"}
    return bool(says) and not unread


def _without_sides(text: str) -> str:
    for _side, pattern in SIDES:
        text = pattern.sub(" ", text)
    return text
