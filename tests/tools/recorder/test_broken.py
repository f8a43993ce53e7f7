"""A mistake in this program ends the pair that it is made in: the others go on, what was seen is stored, and others may take its market up."""

import pytest
from make_alerts import alert

from tools.errors import ExchangeTimeout, NotConfigured
from tools.history import History
from tools.history.watch import Watch
from tools.recorder import record
from tools.recorder.own_faults import own_fault

A_MISTAKE = KeyError("a mistake")
NOTE = "a mistake in this program has ended its recording (KeyError('a mistake'))"


async def test_the_other_pairs_go_on_and_what_was_seen_before_is_stored(setting, caplog):
    async with setting.recording(["BTC"], ["coinbase", "kraken"]) as ending:
        await setting.until_stored(1)
        await setting.reach(1)
        await setting.until_stored(2)
        setting.books.errors["coinbase"] = A_MISTAKE
        await setting.reach(30)
        await setting.until_stored(3)
        await setting.reach(60)
        await setting.until_it_is("broken")
        await setting.reach(90)
        await setting.until_stored(4)
    coinbase, kraken = ending.result().pairs
    assert (coinbase.state, coinbase.note, coinbase.stored, kraken.state) == ("broken", NOTE, 1, "recording")
    assert (await setting.stored("coinbase"), await setting.stored()) == (([0], []), ([1, 30, 90], []))
    assert ending.result().broken
    assert f"BTC/USD on coinbase: {NOTE}" in setting.seen.lines
    assert [(one.getMessage(), one.exc_info[1]) for one in caplog.records] == [
        ("The recording of BTC/USD on coinbase has ended by a mistake in this program.", A_MISTAKE)
    ]


async def test_its_market_is_left_to_whoever_wants_it(setting):
    async with setting.recording(["BTC"], ["coinbase", "kraken"]):
        await setting.until_stored(1)
        setting.books.errors["coinbase"] = A_MISTAKE
        await setting.reach(1)
        await setting.until_stored(2)
        for second in (12, 24, 30, 36, 48, 60, 72, 84, 90, 96, 108, 120):
            await setting.reach(second)
        await setting.history.renewed()
        both = [("coinbase", "BTC/USD"), ("kraken", "BTC/USD")]
        assert await History.claim(setting.history, both, "another", 60) == both[:1]


async def test_a_mistake_in_judging_a_look_ends_its_pair_too_and_the_look_is_stored(setting, monkeypatch):
    async def observe(*_):
        raise A_MISTAKE

    monkeypatch.setattr(Watch, "observe", observe)
    ended = await record(setting.market, ["BTC"], onlooker=setting.seen, clock=setting.clock)
    assert [(pair.state, pair.note, pair.stored) for pair in ended.pairs] == [("broken", NOTE, 1)]
    assert await setting.stored() == ([0], [])


async def test_no_alert_of_a_market_that_nobody_watches_any_more_is_shown_as_standing(setting, monkeypatch):
    monkeypatch.setattr(Watch, "standing", (alert(),))
    async with setting.recording(["BTC"]) as ending:
        await setting.seen.until(lambda progress: progress.standing == [alert()])
        setting.books.errors["kraken"] = A_MISTAKE
        for second in (12, 24, 36, 48, 60):
            await setting.reach(second)
        await setting.until_it_is("broken")
    assert ending.result().standing == []


async def test_an_error_of_which_callers_are_warned_is_no_mistake_and_ends_the_recording(setting, monkeypatch):
    async def latest(*_):
        raise NotConfigured("No driver for it.")

    monkeypatch.setattr(setting.history, "latest", latest)
    with pytest.raises(NotConfigured):
        await record(setting.market, ["BTC"], clock=setting.clock)


def test_a_mistake_is_what_is_no_error_of_which_callers_are_warned():
    warned = [ExchangeTimeout("kraken", "10 s"), NotConfigured("No driver for it.")]
    assert own_fault(A_MISTAKE) is A_MISTAKE
    assert own_fault(ExceptionGroup("", [*warned, ExceptionGroup("", [A_MISTAKE])])) is A_MISTAKE
    assert [own_fault(warned[0]), own_fault(ExceptionGroup("", warned))] == [None, None]
