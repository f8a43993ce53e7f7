"""The alerts dashboard in words."""

from collections.abc import Sequence

from ..analytics.board import AlertBoard, WatchedMarket, gravest_first, market_of, standing
from ..analytics.gaps import longest
from ..errors import outside_text
from . import incidents, over_time
from .words import counted, market, missing, sentences

_MOST_LISTED = 8
_MOST_STANDING = 20
_MOST_NAMED = 40
_MOST_GAPS = 3
_WHOLE_PCT = 90.0


def summary(board: AlertBoard) -> str:
    """The alerts of one symbol, or how every recorded market stands."""
    return _of_symbol(board) if board.symbol else _of_all(board)


def _of_symbol(board: AlertBoard) -> str:
    recorded = "; ".join(recorded_words(board, one) for one in board.watched)
    tally = f"{incidents.tally(board.alerts, board.end)}: {incidents.severities(board.alerts)}"
    count = tally if board.alerts else f"No alert is stored for {', '.join(name for kind, name in incidents.NAMES.items() if kind != 'RULE')}"
    what = f"Alerts on {board.symbol}, {over_time.window(board.start, board.end)}, times in UTC"
    paragraph = sentences([what, f"Recorded: {recorded}", missing(board.failures), count, "Those that stand first, then newest first" if board.alerts else ""])
    lines = incidents.listed(board.alerts, board.end, _MOST_LISTED)
    return "\n".join([paragraph.removesuffix(".") + ":\n", *lines]) if lines else paragraph


def recorded_words(board: AlertBoard, one: WatchedMarket) -> str:
    """From when to when a market was recorded, and when it was not."""
    name = market(one.exchange, board.symbol, one.symbol_used)
    if one.first is None or one.last is None:
        return f"{name} not at all"
    failed = f", {counted(one.failed_count, 'look')} without a valid book" if one.failed_count else ""
    shown = [one.gaps[at] for at in longest(one.gaps, _MOST_GAPS)]
    gaps = "".join(f", not {over_time.clock(gap.start)} to {over_time.clock(gap.end)}" for gap in shown)
    more = f", nor for {len(one.gaps) - len(shown):,} shorter times" if len(one.gaps) > len(shown) else ""
    return f"{name} {over_time.clock(one.first)} to {over_time.clock(one.last)}{gaps}{more} ({counted(one.sample_count, 'snapshot')}{failed})"


def _of_all(board: AlertBoard) -> str:
    """What stands, what has cleared, what is calm, and how far all that can be relied on."""
    parts = [_standing(board), _cleared(board), _calm(board), _freshness(board), _in_part(board), sentences([missing(board.failures)])]
    return "\n\n".join(part for part in parts if part)


def _standing(board: AlertBoard) -> str:
    late = {(one.exchange, one.symbol_used) for one in board.watched if one.late}
    stand = gravest_first(alert for alert in board.alerts if standing(alert, board.end))
    when = f"{over_time.window(board.start, board.end)}, times in UTC"
    over = over_time.is_over(board, board.end)
    unseen = f", {len(late):,} of which nobody {'looked at towards its end' if over else 'has looked at lately'}" if late else ""
    markets = f"{counted(len(board.watched), 'recorded market')}{unseen}"
    if not stand:
        known = "was known to stand" if over else "is known to stand"
        return f"No alert {known if late else 'stood at the end' if over else 'stands'} on {markets} ({when})."
    verb = "stood at the end" if over else "stands" if len(stand) == 1 else "stand"
    lead = f"{counted(len(stand), 'alert')} {verb} on {len(set(map(market_of, stand))):,} of {markets} ({when}):"
    told = [incidents.told(alert, "stood when last looked at" if market_of(alert) in late else "stood then" if over else "stands") for alert in stand]
    return "\n".join([f"{lead}\n", *incidents.lines(told, _MOST_STANDING)])


def _cleared(board: AlertBoard) -> str:
    over = [alert for alert in board.alerts if not standing(alert, board.end)]
    if not over:
        return "No alert that cleared in that time is stored."
    where = [f"{one.cleared_count:,} on {_name(one)}" for one in board.watched if one.cleared_count]
    return f"{counted(len(over), 'alert')} cleared in that time ({incidents.severities(over)}): {_some(where)}."


def _calm(board: AlertBoard) -> str:
    calm: dict[str, list[str]] = {}
    for exchange, symbol in sorted((one.exchange, one.symbol_used) for one in board.watched if not one.open_count and not one.late):
        calm.setdefault(exchange, []).append(outside_text(symbol))
    told = [f"{exchange} {_some(markets)}" for exchange, markets in calm.items()]
    return f"Recorded, and no alert stands: {'; '.join(told)}." if told else ""


def _freshness(board: AlertBoard) -> str:
    fresh = [one.last for one in board.watched if one.last and not one.late]
    late = [f"{_name(one)} ({f'last {over_time.clock(one.last)}' if one.last else 'not in that time'})" for one in board.watched if one.late]
    times = list(dict.fromkeys(map(over_time.clock, (min(fresh), max(fresh))))) if fresh else []
    until, nobody = ("then", "looked towards its end") if over_time.is_over(board, board.end) else ("now", "has looked lately")
    looked = f"{len(fresh):,} of {counted(len(board.watched), 'market')} recorded until {until}, last looked at {' to '.join(times)}" if fresh else ""
    return sentences([looked, f"Nobody {nobody} at {_some(late)}" if late else ""])


def _in_part(board: AlertBoard) -> str:
    part = [f"{_name(one)} ({one.watched_pct:.0f}% of it)" for one in board.watched if one.last and one.watched_pct < _WHOLE_PCT]
    return f"Recorded for a part of that time only: {_some(part)}." if part else ""


def _name(one: WatchedMarket) -> str:
    return f"{one.exchange} {outside_text(one.symbol_used)}"


def _some(names: Sequence[str]) -> str:
    more = [f"and {len(names) - _MOST_NAMED:,} more"] if len(names) > _MOST_NAMED else []
    return ", ".join([*names[:_MOST_NAMED], *more])
