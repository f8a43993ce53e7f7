"""Questions about time on the demonstration's market, whose history is there from the start."""

import asyncio
import re

import pytest

from agent import build_agent, facts_of, rules_model
from tools.charts.chart import Chart
from tools.market import open_market
from tools.settings import Settings

ASKED = (
    "Is ETH liquidity on Kraken worse than usual?",
    "over the last 12 hours?",
    "and BTC?",
    "What happened in the last 6 hours?",
    "any alerts?",
    "show the heatmap over the last 6 hours",
    "tell me when the spread passes 40 bps",
)


async def conversation(data_dir):
    """The answers and charts of one conversation."""
    found, history = {}, []
    async with open_market(Settings(demo=True, data_dir=data_dir)) as market:
        agent = build_agent(rules_model(), market)
        for question in ASKED:
            run = await agent.run(question, message_history=history)
            history = run.all_messages()
            found[question] = run.output, [fact.result.title for fact in facts_of(run.new_messages()) if isinstance(fact.result, Chart)]
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return asyncio.run(conversation(tmp_path_factory.mktemp("data")))


PLACED = r"\*\*(Worse than u|U|Better than u)sual\*\*: {asset} liquidity on kraken \({asset}/USD\), compared with [\d,]+ samples over {hours} h up to \d\d:\d\d UTC\."


@pytest.mark.parametrize(("question", "asset", "hours"), [(ASKED[0], "ETH", 24), (ASKED[1], "ETH", 12), (ASKED[2], "BTC", 12)])
def test_whether_it_is_normal_is_known_at_once(answers, question, asset, hours):
    text, charts = answers[question]
    assert re.match(PLACED.format(asset=asset, hours=hours), text)
    assert re.search(r"- Spread \*\*[\d.]+%\*\*, at the ([<>]?\d+)(st|nd|rd|th) percentile of the samples", text)
    assert len(charts) == 1


def test_what_happened_and_where_liquidity_stood_is_known_too(answers):
    text, charts = answers[ASKED[3]]
    assert re.match(r"BTC on kraken \(BTC/USD\) from .*UTC to .*UTC, [\d,]+ samples:", text)
    assert len(charts) == 1
    text, charts = answers[ASKED[5]]
    assert text.startswith("kraken BTC/USD, 6 h to ")
    assert len(charts) == 1


def test_alerts_and_rules_are_judged_by_that_history(answers):
    text, charts = answers[ASKED[4]]
    assert re.match(r"\*\*(No alert stands|Alert)\*\* for kraken \(BTC/USD\), by [\d,]+ samples of 24 h", text)
    assert len(charts) == 1
    assert "`BTC spread on kraken > 40 bps` is **quiet**" in answers[ASKED[6]][0]
    assert re.search(r"Over the last \d+ h it would (not )?have fired", answers[ASKED[6]][0])
