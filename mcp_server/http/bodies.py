"""What a request may send: JSON, not too much of it, not too slowly, and not nested without end."""

import asyncio
import re
from collections.abc import Callable
from itertools import accumulate

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import Refused

LONGEST_BODY = 64 * 1024
"""Bytes. The longest sensible call of any tool is a hundredth of it."""
DEEPEST_NESTING = 32
PATIENCE_S = 10.0

_JSON_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_CHANGE = {ord(b"["): 1, ord(b"{"): 1, ord(b"]"): -1, ord(b"}"): -1}


class BodyCheck:
    """Reads the bodies of requests before anyone else does, and refuses those that no tool could mean.

    On `guarded` paths a body must be declared as JSON: a foreign page cannot send that without asking first.
    """

    def __init__(self, app: ASGIApp, guarded: Callable[[str], bool]) -> None:
        self._app = app
        self._guarded = guarded

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            body, gone = await _read(headers, receive)
            if body and self._guarded(scope["path"]):
                _require_shallow_json(headers, body)
        except Refused as refused:
            await refused.response(scope, receive, send)
            return
        if not gone:
            await self._app(scope, _once({"type": "http.request", "body": body, "more_body": False}, receive), send)


async def _read(headers: Headers, receive: Receive) -> tuple[bytes, bool]:
    """The whole body, and whether its sender left before the end of it."""
    declared = headers.get("content-length", "")
    if declared.isdecimal() and (len(declared) > 9 or int(declared) > LONGEST_BODY):
        raise _too_long()
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return bytes(body), True
                body += message.get("body", b"")
                if len(body) > LONGEST_BODY:
                    raise _too_long()
                if not message.get("more_body", False):
                    return bytes(body), False
    except TimeoutError as error:
        raise Refused("slow_body", f"The body did not arrive within {PATIENCE_S:g} s.", {"Connection": "close"}) from error


def _too_long() -> Refused:
    return Refused("too_long", f"The body is longer than {LONGEST_BODY:,} bytes.", {"Connection": "close"})


def _require_shallow_json(headers: Headers, body: bytes) -> None:
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json":
        raise Refused("not_json", "A body must be JSON, declared as such: send the header Content-Type: application/json.")
    if nesting(body) > DEEPEST_NESTING:
        raise Refused("malformed_json", f"The body nests deeper than {DEEPEST_NESTING} levels.")


def nesting(json: bytes) -> int:
    """How deep arrays and objects lie in one another, without parsing what may be built to break a parser."""
    if json.count(b"[") + json.count(b"{") <= DEEPEST_NESTING:
        return 0
    return max(accumulate(_CHANGE.get(byte, 0) for byte in _JSON_STRING.sub(b"", json)), default=0)


def _once(first: Message, receive: Receive) -> Receive:
    """`receive` with a message before it."""
    waiting = [first]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
