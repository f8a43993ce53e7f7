"""Words of the trade as traders type them: short forms, and slips of one letter."""

import re
from collections.abc import Mapping

from .vocabulary import COMMON_WORDS, FILLERS, IDLE

_SHORT: Mapping[str, str] = {
    "rn": "right now", "yday": "yesterday", "yest": "yesterday", "tmrw": "tomorrow", "wat": "what", "wut": "what",
    "liq": "liquidity", "sprd": "spread", "norm": "normal", "exch": "exchange", "exchs": "exchanges",
}  # fmt: skip
_KNOWN = COMMON_WORDS | FILLERS | IDLE
_LONG = (
    "liquidity", "spread", "depth", "imbalance", "slippage", "cheapest", "arbitrage", "compare", "heatmap", "history", "baseline", "percentile", "average",
    "median", "usual", "normal", "unusual", "typical", "worse", "wider", "tighter", "thinner", "deeper", "happened", "changed", "yesterday", "overnight",
    "alert", "alerts", "anomalies", "outage", "outages", "incidents", "snapshot", "forecast", "rules",
)  # fmt: skip
"""Words that a question is told by, too long to be met by a slip of another."""
_OTHERS = frozenset({"wide", "widen", "worst", "ruler", "ruled", "change", "changes", "tighten", "thinned", "deepen", "outrage", "outrages", "media"})
"""Words a letter away from those, which are meant as they stand."""
_WORD = re.compile(r"(?<![\w$/.-])[A-Za-z]{2,}(?![\w/]|\.\w)")
_SHORTEST_SLIP = 4


def mended(text: str) -> str:
    """The text with short forms written out and slips in the words of the trade mended; what is all capitals may be a ticker and stays."""
    return _WORD.sub(lambda match: _mended(match.group()), text)


def _mended(word: str) -> str:
    low = word.lower()
    if low in _SHORT:
        return _SHORT[low]
    if word.isupper() or len(low) < _SHORTEST_SLIP or low in _KNOWN or low in _OTHERS or low.startswith(_LONG):
        return word
    meant = [one for one in _LONG if _is_slip(low, one)]
    return meant[0] if meant else word


def _is_slip(typed: str, meant: str) -> bool:
    """Whether one letter is missing, doubled or wrong, or two neighbours have changed places; the first letter is hardly ever."""
    if typed[0] != meant[0] or abs(len(typed) - len(meant)) > 1:
        return False
    at = next((index for index, (one, other) in enumerate(zip(typed, meant, strict=False)) if one != other), min(len(typed), len(meant)))
    swapped = typed[at + 1 : at + 2] + typed[at : at + 1] + typed[at + 2 :]
    return typed[at + 1 :] in {meant[at:], meant[at + 1 :]} or typed[at:] == meant[at + 1 :] or swapped == meant[at:]
