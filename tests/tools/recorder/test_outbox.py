"""Looks on their way into the database: their order, the bound, and what is said of it."""

import asyncio
import tracemalloc

import pytest
from make_snapshots import miss, snapshot
from recording import ManualClock

from tools.errors import HistoryUnavailable, NotStorable
from tools.history import Appended
from tools.recorder.outbox import Look, Outbox


class Shelf:
    """A history that keeps what it is given while it is not away."""

    def __init__(self):
        self.away, self.snapshots, self.misses = False, [], []
        self.closed, self.never = [], []

    async def append(self, snapshots, misses=()):
        if self.away:
            raise HistoryUnavailable("it is away")
        if any(one in self.never for one in snapshots):
            raise NotStorable("too large")
        refused = tuple(one for one in snapshots if one in self.closed)
        new = [one for one in snapshots if one not in refused and one not in self.snapshots]
        self.snapshots += new
        self.misses += misses
        return Appended(len(new), refused)


class Setting:
    def __init__(self, kept):
        self.shelf, self.stored, self.dropped, self.said, self.shown = Shelf(), [], [], [], []
        self.clock = ManualClock()
        self.outbox = Outbox(
            self.shelf,
            self.clock,
            stored=self.stored.extend,
            dropped=self.dropped.extend,
            changed=lambda: self.shown.append(self.outbox.waiting),
            say=self.said.append,
            kept=kept,
        )

    def add(self, *numbers):
        for number in numbers:
            self.outbox.add(Look(0, snapshot(after_s=number)))


@pytest.fixture
def setting():
    return Setting(kept=3)


def numbers(looks):
    return [round((one.seen.timestamp - snapshot().timestamp).total_seconds()) for one in looks]


async def test_what_is_added_is_written_in_order_and_then_counted(setting):
    setting.add(0, 1)
    setting.outbox.add(Look(1, miss(after_s=2)))
    assert setting.outbox.waiting == (3, "")
    await setting.outbox.empty()
    assert (setting.shelf.snapshots, setting.shelf.misses) == ([snapshot(), snapshot(after_s=1)], [miss(after_s=2)])
    assert (numbers(setting.stored), setting.outbox.waiting, setting.said) == ([0, 1, 2], (0, ""), [])


async def test_whoever_looks_on_hears_what_waits_and_when_nothing_does_any_more(setting):
    setting.outbox.add(Look(0, miss()))
    await setting.outbox.empty()
    assert setting.shown == [(1, ""), (0, "")]


def test_a_look_that_waits_takes_two_kilobytes(setting):
    # What the first one builds for all is not of a look.
    setting.add(0)
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        setting.add(1, 2)
        waiting = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert waiting / 2 < 2_500


async def test_beyond_the_bound_the_oldest_are_dropped_which_is_said_once(setting):
    setting.shelf.away = True
    setting.add(0)
    await setting.outbox.empty()
    setting.add(1, 2, 3, 4)
    assert numbers(setting.dropped) == [0, 1]
    setting.shelf.away = False
    await setting.outbox.empty()
    assert numbers(setting.stored) == [2, 3, 4]
    assert setting.said == [
        "The history cannot be used (it is away): `liquidity doctor` tests its database. Recording goes on; up to 3 looks are kept until it answers.",
        "3 looks wait for the history's database; from now on the oldest are dropped.",
        "The history's database answers again; 3 looks that waited for it are being stored.",
    ]


async def test_as_many_wait_as_the_bound_allows_and_none_is_dropped(setting):
    setting.add(0, 1, 2)
    assert (setting.outbox.waiting, setting.dropped, setting.said) == ((3, ""), [], [])


async def test_what_is_written_now_counts_among_what_waits(setting):
    """So that what may come back from a database that fails stays within the bound."""
    entered, may = asyncio.Event(), asyncio.Event()

    async def slow(snapshots, misses=()):
        entered.set()
        await may.wait()
        raise HistoryUnavailable("it is away")

    setting.shelf.append = slow
    setting.add(0, 1)
    writing = asyncio.create_task(setting.outbox.empty())
    await entered.wait()
    setting.add(2, 3)
    assert (numbers(setting.dropped), setting.outbox.waiting) == ([2], (3, ""))
    may.set()
    assert await writing is False
    assert (numbers(setting.dropped), setting.outbox.waiting[0]) == ([2], 3)


async def test_looks_of_an_hour_that_takes_no_more_are_a_gap_which_is_said_once_and_one_stored_already_is_none(setting):
    setting.shelf.closed, setting.shelf.snapshots = [snapshot(after_s=0), snapshot(after_s=3)], [snapshot(after_s=1)]
    for one in range(4):
        setting.add(one)
        await setting.outbox.empty()
    assert (numbers(setting.dropped), numbers(setting.stored)) == ([0, 3], [1, 2])
    assert setting.said == ["Looks of hours that were down-sampled before are not stored: their hours take no more."]


async def test_a_look_that_the_database_refuses_for_good_is_a_gap_and_keeps_no_other_from_being_stored(setting):
    setting.shelf.never = [snapshot(after_s=1)]
    setting.add(0, 1, 2)
    await setting.outbox.empty()
    assert (numbers(setting.dropped), numbers(setting.stored), setting.outbox.waiting) == ([1], [0, 2], (0, ""))
    assert setting.said == ["The history's database refuses what was to be stored (too large): it is not kept."]


async def test_what_is_given_up_is_dropped(setting):
    setting.add(0, 1)
    setting.outbox.give_up()
    assert (numbers(setting.dropped), setting.outbox.waiting) == ([0, 1], (0, ""))


async def test_a_write_that_is_cut_off_is_written_again(setting):
    """Whether the database took it nobody knows; a second time it leaves it as it is."""
    entered = asyncio.Event()

    async def slow(snapshots, misses=()):
        entered.set()
        await asyncio.sleep(0)

    setting.shelf.append = slow
    setting.add(0)
    running = asyncio.create_task(setting.outbox.run())
    await entered.wait()
    running.cancel()
    await asyncio.wait({running})
    del setting.shelf.append
    await setting.outbox.empty()
    assert (setting.shelf.snapshots, numbers(setting.stored)) == ([snapshot()], [0])


@pytest.mark.parametrize("beyond", [1, 2, 5])
async def test_that_looks_are_dropped_is_said_with_the_first_and_anew_once_the_database_has_answered(setting, beyond):
    said = "3 looks wait for the history's database; from now on the oldest are dropped."
    for times in (1, 2):
        setting.shelf.away = True
        setting.add(*range(3))
        await setting.outbox.empty()
        assert setting.said.count(said) == times - 1
        setting.add(*range(3, 3 + beyond))
        assert setting.said.count(said) == times
        setting.shelf.away = False
        await setting.outbox.empty()
    assert (numbers(setting.dropped), numbers(setting.stored)) == ([*range(beyond)] * 2, [*range(beyond, 3 + beyond)] * 2)


async def test_a_database_that_is_away_is_tried_again_every_second(setting):
    setting.shelf.away = True
    setting.add(0)
    running = asyncio.create_task(setting.outbox.run())
    for second in (1, 2, 3):
        await setting.clock.reach(second)
    running.cancel()
    await asyncio.wait({running})
    setting.shelf.away = False
    await setting.outbox.empty()
    assert numbers(setting.stored) == [0]


async def test_of_looks_that_are_written_together_those_that_are_refused_alone_are_dropped(setting):
    setting.shelf.closed = [snapshot(after_s=1)]
    setting.add(0, 1, 2)
    await setting.outbox.empty()
    assert (numbers(setting.dropped), numbers(setting.stored)) == ([1], [0, 2])


@pytest.mark.parametrize(("seconds", "stored"), [(-1, []), (1, [0, 1])])
async def test_no_write_begins_after_the_moment_until_which_there_is_time(setting, seconds, stored):
    setting.add(0, 1)
    assert await setting.outbox.empty(setting.clock.now() + seconds)
    assert (numbers(setting.stored), setting.outbox.waiting[0]) == (stored, 2 - len(stored))
