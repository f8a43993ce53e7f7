"""The alerts dashboard: a row for each type, a bar for each alert from raised to cleared, and below what was watched meanwhile."""

from datetime import datetime

from ..analytics.alerts import AlertType
from ..analytics.board import AlertBoard, WatchedMarket
from . import incidents, over_time, theme
from .chart import Chart, drawn
from .words import counted, market, missing, missing_lines, sentences

_MOST_LANES = 4
_MOST_NAMED_LANES = 2
_MOST_LISTED = 8
_LANES_HEIGHT = 0.6
_WATCHED: theme.Json = {"width": 4, "color": "#8b8fa3"}
# What a character of a label takes of the width of a figure some 800 pixels wide.
_CHARACTER_SHARE = 0.0088


def alerts(board: AlertBoard) -> Chart:
    """When alerts of each type stood over a window on one or several exchanges, by severity."""
    heading = theme.heading(f"Alerts over {over_time.span(board.start, board.end)}", board.symbol, board.exchanges, board)
    return drawn("alerts", board, board.symbol, board.exchanges, heading, _summary(board), _traces(board), _layout(board, heading))


def _types(board: AlertBoard) -> list[AlertType]:
    """The rows from the top down: all that is watched by itself, and people's rules where one fired."""
    return [kind for kind in incidents.NAMES if kind != "RULE" or board.by_type[kind]]


def _traces(board: AlertBoard) -> list[theme.Json]:
    bars = incidents.bars(board.alerts, [height for height, _ in _heights(board)], board.start, board.end)
    named = [{**one, "name": f"{one['name']}: {board.by_severity[one['name']]:,}"} if "name" in one else one for one in bars]
    return [*named, *(_watched(board, index, one) for index, one in enumerate(board.watched))]


def _heights(board: AlertBoard) -> list[tuple[float, int]]:
    """The height of each alert, in its type's row and there in a lane of its own while it overlaps others, and how many lanes its row has."""
    heights = [(0.0, 0)] * len(board.alerts)
    for row, kind in enumerate(_types(board)):
        of_kind = [index for index, alert in enumerate(board.alerts) if alert.alert_type == kind]
        lanes = [min(lane, _MOST_LANES - 1) for lane in incidents.lanes([incidents.shown(board.alerts[index], board.start, board.end) for index in of_kind])]
        count = max(lanes, default=0) + 1
        for index, lane in zip(of_kind, lanes, strict=True):
            heights[index] = (-row + _LANES_HEIGHT * ((count - 1) / 2 - lane) / count, count)
    return heights


def _watched(board: AlertBoard, index: int, one: WatchedMarket) -> theme.Json:
    """From the first look to the last one, broken where nobody looked."""
    looks = [one.first, *(time for gap in one.gaps for time in (gap.start, None, gap.end)), one.last] if one.first else []
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "watched",
        "showlegend": index == 0,
        "connectgaps": False,
        "x": [time and over_time.stamp(time) for time in looks],
        "y": [-len(_types(board)) - index] * len(looks),
        "line": _WATCHED,
        "marker": {"size": 5, "color": _WATCHED["color"]},
        "text": [_watched_words(board, one)] * len(looks),
        "hovertemplate": "%{text}<extra></extra>",
    }


def _watched_words(board: AlertBoard, one: WatchedMarket) -> str:
    name = market(one.exchange, board.symbol, one.symbol_used)
    if one.first is None or one.last is None:
        return f"{name} not at all"
    failed = f", {counted(one.failed_count, 'look')} without a valid book" if one.failed_count else ""
    gaps = "".join(f", not {over_time.clock(gap.start)} to {over_time.clock(gap.end)}" for gap in one.gaps)
    return f"{name} {over_time.clock(one.first)} to {over_time.clock(one.last)}{gaps} ({counted(one.sample_count, 'snapshot')}{failed})"


def _layout(board: AlertBoard, heading: theme.Heading) -> theme.Json:
    types, failed = _types(board), missing_lines(board.failures)
    rows = len(types) + len(board.watched)
    names = [*(f"{incidents.NAMES[kind]} ({board.by_type[kind]:,})" for kind in types), *(f"watched: {one.exchange}" for one in board.watched)]
    room = (board.end - board.start) / 60
    return theme.layout(
        heading,
        xaxis=over_time.axis(board.start, board.end + room),
        yaxis=theme.axis("", range=[0.5 - rows, 0.5], tickvals=[-row for row in range(rows)], ticktext=names, showgrid=False),
        shapes=[
            *(theme.line(0, 1, -row - 0.5, -row - 0.5, xref="paper", line={"color": theme.GRID, "width": 1}) for row in range(rows - 1)),
            theme.line(0, 1, 0.5 - len(types), 0.5 - len(types), xref="paper", line={"color": theme.LINE, "width": 1}),
        ],
        annotations=[
            theme.above("<br>".join([*failed, incidents.tally(board.alerts, board.end)])),
            *_labels(board, board.end + room),
        ],
        lines_above=1 + len(failed),
    )


def _labels(board: AlertBoard, edge: datetime) -> list[theme.Json]:
    """The exchange beside each bar, to its right or else to its left, where it covers no other and lanes are not too narrow for words."""
    placed = list(zip(board.alerts, [incidents.shown(alert, board.start, board.end) for alert in board.alerts], _heights(board), strict=True))
    found: list[theme.Json] = []
    for alert, (raised, over), (height, lanes) in placed:
        if lanes > _MOST_NAMED_LANES:
            continue
        need = (_CHARACTER_SHARE * len(alert.exchange) + 0.02) * (edge - board.start)
        neighbours = [span for other, span, (lane, _) in placed if lane == height and other is not alert]
        if min((max(start, over) for start, end in neighbours if end > over), default=edge) - over >= need:
            found.append(theme.note(alert.exchange, over_time.stamp(over), height, xanchor="left", xshift=9))
        elif raised - max((min(end, raised) for start, end in neighbours if start < raised), default=board.start) >= 2 * need:
            found.append(theme.note(alert.exchange, over_time.stamp(raised), height, xanchor="right", xshift=-9))
    return found


def _severities(board: AlertBoard) -> str:
    return ", ".join(f"{board.by_severity[severity]:,} {severity}" for severity in incidents.MARKS if board.by_severity[severity])


def _summary(board: AlertBoard) -> str:
    watched = "; ".join(_watched_words(board, one) for one in board.watched)
    count = f"{incidents.tally(board.alerts, board.end)}: {_severities(board)}" if board.alerts else f"No alert was raised for {_watched_types(board)}"
    what = f"Alerts on {board.symbol}, {over_time.window(board.start, board.end)}, times in UTC"
    paragraph = sentences([what, f"Watched: {watched}", missing(board.failures), count, "Those that stand first, then newest first" if board.alerts else ""])
    lines = incidents.listed(board.alerts, board.end, _MOST_LISTED)
    return "\n".join([paragraph.removesuffix(".") + ":\n", *lines]) if lines else paragraph


def _watched_types(board: AlertBoard) -> str:
    return ", ".join(incidents.NAMES[kind] for kind in _types(board))
