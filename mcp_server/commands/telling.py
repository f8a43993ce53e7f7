"""What is said of a recording in words: how far it is, what it raised, what is missing of it."""

from collections import Counter
from collections.abc import Sequence

from tools.analytics.alerts import LiquidityAlert
from tools.recorder import Gap, PairProgress, Progress

# States of pairs under which nothing is recorded.
_NOTHING = {"refused", "duplicate"}


def alert_line(alert: LiquidityAlert) -> str:
    """An alert in one line."""
    where = f"{alert.symbol} on {alert.exchange}"
    return f"ALERT {alert.severity} {where}: {alert.message}. {alert.suggested_action}" if alert.state == "raised" else f"ALL CLEAR {where}: {alert.message}"


def standing_line(alert: LiquidityAlert) -> str:
    """An alert that stands in one line."""
    return f"{alert.severity} {alert.symbol} on {alert.exchange} since {alert.timestamp:%Y-%m-%d %H:%M:%S} UTC: {alert.message}"


def summary(progress: Progress, seconds: float) -> str:
    """What a whole recording came to in so many seconds, and what of it is missing."""
    pairs = [f"{pair.name}: {_account(pair)}" for pair in progress.pairs]
    gaps = [f"{name}: a gap, {_lost(gap)}." for name, gap in progress.gaps.items()]
    return "\n".join([*pairs, *gaps, f"In all: {totals(progress)} in {duration(seconds)}; {alerts(progress)}."])


def why_nothing(progress: Progress) -> str:
    """One sentence on why no snapshot was stored."""
    notes = [pair.note for pair in progress.pairs if pair.note]
    return f"No snapshot was stored: {progress.database_fault or (notes[0] if notes else 'it ended before anything was seen')}".rstrip(".") + "."


def who_instead(stood_by: Sequence[PairProgress]) -> str:
    """One sentence on who had the markets that were another recorder's the whole time."""
    return f"Stood by the whole time, so nothing was stored from here: {' and '.join(dict.fromkeys(pair.note for pair in stood_by))}."


def totals(progress: Progress) -> str:
    """All counts of a recording."""
    lost = f"{progress.lost:,} lost" if progress.lost else ""
    away = f"database unavailable, {progress.buffered:,} buffered" if progress.database_fault else ""
    return ", ".join(part for part in (_counts(progress.pairs), lost, away) if part)


def alerts(progress: Progress) -> str:
    """How many alerts came, went and stand."""
    if not (progress.raised or progress.cleared or progress.standing):
        return "no alerts"
    return f"{number(progress.raised, 'alert')} raised, {progress.cleared:,} cleared, {len(progress.standing):,} standing"


def states(pairs: Sequence[PairProgress]) -> str:
    """How many pairs are in which state, the most first."""
    return ", ".join(f"{count:,} {state}" for state, count in Counter(pair.state for pair in pairs).most_common())


def number(count: int, what: str) -> str:
    """So many of it."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def duration(seconds: float) -> str:
    """Seconds for reading, to the two largest units: `1 h 2 min`, `5 s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "min"), (rest, "s")]
    first = next((place for place, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count:,} {unit}" for count, unit in parts[first : first + 2])


def _account(pair: PairProgress) -> str:
    """What the recording of one pair came to."""
    if pair.state in _NOTHING:
        return pair.note
    return f"{_counts([pair])}; {pair.note}" if pair.state == "broken" else _counts([pair])


def _counts(pairs: Sequence[PairProgress]) -> str:
    stored, failed, skipped = sum(pair.stored for pair in pairs), sum(pair.failed for pair in pairs), sum(pair.skipped for pair in pairs)
    return f"{number(stored, 'snapshot')} stored, {number(failed, 'look')} failed, {number(skipped, 'tick')} skipped"


def _lost(gap: Gap) -> str:
    return f"{number(gap.count, 'look')} from {gap.first:%Y-%m-%d %H:%M:%S} to {gap.last:%Y-%m-%d %H:%M:%S} UTC could not be stored"
