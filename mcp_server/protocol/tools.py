"""The tools as MCP publishes them. No tool is named here: what the registry holds is what a host gets."""

import base64
import inspect
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, get_type_hints

from mcp.server.apps import client_supports_apps
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.tools import Tool as McpTool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp_types import CallToolResult, ImageContent, TextContent, ToolAnnotations

from tools import TOOLS, Chart, LiquidityError, Market, Result
from tools.errors import ChartUnavailable
from tools.registry import Tool

from ..text import to_text
from . import app, log
from .progress import Progress
from .schemas import Schema, input_schema, output_schema

_UNEXPECTED = "This failed for a reason of our own, which the server's log holds. Try again, or ask for something else."
# Hosts refuse or cut an image from about 100 KB, some of them counting it as the base64 that travels.
_MOST_BYTES = 74_000
_SIZES = ((800, 500), (640, 420), (520, 360))
_log = logging.getLogger(__name__)


class PublishedTool(McpTool):
    """A tool whose function takes the arguments as they came, since our tools validate them themselves and say in one sentence what is wrong."""

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> CallToolResult:  # noqa: ARG002
        """The result of a call; every failure is one too."""
        return await self.fn(arguments, context)


def published(market: Market) -> list[McpTool]:
    """Every tool of the registry over `market`."""
    return [_published(tool, market) for tool in TOOLS]


def failed(sentence: str) -> CallToolResult:
    """A failure that a model can read and mend."""
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)


def _published(tool: Tool, market: Market) -> McpTool:
    parameters, result = input_schema(tool), get_type_hints(tool)["return"]

    async def call(arguments: dict[str, Any], context: Context[Any, Any]) -> CallToolResult:
        try:
            return await _call(tool, market, _unwrapped(arguments, parameters), context)
        except LiquidityError as error:
            await log.tell(context, "error", tool.__name__, [str(error)])
            return failed(str(error))
        except Exception:  # noqa: BLE001 - whatever it is, a host gets one sentence and the log the rest
            _log.exception("%s raised an unexpected exception", tool.__name__)
            await log.tell(context, "critical", tool.__name__, [_UNEXPECTED])
            return failed(_UNEXPECTED)

    return PublishedTool(
        fn=call,
        name=tool.__name__,
        title=tool.__name__.replace("_", " ").capitalize(),
        description=inspect.getdoc(tool) or "",
        parameters=parameters,
        fn_metadata=FuncMetadata(arg_model=ArgModelBase, output_schema=None if issubclass(result, Chart) else output_schema(result)),
        is_async=True,
        context_kwarg=None,
        annotations=_hints(tool, market),
        meta=app.tool_meta(tool),
    )


def _hints(tool: Tool, market: Market) -> ToolAnnotations:
    """What a call may change. A tool that writes says so itself, and whether it also removes; reading can be repeated without another effect."""
    writes, destructive = getattr(tool, "writes", False), getattr(tool, "destructive", False)
    # A simulated or replayed market is a world of its own.
    open_world = market.source == "live"
    return ToolAnnotations(read_only_hint=not writes, idempotent_hint=not writes, destructive_hint=destructive, open_world_hint=open_world)


async def _call(tool: Tool, market: Market, arguments: Mapping[str, Any], context: Context[Any, Any]) -> CallToolResult:
    progress = Progress(market.books)
    with progress.told_to(context):
        result = await tool(replace(market, books=progress), **arguments)
        # What failed of an answer that came all the same is no error, but no less worth a warning.
        await log.tell(context, "warning", tool.__name__, [*result.warnings, *getattr(result, "failures", {}).values()])
        if isinstance(result, Chart):
            progress.doing("drawing the chart")
            return await _drawn(result, market, context)
        return _told(result)


def _told(result: Result) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=to_text(result))], structured_content=result.model_dump(mode="json"))


async def _drawn(chart: Chart, market: Market, context: Context[Any, Any]) -> CallToolResult:
    """Text and image, nothing structured: shown that, hosts drop the image or the text. A host with apps gets the figure beside them."""
    meta = app.result_meta(chart) if client_supports_apps(context) else None
    text = TextContent(text=to_text(chart))
    try:
        image = base64.b64encode(await _image(chart, market)).decode()
    except ChartUnavailable as error:
        return CallToolResult(content=[text, TextContent(text=f"No image: {error}")], _meta=meta)
    return CallToolResult(content=[text, ImageContent(data=image, mime_type="image/png")], _meta=meta)


async def _image(chart: Chart, market: Market) -> bytes:
    """The chart in the largest of our sizes that hosts take."""
    image = b""
    for width, height in _SIZES:
        image = await market.renderer.png(chart, width=width, height=height)
        if len(image) <= _MOST_BYTES:
            break
    return image


def _unwrapped(arguments: Mapping[str, Any], parameters: Schema) -> dict[str, Any]:
    """The arguments with lists that came as JSON text, as Claude Desktop sends them, made lists."""
    return {name: _as_list(value) if parameters["properties"].get(name, {}).get("type") == "array" else value for name, value in arguments.items()}


def _as_list(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("["):
        with suppress(ValueError):
            return json.loads(value)
    return value
