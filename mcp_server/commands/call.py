"""`liquidity call`: one tool, its result as JSON."""

import asyncio
import inspect
import json
from pathlib import Path
from typing import Any

from tools import Chart, open_market
from tools.errors import InvalidArgument
from tools.history.whole import whole_file
from tools.registry import TOOLS, find

from .running import ANSWERED, results, settings_from


async def call(tool: str, arguments: str, *, png: Path | None, demo: bool, replay: Path | None) -> int:
    """Print the tool's result, or the list of tools where none is named; write its chart to `png`."""
    if not tool:
        with results():
            print(_tool_list())
        return ANSWERED
    function, given = find(tool), _parsed(arguments)
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        result = await function(market, **given)
        if png is not None:
            if not isinstance(result, Chart):
                raise InvalidArgument(f"{tool} draws nothing; leave --png out, or call liquidity_chart or liquidity_heatmap.")
            await write(png, await market.renderer.png(result))
    with results():
        print(result.model_dump_json(indent=2))
    return ANSWERED


async def write(path: Path, content: bytes) -> None:
    """Write a whole file, or raise NotReadable that says why it cannot be."""
    with whole_file(path) as part:
        await asyncio.to_thread(part.write_bytes, content)


def _parsed(arguments: str) -> dict[str, Any]:
    try:
        given = json.loads(arguments)
    except ValueError as error:
        raise InvalidArgument(f"""The arguments are not JSON ({error}); write them like '{{"symbol": "BTC"}}'.""") from error
    if not isinstance(given, dict):
        raise InvalidArgument("""The arguments must be a JSON object, like '{"symbol": "BTC"}'.""")
    return given


def _tool_list() -> str:
    return "\n\n".join(f"{tool.__name__}({_parameters(tool)})\n    {inspect.getdoc(tool)}" for tool in TOOLS)


def _parameters(tool: Any) -> str:
    parameters = list(inspect.signature(tool).parameters.values())[1:]
    return ", ".join(one.name if one.default is one.empty else f"{one.name}={json.dumps(one.default)}" for one in parameters)
