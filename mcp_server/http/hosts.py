"""Which Host and Origin headers are answered: a page that resolved its own name to this machine gets nothing."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tools.errors import outside_text

from .problems import Refused

_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` is reached from this machine alone."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


@dataclass(frozen=True)
class Hosts:
    """The names this server goes by. On `loopback` those are fixed; elsewhere any address will do too, as only a name can be rebound.

    `allowed` are further hosts, with or without a port, and `origins` further origins whose pages may call.
    """

    port: int
    loopback: bool = True
    allowed: Iterable[str] = ()
    origins: Iterable[str] = ()

    def answer_to(self, host: str) -> bool:
        """Whether a request for `host` (a name, perhaps with its port) is meant for this server."""
        host = host.lower()
        if host in self._own() or host in self.allowed or _name(host) in self.allowed:
            return True
        return not self.loopback and _is_address(_name(host).strip("[]"))

    def trust(self, origin: str, host: str) -> bool:
        """Whether a page of `origin` may call: one of this server's own, or one that was configured."""
        return origin.lower() in self.origins or urlsplit(origin.lower()).netloc in {host.lower(), *self._own()}

    def _own(self) -> set[str]:
        return {f"{name}:{self.port}" for name in _LOOPBACK_NAMES} | (set(_LOOPBACK_NAMES) if self.port == 80 else set())


class HostCheck:
    """Refuses requests and WebSockets for other hosts (421), and those that a foreign page makes (403)."""

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None if scope["type"] == "lifespan" else self._refusal(Headers(scope=scope))
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not self._hosts.answer_to(hosts[0]):
            asked = outside_text(", ".join(hosts)) or "no host"
            detail = f"This server does not answer for {asked}; where that is its name, add it to LIQUIDITY_ALLOWED_HOSTS."
            return Refused("foreign_host", detail).response
        if not all(self._hosts.trust(origin, hosts[0]) for origin in origins):
            return Refused("foreign_origin", "Pages of another origin may not call this server; LIQUIDITY_CORS_ORIGINS names those that may.").response
        return None


def _name(host: str) -> str:
    """A host without its port."""
    return host if host.endswith("]") else host.rpartition(":")[0] or host


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
