"""The words of a question that its answer makes no use of, so that they are said and not dropped."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Literal

from . import alert_rules, memory
from .intent import Aside, RuleWords, Subject
from .scanning import TAKEN, blank, once, parts, patterns
from .subjects import ADDS, CONTINUES, EVERYWHERE, SIDES, SUBJECTS
from .vocabulary import FILLERS, IDLE

Slot = Literal["rule", "fees", "window", "band", "levels", "sizes", "markets"]

_EVERY: frozenset[Slot] = frozenset({"rule", "markets"})
_SLOTS: Mapping[Subject | Aside, frozenset[Slot]] = {
    "cheapest": frozenset({"sizes", "fees"}),
    "impact": frozenset({"sizes", "fees"}),
    "compare": frozenset({"band"}),
    "depth": frozenset({"band"}),
    "book": frozenset({"levels"}),
    "walls": frozenset({"band", "window"}),
    "normal": frozenset({"window"}),
    "history": frozenset({"window"}),
    "alerts": frozenset({"band", "window"}),
}
"""What of a question an answer goes by, beside its markets."""
_OF_BOOKS: tuple[Subject, ...] = ("compare", "depth", "book", "quote", "chart")
_TELLS: Mapping[Subject | Aside, tuple[Subject, ...]] = {
    "cheapest": ("cheapest", "impact", "compare", "quote"),
    "impact": ("impact", "cheapest", "quote"),
    "arbitrage": ("arbitrage", "compare", "quote"),
    "walls": ("walls", "depth", "quote", "book", "chart"),
    "book": ("book", "quote"),
    "depth": ("depth", "quote", "book", "chart"),
    "chart": ("depth", "chart", "book"),
    "quote": _OF_BOOKS,
    "compare": _OF_BOOKS,
    "normal": _OF_BOOKS,
    "history": _OF_BOOKS,
    "forecast": _OF_BOOKS[1:],
    "alerts": _OF_BOOKS[1:],
    "snapshot": (),
    "rules": (),
}
"""What else an answer to one subject tells of."""
_ALSO: tuple[tuple[Subject, re.Pattern[str]], ...] = patterns(
    {
        "cheapest": (r"\b(?:best|between|expect)\b",),
        "impact": (r"\b(?:best|move|take|enough|absorb|handle|expect)\b",),
        "arbitrage": (r"\b(?:between)\b",),
        "compare": (r"\b(?:best|between)\b",),
        "walls": (r"\b(?:big|large|huge|above|below)\b",),
        "normal": (r"\b(?:still|more|less|unusual\w*|worse|better|(?:wide|tight|narrow|thin|deep|thick|high|low)(?:er|r|n?er)?|between|against)\b",),
        "history": (r"\b(?:between|against|how far)\b",),
        "alerts": (r"\b(?:detect|check|raised|stood|active|open|threshold|deviations?|dashboard)\b",),
        "forecast": (
            r"\b(?:forecast\w*|predict\w*|outlook|expect\w*|will|tomorrow|tonight|next (?:day|24 ?h(?:ours)?))\b",
            r"\b(?:widen|narrow|tighten|recover|improve|better|worse|deep|wide)\b",
        ),
        "rules": (r"\b(?:keep an eye|alerts?|alarms?|goes|gets|moves?|drops?|falls?|sinks?|rises?|climbs?|jumps?|spikes?|widens?|narrows?)\b",),
    }
)
"""Words that name a subject only beside others."""
_WORD = re.compile(r"[$€£]?\d[\w.,:%/-]*|[A-Za-z][\w-]*")


def unread(whole: str, left: Sequence[tuple[Slot, str]], kind: Subject | Aside | None, rule: RuleWords | None) -> tuple[str, ...]:
    """The words of a question that say something and are not used by an answer of this kind.

    `left` is what each reader left of the `whole`, under the name of what it took.
    """
    if kind is None or kind not in _TELLS or (rule and rule.action in {"list", "remove"}):
        return ()
    used = _EVERY | _SLOTS.get(kind, frozenset()) | ({"window"} if rule and rule.action == "test" else set())
    text = whole
    for before, (slot, after) in zip([whole, *(one for _, one in left)], left, strict=False):
        if slot in used:
            text = "".join(TAKEN if was != left else kept for was, left, kept in zip(before, after, text, strict=True))
    for match in [match for pattern in _patterns(kind) for match in pattern.finditer(text)]:
        text = blank(text, match)
    return once(_phrases(text))


@cache
def _patterns(kind: Subject | Aside) -> list[re.Pattern[str]]:
    """What the words are known by that an answer of this kind makes use of."""
    told = [whole for subject, whole in SUBJECTS if subject in _TELLS[kind]]
    over_time = memory.words(kind) if kind in {*memory.OVER_TIME, "snapshot"} else alert_rules.words() if kind == "rules" else []
    generic = [EVERYWHERE, ADDS, CONTINUES, *(pattern for _, pattern in SIDES)]
    also = [whole for subject, whole in _ALSO if subject == kind]
    return [piece for whole in (*generic, *told, *over_time, *also) for piece in parts(whole)]


def _phrases(text: str) -> Iterator[str]:
    """The words that are left, those that stand together as one."""
    words = [match for match in _WORD.finditer(text) if match.group().rstrip(".,:-").lower() not in FILLERS | IDLE]
    start = 0
    for index, word in enumerate(words):
        following = text[word.end() : words[index + 1].start()] if index + 1 < len(words) else TAKEN
        if TAKEN in following or re.search(r"[,;.?!]", following):
            yield text[words[start].start() : word.end()].rstrip(".,:-")
            start = index + 1
