"""Recording many markets at once: each looked at on its own tick, kept until durable, shared with other recorders."""

import asyncio
import os
import socket
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from secrets import token_hex

from pydantic import ValidationError

from ..analytics.alerts import LiquidityAlert
from ..analytics.snapshot import Snapshot
from ..errors import HistoryUnavailable, InvalidArgument
from ..history.watch import Deliver
from ..market import Market
from ..mistakes import explain
from ..settings import Recorded
from .clock import Clock, SteadyClock, openings, spread
from .leases import Leases
from .outbox import Look, Outbox
from .own_faults import first, own_fault
from .pair import PairRecorder, Shop
from .progress import Board, Gap, Onlooker, PairProgress, Progress, Unwatched

_LAST_WRITES_S = 5.0
_PRUNE_EVERY_S = 3_600.0


def _nowhere(_: LiquidityAlert) -> None: ...


async def record(
    market: Market,
    symbols: Sequence[str],
    exchanges: Sequence[str] = (),
    interval_seconds: float = 60,
    *,
    stop: asyncio.Event | None = None,
    onlooker: Onlooker = Unwatched(),
    deliver: Deliver = _nowhere,
    clock: Clock | None = None,
) -> Progress:
    """Store a snapshot of every symbol on every exchange (empty: the configured ones) every `interval_seconds`, until `stop` is set or the task cancelled.

    Looks are spread over the interval and never overlap; a tick that passes during a look is skipped. Alerts are judged, stored and handed to `deliver`.
    Recorders on one database share the work. Where the database does not answer, looks wait for it. Returns how it stood at the end.
    A mistake in this program ends the pair that it is made in; it returns before it is stopped where that has ended them all.
    Raises InvalidArgument where nothing can be recorded.
    """
    asked = [_recorded(symbol, exchange, interval_seconds) for symbol in symbols for exchange in exchanges or market.exchanges]
    return await record_configured(market, asked, stop=stop, onlooker=onlooker, deliver=deliver, clock=clock)


async def record_configured(
    market: Market,
    pairs: Sequence[Recorded],
    *,
    stop: asyncio.Event | None = None,
    onlooker: Onlooker = Unwatched(),
    deliver: Deliver = _nowhere,
    clock: Clock | None = None,
) -> Progress:
    """As `record`, each pair at an interval of its own."""
    if not pairs:
        raise InvalidArgument("Name at least one symbol to record, such as BTC.")
    return await _Recording(market, pairs, onlooker, deliver, clock or SteadyClock()).run(stop or asyncio.Event())


def _recorded(symbol: str, exchange: str, interval_seconds: float) -> Recorded:
    try:
        return Recorded(symbol=symbol, exchange=exchange, interval_seconds=interval_seconds)
    except ValidationError as error:
        raise InvalidArgument(explain(error)) from error


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    await asyncio.wait(tasks)


def _told(group: ExceptionGroup) -> Exception:
    """What ended the tasks: the LiquidityError of which callers are warned, where it is nothing else."""
    return group if own_fault(group) else first(group)


class _Recording:
    def __init__(self, market: Market, pairs: Sequence[Recorded], onlooker: Onlooker, deliver: Deliver, clock: Clock) -> None:
        # In an order that every recorder of the same pairs has, so that their ticks fall together.
        ordered = sorted(set(pairs), key=lambda pair: (pair.symbol, pair.exchange, pair.interval_seconds))
        self._intervals = [pair.interval_seconds for pair in ordered]
        self._clock = clock
        self._history = market.history
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._outbox = Outbox(market.history, clock, stored=self._stored, dropped=self._dropped, changed=self._changed, say=onlooker.say)
        self._board = Board((PairProgress(pair.exchange, pair.symbol, pair.interval_seconds) for pair in ordered), onlooker, lambda: self._outbox.waiting)
        self._leases = {interval: Leases(market.history, clock, self._owner, interval) for interval in set(self._intervals)}
        shop = Shop(market, clock, self._board, self._outbox, {}, self._board.counting(deliver, market.now()))
        schedules = spread(self._intervals)
        self._pairs = [PairRecorder(shop, place, schedule, self._leases[schedule.interval_s]) for place, schedule in enumerate(schedules)]

    async def run(self, stop: asyncio.Event) -> Progress:
        try:
            await self._work(stop)
        except ExceptionGroup as group:
            raise _told(group) from group
        finally:
            await self._close()
        return self._board.progress

    async def _work(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            starts = openings(self._clock.now(), self._intervals)
            pairs = [group.create_task(pair.run(start)) for pair, start in zip(self._pairs, starts, strict=True)]
            rest = [group.create_task(one.run()) for one in (self._outbox, *self._leases.values())]
            rest.append(group.create_task(self._prune()))
            ends = [group.create_task(stop.wait()), group.create_task(_all(pairs))]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in (*pairs, *rest, *ends):
                task.cancel()
        if not stop.is_set() and not self._board.progress.broken:
            raise next(pair.refusal for pair in self._pairs if pair.refusal is not None)

    async def _prune(self) -> None:
        """Keep the history within its retention time, once an hour."""
        while True:
            with suppress(HistoryUnavailable):
                await self._history.prune()
            await self._clock.until(self._clock.now() + _PRUNE_EVERY_S)

    async def _close(self) -> None:
        """Write what waits and give the leases up, so that others follow at once.

        After the last seconds no write begins, and what still waits is lost. None is cut off: one that hangs ends by the history's own time-out.
        """
        with suppress(HistoryUnavailable):
            if await self._outbox.empty(until=self._clock.now() + _LAST_WRITES_S):
                await self._history.release(self._owner)
        self._outbox.give_up()

    def _changed(self) -> None:
        self._board.show()

    def _stored(self, looks: Sequence[Look]) -> None:
        for place, count in Counter(look.place for look in looks if isinstance(look.seen, Snapshot)).items():
            self._board.set(place, stored=self._board[place].stored + count)

    def _dropped(self, looks: Sequence[Look]) -> None:
        for place, seen in looks:
            gap = self._board[place].gap
            self._board.set(place, gap=gap.and_also(seen) if gap else Gap(1, seen.timestamp, seen.timestamp))
