"""What a host is told of the tools: everything the registry holds, in schemas that no host rejects."""

import inspect
import json
from dataclasses import replace
from datetime import datetime
from typing import Literal

import pytest
from jsonschema import Draft202012Validator
from mcp import Client

from mcp_server.protocol import tools as protocol_tools
from mcp_server.protocol.schemas import output_schema
from mcp_server.server import build_server
from tools import TOOLS, Chart, Market, Result
from tools.analytics.result import Record
from tools.capabilities.tool import arguments_model
from tools.capabilities.tool import tool as capability
from tools.parameters import Symbol
from tools.units import Pct

BROKEN_IN_SOME_HOST = {"anyOf", "oneOf", "allOf", "$ref", "$defs", "prefixItems", "definitions"}
NULL = {"type": "null"}
CHARACTERS_PER_TOKEN = 4


def parts(schema):
    """The schema and every schema within it; names of properties are not schemas."""
    yield schema
    inner = [
        *schema.get("properties", {}).values(),
        *schema.get("anyOf", []),
        *(schema[name] for name in ("items", "additionalProperties") if isinstance(schema.get(name), dict)),
    ]
    for one in inner:
        yield from parts(one)


def tokens(value):
    return len(json.dumps(value, separators=(",", ":"))) / CHARACTERS_PER_TOKEN


@pytest.fixture
async def listed(client):
    return {tool.name: tool for tool in (await client.list_tools()).tools}


async def test_tools_and_parameters_are_those_of_the_registry(either_client):
    listed = (await either_client.list_tools()).tools
    assert {tool.name: list(tool.input_schema["properties"]) for tool in listed} == {
        tool.__name__: list(inspect.signature(tool).parameters)[1:] for tool in TOOLS
    }


async def test_a_description_is_the_docstring_and_fits_a_screen(listed):
    assert {name: tool.description for name, tool in listed.items()} == {tool.__name__: inspect.getdoc(tool) for tool in TOOLS}
    assert all(tool.description and len(tool.description) < 800 for tool in listed.values())


async def test_input_schemas_are_flat_and_closed(listed):
    for tool in listed.values():
        assert tool.input_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False
        for part in parts(tool.input_schema):
            assert not BROKEN_IN_SOME_HOST & part.keys(), tool.name
            assert isinstance(part["type"], str), tool.name
            assert all(isinstance(one, str) for one in part.get("enum", [])), tool.name


async def test_every_parameter_is_described_and_required_only_without_a_default(listed):
    for tool in listed.values():
        required = tool.input_schema.get("required", [])
        for name, parameter in tool.input_schema["properties"].items():
            assert parameter["description"], (tool.name, name)
            assert ("default" in parameter) != (name in required), (tool.name, name)


async def test_arguments_keep_their_bounds_and_units(listed):
    size = listed["calculate_market_impact"].input_schema["properties"]["order_size_usd"]
    assert {name: size[name] for name in ("type", "minimum", "maximum", "unit", "default")} == {
        "type": "number",
        "minimum": 0,
        "maximum": 1e12,
        "unit": "usd",
        "default": 0,
    }


async def test_output_schemas_are_lean_objects_with_units(listed):
    for tool in listed.values():
        if tool.output_schema is None:
            continue
        assert tool.output_schema["type"] == "object"
        for part in parts(tool.output_schema):
            assert BROKEN_IN_SOME_HOST & part.keys() <= {"anyOf"}, tool.name
            assert isinstance(part.get("type"), str) or (len(part["anyOf"]) == 2 and NULL in part["anyOf"])
            assert "title" not in part
            assert part is tool.output_schema or "description" not in part
    fields = listed["calculate_market_impact"].output_schema["properties"]
    assert fields["slippage_percentage"] == {"type": "number", "unit": "pct"}
    assert fields["fee_usd"] == {"anyOf": [{"type": "number", "unit": "usd"}, NULL]}
    assert "unit" not in fields["sufficient_liquidity"]


class Part(Record):
    """A part."""

    width: Pct


class Sparse(Result):
    """Facts that may be missing."""

    net_pct: Pct | None
    side: Literal["buy", "sell"] | None
    part: Part | None
    at: datetime | None


def test_a_fact_that_may_be_missing_keeps_its_type_and_unit_and_may_be_null():
    schema, closed = output_schema(Sparse), {"type": "object", "additionalProperties": False}
    assert {name: schema["properties"][name] for name in ("net_pct", "side", "part", "at")} == {
        "net_pct": {"anyOf": [{"type": "number", "unit": "pct"}, NULL]},
        "side": {"anyOf": [{"type": "string", "enum": ["buy", "sell"]}, NULL]},
        "part": {"anyOf": [{**closed, "properties": {"width": {"type": "number", "unit": "pct"}}, "required": ["width"]}, NULL]},
        "at": {"anyOf": [{"type": "string", "format": "date-time"}, NULL]},
    }
    nothing = {"source": "live", "as_of": "2026-08-09T12:00:00Z", "age_ms": 0, "warnings": [], "net_pct": None, "side": None, "part": None, "at": None}
    assert list(Draft202012Validator(schema).iter_errors(nothing)) == []


async def test_a_drawing_tool_promises_nothing_structured(listed):
    drawing = {tool.__name__ for tool in TOOLS if issubclass(inspect.get_annotations(inspect.unwrap(tool), eval_str=True)["return"], Chart)}
    assert {name for name, tool in listed.items() if tool.output_schema is None} == drawing


async def test_definitions_fit_six_thousand_tokens(listed):
    definitions = [{"name": tool.name, "description": tool.description, "inputSchema": tool.input_schema} for tool in listed.values()]
    assert tokens(definitions) <= 6_000
    # Counted apart: few hosts show a model what results look like.
    assert tokens([tool.output_schema for tool in listed.values()]) <= 7_000


async def test_titles_and_hints_say_what_is_true(market, monkeypatch):
    monkeypatch.setattr(protocol_tools, "TOOLS", [tool for tool in TOOLS if not getattr(tool, "writes", False)])
    for source, open_world in (("live", True), ("simulated", False), ("replay", False)):
        async with Client(build_server(replace(market, source=source))) as client:
            for tool in (await client.list_tools()).tools:
                assert tool.title == tool.name.replace("_", " ").capitalize()
                assert tool.annotations.model_dump(exclude_none=True) == {
                    "read_only_hint": True,
                    "idempotent_hint": True,
                    "destructive_hint": False,
                    "open_world_hint": open_world,
                }


@pytest.mark.parametrize("destructive", [False, True])
async def test_a_tool_that_writes_is_not_told_to_be_harmless_to_repeat(market, monkeypatch, destructive):
    @capability
    async def keep(market: Market, symbol: Symbol) -> Sparse:
        """Keep what is known of a symbol."""
        raise NotImplementedError

    keep.writes, keep.destructive = True, destructive
    monkeypatch.setattr(protocol_tools, "TOOLS", [keep])
    async with Client(build_server(market)) as client:
        (listed,) = (await client.list_tools()).tools
    assert listed.annotations.model_dump(exclude_none=True) == {
        "read_only_hint": False,
        "idempotent_hint": False,
        "destructive_hint": destructive,
        "open_world_hint": False,
    }


async def test_schemas_are_what_the_tools_validate_with(listed):
    for tool in TOOLS:
        schema, model = listed[tool.__name__].input_schema, arguments_model(tool)
        assert set(schema.get("required", [])) == {name for name, field in model.model_fields.items() if field.is_required()}


async def test_the_server_introduces_itself(client):
    about = client.server_info
    assert (about.name, about.title, about.version) == ("market-liquidity-monitor", "Market Liquidity Monitor", "0.1.0")
    assert about.icons[0].src.startswith("data:image/svg+xml,")
    assert "simulated" in client.instructions
    assert "no basis for a trade" in client.instructions
