"""Looks are judged in their order, one after the other, and what has begun is ended."""

import asyncio

import pytest
from make_snapshots import snapshot

from tools.recorder.judging import WAITING, Judging


class Judge:
    """Keeps what it judged, a look at a time, once it may."""

    def __init__(self):
        self.begun, self.judged = [], []
        self.entered, self.may = asyncio.Event(), asyncio.Event()

    async def judge(self, seen):
        self.begun.append(seen)
        self.entered.set()
        await self.may.wait()
        self.judged.append(seen)


@pytest.fixture
def judge():
    return Judge()


@pytest.fixture
async def judging(judge):
    one = Judging(judge.judge)
    one.task = asyncio.create_task(one.run())
    yield one
    judge.may.set()
    one.task.cancel()
    await asyncio.wait({one.task})


LOOKS = [snapshot(after_s=second) for second in range(WAITING + 5)]


async def test_a_look_is_judged_once_the_one_before_it_is(judge, judging):
    for look in LOOKS[:3]:
        judging.add(look)
    await judge.entered.wait()
    assert judge.begun == LOOKS[:1]
    judge.may.set()
    await judging.done()
    assert judge.judged == LOOKS[:3]


async def test_of_those_that_wait_too_long_the_oldest_are_not_judged(judge, judging):
    judging.add(LOOKS[0])
    await judge.entered.wait()
    for look in LOOKS[1:]:
        judging.add(look)
    judge.may.set()
    await judging.done()
    assert judge.judged == [LOOKS[0], *LOOKS[-WAITING:]]


async def test_what_has_begun_is_ended_before_a_recording_is(judge, judging):
    """Else an alert could be stored of which nobody ever hears."""
    judging.add(LOOKS[0])
    await judge.entered.wait()
    judging.task.cancel()
    await asyncio.sleep(0)
    assert not judging.task.done()
    judge.may.set()
    await asyncio.wait({judging.task})
    assert (judging.task.cancelled(), judge.judged) == (True, LOOKS[:1])
