"""`liquidity record`: continuous tracking into history, with a live table in the terminal."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path

from tools import open_market
from tools.recorder import record as record_into_history

from .running import ANSWERED, FAILED, results, say, settings_from
from .screens import delivering, screen
from .telling import who_instead, why_nothing

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ONE_SIGNAL_S = 1.0
"""One Ctrl-C comes twice where a program that started this one passes on what the terminal sends to both."""


async def record(symbols: Sequence[str], exchanges: str, interval: float, *, demo: bool, replay: Path | None) -> int:
    """Record until SIGINT or SIGTERM, then print a summary. Fails where looks were lost, a pair broke or nothing was stored, unless others had all of it."""
    settings, stop = settings_from(demo=demo, replay=replay), _told_to_stop()
    with screen() as shown:
        async with open_market(settings) as market, delivering(settings, market, shown) as deliver:
            shown.say(f"Recording {market.source} books every {interval:g} s. Ctrl-C ends it.")
            ended = await record_into_history(market, symbols, _listed(exchanges), interval, stop=stop, onlooker=shown, deliver=deliver)
    with results():
        print(shown.summary())
    if stood_by := ended.stood_by:
        say(who_instead(stood_by))
    elif not ended.stored:
        say(f"liquidity: {why_nothing(ended)}")
    return ANSWERED if stood_by or (ended.stored and not ended.lost and not ended.broken) else FAILED


def _listed(exchanges: str) -> list[str]:
    return [part for part in exchanges.split(",") if part.strip()]


def _told_to_stop() -> asyncio.Event:
    """Set by SIGINT or SIGTERM; a second one ends the process at once."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def tell() -> None:
        stop.set()
        loop.call_later(_ONE_SIGNAL_S, listen_no_more)

    def listen_no_more() -> None:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)

    for number in _SIGNALS:
        loop.add_signal_handler(number, tell)
    return stop
