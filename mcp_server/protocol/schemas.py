"""JSON schemas that every host accepts: flat, short, and with the unit of each number."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from pydantic import BaseModel

from tools.capabilities.tool import arguments_model

Schema = dict[str, Any]

_DEFINITION = "#/$defs/"
# Of arguments the description already names examples; of results the field's name says what it is.
_LEFT_OUT = {"title", "examples", "$defs"}


def input_schema(tool: Callable[..., Any]) -> Schema:
    """The parameters of a tool (all but the market), unknown ones forbidden."""
    return _flat(arguments_model(tool).model_json_schema(), {}, _LEFT_OUT)


def output_schema(model: type[BaseModel]) -> Schema:
    """The fields of a result; its own description stays, those of its parts go."""
    schema = model.model_json_schema(mode="serialization")
    return {"type": "object", "description": schema["description"], **_flat(schema, schema.get("$defs", {}), {*_LEFT_OUT, "description", "default"})}


def _flat(schema: Schema, definitions: Mapping[str, Schema], left_out: Collection[str]) -> Schema:
    """The schema without references."""
    if "$ref" in schema:
        return _flat(definitions[schema["$ref"].removeprefix(_DEFINITION)], definitions, left_out)
    kept = {name: value for name, value in schema.items() if name not in left_out}
    if "anyOf" in kept:
        # Only results may be null, and every host takes two branches for that: a type of two names is what the Inspector's --strict warns of.
        kept["anyOf"] = [_flat(member, definitions, left_out) for member in kept["anyOf"]]
    if "properties" in kept:
        kept["properties"] = {name: _flat(one, definitions, left_out) for name, one in kept["properties"].items()}
    for name in ("items", "additionalProperties"):
        if isinstance(kept.get(name), dict):
            kept[name] = _flat(kept[name], definitions, left_out)
    return kept
