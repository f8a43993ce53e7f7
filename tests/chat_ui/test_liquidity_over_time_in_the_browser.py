"""Questions about time in the chat: the answer's numbers beside the tool's, and the charts that look back, in Chromium."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, expect

pytestmark = pytest.mark.browser

NORMAL = "Is ETH liquidity on Kraken worse than usual?"


def cells(table: Locator) -> list[list[str]]:
    return [row.locator("th, td").all_inner_texts() for row in table.locator("tr").all()]


def opened(step: Locator) -> list[list[list[str]]]:
    """The tables of a step's result, which pressing its name shows."""
    step.locator("button").first.click()
    expect(step.locator("table").first).to_be_visible()
    return [cells(table) for table in step.locator("table").all()]


def title(chart: Locator) -> str:
    return chart.locator(".gtitle").text_content() or ""


def traces(chart: Locator) -> list[dict]:
    """What Plotly has drawn: type, name, axis, and the first and last moment."""
    return chart.evaluate("c => c._fullData.map(one => ({type: one.type, name: one.name, axis: one.yaxis, x: one.x && [one.x[0], one.x[one.x.length - 1]]}))")


def buttons(chart: Locator) -> list[list]:
    """Where the top of each of a chart's own buttons is, and the colour behind each group of them."""
    chart.hover()
    return chart.evaluate("""c => [[...c.querySelectorAll('.modebar-btn')].map(one => one.getBoundingClientRect().top),
                                   [...c.querySelectorAll('.modebar-group')].map(one => getComputedStyle(one).backgroundColor)]""")


def hours(trace: dict) -> float:
    first, last = (datetime.fromisoformat(time) for time in trace["x"])
    return (last - first) / timedelta(hours=1)


def test_whether_it_is_normal_shows_the_spread_its_percentile_and_the_sample_count_of_the_tool_and_the_trend(simulated, open_chat):
    chat = open_chat(simulated.url)
    answer = chat.ask(NORMAL)
    fields, distributions, *_ = opened(chat.steps.filter(has_text="get_baseline_metrics"))
    of_spread = {row[0]: row[distributions[0].index("spread")] for row in distributions}
    count = dict(fields)["sample count"]
    assert re.match(
        r"(Usual|(Better|Worse) than usual): ETH liquidity on kraken \(ETH/USD\), compared with " + count + " samples over 24 h up to ", answer.inner_text()
    )
    assert int(count.replace(",", "")) >= 200
    expect(answer).to_contain_text(f"Spread {of_spread['now']}, at the {of_spread['percentile']} percentile of the samples")
    expect(answer).to_contain_text("simulated (not live)")

    expect(chat.charts).to_have_count(1)
    expect(chat.charts.locator(".scatterlayer .trace path").first).to_be_attached()
    assert "SIMULATED: Liquidity over 24 h, ETH/USD" in title(chat.charts)
    drawn = {trace["name"]: trace for trace in traces(chat.charts) if trace["x"]}
    assert {"spread", "depth", "imbalance", "mid"} <= set(drawn)
    assert 23 < hours(drawn["spread"]) <= 24
    assert [path.name for path in simulated.data.rglob("*.sqlite3")] == ["history-simulated.sqlite3"]

    tops, grounds = buttons(chat.charts)
    assert len(tops) > 3
    assert len(set(tops)) == 1
    assert set(grounds) == {"rgba(0, 0, 0, 0)"}


def test_the_heatmap_over_the_last_hours_keeps_the_asset_and_the_exchange_of_the_conversation_also_on_a_phone(simulated, open_chat):
    chat = open_chat(simulated.url, width=390, height=844)
    chat.ask(NORMAL)
    answer = chat.ask("show the heatmap over the last 6 hours")
    expect(chat.steps.last).to_contain_text("liquidity_heatmap(ETH, kraken, 6)")
    assert answer.inner_text().startswith("kraken ETH/USD, 6 h to ")
    expect(answer).not_to_contain_text("Nothing is known")

    expect(chat.charts).to_have_count(2)
    chart = chat.charts.last
    expect(chart.locator(".heatmaplayer image")).to_be_attached()
    assert "SIMULATED: Liquidity by price over 6 h, ETH/USD" in title(chart)
    density = traces(chart)[0]
    assert density["type"] == "heatmap"
    assert 5.8 < hours(density) < 6.1
    assert chart.bounding_box()["height"] >= 540
    assert chat.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_alerts_are_told_as_the_tool_found_them_beside_the_dashboard_and_charts_stand_in_the_order_of_the_exchanges(simulated, open_chat):
    chat = open_chat(simulated.url)
    answer = chat.ask("Any alerts for BTC?")
    assert re.match(r"(No alert stands|Alert) for \w+ \(BTC/USD", answer.inner_text())
    steps = chat.steps.filter(has_text="detect_anomalies").all()
    assert len(steps) == 3
    found = [dict(zip(heading, row, strict=True)) for step in steps for heading, *rows in opened(step) if "message" in heading for row in rows]
    for alert in found:
        expect(answer).to_contain_text(alert["message"])

    expect(chat.charts).to_have_count(1)
    expect(chat.charts.locator(".scatterlayer .trace path").first).to_be_attached()
    assert "SIMULATED: Alerts over 24 h, BTC" in title(chat.charts)
    rows = " ".join(chat.charts.locator(".ytick").all_text_contents())
    assert all(words in rows for words in ("spread widening", "depth drop", "venue outage", "recorded: binance", "recorded: coinbase", "recorded: kraken")), (
        rows
    )

    chat.ask("What happened to BTC depth in the last 6 hours?")
    expect(chat.charts).to_have_count(4)
    assert [re.search(r"(binance|coinbase|kraken) ·", title(chart))[1] for chart in chat.charts.all()[1:]] == ["binance", "coinbase", "kraken"]


def test_any_alerts_without_an_asset_are_those_of_every_recorded_market(simulated, open_chat):
    chat = open_chat(simulated.url)
    answer = chat.ask("Any alerts?")
    assert re.match(r"(No alert stands on|\d+ alerts? stands? on \d of) 9 recorded markets \(24 h to ", answer.inner_text())
    expect(answer).to_contain_text("9 of 9 markets recorded until now, last looked at ")
    expect(answer).to_contain_text("simulated (not live)")

    expect(chat.charts).to_have_count(1)
    assert "SIMULATED: Alerts over 24 h, 9 recorded markets" in title(chat.charts)
    rows = [row for row in chat.charts.locator(".ytick").all_text_contents() if row]
    assert len(rows) == 9
    assert any(row.startswith("kraken ETH/USD") for row in rows), rows


def test_a_rule_of_one_s_own_is_stored_listed_and_removed(simulated, open_chat):
    chat = open_chat(simulated.url)
    stored = chat.ask("Tell me when the BTC spread on Kraken passes 5 bps")
    rule_id = re.search(r"BTC spread on kraken > 5 bps is stored as (spread-\w+)\.", stored.inner_text())[1]
    expect(stored).to_contain_text("Over the last 168 h it would ")
    _heading, row = cells(chat.ask("list my rules").locator("table"))
    assert (row[0], row[-1]) == ("BTC spread on kraken > 5 bps", rule_id)
    assert row[1] in {"quiet", "raised"}
    assert re.fullmatch(r"[\d.]+ bps", row[2])
    expect(chat.ask("remove that rule")).to_contain_text("BTC spread on kraken > 5 bps is removed.")
    expect(chat.ask("list my rules")).to_contain_text("No rules are stored")
