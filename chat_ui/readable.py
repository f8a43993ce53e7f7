"""A tool's result as a person reads it: a table of named values in their units, failures and warnings below."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from pydantic.fields import FieldInfo

from tools.analytics.result import Record, Result
from tools.charts.chart import Chart
from tools.units import format_value, unit_in

_ROWS = 8
_CURRENCY = {"price": "price_currency", "base": "base_currency"}
_TOLD = {"timestamp", "cleared_at", "severity", "exchange", "message", "suggested_action", "state"}
"""The fields of an alert that are for reading; its others are in its message."""

Table = list[list[str]]
"""Rows of cells; the first row is the heading."""


def literal_colons(text: str) -> str:
    """Markdown in which `BTC/USDT:USDT` keeps its end: the page takes a colon before a letter for a directive, except in code."""
    return re.sub(r"(`[^`]*`)|:(?=[A-Za-z:])", lambda match: match[1] or "\\:", text)


def readable(result: Result) -> str:
    """Markdown for a step: some tens of lines at most."""
    if isinstance(result, Chart):
        return "\n\n".join((f"**{_cell(result.title)}**", result.summary, *_sentences(result)))
    return "\n\n".join((_markdown(_side_by_side({"": result})), *_nested(result), *_sentences(result)))


def _sentences(result: Result) -> list[str]:
    failures = getattr(result, "failures", {})
    lines = [f"- {exchange} failed: {reason}" for exchange, reason in failures.items()] + [f"- {warning}" for warning in result.warnings]
    return ["\n".join(lines)] if lines else []


def _nested(result: Record) -> list[str]:
    """The tables inside a result: records by name side by side, records in a list one below the other, columns as they are."""
    tables = _beside(result, result)
    for name, value in result:
        if isinstance(value, Record):
            tables += [*_columned(name, value, result), *_beside(value, result)]
        elif isinstance(value, dict) and value and all(isinstance(one, Record) for one in value.values()):
            tables.append(_markdown(_side_by_side(value)))
        elif isinstance(value, list) and value and all(isinstance(one, Record) for one in value):
            more = f" (the first {_ROWS} of {len(value)})" if len(value) > _ROWS else ""
            tables.append(f"**{_words(name)}**{more}\n\n{_markdown(_listed(value[:_ROWS]))}")
    return tables


def _beside(record: Record, outer: Record) -> list[str]:
    """The records inside a record, those that have the same fields beside each other."""
    return [_markdown(table) for alike in _alike(record) if len(table := _side_by_side(alike, outer)) > 1]


def _alike(result: Record) -> list[dict[str, Record]]:
    """The records of a result by name, those with the same fields together."""
    groups: dict[tuple[str, ...], dict[str, Record]] = {}
    for name, value in result:
        if isinstance(value, Record):
            groups.setdefault(tuple(type(value).model_fields), {})[_words(name)] = value
    return list(groups.values())


def _columned(name: str, record: Record, outer: Record) -> list[str]:
    """A record of columns over time as a table, some of its rows where they are many."""
    times = next((value for _name, value in record if isinstance(value, list) and value and isinstance(value[0], datetime)), [])
    if not times:
        return []
    columns, count = _columns(record, outer), len(times)
    shown = range(count) if count <= _ROWS else [round(row * (count - 1) / (_ROWS - 1)) for row in range(_ROWS)]
    some = f" ({_ROWS} of {count}, evenly spaced)" if count > _ROWS else ""
    return [f"**{_words(name)}**{some}\n\n{_markdown([list(columns), *([texts[row] for texts in columns.values()] for row in shown)])}"]


def _columns(record: Record, outer: Record, prefix: str = "") -> dict[str, list[str]]:
    """The columns of a record and of the records in it, as texts."""
    found: dict[str, list[str]] = {}
    for name, value in record:
        if isinstance(value, Record):
            found |= _columns(value, outer, f"{_words(name)} ")
        elif isinstance(value, list) and not _is_plain(value):
            unit = _unit(record, name)
            found[f"{prefix}{_words(name)}"] = [_text(one, unit, _currency(unit, record, outer)) for one in value]
    return found


def _side_by_side(records: Mapping[str, Record], outer: Record | None = None) -> Table:
    """A column per record, a row per field that is a plain value and not empty in all of them."""
    first = next(iter(records.values()))
    rows = ([_words(name), *(_value(record, name, outer) for record in records.values())] for name, value in first if _is_plain(value))
    return [["", *records], *(row for row in rows if any(row[1:]))]


def _listed(records: list[Record]) -> Table:
    """A row per record, a column per field that any of them fills; of what tells of itself in words, those and when."""
    names = [name for name, value in records[0] if _is_plain(value)]
    shown = _TOLD if set(names) >= _TOLD else set(names) - {"unit"}
    names = [name for name in names if name in shown]
    rows = [[_value(record, name) for name in names] for record in records]
    filled = [index for index in range(len(names)) if any(row[index] for row in rows)]
    return [[_words(names[index]) for index in filled], *([row[index] for index in filled] for row in rows)]


def _is_plain(value: object) -> bool:
    return not isinstance(value, (dict, Record)) and not (isinstance(value, list) and (not value or not all(isinstance(one, str) for one in value)))


def _value(record: Record, name: str, outer: Record | None = None) -> str:
    unit = _unit(record, name)
    return _text(getattr(record, name), unit, _currency(unit, record, outer))


def _text(value: object, unit: str | None, currency: str) -> str:
    if unit is not None and (value is None or isinstance(value, (int, float))):
        return _cell(format_value(value, unit, currency))
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _cell(", ".join(value))
    return _cell("" if value is None else str(value))


def _unit(record: Record, name: str) -> str | None:
    """The unit of a field, or of the numbers in its list."""
    return "hours" if name.endswith("hours") else unit_in(record, name) or _unit_within(type(record).model_fields[name].annotation)


def _unit_within(annotation: object) -> str | None:
    for part in get_args(annotation):
        if isinstance(part, FieldInfo) and isinstance(part.json_schema_extra, dict):
            return str(part.json_schema_extra["unit"])
        if found := _unit_within(part):
            return found
    return None


def _currency(unit: str | None, record: Record, outer: Record | None) -> str:
    name = _CURRENCY.get(unit or "", "")
    return getattr(record, name, "") or getattr(outer, name, "")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _markdown(table: Table) -> str:
    heading, *rows = ("| " + " | ".join(row) + " |" for row in table)
    return "\n".join((heading, "|" + " --- |" * len(table[0]), *rows))
