"""One guarded ccxt client per exchange: our rate limits, our reading of failures, and nothing taken for a book that is not one."""

from contextvars import ContextVar
from difflib import get_close_matches
from functools import cache
from typing import Any, cast

import ccxt
import ccxt.async_support as ccxt_async
from ccxt.base.errors import ExchangeNotAvailable

from ..errors import MislabelledSource, RateLimited, UnknownExchange, UnreadableResponse, outside_text
from ..parameters import Source
from .rate_limits import TokenBucket
from .translate import HttpFailure

RESPONSE_HEADERS: ContextVar[dict[str, str]] = ContextVar("response_headers")
"""The headers of the last answer that the current task read; ccxt keeps them only per client, where another task overwrites them."""


SOURCE_HEADER = "x-liquidity-source"
"""What the simulated venues say of every answer, so that neither a configuration nor a proxy can pass it for live."""


class Guard:
    """Goes before a ccxt client class: throttles with our bucket, and refuses answers of another source, error statuses and bodies that are not JSON."""

    id: str
    source: Source
    bucket: TokenBucket
    longest_wait_s: float

    async def throttle(self, cost: float | None = None) -> None:
        """Take ccxt's published cost of a call from our bucket instead of ccxt's throttle, which gives no credit for idle time."""
        cost = 1.0 if cost is None else cost
        wait_s = self.bucket.wait_s(cost)
        if wait_s > self.longest_wait_s:
            raise RateLimited(self.id, wait_s)
        await self.bucket.take(cost)

    def handle_errors(self, status: int, reason: str, url: str, method: str, headers: dict[str, str], body: str, response: Any, *request: Any) -> None:
        """Read whose answer it is, then the exchange's own error, then the status, then whether the body is JSON at all."""
        answered = {name.lower(): value for name, value in headers.items()}
        actual = answered.get(SOURCE_HEADER, self.source)
        if actual != self.source:
            raise MislabelledSource(self.id, self.source, outside_text(actual))
        RESPONSE_HEADERS.set(answered)
        try:
            cast("Any", super()).handle_errors(status, reason, url, method, headers, body, response, *request)
        except ExchangeNotAvailable as error:
            # Its subclasses say more than a status, and so does one that came with status 200.
            if type(error) is ExchangeNotAvailable and status >= 400:
                raise HttpFailure(status) from error
            raise
        if status >= 400:
            raise HttpFailure(status)
        if response is None:
            raise UnreadableResponse(self.id, body[:80])


def known_exchanges() -> list[str]:
    """The ids of every exchange that ccxt speaks to."""
    return list(ccxt.exchanges)


def require_known(exchange: str) -> None:
    """Raise UnknownExchange, with the closest matches, for an id that ccxt does not know."""
    if exchange not in ccxt.exchanges:
        raise UnknownExchange(exchange, get_close_matches(exchange, ccxt.exchanges, n=2, cutoff=0.6))


@cache
def _guarded(exchange: str) -> type[Any]:
    return type(exchange, (Guard, getattr(ccxt_async, exchange)), {})


def open_client(exchange: str, source: Source, config: dict[str, Any], deadline_s: float) -> Any:
    """A ccxt client of `exchange` with `config` merged over ours; raises UnknownExchange.

    Loads spot markets only (a first book then costs two or three requests), and never currencies, which need a key on some exchanges.
    """
    require_known(exchange)
    client = _guarded(exchange)({"timeout": round(deadline_s * 1_000), "has": {"fetchCurrencies": False}})
    client.options["fetchMarkets"] = _spot_only(client.options.get("fetchMarkets"))
    for name, value in config.items():
        current = getattr(client, name, None)
        setattr(client, name, client.deep_extend(current, value) if isinstance(current, dict) and isinstance(value, dict) else value)
    if config.get("sandbox"):
        client.set_sandbox_mode(True)
    client.bucket = TokenBucket(client.rateLimit / 1_000)
    client.longest_wait_s = deadline_s
    client.source = source
    client.enableRateLimit = True
    # ccxt sleeps this long on closing for the sake of old event loops.
    client.timeout_on_exit = 0
    return client


def _spot_only(option: Any) -> Any:
    """The `fetchMarkets` option narrowed to spot, in the shape that this exchange has it; untouched where it offers no spot."""
    if not isinstance(option, dict) or "types" not in option:
        return option
    types = option["types"]
    if isinstance(types, list):
        return {**option, "types": ["spot"]} if "spot" in types else option
    return {**option, "types": {name: name == "spot" for name in types}} if "spot" in types else option
