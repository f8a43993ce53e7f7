"""What every result promises: a unit for each number, one source, and nothing that is not a number."""

import importlib
import math
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from types import ModuleType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest
from make_books import NOON, book
from pydantic import BaseModel, ValidationError

import tools.analytics
from tools.analytics import comparison, curves, depth, heatmap, impact
from tools.analytics.impact import Order
from tools.analytics.result import Record, Result, distinct, origin
from tools.units import format_value, unit_of

MODULES: list[ModuleType] = [importlib.import_module(f"tools.analytics.{found.name}") for found in pkgutil.walk_packages(tools.analytics.__path__)]
MODELS = [
    model
    for module in MODULES
    for model in vars(module).values()
    if isinstance(model, type)
    and issubclass(model, BaseModel)
    and model.__module__ == module.__name__
    # What the numbers of a generic one are is said by those that are made of it.
    and not model.__pydantic_generic_metadata__["parameters"]
]


def members(annotation: Any) -> Iterator[Any]:
    """The types an annotation allows, without their metadata."""
    if get_origin(annotation) is Annotated:
        yield from members(get_args(annotation)[0])
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from members(one)
    else:
        yield annotation


def numeric(annotation: Any) -> bool:
    return any(one in (int, float) for one in members(annotation))


def listed(annotation: Any) -> bool:
    """Whether numbers stand in a list or mapping."""
    return any(numeric(inner) or listed(inner) for one in members(annotation) if get_origin(one) in (list, dict, tuple) for inner in get_args(one))


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_number_of_a_result_has_a_unit_that_can_be_told(model: type[BaseModel]) -> None:
    units = {name: unit_of(model, name) for name, field in model.model_fields.items() if numeric(field.annotation) or listed(field.annotation)}

    assert [name for name, unit in units.items() if unit is None] == []
    # Where values differ in unit, the record says which it is.
    assert all("unit" in model.model_fields if unit == "by unit" else format_value(1, unit) for unit in units.values())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_is_a_frozen_record_that_refuses_what_it_does_not_know(model: type[BaseModel]) -> None:
    config = model.model_config

    assert issubclass(model, Record)
    assert (config.get("frozen"), config.get("extra"), config.get("allow_inf_nan")) == (True, "forbid", False)


KRAKEN = book([["99", "1"], ["98", "2"]], [["101", "1"], ["102", "20"]], fee_pct=0.1)
OKX = book([["104", "1"]], [["105", "1"]], exchange="okx", symbol="BTC/USDT", usd=0.999, conversion_cost_pct=0.01, fee_pct=0.1)
BOOKS = {"kraken": KRAKEN, "okx": OKX}
ORDER = Order("buy", usd=50)
RESULTS: list[Result] = [
    depth.view(KRAKEN, "BTC", 20, NOON),
    comparison.compare("BTC", BOOKS, {}, 20, NOON),
    impact.market_impact(KRAKEN, "BTC", ORDER, NOON),
    heatmap.grid(KRAKEN, "BTC", 4, NOON),
    curves.depth_curves("BTC", BOOKS, {}, NOON),
    curves.impact_curves("BTC", BOOKS, ORDER, {}, NOON),
]


def spoiled(value: Any, bad: float) -> Iterator[Any]:
    """Copies of plain data with one float after the other replaced."""
    if isinstance(value, float):
        yield bad
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from ({**value, key: one} for one in spoiled(inner, bad))
    elif isinstance(value, list):
        for at, inner in enumerate(value[:3]):
            yield from ([*value[:at], one, *value[at + 1 :]] for one in spoiled(inner, bad))


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_no_number_that_is_none_can_leave_a_result(result: Result, bad: float) -> None:
    copies = list(spoiled(result.model_dump(), bad))

    assert len(copies) > 5
    for copy in copies:
        with pytest.raises(ValidationError, match="finite number"):
            type(result).model_validate(copy)


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_a_result_survives_its_own_json(result: Result) -> None:
    assert type(result).model_validate_json(result.model_dump_json()) == result


@pytest.mark.parametrize("result", RESULTS, ids=lambda result: type(result).__name__)
def test_a_result_cannot_be_changed(result: Result) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        result.age_ms = 0.0


EXTREME_BOOKS = {
    "absurd ask": book([["99", "1"]], [["101", "1"], ["1e29", "1e-9"]], all_sent=(True, True)),
    "smallest and largest": book([["2e-30", "1"]], [["9e29", "1"]]),
    "neighbouring floats": book([["1", "1"]], [["1.0000000000000002", "1"]]),
    "whole side beside dust": book([["1e-9", "1e-9"]], [["2", "1e29"]], all_sent=(True, False)),
}


@pytest.mark.parametrize("name", EXTREME_BOOKS)
def test_no_clean_book_is_so_extreme_that_a_result_breaks(name: str) -> None:
    one, asked = EXTREME_BOOKS[name], Order("sell", usd=1_000)

    depth.view(one, "BTC", 20, NOON)
    comparison.compare("BTC", {name: one, "kraken": KRAKEN}, {}, 20, NOON)
    heatmap.grid(one, "BTC", 30, NOON)
    curves.depth_curves("BTC", {name: one}, {}, NOON)
    curves.impact_curves("BTC", {name: one}, asked, {}, NOON)
    assert [impact.market_impact(one, "BTC", Order(side, base=1e-3), NOON).levels_consumed for side in ("buy", "sell")]


@pytest.mark.parametrize("other", ["simulated", "replay"])
def test_books_of_different_sources_never_meet_in_one_result(other: Any) -> None:
    mixed = {"kraken": KRAKEN, "okx": book([["104", "1"]], [["105", "1"]], exchange="okx", source=other)}

    with pytest.raises(ValueError, match="books of different sources in one result"):
        comparison.compare("BTC", mixed, {}, 20, NOON)
    with pytest.raises(ValueError, match="books of different sources in one result"):
        curves.depth_curves("BTC", mixed, {}, NOON)
    with pytest.raises(ValueError, match="books of different sources in one result"):
        curves.impact_curves("BTC", mixed, ORDER, {}, NOON)


def test_a_result_is_as_old_as_its_oldest_book() -> None:
    older = book([["99", "1"]], [["101", "1"]], source="replay", lag_ms=700)
    newer = book([["99", "1"]], [["101", "1"]], source="replay", taken_after_s=1)

    assert origin([newer, older], NOON + timedelta(seconds=2)) == ("replay", NOON - timedelta(milliseconds=700), 2_700.0)


def test_sentences_are_said_once_in_order() -> None:
    assert distinct(["b", "a", "b"]) == ["b", "a"]
