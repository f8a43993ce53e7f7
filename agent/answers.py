"""The one renderer of answers: a template holds references into tool results, and every number in the text comes through one.

`{impact_kraken.all_in_bps}` names a result and a path into it: fields of models, keys of dicts, positions in lists. The field's unit says
how the value reads. Doubled braces stand for themselves.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, cast

from pydantic import BaseModel

from tools.analytics.result import Result
from tools.errors import LiquidityError, outside_text
from tools.units import format_value, unit_in

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_CURRENCY_FIELD = {"price": "price_currency", "base": "base_currency"}


class UnknownReference(LiquidityError):
    """A template refers to something that no result holds, or that cannot be put into words."""

    kind = "unknown_reference"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"The answer refers to {{{outside_text(path)}}}, but {why}.")
        self.path = path


@dataclass(frozen=True)
class Reference:
    """One reference of a template: the value it stands for, its unit (None for words), and how it reads."""

    path: str
    value: Any
    unit: str | None
    text: str


@dataclass(frozen=True)
class _Place:
    """Where a path has come to: a value, the models around it (nearest last), and the field it was read from."""

    value: Any
    models: tuple[BaseModel, ...] = ()
    field: str = ""
    unit: str | None = None


def render(template: str, results: Mapping[str, Result]) -> str:
    """The template with every reference in words; raises UnknownReference rather than leave one blank."""
    return _TOKEN.sub(lambda token: _replacement(token, results), template)


def references(template: str, results: Mapping[str, Result]) -> list[Reference]:
    """The references of a template in order, each with its value, for audit; raises UnknownReference."""
    return [resolve(token.group(1), results) for token in _TOKEN.finditer(template) if token.group(1) is not None]


def literal(text: str) -> str:
    """Text that is to stand in a template as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def resolve(path: str, results: Mapping[str, Result]) -> Reference:
    """One reference; raises UnknownReference where the path leads nowhere."""
    name, *steps = path.split(".")
    if name not in results:
        raise UnknownReference(path, f"the results are {', '.join(results) or 'none'}")
    place = _Place(results[name])
    for step in steps:
        place = _step(place, step, path)
    return Reference(path, place.value, place.unit, _in_words(place, path))


def _replacement(token: re.Match[str], results: Mapping[str, Result]) -> str:
    whole, path = token.group(), token.group(1)
    if path is not None:
        return resolve(path, results).text
    if len(whole) == 1:
        raise UnknownReference(whole, "a brace stands alone; write it twice")
    return whole[0]


def _step(place: _Place, step: str, path: str) -> _Place:
    value = place.value
    if isinstance(value, BaseModel):
        if step not in type(value).model_fields:
            raise UnknownReference(path, f"{type(value).__name__} has no field {step!r}")
        return _Place(getattr(value, step), (*place.models, value), step, "hours" if step.endswith("hours") else unit_in(value, step))
    try:
        if isinstance(value, Mapping):
            return replace(place, value=cast("Mapping[str, Any]", value)[step])
        if isinstance(value, list | tuple) and step.isdecimal():
            return replace(place, value=cast("Sequence[Any]", value)[int(step)])
    except LookupError:
        pass
    raise UnknownReference(path, f"there is no {step!r} in it")


def _in_words(place: _Place, path: str) -> str:
    value = place.value
    if value is None:
        return format_value(None, "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return _time(value, place)
    if isinstance(value, int | float):
        return _number(place, path)
    if isinstance(value, list | tuple) and all(isinstance(one, str) for one in cast("Sequence[Any]", value)):
        return ", ".join(cast("Sequence[str]", value)) or "none"
    raise UnknownReference(path, f"it holds {type(value).__name__}, not a value; name one of its parts")


def _time(value: datetime, place: _Place) -> str:
    """A moment: of a reading to the second, of what went before to the minute; with its date where that is not the day of the answer."""
    clock = f"{value:%H:%M:%S} UTC" if place.field == "as_of" else f"{value:%H:%M} UTC"
    result = place.models[0]
    same_day = not isinstance(result, Result) or value.date() == result_day(result)
    return clock if same_day else f"{value:%Y-%m-%d} {clock}"


def result_day(result: Result) -> date:
    """The day on which a result was computed, UTC."""
    return (result.as_of + timedelta(milliseconds=result.age_ms)).date()


def _number(place: _Place, path: str) -> str:
    if place.unit is None:
        if isinstance(place.value, int):
            return f"{place.value:,}"
        raise UnknownReference(path, "the number has no unit to read it by")
    words = format_value(place.value, place.unit, _currency(place))
    return f"at least {words}" if _is_lower_bound(place) else words


def _currency(place: _Place) -> str:
    """The currency of the nearest model around the value that names one."""
    field = _CURRENCY_FIELD.get(place.unit or "", "")
    return next((getattr(model, field) for model in reversed(place.models) if field in type(model).model_fields), "")


def _is_lower_bound(place: _Place) -> bool:
    """Whether the value's model says that it is not complete: `bid_complete` beside `bid_usd`."""
    sibling = f"{place.field.rpartition('_')[0]}_complete"
    return getattr(place.models[-1], sibling, None) is False
