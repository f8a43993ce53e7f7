"""`liquidity chat`: the chat on a server of its own."""

import asyncio
from importlib.util import find_spec
from pathlib import Path

from fastapi import FastAPI

from agent import choose_model
from chat_ui import mount
from mcp_server.http.hosts import is_loopback
from tools import open_market
from tools.errors import NotConfigured
from tools.market import warm_up

from .listening import listening, serve_until_told
from .running import ANSWERED, say, settings_from


async def chat(host: str, port: int, *, demo: bool, replay: Path | None) -> int:
    """Serve the chat until interrupted."""
    if not is_loopback(host):
        raise NotConfigured(f"The chat alone has no login and listens on this machine only: give --host 127.0.0.1, not {host}, or use `liquidity serve`.")
    settings = settings_from(demo=demo, replay=replay)
    chosen = choose_model(settings)
    if find_spec("chainlit") is None:
        raise NotConfigured("The chat needs its extra: pip install 'market-liquidity-monitor[chat]'.")
    with listening(host, port) as listener:
        async with open_market(settings) as market:
            app = FastAPI(openapi_url=None)
            mount(app, market, chosen)
            say(f"Chat: http://{host}:{listener.getsockname()[1]}  ({chosen.label}, {market.source} books)  Ctrl-C ends it.")
            say(chosen.privacy)
            warming = asyncio.create_task(warm_up())
            await serve_until_told(app, listener)
            warming.cancel()
    return ANSWERED
