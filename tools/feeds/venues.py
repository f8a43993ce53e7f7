"""How each exchange is reached, and what its books therefore are."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from ..errors import NotConfigured, outside_text
from ..parameters import Source

# Each of these can make an exchange's own host answer from somewhere else, or from its test network.
_ENDPOINT_KEYS = frozenset({"urls", "hostname", "proxyUrl", "proxy_url", "proxyUrlCallback", "proxy_url_callback", "proxy", "sandbox", "isSandboxModeEnabled"})


@dataclass(frozen=True)
class Venue:
    """What an exchange's books are, and what is merged over ccxt's own configuration of it."""

    source: Source = "live"
    config: Mapping[str, Any] = field(default_factory=dict[str, Any])


def venue(config: Mapping[str, Any]) -> Venue:
    """The venue of one exchange's configuration.

    Its key `source` says what its books are. Where it is missing they are live, but simulated from any endpoint that is not the exchange's own.
    """
    stated = config.get("source")
    if stated is not None and stated not in get_args(Source):
        raise NotConfigured(f'"source" must be one of {", ".join(get_args(Source))}, not {outside_text(repr(stated))}.')
    source: Source = stated or ("simulated" if _ENDPOINT_KEYS & config.keys() else "live")
    return Venue(source, {name: value for name, value in config.items() if name != "source"})


def read_venues(path: Path | None) -> dict[str, Venue]:
    """The venues of a configuration file, JSON `{exchange: ccxt constructor config}`; raises NotConfigured where it is not that."""
    if path is None:
        return {}
    try:
        configs = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise NotConfigured(f"LIQUIDITY_EXCHANGE_CONFIG: {path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise NotConfigured(f"LIQUIDITY_EXCHANGE_CONFIG: {path} is not JSON ({error}).") from error
    if not isinstance(configs, dict) or not all(isinstance(config, dict) for config in configs.values()):
        raise NotConfigured(f'LIQUIDITY_EXCHANGE_CONFIG: {path} must hold an object such as {{"kraken": {{"httpsProxy": "http://127.0.0.1:3128"}}}}.')
    try:
        return {str(exchange).lower(): venue(config) for exchange, config in configs.items()}
    except NotConfigured as error:
        raise NotConfigured(f"LIQUIDITY_EXCHANGE_CONFIG: {path}: {error}") from error


def common_source(exchanges: Sequence[str], venues: Mapping[str, Venue]) -> Source:
    """What the books of `exchanges` are, live where nothing is said of one; raises NotConfigured where they would mix."""
    sources: dict[str, Source] = {exchange: venues.get(exchange, Venue()).source for exchange in exchanges}
    if len(set(sources.values())) > 1:
        listed = ", ".join(f"{exchange} is {source}" for exchange, source in sources.items())
        raise NotConfigured(f"Sources never mix, but {listed}: change LIQUIDITY_EXCHANGES or LIQUIDITY_EXCHANGE_CONFIG so that all are one.")
    return next(iter(sources.values()))
