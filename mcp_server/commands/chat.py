"""`liquidity chat`: the chat on a server of its own."""

# ruff: noqa: PLC0415 - what the chat needs is an extra, whose absence is told in one sentence

import ipaddress
import socket
from pathlib import Path

from agent import choose_model
from tools import open_market
from tools.errors import NotConfigured

from .running import ANSWERED, say, settings_from


async def chat(host: str, port: int, *, demo: bool, replay: Path | None) -> int:
    """Serve the chat until interrupted."""
    _require_loopback(host)
    settings = settings_from(demo=demo, replay=replay)
    chosen = choose_model(settings)
    try:
        import uvicorn
        from fastapi import FastAPI

        from chat_ui import mount
    except ModuleNotFoundError as error:
        raise NotConfigured("The chat needs its extra: pip install 'market-liquidity-monitor[chat]'.") from error
    with _listening(host, port) as listener:
        async with open_market(settings) as market:
            app = FastAPI(openapi_url=None)
            mount(app, market, chosen)
            say(f"Chat: http://{host}:{listener.getsockname()[1]}  ({chosen.label}, {settings.source} books)  Ctrl-C ends it.")
            say(chosen.privacy)
            await uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)).serve(sockets=[listener])
    return ANSWERED


def _require_loopback(host: str) -> None:
    if host != "localhost" and not _is_loopback(host):
        raise NotConfigured(f"The chat has no login and listens on this machine only: give --host 127.0.0.1, not {host}.")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise NotConfigured(f"{host}:{port} cannot be listened on ({error.strerror}); give another --port.") from error
    return listener
