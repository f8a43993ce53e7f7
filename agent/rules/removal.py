"""Wishes to remove alert rules: what is lost cannot be had back, so only what says nothing else besides is one that is followed."""

import re

from .scanning import TAKEN
from .vocabulary import ASSET_NAMES, EXCHANGE_NAMES, OF_REMOVALS, STABLECOINS, TICKERS, WORDLIKE_TICKERS

RULES = r"(?:rules?|alerts?|alarms?|notifications?)"
_START = r"^\W*(?:(?:please|pls|kindly|can you|could you|would you|will you|now|and|ok|okay|then|also)[\s,]+)*"
ASKED = re.compile(
    rf"{_START}(?:remove|delete|drop|cancel|clear|forget|disable|get rid of)\b.*\b{RULES}\b|\b(?:remove|delete|cancel|disable)\b.*\b{RULES}\b"
    r"|\b(?:stop|quit|don't|do not|no longer) (?:alert|warn|ping|notify|tell)(?:ing)? (?:me|us)\b"
    rf"|{_START}(?:remove|delete|drop) (?:it|that|this)(?: one)?\b|{_START}(?:remove|delete|drop)\b"
    r"(?=.*(?:[<>]|\b(?:above|below|over|under)\b|\w-[0-9a-f]{6}\b))",
    re.IGNORECASE,
)
"""What speaks of a removal, be it asked for, asked about or forbidden."""
_EVERY = re.compile(rf"\b(?:all|every|each)\b.*\b{RULES}\b", re.IGNORECASE)
_COMMAND = re.compile(
    rf"{_START}(?:remove|delete|drop|cancel|clear|forget|disable|get rid of|(?:stop|quit) (?:alerting|warning|pinging|notifying|telling) (?:me|us))\b",
    re.IGNORECASE,
)
_OF_YOU = re.compile(r"\b(?:can|could|would|will) you\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_](?:[\w.'-]*\w)?")
_PUNCTUATION = frozenset(" \t\r\n.,!?:;\"'`/#" + TAKEN)
_EXCHANGES = frozenset(part for name in EXCHANGE_NAMES for part in name.split())


def is_every(text: str) -> bool:
    """Whether all rules are spoken of, or all of a kind."""
    return bool(_EVERY.search(text))


def is_plain(text: str, rest: str) -> bool:
    """Whether a wish is a command and has no word, such as “except” or “not”, that is none of those a plain one is made of.

    `rest` is the text without the level or the id of the rule.
    """
    command = _COMMAND.match(text)
    if not command or ("?" in text and not _OF_YOU.search(command.group())):
        return False
    beside = rest[command.end() :]
    words = _WORD.findall(beside)
    return all(_is_harmless(word) for word in words) and {*_WORD.sub("", beside)} <= _PUNCTUATION


def _is_harmless(word: str) -> bool:
    lower, upper = word.lower(), word.upper()
    if upper in TICKERS:
        return word == upper or upper not in WORDLIKE_TICKERS
    return lower in OF_REMOVALS or lower in ASSET_NAMES or lower in _EXCHANGES or upper in STABLECOINS
