"""The MCP server over stdio beside a trivial server of the same SDK: how soon its tools are listed, and what a warm call costs."""

import asyncio
import json
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path

from mcp import Client, StdioServerParameters
from measuring import by_turns, report

OURS = [str(Path(sys.executable).with_name("liquidity")), "mcp", "--demo"]
TRIVIAL = [
    sys.executable,
    "-c",
    "from mcp.server import MCPServer\nserver = MCPServer('trivial')\n@server.tool()\ndef add(a: int, b: int) -> int:\n    return a + b\nserver.run()",
]
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
LIST = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {"_meta": ENVELOPE}}).encode() + b"\n"


async def listed(command):
    """Spawn, ask at once as hosts do, and end with the answer."""
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, limit=2**20)
    process.stdin.write(LIST)
    assert "tools" in json.loads(await process.stdout.readline())["result"]
    process.kill()
    await process.wait()


async def test_spawn_to_tools_list():
    ours, floor = await by_turns(lambda: listed(OURS), lambda: listed(TRIVIAL), rounds=15)
    assert report("liquidity mcp, spawn to tools/list", ours, floor) <= 1.5


@asynccontextmanager
async def session(command):
    async with Client(StdioServerParameters(command=command[0], args=command[1:])) as client:
        yield client


async def test_a_warm_cached_call():
    async with session(OURS) as ours, session(TRIVIAL) as trivial:
        question = {"symbol": "BTC", "order_size_usd": 50_000, "exchange": "kraken"}
        assert (await ours.call_tool("calculate_market_impact", question)).structured_content["filled_usd"] == 50_000
        # Books are cached for two seconds, so each round follows one that filled the cache unless it took longer.
        ours_s, trivial_s = await by_turns(
            lambda: ours.call_tool("calculate_market_impact", question), lambda: trivial.call_tool("add", {"a": 1, "b": 2}), rounds=400
        )
    report(f"calculate_market_impact, warm ({1e3 * (ours_s - trivial_s):.2f} ms more than a trivial call)", ours_s, trivial_s)
    assert ours_s - trivial_s <= 0.001
