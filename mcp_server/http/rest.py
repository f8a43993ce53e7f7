"""Every tool of the registry as `POST /api/v1/<its-name>`, by one adapter that knows none of them."""

from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any, get_type_hints

import orjson
from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from tools.analytics.result import Result
from tools.capabilities.tool import arguments_model
from tools.charts.chart import Chart
from tools.charts.render import Renderer
from tools.market import Market
from tools.registry import TOOLS, Tool, bind, find

from .accept import preferred
from .arguments import arguments
from .openapi import JSON, PLOTLY, PNG, described

PREFIX = "/api/v1"
ALIASES: Mapping[str, str] = {"market-impact": "calculate_market_impact"}
"""Paths that are published beside those of the tools' own names."""

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]


def paths() -> dict[str, Tool]:
    """Every tool by the last part of its path, aliases last."""
    by_name = {tool.__name__: tool for tool in TOOLS}
    return {name.replace("_", "-"): tool for name, tool in by_name.items()} | {path: by_name[name] for path, name in ALIASES.items()}


def rest(market: Market) -> APIRouter:
    """The routes of all tools, closed over `market`."""
    router, bound = APIRouter(prefix=PREFIX), bind(market)
    for path, tool in paths().items():
        schema = arguments_model(tool).model_json_schema()
        answer: type[Result] = get_type_hints(tool)["return"]
        endpoint = _endpoint(bound[tool.__name__], schema, answer, market.renderer)
        router.add_api_route(f"/{path}", endpoint, methods=["POST"], **described(tool, path, schema, answer))
    router.add_api_route("/{tool}", _unknown, methods=["POST"], include_in_schema=False)
    # Whatever is no tool's path ends here: the chat, which owns all other paths, would answer it with a page.
    router.add_api_route("/{path:path}", _nothing, methods=_METHODS, include_in_schema=False)
    return router


def _endpoint(bound: Tool, schema: Mapping[str, Any], answer: type[Result], renderer: Renderer) -> Endpoint:
    lists = frozenset(name for name, one in schema["properties"].items() if one.get("type") == "array")
    offers = (JSON, PLOTLY, PNG) if issubclass(answer, Chart) else (JSON,)

    async def endpoint(request: Request) -> Response:
        media = preferred(",".join(request.headers.getlist("accept")), offers)
        result = await bound(**await arguments(request, lists))
        return Response(await _content(result, media, renderer), media_type=media)

    return endpoint


async def _content(result: Result, media: str, renderer: Renderer) -> str | bytes:
    if not isinstance(result, Chart) or media == JSON:
        return result.model_dump_json()
    if media == PNG:
        return await renderer.png(result)
    return orjson.dumps(result.figure)


async def _nothing(request: Request) -> Response:
    """Say that the path is none, or that it is asked for with POST alone."""
    if request.path_params["path"] in paths():
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    raise HTTPException(HTTPStatus.NOT_FOUND)


async def _unknown(request: Request) -> Response:
    """Say that there is no such tool, and which one may be meant."""
    find(request.path_params["tool"].replace("-", "_"))
    raise AssertionError("a tool that is found has a route of its own")
