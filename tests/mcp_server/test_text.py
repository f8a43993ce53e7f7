"""Results in words: short, with units, and nothing of the structure left out."""

from datetime import datetime
from typing import Annotated

from make_books import NOON, book
from pydantic import Field

from mcp_server.text import to_text
from tools.analytics import depth
from tools.analytics.comparison import compare
from tools.analytics.impact import Order, market_impact
from tools.analytics.result import Record, Result
from tools.units import Pct, Price, Usd

KRAKEN = book([("100", "2"), ("99.9", "5")], [("100.2", "1"), ("100.3", "4")], fee_pct=0.26, fee_origin="default schedule")


def test_an_impact_reads_as_one_line_per_fact():
    assert to_text(market_impact(KRAKEN, "BTC", Order("buy", base=2), NOON)).splitlines() == [
        "Live books as of 2026-08-09 12:00:00 UTC (0 ms old).",
        "symbol: BTC",
        "symbol used: BTC/USD",
        "exchange: kraken",
        "side: buy",
        "usd rate: 1.00 USD",
        "order size usd: $200.20",
        "order size base: 2.00 BTC",
        "best price: 100.20 USD",
        "mid price: 100.10 USD",
        "average execution price: 100.25 USD",
        "limit price: 100.30 USD",
        "slippage percentage: 0.0499%",
        "price impact percentage: 0.0998%",
        "slippage vs mid bps: 14.99 bps",
        "levels consumed: 2",
        "total base amount: 2.00 BTC",
        "sufficient liquidity: yes",
        "filled usd: $200.50",
        "unfilled usd: $0.00",
        "book truncated: no",
        "taker fee pct: 0.260%",
        "taker fee origin: default schedule",
        "fee usd: $0.52",
        "all in usd: $0.82",
        "all in bps: 41.02 bps",
        "all in price usd: 100.5106 USD",
    ]


def test_a_side_that_the_exchange_cut_short_is_shown_as_a_lower_bound():
    lines = to_text(depth.view(KRAKEN, "BTC", 1, NOON)).splitlines()
    assert lines[1].startswith("Warning: kraken sent 2 bids and 2 asks")
    table = lines.index("depth: width pct | bid usd | ask usd")
    assert lines[table + 1 : table + 3] == ["  0.1% | $200.00 | $100.20", "  0.25% | at least $699.50 | at least $501.40"]
    assert lines[-4:] == ["bids: price | size | usd", "  100.00 USD | 2.00 BTC | $200.00", "asks: price | size | usd", "  100.20 USD | 1.00 BTC | $100.20"]


def test_exchanges_side_by_side_share_a_table_and_failures_are_named():
    lines = to_text(compare("BTC", {"kraken": KRAKEN}, {"okx": "okx timed out. Try again."}, 2, NOON)).splitlines()
    assert "failures: okx: okx timed out. Try again." in lines
    assert "arbitrage route: not available" in lines
    (venue,) = (line for line in lines if line.startswith("  kraken: BTC/USD"))
    assert venue.startswith("  kraken: BTC/USD | 1.00 USD | 100.00 USD | 100.20 USD | 100.10 USD")
    assert "  kraken: 0.1% | $200.00 | $100.20" in lines[lines.index("depth (venues): width pct | bid usd | ask usd") :]


class Spread(Record):
    """A part of which there is one."""

    first: Pct
    last: Pct | None


class Points(Record):
    """Columns of one length."""

    timestamp: list[datetime]
    mid: list[Price]


class Check(Record):
    """A record whose value has the unit that it names."""

    unit: str
    value: Annotated[float, Field(json_schema_extra={"unit": "by unit"})] | None
    around: Spread


class Story(Result):
    """How something went."""

    price_currency: str
    spread: Spread
    depth: Spread | None
    peak_usd: Usd
    series: Points
    checks: list[Check]


def test_parts_are_told_fact_by_fact_and_columns_value_by_value():
    story = Story(
        source="live",
        as_of=NOON,
        age_ms=0,
        warnings=[],
        price_currency="USD",
        spread=Spread(first=0.01, last=None),
        depth=None,
        peak_usd=50_000,
        series=Points(timestamp=[NOON, NOON], mid=[100, 101.5]),
        checks=[
            Check(unit="usd", value=1_250_000, around=Spread(first=1, last=2)),
            Check(unit="pct", value=None, around=Spread(first=3, last=4)),
        ],
    )
    assert to_text(story).splitlines()[1:] == [
        "spread first: 0.010%",
        "spread last: not available",
        "depth: not available",
        "peak usd: $50,000",
        "series timestamp: 2026-08-09 12:00:00 UTC, 2026-08-09 12:00:00 UTC",
        "series mid: 100.00 USD, 101.50 USD",
        "checks: unit | value",
        "  usd | $1.25 million",
        "  pct | not available",
        "around (checks): first | last",
        "  1.00% | 2.00%",
        "  3.00% | 4.00%",
    ]
