"""`liquidity serve`: MCP, REST and the chat in one process, over one market."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

from agent import ChosenModel, choose_model
from chat_ui import mount
from mcp_server.http.app import Place, build_app
from mcp_server.http.hosts import is_loopback
from mcp_server.http.tokens import Tokens
from mcp_server.http.watch import Watch
from tools import Market, open_market
from tools.errors import LiquidityError, NotConfigured
from tools.market import warm_up
from tools.recorder import record_configured
from tools.settings import Settings
from tools.webhooks import configured

from .listening import listening, serve_until_told
from .running import ANSWERED, say, settings_from
from .screens import Lines, shown_and

_SERVED = "served"
_NOT_INSTALLED = "not installed; pip install 'market-liquidity-monitor[chat]'"


async def serve(host: str, port: int, *, demo: bool, replay: Path | None) -> int:
    """Serve until told to stop."""
    settings = settings_from(demo=demo, replay=replay)
    tokens = Tokens.of(settings)
    _require_tokens(host, tokens)
    chosen, chat = choose_model(settings), _SERVED if find_spec("chainlit") else _NOT_INSTALLED
    with listening(host, port) as listener:
        port = listener.getsockname()[1]
        async with open_market(settings, watch := Watch()) as market:
            app = build_app(market, settings, watch, Place(host, port, chosen.label, chat))
            if chat == _SERVED:
                mount(app, market, chosen, tokens.accept if tokens else None)
            _announce(f"http://{f'[{host}]' if ':' in host else host}:{port}", market, chosen, chat)
            warming = asyncio.create_task(warm_up())
            async with _recording(market, settings):
                await serve_until_told(app, listener)
            warming.cancel()
    return ANSWERED


@asynccontextmanager
async def _recording(market: Market, settings: Settings) -> AsyncGenerator[None]:
    """Record what the settings name for as long as this is open; what is seen last is stored before it closes."""
    if not settings.record:
        yield
        return
    stop = asyncio.Event()
    recording = asyncio.create_task(_record(market, settings, stop))
    try:
        yield
    finally:
        stop.set()
        await recording


async def _record(market: Market, settings: Settings, stop: asyncio.Event) -> None:
    """Record until told to stop; where that cannot be, it is said and serving goes on."""
    shown = Lines()
    try:
        async with configured(settings, now=market.now, say=say) as send:
            await record_configured(market, settings.record, stop=stop, onlooker=shown, deliver=shown_and(send, shown))
    except LiquidityError as error:
        say(f"Nothing is recorded: {error}")


def _require_tokens(host: str, tokens: Tokens) -> None:
    if not is_loopback(host) and not tokens:
        raise NotConfigured(f"Listening on {host} lets other machines in: set LIQUIDITY_API_TOKENS to the tokens they need, or give --host 127.0.0.1.")


def _announce(url: str, market: Market, chosen: ChosenModel, chat: str) -> None:
    say(f"Serving {market.source} books.  Ctrl-C ends it.")
    for what, path in (("MCP", "/mcp"), ("REST", "/docs"), ("health", "/health"), ("metrics", "/metrics")):
        say(f"  {what:<8}{url}{path}")
    say(f"  {'chat':<8}{url if chat == _SERVED else chat}")
    say(f"{chosen.label}: {chosen.privacy}")
