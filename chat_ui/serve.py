"""Puts the chat on an application: the page's folder, the callbacks, and what the browser may load."""

import os
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agent import ChosenModel, build_agent
from tools.market import Market

from .page import About, lay_out

if TYPE_CHECKING:
    from chainlit import User

_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:;"
    " connect-src 'self' ws: wss:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; frame-ancestors 'self'"
)


class OwnOriginOnly:
    """Lets the page load from its own server alone: no fonts and styles of others, and no image that a model's text could use to carry data away."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = _POLICY
            await send(message)

        await self._app(scope, receive, send_with_policy if scope["type"] == "http" else send)


def serve(app: FastAPI, market: Market, chosen: ChosenModel, fits: Callable[[str], bool] | None = None) -> None:
    """What `chat_ui.mount` promises."""
    about = About(model=chosen.label, source=market.source, privacy=chosen.privacy)
    folder = lay_out(about)
    # Chainlit reads this once, when it is first imported, and writes beside what it finds there.
    os.environ["CHAINLIT_APP_ROOT"] = str(folder)

    import chainlit as cl  # noqa: PLC0415 - only now is its folder known
    from chainlit.server import app as chainlit_app  # noqa: PLC0415
    from chainlit.server import sio  # noqa: PLC0415

    from .conversation import Conversation  # noqa: PLC0415

    conversation = Conversation(build_agent(chosen.model, market), chosen, about.author)
    cl.set_starters(conversation.starters)
    cl.on_message(conversation.answer)
    cl.on_stop(conversation.stopped)
    if fits is not None:
        # What signs the sessions of this process; whoever logged in before it started logs in again.
        os.environ.setdefault("CHAINLIT_AUTH_SECRET", token_urlsafe(48))
        cl.password_auth_callback(_login(fits))
    # As Chainlit starts it, the socket answers pages of any origin; None is Socket.IO's word for the server's own.
    sio.eio.cors_allowed_origins = None
    chainlit_app.add_middleware(OwnOriginOnly)
    app.include_router(APIRouter(lifespan=_removing(folder)))
    # What Chainlit's own mount_chainlit adds, a module to load callbacks from and a guard of its path, has no use here,
    # and the guard logs a traceback for every page that is closed while it loads.
    app.mount("/", chainlit_app)


def _login(fits: Callable[[str], bool]) -> Callable[[str, str], Awaitable["User | None"]]:
    """Chainlit's callback of a login under any name."""

    async def login(name: str, password: str) -> "User | None":
        from chainlit import User  # noqa: PLC0415 - as above

        return User(identifier=name.strip() or "guest") if fits(password) else None

    return login


def _removing(folder: Path) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """A lifespan that takes the page's folder away when serving ends."""

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    return lifespan
