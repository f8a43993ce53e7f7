"""What went wrong while a tool answered, as log messages to the hosts that asked for them and from the level on that they named."""

from collections.abc import Iterable
from typing import Any, get_args

from mcp.server import MCPServer
from mcp.server.context import ServerRequestContext
from mcp.server.mcpserver import Context
from mcp.server.session import ServerSession
from mcp_types import (
    LOG_LEVEL_META_KEY,
    EmptyResult,
    LoggingLevel,
    LoggingMessageNotification,
    LoggingMessageNotificationParams,
    SetLevelRequestParams,
)

_ASCENDING: tuple[LoggingLevel, ...] = get_args(LoggingLevel)
_ASKED = "liquidity/logLevel"


def add(server: MCPServer[Any]) -> None:
    """Let hosts of 2025-11-25 name a level for their session; those of 2026-07-28 name it with each request."""
    # What the newer revision has done away with, MCPServer leaves to the server below it.
    server._lowlevel_server.add_request_handler("logging/setLevel", SetLevelRequestParams, _set_level)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


async def tell(context: Context[Any, Any], level: LoggingLevel, tool: str, sentences: Iterable[str]) -> None:
    """Send each sentence in the name of the tool, to a host that asked for this level."""
    named = (context.request_context.meta or {}).get(LOG_LEVEL_META_KEY)
    asked = named if named in _ASCENDING else _of_session(context.session).get(_ASKED)
    if asked is None or _ASCENDING.index(level) < _ASCENDING.index(asked):
        return
    for sentence in sentences:
        message = LoggingMessageNotification(params=LoggingMessageNotificationParams(level=level, logger=tool, data=sentence))
        # The SDK's own way to log warns on stderr that logging is deprecated, each time it is called.
        await context.session.send_notification(message, related_request_id=context.request_id)


async def _set_level(context: ServerRequestContext[Any, Any], params: SetLevelRequestParams) -> EmptyResult:
    _of_session(context.session)[_ASKED] = params.level
    return EmptyResult()


def _of_session(session: ServerSession) -> dict[str, Any]:
    """What is kept for as long as the connection lasts: the SDK has a place for that, but hands out no key to it."""
    return session._connection.state  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
