from datetime import timedelta

import pytest
from make_alerts import alert
from make_books import NOON

from tools.history import History

MINUTE = timedelta(minutes=1)


def cleared(alert, after_s):
    return alert.model_copy(update={"state": "cleared", "cleared_at": NOON + timedelta(seconds=after_s)})


async def test_alerts_come_back_whole_newest_first(history):
    rule = {"rule": "r1", "alert_type": "RULE", "baseline_value": None, "deviation_percentage": None, "z_score": None, "requires_action": False}
    first, second = alert(), alert("a2", after_s=60, **rule)
    await history.store_alerts([first, second])
    assert await history.alerts() == [second, first]


async def test_an_alert_that_is_stored_again_is_updated_and_not_doubled(history):
    first = alert()
    await history.store_alerts([first])
    worse = first.model_copy(update={"severity": "HIGH", "current_value": 0.2})
    await history.store_alerts([worse])
    assert await history.alerts() == [worse]


async def test_what_is_cleared_is_not_raised_again_by_a_late_write(history):
    first = alert()
    await history.store_alerts([first])
    await history.store_alerts([cleared(first, 120)])
    await history.store_alerts([first])
    assert await history.alerts() == [cleared(first, 120)]


async def test_one_batch_may_raise_and_clear(history):
    first = alert()
    await history.store_alerts([first, cleared(first, 60)])
    assert await history.alerts() == [cleared(first, 60)]


async def test_what_was_acknowledged_stays_so(history):
    first = alert()
    await history.store_alerts([first])
    seen = first.model_copy(update={"acknowledged_at": NOON + MINUTE})
    assert await history.acknowledge("a1", NOON + MINUTE) == seen
    assert await history.acknowledge("a1", NOON + 5 * MINUTE) == seen
    await history.store_alerts([cleared(first, 120)])
    assert await history.alerts() == [cleared(seen, 120)]


async def test_an_alert_that_is_stored_again_without_its_acknowledgement_keeps_the_stored_one(history):
    """As a watch does, which knows nothing of what people have seen."""
    first = alert()
    await history.store_alerts([first])
    await history.acknowledge("a1", NOON + MINUTE)
    worse = first.model_copy(update={"severity": "HIGH"})
    await history.store_alerts([worse])
    assert await history.alerts() == [worse.model_copy(update={"acknowledged_at": NOON + MINUTE})]


async def test_a_cleared_alert_stays_cleared_when_it_is_acknowledged_and_raised_late(history):
    first = alert()
    await history.store_alerts([cleared(first, 120)])
    seen = cleared(first, 120).model_copy(update={"acknowledged_at": NOON + 5 * MINUTE})
    assert await history.acknowledge("a1", NOON + 5 * MINUTE) == seen
    await history.store_alerts([first, first.model_copy(update={"severity": "HIGH"})])
    assert await history.alerts() == [seen]
    assert await history.alerts(open_only=True) == []


async def test_acknowledging_an_unknown_alert_gives_nothing(history):
    assert await history.acknowledge("nothing", NOON) is None


async def test_alerts_are_found_by_market_state_and_window(history):
    past = cleared(alert("past", after_s=0), 60)
    standing = alert("standing", after_s=30)
    elsewhere = alert("elsewhere", after_s=90, exchange="coinbase", symbol="ETH/USD")
    await history.store_alerts([past, standing, elsewhere])

    async def ids(*args, **given):
        return [one.alert_id for one in await history.alerts(*args, **given)]

    assert await ids() == ["elsewhere", "standing", "past"]
    assert await ids("kraken") == ["standing", "past"]
    assert await ids("coinbase", "ETH/USD") == ["elsewhere"]
    assert await ids(symbol="BTC/USD", open_only=True) == ["standing"]
    assert await ids(since=NOON + 2 * MINUTE) == ["elsewhere", "standing"]
    assert await ids(since=NOON + MINUTE, until=NOON + MINUTE) == ["standing", "past"]
    assert await ids(until=NOON - MINUTE) == []


async def test_those_that_stood_at_a_time_are_found_whatever_became_of_them(history):
    await history.store_alerts([cleared(alert("over"), 60), alert("standing", after_s=30)])

    async def stood(after_s):
        return [one.alert_id for one in await history.alerts(until=NOON + timedelta(seconds=after_s), open_only=True)]

    assert [await stood(after_s) for after_s in (-1, 0, 30, 59.999, 60)] == [[], ["over"], ["standing", "over"], ["standing", "over"], ["standing"]]
    assert [one.alert_id for one in await history.alerts(since=NOON + MINUTE, until=NOON, open_only=True)] == ["over"]


async def test_alerts_of_another_source_are_refused(history):
    with pytest.raises(ValueError, match="replay data for a history of live data"):
        await history.store_alerts([alert(), alert("a2", source="replay")])
    assert await history.alerts() == []


async def test_alerts_of_another_source_are_not_seen(database_url):
    live, replay = (History(database_url, source, now=lambda: NOON) for source in ("live", "replay"))
    await live.store_alerts([alert()])
    await replay.store_alerts([alert(source="replay", after_s=60)])
    assert [[one.source for one in await store.alerts()] for store in (live, replay)] == [["live"], ["replay"]]
    assert await replay.acknowledge("a1", NOON) is not None
    assert (await live.alerts())[0].acknowledged_at is None
    for store in (live, replay):
        await store.close()
