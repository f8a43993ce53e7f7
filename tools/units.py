"""The units of every number we publish, and the one place that turns a number into words.

A field's unit stands in its metadata: `spread_pct: Pct` carries `{"unit": "pct"}`, and charts, answers and docs read it there.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

# Below this, amounts of dollars, per cents, basis points and ratios are what rounding left over; prices and sizes may be as small as they like.
_NOISE = 1e-9


def _unit(name: str) -> Any:
    return Field(json_schema_extra={"unit": name})


Usd = Annotated[float, _unit("usd")]
"""US dollars."""
Price = Annotated[float, _unit("price")]
"""Quote currency for one base unit; the model's `price_currency` names the currency."""
UsdPrice = Annotated[float, _unit("usd_price")]
"""US dollars for one unit of an asset or a currency."""
Base = Annotated[float, _unit("base")]
"""Units of the base asset; the model's `base_currency` names it."""
Pct = Annotated[float, _unit("pct")]
"""Per cent: 1.0 is one hundredth."""
BandPct = Annotated[float, _unit("band_pct")]
"""Per cent of mid, as the widths of depth bands are given: 0.25, 1."""
Percentile = Annotated[float, _unit("percentile")]
"""The share of samples below a value, in per cent, half of those equal to it counted."""
Bps = Annotated[float, _unit("bps")]
"""Basis points: 1.0 is one ten-thousandth."""
Ratio = Annotated[float, _unit("ratio")]
"""A number without dimension."""
Count = Annotated[int, _unit("count")]
"""How many."""
Milliseconds = Annotated[float, _unit("ms")]
"""Milliseconds."""
Hours = Annotated[float, _unit("hours")]
"""Hours."""
ByUnit = Annotated[float, _unit("by unit")]
"""A number whose unit stands in the record's own field `unit`, because it differs from one record to the next."""


def unit_of(model: type[BaseModel], field: str) -> str | None:
    """The unit of a model's field, or of the numbers in it where it is a list; None where it has none."""
    info = model.model_fields[field]
    extras = [one.json_schema_extra for one in (info, *_metadata(info.annotation))]
    return next((str(extra["unit"]) for extra in extras if isinstance(extra, dict) and "unit" in extra), None)


def _metadata(annotation: Any) -> Iterator[FieldInfo]:
    """What stands at the members of a type: of `list[Pct | None]` at the Pct."""
    for part in get_args(annotation):
        if isinstance(part, FieldInfo):
            yield part
        else:
            yield from _metadata(part)


def unit_in(record: BaseModel, field: str) -> str | None:
    """The unit of a record's field, read from the record itself where its values differ in unit."""
    unit = unit_of(type(record), field)
    return str(record.unit) if unit == "by unit" else unit  # pyright: ignore[reportAttributeAccessIssue]


def format_usd(value: float) -> str:
    """Dollars for reading: `$1.25 million`, `$50,000`, `$3.21`, `$0.0042`."""
    sign, size = "-" if value <= -_NOISE else "", abs(value)
    if size >= 999_995_000:
        return f"{sign}${size / 1e9:,.2f} billion"
    if size >= 999_995:
        return f"{sign}${size / 1e6:,.2f} million"
    if size >= 999.995:
        return f"{sign}${size:,.0f}"
    return f"{sign}${size:.2f}" if size >= 0.1 or size < _NOISE else f"{sign}${_significant(size, 2)}"


def format_price(value: float) -> str:
    """A price with seven significant figures and at least two decimals: `65,083.67`, `1.0002`; five below 1: `0.00001234`."""
    size = abs(value)
    if size >= 1_000:
        return f"{value:,.2f}"
    if size >= 1:
        return f"{value:,.{max(2, len(f'{value:.7g}'.partition('.')[2]))}f}"
    return _significant(value, 5)


def _significant(value: float, figures: int, least: int = 2) -> str:
    """A small number in plain decimals, at least so many and no more than its significant figures need."""
    whole, _, decimals = f"{Decimal(f'{value:.{figures}g}'):zf}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<{least}}"


def _percent(value: float) -> str:
    """Two decimals from 1 on, else three or, where those say less, three significant figures: a spread of 0.000158 is not one of 0.000161."""
    size = abs(value)
    return f"{value:z,.{2 if size >= 1 else 3}f}" if size >= 0.1 or size < _NOISE else _significant(value, 3, 3)


def _decimals(value: float, decimals: int) -> str:
    """Fixed decimals, or two significant figures where the value would vanish: 0.0015 stays 0.0015."""
    if abs(value) >= 10 ** (1 - decimals) or abs(value) < _NOISE:
        return f"{value:z,.{decimals}f}"
    return _significant(value, 2)


def _ordinal(value: float) -> str:
    """A percentile by its whole number: `50th`; `<1st` and `>99th` at the ends, where a whole one would say all or none."""
    if not 1 <= value <= 99:
        return "<1st" if value < 1 else ">99th"
    whole = int(value + 0.5)
    return f"{whole}{'th' if whole // 10 == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(whole % 10, 'th')}"


_FORMATS: dict[str, Callable[[float, str], str]] = {
    "usd": lambda value, _: format_usd(value),
    "usd_price": lambda value, _: f"{format_price(value)} USD",
    "price": lambda value, currency: f"{format_price(value)} {currency}".rstrip(),
    "base": lambda value, currency: f"{format_price(value)} {currency}".rstrip(),
    "pct": lambda value, _: f"{_percent(value)}%",
    "band_pct": lambda value, _: f"{value:g}%",
    "percentile": lambda value, _: _ordinal(value),
    "bps": lambda value, _: f"{_decimals(value, 2)} bps",
    "ratio": lambda value, _: _decimals(value, 2),
    "count": lambda value, _: f"{value:z,.0f}",
    "hours": lambda value, _: f"{value:g} h",
    "ms": lambda value, _: f"{value:z,.0f} ms" if value < 999.5 else f"{value / 1_000:,.1f} s",
}


def format_value(value: float | None, unit: str, currency: str = "") -> str:
    """A number in words fit for an answer; None is "not available".

    `unit` is one of this module's units (KeyError otherwise); `currency` names the price currency for "price" and the asset for "base".
    """
    return "not available" if value is None else _FORMATS[unit](value, currency)
