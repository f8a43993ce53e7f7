"""Which markets are held, by what the database answers, when, and whether it answers at all."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from recording import ManualClock

from tools.errors import HistoryUnavailable
from tools.recorder.leases import Leases

BTC, ETH = ("kraken", "BTC/USD"), ("kraken", "ETH/USD")


class Database:
    """Grants all but what `others` hold, once it may answer; with `once` it answers a single time."""

    def __init__(self):
        self.others, self.asked, self.away, self.once = set(), [], False, False
        self.answers, self._asked = asyncio.Event(), asyncio.Condition()
        self.answers.set()

    async def claim(self, markets, owner, lease_s):
        async with self._asked:
            self.asked.append(list(markets))
            self._asked.notify_all()
        await self.answers.wait()
        if self.once:
            self.answers.clear()
        if self.away:
            raise HistoryUnavailable("it is away")
        return [market for market in markets if market not in self.others]

    async def asked_again(self, times=1):
        """Wait until it is asked so many times more."""
        count = len(self.asked) + times
        async with self._asked:
            await self._asked.wait_for(lambda: len(self.asked) >= count)


class Setting:
    def __init__(self):
        self.clock, self.database = ManualClock(), Database()
        self.leases = Leases(self.database, self.clock, "me", 60)

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(self.leases.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def held(self, *markets):
        """Ask for markets, and wait until they are held."""
        for market in markets:
            self.leases.want(market)
        return [await self.leases.granted(market) for market in markets]

    async def ask_in_vain(self, market):
        """Ask for a market of a database that does not answer any more."""
        self.database.answers.clear()
        self.leases.want(market)
        await self.database.asked_again()

    async def hang(self, at):
        """Have the database no longer answer, and ask it at that moment."""
        self.database.answers.clear()
        await self.clock.reach(at)
        await self.clock.awaited(lambda moment: moment - self.clock.start in {60, at + 60})


@pytest.fixture
def setting():
    return Setting()


async def test_a_lease_lasts_from_when_it_was_asked_for(setting):
    async with setting.running():
        await setting.ask_in_vain(BTC)
        setting.clock.skip(11)
        setting.database.answers.set()
        tenure = await setting.leases.granted(BTC)
    assert tenure.expires == setting.clock.start + 60


async def test_what_is_wanted_is_asked_for_at_once_and_alone(setting):
    async with setting.running():
        await setting.held(BTC)
        await setting.held(ETH)
        await setting.clock.reach(12)
        await setting.database.asked_again()
    assert setting.database.asked == [[BTC], [ETH], [BTC, ETH]]


async def test_an_unanswered_claim_counts_as_a_database_that_is_away_once_the_first_lease_would_run_out(setting):
    async with setting.running():
        [tenure] = await setting.held(BTC)
        await setting.hang(12)
        setting.clock.skip(59.9)
        assert setting.leases.tenure(BTC) is tenure
        setting.leases.want(ETH)
        assert setting.leases.tenure(ETH) is None
        setting.clock.skip(60)
        assert await setting.leases.granted(BTC) is tenure
        setting.clock.skip(1_000)
        assert setting.leases.tenure(BTC) is tenure
        setting.leases.want(ETH)
        assert setting.leases.tenure(ETH) is not None, "what is wanted while the database is away is held at once"


async def test_an_answer_that_comes_too_late_to_be_of_use_is_asked_for_again_while_all_is_held(setting):
    async with setting.running():
        [tenure] = await setting.held(BTC)
        await setting.hang(12)
        setting.clock.skip(60)
        await setting.leases.granted(BTC)
        setting.clock.skip(100)
        setting.database.once = True
        setting.database.answers.set()
        await setting.database.asked_again()
        assert setting.leases.tenure(BTC) is tenure
        setting.database.answers.set()
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 112)
        assert (setting.leases.tenure(BTC), tenure.expires) == (tenure, setting.clock.start + 160)
        setting.clock.skip(160)
        assert setting.leases.tenure(BTC) is None, "the database is no longer taken for away"


async def test_a_market_that_is_given_up_is_asked_for_no_more_and_not_taken_up_by_an_answer_that_was_under_way(setting):
    async with setting.running():
        await setting.held(BTC, ETH)
        setting.database.answers.clear()
        await setting.clock.reach(12)
        await setting.database.asked_again()
        setting.leases.give_up(BTC)
        setting.database.answers.set()
        await setting.clock.reach(24)
        await setting.database.asked_again()
    assert setting.database.asked[-2:] == [[BTC, ETH], [ETH]]
    assert (setting.leases.tenure(BTC), setting.leases.tenure(ETH).expires) == (None, setting.clock.start + 84)


async def test_a_database_that_goes_away_while_a_market_is_given_up_lends_it_to_nobody(setting):
    async with setting.running():
        setting.database.away = True
        await setting.ask_in_vain(BTC)
        setting.leases.give_up(BTC)
        setting.leases.want(ETH)
        setting.database.answers.set()
        await setting.leases.granted(ETH)
    assert setting.leases.tenure(BTC) is None


async def test_a_market_that_another_took_while_the_claim_hung_was_shared(setting):
    async with setting.running():
        [tenure] = await setting.held(BTC)
        await setting.hang(12)
        setting.clock.skip(61)
        await setting.leases.granted(BTC)
        setting.database.others.add(BTC)
        setting.database.answers.set()
        await tenure.ended.wait()
        assert await setting.leases.is_elsewhere(BTC)
    assert tenure.shared


async def test_after_a_sleep_past_every_lease_a_claim_that_hangs_is_waited_for_as_long_as_a_lease_lasts(setting):
    async with setting.running():
        [tenure] = await setting.held(BTC)
        setting.database.answers.clear()
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 12)
        setting.clock.skip(500)
        await setting.clock.awaited(lambda moment: moment == setting.clock.start + 560)
        assert setting.leases.tenure(BTC) is None
        setting.clock.skip(560)
        assert await setting.leases.granted(BTC) is tenure


async def test_what_was_never_held_waits_for_a_first_answer_however_long_it_takes(setting):
    async with setting.running():
        await setting.ask_in_vain(BTC)
        setting.clock.skip(3_600)
        assert setting.leases.tenure(BTC) is None
        setting.database.away = True
        setting.database.answers.set()
        assert await setting.leases.granted(BTC)


async def test_a_market_that_is_held_is_not_elsewhere_and_one_that_another_holds_is(setting):
    setting.database.others.add(ETH)
    async with setting.running():
        for market in (BTC, ETH):
            setting.leases.want(market)
        assert [await setting.leases.is_elsewhere(market) for market in (BTC, ETH)] == [False, True]


async def test_a_first_answer_that_comes_after_its_lease_ran_out_gives_nothing_and_is_asked_for_again(setting):
    async with setting.running():
        setting.database.answers.clear()
        setting.leases.want(BTC)
        await setting.database.asked_again()
        setting.clock.skip(100)
        setting.database.once = True
        setting.database.answers.set()
        await setting.database.asked_again()
        assert setting.leases.tenure(BTC) is None
        setting.database.answers.set()
        tenure = await setting.leases.granted(BTC)
    assert tenure.expires == setting.clock.start + 160


async def test_of_leases_that_end_at_different_times_the_first_decides_when_a_claim_that_hangs_is_a_database_that_is_away(setting):
    async with setting.running():
        [first] = await setting.held(BTC)
        setting.clock.skip(5)
        [second] = await setting.held(ETH)
        assert (first.expires, second.expires) == (setting.clock.start + 60, setting.clock.start + 65)
        await setting.hang(12)
        setting.clock.skip(60)
        assert [await setting.leases.granted(market) for market in (BTC, ETH)] == [first, second]
