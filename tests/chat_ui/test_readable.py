"""Tool results as a reader sees them in a step."""

from datetime import UTC, datetime

from chat_ui.readable import literal_colons, readable
from tools.analytics.result import Record, Result
from tools.charts.chart import Chart
from tools.units import Bps, Count, Price, Usd

NOON = datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


class Level(Record):
    price: float
    size: float


class Venue(Record):
    price_currency: str
    mid_price: Price
    spread_bps: Bps


class Found(Result):
    symbol: str
    exchanges: list[str]
    cost_usd: Usd | None
    levels: Count
    complete: bool
    venues: dict[str, Venue]
    bids: list[Level]
    failures: dict[str, str]


def found(**changes) -> Found:
    values = {
        "source": "simulated",
        "as_of": NOON,
        "age_ms": 12.0,
        "warnings": [],
        "symbol": "BTC",
        "exchanges": ["binance", "kraken"],
        "cost_usd": 50.1,
        "levels": 3,
        "complete": True,
        "venues": {},
        "bids": [],
        "failures": {},
    }
    return Found(**{**values, **changes})


def rows(markdown: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if line.startswith("|") and "---" not in line]


def test_plain_fields_are_rows_in_their_units():
    assert rows(readable(found())) == [
        ["", ""],
        ["source", "simulated"],
        ["as of", "2026-11-22 12:00:05 UTC"],
        ["age ms", "12 ms"],
        ["symbol", "BTC"],
        ["exchanges", "binance, kraken"],
        ["cost usd", "$50.10"],
        ["levels", "3"],
        ["complete", "yes"],
    ]


def test_exchanges_stand_side_by_side_with_prices_in_their_own_currency():
    venues = {
        "binance": Venue(price_currency="USDT", mid_price=65_000, spread_bps=0.01),
        "kraken": Venue(price_currency="USD", mid_price=65_010.5, spread_bps=1.5),
    }
    assert rows(readable(found(venues=venues)))[-4:] == [
        ["", "binance", "kraken"],
        ["price currency", "USDT", "USD"],
        ["mid price", "65,000.00 USDT", "65,010.50 USD"],
        ["spread bps", "0.01 bps", "1.50 bps"],
    ]


def test_of_many_levels_the_first_are_shown_and_their_number_said():
    text = readable(found(bids=[Level(price=100 - step, size=1) for step in range(20)]))
    assert "**bids** (the first 8 of 20)" in text
    assert len(rows(text.partition("**bids**")[2])) == 9


def test_failures_and_warnings_close_the_result():
    text = readable(found(failures={"okx": "okx timed out after 10 s. Try again."}, warnings=["Depth is a lower bound."]))
    assert text.endswith("- okx failed: okx timed out after 10 s. Try again.\n- Depth is a lower bound.")


def test_a_bar_in_a_value_does_not_break_the_table():
    assert "| symbol | A\\|B |" in readable(found(symbol="A|B"))


def test_a_chart_is_its_title_and_its_summary():
    chart = Chart(
        kind="impact",
        symbol="BTC",
        exchanges=["kraken"],
        title="Cost of BTC",
        summary="It costs 40 bps.",
        figure={},
        source="live",
        as_of=NOON,
        age_ms=1,
        warnings=["Beware."],
    )
    assert readable(chart) == "**Cost of BTC**\n\nIt costs 40 bps.\n\n- Beware."


def test_colons_before_letters_are_escaped_outside_code():
    assert literal_colons("BTC/USDT:USDT at 12:00:05, `a:b`, see https://x") == "BTC/USDT\\:USDT at 12:00:05, `a:b`, see https://x"
