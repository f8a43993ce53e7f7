"""How a recording stands, for whoever looks on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, Protocol

from ..analytics.alerts import LiquidityAlert
from ..analytics.snapshot import Miss, Snapshot
from ..history.watch import Deliver

State = Literal["starting", "recording", "failing", "elsewhere", "refused", "duplicate", "broken"]
"""`elsewhere`: another recorder on the same database has the pair. `refused` and `duplicate`: nothing is recorded under this name, `note` says why.
`broken`: a mistake in this program has ended the pair's recording, `note` says which."""


@dataclass(frozen=True)
class Gap:
    """Looks of one market that could not be kept: how many, and the first and the last of them."""

    count: int
    first: datetime
    last: datetime

    def and_also(self, lost: Snapshot | Miss) -> "Gap":
        return Gap(self.count + 1, self.first, lost.timestamp)


@dataclass(frozen=True)
class PairProgress:
    """One symbol on one exchange. `market` is what the symbol means there, empty until the exchange has first answered.

    `stored` snapshots are durable, `failed` looks gave no valid book, `skipped` ticks passed while a look was still under way or nobody
    held the market, came before there was a new book, or were refused by our own keeping of an exchange's limits.
    `standing` are the alerts that stand, those among them that were raised before the recording began.
    `held` is whether this recorder had the market at any time.
    """

    exchange: str
    symbol: str
    interval_s: float
    market: str = ""
    state: State = "starting"
    note: str = ""
    last: Snapshot | None = None
    stored: int = 0
    failed: int = 0
    skipped: int = 0
    gap: Gap | None = None
    standing: tuple[LiquidityAlert, ...] = ()
    held: bool = False

    @property
    def name(self) -> str:
        return f"{self.market or self.symbol} on {self.exchange}"


@dataclass(frozen=True)
class Progress:
    """A whole recording, during which so many alerts were `raised` and `cleared`.

    `buffered` looks wait for the database, which is away where `database_fault` says how.
    """

    pairs: tuple[PairProgress, ...]
    buffered: int = 0
    database_fault: str = ""
    raised: int = 0
    cleared: int = 0

    @property
    def stored(self) -> int:
        """Snapshots that are durable."""
        return sum(pair.stored for pair in self.pairs)

    @property
    def lost(self) -> int:
        """Looks that could not be kept."""
        return sum(pair.gap.count for pair in self.pairs if pair.gap is not None)

    @property
    def broken(self) -> bool:
        """Whether a mistake in this program has ended the recording of any pair."""
        return any(pair.state == "broken" for pair in self.pairs)

    @property
    def stood_by(self) -> list[PairProgress]:
        """The markets that can be recorded, where others had all of them the whole time; none where this recorder had any."""
        markets = [pair for pair in self.pairs if pair.state not in {"refused", "duplicate"}]
        return markets if all(pair.state == "elsewhere" and not pair.held for pair in markets) else []

    @property
    def standing(self) -> list[LiquidityAlert]:
        """The alerts that stand, newest first."""
        return sorted((alert for pair in self.pairs for alert in pair.standing), key=lambda alert: alert.timestamp, reverse=True)

    @property
    def gaps(self) -> dict[str, Gap]:
        """What could not be kept, by the pair's name."""
        return {pair.name: pair.gap for pair in self.pairs if pair.gap is not None}


class Onlooker(Protocol):
    """Whoever wants to see a recording. Neither method may wait."""

    def show(self, progress: Progress) -> None:
        """How the recording stands now; called with every change."""
        ...

    def say(self, line: str) -> None:
        """Something happened that a person should know."""
        ...


class Unwatched:
    """The onlooker of a recording that nobody watches."""

    def show(self, progress: Progress) -> None: ...

    def say(self, line: str) -> None: ...


class Board:
    """Keeps the progress of every pair, and shows each change."""

    def __init__(self, pairs: Iterable[PairProgress], onlooker: Onlooker, waiting: Callable[[], tuple[int, str]]) -> None:
        self._pairs = list(pairs)
        self._onlooker = onlooker
        self._waiting = waiting
        self._alerts: dict[str, set[str]] = {"raised": set(), "cleared": set()}
        self.say = onlooker.say
        self.show()

    def __getitem__(self, place: int) -> PairProgress:
        return self._pairs[place]

    def set(self, place: int, **fields: Any) -> None:
        """Change these fields of a pair."""
        self._pairs[place] = replace(self._pairs[place], **fields)
        self.show()

    def counting(self, deliver: Deliver, since: datetime) -> Deliver:
        """As `deliver`, and counted, but for those that were raised before the recording began at `since`: of them it is told that they still stand."""

        def both(alert: LiquidityAlert) -> None:
            # By their ids: one that becomes more severe is delivered again. A replay's are dated by the recording, and told but once.
            if alert.state == "cleared" or alert.timestamp >= since or alert.source == "replay":
                self._alerts[alert.state].add(alert.alert_id)
            self.show()
            deliver(alert)

        return both

    def show(self) -> None:
        self._onlooker.show(self.progress)

    @property
    def progress(self) -> Progress:
        return Progress(tuple(self._pairs), *self._waiting(), len(self._alerts["raised"]), len(self._alerts["cleared"]))
