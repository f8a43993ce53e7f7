"""The alerts of one market from look to look: judged by what is usual there, stored, and handed on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from ..analytics.alerts import LiquidityAlert
from ..analytics.anomalies import THRESHOLD_PCT, AlertState, Norm, cleared, norm, observe, resume, step
from ..analytics.look import look
from ..analytics.rules import Rule, concerns
from ..analytics.snapshot import Miss, Snapshot
from ..errors import HistoryUnavailable, NotStorable
from .store import History

Deliver = Callable[[LiquidityAlert], None]
"""Is handed every alert when it is raised, when it becomes more severe, when it is cleared, and when another takes up the watch; it may not wait."""

_LOOKBACK = timedelta(hours=24)
_NORM_HOLDS, _RULES_HOLD = timedelta(minutes=15), timedelta(minutes=1)
_JUST_BEFORE = timedelta(milliseconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _nobody(_: str) -> None: ...


class Watch:
    """Watches one market, looked at every `interval_s`. Alerts that stand in the history when it begins are its own to clear.

    Those of them that still stand after its first look are delivered again: whoever raised them may have ended before he told of them.

    While the history is unavailable it judges by what it read last, and stores afterwards what it raised; of an alert that it refuses for good people
    are told once by `say`, and it is delivered all the same. Where a replay's time goes back, at the
    seam of its loop, what stands ends with the last look before it, and an incident that has been told is not told again. Elsewhere a clock was
    set, or an exchange dates its books otherwise than we our failed looks: until time is where it was, looks are passed over.
    """

    def __init__(
        self,
        history: History,
        exchange: str,
        symbol: str,
        interval_s: float,
        deliver: Deliver,
        *,
        say: Callable[[str], None] = _nobody,
        threshold_pct: float = THRESHOLD_PCT,
    ) -> None:
        self._history = history
        self._exchange = exchange
        self._symbol = symbol
        self._interval_s = interval_s
        self._deliver = deliver
        self._say = say
        self._threshold_pct = threshold_pct
        self._state: AlertState | None = None
        self._norm: Norm | None = None
        self._norm_due = self._rules_due = self._seen_at = _LONG_AGO
        self._unstored: dict[str, LiquidityAlert] = {}
        self._told: frozenset[str] = frozenset()
        self._refused = set[str]()

    @property
    def standing(self) -> tuple[LiquidityAlert, ...]:
        """The alerts that stand after the last look, those of before it began among them."""
        return self._state.open_alerts if self._state else ()

    async def observe(self, seen: Snapshot | Miss) -> list[LiquidityAlert]:
        """What a look raised, made more severe or cleared, stored and delivered. A replay's look from before the last begins anew."""
        ended = self._ended() if seen.source == "replay" and seen.timestamp < self._seen_at else []
        self._seen_at, begins = seen.timestamp, self._state is None
        news = [*ended, *await self._judged(seen)]
        await self._store()
        # A replay's were told in the loop before.
        again = [alert for alert in self.standing if alert not in news] if begins and seen.source != "replay" else []
        for alert in (*news, *again):
            self._deliver(alert)
        return news

    def _ended(self) -> list[LiquidityAlert]:
        """What stood until the last look, after which time goes back: it ends with that look, and nothing is left of the state."""
        ended = [cleared(alert, self._seen_at) for alert in self._state.open_alerts] if self._state else []
        self._unstored |= {alert.alert_id: alert for alert in ended}
        self._state, self._norm_due, self._rules_due = None, _LONG_AGO, _LONG_AGO
        return [alert for alert in ended if alert.alert_id not in self._told]

    async def _judged(self, seen: Snapshot | Miss) -> list[LiquidityAlert]:
        """What is new with a look, kept to be stored."""
        state = await self._state_now()
        if state is None:
            return []
        self._state, changed = step(state, observe(look(seen), await self._norm_now(), self._interval_s))
        # An alert that has become worse is worth storing, but only a rise of severity is news to deliver.
        worse = [alert for alert in self._state.open_alerts if alert not in state.open_alerts]
        self._unstored |= {alert.alert_id: alert for alert in (*worse, *changed)}
        return [alert for alert in changed if alert.alert_id not in self._told]

    async def _state_now(self) -> AlertState | None:
        """The state with the rules that are meant now; None until the history has told which alerts stand."""
        try:
            if self._state is None:
                return resume(await self._standing(), await self._rules(), self._threshold_pct)
            if self._rules_due <= self._seen_at:
                return replace(self._state, rules=await self._rules())
        except HistoryUnavailable:
            pass
        return self._state

    async def _standing(self) -> list[LiquidityAlert]:
        """The stored alerts that stand. Those of a time to come are a replay's that was broken off: they end where they began."""
        await self._store()
        stored = await self._history.alerts(self._exchange, self._symbol, since=self._seen_at)
        raised = [alert for alert in stored if alert.state == "raised"]
        ended = [cleared(alert, alert.timestamp) for alert in raised if self._is_to_come(alert)]
        self._unstored |= {alert.alert_id: alert for alert in ended}
        for alert in ended:
            self._deliver(alert)
        standing = [alert for alert in raised if not self._is_to_come(alert)]
        self._told = frozenset(alert.alert_id for alert in stored if alert not in standing)
        return standing

    def _is_to_come(self, alert: LiquidityAlert) -> bool:
        return alert.source == "replay" and alert.timestamp > self._seen_at

    async def _rules(self) -> tuple[Rule, ...]:
        """People's rules for this market."""
        self._rules_due = self._seen_at + _RULES_HOLD
        rules = [one.rule for one in await self._history.rules()]
        return tuple(rule for rule in rules if concerns(rule, self._exchange, self._symbol))

    async def _norm_now(self) -> Norm | None:
        """What was usual over the last day; where that is too short to say, of the price too, it is soon asked again."""
        if self._norm_due <= self._seen_at:
            self._norm_due = self._seen_at + _RULES_HOLD
            try:
                series = await self._history.series(self._exchange, self._symbol, self._seen_at - _LOOKBACK, self._seen_at - _JUST_BEFORE)
            except HistoryUnavailable:
                return self._norm
            self._norm = norm(series)
            if self._norm is not None and self._norm.return_sigma_pct is not None:
                self._norm_due = self._seen_at + _NORM_HOLDS
        return self._norm

    async def _store(self) -> None:
        """Store what is not yet, each by itself: one that is refused for good keeps no other from being stored."""
        for alert in list(self._unstored.values()):
            try:
                await self._history.store_alerts([alert])
            except HistoryUnavailable:
                return
            except NotStorable as error:
                self._say_refused(alert.alert_id, f"{self._symbol} on {self._exchange}, an alert: {error}")
            del self._unstored[alert.alert_id]

    def _say_refused(self, alert_id: str, why: str) -> None:
        if alert_id not in self._refused:
            self._say(why)
        self._refused.add(alert_id)
