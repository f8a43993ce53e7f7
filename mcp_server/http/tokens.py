"""Who is asking, and how much more they may ask."""

import hmac
from collections.abc import Callable, Sequence
from typing import Self

from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
from mcp.server.auth.provider import AccessToken
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tools.settings import Settings

from .allowance import Allowance
from .problems import Refused

_BEARER = "bearer"


class Tokens:
    """The bearer tokens that open this server; with none it is open to whoever reaches it."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = [token.encode() for token in tokens]

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of LIQUIDITY_API_TOKENS."""
        return cls([token.get_secret_value() for token in settings.api_tokens])

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def position(self, presented: str) -> int | None:
        """Which token `presented` is. Every one is compared to its end, so that the time taken tells nothing."""
        matches = [hmac.compare_digest(token, presented.encode()) for token in self._tokens]
        return matches.index(True) if any(matches) else None

    def accept(self, presented: str) -> bool:
        """Whether `presented` is one of the tokens."""
        return self.position(presented) is not None

    def client(self, headers: Headers) -> str | None:
        """Whose token the headers carry, None where they carry none of ours."""
        scheme, _, token = headers.get("authorization", "").partition(" ")
        position = self.position(token.strip()) if scheme.lower() == _BEARER else None
        return None if position is None else f"token {position + 1}"


class TokenCheck:
    """Lets `guarded` paths be asked for with a token only (401), and by each client only so often (429)."""

    def __init__(self, app: ASGIApp, tokens: Tokens, allowance: Allowance, guarded: Callable[[str], bool]) -> None:
        self._app = app
        self._tokens = tokens
        self._allowance = allowance
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not self._guarded(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        client = self._tokens.client(headers) if self._tokens else _address(scope)
        if client is None:
            await _unauthorized(headers)(scope, receive, send)
        elif refusal := self._allowance.take(client):
            await refusal.response(scope, receive, send)
        else:
            if self._tokens:
                # MCP keeps a session to whoever opened it.
                scope["user"] = AuthenticatedUser(AccessToken(token="", client_id=client, scopes=[]))
            await self._app(scope, receive, send)


def _address(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else "unknown"


def _unauthorized(headers: Headers) -> Response:
    challenge, detail = "Bearer", "Send a token of this server's LIQUIDITY_API_TOKENS in the header Authorization: Bearer TOKEN."
    if "authorization" in headers:
        challenge, detail = 'Bearer error="invalid_token"', f"This token is not one of this server's. {detail}"
    return Refused("unauthorized", detail, {"WWW-Authenticate": challenge}).response
