"""One application for programs and hosts: REST, MCP, their description, health and metrics, behind one guard."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from mcp.server.transport_security import TransportSecuritySettings
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mcp_server.server import build_server
from tools.market import Market
from tools.settings import Settings

from .allowance import Allowance
from .bodies import BodyCheck
from .docs import page
from .headers import SecurityHeaders
from .health import OK, health
from .hosts import HostCheck, Hosts, is_loopback
from .openapi import openapi
from .problems import HANDLERS, kinds
from .rest import rest
from .tokens import TokenCheck, Tokens
from .watch import MEDIA_TYPE, Watch

MCP, HEALTH, METRICS, DOCS, OPENAPI = "/mcp", "/health", "/metrics", "/docs", "/openapi.json"
_CORS: dict[str, Any] = {
    "allow_methods": ("GET", "POST", "DELETE"),
    "allow_headers": ("Authorization", "Content-Type", "Mcp-Session-Id", "Mcp-Protocol-Version"),
    "expose_headers": ("Mcp-Session-Id", "Retry-After"),
}
_GUARDED = ("/api", MCP, METRICS, DOCS, OPENAPI)


@dataclass(frozen=True)
class Place:
    """Where the application is served, and what is served beside it: the `model`'s label, and whether the `chat` is."""

    host: str = "127.0.0.1"
    port: int = 8000
    model: str = "none"
    chat: str = "not served"


class ShortCut:
    """Answers one path without the way through the router, which costs as much as a call to a cached tool."""

    def __init__(self, app: ASGIApp, path: str, endpoint: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        direct = scope["type"] == "http" and scope["path"] == self._path
        await (self._endpoint if direct else self._app)(scope, receive, send)


def guarded(path: str) -> bool:
    """Whether a path is the application's own and not open to all; the rest is /health, and the chat with a login of its own."""
    return any(path == own or path.startswith(f"{own}/") for own in _GUARDED)


def build_app(market: Market, settings: Settings, watch: Watch, place: Place = Place()) -> FastAPI:
    """The application over `market`, which must stay open for as long as it is served; a chat is mounted after all else."""
    tokens = Tokens.of(settings)
    server = build_server(market, log_level="WARNING")
    # The guard below has checked Host and Origin already, against names that the SDK does not know.
    server.streamable_http_app(transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
        async with server.session_manager.run():
            yield

    # Spans go wherever OTEL_EXPORTER_OTLP_ENDPOINT says, of requests by FastAPI and of MCP calls by its SDK; nowhere without it.
    app = FastAPI(lifespan=lifespan, openapi_url=None, exception_handlers=dict(HANDLERS), telemetry={"auto_configure": True})
    app.include_router(rest(market))
    app.add_middleware(ShortCut, path=MCP, endpoint=server.session_manager.handle_request)
    _describe(app, tokens)
    _observe(app, market, watch, tokens, place)
    _guard(app, settings, tokens, place)
    return app


def _describe(app: FastAPI, tokens: Tokens) -> None:
    async def description(_: Request) -> Response:
        return JSONResponse(openapi(app, tokens=bool(tokens)))

    async def docs(request: Request) -> Response:
        return HTMLResponse(page(openapi(app, tokens=bool(tokens)), str(request.base_url).rstrip("/"), kinds()))

    app.add_route(OPENAPI, description)
    app.add_route(DOCS, docs)


def _observe(app: FastAPI, market: Market, watch: Watch, tokens: Tokens, place: Place) -> None:
    async def state(request: Request) -> Response:
        if tokens and tokens.client(request.headers) is None:
            return JSONResponse({"status": OK})
        return JSONResponse(await health(market, watch, place.model, place.chat))

    async def metrics(_: Request) -> Response:
        return Response(watch.exposition(), media_type=MEDIA_TYPE)

    app.add_route(HEALTH, state)
    app.add_route(METRICS, metrics)


def _guard(app: FastAPI, settings: Settings, tokens: Tokens, place: Place) -> None:
    """What a request passes before it is answered; the last added is the first passed."""
    allowance = Allowance(settings.requests_per_minute, settings.requests_per_day)
    app.add_middleware(BodyCheck, guarded=guarded)
    app.add_middleware(TokenCheck, tokens=tokens, allowance=allowance, guarded=guarded)
    if settings.cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, **_CORS)
    app.add_middleware(HostCheck, hosts=Hosts(place.port, is_loopback(place.host), settings.allowed_hosts, settings.cors_origins))
    app.add_middleware(SecurityHeaders, guarded=guarded)
