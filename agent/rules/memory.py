"""Questions about liquidity over time, told by their words: whether it is normal, how it went, what was odd, how it may go on."""

import re

from .intent import Metric, Subject, Window
from .scanning import patterns

OVER_TIME: frozenset[str | None] = frozenset({"normal", "history", "alerts", "forecast"})
"""Subjects that are about a window of time."""

_OF_BOOKS: frozenset[str | None] = frozenset({"compare", "quote", "book", "depth", "chart"})
"""Subjects that, with a window beside them, ask how it went."""
_FIGURES = r"(?:spreads?|depth|liquidity|imbalance|books?|markets?)"
_WENT = (
    r"(?:drop\w*|fall\w*|fell|rise\w*|rose|widen\w*|narrow\w*|tighten\w*|collaps\w*"
    r"|spike\w*|thin\w*|chang\w*|mov\w*|recover\w*|improv\w*|dr(?:y|ied) up|vanish\w*)"
)
_COMPARED_TO_USUAL = re.compile(
    r"\b(?:compared? (?:it |that |this )?(?:with|to)|vs|versus|against) (?:the |its |his )?(?:usual|normal|average|typical|baseline)\b", re.IGNORECASE
)
_PRESENT = re.compile(r"\b(?:right now|currently|at the moment|now)\b", re.IGNORECASE)
_LIQUIDITY = re.compile(r"\b(?:spreads?|depth|liquidity|liquid|illiquid|imbalance|books?|thin(?:ner)?|deep(?:er)?|wide[nr]?|tight(?:er|en)?)\b", re.IGNORECASE)
_PRICE = re.compile(r"\bprices?\b", re.IGNORECASE)

_SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = patterns(
    {
        "snapshot": (r"\b(take|capture|grab|store|save|make|record|keep)\b.*\bsnap ?shots?\b", r"^\W*(please )?snap ?shot\b"),
        "alerts": (
            r"\balerts?\b(?!\s*\()",
            r"\balarms?\b",
            r"\b(what|anything)('s|s)?( is| are)? ((still|currently|now) )?(standing|stands|firing|alerting)\b(?!.*\d)",
            r"\banomal\w+",
            r"\bincidents?\b",
            r"\b(anything|something|what|whats|what's) (is |looks |was )?(unusual|abnormal|strange|weird|odd|wrong|off)\b",
            r"\boutages?\b",
        ),
        "normal": (
            r"\b(than|to|as|from|versus|vs|against) (the |its |is )?(usual|normal|average|typical|always|baseline)\b",
            r"\b(usual|usually|unusual\w*|abnormal\w*|normal|normally|typical\w*|baseline|percentile)\b",
            r"\b(average|median|mean) (spreads?|depth|liquidity|imbalance)\b",
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
            rf"\bhow\b.*\b(?:did|has|have|was|were)\b.*\b{_FIGURES}\b",
            rf"\b(?:did|has|have|was|were)\b.*\b{_FIGURES}\b.*\b{_WENT}\b",
            rf"\b{_FIGURES}\b.*\b(?:dropped|fallen|fell|risen|rose|widened|narrowed|tightened|collapsed|spiked|thinned|moved)\b",
            r"\b(than|to|as|from|versus|vs) (before|earlier)\b",
        ),
    }
)
_METRICS: tuple[tuple[Metric, re.Pattern[str]], ...] = patterns(
    {
        "spread": (r"\bspreads?\b", r"\bwide[nr]\w*", r"\btight\w*", r"\bnarrow\w*"),
        "imbalance": (r"\bimbalanced?\b",),
        "depth": (r"\bdepth\b", r"\bdeep\w*", r"\bthin\w*"),
        "price": (r"\bprices?\b", r"\bmid\b"),
    }
)


def subject(text: str) -> Subject | None:
    """What of the past, or of now beside it, a question asks after; None where it does not."""
    return next((found for found, pattern in _SUBJECTS if pattern.search(text)), None)


def of_window(found: Subject | None, window: Window | None) -> Subject | None:
    """What a question about books becomes by naming a stretch of the past; `today` alone does not."""
    return "history" if window and window.words != "today" and found in _OF_BOOKS else found


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
