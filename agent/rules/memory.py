"""Questions about liquidity over time, told by their words: whether it is normal, how it went, what was odd, how it may go on."""

import re
from collections.abc import Mapping

from .intent import Aside, Asks, Metric, Subject, Window
from .scanning import once, patterns

OVER_TIME: frozenset[str | None] = frozenset({"normal", "history", "alerts", "forecast"})
"""Subjects that are about a window of time."""

_OF_BOOKS: frozenset[str | None] = frozenset({"compare", "quote", "book", "depth", "chart"})
"""Subjects that, with a window beside them, ask how it went."""
_FIGURES = r"(?:spreads?|depth|liquidity|imbalance|books?|markets?)"
_WENT = (
    r"(?:drop\w*|fall\w*|fell|rise\w*|rose|widen\w*|narrow\w*|tighten\w*|collaps\w*"
    r"|spike\w*|thin\w*|chang\w*|mov\w*|recover\w*|improv\w*|dr(?:y|ied) up|vanish\w*)"
)
_STRETCH = r"(?:(?:the|its|is|his|last|past|previous|this|trailing|\d+|\d*[ -]?(?:h|d|w|hours?|days?|weeks?|months?)|daily|weekly|monthly)(?:'s)?[ -])*"
"""What may stand before “average”: of which time it is one."""
_COMPARED_TO_USUAL = re.compile(
    r"\b(?:compared? (?:it |that |this )?(?:with|to)|vs|versus|against) (?:the |its |his )?(?:usual|normal|average|typical|baseline)\b", re.IGNORECASE
)
_TO_USUAL = re.compile(rf"\b(?:than|to|with|as|from|versus|vs|against) {_STRETCH}(?:usual|normal|average|typical|baseline)\b", re.IGNORECASE)
_SEVERAL = 2
_PRESENT = re.compile(r"\b(?:right now|currently|at the moment|now)\b", re.IGNORECASE)
_LIQUIDITY = re.compile(r"\b(?:spreads?|depth|liquidity|liquid|illiquid|imbalance|books?|thin(?:ner)?|deep(?:er)?|wide[nr]?|tight(?:er|en)?)\b", re.IGNORECASE)
_PRICE = re.compile(r"\bprices?\b", re.IGNORECASE)

_SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = patterns(
    {
        "snapshot": (r"\b(take|capture|grab|store|save|make|record|keep)\b.*\bsnap ?shots?\b", r"^\W*(please )?snap ?shot\b"),
        "alerts": (
            r"\balerts?\b(?!\s*\()",
            r"\bdown ?time\b|\b(?:offline|unreachable|unavailable)\b",
            r"\balarms?\b",
            r"\b(what|anything)('s|s)?( is| are)? ((still|currently|now) )?(standing|stands|firing|alerting)\b(?!.*\d)",
            r"\banomal\w+",
            r"\b(?:any|was there an?|were there)\b.*\b(?:jumps?|spikes?)\b",
            r"\bincidents?\b",
            r"\b(anything|something|what|whats|what's) (is |looks |was |go |goes |went )?(unusual|abnormal|strange|weird|odd|wrong|off)\b",
            r"\b(anything|something) (break|breaks|broke|broken|happen|happens|happened|blow up|blew up)\b",
            r"\boutages?\b",
        ),
        "normal": (
            rf"\b(than|to|with|as|from|versus|vs|against) {_STRETCH}(usual|normal|average|mean|median|typical|always|baseline)\b",
            r"\b(usual|usually|unusual\w*|abnormal\w*|normal|normally|typical\w*|baseline|percentile|p(?:5|95))\b",
            rf"\b(?:average|mean|median|avg)\b(?! (?:price|fill|execution|cost))(?:[^\w]+[\w/'-]+){{0,4}}?[^\w]+{_FIGURES}\b",
            rf"\b{_FIGURES}\b.*\bon average\b",
            rf"^\W*(?:but |and |so |ok )*why\b.*\b{_FIGURES}\b",
            r"\bhow(?:'s|s| is| are)\b.*\b(?:doing|looking|holding up)\b",
            rf"\b{_FIGURES} (?:is |are |look |looks )?(?:still )?(?:ok|okay|healthy|in line|out of line)\b",
            r"\bcompar\w*\b.*\b(to|with|against) (the )?(last|past|previous|yesterday)\b",
            r"\b(better|worse|wider|tighter|thinner|deeper|thicker|higher|lower|narrower) than (before|earlier|yesterday|it was|last|this|in the)\b",
        ),
        "history": (
            r"\bhistor(y|ical|ically)\b",
            r"\bover time\b",
            r"\btrend\w*",
            r"\b(getting|got|gotten) (worse|better|thinner|deeper|wider|tighter)\b",
            r"\b(changed|used to be|evol\w+|develop\w*)\b",
            r"\bwhat('s| has|s)? happen\w*\b",
            r"\bwhat(?:'s|s| is) (?:up|going on|the (?:deal|story|matter))\b",
            rf"\bhow\b.*\b(?:did|has|have|was|were)\b.*\b{_FIGURES}\b",
            rf"\b(?:did|has|have|was|were)\b.*\b{_FIGURES}\b.*\b{_WENT}\b",
            rf"\b{_FIGURES}\b.*\b(?:dropped|fallen|fell|risen|rose|widened|narrowed|tightened|collapsed|spiked|thinned|moved)\b",
            r"\b(than|to|as|from|versus|vs) (before|earlier)\b",
        ),
    }
)
_IS = r"^\W*(?:(?:but|and|so|ok) )*(?:is|are|why is|why are|why's)\b(?!.*\b(?:enough|to)\b)"
_JUDGED = re.compile(rf"{_IS}.*\b{_FIGURES}\b.*\b(?:ok|okay|fine|healthy|good|bad|low|high)\b|{_IS}.*\b(?:thin|illiquid|wide|tight)\b", re.IGNORECASE)
"""A figure called good or bad, by what is usual; not whether it is good enough for something."""
_METRICS: tuple[tuple[Metric, re.Pattern[str]], ...] = patterns(
    {
        "spread": (r"\bspreads?\b", r"\bwide(?:[nr]\w*|st)\b", r"\btight\w*", r"\bnarrow\w*"),
        "imbalance": (r"\bimbalanced?\b",),
        "depth": (r"\bdepth\b", r"\bdeep\w*", r"\bthin\w*"),
        "price": (r"\bprices?\b", r"\bmid\b"),
    }
)
_ASKS: tuple[tuple[Asks, re.Pattern[str]], ...] = patterns(
    {
        "highest": (r"\b(?:highest|widest|deepest|thickest|largest|biggest|greatest|max(?:imum)?|peak(?:s|ed)?|most liquid)\b",),
        "lowest": (r"(?<!\bat )\b(?:lowest|tightest|narrowest|thinnest|shallowest|smallest|least|min(?:imum)?|bottom(?:s|ed)?)\b",),
        "average": (r"\b(?:average[ds]?|avg|mean(?= \w))\b",),
        "median": (r"\bmedian\b",),
        "outage": (r"\boutages?\b|\bdown ?time\b|\b(?:offline|unreachable|unavailable)\b",),
        "why": (r"^\W*(?:but |and |so |ok )*(?:why|how come)\b",),
    }
)
_ANSWERED: Mapping[Subject | Aside, tuple[Asks, ...]] = {"normal": ("average", "median", "why"), "history": ("highest", "lowest"), "alerts": ("outage",)}
_BEST, _WORST = re.compile(r"\bbest\b", re.IGNORECASE), re.compile(r"\bworst\b", re.IGNORECASE)
_WENT_DOWN = re.compile(
    r"\b(?:go|goes|went|gone|going|been|was|were|is|are|be)\b.*\b(?:down|dark)\b"
    r"|\b(?:is|are|was|were|been)\b.*\b(?:up|online|alive|available|working)(?: (?:today|yesterday|(?:right )?now))?\W*$",
    re.IGNORECASE,
)
"""What asks whether an exchange answers; up only at the end, as "up to" is none."""
_EXTREME = re.compile(r"\b(?:widest|narrowest|tightest|deepest|thinnest|highest|lowest)\b", re.IGNORECASE)
_WHICH = re.compile(r"\b(?:which|where|exchanges?|venues?)\b", re.IGNORECASE)
_PAST = re.compile(r"\b(?:was|were|had|did|been|when)\b", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:compar\w*|versus|vs|against)\b", re.IGNORECASE)
_AGAINST = re.compile(r"\b(?:than|now|current\w*)\b", re.IGNORECASE)


def subject(text: str) -> Subject | None:
    """What of the past, or of now beside it, a question asks after; None where it does not."""
    found: Subject | None = next((found for found, pattern in _SUBJECTS if pattern.search(text)), None)
    return found or ("normal" if _JUDGED.search(text) else None)


def of_window(found: Subject | None, window: Window | None, text: str) -> Subject | None:
    """What a question about books becomes by naming a stretch of the past, or a figure of what was; `today` does only beside an extreme."""
    extreme = window and _EXTREME.search(text) and not _WHICH.search(text)
    past = (window and window.words != "today") or extreme or (asks(text) and _PAST.search(text))
    return "history" if past and found in _OF_BOOKS else found


def asks(text: str, kind: Subject | Aside | None = None) -> tuple[Asks, ...]:
    """What of the past is to be said first; best is a narrow spread, and of anything else the most."""
    ends: tuple[Asks, Asks] = ("lowest", "highest") if metric(text) == "spread" else ("highest", "lowest")
    by_worth: list[Asks] = [end for end, pattern in zip(ends, (_BEST, _WORST), strict=True) if pattern.search(text)]
    found: list[Asks] = [one for one, pattern in _ASKS if pattern.search(text)]
    found += by_worth
    if kind == "alerts" and of_exchange_alone(text):
        found.append("outage")
    return once(found)


def words(kind: Subject | Aside) -> list[re.Pattern[str]]:
    """What a question of this kind is told by that its answer makes use of."""
    named = [pattern for one, pattern in _ASKS if one in _ANSWERED.get(kind, ())]
    worth = [_BEST, _WORST] if kind == "history" else []
    figures = _METRICS if kind in _ANSWERED and kind != "alerts" else ()
    judged = [_JUDGED] if kind == "normal" else []
    return [*(pattern for _, pattern in (*_SUBJECTS, *figures)), *judged, *named, *worth, _WENT_DOWN, _PAST, _COMPARED, _AGAINST]


def without_asks(text: str) -> str:
    """The text without the words that `asks` reads."""
    for pattern in (*(pattern for _, pattern in _ASKS), _BEST, _WORST):
        text = pattern.sub(" ", text)
    return text


def of_exchange_alone(text: str) -> Subject | None:
    """What a question about an exchange and no asset is after that says it went down."""
    return "alerts" if _WENT_DOWN.search(text) and metric(text) is None else None


def sets_against(text: str, exchanges: int) -> bool:
    """Whether a question sets two moments, or a moment and now, against each other; of several exchanges it may be these that it compares."""
    text = _TO_USUAL.sub(" ", without_usual(text))
    return bool(_AGAINST.search(text) or (exchanges < _SEVERAL and _COMPARED.search(text)))


def of_liquidity(text: str) -> bool:
    """Whether a question about what is to come asks after liquidity, which can be told a range of, and not after price."""
    return bool(_LIQUIDITY.search(text)) and not _PRICE.search(text)


def metric(text: str) -> Metric | None:
    """The figure that the question names first."""
    found: dict[Metric, int] = {name: match.start() for name, pattern in _METRICS if (match := pattern.search(text))}
    return min(found, key=lambda name: found[name], default=None)


def about_now(text: str) -> bool:
    """Whether a question insists on the present."""
    return bool(_PRESENT.search(text))


def without_usual(text: str) -> str:
    """The text without "compared to usual", which adds no exchange to a comparison."""
    return _COMPARED_TO_USUAL.sub(" ", text)
