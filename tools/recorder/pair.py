"""The recording of one symbol on one exchange: a look at every tick, while no other recorder has it."""

import asyncio
import logging
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from math import ceil

from ..analytics.snapshot import Miss, Snapshot, snapshot
from ..book import OrderBook
from ..deepening import kept_depth
from ..errors import HistoryUnavailable, InvalidArgument, LiquidityError, NotStorable, RateLimited, UnknownSymbol, outside_text
from ..history.store import Pair
from ..history.watch import Deliver, Watch
from ..market import Market
from .clock import Clock, Schedule, before
from .judging import Judging
from .leases import Leases, Tenure
from .outbox import Look, Outbox
from .own_faults import own_fault
from .progress import Board, State

_log = logging.getLogger(__name__)
_ANOTHER = "another recorder has it"
_OWN_PART = 0.1
"""A look takes books that are kept up to this part of its interval, so that it does not get that of the look before."""
_JUDGED_TICKS = 10
"""Of so many ticks half must be kept, or the interval counts as too short."""


@dataclass(frozen=True)
class Shop:
    """What the pairs of one recording share. `taken` maps the markets that are recorded to the place of the pair that does."""

    market: Market
    clock: Clock
    board: Board
    outbox: Outbox
    taken: dict[Pair, int]
    deliver: Deliver


class PairRecorder:
    """Records the pair at `place` of the board. `refusal` is why it never can, None while it may."""

    def __init__(self, shop: Shop, place: int, schedule: Schedule, leases: Leases) -> None:
        self.refusal: LiquidityError | None = None
        self._shop = shop
        self._place = place
        self._schedule = schedule
        self._leases = leases
        self._exchange = shop.board[place].exchange
        self._symbol = ""
        self._slot = self._opened_in = 0
        self._looked = False
        self._kept = deque[bool](maxlen=_JUDGED_TICKS)
        self._said_too_short = False
        self._last: Snapshot | None = None
        self._last_at = 0.0

    async def run(self, opening: float) -> None:
        """Record the pair from the moment `opening`; returns only where there is nothing to record, or a mistake in this program has ended it."""
        try:
            await self._run(opening)
        except Exception as error:
            if (made := own_fault(error)) is None:
                raise
            self._break(made)

    def _break(self, made: Exception) -> None:
        """End this pair alone, and leave its market to others."""
        name = self._shop.board[self._place].name
        _log.error("The recording of %s has ended by a mistake in this program.", name, exc_info=made)
        self._leases.give_up(self._key)
        self._shop.board.set(self._place, standing=())
        self._stand("broken", f"a mistake in this program has ended its recording ({outside_text(repr(made))})")

    async def _run(self, opening: float) -> None:
        """Find out which market is meant, then record it."""
        await self._shop.clock.until(opening)
        self._slot = self._schedule.slot(self._shop.clock.now())
        if not await self._find_market():
            return
        self._leases.want(self._key)
        while True:
            tenure = await self._granted()
            await self._record(tenure)
            self._shop.board.set(self._place, standing=())
            if tenure.shared:
                name = self._shop.board[self._place].name
                self._shop.board.say(f"{name}: another recorder had it while the database could not be reached from here; the looks of both are kept")

    @property
    def _key(self) -> Pair:
        return self._exchange, self._symbol

    async def _find_market(self) -> bool:
        """Settle the market that the symbol means, by the exchange's first answer; False where it lists none, or another pair records it."""
        asked = self._shop.board[self._place].symbol
        if "/" in asked and await self._is_stored(asked):
            # So that what fails from now on is known to be a failure of this market.
            self._symbol = asked
        while not self._symbol:
            try:
                self._symbol = (await self._shop.market.books.fetch(self._exchange, asked)).symbol
            except InvalidArgument as error:
                self.refusal = error
                self._stand("refused", str(error))
                return False
            except LiquidityError as error:
                self._failed(error)
                await self._next_tick()
        self._shop.board.set(self._place, market=self._symbol)
        first = self._shop.taken.setdefault(self._key, self._place)
        if first != self._place:
            self._stand("duplicate", f"{self._symbol} on {self._exchange} is recorded as {self._shop.board[first].symbol} already.")
        return first == self._place

    async def _is_stored(self, market: str) -> bool:
        # What a person typed may be nothing that a database takes.
        try:
            return await self._shop.market.history.find_market(self._exchange, market) == market
        except (HistoryUnavailable, NotStorable):
            return False

    async def _granted(self) -> Tenure:
        """Wait for a tenure, and go on in the slot that it finds."""
        elsewhere = await self._leases.is_elsewhere(self._key)
        if elsewhere:
            self._stand("elsewhere", await before(self._shop.clock, self._shop.clock.now() + self._schedule.interval_s / 2, self._holder()) or _ANOTHER)
        tenure = await self._leases.granted(self._key)
        self._shop.board.set(self._place, held=True)
        self._stand("recording")
        if elsewhere or not self._looked:
            self._slot = self._schedule.slot(self._shop.clock.now())
        return tenure

    async def _holder(self) -> str:
        """Which recorder has the market, by what it says of itself as the lease's owner."""
        try:
            owner = await self._shop.market.history.owner(self._key)
        except HistoryUnavailable:
            return _ANOTHER
        host, _, rest = (owner or "").rpartition(":")[0].rpartition(":")
        return f"process {rest} on {host} has it" if host else _ANOTHER

    async def _record(self, tenure: Tenure) -> None:
        """Look at every tick until the tenure ends; at once where nobody has in this slot."""
        watch = Watch(self._shop.market.history, *self._key, self._schedule.interval_s, self._shop.deliver, say=self._shop.board.say)
        if await self._is_recorded():
            await self._next_tick_of(tenure)
        judging = Judging(partial(self._judge, watch))
        async with asyncio.TaskGroup() as group:
            judge = group.create_task(judging.run())
            while self._leases.tenure(self._key) is tenure:
                seen = await self._look()
                if seen is not None:
                    self._shop.outbox.add(Look(self._place, seen))
                    judging.add(seen)
                await self._next_tick_of(tenure)
            await judging.done()
            judge.cancel()

    async def _judge(self, watch: Watch, seen: Snapshot | Miss) -> None:
        await watch.observe(seen)
        self._shop.board.set(self._place, standing=watch.standing)

    async def _is_recorded(self) -> bool:
        """Whether somebody looked at the market in the slot that is now; those before it in which nobody did are skipped."""
        at = self._shop.clock.now()
        now = self._schedule.slot(at)
        # A database that does not answer takes no more than that from a look.
        newest = await before(self._shop.clock, at + self._schedule.interval_s / 2, self._newest_slot())
        due = self._slot if newest is None else max(self._slot, newest + 1)
        if due < now:
            self._skipped(now - due)
        self._slot = self._opened_in = now
        return newest is not None and newest >= now

    async def _newest_slot(self) -> int | None:
        """The slot of the newest look that is stored, None where the database knows of none."""
        try:
            newest = await self._shop.market.history.latest(self._exchange, self._symbol, self._shop.market.now())
        except HistoryUnavailable:
            return None
        return None if newest is None else self._schedule.slot(newest.timestamp.timestamp())

    async def _look(self) -> Snapshot | Miss | None:
        """What is seen now; None where there was no second look.

        That is the very book of the look before, as where a replay's stands still, or a call that our own keeping of an exchange's limits refused.
        """
        self._looked = True
        try:
            book = await kept_depth(self._shop.market.books, *self._key, max_age_s=_OWN_PART * self._schedule.interval_s)
            seen = snapshot(self._of_this_market(book))
        except LiquidityError as error:
            if _is_of_our_own_making(error):
                self._missed(1)
                return None
            self._kept.append(True)
            self._failed(error)
            return Miss(source=self._shop.market.source, exchange=self._exchange, symbol=self._symbol, timestamp=self._time(), kind=error.kind)
        if self._last is not None and seen.timestamp == self._last.timestamp:
            # The opening look stands beside the grid: its book may still be kept at the first tick.
            self._missed(int(self._slot != self._opened_in + 1))
            return None
        self._kept.append(True)
        self._last, self._last_at = seen, self._shop.clock.now()
        if self._shop.board[self._place].state == "failing":
            self._stand("recording")
        self._shop.board.set(self._place, last=seen)
        return seen

    def _of_this_market(self, book: OrderBook) -> OrderBook:
        # Feeds answer with the nearest market where the one asked for is gone; its liquidity is not this one's.
        if book.symbol != self._symbol:
            raise UnknownSymbol(self._exchange, self._symbol)
        return book

    def _time(self) -> datetime:
        """Now on the books' own clock, which in replay is the recording's."""
        if self._last is None or self._shop.market.source != "replay":
            return self._shop.market.now()
        return self._last.timestamp + timedelta(seconds=self._shop.clock.now() - self._last_at)

    async def _next_tick_of(self, tenure: Tenure) -> None:
        """As `_next_tick`, or until another has the market."""
        await before(self._shop.clock, self._turn(), tenure.ended.wait())

    async def _next_tick(self) -> None:
        """Wait for the next tick."""
        await self._shop.clock.until(self._turn())

    def _turn(self) -> float:
        """Go on to the next slot that begins, which gives its tick; those that passed since this one are skipped."""
        passed = self._schedule.slot(self._shop.clock.now()) - self._slot
        self._missed(max(passed, 0))
        self._slot += max(passed, 0) + 1
        return self._schedule.tick(self._slot)

    def _missed(self, ticks: int) -> None:
        """Count ticks that passed although the market is held, and say so where there are too many of them to be chance."""
        self._skipped(ticks)
        self._kept.extend([False] * min(ticks, _JUDGED_TICKS))
        kept = sum(self._kept)
        if kept == len(self._kept):
            self._said_too_short = False
        elif len(self._kept) == _JUDGED_TICKS and kept <= _JUDGED_TICKS // 2 and not self._said_too_short:
            self._said_too_short = True
            held_s = ceil(self._schedule.interval_s * _JUDGED_TICKS / max(kept, 1))
            name = self._shop.board[self._place].name
            self._shop.board.say(f"{name}: {_JUDGED_TICKS - kept} of the last {_JUDGED_TICKS} ticks were skipped; an interval of {held_s:,} s can be held")

    def _skipped(self, ticks: int) -> None:
        self._shop.board.set(self._place, skipped=self._shop.board[self._place].skipped + ticks)

    def _failed(self, error: LiquidityError) -> None:
        self._shop.board.set(self._place, failed=self._shop.board[self._place].failed + 1)
        self._stand("failing", str(error))

    def _stand(self, state: State, note: str = "") -> None:
        """Show how the pair stands, and say so where that is new."""
        if (before := self._shop.board[self._place]).state != state:
            self._shop.board.say(f"{before.name}: {note or state}")
        self._shop.board.set(self._place, state=state, note=note)


def _is_of_our_own_making(error: LiquidityError) -> bool:
    """Whether our own keeping of an exchange's limits let the look not begin in time: that says nothing of the exchange."""
    return isinstance(error, RateLimited) and error.wait_s is not None
