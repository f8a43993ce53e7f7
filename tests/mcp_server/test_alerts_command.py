"""`liquidity alerts` lists what is stored, and tries rules on the market that they are about."""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from make_snapshots import miss, snapshots
from make_snapshots import series as columns

from mcp_server.commands.alerts import acknowledge, list_alerts, try_out
from tools.analytics.anomalies import backtest
from tools.errors import InsufficientHistory, InvalidArgument, NotReadable
from tools.history import History

NOWHERE = {"as_json": False, "demo": False, "replay": None}


@pytest.fixture
def full():
    with Path("/dev/full").open("w") as file:
        yield file
    assert Path("/dev/full").is_char_device()


@pytest.fixture
async def stored(tmp_path, monkeypatch):
    """A live history in which the spread of ETH/USD on kraken was wide for five minutes of the last two hours."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}"
    monkeypatch.setenv("LIQUIDITY_DATABASE_URL", url)
    now = datetime.now(UTC)
    kept = columns(symbol="ETH/USD", end=now, spread_pct=[0.02] * 100 + [0.2] * 5 + [0.02] * 15)
    history = History(url, "live", now=lambda: now)
    await history.append(snapshots(kept))
    await history.store_alerts(backtest(kept))
    yield history
    await history.close()


@pytest.mark.parametrize(
    ("symbol", "exchange", "until", "found"), [("", "", "", 1), ("eth", "", "", 1), ("ETH-USD", "Kraken", "", 1), ("ETH", "", "2026-01-01", 0)]
)
async def test_alerts_are_listed_of_all_markets_of_an_asset_up_to_a_time(stored, capsys, symbol, exchange, until, found):
    assert await list_alerts(symbol, exchange, 24, until, standing=False, **NOWHERE) == 0
    printed = capsys.readouterr()
    assert printed.out.count("HIGH  kraken ETH/USD") == found
    assert ("No alerts from 2025-12-31 00:00 to 2026-01-01 00:00 UTC; they are raised" in printed.err) == (not found)


@pytest.mark.parametrize(("symbol", "exchange", "asked"), [("ETH/USDT", "", "ETH/USDT"), ("BTCC", "", "BTCC"), ("ETH", "okx", "ETH on okx")])
async def test_what_is_not_recorded_is_no_market_without_alerts(stored, symbol, exchange, asked):
    with pytest.raises(InvalidArgument, match=rf"^Nothing is recorded of {asked}; recorded are ETH/USD on kraken\.$"):
        await list_alerts(symbol, exchange, 24, "", standing=False, **NOWHERE)


async def test_a_time_that_is_none_is_named_with_what_would_be_one(stored):
    with pytest.raises(InvalidArgument, match=r"^--until must be an ISO 8601 time such as 2026-11-22T14:00:00Z, not 'noon'\.$"):
        await list_alerts("ETH", "", 24, "noon", standing=False, **NOWHERE)


async def test_a_list_for_which_there_is_no_room_is_told_to_be_lost(stored, full, monkeypatch):
    monkeypatch.setattr(sys, "stdout", full)
    with pytest.raises(NotReadable, match=r"^The result cannot be written to stdout: No space left on device\.$"):
        await list_alerts("", "", 24, "", standing=False, **NOWHERE)


async def test_an_alert_that_stands_is_listed_with_what_to_do(stored, capsys):
    (alert,) = await stored.alerts()
    await stored.store_alerts([alert.model_copy(update={"alert_id": "stands", "state": "raised", "cleared_at": None})])
    await list_alerts("ETH", "", 24, "", standing=True, **NOWHERE)
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == f"{alert.timestamp:%Y-%m-%d %H:%M} UTC, stands  HIGH  kraken ETH/USD"
    assert rest == [f"  {alert.message}", f"  {alert.suggested_action}", "  stands"]


async def test_what_stood_at_a_past_time_is_listed_as_it_stood_then(stored, capsys):
    (alert,) = await stored.alerts()
    await stored.acknowledge(alert.alert_id, alert.cleared_at)
    stood, over = (f"{time:%Y-%m-%dT%H:%M:%S.%f}Z" for time in (alert.timestamp, alert.cleared_at))
    assert alert.timestamp < alert.cleared_at
    for standing in (True, False):
        await list_alerts("ETH", "", 24, stood, standing=standing, **NOWHERE)
        assert capsys.readouterr().out.startswith(f"{alert.timestamp:%Y-%m-%d %H:%M} UTC, stands  HIGH  kraken ETH/USD\n")
    await list_alerts("ETH", "", 24, over, standing=True, **NOWHERE)
    printed = capsys.readouterr()
    assert (printed.out, printed.err.partition(" from ")[0]) == ("", "No alerts that stood then")


async def test_an_alert_is_acknowledged_by_the_id_that_is_listed(stored, capsys):
    (alert,) = await stored.alerts()
    assert await acknowledge(alert.alert_id, demo=False, replay=None) == 0
    await list_alerts("", "", 24, "", standing=False, **NOWHERE)
    assert "kraken ETH/USD, acknowledged" in capsys.readouterr().out
    with pytest.raises(InvalidArgument, match="There is no alert 'nonsense'"):
        await acknowledge("nonsense", demo=False, replay=None)


async def test_a_backtest_shows_when_the_default_rules_would_have_fired(stored, capsys):
    assert await try_out("ETH", "kraken", 2, "", 30, "", **NOWHERE) == 0
    printed = capsys.readouterr()
    assert printed.out.count("Spread widened by 900.0%") == 1
    first, last = (of.timestamp for of in (await anext(stored.pages("kraken", "ETH/USD", None, datetime.now(UTC))))[:: 120 - 1])
    told = "1 would have been raised and stood for 4 minutes in all: SPREAD_WIDENING 1."
    assert printed.err == f"Tried on 120 snapshots of ETH/USD on kraken (live), {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC; {told}\n"


async def test_a_rule_of_ones_own_is_tried_alone_on_the_exchange_that_it_names(stored, capsys):
    assert await try_out("ETH", "", 2, "", 30, "ETH spread on kraken > 5 bps", **NOWHERE) == 0
    assert capsys.readouterr().out.count("ETH spread on kraken > 5 bps") == 1


@pytest.mark.parametrize(("symbol", "rule"), [("", "ETH spread on kraken > 5 bps"), ("eth", "spread on kraken > 5 bps")])
async def test_the_market_is_named_beside_the_rule_or_in_it(stored, capsys, symbol, rule):
    assert await try_out(symbol, "", 2, "", 30, rule, **NOWHERE) == 0
    assert capsys.readouterr().out.count("ETH spread on kraken > 5 bps") == 1


async def test_a_backtest_of_nothing_is_none(stored):
    with pytest.raises(InvalidArgument, match=r"^Name an asset or market"):
        await try_out("", "kraken", 2, "", 30, "", **NOWHERE)
    with pytest.raises(InsufficientHistory, match="what is stored of it begins"):
        await try_out("ETH", "kraken", 2, "2026-01-01", 30, "", **NOWHERE)


async def test_no_alert_that_stands_is_told_as_that(stored, capsys):
    assert await list_alerts("ETH", "", 24, "", standing=True, **NOWHERE) == 0
    assert capsys.readouterr().err.startswith("No alerts that stand now from ")


async def test_an_outage_that_goes_on_after_the_last_book_stood_until_the_last_look(stored, capsys):
    now = datetime.now(UTC)
    books = snapshots(columns(symbol="BTC/USD", end=now - timedelta(minutes=10), spread_pct=[0.02] * 60))
    await stored.append(books, [miss(symbol="BTC/USD", at=now, after_s=-60 * minute) for minute in range(10)])
    assert await try_out("BTC", "kraken", 1, "", 30, "", **NOWHERE) == 0
    assert "1 would have been raised and stood for 8 minutes in all: VENUE_OUTAGE 1.\n" in capsys.readouterr().err


async def test_too_few_books_for_a_backtest_are_told_with_the_looks_that_gave_none(stored):
    now = datetime.now(UTC)
    books = snapshots(columns(symbol="SOL/USD", end=now - timedelta(minutes=20), spread_pct=[0.02] * 9))
    await stored.append(books, [miss(symbol="SOL/USD", at=now, after_s=-60 * minute) for minute in range(10)])
    with pytest.raises(InsufficientHistory, match=r"There are 9 snapshots of SOL/USD .* kraken gave no valid book at 10 looks"):
        await try_out("SOL", "kraken", 1, "", 30, "", **NOWHERE)


async def test_a_rule_is_never_tried_on_another_market_than_its_own(stored):
    with pytest.raises(InvalidArgument, match=r"^`BTC spread on kraken > 5 bps` is not about ETH/USD on kraken"):
        await try_out("ETH", "kraken", 2, "", 30, "BTC spread on kraken > 5 bps", **NOWHERE)
