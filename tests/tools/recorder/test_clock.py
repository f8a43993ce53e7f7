"""Ticks on a grid that no delay moves, spread over the interval."""

import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.recorder.clock import Schedule, SteadyClock, openings, spread

INTERVALS = st.integers(1, 86_400)


@given(INTERVALS, st.integers(0, 2**31), st.integers(1, 200))
def test_ticks_are_whole_intervals_apart_and_belong_to_their_slot(interval, moment, places):
    for schedule in spread([interval] * places)[:: max(1, places // 5)]:
        slot = schedule.slot(moment)
        assert schedule.tick(slot) <= moment + 1e-6
        assert moment < schedule.tick(slot + 1) + 1e-6
        exact = Decimal(slot) * interval + Decimal(schedule.phase_s)
        assert abs(Decimal(schedule.tick(slot)) - exact) < Decimal("1e-5")


@given(INTERVALS, st.integers(1, 200))
def test_looks_at_one_interval_are_evenly_spread(interval, places):
    phases = [schedule.phase_s for schedule in spread([interval] * places)]
    assert phases == pytest.approx([interval * place / places for place in range(places)])
    assert 0 <= min(phases) <= max(phases) < interval


def test_first_looks_come_a_second_apart_or_as_fast_as_ever_after():
    assert openings(100.0, [60, 60, 60]) == [100, 101, 102]
    assert openings(100.0, [60] * 240)[:3] == [100, 100.25, 100.5]
    assert openings(100.0, [1, 1, 2]) == [100, 100.4, 100.8]


async def test_the_clock_only_grows_and_waits_for_its_moment():
    clock = SteadyClock()
    before = clock.now()
    await clock.until(before + 0.01)
    assert clock.now() >= before + 0.01 - 1e-6
    await clock.until(before)


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system counts no time asleep")
async def test_the_clock_goes_on_while_the_machine_sleeps(monkeypatch):
    asleep, elapsed, naps = 0.0, time.clock_gettime, []

    async def nap(seconds):
        nonlocal asleep
        naps.append(seconds)
        asleep += 3_000

    monkeypatch.setattr(time, "clock_gettime", lambda which: elapsed(which) + asleep * (which == time.CLOCK_BOOTTIME))
    monkeypatch.setattr("tools.recorder.clock.asyncio.sleep", nap)
    clock = SteadyClock()
    before = clock.now()
    await clock.until(before + 3_600)
    assert clock.now() - before == pytest.approx(6_000, abs=1), "a machine that slept meanwhile is noticed before all of the wait has passed awake"
    assert naps == [10, 10]


def test_a_slot_begins_with_its_tick():
    schedule = Schedule(60, 15)
    assert [schedule.slot(moment) for moment in (14.9, 15, 74.9, 75)] == [-1, 0, 0, 1]
