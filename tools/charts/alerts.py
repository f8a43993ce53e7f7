"""The alerts dashboard: a bar for each alert from raised to cleared, in rows by type above what was recorded, or of all that is recorded in a row a market."""

from datetime import datetime
from typing import NamedTuple

from ..analytics.alerts import AlertType
from ..analytics.board import AlertBoard, WatchedMarket, market_of
from ..errors import outside_text
from . import incidents, labels, over_time, theme
from .alerts_summary import recorded_words, summary
from .chart import Chart, drawn
from .words import counted, missing_lines

_MOST_LANES = 4
_MOST_MARKETS = 30
# Rows beyond which a lane's height no longer takes words, by how many lanes a row has.
_MOST_ROWS_NAMED = {1: _MOST_MARKETS, 2: 10}
_LANES_HEIGHT = 0.6
_BELOW_BARS = 0.38
_MOST_ROWS_USUAL, _FRAME_PX, _ROW_PX = 16, 130, 17
_RECORDED = "#8b8fa3"


class Rows(NamedTuple):
    """What stands beside the plot from the top down; for each alert its row and what is written beside its bar; for each recorded market its height."""

    names: list[str]
    of_alerts: list[int]
    labels: list[str]
    of_recorded: list[float]
    types: int


def alerts(board: AlertBoard) -> Chart:
    """When alerts stood over a window, by severity: of one symbol by type, on one or several exchanges, or of every recorded market."""
    what, of = f"Alerts over {over_time.span(board.start, board.end)}", board.symbol or counted(len(board.watched), "recorded market")
    heading = theme.heading(what, of, board.exchanges, board)
    shown = _shown(board)
    rows = _by_type(shown) if board.symbol else _by_market(shown)
    words = summary(board)
    return drawn("alerts", board, board.symbol, board.exchanges, heading, words, _traces(board, shown, rows), _layout(board, shown, rows, heading))


def _shown(board: AlertBoard) -> AlertBoard:
    """What of a board is drawn: of many markets the first, which those are that need a look most."""
    if board.symbol or len(board.watched) <= _MOST_MARKETS:
        return board
    first = board.watched[:_MOST_MARKETS]
    markets = {(one.exchange, one.symbol_used) for one in first}
    return board.model_copy(update={"watched": first, "alerts": [alert for alert in board.alerts if market_of(alert) in markets]})


def _by_type(board: AlertBoard) -> Rows:
    """All types that are watched by themselves, people's rules where one fired, and below the exchanges that were recorded."""
    types: list[AlertType] = [kind for kind in incidents.NAMES if kind != "RULE" or board.by_type[kind]]
    names = [*(f"{incidents.NAMES[kind]} ({board.by_type[kind]:,})" for kind in types), *(f"recorded: {one.exchange}" for one in board.watched)]
    below = [float(-len(types) - index) for index in range(len(board.watched))]
    return Rows(names, [types.index(alert.alert_type) for alert in board.alerts], [alert.exchange for alert in board.alerts], below, len(types))


def _by_market(board: AlertBoard) -> Rows:
    """The markets in the board's order, each with when it was recorded below its bars."""
    places = {(one.exchange, one.symbol_used): row for row, one in enumerate(board.watched)}
    below = [-row - _BELOW_BARS for row in range(len(places))]
    of_alerts = [places[market_of(alert)] for alert in board.alerts]
    return Rows([_stands(one) for one in board.watched], of_alerts, [incidents.NAMES[alert.alert_type] for alert in board.alerts], below, 0)


def _stands(one: WatchedMarket) -> str:
    """A market's name, and how it stands."""
    name = f"{one.exchange} {outside_text(one.symbol_used)}"
    counts = {"stands" if one.open_count == 1 else "stand": one.open_count, "cleared": one.cleared_count}
    told = ", ".join([*(f"{count:,} {state}" for state, count in counts.items() if count), *(["not lately"] if one.late else [])])
    return f"{f'<b>{name}</b>' if one.open_count else name}{f' ({told})' if told else ''}"


def _traces(board: AlertBoard, shown: AlertBoard, rows: Rows) -> list[theme.Json]:
    bars = incidents.bars(shown.alerts, [height for height, _ in _heights(shown, rows)], board.start, board.end)
    named = [{**one, "name": f"{one['name']}: {board.by_severity[one['name']]:,}"} if "name" in one else one for one in bars]
    return [*named, *(_recorded(shown, rows, index) for index in range(len(shown.watched)))]


def _heights(board: AlertBoard, rows: Rows) -> list[tuple[float, int]]:
    """The height of each alert, in its row and there in a lane of its own while it overlaps others, and how many lanes its row has."""
    heights = [(0.0, 0)] * len(board.alerts)
    for row in set(rows.of_alerts):
        own = [index for index, one in enumerate(rows.of_alerts) if one == row]
        lanes = [min(lane, _MOST_LANES - 1) for lane in incidents.lanes([incidents.shown(board.alerts[index], board.start, board.end) for index in own])]
        count = max(lanes, default=0) + 1
        for index, lane in zip(own, lanes, strict=True):
            heights[index] = (-row + _LANES_HEIGHT * ((count - 1) / 2 - lane) / count, count)
    return heights


def _recorded(board: AlertBoard, rows: Rows, index: int) -> theme.Json:
    """From a market's first look to the last one, broken where nobody looked."""
    one, width = board.watched[index], 4 if len(rows.names) <= _MOST_ROWS_USUAL else 2
    looks = [one.first, *(time for gap in one.gaps for time in (gap.start, None, gap.end)), one.last] if one.first else []
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "recorded",
        "showlegend": index == 0,
        "connectgaps": False,
        "x": [time and over_time.stamp(time) for time in looks],
        "y": [rows.of_recorded[index]] * len(looks),
        "line": {"width": width, "color": _RECORDED},
        "marker": {"size": width + 1, "color": _RECORDED},
        "text": [recorded_words(board, one)] * len(looks),
        "hovertemplate": "%{text}<extra></extra>",
    }


def _layout(board: AlertBoard, shown: AlertBoard, rows: Rows, heading: theme.Heading) -> theme.Json:
    count, room = len(rows.names), (board.end - board.start) / 60
    left = len(board.watched) - len(shown.watched)
    above = [*missing_lines(board.failures), *([f"The first {_MOST_MARKETS} of {len(board.watched):,} markets"] if left else [])]
    return theme.layout(
        heading,
        **({"height": _FRAME_PX + _ROW_PX * count} if count > _MOST_ROWS_USUAL else {}),
        xaxis=over_time.axis(board.start, board.end + room),
        yaxis=theme.axis("", range=[0.5 - count, 0.5], tickvals=[-row for row in range(count)], ticktext=rows.names, showgrid=False),
        shapes=[
            *(theme.line(0, 1, -row - 0.5, -row - 0.5, xref="paper", line={"color": theme.GRID, "width": 1}) for row in range(count - 1)),
            *([theme.line(0, 1, 0.5 - rows.types, 0.5 - rows.types, xref="paper", line={"color": theme.LINE, "width": 1})] if rows.types else []),
        ],
        annotations=[
            theme.above("<br>".join([*above, incidents.tally(board.alerts, board.end)])),
            *_labels(shown, rows, board.end + room),
        ],
        lines_above=1 + len(above),
    )


def _labels(board: AlertBoard, rows: Rows, edge: datetime) -> list[theme.Json]:
    """What stands beside each bar, to its right or else to its left, where it covers no other and lanes are not too narrow for words."""
    spans = [incidents.shown(alert, board.start, board.end) for alert in board.alerts]
    placed = list(zip(rows.labels, spans, _heights(board, rows), strict=True))
    beside = max(map(len, rows.names), default=0)
    found: list[theme.Json] = []
    for index, (label, (raised, over), (height, lanes)) in enumerate(placed):
        if len(rows.names) > _MOST_ROWS_NAMED.get(lanes, 0):
            continue
        need = (labels.share(len(label), beside) + 0.02) * (edge - board.start)
        neighbours = [span for other, (_, span, (lane, _)) in enumerate(placed) if lane == height and other != index]
        if min((max(start, over) for start, end in neighbours if end > over), default=edge) - over >= need:
            found.append(theme.note(label, over_time.stamp(over), height, xanchor="left", xshift=9))
        elif raised - max((min(end, raised) for start, end in neighbours if start < raised), default=board.start) >= 2 * need:
            found.append(theme.note(label, over_time.stamp(raised), height, xanchor="right", xshift=-9))
    return found
