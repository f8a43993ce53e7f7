"""`liquidity mcp --demo` as hosts run it: a process of its own, spoken to over stdin and stdout."""

import asyncio
import base64
import json
import os
import signal
import subprocess
import sys
from time import monotonic

import pytest
from mcp import Client, StdioServerParameters
from mcp.shared.exceptions import MCPError

from tools import TOOLS

COMMAND = [sys.executable, "-m", "mcp_server.cli", "mcp", "--demo"]
# A second, and what a loaded machine that runs other tests adds.
ENDS_WITHIN_S = 1.5
ENVELOPE = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
HEAVY = ["ccxt", "plotly", "kaleido", "sqlalchemy", "pydantic_ai", "chainlit", "aiohttp", "fastapi"]


def session(**options):
    return Client(StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=dict(os.environ)), **options)


@pytest.mark.parametrize("wire", ["legacy", "2026-07-28"])
async def test_a_host_lists_calls_reads_cancels_and_leaves(wire):
    told, fetching = [], asyncio.Event()

    async def tell(seconds, _, message):
        told.append((seconds, message))

    async def is_fetching(*_):
        fetching.set()

    async with session(mode=wire) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == [tool.__name__ for tool in TOOLS]
        book = await client.call_tool("get_order_book", {"symbol": "BTC", "exchange": "kraken"}, progress_callback=tell)
        assert book.structured_content["source"] == "simulated"
        assert told[0][1] == "0 of 1 books in, waiting for kraken"
        wrong = await client.call_tool("get_order_book", {"symbol": "BTC", "levels": 0})
        assert (wrong.is_error, wrong.content[0].text) == (True, "levels must be greater than or equal to 1, not 0.")
        with pytest.raises(MCPError):
            await client.read_resource("liquidity://kraken/NOPE/book")
        assert json.loads((await client.read_resource("liquidity://kraken/BTC-USDT/book")).contents[0].text)["exchange"] == "kraken"
        cancelled = asyncio.create_task(client.call_tool("liquidity_heatmap", {"symbol": "ETH", "exchange": "coinbase"}, progress_callback=is_fetching))
        await fetching.wait()
        cancelled.cancel()
        for name, arguments in (("compare_exchanges", {"symbol": "BTC"}), ("calculate_market_impact", {"symbol": "BTC", "order_size_usd": 1e5})):
            assert not (await client.call_tool(name, arguments)).is_error


@pytest.mark.chrome
async def test_images_arrive_whole_and_small_enough(chrome):
    async with session() as client:
        for name, arguments in (("liquidity_heatmap", {"symbol": "BTC"}), ("liquidity_chart", {"kind": "depth", "symbol": "BTC"})):
            drawn = await client.call_tool(name, arguments)
            image = base64.b64decode(drawn.content[1].data)
            assert image.startswith(b"\x89PNG\r\n\x1a\n")
            assert len(drawn.content[1].data) < 100_000


async def spawned():
    return await asyncio.create_subprocess_exec(*COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


async def ask(process, method, **params):
    process.stdin.write(
        json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {"_meta": {**ENVELOPE, "progressToken": 1}, **params}}).encode() + b"\n"
    )
    return json.loads(await process.stdout.readline())


@pytest.mark.parametrize("how", ["stdin", signal.SIGINT, signal.SIGTERM])
async def test_a_closed_stdin_or_a_signal_ends_the_process_while_it_works(how):
    process = await spawned()
    assert "result" in await ask(process, "tools/list")
    started = await ask(process, "tools/call", name="compare_exchanges", arguments={"symbol": "BTC"})
    assert started["method"] == "notifications/progress"
    told_to = monotonic()
    if how == "stdin":
        process.stdin.close()
    else:
        process.send_signal(how)
    rest, log = await process.communicate()
    assert monotonic() - told_to < ENDS_WITHIN_S
    assert process.returncode == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in rest.splitlines())
    assert log == b""


async def test_the_process_ends_with_the_host_that_is_killed():
    host = "import subprocess, sys; server = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE); print(server.pid, flush=True); server.wait()"
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", host, *COMMAND, stdout=subprocess.PIPE)
    server = os.pidfd_open(int(await parent.stdout.readline()))
    gone = asyncio.Event()
    asyncio.get_running_loop().add_reader(server, gone.set)
    parent.kill()
    await parent.wait()
    await gone.wait()
    asyncio.get_running_loop().remove_reader(server)
    os.close(server)


def test_nothing_heavy_is_imported_before_the_tools_are_listed():
    script = f"""
import asyncio, sys
from mcp import Client
from mcp_server.commands import mcp
from mcp_server.commands.running import settings_from
async def main():
    async with mcp.open_market(settings_from(demo=True, replay=None)) as market, Client(mcp.build_server(market)) as client:
        assert (await client.list_tools()).tools
        print([name for name in {HEAVY} if name in sys.modules])
asyncio.run(main())
"""
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout == "[]\n"
