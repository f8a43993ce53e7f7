"""A tool's result as a person reads it: a table of named values in their units, failures and warnings below."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from tools.analytics.result import Record, Result
from tools.charts.chart import Chart
from tools.units import format_value, unit_of

_ROWS = 8
_CURRENCY = {"price": "price_currency", "base": "base_currency"}

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


def _nested(result: Result) -> list[str]:
    """The tables inside a result: records by name side by side, records in a list one below the other."""
    tables: list[str] = []
    for name, value in result:
        if isinstance(value, dict) and value and all(isinstance(one, Record) for one in value.values()):
            tables.append(_markdown(_side_by_side(value)))
        elif isinstance(value, list) and value and all(isinstance(one, Record) for one in value):
            more = f" (the first {_ROWS} of {len(value)})" if len(value) > _ROWS else ""
            tables.append(f"**{_words(name)}**{more}\n\n{_markdown(_listed(value[:_ROWS]))}")
    return tables


def _side_by_side(records: Mapping[str, Record]) -> Table:
    """A column per record, a row per field that is a plain value and not empty in all of them."""
    first = next(iter(records.values()))
    rows = ([_words(name), *(_value(record, name) for record in records.values())] for name, value in first if _is_plain(value))
    return [["", *records], *(row for row in rows if any(row[1:]))]


def _listed(records: list[Record]) -> Table:
    """A row per record, a column per field."""
    names = [name for name, value in records[0] if _is_plain(value)]
    return [[_words(name) for name in names], *([_value(record, name) for name in names] for record in records)]


def _is_plain(value: object) -> bool:
    return not isinstance(value, (dict, Record)) and not (isinstance(value, list) and (not value or not all(isinstance(one, str) for one in value)))


def _value(record: Record, name: str) -> str:
    value, unit = getattr(record, name), unit_of(type(record), name)
    if unit is not None and (value is None or isinstance(value, (int, float))):
        return _cell(format_value(value, unit, getattr(record, _CURRENCY.get(unit, ""), "")))
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _cell(", ".join(value))
    return _cell("" if value is None else str(value))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _markdown(table: Table) -> str:
    heading, *rows = ("| " + " | ".join(row) + " |" for row in table)
    return "\n".join((heading, "|" + " --- |" * len(table[0]), *rows))
