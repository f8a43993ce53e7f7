"""Assets, pairs and exchanges, read from a question in any spelling."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

from .scanning import TAKEN, once, take, words_pattern
from .vocabulary import ASSET_NAMES, COMMON_WORDS, EXCHANGE_NAMES, FILLERS, NOT_ASSETS, QUOTES, STABLECOINS, TICKERS, WORDLIKE_TICKERS

_PAIR = re.compile(
    rf"(?<![\w$/])\$?(?P<base>[A-Z0-9]{{2,10}})\s?/\s?(?P<quote>{QUOTES})(?P<settle>:[A-Z]{{3,5}})?(?!\w)"
    rf"|(?<![\w$/-])(?P<base2>[A-Z0-9]{{2,10}})[-_](?P<quote2>{QUOTES})(?!\w)",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?<![\w$])(?P<base>[A-Z0-9]{2,8})(?P<quote>USDT|USDC|USD|EUR)(?!\w)", re.IGNORECASE)
_SPACED = re.compile(r"(?<![\w$])(?P<base>[A-Z0-9]{2,8})\s+(?P<quote>USDT|USDC|USD|EUR)(?!\w)", re.IGNORECASE)
_DOLLAR_TICKER = re.compile(r"\$(?P<ticker>[A-Z][A-Z0-9]{1,9})(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"(?<![\w.])[A-Za-z0-9]+(?!\w)")
_AFTER_SIZE = re.compile(r"\s*(?P<of>(?:worth\s+)?(?:of|in)\s+)?\$?(?P<word>[A-Za-z][A-Za-z0-9]{1,9})(?!\w)")
_NAMED_AS_ASSET = re.compile(r"\b(?:of|buy|buying|sell|selling|for|about)\s+(?=(?P<word>[A-Za-z][A-Za-z0-9]{1,9})(?!\w))", re.IGNORECASE)
_NAMED_AS_EXCHANGE = re.compile(r"\b(?:on|at|via)\s+(?P<word>[A-Za-z][A-Za-z0-9.]{2,19})(?!\w)", re.IGNORECASE)
_SHOUTING_WORDS = 3
_SIMILAR = 0.85


class AssetAfter(NamedTuple):
    """An asset right behind a number, with or without an `of` between."""

    ticker: str
    of: bool


def asset_after(text: str) -> AssetAfter | None:
    """The asset that `text`, which follows a number, begins with."""
    match = _AFTER_SIZE.match(text)
    if not match:
        return None
    word = match["word"]
    ticker = _known(word) or (word.upper() if word.upper() in TICKERS or _is_unknown_ticker(word) else None)
    return AssetAfter(ticker, of=bool(match["of"])) if ticker else None


def pairs(text: str) -> tuple[list[str], str]:
    """Pairs such as `BTC/USD`, `eth-usdt`, `SOLUSDT`; in the text their asset stays, for amounts to refer to."""
    found: list[str] = []

    def keep_base(match: re.Match[str]) -> str:
        groups = match.groupdict()
        base, quote = groups["base"] or groups["base2"], groups["quote"] or groups["quote2"]
        if match.re is not _PAIR and not (_known(base) or base.upper() in TICKERS):
            return match.group()
        ticker = _known(base) or base.upper()
        found.append(f"{ticker}/{quote}{groups.get('settle') or ''}".upper())
        return base.ljust(len(match.group()), TAKEN)

    for pattern in (_PAIR, _JOINED):
        text = pattern.sub(keep_base, text)
    return found, text


def spaced_pairs(text: str) -> tuple[list[str], str]:
    """Pairs with a space between, `btc usdt`, once amounts in those currencies are out of the way."""
    matches, _ = take(_SPACED, text)
    known = [(match, ticker) for match in matches if (ticker := _known(match["base"]))]
    for match, _ticker in known:
        text = text[: match.start("quote")] + TAKEN * len(match["quote"]) + text[match.end("quote") :]
    return [f"{ticker}/{match['quote'].upper()}" for match, ticker in known], text


def assets(text: str) -> tuple[list[str], str]:
    """Assets by name or ticker; stablecoins only where they stand alone."""
    dollar, text = take(_DOLLAR_TICKER, text)
    words = list(_WORD.finditer(text))
    shouting = len(words) >= _SHOUTING_WORDS and sum(word.group().isupper() for word in words) > len(words) / 2
    found = [match["ticker"].upper() for match in dollar]
    stable: list[str] = []
    for word in words:
        ticker = _known(word.group()) or (None if shouting or not _is_unknown_ticker(word.group()) else word.group())
        if ticker:
            (stable if ticker in STABLECOINS else found).append(ticker)
            text = text[: word.start()] + TAKEN * len(word.group()) + text[word.end() :]
    return list(once(found or stable)), text


def with_capitals(text: str, size_end: int) -> str:
    """The text with a word-like ticker right behind a size in capitals: `300 link` means the asset."""
    after = _AFTER_SIZE.match(text, size_end)
    if not after or after["word"].upper() not in WORDLIKE_TICKERS:
        return text
    return text[: after.start("word")] + after["word"].upper() + text[after.end("word") :]


def guessed_asset(text: str) -> tuple[list[str], str]:
    """A word that stands where an asset stands, for the tool to know or to refuse with a suggestion; near misses of names are mended."""
    for match in _NAMED_AS_ASSET.finditer(text):
        word = match["word"].lower()
        if _is_word(word) or word.upper() in NOT_ASSETS:
            continue
        close = get_close_matches(word, ASSET_NAMES, n=1, cutoff=_SIMILAR)
        rest = text[: match.start("word")] + TAKEN * len(word) + text[match.end("word") :]
        return [ASSET_NAMES[close[0]] if close else word.upper()], rest
    return [], text


def exchanges(text: str, configured: Iterable[str]) -> tuple[list[str], str]:
    """Exchanges by any of their names; a word after `on` or `at` that is nothing else is taken for one, for the tool to know or to refuse."""
    names = {**EXCHANGE_NAMES, **{one: one for one in configured}}
    matches, text = take(re.compile(words_pattern(names), re.IGNORECASE), text)
    found = [names[" ".join(match.group().lower().split())] for match in matches]
    for match in _NAMED_AS_EXCHANGE.finditer(text):
        word = match["word"].rstrip(".")
        if names_nothing(word) and (not _is_unknown_ticker(word) or _names_asset(text[: match.start("word")] + text[match.end("word") :])):
            found.append(word.lower())
            text = text[: match.start("word")] + TAKEN * len(match["word"]) + text[match.end("word") :]
    return list(once(found)), text


def names_nothing(word: str) -> bool:
    """Whether a word is none that is known, neither of everyday language nor of the trade."""
    return not (_known(word) or _is_word(word) or word.upper() in NOT_ASSETS)


def _names_asset(text: str) -> bool:
    return any(_known(word.group()) or _is_unknown_ticker(word.group()) for word in _WORD.finditer(text))


def _known(word: str) -> str | None:
    """The ticker of a known name or ticker; of word-like ones only in capitals."""
    upper = word.upper()
    if upper in WORDLIKE_TICKERS and word != upper:
        return None
    return ASSET_NAMES.get(word.lower()) or (upper if upper in TICKERS or upper in STABLECOINS else None)


def _is_unknown_ticker(word: str) -> bool:
    """Capitals that look like a ticker nobody told us of."""
    return len(word) >= 2 and word.isupper() and word[0].isalpha() and word not in NOT_ASSETS and not _is_word(word)


def _is_word(word: str) -> bool:
    """A word of everyday language or of the trade, in any case."""
    return word.lower() in COMMON_WORDS or word.lower() in FILLERS
