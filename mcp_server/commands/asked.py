"""What a command's options mean in the stored history: which markets, which window."""

from datetime import datetime, timedelta
from typing import NamedTuple

from tools import Market
from tools.errors import InvalidArgument, outside_text
from tools.history import RecordedMarket
from tools.parameters import normal_symbol, normal_time, normal_word


class Window(NamedTuple):
    """From `start`, None for the very first, to `end`."""

    start: datetime | None
    end: datetime


async def recorded(market: Market, symbol: str, exchange: str) -> list[RecordedMarket]:
    """The recorded markets of one exchange and of one market or asset, where given. Raises InvalidArgument where others are recorded, but none of these."""
    wanted, venue = str(normal_symbol(symbol)), str(normal_word(exchange))
    stored = await market.history.markets()
    found = [one for one in stored if venue in {"", one.exchange} and wanted in {"", one.symbol, one.symbol.partition("/")[0]}]
    if stored and not found:
        asked = " on ".join(part for part in (wanted, venue) if part)
        have = ", ".join(f"{one.symbol} on {one.exchange}" for one in stored)
        raise InvalidArgument(f"Nothing is recorded of {outside_text(asked)}; recorded are {have}.")
    return found


def window(market: Market, markets: list[RecordedMarket], hours: float, *, since: str = "", until: str = "") -> Window:
    """From `since` to `until`, or the `hours` before that, 0 being all. A recording, whose books are dated by its own clock, ends with what was stored last."""
    if since and hours:
        raise InvalidArgument("--since and --hours exclude each other; give one of them.")
    now = max((one.last for one in markets), default=market.now()) if market.source == "replay" else market.now()
    end = read_time("--until", until) or now
    start = read_time("--since", since) or (end - timedelta(hours=hours) if hours else None)
    if start is not None and start > end:
        raise InvalidArgument(f"--since {start:%Y-%m-%dT%H:%MZ} must not lie after the end, {end:%Y-%m-%dT%H:%MZ}.")
    return Window(start, end)


def read_time(option: str, text: str) -> datetime | None:
    """An option's time, None where it is empty. Raises InvalidArgument for what is none."""
    try:
        read = str(normal_time(text))
    except ValueError as error:
        problem = str(error).removesuffix(", or empty for now")
        raise InvalidArgument(f"{option} {problem}, not {outside_text(repr(text))}.") from None
    return datetime.fromisoformat(read) if read else None
