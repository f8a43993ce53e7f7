"""How many tool calls a second MCP over HTTP takes from eight clients, beside a server of the same SDK whose tool does nothing."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from measuring import by_turns, report

CLIENTS, CALLS = 8, 25
TRIVIAL = """
import asyncio, socket, sys, uvicorn
from mcp.server import MCPServer
server = MCPServer("trivial", log_level="WARNING")
@server.tool()
def add(a: int, b: int) -> int:
    return a + b
listener = socket.socket(proto=socket.IPPROTO_TCP)
listener.bind(("127.0.0.1", 0))
listener.listen()
print(f"metrics http://127.0.0.1:{listener.getsockname()[1]}/metrics", file=sys.stderr, flush=True)
asyncio.run(uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_level="warning")).serve(sockets=[listener]))
"""
HEADERS = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25"}
INITIALIZE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}


@contextmanager
def served(*command: str) -> Iterator[str]:
    """The address of a server in a process of its own."""
    unlimited = {"LIQUIDITY_REQUESTS_PER_MINUTE": "0", "LIQUIDITY_REQUESTS_PER_DAY": "0", "LIQUIDITY_MODEL": "rules"}
    with subprocess.Popen([sys.executable, *command], env={**os.environ, **unlimited}, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield next(found[1] for line in process.stderr if (found := re.search(r"metrics\s+(\S+)/metrics", line)))
        finally:
            process.terminate()


@dataclass(frozen=True)
class Caller:
    """One client with a session of its own, who does no more than it must: the servers are what is measured."""

    http: aiohttp.ClientSession
    url: str
    tool: str
    arguments: dict[str, Any]

    async def open(self) -> None:
        async with self.http.post(self.url, json={"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": INITIALIZE}) as answer:
            self.http.headers["mcp-session-id"] = answer.headers["mcp-session-id"]
            await answer.read()
        async with self.http.post(self.url, json={"jsonrpc": "2.0", "method": "notifications/initialized"}) as answer:
            assert answer.status == 202

    async def call(self) -> None:
        request = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": self.tool, "arguments": self.arguments}}
        for _ in range(CALLS):
            async with self.http.post(self.url, json=request) as answer:
                assert b'"isError":false' in await answer.read()


async def test_tool_calls_a_second_over_http_beside_a_tool_that_does_nothing():
    with served("-m", "mcp_server.cli", "serve", "--port", "0", "--demo") as ours, served("-c", TRIVIAL) as trivial:
        async with AsyncExitStack() as stack:

            async def callers(url: str, tool: str, **arguments: Any) -> list[Caller]:
                sessions = [await stack.enter_async_context(aiohttp.ClientSession(headers=HEADERS)) for _ in range(CLIENTS)]
                found = [Caller(session, f"{url}/mcp", tool, arguments) for session in sessions]
                await asyncio.gather(*(caller.open() for caller in found))
                return found

            impact = await callers(ours, "calculate_market_impact", symbol="BTC/USDT", order_size_usd=50_000, exchange="binance")
            nothing = await callers(trivial, "add", a=1, b=2)
            seconds = await by_turns(
                lambda: asyncio.gather(*(caller.call() for caller in impact)), lambda: asyncio.gather(*(caller.call() for caller in nothing)), rounds=11
            )
    per_call = [each / (CLIENTS * CALLS) for each in seconds]
    assert report(f"a cached tool over MCP/HTTP at {CLIENTS} clients ({1 / per_call[0]:,.0f} calls a second)", *per_call) <= 1 / 0.7
