"""The heatmap as an MCP App: a page that loads nothing, drawn from what only a host with apps is sent."""

import json
import re
from contextlib import asynccontextmanager

import pytest
from mcp import Client
from mcp.client.extension import advertise
from mcp.server.apps import APP_MIME_TYPE, EXTENSION_ID
from playwright.async_api import async_playwright

from mcp_server.server import build_server

URI = "ui://liquidity/heatmap.html"
# A host in a page: the app in a sandbox that may run scripts and nothing else, answered as the specification has it.
HOST = """<!doctype html><iframe sandbox="allow-scripts" width="880" height="620"></iframe><script>
window.heard = [];
const frame = document.querySelector("iframe"), result = %s;
const post = (message) => frame.contentWindow.postMessage({ jsonrpc: "2.0", ...message }, "*");
window.addEventListener("message", ({ data }) => {
  heard.push(data);
  if (data.method === "ui/initialize") post({ id: data.id, result: { protocolVersion: "2026-01-26", hostCapabilities: { serverTools: {} }, hostContext: { theme: "dark" } } });
  if (data.method === "ui/notifications/initialized") {
    post({ method: "ui/notifications/tool-input", params: { arguments: { symbol: "BTC" } } });
    post({ method: "ui/notifications/tool-result", params: result });
  }
  if (data.method === "tools/call") post({ id: data.id, result: { isError: true, content: [{ type: "text", text: "kraken timed out." }] } });
});
frame.srcdoc = %s;
</script>"""


@asynccontextmanager
async def host_with_apps(market):
    async with Client(build_server(market), extensions=[advertise(EXTENSION_ID, {"mimeTypes": [APP_MIME_TYPE]})]) as client:
        yield client


async def test_the_tool_that_draws_the_heatmap_is_bound_to_the_page(client):
    assert {tool.name: tool.meta for tool in (await client.list_tools()).tools if tool.meta} == {
        "liquidity_heatmap": {"ui": {"resourceUri": URI, "visibility": ["model", "app"]}}
    }
    assert EXTENSION_ID in client.server_capabilities.extensions


async def test_the_page_loads_nothing(client):
    (page,) = (await client.read_resource(URI)).contents
    assert page.mime_type == APP_MIME_TYPE
    assert re.findall(r"https?://[^\"'` ]+", page.text) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<link|@import|url\((?!#)|\bfetch\(|XMLHttpRequest|innerHTML|<script src", page.text)


async def test_only_a_host_with_apps_gets_the_figure(market, client):
    plain = await client.call_tool("liquidity_heatmap", {"symbol": "BTC"})
    assert "liquidity/chart" not in (plain.meta or {})
    async with host_with_apps(market) as session:
        rich = await session.call_tool("liquidity_heatmap", {"symbol": "BTC"})
        other = await session.call_tool("liquidity_chart", {"kind": "depth", "symbol": "BTC"})
    assert [block.type for block in rich.content] == [block.type for block in plain.content] == ["text", "image"]
    assert rich.structured_content is None
    assert rich.meta["liquidity/chart"]["kind"] == "heatmap"
    assert "liquidity/chart" not in (other.meta or {})


@pytest.mark.browser
async def test_the_page_draws_zooms_and_asks_again(market, chrome):
    async with host_with_apps(market) as session:
        (page,) = (await session.read_resource(URI)).contents
        result = await session.call_tool("liquidity_heatmap", {"symbol": "BTC", "levels": 10})
    sent = json.dumps(result.model_dump(mode="json", by_alias=True)).replace("</", r"<\/")
    asked, faults = [], []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chrome, args=["--no-sandbox"])
        host = await browser.new_page(viewport={"width": 900, "height": 640})
        host.on("request", lambda request: asked.append(request.url))
        host.on("pageerror", lambda error: faults.append(str(error)))
        host.on("console", lambda message: faults.append(message.text))
        await host.set_content(HOST % (sent, json.dumps(page.text).replace("</", r"<\/")))
        app = host.frame_locator("iframe")
        await app.get_by_role("heading", name="SIMULATED: Liquidity by price").wait_for()
        ticks = app.locator("svg text[text-anchor=end]")
        before = await ticks.all_text_contents()
        await app.get_by_role("button", name="Zoom in").click()
        assert await ticks.all_text_contents() != before
        await app.get_by_role("button", name="All").click()
        assert await ticks.all_text_contents() == before
        await app.locator("svg").hover(position={"x": 300, "y": 150})
        assert "ask level" in await app.locator("#tip").inner_text()
        await app.get_by_label("Exchange").fill("kraken")
        await app.get_by_role("button", name="Show now").click()
        await app.get_by_text("kraken timed out.").wait_for()
        calls = [message["params"] for message in await host.evaluate("heard") if message.get("method") == "tools/call"]
        await browser.close()
    assert calls == [{"name": "liquidity_heatmap", "arguments": {"symbol": "BTC", "exchange": "kraken", "levels": 30}}]
    assert (asked, faults) == ([], [])
