"""What a file brings is judged as whoever had watched it would have, and nothing of it stands today."""

from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import miss, series, snapshot, snapshots

from tools.analytics.anomalies import backtest
from tools.errors import HistoryUnavailable
from tools.history import History
from tools.history.formats import json_lines
from tools.history.transfer import import_file

MARKET = ("kraken", "BTC/USD")
DAY = timedelta(days=1)
LONG_AGO = NOON - 30 * DAY


def of_minutes(*depths, **parts):
    """A minute for each (depth in USD, how many minutes)."""
    return series(**{"end": LONG_AGO, "depth_usd": [usd for usd, minutes in depths for _ in range(minutes)], **parts})


def with_an_incident(**parts):
    """600 minutes, of which 30 have a tenth of the usual depth and five times the spread."""
    return of_minutes((1e6, 300), (1e5, 30), (1e6, 270), spread_pct=[0.1] * 300 + [0.5] * 30 + [0.1] * 270, **parts)


@pytest.fixture
def bring(tmp_path):
    """Import these series; how many alerts their time held, and how many stood at its end."""

    async def imported(history, *given, now=NOON):
        path = tmp_path / "history.jsonl"
        path.write_bytes(b"".join(json_lines(snapshots(one)) for one in given))
        told = await import_file(history, path, "live", now, ("kraken",))
        return told.alerts, told.standing

    return imported


def oldest_first(alerts):
    return sorted(alerts, key=lambda alert: (alert.timestamp, alert.alert_type))


async def test_imported_time_holds_the_alerts_of_whoever_had_watched_it(history, bring):
    given = with_an_incident()
    assert await bring(history, given) == (2, 0)
    stored = oldest_first(await history.alerts())
    assert stored == oldest_first(backtest(given))
    incident, over = (LONG_AGO - timedelta(minutes=minutes) for minutes in (298, 269))
    assert [(one.alert_type, one.severity, one.state, one.timestamp, one.cleared_at) for one in stored] == [
        (kind, "HIGH", "cleared", incident, over) for kind in ("DEPTH_DROP", "SPREAD_WIDENING")
    ]


async def test_what_is_imported_again_raises_nothing_again_and_stays_acknowledged(history, bring):
    await bring(history, with_an_incident())
    first = (await history.alerts())[0]
    await history.acknowledge(first.alert_id, NOON)
    stored = await history.alerts()
    assert await bring(history, with_an_incident()) == (2, 0)
    assert await history.alerts() == stored
    assert [one.acknowledged_at for one in stored if one.alert_id == first.alert_id] == [NOON]


async def test_an_import_that_was_broken_off_before_its_alerts_is_completed_by_another(sqlite_history, bring, monkeypatch):
    async def gone(*_):
        raise HistoryUnavailable("the database is away")

    monkeypatch.setattr(History, "store_alerts", gone)
    with pytest.raises(HistoryUnavailable):
        await bring(sqlite_history, with_an_incident())
    monkeypatch.undo()
    assert await sqlite_history.alerts() == []
    assert await bring(sqlite_history, with_an_incident()) == (2, 0)
    assert len(await sqlite_history.alerts()) == 2


async def test_days_that_are_judged_one_by_one_hold_the_alerts_of_the_whole(sqlite_history, bring):
    """An incident reaches over the end of the first day, another lies in the third; two markets are judged each by itself."""
    depths = (1e6, 1_420), (2e5, 40), (1e6, 2_000), (2e5, 10), (1e6, 200)
    given = [of_minutes(*depths), of_minutes((1e6, 3_000), symbol="ETH/USD")]
    assert await bring(sqlite_history, *given) == (2, 0)
    told = [(one.symbol, one.timestamp, one.cleared_at) for one in oldest_first(await sqlite_history.alerts())]
    assert told == [(one.symbol, one.timestamp, one.cleared_at) for one in backtest(given[0])]


async def test_what_stands_at_the_end_of_old_time_ends_with_its_last_look(sqlite_history, bring):
    """And does not stand on over weeks until the next rows of the file."""
    later = LONG_AGO + 7 * DAY
    assert await bring(sqlite_history, of_minutes((1e6, 100), (1e5, 10)), of_minutes((1e6, 100), end=later)) == (1, 0)
    (alert,) = await sqlite_history.alerts()
    assert (alert.state, alert.timestamp, alert.cleared_at) == ("cleared", LONG_AGO - timedelta(minutes=8), LONG_AGO)


async def test_what_may_stand_yet_is_left_to_the_next_look(sqlite_history, bring):
    end = NOON - timedelta(hours=1)
    ends_amid = of_minutes((1e6, 100), (1e5, 10), end=end)
    assert await bring(sqlite_history, ends_amid) == (0, 1)
    assert await sqlite_history.alerts() == []
    assert await bring(sqlite_history, ends_amid, now=end + DAY) == (0, 1)
    assert await bring(sqlite_history, ends_amid, now=end + DAY + timedelta(seconds=1)) == (1, 0)
    assert [one.cleared_at for one in await sqlite_history.alerts()] == [end]


@pytest.mark.parametrize("looked", ["book", "none"])
async def test_where_somebody_has_looked_since_nothing_is_left_to_tell(sqlite_history, bring, looked):
    end, since = NOON - timedelta(hours=1), NOON - timedelta(minutes=50)
    await sqlite_history.append(*([snapshot(at=since)], []) if looked == "book" else ([], [miss(at=since)]))
    assert await bring(sqlite_history, of_minutes((1e6, 100), (1e5, 10), end=end)) == (1, 0)
    assert [one.cleared_at for one in await sqlite_history.alerts()] == [end]


@pytest.mark.parametrize("stands", [False, True])
async def test_an_alert_that_a_recorder_raised_in_that_time_stays_as_it_is_and_is_not_told_twice(sqlite_history, bring, stands):
    """Raised a little later than the file would have it, and in the end still standing."""
    end = NOON - timedelta(minutes=1)
    given = of_minutes((1e6, 100), (1e5, 10), end=end) if stands else of_minutes((1e6, 100), (1e5, 10), (1e6, 20), end=end)
    (found,) = backtest(given)
    seen = found.model_copy(update={"alert_id": "seen-by-the-recorder", "timestamp": found.timestamp + timedelta(minutes=2)})
    await sqlite_history.store_alerts([seen])
    assert await bring(sqlite_history, given) == (1, 0)
    assert await sqlite_history.alerts() == [seen]


async def test_down_sampled_hours_are_not_judged(database_url, bring):
    store = History(database_url, "live", retention_days=0, now=lambda: LONG_AGO + timedelta(hours=1))
    given = of_minutes((1e6, 1_080), (1e5, 180), (1e6, 180))
    await store.append(snapshots(given))
    await store.prune()
    assert await bring(store, given) == (0, 0)
    assert await store.alerts() == []
    await store.close()


async def test_what_is_dated_ahead_of_now_is_not_judged(sqlite_history, bring):
    """An all-clear to come would be a standing alert until then."""
    end = NOON + timedelta(hours=4, minutes=50)
    assert await bring(sqlite_history, with_an_incident(end=end)) == (0, 2)
    assert await sqlite_history.alerts(open_only=True) == []
    assert await bring(sqlite_history, with_an_incident(end=end), now=end) == (2, 0)


async def test_looks_hours_apart_raise_nothing(sqlite_history, bring):
    assert await bring(sqlite_history, series(end=LONG_AGO, interval_s=3 * 3_600, depth_usd=[1e6] * 30 + [1e5] * 4)) == (0, 0)
