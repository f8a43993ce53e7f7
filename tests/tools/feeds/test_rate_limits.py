import asyncio

import pytest

from tools.feeds.rate_limits import BURST_S, TokenBucket


class Clock:
    """Time that moves only when somebody sleeps, or the test says so."""

    def __init__(self):
        self.now = 0.0
        self.slept = []

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


def bucket(clock, interval_s=1.0):
    return TokenBucket(interval_s, clock=lambda: clock.now, sleep=clock.sleep)


async def test_an_idle_bucket_lets_a_burst_through_at_once(clock):
    tokens = bucket(clock)
    for _ in range(int(BURST_S)):
        await tokens.take(1)
    assert clock.slept == []


async def test_after_the_burst_every_call_waits_its_published_cost(clock):
    tokens = bucket(clock)
    await tokens.take(BURST_S)
    await tokens.take(1.2)
    await tokens.take(1.2)
    assert clock.slept == pytest.approx([1.2, 1.2])


async def test_the_long_run_rate_is_the_published_one(clock):
    tokens = bucket(clock, 0.05)
    calls = 2_000
    for _ in range(calls):
        await tokens.take(1)
    assert clock.now == pytest.approx(calls * 0.05 - BURST_S)


async def test_a_pause_earns_a_burst_again_but_never_more_than_one(clock):
    tokens = bucket(clock)
    await tokens.take(BURST_S)
    clock.now += 3_600
    await tokens.take(BURST_S)
    assert clock.slept == []
    assert tokens.wait_s(1) == pytest.approx(1)


async def test_callers_at_the_same_time_are_spaced_in_the_order_of_arrival():
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    tokens = TokenBucket(1.0, clock=lambda: 0.0, sleep=sleep)
    await tokens.take(BURST_S)
    await asyncio.gather(tokens.take(1), tokens.take(1), tokens.take(1))
    assert waits == pytest.approx([1, 2, 3])


async def test_a_caller_that_gives_up_returns_its_tokens():
    never = asyncio.Event()
    tokens = TokenBucket(1.0, clock=lambda: 0.0, sleep=lambda _: never.wait())
    await tokens.take(BURST_S)
    waiting = asyncio.ensure_future(tokens.take(5))
    await asyncio.sleep(0)
    assert tokens.wait_s(1) == pytest.approx(6)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert tokens.wait_s(1) == pytest.approx(1)


def test_a_drained_bucket_has_no_savings_left(clock):
    tokens = bucket(clock)
    tokens.drain()
    assert tokens.wait_s(1) == pytest.approx(1)


async def test_an_exchange_without_a_published_cost_is_not_held_up(clock):
    tokens = bucket(clock, 0.0)
    for _ in range(1_000):
        await tokens.take(1)
    assert clock.slept == []
