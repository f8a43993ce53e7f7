"""What a recording tells of its alerts and of its end, over scripted books and a real database."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from make_alerts import alert
from make_books import NOON
from make_snapshots import series, snapshots
from pens import Pen
from recording import LEVELS, ManualClock, ScriptedBooks, Watching

from tools.cache import Cache
from tools.errors import NotConfigured
from tools.history import History
from tools.market import Market
from tools.recorder import PairProgress, Progress, record
from tools.recorder.progress import Board

WIDE = [[[price - 1, size] for price, size in LEVELS[0]], [[price + 1, size] for price, size in LEVELS[1]]]


@pytest.fixture
async def market(tmp_path):
    """A market of which the two hours before the clock's start are stored."""
    clock = ManualClock()
    history = History(f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}", "live", now=lambda: clock.utc)
    spreads = [0.1 + 0.001 * (i % 7) for i in range(120)]
    await history.append(snapshots(series(spread_pct=spreads, end=clock.utc - timedelta(minutes=1))))
    yield Market(ScriptedBooks(clock), ("kraken",), "live", Pen(), lambda: clock.utc, history, Cache())
    await history.close()


async def judged(market, clock, looks, *, until):
    """How a recording of that many looks stood once `until` held, and the alerts that it delivered."""
    stop, seen, delivered = asyncio.Event(), Watching(), []
    task = asyncio.create_task(record(market, ["BTC/USD"], stop=stop, onlooker=seen, deliver=delivered.append, clock=clock))
    await seen.until(lambda progress: progress.stored)
    for renewal in range(1, 5 * looks - 4):
        await clock.reach(12 * renewal)
    await seen.until(until)
    stop.set()
    return await task, delivered


async def test_alerts_that_stand_are_told_by_whoever_records_next_too(market):
    market.books.rows = WIDE
    first, delivered = await judged(market, market.books._clock, 2, until=lambda progress: len(progress.standing) == 2)
    assert {alert.alert_type for alert in delivered} == {"SPREAD_WIDENING", "DEPTH_DROP"}
    assert (first.raised, first.cleared, first.standing) == (2, 0, delivered)
    later = ManualClock(market.books._clock.start + 120)
    books = ScriptedBooks(later)
    books.rows = WIDE
    second, delivered_again = await judged(replace(market, books=books, now=lambda: later.utc), later, 1, until=lambda progress: len(progress.standing) == 2)
    assert (second.raised, second.cleared) == (0, 0)
    assert {alert.alert_id for alert in second.standing} == {alert.alert_id for alert in delivered_again} == {alert.alert_id for alert in delivered}


def test_an_alert_is_counted_once_however_often_it_is_told_that_it_got_worse():
    seen, delivered = Watching(), []
    tell = Board((), seen, lambda: (0, "")).counting(delivered.append, NOON)
    told = [alert(), alert(severity="HIGH"), alert(state="cleared"), alert("older", after_s=-60)]
    for one in told:
        tell(one)
    assert (seen.progress, delivered) == (Progress((), raised=1, cleared=1), told)
    tell(alert("recorded long ago", after_s=-60, source="replay"))
    assert seen.progress.raised == 2


def test_whoever_looks_on_sees_every_pair_from_the_start():
    seen, pair = Watching(), PairProgress("kraken", "BTC", 60)
    Board((pair,), seen, lambda: (0, ""))
    assert seen.progress == Progress((pair,))


ELSEWHERE = PairProgress("kraken", "BTC", 60, "BTC/USD", "elsewhere", "another recorder has it")
REFUSED, DUPLICATE, FAILING = (replace(ELSEWHERE, state=state) for state in ("refused", "duplicate", "failing"))


@pytest.mark.parametrize(
    ("pairs", "stood_by"),
    [
        ((ELSEWHERE, ELSEWHERE), [ELSEWHERE, ELSEWHERE]),
        ((REFUSED, ELSEWHERE, DUPLICATE), [ELSEWHERE]),
        ((ELSEWHERE, replace(ELSEWHERE, held=True)), []),
        ((ELSEWHERE, FAILING), []),
        ((REFUSED,), []),
    ],
)
def test_a_recorder_stood_by_where_others_had_all_that_can_be_recorded_the_whole_time(pairs, stood_by):
    assert Progress(pairs).stood_by == stood_by


@pytest.mark.parametrize(("broken", "raised"), [(NotConfigured("No driver for it."), NotConfigured), (KeyError("a mistake"), ExceptionGroup)])
async def test_what_ends_a_recording_is_raised_by_itself_where_callers_are_warned_of_it(market, monkeypatch, broken, raised):
    async def claim(*_):
        raise broken

    monkeypatch.setattr(market.history, "claim", claim)
    with pytest.raises(raised):
        await record(market, ["BTC/USD"], clock=market.books._clock)
