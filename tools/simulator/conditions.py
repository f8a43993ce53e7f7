"""What incidents make of a simulated market while they last."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import ExchangeUnavailable
from .incidents import RETURN_S, Incident


class VenueDown(ExchangeUnavailable):
    """A simulated venue is in an outage."""

    def __init__(self, exchange: str) -> None:
        super().__init__(exchange, "simulated outage")


@dataclass(frozen=True)
class Condition:
    """What incidents make of a market at one moment.

    `spread` and `depth` are factors, `lean` is the share by which bids grow and asks shrink, `log_price` is added to the logarithm of the price,
    `gone` is the side without orders: 1 asks, -1 bids.
    """

    spread: float = 1.0
    depth: float = 1.0
    lean: float = 0.0
    log_price: float = 0.0
    gone: int = 0
    down: bool = False


def condition(incidents: Sequence[Incident], seconds: float) -> Condition:
    """The condition at `seconds` since 1970 of a market that all these incidents touch."""
    now = Condition()
    for one in incidents:
        if one.span_s[0] <= seconds < one.span_s[1] + (RETURN_S if one.kind == "price_jump" else 0.0):
            now = _with(now, one, seconds)
    return now


def _with(now: Condition, one: Incident, seconds: float) -> Condition:
    match one.kind:
        case "spread_widening":
            return replace(now, spread=now.spread * one.size)
        case "depth_drop":
            return replace(now, depth=now.depth * (1 - one.size))
        case "imbalance":
            return replace(now, lean=one.size)
        case "one_sided":
            return replace(now, gone=round(one.size))
        case "price_jump":
            return replace(now, log_price=now.log_price + one.size * min(1.0, 1 - (seconds - one.span_s[1]) / RETURN_S))
        case "venue_outage":
            return replace(now, down=True)
