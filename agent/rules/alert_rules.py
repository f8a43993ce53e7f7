"""The asker's own alert rules, read from a question and written as the tool takes them: `BTC spread on kraken > 5 bps`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from tools.analytics.rules import Rule, RuleStatus, parse
from tools.errors import InvalidArgument

from . import removal
from .intent import Intent, Metric, RuleWords, Size
from .removal import RULES
from .scanning import blank, patterns

_ASKS = re.compile(
    r"\b(alert|warn|ping|notify|wake|remind) (me|us)\b"
    r"|\b(tell|let|message|inform)\b (me|us)\b.*\b(when|whenever|once|as soon as)\b"
    r".*\b(?:is|are|gets?|becomes?|turns?|looks?) (?:(?:too|very|so|really|un\w+) )*(?:wide|narrow|tight|thin|deep|high|low|bad|poor|good|large|small|off)\b"
    r"|\b(tell|let|message|inform)\b (me|us)\b(?: know)?(?: on \w+)? (when|whenever|once(?! more| again)|as soon as)\b"
    r"(?!.*\b(is|are|was|were|did|do|does|has|have|had)\b)"
    r"|\b(add|create|set|set up|make|store|save|new|put)\b (?:(?:up|me|us|a|an|the|this|new|alert|another) )*(alerts?|alarms?|rules?|notifications?)\b"
    r"|\b(alert|alarm|rule|notification) (when|if|once|for when)\b",
    re.IGNORECASE,
)
_MAY_ASK = re.compile(r"\b(tell|let|message|inform)\b (me|us)\b.*\b(if|when|whenever|once|as soon as|should)\b", re.IGNORECASE)
_LIST = re.compile(
    rf"\b(?:my|our) (?:own )?(?:alert |alarm )?{RULES}\b|\balert(?:ing)? rules?\b|\b(?:list|show|see|which|what)\b(?: me)?(?: all)?(?: the| are the)? rules\b"
    r"|^\W*rules\W*$|\b(?:rules|alerts) (?:are (?:stored|set)|do i have|have i|did i set)\b|\bdo i have\b.*\brules?\b",
    re.IGNORECASE,
)
_TEST = re.compile(
    r"\bwould\b.*\b(?:fire[ds]?|trigger(?:ed|s)?|go off|gone off)\b|\brules?\b.*\b(?:fire[ds]?|trigger(?:ed|s)?)\b|\bback ?test\w*", re.IGNORECASE
)
_CHANGE = re.compile(
    r"\b(?:(?P<down>drops?|falls?|sinks?|shrinks?|dips?|thins?|declines?|decreases?|narrows?|tightens?)"
    r"|(?P<up>rises?|jumps?|climbs?|spikes?|grows?|widens?|increases?|moves?|changes?))"
    r"\s+(?:by )?(?:(?:more than|over|at least) )?(?P<number>\d+(?:\.\d+)?)\s?(?:%|percent|per cent|pct)",
    re.IGNORECASE,
)
_IN_MONEY: frozenset[Metric | None] = frozenset({"depth", "bid depth", "ask depth", "price"})
"""Figures of which a per cent can only be a change."""
_ABOVE = (
    r"above|over|past|exceed\w*|pass(?:es|ed|ing)?|beyond|cross\w*|breaks?|tops|(?:more|greater|higher|wider|larger|bigger|deeper) than|hits?|reach\w*|at least"
    r"|(?:rises?|widens?|grows?|jumps?|climbs?|increases?|goes up|gets) to"
)
_BELOW = (
    r"below|under|beneath|(?:less|lower|thinner|smaller|tighter|narrower) than|at most|(?:falls?|drops?|shrinks?|dips?|sinks?|tightens?|narrows?|goes down) to"
)
_VALUE = (
    r"(?P<money>US\$|\$)?\s?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?![\d.,]*\d)"
    r"(?:\s?(?P<scale>k|thousand|mm|mn|mio|million|m|billion|bn|b)(?![A-Za-z]))?"
    r"(?:\s?(?P<unit>%|(?:percent|per cent|pct|bps?|basis points?|usd[tc]?|us dollars?|dollars?|bucks)\b))?"
)
# Of the past 24 h, or for over 2 days.
_NO_TIME = r"(?!\s?(?:h|hrs?|hours?|d|days?|wks?|weeks?|mins?|minutes?|months?)\b)"
_CONDITION = re.compile(
    rf"(?:(?<!\w)(?:(?P<above>{_ABOVE})|(?P<below>{_BELOW}))|(?P<more>>=?)|(?P<less><=?))\s*(?:the |a |an )?{_VALUE}{_NO_TIME}", re.IGNORECASE
)
_WITHIN = re.compile(r"\bwithin\s+(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>%|percent|per cent|pct|bps?|basis points?)(?!\w)", re.IGNORECASE)
_MADE_ID = r"\b(?:spread|(?:bid-|ask-)?depth|imbalance|price)-[0-9a-f]{6}\b"
_ID = re.compile(rf"(?P<made>{_MADE_ID})|\b(?:rule|alert|id)s?\s+(?:id |number |no\.? |#)?(?P<id>(?=[\w-]*\d)[0-9a-z][\w-]*)\b", re.IGNORECASE)
_A_PRICE_FROM = 1_000
_SCALES: Mapping[str, float] = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}

_METRICS: tuple[tuple[Metric, re.Pattern[str]], ...] = patterns(
    {
        "bid depth": (r"\bbid (side )?(depth|liquidity|size)\b", r"\bdepth of (the )?bids\b"),
        "ask depth": (r"\bask (side )?(depth|liquidity|size)\b", r"\bdepth of (the )?asks\b"),
        "spread": (r"\bspreads?\b",),
        "imbalance": (r"\bimbalanced?\b",),
        "depth": (r"\bdepth\b", r"\bdeep(er)?\b", r"\b(il)?liquid(ity)?\b", r"\bthin(ner)?\b"),
        "price": (r"\bprices?\b", r"\bmid\b", r"\btrad(es|ing)\b"),
    }
)


def words() -> list[re.Pattern[str]]:
    """What a wish about rules is told by."""
    return [_ASKS, _MAY_ASK, _TEST, _LIST, *(pattern for _, pattern in _METRICS)]


def metric(text: str) -> Metric | None:
    """The figure that words ask after."""
    return next((metric for metric, pattern in _METRICS if pattern.search(text)), None)


def read(text: str) -> tuple[RuleWords | None, str]:
    """What is to be done with a rule, if anything; what was read of it is taken from the text."""
    condition = _CONDITION.search(text)
    action = _action(text, condition)
    if action is None or action == "list":
        return RuleWords("list") if action else None, text
    change = _CHANGE.search(text) if action == "add" else None
    within = _WITHIN.search(text)
    rule_id = _ID.search(text) if action == "remove" and condition is None else None
    found = RuleWords(
        action,
        metric(text) or _metric_of(condition),
        above=None if condition is None else bool(condition["above"] or condition["more"]),
        value=_value(condition) if condition else "",
        within=_within(within) if within else "",
        rule_id=(rule_id["made"] or rule_id["id"]).lower() if rule_id else "",
        every=action == "remove" and removal.is_every(text),
    )
    rest = text
    for part in (within, change or condition, rule_id):
        rest = blank(rest, part) if part else rest
    return replace(_as_change(found, change), plain=action == "remove" and removal.is_plain(text, rest)), rest


def _as_change(found: RuleWords, change: re.Match[str] | None) -> RuleWords:
    """The rule, or the change that is asked for instead of a level: of a depth or a price a per cent can be nothing else."""
    if change:
        return replace(found, above=bool(change["up"]), value="", by=f"{float(change['number']):g}%")
    return replace(found, value="", by=found.value) if found.metric in _IN_MONEY and found.value.endswith("%") else found


def follow_up(before: RuleWords, intent: Intent) -> RuleWords:
    """The rule of before with what a follow-up adds: `5 bps` after "from what level?", another asset; nothing more is removed by it."""
    value = f"{intent.band_pct:g}%" if intent.band_pct is not None else _dollars(intent.sizes[0]) if intent.sizes else before.value
    above = before.above if before.above is not None or value == before.value else before.metric not in {"depth", "bid depth", "ask depth"}
    return replace(before, value=value, above=above, by="" if value else before.by, plain=False)


def can_mean(said: RuleWords, stored: RuleStatus) -> bool:
    """Whether what was said of a rule to be removed can be said of a stored one."""
    of_asset = not said.symbols or {stored.symbol, stored.symbol.partition("/")[0]} & {*said.symbols}
    of_exchange = not said.exchanges or stored.exchange in said.exchanges
    return bool(of_asset) and of_exchange and stored.metric.endswith(said.metric or "")


def text_of(rule: RuleWords, symbol: str, exchange: str) -> str:
    """The rule as the tool takes it; an empty exchange leaves the default."""
    parts = [
        symbol,
        rule.metric or "",
        f"within {rule.within}" if rule.within else "",
        f"on {exchange}" if exchange else "",
        ">" if rule.above else "<",
        rule.value,
    ]
    return " ".join(part for part in parts if part)


def known(rule: RuleWords, symbol: str, exchange: str) -> Rule | None:
    """The rule as the tool reads it; None where it cannot, or something is missing."""
    try:
        return parse(text_of(rule, symbol, exchange), exchange) if rule.metric and rule.value else None
    except InvalidArgument:
        return None


def _action(text: str, condition: re.Match[str] | None) -> Literal["list", "add", "remove", "test"] | None:
    if removal.ASKED.search(text):
        return "remove"
    if _TEST.search(text):
        return "test"
    as_written = condition is not None and (condition["more"] or condition["less"]) and metric(text)
    if _ASKS.search(text) or as_written or (condition and _MAY_ASK.search(text)):
        return "add"
    return "list" if _LIST.search(text) else None


def _metric_of(condition: re.Match[str] | None) -> Metric | None:
    """What a bare value can only mean: basis points a spread, dollars or a large number a price."""
    value = _value(condition) if condition else ""
    if value.endswith(" bps"):
        return "spread"
    return "price" if value.startswith("$") or (value.isdecimal() and int(value) >= _A_PRICE_FROM) else None


def _value(condition: re.Match[str]) -> str:
    scale = _SCALES.get((condition["scale"] or "")[:1].lower(), 1.0)
    unit = _unit(condition["unit"] or "")
    number = float(condition["number"].replace(",", "")) * scale
    return f"${number:.12g}" if condition["money"] or unit == "usd" else f"{number:.12g}{unit}"


def _within(match: re.Match[str]) -> str:
    pct = float(match["number"]) / (100 if match["unit"].lower().startswith("b") else 1)
    return f"{pct:g}%"


def _unit(word: str) -> str:
    word = word.lower()
    if word.startswith(("%", "p")):
        return "%"
    return "usd" if word.startswith(("u", "d")) or word == "bucks" else " bps" if word else ""


def _dollars(size: Size) -> str:
    return f"${size.amount:.12g}" if size.unit in {"usd", "unclear"} else f"{size.amount:.12g}"
