"""Exchanges that a question leaves out: “excluding binance”, “not on kraken”, “other than okx”."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from .markets import names_nothing
from .scanning import TAKEN, once, words_pattern
from .vocabulary import EXCHANGE_NAMES

_NEGATION = (
    r"(?<!why )\b(?:excluding|exclude|excl\.?|except(?:ing)?(?: for)?|without|other than|apart from|aside from|besides|but not|rather than|instead of|minus"
    r"|ignor(?:e|ing)|skip(?:ping)?|avoid(?:ing)?|leav(?:e|ing) out|outside(?: of)?|(?:all|everywhere|anywhere|everything|exchanges?|venues?) but"
    r"|(?:do not|don't|dont|never) (?:use|want|include|show|consider)|not|no)"
)
_LINK = r"(?:\s+(?:on|at|via|using|use|from|including|include|the|going|through|to|in|with))*\s+"
_JOINED = r"(?:\s*,\s*(?:and |or |nor )?|\s+(?:and|or|nor|&)\s+|\s*/\s*)(?:on |at )?"
_EVIDENT = re.compile(rf"(?<!why )\b(?:excluding|exclude|except(?: for)?|other than|not on|not at){_LINK}(?P<word>[A-Za-z]{{3,20}})(?!\w)", re.IGNORECASE)
_LIKELY = re.compile(rf"{_NEGATION}{_LINK}(?P<word>[A-Za-z]{{3,20}})(?!\w)", re.IGNORECASE)
_DOUBT = r"(?:(?<!why )\bnot|n't|\bnever|\bexcept|\bexcluding|\bexclude|\bother than|\bapart from|\bhate|\bdislike|\bdistrust|\bavoid)(?:\s+[A-Za-z']+){1,3}\s+"
_SIMILAR = 0.8


class Excluded(NamedTuple):
    """The exchanges left out, the text without them, and a question back where a negation is not clear."""

    exchanges: tuple[str, ...]
    rest: str
    question: str


def exclusions(text: str, configured: Iterable[str]) -> Excluded:
    """Read what is left out; a negation near an exchange that is not understood becomes a question, never an inclusion."""
    names = {**EXCHANGE_NAMES, **{one: one for one in configured}}
    venue = words_pattern(names)
    venues = rf"{venue}(?:{_JOINED}{venue})*"
    found: list[str] = []

    def leave_out(match: re.Match[str]) -> str:
        found.extend(names[" ".join(one.lower().split())] for one in re.findall(venue, match.group(), re.IGNORECASE))
        return TAKEN * len(match.group())

    for pattern in (rf"{_NEGATION}{_LINK}{venues}", rf"{venues}\s+(?:is |are )?(?:excluded|aside|left out)\b"):
        text = re.sub(pattern, leave_out, text, flags=re.IGNORECASE)
    return Excluded(once(found), text, _doubt(text, venue, names))


def _doubt(text: str, venue: str, names: Mapping[str, str]) -> str:
    unclear = re.search(rf"{_DOUBT}(?P<venue>{venue})", text, re.IGNORECASE)
    if unclear:
        name = names[" ".join(unclear["venue"].lower().split())]
        return f"Shall I leave {name} out or use it? Say “excluding {name}” or “on {name}”."
    evident, likely = ([match["word"] for match in pattern.finditer(text) if names_nothing(match["word"])] for pattern in (_EVIDENT, _LIKELY))
    for word in (*(word for word in likely if _close(word, names)), *evident):
        close = _close(word, names)
        meant = f" Did you mean {names[close[0]]}?" if close else ""
        return f"I do not know an exchange “{word}” to leave out.{meant}"
    return ""


def _close(word: str, names: Mapping[str, str]) -> list[str]:
    return get_close_matches(word.lower(), names, n=1, cutoff=_SIMILAR)
