"""`liquidity serve`: MCP, REST and the chat in one process, over one market."""

import asyncio
import logging
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
from tools.observer import UNEXPECTED
from tools.recorder import Progress, record_configured
from tools.settings import Settings

from .listening import listening, serve_until_told
from .running import ANSWERED, FAILED, say, settings_from
from .screens import Lines, delivering

_log = logging.getLogger(__name__)
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
            async with _recording(market, settings, watch):
                await serve_until_told(app, listener)
            warming.cancel()
    return FAILED if _recorded_badly(watch) else ANSWERED


@asynccontextmanager
async def _recording(market: Market, settings: Settings, watch: Watch) -> AsyncGenerator[None]:
    """Record what the settings name for as long as this is open, and let `watch` know; what is seen last is stored before it closes."""
    if not settings.record:
        yield
        return
    stop = asyncio.Event()
    recording = asyncio.create_task(_record(market, settings, watch, stop))
    try:
        yield
    finally:
        stop.set()
        await recording


class _Watched(Lines):
    """As lines, and for all who ask the server."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def show(self, progress: Progress) -> None:
        super().show(progress)
        self._watch.recorded(progress)


async def _record(market: Market, settings: Settings, watch: Watch, stop: asyncio.Event) -> None:
    """Record until told to stop, then say what it came to; where recording cannot be or go on, that is said at once and serving goes on."""
    shown = _Watched(watch)
    try:
        async with delivering(settings, market, shown) as deliver:
            await record_configured(market, settings.record, stop=stop, onlooker=shown, deliver=deliver)
        if not stop.is_set():
            watch.recorded(shown.progress, UNEXPECTED)
    except LiquidityError as error:
        watch.recorded(shown.progress, error.kind)
        say(f"Nothing is recorded: {error}")
    except Exception:  # noqa: BLE001 - whatever it is, people are told at once and /health from now on
        watch.recorded(shown.progress, UNEXPECTED)
        _log.exception("Recording has ended by a mistake in this program; serving goes on.")
    say(shown.summary())


def _recorded_badly(watch: Watch) -> bool:
    """Whether looks were lost, or the recording of any market ended by a mistake in the program."""
    recording = watch.recording
    return recording is not None and (recording.progress.lost > 0 or recording.progress.broken or recording.fault == UNEXPECTED)


def _require_tokens(host: str, tokens: Tokens) -> None:
    if not is_loopback(host) and not tokens:
        raise NotConfigured(f"Listening on {host} lets other machines in: set LIQUIDITY_API_TOKENS to the tokens they need, or give --host 127.0.0.1.")


def _announce(url: str, market: Market, chosen: ChosenModel, chat: str) -> None:
    say(f"Serving {market.source} books.  Ctrl-C ends it.")
    for what, path in (("MCP", "/mcp"), ("REST", "/docs"), ("health", "/health"), ("metrics", "/metrics")):
        say(f"  {what:<8}{url}{path}")
    say(f"  {'chat':<8}{url if chat == _SERVED else chat}")
    say(f"{chosen.label}: {chosen.privacy}")
