"""Tool results as a reader sees them in a step."""

from datetime import UTC, datetime, timedelta

from make_alerts import alert

from chat_ui.readable import literal_colons, readable
from tools.analytics.alerts import LiquidityAlert
from tools.analytics.result import Record, Result
from tools.charts.chart import Chart
from tools.units import Bps, ByUnit, Count, Pct, Price, Ratio, Usd

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


class Usual(Record):
    median: Pct
    at: datetime


class Deep(Record):
    median: Usd
    at: datetime


class Points(Record):
    timestamp: list[datetime]
    mid_price: list[Price]
    depth_usd: list[Usd | None]


class Quantiles(Record):
    p50: list[Pct]


class Ahead(Record):
    at: list[datetime]
    spread: Quantiles


class Checked(Record):
    alert_type: str
    unit: str
    current_value: ByUnit | None
    note: str


class Remembered(Result):
    price_currency: str
    hours: Ratio
    spread: Usual
    depth: Deep
    series: Points
    forecast: Ahead | None
    checked: list[Checked]


def remembered(points=2, **changes):
    values = {
        "price_currency": "USD",
        "hours": 24,
        "spread": Usual(median=0.05, at=NOON),
        "depth": Deep(median=1_250_000, at=NOON),
        "series": Points(timestamp=[NOON + timedelta(hours=hour) for hour in range(points)], mid_price=[100] * points, depth_usd=[*[5e5] * (points - 1), None]),
        "forecast": None,
        "checked": [],
    }
    return Remembered(**{"source": "simulated", "as_of": NOON, "age_ms": 12.0, "warnings": [], **values, **changes})


def test_records_of_the_same_fields_stand_side_by_side_and_a_series_is_a_table_in_its_units():
    text = readable(remembered())
    assert ["hours", "24 h"] in rows(text)
    assert rows(text)[-6:] == [
        ["", "spread", "depth"],
        ["median", "0.050%", "$1.25 million"],
        ["at", "2026-11-22 12:00:05 UTC", "2026-11-22 12:00:05 UTC"],
        ["timestamp", "mid price", "depth usd"],
        ["2026-11-22 12:00:05 UTC", "100.00 USD", "$500,000"],
        ["2026-11-22 13:00:05 UTC", "100.00 USD", "not available"],
    ]


def test_of_a_long_series_some_rows_are_shown_from_first_to_last_and_their_number_said():
    text = readable(remembered(points=200))
    assert "**series** (8 of 200, evenly spaced)" in text
    shown = rows(text.partition("**series**")[2])
    assert len(shown) == 9
    assert (shown[1][0], shown[-1][0]) == ("2026-11-22 12:00:05 UTC", "2026-11-30 19:00:05 UTC")


def test_the_columns_of_a_record_within_a_record_stand_beside_its_own():
    ahead = Ahead(at=[NOON, NOON + timedelta(hours=1)], spread=Quantiles(p50=[0.05, 0.06]))
    assert rows(readable(remembered(forecast=ahead)).partition("**forecast**")[2]) == [
        ["at", "spread p50"],
        ["2026-11-22 12:00:05 UTC", "0.050%"],
        ["2026-11-22 13:00:05 UTC", "0.060%"],
    ]


def test_a_number_reads_in_the_unit_of_its_own_record_and_empty_columns_are_left_out():
    checked = [
        Checked(alert_type="SPREAD_WIDENING", unit="pct", current_value=0.087, note=""),
        Checked(alert_type="DEPTH_DROP", unit="usd", current_value=412_000, note=""),
        Checked(alert_type="IMBALANCE", unit="pct", current_value=None, note=""),
    ]
    assert rows(readable(remembered(checked=checked)).partition("**checked**")[2]) == [
        ["alert type", "current value"],
        ["SPREAD_WIDENING", "0.087%"],
        ["DEPTH_DROP", "$412,000"],
        ["IMBALANCE", "not available"],
    ]


def test_of_an_alert_what_it_says_of_itself_is_shown():
    class Report(Result):
        alerts: list[LiquidityAlert]

    shown = alert(timestamp=NOON)
    text = readable(Report(source="live", as_of=NOON, age_ms=0, warnings=[], alerts=[shown] * 20))
    table = rows(text.partition("**alerts** (the first 8 of 20)")[2])
    assert table[:2] == [
        ["timestamp", "severity", "exchange", "message", "suggested action", "state"],
        ["2026-11-22 12:00:05 UTC", "MEDIUM", "kraken", shown.message, shown.suggested_action, "raised"],
    ]
    assert len(table) == 9


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
