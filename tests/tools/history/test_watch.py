"""One market's alerts over a real database: judged by the last day, stored, delivered, and taken up again by whoever watches next."""

from datetime import timedelta

import pytest
from make_books import NOON
from make_snapshots import miss, series, snapshot, snapshots

from tools.analytics.rules import parse
from tools.errors import HistoryUnavailable, NotStorable
from tools.history import History
from tools.history.watch import Watch

WIDE = {"best_bid": 99.0, "best_ask": 101.0}


class Counted(History):
    """A history that can be away, and counts what it is asked."""

    away = False

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.asked = []

    async def _opened(self):
        if self.away:
            raise HistoryUnavailable("it is away")
        return await super()._opened()

    async def series(self, exchange, symbol, start, end):
        self.asked.append((start, end))
        return await super().series(exchange, symbol, start, end)


@pytest.fixture
def source():
    return "live"


of_a_replay = pytest.mark.parametrize("source", ["replay"])


@pytest.fixture
async def history(tmp_path, source):
    one = Counted(f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}", source, now=lambda: NOON)
    spreads = [0.1 + 0.001 * (i % 7) for i in range(120)]
    await one.append(snapshots(series(source=source, spread_pct=spreads, end=NOON - timedelta(minutes=1))))
    yield one
    await one.close()


@pytest.fixture
def delivered():
    return []


@pytest.fixture
def watch(history, delivered):
    return Watch(history, "kraken", "BTC/USD", 60, delivered.append)


def brief(alerts):
    return [(one.alert_type, one.state) for one in alerts]


async def looks(watch, *minutes, **changes):
    """Observe a snapshot at each of these minutes after NOON."""
    return [await watch.observe(snapshot(after_s=60 * minute, **changes)) for minute in minutes]


async def replayed(watch, *minutes, **changes):
    return await looks(watch, *minutes, source="replay", **changes)


async def test_what_is_unusual_twice_in_a_row_is_stored_and_delivered_once(watch, history, delivered):
    assert [brief(one) for one in await looks(watch, 0, 1, 2, **WIDE)] == [[], [("SPREAD_WIDENING", "raised")], []]
    [alert] = delivered
    assert (alert.exchange, alert.symbol, alert.timestamp, alert.sample_count) == ("kraken", "BTC/USD", NOON + timedelta(minutes=1), 120)
    assert await history.alerts(open_only=True) == [alert]


async def test_what_is_usual_again_is_an_all_clear_under_the_same_id(watch, history, delivered):
    await looks(watch, 0, 1, **WIDE)
    await looks(watch, *range(2, 8))
    raised, cleared = delivered
    assert (brief(delivered), cleared.alert_id) == ([("SPREAD_WIDENING", "raised"), ("SPREAD_WIDENING", "cleared")], raised.alert_id)
    assert await history.alerts(open_only=True) == []
    assert await history.alerts() == [cleared]


async def test_whoever_watches_next_takes_up_the_alerts_that_stand_and_tells_of_them_once_more(watch, history, delivered):
    """Whoever raised them may have ended between storing and telling."""
    await looks(watch, 0, 1, **WIDE)
    after = []
    successor = Watch(history, "kraken", "BTC/USD", 60, after.append)
    assert await looks(successor, 2, 3, 4, **WIDE) == [[], [], []]
    assert after == delivered
    await looks(successor, *range(5, 11))
    assert [(one.alert_id, one.state) for one in after[1:]] == [(delivered[0].alert_id, "cleared")]


async def test_of_an_alert_that_is_over_with_the_first_look_of_whoever_watches_next_its_end_alone_is_told(watch, history, delivered):
    await looks(watch, 0, 1, **WIDE)
    after = []
    await looks(Watch(history, "kraken", "BTC/USD", 60, after.append), 30)
    assert [(one.alert_id, one.state) for one in after] == [(delivered[0].alert_id, "cleared")]


async def test_an_alert_that_becomes_more_severe_is_stored_so_and_delivered_again(watch, history, delivered):
    await looks(watch, 0, 1, best_bid=99.93, best_ask=100.07)
    await looks(watch, 2, **WIDE)
    assert [(one.severity, one.state) for one in delivered] == [("LOW", "raised"), ("HIGH", "raised")]
    assert {one.alert_id for one in delivered} == {delivered[0].alert_id}
    assert await history.alerts() == delivered[1:]


async def test_an_alert_that_becomes_worse_but_no_more_severe_is_stored_so_and_not_delivered_again(watch, history, delivered):
    await looks(watch, 0, 1, **WIDE)
    await looks(watch, 2, best_bid=98, best_ask=102)
    [raised], [stored] = delivered, await history.alerts()
    assert (raised.current_value, stored.current_value) == (2.0, 4.0)
    assert (stored.alert_id, stored.severity, stored.timestamp) == (raised.alert_id, raised.severity, raised.timestamp)


async def test_an_alert_that_the_history_refuses_for_good_is_delivered_and_said_once_and_keeps_no_other_from_being_stored(history, delivered, monkeypatch):
    async def store_alerts(alerts):
        if any(one.alert_type == "SPREAD_WIDENING" for one in alerts):
            raise NotStorable("too large")
        await History.store_alerts(history, alerts)

    monkeypatch.setattr(history, "store_alerts", store_alerts)
    said = []
    watch = Watch(history, "kraken", "BTC/USD", 60, delivered.append, say=said.append)
    await looks(watch, 0, 1, depth_usd=1e5, **WIDE)
    assert sorted(brief(delivered)) == [("DEPTH_DROP", "raised"), ("SPREAD_WIDENING", "raised")]
    await looks(watch, *range(2, 8))
    assert sorted(brief(delivered[2:])) == [("DEPTH_DROP", "cleared"), ("SPREAD_WIDENING", "cleared")]
    assert brief(await history.alerts()) == [("DEPTH_DROP", "cleared")]
    assert said == ["BTC/USD on kraken, an alert: The history's database refuses what was to be stored (too large): it is not kept."]


async def test_another_markets_alerts_and_rules_are_none_of_its_business(watch, history, delivered):
    for text in ("BTC spread on coinbase > 1 bps", "ETH spread on kraken > 1 bps"):
        await history.add_rule(parse(text, "kraken"), NOON)
    other = Watch(history, "coinbase", "BTC/USD", 60, delivered.append)
    await looks(watch, 0, 1, 2)
    await other.observe(snapshot(exchange="coinbase"))
    assert delivered == []


async def test_a_rule_that_a_person_adds_is_heeded_within_a_minute(watch, history, delivered):
    await looks(watch, 0)
    await history.add_rule(parse("BTC spread on kraken > 9 bps", "kraken"), NOON)
    await looks(watch, 1, 2)
    assert [(one.alert_type, one.rule) for one in delivered] == [("RULE", "BTC spread on kraken > 9 bps")]


async def test_failed_looks_are_an_outage(watch, delivered):
    await looks(watch, 0)
    for minute in (1, 2, 3, 4):
        await watch.observe(miss(after_s=60 * minute))
    assert brief(delivered) == [("VENUE_OUTAGE", "raised")]


async def test_what_is_usual_is_read_every_quarter_of_an_hour_from_the_day_before(watch, history):
    await looks(watch, *range(31))
    day, before = timedelta(hours=24), timedelta(milliseconds=1)
    assert history.asked == [(at - day, at - before) for at in (NOON, NOON + timedelta(minutes=15), NOON + timedelta(minutes=30))]


async def test_where_the_history_is_too_short_to_say_how_the_price_moves_it_is_soon_asked_again(tmp_path):
    short = Counted(f"sqlite+aiosqlite:///{tmp_path / 'short.sqlite3'}", "live", now=lambda: NOON)
    await short.append(snapshots(series(mid=[100.0] * 20, end=NOON - timedelta(minutes=1))))
    await looks(Watch(short, "kraken", "BTC/USD", 60, print), 0, 1, 2)
    assert len(short.asked) == 3
    await short.close()


async def test_where_the_history_is_too_short_it_is_soon_asked_again(history):
    watch = Watch(history, "kraken", "ETH/USD", 60, print)
    await looks(watch, 0, 0.5, 1, 1.5, 2, symbol="ETH/USD")
    assert len(history.asked) == 3


async def test_a_history_that_goes_away_stops_no_alert_and_gets_it_afterwards(watch, history, delivered):
    await looks(watch, 0)
    history.away = True
    await looks(watch, 1, 2, **WIDE)
    assert brief(delivered) == [("SPREAD_WIDENING", "raised")]
    history.away = False
    assert await history.alerts() == []
    await looks(watch, 3, **WIDE)
    assert await history.alerts() == delivered


async def test_until_the_history_has_told_which_alerts_stand_nothing_is_judged(watch, history, delivered):
    history.away = True
    await looks(watch, 0, 1, 2, **WIDE)
    assert delivered == []
    history.away = False
    await looks(watch, 3, 4, **WIDE)
    assert brief(delivered) == [("SPREAD_WIDENING", "raised")]


@of_a_replay
async def test_where_time_begins_anew_so_does_the_watch(watch, history, delivered):
    """The seam of a replayed loop: what stood before it is judged afresh."""
    await replayed(watch, 0, 1, 2)
    await history.add_rule(parse("BTC spread on kraken > 9 bps", "kraken"), NOON)
    await replayed(watch, 0, 0.5)
    assert [one.alert_type for one in delivered] == ["RULE"]


@of_a_replay
async def test_what_stands_where_time_begins_anew_ends_with_the_last_look_and_is_told_once(watch, history, delivered):
    for _ in range(3):
        await replayed(watch, 0, 1, 2, **WIDE)
    await replayed(watch, 0)
    [raised, cleared] = delivered
    assert (raised.state, raised.timestamp) == ("raised", NOON + timedelta(minutes=1))
    assert cleared == raised.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(minutes=2)})
    assert await history.alerts() == [cleared]


@of_a_replay
async def test_an_alert_that_ended_within_a_loop_is_not_told_again_in_the_next(watch, history, delivered):
    for _ in range(2):
        await replayed(watch, 0, 1, **WIDE)
        await replayed(watch, *range(2, 8))
    assert brief(delivered) == [("SPREAD_WIDENING", "raised"), ("SPREAD_WIDENING", "cleared")]
    assert await history.alerts() == delivered[1:]


@of_a_replay
async def test_an_alert_of_a_replay_that_was_broken_off_ends_when_another_begins(watch, history, delivered):
    await replayed(watch, 60, 61, **WIDE)
    after = []
    successor = Watch(history, "kraken", "BTC/USD", 60, after.append)
    await replayed(successor, 0, 1)
    await replayed(successor, 60, 61, 62, **WIDE)
    [raised] = delivered
    assert after == [raised.model_copy(update={"state": "cleared", "cleared_at": raised.timestamp})]
    assert await history.alerts() == after


@of_a_replay
async def test_what_ends_at_a_seam_while_the_history_is_away_is_stored_afterwards(watch, history, delivered):
    await replayed(watch, 0, 1, 2, **WIDE)
    history.away = True
    await replayed(watch, 0, 1, **WIDE)
    history.away = False
    await replayed(watch, 2, **WIDE)
    assert brief(delivered) == [("SPREAD_WIDENING", "raised"), ("SPREAD_WIDENING", "cleared")]
    assert await history.alerts() == delivered[1:]


async def test_a_live_look_from_before_the_last_ends_and_tells_nothing(watch, history, delivered):
    """An exchange dates its books a moment earlier than we the looks that failed, or a clock was set."""
    await looks(watch, 0, 1, **WIDE)
    await watch.observe(miss(after_s=100))
    await looks(watch, 1.6, 1.2, 2, 3, **WIDE)
    [raised] = delivered
    assert await history.alerts() == [raised]


async def test_a_live_alert_of_a_moment_later_is_taken_up_by_whoever_watches_next(watch, history, delivered):
    await looks(watch, 0, 1, **WIDE)
    successor = Watch(history, "kraken", "BTC/USD", 60, delivered.append)
    await successor.observe(miss(after_s=59))
    await looks(successor, 2, 3, **WIDE)
    [raised, again] = delivered
    assert await history.alerts(open_only=True) == [raised] == [again]
    await looks(Watch(history, "kraken", "BTC/USD", 60, delivered.append), 0.9)
    assert delivered[2].cleared_at == raised.timestamp
