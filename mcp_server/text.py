"""A result in short readable lines: the same facts as its structured form, for whoever is shown only the text."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from tools import Chart, Result
from tools.analytics.result import Columns
from tools.units import format_value, unit_of

_PROVENANCE = frozenset(Result.model_fields)
# Every price and size is followed by its currency, and a figure that is not complete is shown as a lower bound.
_TOLD_ELSEWHERE = frozenset({"price_currency", "base_currency"})
_COMPLETE = "_complete"
# Where the values of a field differ in unit, each record says its own in a field of that name.
_BY_UNIT = "by unit"
_SEVERAL = (list, dict)


class _Currencies(NamedTuple):
    price: str = ""
    base: str = ""

    def within(self, record: BaseModel) -> "_Currencies":
        # Asking a model for an attribute that it lacks takes longer than writing its line.
        facts = vars(record)
        return _Currencies(facts.get("price_currency", self.price), facts.get("base_currency", self.base))

    def of(self, unit: str) -> str:
        return self.price if unit == "price" else self.base if unit == "base" else ""


class _Field(NamedTuple):
    """What is known of a field before its value: `complete` names the field that says whether a figure is all there is, if any does."""

    name: str
    words: str
    unit: str | None
    complete: str


class _Row(NamedTuple):
    """One line of a table: what it is of, if the table needs that said, and the record whose facts it holds."""

    key: str
    record: BaseModel
    currencies: _Currencies


def to_text(result: Result) -> str:
    """The result for reading: provenance and warnings first, then each fact with its unit; of a chart its title and summary."""
    warnings = [f"Warning: {warning}" for warning in result.warnings]
    if isinstance(result, Chart):
        return "\n".join([result.title, result.summary, *warnings])
    provenance = f"{result.source.capitalize()} books as of {_moment(result.as_of)} ({format_value(result.age_ms, 'ms')} old)."
    return "\n".join([provenance, *warnings, *_facts(result, _Currencies().within(result))])


def _facts(record: BaseModel, currencies: _Currencies, of: str = "") -> list[str]:
    """One line per plain fact, those of a part named after it, then a table for each part that there are several of."""
    plain, tables = list[str](), list[str]()
    for field in _fields(type(record)):
        value, words = getattr(record, field.name), f"{of}{field.words}"
        if isinstance(value, Columns):
            tables += _columns(words, value, currencies)
        elif field.unit is None and isinstance(value, BaseModel):
            plain += _facts(value, currencies.within(value), f"{words} ")
        elif field.unit is None and (rows := _rows(value, currencies)):
            tables += _table(words, rows)
        elif isinstance(value, dict) and value:
            plain += [f"{words}: {key}: {one}" for key, one in cast("dict[str, Any]", value).items()]
        else:
            plain.append(f"{words}: {_value(record, field, currencies)}")
    return plain + tables


def _columns(title: str, table: Columns, currencies: _Currencies) -> list[str]:
    """A heading, and a line per row of a table that is kept by columns."""
    fields = _fields(type(table))
    rows = zip(*(getattr(table, field.name) for field in fields), strict=True)
    heading = f"{title}: {' | '.join(field.words for field in fields)}"
    return [heading, *(_line("", [_one(value, field.unit, currencies) for field, value in zip(fields, row, strict=True)]) for row in rows)]


def _rows(value: Any, currencies: _Currencies, key: str = "") -> list[_Row]:
    """The records that a field holds, none where it is a plain one."""
    if isinstance(value, BaseModel):
        return [_Row(key, value, currencies.within(value))]
    if isinstance(value, dict):
        return [_Row(name, one, currencies.within(one)) for name, one in cast("dict[str, Any]", value).items() if isinstance(one, BaseModel)]
    if isinstance(value, list):
        return [_Row(key, one, currencies.within(one)) for one in cast("list[Any]", value) if isinstance(one, BaseModel)]
    return []


def _table(title: str, rows: list[_Row]) -> list[str]:
    """A heading and a line per record; what a record holds in lists follows as a table of its own, each line with the record's key."""
    fields = _fields(type(rows[0].record))
    inner = {field: found for field in fields if field.unit is None and (found := _within(rows, field.name))}
    columns = [field for field in fields if field not in inner]
    lines = [f"{title}: {' | '.join(field.words for field in columns)}"]
    lines += [_line(row.key, [_value(row.record, field, row.currencies) for field in columns]) for row in rows]
    return lines + [line for field, parts in inner.items() for line in _table(f"{field.words} ({title})", parts)]


def _within(rows: list[_Row], name: str) -> list[_Row]:
    """What the records of a table hold in one of their fields."""
    return [one for row in rows for one in _rows(getattr(row.record, name), row.currencies, row.key)]


def _line(key: str, values: list[str]) -> str:
    return f"  {f'{key}: ' if key else ''}{' | '.join(values)}"


def _value(record: BaseModel, field: _Field, currencies: _Currencies) -> str:
    value = getattr(record, field.name)
    unit = field.unit if field.unit != _BY_UNIT else vars(record)["unit"]
    if isinstance(value, _SEVERAL):
        return ", ".join(_one(one, unit, currencies) for one in cast("list[Any]", value)) or "none"
    words = _one(value, unit, currencies)
    return words if value is None or not field.complete or getattr(record, field.complete) else f"at least {words}"


def _one(value: Any, unit: str | None, currencies: _Currencies) -> str:
    if value is None:
        return "not available"
    if unit is not None:
        return format_value(value, unit, currencies.of(unit))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _moment(value) if isinstance(value, datetime) else str(value)


@cache
def _fields(model: type[BaseModel]) -> tuple[_Field, ...]:
    """The fields that text shows, in their order; of a result without its provenance, which comes first."""
    elsewhere = _TOLD_ELSEWHERE | _PROVENANCE if issubclass(model, Result) else _TOLD_ELSEWHERE
    shown = [name for name in model.model_fields if name not in elsewhere and not name.endswith(_COMPLETE)]
    return tuple(_Field(name, name.replace("_", " "), unit_of(model, name), _complete(model, name)) for name in shown)


def _complete(model: type[BaseModel], name: str) -> str:
    """`bid_complete` of `bid_usd`; empty where there is no such field."""
    complete = name.rpartition("_")[0] + _COMPLETE
    return complete if complete in model.model_fields else ""


def _moment(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
