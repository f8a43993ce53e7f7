"""`liquidity doctor`: what works here, and what to do about the rest."""

import asyncio
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

from rich.console import Console
from rich.table import Table

from agent import choose_model
from tools import Market, open_market
from tools.charts import chrome_path
from tools.errors import LiquidityError
from tools.history import Facts
from tools.settings import Settings

from .running import ANSWERED, FAILED, results, settings_from


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: whether it works, and what was seen or what to do."""

    what: str
    works: bool
    detail: str


async def doctor(*, demo: bool, replay: Path | None) -> int:
    """Print one line per part; fails where any part does not work."""
    settings = settings_from(demo=demo, replay=replay)
    async with open_market(settings) as market:
        exchanges = await asyncio.gather(*(_exchange(market, exchange) for exchange in market.exchanges))
        history = await _history(market)
    findings = [_python(), *exchanges, history, _chrome(), _chat(), _model(settings)]
    table = Table(title=f"Market Liquidity Monitor, {settings.source} books", title_justify="left")
    for column in ("", "part", "what was found"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        table.add_row("[green]ok[/green]" if finding.works else "[red]no[/red]", finding.what, finding.detail)
    with results():
        Console().print(table)
    return ANSWERED if all(finding.works for finding in findings) else FAILED


async def _exchange(market: Market, exchange: str) -> Finding:
    started = perf_counter()
    try:
        book = await market.books.fetch(exchange, "BTC")
    except LiquidityError as error:
        return Finding(exchange, works=False, detail=str(error))
    seconds = perf_counter() - started
    return Finding(
        exchange, works=True, detail=f"{book.symbol} in {seconds:.1f} s with markets, {len(book.bids):,} bids and {len(book.asks):,} asks, {book.source}"
    )


async def _history(market: Market) -> Finding:
    try:
        facts = await market.history.check()
    except LiquidityError as error:
        return Finding("history", works=False, detail=f"{error} Set LIQUIDITY_DATABASE_URL, or see that its database runs and can be written.")
    return Finding("history", works=True, detail=_told(facts))


def _told(facts: Facts) -> str:
    oldest, newest = ("none" if time is None else f"{time:%Y-%m-%d %H:%M} UTC" for time in (facts.oldest, facts.newest))
    return (
        f"database {facts.database}, schema {facts.schema}, size {facts.size_bytes / 1e6:,.1f} MB,"
        f" snapshots {facts.snapshots:,}, hours {facts.hours:,}, oldest {oldest}, newest {newest}"
    )


def _python() -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("Python", works=True, detail=version)


def _chrome() -> Finding:
    path = chrome_path()
    return Finding("Chrome", works=path is not None, detail=path or "Not found; chart images need it. Run `make setup`, or install Chrome or Chromium.")


def _chat() -> Finding:
    installed = find_spec("chainlit") is not None
    return Finding("chat", works=installed, detail="chainlit is installed" if installed else "pip install 'market-liquidity-monitor[chat]'")


def _model(settings: Settings) -> Finding:
    try:
        chosen = choose_model(settings)
    except LiquidityError as error:
        return Finding("model", works=False, detail=str(error))
    return Finding("model", works=True, detail=f"{chosen.label}. {chosen.privacy}")
