"""Files of snapshots: JSON Lines (a row a snapshot, gzipped or not), a JSON list, and Parquet where pyarrow is installed."""

import gzip
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO, cast
from zlib import error as ZlibError  # noqa: N812 - an exception's name

import orjson

from ..analytics.snapshot import Snapshot
from ..errors import NotConfigured, NotReadable, outside_text
from .whole import whole_file, why

WRITTEN = (".jsonl", ".jsonl.gz", ".parquet")
READ = (*WRITTEN, ".json", ".json.gz")
LARGEST_LIST = 500_000_000
"""Bytes of a JSON list, which is read as a whole and takes several times that in memory."""
Write = Callable[[Sequence[Snapshot]], None]


def rows(path: Path) -> Iterator[tuple[int, Any]]:
    """The rows of a file as they stand, numbered from 1. Raises NotReadable for a file that is none of READ, naming file and row."""
    kind = _kind(path, READ)
    try:
        yield from _parquet_rows(path) if kind == ".parquet" else _json_rows(path, lines=kind.startswith(".jsonl"))
    except (OSError, EOFError, ZlibError, UnicodeDecodeError) as error:
        raise NotReadable(f"{path.name} cannot be read: {why(error)}.") from error


@contextmanager
def written(path: Path) -> Generator[Write]:
    """What writes a file by its suffix, one of WRITTEN; the file appears when all is written."""
    kind = _kind(path, WRITTEN)
    with whole_file(path) as part, _parquet(part) if kind == ".parquet" else _json_lines(part, zipped=kind.endswith(".gz")) as write:
        yield write


def json_lines(batch: Iterable[Snapshot]) -> bytes:
    """Snapshots as JSON, a line each."""
    return "".join(f"{one.model_dump_json()}\n" for one in batch).encode()


def _kind(path: Path, kinds: Sequence[str]) -> str:
    kind = next((one for one in kinds if path.name.lower().endswith(one)), None)
    if kind is None:
        raise NotReadable(f"{path.name or path} is none of the kinds that history is kept in: {', '.join(kinds)}.")
    return kind


def _json_rows(path: Path, *, lines: bool) -> Iterator[tuple[int, Any]]:
    with cast("BinaryIO", gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")) as file:
        if not lines:
            yield from enumerate(_listed(path, file.read(LARGEST_LIST + 1)), 1)
            return
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _parsed(line, f"{path.name}, row {number}")


def _listed(path: Path, content: bytes) -> list[Any]:
    if len(content) > LARGEST_LIST:
        raise NotReadable(f"{path.name} holds more than {LARGEST_LIST / 1e6:,.0f} MB, too much for one list: write a snapshot a line (.jsonl), of any length.")
    found = _parsed(content, path.name)
    if not isinstance(found, list):
        raise NotReadable(f"{path.name} holds no list of snapshots; where each line is one, name it .jsonl.")
    return cast("list[Any]", found)


def _parsed(content: bytes, where: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise NotReadable(f"{where} is not JSON: {error.msg}.") from error


@contextmanager
def _json_lines(path: Path, *, zipped: bool) -> Generator[Write]:
    with cast("BinaryIO", gzip.open(path, "wb") if zipped else path.open("wb")) as file:
        yield lambda batch: cast("None", file.write(json_lines(batch)))


def _pyarrow() -> tuple[Any, Any]:
    """The extra's modules: of tables, and of files."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ModuleNotFoundError as error:
        raise NotConfigured("Parquet needs its library: pip install 'market-liquidity-monitor[parquet]'; JSON Lines (.jsonl.gz) needs nothing.") from error


def _parquet_rows(path: Path) -> Iterator[tuple[int, Any]]:
    arrow, parquet = _pyarrow()
    try:
        with parquet.ParquetFile(path) as file:
            yield from enumerate((row for batch in file.iter_batches(1_000) for row in batch.to_pylist()), 1)
    except arrow.ArrowInvalid as error:
        raise NotReadable(f"{path.name} is not a Parquet file: {outside_text(str(error)).rstrip('.')}.") from error


@contextmanager
def _parquet(path: Path) -> Generator[Write]:
    arrow, parquet = _pyarrow()
    number, text, numbers = arrow.float64(), arrow.string(), arrow.list_(arrow.float64())
    band = arrow.struct([("width_pct", number), ("bid_usd", number), ("ask_usd", number), ("bid_complete", arrow.bool_()), ("ask_complete", arrow.bool_())])
    of_field = {
        **dict.fromkeys(("source", "exchange", "symbol"), text),
        "timestamp": arrow.timestamp("ms", "UTC"),
        "depth": arrow.list_(band),
        "profile": arrow.struct([("bid_sizes", numbers), ("ask_sizes", numbers)]),
    }
    schema = arrow.schema([(name, of_field.get(name, number)) for name in Snapshot.model_fields])
    with parquet.ParquetWriter(path, schema) as file:
        yield lambda batch: file.write_table(arrow.Table.from_pylist([one.model_dump() for one in batch], schema))
