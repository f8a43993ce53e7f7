import asyncio

import pytest

from tools.feeds.single_flight import SingleFlight


class Work:
    """Something that takes until the test lets it end, and remembers how it went."""

    def __init__(self):
        self.started = 0
        self.cancelled = False
        self.gate = asyncio.Event()

    async def __call__(self):
        self.started += 1
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        return self.started


async def waiting(*tasks):
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def test_callers_of_one_key_share_one_piece_of_work():
    flights, work = SingleFlight(), Work()
    callers = [asyncio.ensure_future(flights.run("key", work)) for _ in range(5)]
    await waiting()
    work.gate.set()
    assert await asyncio.gather(*callers) == [1] * 5
    assert work.started == 1


async def test_callers_of_different_keys_do_not():
    flights, one, other = SingleFlight(), Work(), Work()
    one.gate.set()
    other.gate.set()
    await asyncio.gather(flights.run("one", one), flights.run("other", other))
    assert (one.started, other.started) == (1, 1)


async def test_work_that_is_done_is_done_anew_for_the_next_caller():
    flights, work = SingleFlight(), Work()
    work.gate.set()
    assert [await flights.run("key", work), await flights.run("key", work)] == [1, 2]


async def test_a_caller_that_gives_up_leaves_the_work_to_the_others():
    flights, work = SingleFlight(), Work()
    first, second = (asyncio.ensure_future(flights.run("key", work)) for _ in range(2))
    await waiting()
    first.cancel()
    await waiting()
    work.gate.set()
    assert await second == 1
    assert not work.cancelled


async def test_the_work_stops_when_the_last_caller_has_given_up():
    flights, work = SingleFlight(), Work()
    callers = [asyncio.ensure_future(flights.run("key", work)) for _ in range(2)]
    await waiting()
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    await waiting()
    assert work.cancelled


async def test_a_caller_after_the_last_gave_up_starts_afresh():
    flights, abandoned, fresh = SingleFlight(), Work(), Work()
    caller = asyncio.ensure_future(flights.run("key", abandoned))
    await waiting()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    fresh.gate.set()
    assert await flights.run("key", fresh) == 1
    assert (abandoned.started, fresh.started) == (1, 1)


async def test_a_failure_reaches_every_caller():
    flights = SingleFlight()

    async def failing():
        await asyncio.sleep(0)
        raise ValueError("no")

    answers = await asyncio.gather(*(flights.run("key", failing) for _ in range(3)), return_exceptions=True)
    assert [str(answer) for answer in answers] == ["no"] * 3
    with pytest.raises(ValueError, match="no"):
        await flights.run("key", failing)
