"""Reading recordings: JSON Lines, gzipped or not, one file or a folder of them, checked row by row."""

import gzip
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from ..errors import NotReadable, outside_text
from .source import SPOKEN, Level

_LATEST_MS = 10**14


@dataclass(frozen=True)
class Row:
    """One recorded book, kept as its line: unpacked, a long recording would fill the memory."""

    exchange: str
    symbol: str
    timestamp_ms: int
    line: bytes

    def sides(self) -> tuple[list[Level], list[Level]]:
        row = orjson.loads(self.line)
        return [(level[0], level[1]) for level in row["bids"]], [(level[0], level[1]) for level in row["asks"]]


def read(path: Path) -> Iterator[Row]:
    """Every row of a file, or of a folder's and its sub-folders' files in order of name.

    Raises NotReadable, naming file, line and what is wrong with it.
    """
    for file in _files(path):
        yield from _rows(file)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise NotReadable(f"There is no recording at {path}; give a .jsonl or .jsonl.gz file, or a folder of them.")
    files = sorted(file for pattern in ("*.jsonl", "*.jsonl.gz", "*/*.jsonl", "*/*.jsonl.gz") for file in path.glob(pattern))
    if not files:
        raise NotReadable(f"The folder {path} holds no .jsonl or .jsonl.gz file.")
    return files


def _rows(file: Path) -> Iterator[Row]:
    empty = True
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    empty = False
                    yield _row(line, f"{file}, line {number}")
    except (OSError, EOFError) as error:
        raise NotReadable(f"{file} cannot be read: {error}.") from error
    if empty:
        raise NotReadable(f"{file} is empty; a recording has one book a line.")


def _row(line: bytes, where: str) -> Row:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise NotReadable(f"{where} is not JSON: {error}.") from error
    problem = _problem(row)
    if problem:
        raise NotReadable(f"{where}: {problem}.")
    return Row(row["exchange"], row["symbol"], row["timestamp"], line)


def _problem(row: Any) -> str:
    """What is wrong with a row, empty where nothing is."""
    if not isinstance(row, dict):
        return "a row is a JSON object"
    missing = [name for name in ("exchange", "symbol", "timestamp", "bids", "asks") if name not in row]
    if missing:
        return f"{', '.join(missing)} missing"
    exchange, symbol, timestamp = row["exchange"], row["symbol"], row["timestamp"]
    if exchange not in SPOKEN:
        return f"the simulator does not speak {outside_text(str(exchange))}; it speaks {', '.join(SPOKEN)}"
    if not isinstance(symbol, str) or len([part for part in symbol.split("/") if part]) != 2 or ":" in symbol:
        return f"the symbol {outside_text(str(symbol))} is not a spot market such as BTC/USDT"
    if not isinstance(timestamp, int) or isinstance(timestamp, bool) or not 0 < timestamp < _LATEST_MS:
        return f"the timestamp {outside_text(str(timestamp))} is not milliseconds since 1970"
    return _side_problem("bids", row["bids"]) or _side_problem("asks", row["asks"])


def _side_problem(name: str, side: Any) -> str:
    if not isinstance(side, list) or not side:
        return f"{name} is not a list of levels"
    fine = set(map(type, side)) == {list} and _numbers(side, 0) and _numbers(side, 1)
    return "" if fine else f'{name} holds a level that is not two numbers in strings, such as ["65083.66", "0.2037"]'


def _numbers(levels: list[list[Any]], column: int) -> bool:
    """Whether a column holds finite numbers in strings; joining and summing are the fast way over millions of them."""
    try:
        values = [level[column] for level in levels]
        return bool("".join(values)) and math.isfinite(sum(map(float, values)))
    except (TypeError, ValueError, IndexError):
        return False
