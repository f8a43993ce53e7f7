"""How the grammar reads: each reader takes what it knows out of the text and leaves the rest, in place, to the next."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=str)
_BETWEEN = re.compile(r"(?<!\(\?[!=])\.\*")
TAKEN = "\0"
"""Stands where something was read: neither a word nor a space, so that words around it are not neighbours."""


def words_pattern(words: Iterable[str]) -> str:
    """A pattern for any of these words or phrases, longest first; spaces match any white space."""
    escaped = (re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return rf"(?<![\w.])(?:{'|'.join(escaped)})(?!\w)"


def blank(text: str, match: re.Match[str]) -> str:
    """The text with the match blanked out, which leaves every other character in its place."""
    return text[: match.start()] + TAKEN * len(match.group()) + text[match.end() :]


def take(pattern: re.Pattern[str], text: str) -> tuple[list[re.Match[str]], str]:
    """Every match, and the text with the matches blanked out."""
    return list(pattern.finditer(text)), pattern.sub(lambda match: TAKEN * len(match.group()), text)


def once(values: Iterable[T]) -> tuple[T, ...]:
    """Each value once, in order."""
    return tuple(dict.fromkeys(values))


def patterns(entries: Mapping[K, Sequence[str]]) -> tuple[tuple[K, re.Pattern[str]], ...]:
    """Meanings and the words that carry them, compiled: where several fit, the first is meant."""
    return tuple((meaning, re.compile("|".join(words), re.IGNORECASE)) for meaning, words in entries.items())


def parts(pattern: re.Pattern[str]) -> list[re.Pattern[str]]:
    """What of a text a pattern goes by, without what may lie between (`.*`, but for a look ahead)."""
    return [re.compile(part, pattern.flags) for part in _BETWEEN.split(pattern.pattern)]
