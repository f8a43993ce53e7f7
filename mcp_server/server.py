"""The MCP server: one factory for stdio, HTTP and tests."""

from difflib import get_close_matches
from functools import cache
from importlib.metadata import PackageMetadata, metadata
from typing import Any
from urllib.parse import quote

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, CallToolResult, GetPromptResult, Icon, InputRequiredResult

from tools import Market
from tools.errors import UnknownTool

from .protocol import app, completion, log, prompts, resources
from .protocol.tools import failed, published

NAME = "market-liquidity-monitor"
_TITLE = "Market Liquidity Monitor"
_INSTRUCTIONS = """\
Answers what a trader asks before an order: which exchange is cheapest, what an order would cost, where the walls are, and whether that is normal.
Books here are {source} and come from {exchanges} where no exchange is named.{label} Say so, and give each figure's exchange and time.
A bare asset (BTC) means each exchange's deepest USD, USDT or USDC market. Costs are positive when worse for the taker.
What is usual comes from recorded history; where too little is recorded the answer names the command that records more.
Repeat warnings that touch the answer: a figure given as "at least" is a lower bound, and null means it could not be computed."""
_LABELS = {"live": "", "simulated": " They are made up and no basis for a trade.", "replay": " They are recordings and no basis for a trade now."}
_ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'><rect width='48' height='48' rx='10' fill='#0f172a'/>"
    "<path d='M8 14h14v4H8zm4 8h10v4H12zm6 8h4v4h-4z' fill='#2f8fc4'/><path d='M26 14h4v4h-4zm0 8h9v4h-9zm0 8h14v4H26z' fill='#dd7a1f'/></svg>"
)


class LiquidityServer(MCPServer[Any]):
    """An MCPServer that tells of unknown tools and of prompts that cannot be filled in like of every other mistake: in one sentence."""

    async def call_tool(self, name: str, arguments: dict[str, Any], context: Context[Any, Any] | None = None) -> CallToolResult | InputRequiredResult:
        """The result of calling a tool."""
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError:
            known = [tool.name for tool in await self.list_tools()]
            if name in known:
                raise
            return failed(str(UnknownTool(name, known, get_close_matches(name, known, n=1))))

    async def get_prompt(
        self, name: str, arguments: dict[str, Any] | None = None, context: Context[Any, Any] | None = None
    ) -> GetPromptResult | InputRequiredResult:
        """A prompt with its blanks filled in; raises MCPError for one that cannot be."""
        mistake = prompts.mistake(await self.list_prompts(), name, arguments or {})
        if mistake:
            raise MCPError(code=INVALID_PARAMS, message=mistake)
        return await super().get_prompt(name, arguments, context)


def build_server(market: Market, **options: Any) -> MCPServer[Any]:
    """The server of every tool, resource, prompt and the heatmap app over `market`; `options` are MCPServer's own, such as `auth`."""
    about = _about()
    server = LiquidityServer(
        NAME,
        title=_TITLE,
        description=about["Summary"],
        instructions=_instructions(market),
        website_url=_website(about),
        icons=[Icon(src=f"data:image/svg+xml,{quote(_ICON)}", mime_type="image/svg+xml", sizes=["any"])],
        version=about["Version"],
        tools=published(market),
        extensions=[app.apps()],
        # What is offered never changes while it is served: no host need listen for that.
        subscriptions=False,
        **options,
    )
    resources.add(server, market)
    prompts.add(server)
    completion.add(server, market)
    log.add(server)
    return server


def _instructions(market: Market) -> str:
    return _INSTRUCTIONS.format(source=market.source, exchanges=", ".join(market.exchanges), label=_LABELS[market.source])


@cache
def _about() -> PackageMetadata:
    return metadata(NAME)


def _website(about: PackageMetadata) -> str | None:
    """The package's own home page, None while it names none."""
    urls = dict(one.split(", ", 1) for one in about.get_all("Project-URL") or [])
    return urls.get("Homepage")
