"""Answers about liquidity over time, through a real agent, the real tools and a real SQLite history."""

import asyncio
import re
import shutil
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from make_books import NOON
from make_snapshots import series, snapshots

from agent import RULES_LABEL, ChosenModel, ask, build_agent, facts_of, provenance, rules_model
from tools.analytics.anomalies import backtest
from tools.cache import Cache
from tools.charts.chart import Chart
from tools.charts.render import Renderer
from tools.errors import ExchangeTimeout
from tools.history import History
from tools.market import Market

RULES = ChosenModel(rules_model(), RULES_LABEL, None)
WEEKS, INTERVAL_S = 4, 1_200
A_DAY = 86_400 // INTERVAL_S
NOW = NOON + timedelta(seconds=1)
LAST = NOON - timedelta(seconds=60)
UNUSUAL = "Unusual is a figure among the outermost twentieth of its samples and a tenth or more from their median."
NAMES = {"kraken": "SOL/USD", "binance": "SOL/USDT"}


def _recorded(exchange):
    """Four weeks that go with the hour of the day, with one incident: the spread two and a half times its usual at 05:59, 06:19 and 06:39 today."""
    random = np.random.default_rng(7)
    after = -INTERVAL_S * np.arange(WEEKS * 7 * A_DAY - 1, -1, -1.0)
    hour = (LAST.timestamp() + after) / 3_600
    spread = 0.06 * (1 + 0.15 * np.sin(2 * np.pi * hour / 24)) * (1 + 0.02 * random.standard_normal(len(after)))
    spread[-19:-16] *= 2.5
    depth = 1e6 * (1 - 0.15 * np.sin(2 * np.pi * hour / 24)) * (1 + 0.02 * random.standard_normal(len(after)))
    complete = np.array([True, True, True, False, False, False])
    market = {"source": "simulated", "exchange": exchange, "symbol": NAMES[exchange], "end": LAST}
    return series(**market, times_s=after.tolist(), spread_pct=spread, depth_usd=depth, complete=complete)


def _history(path):
    return History(f"sqlite+aiosqlite:///{path}", "simulated", now=lambda: NOW)


@pytest.fixture(scope="session")
def recorded():
    return {exchange: _recorded(exchange) for exchange in NAMES}


@pytest.fixture(scope="session")
def filled(tmp_path_factory, recorded):
    """The database file of kraken's four weeks and binance's last two days; nothing is recorded of coinbase."""
    path = tmp_path_factory.mktemp("history") / "history.sqlite3"

    async def fill():
        history = _history(path)
        await history.append(snapshots(recorded["kraken"]))
        await history.append(snapshots(recorded["binance"])[-2 * A_DAY :])
        await history.close()

    asyncio.run(fill())
    return path


@pytest.fixture
async def remembering(market, filled, tmp_path):
    """A market with a history of its own to write to."""
    history = _history(shutil.copy(filled, tmp_path / "history.sqlite3"))
    yield Market(market.books, market.exchanges, "simulated", Renderer(), lambda: NOW, history, Cache())
    await history.close()


async def runs(market, *questions):
    """The runs of these questions, asked one after the other."""
    agent, history, found = build_agent(rules_model(), market), [], []
    for question in questions:
        found.append(await agent.run(question, message_history=history))
        history = found[-1].all_messages()
    return found


async def answer(market, *questions):
    return (await runs(market, *questions))[-1].output


def charts_of(run):
    return [(fact.result.kind, fact.result.exchanges) for fact in facts_of(run.new_messages()) if isinstance(fact.result, Chart)]


def percentile(column, now):
    return 100 * (np.sum(column < now) + np.sum(column == now) / 2) / len(column)


def ordinal(value):
    return "<1st" if value < 1 else ">99th" if value > 99 else f"{int(value + 0.5)}th"


def pct(value):
    """Percents of the sizes that stand here: two decimals from 1 on, three from a tenth on, three significant figures below."""
    size = abs(value)
    return f"{value:.2f}%" if size >= 1 else f"{value:.3f}%" if size >= 0.1 else f"{value:.3g}%"


async def test_whether_it_is_normal_leads_with_the_verdict_and_gives_number_percentile_and_sample_count(remembering, recorded):
    (run,) = await runs(remembering, "Is SOL liquidity on Kraken worse than usual?")
    day = recorded["kraken"].spread_pct[-A_DAY:]
    low, median, high = np.percentile(day, [5, 50, 95])
    lead, spread, depth = run.output.splitlines()[0], *(line for line in run.output.splitlines() if line.startswith(("- Spread", "- Depth")))
    placed = "**Worse than usual**: SOL liquidity on kraken (SOL/USD), compared with 72 samples over 24 h up to 12:00 UTC."
    assert lead == f"{placed} The spread is unusually wide and depth is unusually low. {UNUSUAL}"
    place = f"at the {ordinal(percentile(day, 0.1))} percentile of the samples; usually {pct(low)} to {pct(high)}, median {pct(median)}."
    assert spread == f"- Spread **0.100%**, {place}"
    usd = recorded["kraken"].bid_usd[-A_DAY:, 2] + recorded["kraken"].ask_usd[-A_DAY:, 2]
    low, median, high = np.percentile(usd, [5, 50, 95])
    held = f"at the <1st percentile of the samples; usually ${low:,.0f} to ${high:,.0f}, median ${median:,.0f}."
    assert depth == f"- Depth within 0.5% of mid, both sides: **$200,000**, {held}"
    assert charts_of(run) == [("trend", ["kraken"])]


async def test_this_hour_of_the_week_is_compared_where_enough_weeks_are_recorded(remembering, recorded):
    text = await answer(remembering, "is SOL on kraken normal?")
    rows = [i for i, ms in enumerate(recorded["kraken"].time_ms) if (NOON.timestamp() * 1_000 - ms) // 604_800_000 >= 0 and _same_hour(ms)]
    same = recorded["kraken"].spread_pct[rows]
    told = f"the spread is at the {ordinal(percentile(same, 0.1))} percentile (median {pct(np.median(same))})"
    assert f"Among the {len(same)} samples of this hour of the week (Sunday from 12:00 UTC): {told} and depth at the <1st (median $" in text


def _same_hour(ms):
    return int(NOON.timestamp() // 3_600 - ms // 3_600_000) % 168 == 0


async def test_a_forecast_is_a_range_of_liquidity_and_never_of_price(remembering):
    text = await answer(remembering, "What's the forecast of SOL liquidity on kraken for tomorrow?")
    assert text.startswith("Probable until 2026-08-10 12:00 UTC on kraken (SOL/USD): a spread of 0.0")
    assert "its error is " in text
    assert "| From | Spread, median | Spread, probable range | Depth, median | Depth, probable range |" in text
    assert "I forecast liquidity only, never prices." in text
    normal = await answer(remembering, "is SOL on kraken normal?")
    assert text.splitlines()[0] in normal
    none = await answer(remembering, "forecast the SOL spread on binance")
    assert none.startswith("There is no forecast of SOL liquidity on binance (SOL/USDT): the stored history is too short for one")
    assert "This hour of the week" not in none
    assert "I do not forecast prices" in await answer(remembering, "will SOL go up?")


async def test_a_conversation_about_what_is_normal_goes_on(remembering):
    asked = ["Is SOL on Kraken worse than usual?", "and binance?", "over the last week?", "and on all exchanges?"]
    first, second, third, fourth = [run.output for run in await runs(remembering, *asked)]
    assert first.startswith("**Worse than usual**: SOL liquidity on kraken (SOL/USD)")
    assert "SOL liquidity on binance (SOL/USDT), compared with 72 samples over 24 h up to 12:00 UTC." in second
    assert "SOL liquidity on binance (SOL/USDT), compared with 144 samples over 168 h up to 12:00 UTC." in third
    assert fourth.startswith("SOL liquidity over 168 h: **worse than usual** on binance and kraken.")
    assert "| Exchange (market) | Verdict | Spread | Its percentile | Depth, both sides | Its percentile | Samples |" in fourth
    assert re.search(r"\| kraken \(SOL/USD\) \| worse than usual \| 0.100% \| >99th \| \$200,000 within 0.5% \| <1st \| 504 \|", fourth)
    assert "- coinbase is missing: There are no snapshots of SOL on coinbase, and 1 is needed" in fourth


async def test_this_is_normal_or_not_after_another_question(remembering):
    text = await answer(remembering, "What is the spread of SOL on kraken?", "Is this normal?")
    assert text.startswith("**Worse than usual**: SOL liquidity on kraken (SOL/USD)")


async def test_too_few_samples_is_said_with_the_command_that_records_more(remembering):
    text = await answer(remembering, "Is SOL liquidity on Coinbase normal?")
    command = "record more with `liquidity record SOL --exchanges coinbase --demo`"
    assert text.startswith("I could not answer that.\n\n- There are no snapshots of SOL on coinbase, and 1 is needed")
    assert command in text
    assert command in await answer(remembering, "What happened to SOL depth on coinbase?")
    assert command in await answer(remembering, "any alerts for SOL on coinbase?")


async def test_an_exchange_that_does_not_answer_now_leaves_what_is_usual(market_of, three, remembering):
    down = market_of(three(kraken=ExchangeTimeout("kraken", "no answer in 10 s")))
    market = Market(down.books, ("kraken",), "simulated", Renderer(), lambda: NOW, remembering.history, Cache())
    text = await answer(market, "Is SOL on kraken normal?")
    assert text.startswith("Whether SOL liquidity on kraken (SOL/USD) is as usual cannot be said")
    assert "- Spread usually 0.0" in text
    assert "kraken timed out (no answer in 10 s)" in text


async def test_what_happened_gives_first_last_lowest_and_highest_with_their_times_and_the_alerts(remembering, recorded):
    (run,) = await runs(remembering, "What happened to SOL depth on kraken in the last 6 hours?")
    usd = (recorded["kraken"].bid_usd + recorded["kraken"].ask_usd)[-18:, 2]
    times = [LAST - timedelta(seconds=INTERVAL_S * back) for back in range(17, -1, -1)]
    low, high = int(np.argmin(usd)), int(np.argmax(usd))
    went = f"went from ${usd[0]:,.0f} to ${usd[-1]:,.0f} (change {pct(100 * (usd[-1] / usd[0] - 1))})"
    ends = f"lowest ${usd[low]:,.0f} at {times[low]:%H:%M} UTC, highest ${usd[high]:,.0f} at {times[high]:%H:%M} UTC"
    assert run.output.startswith("SOL on kraken (SOL/USD) from 06:00 UTC to 12:00 UTC, 18 samples:\n\n")
    assert f"**Depth within 0.5% of mid {went}; {ends}.**" in run.output
    assert "\n- Spread went from" in run.output
    assert charts_of(run) == [("trend", ["kraken"])]


async def test_the_alerts_of_a_window_stand_beside_its_history(remembering):
    text = await answer(remembering, "how did the SOL spread on kraken go today?")
    assert "**Spread went from " in text
    assert "Alerts cleared in that time (“today”) on kraken:\n\n- **HIGH** 06:19 UTC to " in text
    assert "Spread widened by " in text
    for quiet in ("between 01:00 and 05:00", "in the last 2 hours"):
        text = await answer(remembering, f"how did the SOL spread on kraken go {quiet}?")
        assert "No alert on kraken in that time. Alerts are judged by 7" in text


async def test_alerts_of_a_short_time_are_judged_by_a_day_and_told_where_they_stood_within_it(remembering):
    asked = "Any alerts for SOL on kraken {}?"
    text = await answer(remembering, asked.format("in the last 2 hours"))
    assert text.startswith("**No alert stands** for kraken (SOL/USD), by 72 samples of 24 h at a threshold of 30.00%.")
    assert "cleared" not in text
    (run,) = await runs(remembering, asked.format("between 06:30 and 08:40"))
    assert run.output.startswith("**No alert stood at the end** for kraken (SOL/USD), by 71 samples of 24 h up to 08:39:00 UTC at a threshold of 30.00%.")
    assert "Alerts cleared in that time (“between 06:30 and 08:40”) on kraken:\n\n- **HIGH** 06:19 UTC to " in run.output
    stood = await answer(remembering, "what happened to SOL on kraken between 05:00 and 06:30?")
    assert "Alert on kraken that stood at its end:\n\n- **HIGH** 06:19 UTC: Spread widened by " in stood


async def test_that_the_usual_of_a_day_is_not_all_recorded_is_no_warning_of_the_shorter_time_asked_about(remembering, market, tmp_path):
    late = series(source="simulated", exchange="kraken", symbol="SOL/USD", end=LAST, spread_pct=[0.1] * 300)
    history = _history(tmp_path / "late.sqlite3")
    await history.append(snapshots(late))
    text = await answer(replace(remembering, history=history), "What happened to SOL on kraken in the last 2 hours?")
    await history.close()
    assert "Alerts are judged by 300 samples of 24 h" in text
    assert "History begins" not in text


async def test_histories_of_several_exchanges_are_a_table(remembering):
    text = await answer(remembering, "What happened to SOL depth in the last 6 hours?")
    depth, spread = text.index("**Depth, both sides, within 0.5% of mid**"), text.index("**Spread**")
    assert [text.find(f"| {exchange} ({NAMES[exchange]}) | $", depth, spread) >= 0 for exchange in NAMES] == [True, True]
    assert [text.find(f"| {exchange} ({NAMES[exchange]}) | 0.", spread) >= 0 for exchange in NAMES] == [True, True]
    assert "Samples: binance 18, kraken 18." in text
    assert "- coinbase is missing: There are no snapshots of SOL on coinbase" in text


async def test_a_past_day_is_dated_and_so_is_its_source(remembering):
    found = await ask(RULES, remembering, "SOL on kraken yesterday")
    assert found.text.startswith("SOL on kraken (SOL/USD) from 2026-08-08 00:00 UTC to 00:00 UTC, 72 samples:")
    assert "at 2026-08-08 " in found.text
    assert found.text.splitlines()[-1] == "Source: kraken SOL/USD at 2026-08-08 23:59:00 UTC, simulated (not live)."


async def test_alerts_that_stand_say_what_to_do_and_what_was_checked(remembering, recorded):
    wide = series(source="simulated", exchange="kraken", symbol="SOL/USD", end=NOON - timedelta(seconds=30), spread_pct=[0.15], depth_usd=1e6)
    await remembering.history.append(snapshots(wide))
    (run,) = await runs(remembering, "Any alerts for SOL on kraken?")
    assert run.output.startswith("**Alert** for kraken (SOL/USD), by 73 samples of 24 h at a threshold of 30.00%:\n\n- **")
    assert "Spread widened by " in run.output
    assert "| Figure | Now | Usual | Deviation | Outcome |\n| --- | --- | --- | --- | --- |\n| spread | 0.100% | 0.0" in run.output
    assert charts_of(run) == [("alerts", ["kraken"])]


async def test_without_an_asset_the_alerts_are_those_of_every_recorded_market(remembering):
    eth = series(source="simulated", symbol="ETH/USD", end=LAST, depth_usd=[1e6] * 100 + [4e5] * 50)
    await remembering.history.append(snapshots(eth))
    await remembering.history.store_alerts(backtest(eth))
    await remembering.history.append(
        snapshots(series(source="simulated", exchange="okx", symbol="BTC/USDT", end=NOON - timedelta(hours=3), spread_pct=[0.1] * 60))
    )
    found = await ask(RULES, remembering, "Any alerts?")
    assert found.text == (
        "1 alert stands on 1 of 4 recorded markets, 1 of which nobody has looked at lately (24 h to 2026-08-09 12:00 UTC, times in UTC):\n\n"
        "- HIGH depth drop on kraken ETH/USD, stands (since Aug 9, 11:11): Depth within 5% dropped by 60.0% (current: $400,000, baseline: $1.00 million)."
        " Reduce the order, or split it over time or exchanges; work out its market impact first.\n\n"
        "No alert that cleared in that time is stored.\n\n"
        "Recorded, and no alert stands: binance SOL/USDT; kraken SOL/USD.\n\n"
        "3 of 4 markets recorded until now, last looked at Aug 9, 11:59. Nobody has looked lately at okx BTC/USDT (last Aug 9, 09:00).\n\n"
        "Recorded for a part of that time only: kraken ETH/USD (10% of it), okx BTC/USDT (4% of it).\n\n"
        "Source: binance, kraken, okx at 11:59:00 UTC, simulated (not live)."
    )
    assert [(chart.kind, chart.exchanges) for chart in found.charts] == [("alerts", ["binance", "kraken", "okx"])]


async def test_alerts_on_one_exchange_are_those_of_its_recorded_markets(remembering):
    text = await answer(remembering, "any alerts on binance?")
    assert text.startswith("No alert stands on 1 recorded market (24 h to 2026-08-09 12:00 UTC, times in UTC).")
    assert "Recorded, and no alert stands: binance SOL/USDT." in text


async def test_the_board_of_a_time_that_is_over_ends_with_it(remembering):
    text = await answer(remembering, "What were the alerts yesterday?")
    assert text.startswith("No alert stood at the end on 2 recorded markets (24 h to 2026-08-09 00:00 UTC, times in UTC).")
    assert "2 of 2 markets recorded until then, last looked at Aug 8, 23:59." in text


async def test_where_a_threshold_was_named_it_is_said_that_the_board_shows_alerts_as_they_were_raised(remembering):
    note = "Alerts are shown as they were raised; to check at a threshold of your own, name the asset."
    assert note in await answer(remembering, "any alerts at 10%?")
    assert note not in await answer(remembering, "any alerts?")


async def test_an_asset_spoken_of_before_is_the_one_whose_alerts_are_asked_about(remembering):
    (_, run) = await runs(remembering, "any alerts for SOL on kraken?", "any alerts?")
    assert "for kraken (SOL/USD), by 72 samples of 24 h at a threshold of 30.00%" in run.output


async def test_all_markets_are_all_of_them_whichever_was_spoken_of_before(remembering):
    (_, run) = await runs(remembering, "is SOL liquidity on kraken worse than usual?", "Any alerts on all markets?")
    assert " on 2 recorded markets (24 h to " in run.output


async def test_alerts_of_one_kind_are_not_picked_out_and_that_is_said(remembering):
    for asked in ("any spread alerts for SOL on kraken?", "any spread alerts?"):
        (run,) = await runs(remembering, asked)
        assert "These are alerts of every kind, not of spread alone." in run.output
    (_, run) = await runs(remembering, "is the SOL spread on kraken normal?", "any alerts?")
    assert "of every kind" not in run.output


async def test_the_figure_asked_after_comes_first(remembering):
    for figure in ("Imbalance", "Depth", "Spread"):
        (run,) = await runs(remembering, f"is the SOL {figure.lower()} on kraken normal?")
        assert re.search(r"^- (\w+)", run.output, re.MULTILINE)[1] == figure


async def test_where_nothing_is_recorded_any_alerts_is_answered_with_the_command_that_records(market, tmp_path):
    empty = replace(market, history=_history(tmp_path / "empty.sqlite3"))
    assert await answer(empty, "Any alerts?") == (
        "No market is recorded, so nobody has watched for alerts: record some with `liquidity record BTC ETH --exchanges binance,coinbase,kraken --demo`."
    )
    await empty.history.close()


async def test_a_rule_is_told_as_stored_with_its_state_and_how_often_it_would_have_fired(remembering):
    added, listed, removed, empty = [
        run.output
        for run in await runs(remembering, "Tell me when the SOL spread on Kraken passes 10 bps", "list my alerts", "remove that rule", "list my rules")
    ]
    assert added.startswith("`SOL spread on kraken > 10 bps` is stored as spread-")
    assert "`SOL spread on kraken > 10 bps` is **quiet**: spread stands at " in added
    assert re.search(r"Over the last \d+ h it would have fired \d+ times?, last at 06:19 UTC\.", added)
    assert "| SOL spread on kraken > 10 bps | quiet | " in listed
    assert " | 1 | 06:19 UTC | spread-" in listed
    assert removed.startswith("`SOL spread on kraken > 10 bps` is removed.")
    assert empty.startswith("No rules are stored")


async def test_a_rule_whose_condition_holds_is_told_so_and_since_when(remembering):
    text = await answer(remembering, "Tell me when the SOL price on Kraken passes 1 dollar")
    assert (
        "`SOL price on kraken > 1` is **beyond** (its condition holds, and an alert takes two looks in a row): price stands at 100.00 at 11:59:00 UTC." in text
    )
    assert " Its condition held in all that it was tried on." in text


async def test_when_what_is_stored_begins_is_said_of_a_rule_only_where_a_notable_part_of_the_tested_time_is_not(remembering, market, tmp_path):
    rule = "Tell me when the SOL spread on Kraken passes 90 bps"
    assert re.search(r"Over the last \d+ h it would not have fired\.\n", await answer(remembering, rule))
    history = _history(tmp_path / "late.sqlite3")
    await history.append(snapshots(series(source="simulated", exchange="kraken", symbol="SOL/USD", end=LAST, spread_pct=[0.1] * 300)))
    late = await answer(replace(remembering, history=history), rule)
    await history.close()
    assert " h it would not have fired. It was tried on what is stored since 07:00 UTC." in late


async def test_a_rule_that_was_stored_already_is_the_one_that_is_told(remembering):
    passes = "Tell me when the SOL spread on Kraken passes 10 bps"
    again = await answer(remembering, passes, "Tell me when the SOL depth on Kraken falls below $1k", passes)
    assert again.startswith("`SOL spread on kraken > 10 bps` was stored already")
    assert "`SOL spread on kraken > 10 bps` is **quiet**" in again


async def test_a_rule_that_cannot_be_kept_is_refused_in_the_tool_s_words(remembering):
    assert "kraken does not list ETH" in await answer(remembering, "alert me when the ETH spread on kraken passes 5 bps")
    assert "'5' is no spread" in await answer(remembering, "alert me when the SOL spread on kraken passes 5")


async def test_which_rule_is_to_go_is_asked_by_its_id(remembering):
    text = await answer(remembering, *ADDED, "help")
    assert "Ask me about liquidity" in text
    asked = await answer(remembering, "delete the spread rule")
    rule_id = asked.partition("“remove rule ")[2].partition("”")[0]
    assert asked.startswith("Which one? Say for example “remove rule spread-")
    assert asked.count("| spread-") + asked.count(" | depth-") == 2
    assert "is removed." in await answer(remembering, f"remove rule {rule_id}")


ADDED = tuple(f"alert me when the SOL {one}" for one in ("spread on kraken passes 10 bps", "spread on binance passes 10 bps", "depth on kraken is below $1k"))


@pytest.mark.parametrize(
    ("said", "removed"),
    [
        ("remove the SOL depth rule", ["SOL depth within 1% on kraken < $1,000"]),
        ("delete the binance rule", ["SOL spread on binance > 10 bps"]),
        ("drop the spread rule on kraken", ["SOL spread on kraken > 10 bps"]),
        ("delete all my rules", ["SOL spread on kraken > 10 bps", "SOL spread on binance > 10 bps", "SOL depth within 1% on kraken < $1,000"]),
        ("remove all spread rules", ["SOL spread on kraken > 10 bps", "SOL spread on binance > 10 bps"]),
    ],
)
async def test_the_one_rule_that_can_be_meant_is_removed_and_all_where_all_are(remembering, said, removed):
    await answer(remembering, *ADDED)
    text = await answer(remembering, said)
    assert sorted(re.findall(r"^`(.+)` is removed\.$", text, re.MULTILINE)) == sorted(removed)
    kept = sorted(one.rule.text for one in await remembering.history.rules())
    assert sorted(re.findall(r"^\| (SOL [^|]+) \|", text, re.MULTILINE)) == kept
    assert len(kept) == 3 - len(removed)


async def test_a_rule_of_another_market_is_removed_though_the_conversation_is_about_one(remembering):
    removed = await answer(remembering, *ADDED[:2], "remove the kraken spread rule")
    assert removed.startswith("`SOL spread on kraken > 10 bps` is removed.")


async def test_after_a_removal_the_rules_that_are_left_are_told_without_a_trial_that_was_not_made(remembering):
    listed, removed = [run.output for run in await runs(remembering, *ADDED, "list my rules", "remove the SOL depth rule")][-2:]
    assert re.search(r"^\| Rule \| State \| Now \| Would have fired in \d+ h \| Last \| Id \|$", listed, re.MULTILINE)
    assert "| Rule | State | Now | Id |" in removed
    assert len(re.findall(r"^\| SOL spread on \w+ > 10 bps \| quiet \| [^|]+ \| spread-\w+ \|$", removed, re.MULTILINE)) == 2


async def test_after_a_removal_another_rule_can_be_named(remembering):
    text = await answer(remembering, *ADDED[:2], "remove it", "remove the SOL rule")
    assert text.startswith("`SOL spread on kraken > 10 bps` is removed.")
    assert await remembering.history.rules() == []


async def test_what_no_stored_rule_can_be_is_said_and_none_is_removed(remembering):
    text = await answer(remembering, *ADDED, "remove the BTC price rule")
    assert re.match(r"No stored rule is such a one\. Which one is it\? Say for example “remove rule (spread|depth)-", text)
    assert len(await remembering.history.rules()) == 3
    assert (await answer(remembering, "remove all ETH rules")).startswith("No stored rule is such a one.")


async def test_a_snapshot_is_stored_and_told(remembering):
    text = await answer(remembering, "Take a snapshot of SOL on kraken")
    assert text.startswith("Stored a snapshot of SOL/USD on kraken at 12:00 UTC: bid 99.95 USD, ask 100.05 USD, **spread 0.100%**; within 1% of mid at least")
    newest = await remembering.history.latest("kraken", "SOL/USD", NOW)
    assert newest is not None
    assert newest.best_bid == 99.95


async def test_the_heatmap_over_time_is_told_in_its_own_words(remembering):
    await answer(remembering, "take a snapshot of SOL on kraken")
    found = await ask(RULES, remembering, "show the heatmap of SOL on kraken over the last 6 hours")
    assert [(run.tool, run.arguments) for run in found.tools] == [("liquidity_heatmap", {"symbol": "SOL", "exchange": "kraken", "hours": 6.0})]
    assert found.charts[0].summary in found.text


async def test_a_source_names_the_market_of_the_rule_just_added_and_of_a_list_all_of_them(remembering):
    asked = ("list my rules", "alert me when the SOL spread on kraken passes 10 bps", "alert me when the SOL spread on binance passes 10 bps", "list my rules")
    assert [provenance(facts_of(run.new_messages())) for run in await runs(remembering, *asked)] == [
        "",
        "Source: kraken SOL at 11:59:00 UTC, simulated (not live).",
        "Source: binance SOL at 11:59:00 UTC, simulated (not live).",
        "Source: kraken SOL, binance SOL at 11:59:00 UTC, simulated (not live).",
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Your **Kraken** rule on Sol is quiet.", "kraken SOL"),
        ("Both are quiet.", "kraken SOL, binance SOL"),
        ("Your rule on Bitcoin is quiet.", "kraken SOL, binance SOL"),
        ("`SOL spread on Binance > 10 bps` is quiet.", "binance SOL"),
    ],
)
async def test_a_source_names_the_rules_told_of_in_whatever_case_and_all_where_none_is(remembering, text, named):
    *_, listed = await runs(remembering, *ADDED[:2], "list my rules")
    assert provenance(facts_of(listed.new_messages()), text) == f"Source: {named} at 11:59:00 UTC, simulated (not live)."
