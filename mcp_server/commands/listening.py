"""How a command serves an application: on a socket of its own, until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from tools.errors import NotConfigured

_LAST_ANSWERS_S = 1


def listening(host: str, port: int) -> socket.socket:
    """A socket on that address; raises NotConfigured where it is taken or not this machine's."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # asyncio sends without delay only on sockets that name their protocol; on others each answer takes 40 ms.
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise NotConfigured(f"{host} is no address to listen on ({error.strerror}); give another --host.") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        # Now, so that whoever is told the address is not refused, and a second server on it is.
        listener.listen()
    except OSError as error:
        listener.close()
        raise NotConfigured(f"{host}:{port} cannot be listened on ({error.strerror}); give another --host or --port.") from error
    return listener


class _Server(uvicorn.Server):
    """Uvicorn that takes SIGINT and SIGTERM as a request to end, where its own would end the process before the market is closed."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        yield


async def serve_until_told(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; answers under way have a second to end, and a second SIGINT ends them at once."""
    config = uvicorn.Config(app, log_level="warning", server_header=False, timeout_graceful_shutdown=_LAST_ANSWERS_S)
    await _Server(config).serve(sockets=[listener])
