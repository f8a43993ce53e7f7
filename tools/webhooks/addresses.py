"""Which addresses a webhook may be at: public ones, so that nobody reaches into this machine or its network through us."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx

from ..errors import LiquidityError, NotConfigured, outside_text

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host's name for a port; raises OSError where there are none."""

_PORTS = {"http": 80, "https": 443}
_NO_ADDRESS = "LIQUIDITY_WEBHOOK_URL must be an address such as https://example.com/alerts."
# A NAT64 gateway turns the last 32 bits of these into an IPv4 address.
_NAT64 = IPv6Network("64:ff9b::/96")
# All that is assigned to the public internet. Python calls more of IPv6 global, such as ::127.0.0.1 and fec0::1.
_UNICAST = IPv6Network("2000::/3")
# RFC 9637's range for examples, which this Python may not know yet.
_DOCUMENTATION = IPv6Network("3fff::/20")


class ForbiddenAddress(LiquidityError):
    """The host stands at an address that is not public."""

    kind = "forbidden_address"

    def __init__(self, host: str, address: str) -> None:
        where = outside_text(host) if host == address else f"{outside_text(host)} is at {address}, which"
        super().__init__(f"{where} is not a public address: give another, or set LIQUIDITY_WEBHOOK_ALLOW_PRIVATE=true.")


def read_address(url: str) -> httpx.URL:
    """A webhook's address in its parts. Raises NotConfigured where there can be none such, and does not quote it: it may hold a token."""
    try:
        read = httpx.URL(url)
        # As the system will read the name: a label may be empty or too long.
        read.host.encode("idna")
    except (httpx.InvalidURL, ValueError):
        raise NotConfigured(_NO_ADDRESS) from None
    # What no host may have in it httpx escapes.
    if read.scheme not in _PORTS or not read.host or "%" in read.host or not 0 < port_of(read) < 65_536:
        raise NotConfigured(_NO_ADDRESS)
    return read


def port_of(url: httpx.URL) -> int:
    """The port that is named or meant."""
    return _PORTS[url.scheme] if url.port is None else url.port


async def system_resolver(host: str, port: int) -> list[str]:
    """Ask the system, which also reads an address in any of its spellings (2130706433, 0x7f.1)."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


async def addresses_of(host: str, port: int, resolve: Resolve, *, allow_private: bool) -> list[str]:
    """The addresses to connect to, best first. Raises ForbiddenAddress where any of the host's is not public, OSError where it has none."""
    addresses = await resolve(host, port)
    forbidden = next((one for one in addresses if not is_public(one)), None)
    if forbidden is not None and not allow_private:
        raise ForbiddenAddress(host, forbidden)
    if not addresses:
        raise OSError(f"{outside_text(host)} has no address")
    return addresses


def is_public(address: str) -> bool:
    """Whether an address, or every IPv4 address that stands inside it, belongs to the public internet."""
    read = ip_address(address)
    if isinstance(read, IPv4Address):
        return _is_global(read)
    inner = _inner(read)
    return all(map(_is_global, inner)) if inner else read in _UNICAST and read not in _DOCUMENTATION and _is_global(read)


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast


def _inner(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 one leads to, where it does: one, or those of Teredo's server and client."""
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    one = address.ipv4_mapped or address.sixtofour
    return (one,) if one else address.teredo or ()
