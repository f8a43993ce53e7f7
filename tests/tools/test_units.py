"""Numbers become words the same way everywhere."""

import re
from typing import Annotated

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from tools.units import Bps, Count, Pct, Usd, format_price, format_usd, format_value, unit_of

UNITS = ["usd", "usd_price", "price", "base", "pct", "bps", "ratio", "count", "ms"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "$0.00"),
        (-0.0, "$0.00"),
        (3.214, "$3.21"),
        (0.01, "$0.01"),
        (0.00999, "$0.01"),
        (0.0042, "$0.0042"),
        (0.0000123, "$0.000012"),
        (1e-10, "$0.00"),
        (-1e-10, "$0.00"),
        (-0.0042, "-$0.0042"),
        (-3.2, "-$3.20"),
        (999.99, "$999.99"),
        (999.996, "$1,000"),
        (1_000, "$1,000"),
        (50_000, "$50,000"),
        (-50_000.4, "-$50,000"),
        (999_994, "$999,994"),
        (999_999.6, "$1.00 million"),
        (1_250_000, "$1.25 million"),
        (999_994_999, "$999.99 million"),
        (999_999_999, "$1.00 billion"),
        (2_500_000_000, "$2.50 billion"),
        (1.5e13, "$15,000.00 billion"),
        (-7_004_000, "-$7.00 million"),
    ],
)
def test_dollars_read_as_a_person_would_write_them(value: float, words: str) -> None:
    assert format_usd(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (65_083.67, "65,083.67"),
        (65_083.6749, "65,083.67"),
        (1_000_000_000, "1,000,000,000.00"),
        (999.9999999, "1,000.00"),
        (999.9999, "999.9999"),
        (1_919.5, "1,919.50"),
        (152.5, "152.50"),
        (1.0002, "1.0002"),
        (1.23456789, "1.234568"),
        (1, "1.00"),
        (0.9999999, "1.00"),
        (0.5, "0.50"),
        (0.1, "0.10"),
        (0.123456789, "0.12346"),
        (0.00001234, "0.00001234"),
        (1.2e-17, "0.000000000000000012"),
        (0, "0.00"),
        (-0.0, "0.00"),
        (-0.5, "-0.50"),
        (-1_234.5, "-1,234.50"),
    ],
)
def test_prices_keep_the_figures_that_matter(value: float, words: str) -> None:
    assert format_price(value) == words


@pytest.mark.parametrize(
    ("value", "unit", "currency", "words"),
    [
        (None, "pct", "", "not available"),
        (None, "usd", "", "not available"),
        (250_000, "usd", "ignored", "$250,000"),
        (65_083.67, "usd_price", "", "65,083.67 USD"),
        (65_083.67, "price", "USDT", "65,083.67 USDT"),
        (65_083.67, "price", "", "65,083.67"),
        (0.25, "base", "BTC", "0.25 BTC"),
        (12_345.678, "base", "DOGE", "12,345.68 DOGE"),
        (1, "pct", "", "1.00%"),
        (12.345, "pct", "", "12.35%"),
        (12_345.6, "pct", "", "12,345.60%"),
        (0.087, "pct", "", "0.087%"),
        (0.9996, "pct", "", "1.000%"),
        (0.01, "pct", "", "0.010%"),
        (0.0015, "pct", "", "0.0015%"),
        (0.0000154, "pct", "", "0.0000154%"),
        (0.0997, "pct", "", "0.0997%"),
        (0.09996, "pct", "", "0.100%"),
        (-0.25, "pct", "", "-0.250%"),
        (-0.0, "pct", "", "0.000%"),
        (-1e-14, "pct", "", "0.000%"),
        (5.0, "band_pct", "", "5%"),
        (0.25, "band_pct", "", "0.25%"),
        (0, "percentile", "", "<1st"),
        (0.99, "percentile", "", "<1st"),
        (1, "percentile", "", "1st"),
        (2.4, "percentile", "", "2nd"),
        (22.5, "percentile", "", "23rd"),
        (11, "percentile", "", "11th"),
        (12.5, "percentile", "", "13th"),
        (50, "percentile", "", "50th"),
        (99, "percentile", "", "99th"),
        (99.01, "percentile", "", ">99th"),
        (100, "percentile", "", ">99th"),
        (0.39, "bps", "", "0.39 bps"),
        (0.0999, "bps", "", "0.10 bps"),
        (0.015, "bps", "", "0.015 bps"),
        (1_234.5, "bps", "", "1,234.50 bps"),
        (-1e-12, "bps", "", "0.00 bps"),
        (1.5, "ratio", "", "1.50"),
        (0.00052, "ratio", "", "0.00052"),
        (27_236, "count", "", "27,236"),
        (-0.2, "count", "", "0"),
        (0, "ms", "", "0 ms"),
        (-0.2, "ms", "", "0 ms"),
        (12.6, "ms", "", "13 ms"),
        (999.4, "ms", "", "999 ms"),
        (999.7, "ms", "", "1.0 s"),
        (61_234, "ms", "", "61.2 s"),
    ],
)
def test_values_are_told_with_their_unit(value: float | None, unit: str, currency: str, words: str) -> None:
    assert format_value(value, unit, currency) == words


@settings(max_examples=500, deadline=None, derandomize=True)
@given(st.floats(min_value=-1e15, max_value=1e15), st.sampled_from(UNITS))
def test_no_number_reads_as_minus_nothing_or_in_powers_of_ten(value: float, unit: str) -> None:
    words = format_value(value, unit)

    assert not re.search(r"-\$?0(\.0*)?(?![.\d])", words)
    assert re.fullmatch(r"-?\$?\d{1,3}(,?\d{3})*(\.\d+)?( million| billion| USD|%| bps| ms| s)?", words)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.floats(min_value=1e-6, max_value=1e12), st.sampled_from(["usd", "price", "base", "pct", "bps", "ratio"]), st.sampled_from([1, -1]))
def test_what_is_read_back_is_within_rounding_of_the_number(size: float, unit: str, sign: int) -> None:
    words = format_value(sign * size, unit)
    scale = 1e6 if "million" in words else 1e9 if "billion" in words else 1
    read = float(re.sub(r"[^\d.\-]", "", words)) * scale

    assert read == pytest.approx(sign * size, rel=0.051)


def test_an_unknown_unit_is_a_fault_of_the_program() -> None:
    with pytest.raises(KeyError):
        format_value(1.0, "furlong")


def test_a_field_s_unit_is_read_from_its_metadata_optional_or_not() -> None:
    class Answer(BaseModel):
        spread: Pct
        cost: Usd | None
        slippage: Bps | None = None
        tight: Annotated[Count, Field(ge=0)] = 0
        name: str = ""
        share: float = 0.0
        labelled: float = Field(default=0.0, json_schema_extra={"examples": [1]})

    assert {name: unit_of(Answer, name) for name in Answer.model_fields} == {
        "spread": "pct",
        "cost": "usd",
        "slippage": "bps",
        "tight": "count",
        "name": None,
        "share": None,
        "labelled": None,
    }
