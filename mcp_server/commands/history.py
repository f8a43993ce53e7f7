"""`liquidity history`: snapshots out to files and in from files."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from tools import Market, open_market
from tools.analytics.snapshot import Snapshot
from tools.errors import record_command
from tools.history import RecordedMarket
from tools.history.formats import json_lines, written
from tools.history.store import Pair
from tools.history.transfer import Imported, export, import_file
from tools.parameters import Source, normal_symbol, normal_word

from .asked import recorded, window
from .running import ANSWERED, results, say, settings_from


async def export_history(
    output: Path | None, symbol: str, exchange: str, hours: float, since: str = "", until: str = "", *, demo: bool, replay: Path | None
) -> int:
    """Write the stored snapshots from `since`, or of the last `hours`, of all time where 0, to `output` or to stdout as JSON Lines."""
    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        markets = await recorded(market, symbol, exchange)
        start, end = window(market, markets, hours, since=since, until=until)
        with nullcontext(_to_stdout) if output is None else written(output) as write:
            count = await export(market.history, write, str(normal_word(exchange)), str(normal_symbol(symbol)), start, end)
        folded = (await market.history.check()).hours
    say(f"Snapshots exported{f' to {output}' if output else ''}: {count:,}.")
    if not count:
        say(_why_nothing(markets, market))
    if folded:
        say(f"Down-sampled hours, which are no snapshots and stay in the database alone: {folded:,}.")
    return ANSWERED


async def import_history(files: Sequence[Path], *, demo: bool, replay: Path | None) -> int:
    """Store the snapshots of files, each whole or not at all."""
    from tools.feeds.client import known_exchanges  # noqa: PLC0415 - ccxt takes half a second to import, and an export needs none

    async with open_market(settings_from(demo=demo, replay=replay)) as market:
        for path in files:
            imported = await import_file(market.history, path, market.source, market.now(), known_exchanges())
            say(_summary(path, imported, market.source))
    return ANSWERED


def _why_nothing(markets: Sequence[RecordedMarket], market: Market) -> str:
    if not markets:
        return f"Nothing is recorded yet: record with `{record_command(['BTC', 'ETH'], market.exchanges, market.source)}`."
    first, last = min(one.first for one in markets), max(one.last for one in markets)
    return f"What is recorded begins {first:%Y-%m-%d %H:%M} and ends {last:%Y-%m-%d %H:%M} UTC."


def _summary(path: Path, imported: Imported, source: Source) -> str:
    told = [f"{path.name}: snapshots imported: {imported.new:,}, stored already: {imported.stored_already:,}."]
    if imported.markets:
        told.append(f"It holds {', '.join(f'{_market(pair)}: {count:,}' for pair, count in sorted(imported.markets.items()))}.")
    if imported.misnamed:
        told.append(f"Its name says {_market(imported.named)}, these rows say otherwise and were believed: {imported.misnamed:,}.")
    if imported.of_closed_hours:
        told.append(f"In hours that were down-sampled before and take no more, not stored: {imported.of_closed_hours:,}.")
    if imported.unlabelled:
        told.append(f"Those that name no source are taken as {source}: {imported.unlabelled:,}.")
    if imported.markets:
        told.append(_alerts(imported))
    return " ".join(told)


def _alerts(imported: Imported) -> str:
    held = f"{imported.alerts:,} alert{'' if imported.alerts == 1 else 's'}" if imported.alerts else "no alert"
    standing = f", and {imported.standing:,} more stood at its end: the next look will tell" if imported.standing else ""
    return f"The imported time held {held}{standing}."


def _market(pair: Pair) -> str:
    exchange, symbol = pair
    return f"{symbol} on {exchange}"


def _to_stdout(batch: Sequence[Snapshot]) -> None:
    with results():
        sys.stdout.buffer.write(json_lines(batch))
