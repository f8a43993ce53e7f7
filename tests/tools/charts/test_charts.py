"""What every chart keeps."""

import json
import subprocess
import sys

import plotly.graph_objects as go
import pytest
from make_books import NOON
from make_charts import FAILURES, KINDS, OVER_TIME, comparison_of, depth_of, every_kind, impact_of, ladder, notes

from tools import charts

CHARTS = dict(zip(KINDS, every_kind(), strict=True))
REPLAYED = dict(zip(KINDS, every_kind(source="replay"), strict=True))
SIMULATED = dict(zip(KINDS, every_kind(source="simulated"), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_figure_is_what_plotly_accepts_and_leaves_as_it_is(kind):
    figure = go.Figure(CHARTS[kind].figure).to_dict()
    assert [one["type"] for one in figure["data"]] == [one["type"] for one in CHARTS[kind].figure["data"]]
    assert figure["layout"] == CHARTS[kind].figure["layout"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_chart_survives_the_way_through_json(kind):
    chart = CHARTS[kind]
    assert charts.Chart.model_validate_json(chart.model_dump_json()).figure["layout"]["title"] == chart.figure["layout"]["title"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_says_symbol_exchange_time_and_source(kind):
    chart = CHARTS[kind]
    for title in (chart.title, chart.figure["layout"]["title"]["text"]):
        assert "BTC/USD" in title
        assert "kraken" in title
        assert f"{NOON:%Y-%m-%d %H:%M:%S} UTC" in title
        assert "source: live" in title
    assert (chart.kind, chart.symbol, chart.source, chart.as_of, chart.age_ms) == (kind.removesuffix("_over_time"), "BTC/USD", "live", NOON, 1_000)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("word", "drawn"), [("REPLAY", REPLAYED), ("SIMULATED", SIMULATED)])
def test_books_that_are_not_live_are_named_at_the_front_of_the_title(kind, word, drawn):
    assert drawn[kind].title.startswith(f"{word}: ")
    assert drawn[kind].figure["layout"]["title"]["text"].startswith(f"<b>{word}: ")
    assert word not in CHARTS[kind].title


@pytest.mark.parametrize("kind", KINDS)
def test_backgrounds_are_transparent_and_text_reads_on_white_and_on_near_black(kind):
    layout = CHARTS[kind].figure["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert min(contrast(layout["font"]["color"], page) for page in ("#ffffff", "#111111")) > 4
    assert all("color" not in one["font"] for one in layout["annotations"])


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OVER_TIME])
def test_axes_name_their_unit(kind):
    axes = [one for name, one in CHARTS[kind].figure["layout"].items() if name.startswith(("xaxis", "yaxis"))]
    named = [one["title"]["text"] for one in axes if one["title"]["text"] not in ("", "Density")]
    assert len(named) >= 2
    assert all(any(unit in text for unit in ("USD", "%", "bps")) for text in named)


@pytest.mark.parametrize("kind", OVER_TIME)
def test_time_axes_say_that_they_are_utc(kind):
    assert CHARTS[kind].figure["layout"]["xaxis"]["title"]["text"] == "Time (UTC)"
    assert CHARTS[kind].figure["layout"]["xaxis"]["type"] == "date"
    assert "UTC" in CHARTS[kind].summary


@pytest.mark.parametrize("kind", KINDS)
def test_axes_never_use_exponents(kind):
    axes = [one for name, one in CHARTS[kind].figure["layout"].items() if name.startswith(("xaxis", "yaxis"))]
    assert {one["exponentformat"] for one in axes} <= {"none", "B"}


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_in_a_figure_is_nan_or_infinite(kind):
    assert json.dumps(CHARTS[kind].figure, allow_nan=False)


@pytest.mark.parametrize("kind", ["depth", "comparison", "impact"])
def test_a_failed_exchange_is_named_with_its_reason_in_the_figure_and_in_the_summary(kind):
    chart = CHARTS[kind]
    assert chart.exchanges == ["kraken", "bybit"]
    assert "timed out after 10 s" in notes(chart)
    assert "gate" in notes(chart) + str(chart.figure["layout"]["yaxis"].get("categoryarray"))
    assert "Missing: gate (timed out after 10 s)." in chart.summary


@pytest.mark.parametrize("kind", ["depth", "comparison", "impact"])
def test_warnings_are_carried_and_not_repeated_in_the_summary(kind):
    books = [ladder("bybit", levels=40, warnings=["bybit's clock is odd."])]
    drawn = {
        "depth": lambda: charts.depth(depth_of(books)),
        "comparison": lambda: charts.comparison(comparison_of(books)),
        "impact": lambda: charts.impact(impact_of(books)),
    }
    chart = drawn[kind]()
    assert "bybit's clock is odd." in chart.warnings
    assert "clock" not in chart.summary


def test_an_exchange_keeps_its_colour_when_another_one_fails():
    alone = charts.depth(depth_of([ladder("kraken")], FAILURES))
    both = charts.depth(depth_of([ladder("kraken"), ladder("gate")]))
    assert [one["line"]["color"] for one in alone.figure["data"][:2]] == [one["line"]["color"] for one in both.figure["data"][:2]]


def test_markup_in_a_symbol_does_not_reach_the_title():
    assert "<a" not in charts.depth(depth_of([ladder("kraken")]).model_copy(update={"symbol": "<a href='x'>BTC</a>"})).title


def test_a_long_list_of_exchanges_wraps_below_the_title_and_gets_room():
    few, many = (charts.depth(depth_of([ladder(f"exchange_number_{index}") for index in range(count)])) for count in (1, 16))
    assert many.figure["layout"]["title"]["text"].count("<br>") > few.figure["layout"]["title"]["text"].count("<br>")
    assert many.figure["layout"]["margin"]["t"] > few.figure["layout"]["margin"]["t"]
    assert max(map(len, many.figure["layout"]["title"]["text"].replace("</span>", "").split("<br>"))) < 130


def test_importing_charts_imports_neither_plotly_nor_kaleido():
    code = "import sys, tools.charts; print([name for name in sys.modules if name.split('.')[0] in ('plotly', 'kaleido', 'choreographer')])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def contrast(one: str, other: str) -> float:
    """WCAG 2.1 contrast ratio."""
    dark, light = sorted(luminance(colour) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
