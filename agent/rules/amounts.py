"""Order sizes, depth bands and level counts, read from a question."""

import re
from collections.abc import Mapping

from .intent import Size, Unit
from .markets import asset_after, with_capitals
from .scanning import TAKEN, blank

_SCALES: Mapping[str, float] = {
    "k": 1e3, "thousand": 1e3, "grand": 1e3, "m": 1e6, "mm": 1e6, "mn": 1e6, "mio": 1e6, "mil": 1e6, "million": 1e6, "millions": 1e6,
    "b": 1e9, "bn": 1e9, "billion": 1e9,
}  # fmt: skip
_CURRENCIES: Mapping[str, str] = {
    "$": "USD", "us$": "USD", "usd": "USD", "usdt": "USD", "usdc": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD", "us dollars": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "sterling": "GBP",
    "¥": "JPY", "jpy": "JPY", "yen": "JPY", "chf": "CHF", "francs": "CHF",
}  # fmt: skip
_WORD_NUMBERS: Mapping[str, str] = {
    "half a": "0.5", "half": "0.5", "a quarter of a": "0.25", "quarter of a": "0.25", "a quarter": "0.25", "quarter": "0.25", "a": "1", "one": "1",
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12", "fifteen": "15",
    "twenty": "20", "twenty five": "25", "twenty-five": "25", "thirty": "30", "forty": "40", "fifty": "50", "seventy five": "75", "seventy-five": "75",
}  # fmt: skip
_ABSURD = 1e15
_UNCLEAR_FROM = 1_000
"""A bare number from here on is a size; smaller ones count other things."""

_MONEY_WORDS = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_CURRENCIES, key=len, reverse=True) if word[-1].isalpha())
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_SPELLED = re.compile(
    rf"(?<!\w)(?P<words>{'|'.join(sorted(_WORD_NUMBERS, key=len, reverse=True))})\s+(?=(?:hundred|{_SCALE}|percent|per cent|bitcoin)\b)", re.IGNORECASE
)
_COUNTED = re.compile(r"(?<!\w)(?P<words>two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|fifty|half an?)\s+(?=[A-Za-z])", re.IGNORECASE)
_HUNDREDS = re.compile(r"(?<![\w.])(?:(?P<count>\d+)\s+)?hundred(?!\w)", re.IGNORECASE)
_SIZE = re.compile(
    rf"(?<![\w.,])(?P<before>US\$|[$€£¥]|(?:{_MONEY_WORDS})(?=[\s\d]))?\s*"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    rf"(?:[\s-]?(?P<scale>{_SCALE})(?![A-Za-z0-9]))?(?:[\s-]?(?P<after>[$€£]|(?:{_MONEY_WORDS})(?!\w)))?(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_BAND = re.compile(r"(?:±|\+/-\s?)?(?P<number>\d+(?:\.\d+)?)\s?(?P<unit>%|percent|per cent|pct|bps?|basis points?)(?!\w)", re.IGNORECASE)
_LEVELS = re.compile(r"\b(?:top|best|first)\s+(?P<top>\d{1,3})(?![\w.%,])|(?<![\w.])(?P<count>\d{1,3})\s+(?:price\s+)?(?:levels?|rows?|lines)\b", re.IGNORECASE)


def spelled_out(text: str) -> str:
    """Number words before a scale or a thing in digits: `half a million` becomes `0.5 million`, `five hundred thousand` `500 thousand`."""
    for pattern in (_SPELLED, _SPELLED, _COUNTED):
        text = pattern.sub(lambda match: f"{_WORD_NUMBERS[' '.join(match['words'].lower().replace('half an', 'half a').split())]} ", text)
    return _HUNDREDS.sub(lambda match: str(int(match["count"] or 1) * 100), text)


def sizes(text: str) -> tuple[list[Size], str]:
    """Order sizes; the asset behind an amount stays in the text."""
    found: list[Size] = []
    rest = text
    for match in _SIZE.finditer(text):
        size = _size(match, text[match.end() :])
        if size:
            found.append(size)
            rest = with_capitals(rest[: match.start()] + TAKEN * len(match.group()) + rest[match.end() :], match.end())
    return list(dict.fromkeys(found)), rest


def _size(match: re.Match[str], following: str) -> Size | None:
    amount = float(match["number"].replace(",", "")) * _SCALES.get((match["scale"] or "").lower(), 1)
    currency = _CURRENCIES.get(" ".join((match["before"] or match["after"] or "").lower().split()))
    if not 0 < amount < _ABSURD:
        return None
    if currency:
        return Size(amount, "usd") if currency == "USD" else Size(amount, "foreign", currency)
    unit = _unit(amount, scaled=match["scale"] is not None, following=following)
    return Size(amount, unit) if unit else None


def _unit(amount: float, *, scaled: bool, following: str) -> Unit | None:
    """What a number without a currency counts, from what stands behind it."""
    asset = asset_after(following)
    if asset and not asset.of:
        return "unclear" if scaled else "base"
    if scaled:
        return "usd"
    if amount >= _UNCLEAR_FROM:
        return "unclear"
    return "base" if asset else None


def band(text: str) -> tuple[float | None, str]:
    """The distance from mid asked about, in per cent."""
    found = _BAND.search(text)
    if not found:
        return None, text
    number = float(found["number"])
    return number / 100 if found["unit"].lower().startswith("b") else number, blank(text, found)


def levels(text: str) -> tuple[int | None, str]:
    """How many price levels are to be shown."""
    found = _LEVELS.search(text)
    return (int(found["top"] or found["count"]), blank(text, found)) if found else (None, text)
