"""Amounts that the grammar sees but cannot take: said at once, and never read as something near."""

import re

_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?(?:\s?(?:k|m|mm|million|thousand|bn))?(?![\w%])"
_COMMA = re.compile(r"(?<![\w.,])(?P<number>0,\d+|\d+(?:\.\d{3})*,(?:\d{1,2}|\d{4,}))(?![\d,])")
_NEGATIVE = re.compile(r"(?<![\w.,/+)-])(?:-(?:\s?(?:US\$|[$€£¥])\s?)?|[$€£¥]\s?-|minus\s+[$€£¥]?)\.?\d", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\w.,:/-])(?:(?P<low>[$€£]?{_NUMBER})\s*(?:-|\bto\b)\s*|between\s+(?P<from>[$€£]?{_NUMBER})\s+and\s+)(?P<high>[$€£]?{_NUMBER})", re.IGNORECASE
)


def comma_objection(text: str) -> str:
    """Said of a decimal comma, `1,5`."""
    found = _COMMA.search(text)
    return f"I cannot read {found['number']}; write {found['number'].replace('.', '').replace(',', '.')}." if found else ""


def size_objection(text: str) -> str:
    """Said of a negative size, and of a range of sizes; in `text` nothing else that is a number of something is left."""
    if _NEGATIVE.search(text):
        return "A size cannot be negative: how large is the order, such as $50k or 2 BTC?"
    found = _RANGE.search(text)
    return f"{found['low'] or found['from']} or {found['high']}? I answer for one size at a time." if found else ""
