"""How a tool reads in /openapi.json: its parameters with units and examples, its answer, and its problems."""

import inspect
from collections.abc import Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from tools.analytics.result import Result
from tools.charts.chart import Chart
from tools.registry import Tool

from .problems import MEDIA_TYPE, Problem

JSON, PLOTLY, PNG = "application/json", "application/vnd.plotly.v1+json", "image/png"

Schema = dict[str, Any]

_PROBLEM: Schema = {"content": {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}}
_PROBLEMS: Mapping[int | str, str] = {
    HTTPStatus.BAD_REQUEST: "The body is not a JSON object.",
    HTTPStatus.CONFLICT: "Too few snapshots are stored to answer; the detail says how to record more.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "An argument is wrong; the detail says which, and what would work.",
    HTTPStatus.TOO_MANY_REQUESTS: "An exchange, or this server, says to wait: Retry-After says how many seconds.",
    HTTPStatus.BAD_GATEWAY: "The exchange's answer cannot be used.",
    HTTPStatus.SERVICE_UNAVAILABLE: "The exchange cannot be reached, the history cannot be used, or the chart cannot be drawn as an image here.",
    HTTPStatus.GATEWAY_TIMEOUT: "The exchange did not answer in time.",
    "default": "Any other problem.",
}
_DESCRIPTION = (
    "Order-book liquidity across exchanges. Every tool takes its arguments in the query string, in a JSON body, or some in each; each is given once."
    " Units stand in the schemas as `unit`. Every answer says in `source` whether its books are live, simulated or a replay."
    " Problems are RFC 9457 problem details."
)


def described(tool: Tool, path: str, schema: Mapping[str, Any], answer: type[Result]) -> Schema:
    """What FastAPI is told of a tool's route."""
    doc = inspect.getdoc(tool) or ""
    pictures: Schema = {PLOTLY: {"schema": {"type": "object"}}, PNG: {"schema": {"type": "string", "format": "binary"}}}
    return {
        "operation_id": path.replace("-", "_"),
        "summary": path.replace("-", " ").capitalize(),
        "description": doc,
        "response_model": answer,
        "response_description": (inspect.getdoc(answer) or "").partition("\n")[0],
        "responses": {
            **({200: {"content": pictures}} if issubclass(answer, Chart) else {}),
            **{status: {"description": words, **_PROBLEM} for status, words in _PROBLEMS.items()},
        },
        "openapi_extra": {
            "parameters": [_in_query(name, one) for name, one in schema["properties"].items()],
            "requestBody": {"required": False, "content": {JSON: {"schema": schema, "example": _example(schema)}}},
        },
    }


def _in_query(name: str, schema: Schema) -> Schema:
    """A parameter in the query string; required ones are not so there, as they may stand in the body."""
    about = {"name": name, "in": "query", "required": False, "description": schema.get("description", ""), "schema": schema}
    examples = schema.get("examples", [])
    return {**about, **({"example": examples[0]} if examples else {}), **({"style": "form", "explode": True} if schema.get("type") == "array" else {})}


def _example(schema: Mapping[str, Any]) -> Schema:
    """Arguments that work: the required ones, and those whose example says something."""
    properties: Mapping[str, Schema] = schema["properties"]
    examples = {name: one.get("examples", one.get("enum", []))[:1] for name, one in properties.items()}
    return {name: values[0] for name, values in examples.items() if values and (name in schema.get("required", []) or values[0])}


def openapi(app: FastAPI, *, tokens: bool) -> Schema:
    """The whole description; where `tokens` are needed it says so."""
    if app.openapi_schema is None:
        schema = get_openapi(title="Market Liquidity Monitor", version=version("market-liquidity-monitor"), description=_DESCRIPTION, routes=app.routes)
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})[Problem.__name__] = Problem.model_json_schema()
        if tokens:
            components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer", "description": "One of LIQUIDITY_API_TOKENS."}}
            schema["security"] = [{"token": []}]
        app.openapi_schema = schema
    return app.openapi_schema
