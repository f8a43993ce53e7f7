"""What a question about the past asks for by name is said first, with the tools' own numbers, and an answer says what it took or could not take."""

from datetime import timedelta

import numpy as np
import pytest
from asking import answer
from make_alerts import alert
from make_books import NOON
from make_snapshots import misses, series, snapshots

from agent import RULES_LABEL, ChosenModel, ask, rules_model
from agent.assistant import LIMITS
from agent.rules.over_time import MOST_EXCHANGES
from agent.rules.several import MOST_ASSETS
from tools.cache import Cache
from tools.capabilities.rules import TESTED_HOURS
from tools.charts.render import Renderer
from tools.history import History
from tools.market import Market

RULES = ChosenModel(rules_model(), RULES_LABEL, None)
NOW = NOON + timedelta(seconds=1)
MINUTES = np.arange(-1_435, 5, 5)
"""A day of five minutes each up to noon."""
SPREAD = 0.05 + 0.0001 * np.abs(MINUTES + 300)
"""Narrowest at 07:00, widest first of all."""
COMPLETE = np.array([True, True, True, False, False, False])


def _recorded(symbol="SOL/USD", at=MINUTES, **more):
    """Depth grows all day; the widest band that every look covers is that of 0.5 %."""
    spread, depth = SPREAD[np.isin(MINUTES, at)], 1e6 + 100.0 * at
    times = (60.0 * at).tolist()
    return series(source="simulated", exchange="kraken", symbol=symbol, end=NOON, times_s=times, spread_pct=spread, depth_usd=depth, complete=COMPLETE, **more)


DEPTH = (_recorded().bid_usd + _recorded().ask_usd)[:, 2]


@pytest.fixture
async def remembering(market, tmp_path):
    history = History(f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}", "simulated", now=lambda: NOW)
    await history.append(snapshots(_recorded()))
    yield Market(market.books, market.exchanges, "simulated", Renderer(), lambda: NOW, history, Cache())
    await history.close()


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("what was the widest SOL spread on kraken today and when?", "Spread on kraken (SOL/USD) was **highest at 00:05 UTC: "),
        ("when was the SOL spread on kraken tightest today?", "Spread on kraken (SOL/USD) was **lowest at 07:00 UTC: "),
        ("when was SOL liquidity on kraken best in the last 6 hours?", "Depth within 0.5% of mid on kraken (SOL/USD) was **highest at 12:00 UTC: "),
        ("what's the tightest SOL spread on kraken today?", "Spread on kraken (SOL/USD) was **lowest at 07:00 UTC: "),
        ("lowest SOL depth on kraken in the last 6 hours", "Depth within 0.5% of mid on kraken (SOL/USD) was **lowest at 06:05 UTC: "),
        ("highest SOL price on kraken in the last 6 hours", "Mid price on kraken (SOL/USD) was **highest at "),
    ],
)
async def test_an_extreme_that_is_asked_for_is_said_first_with_its_time(remembering, question, first):
    assert (await answer(remembering, question)).startswith(first)


async def test_an_average_that_is_asked_for_is_said_first(remembering):
    text = await answer(remembering, "whats the average SOL spread on kraken over the last 30 days")
    assert text.startswith(f"Spread on kraken (SOL/USD) averaged **{SPREAD.mean():.3g}%** over 720 h, now 0.1")
    text = await answer(remembering, "how does current SOL depth on kraken compare to the 24h average?")
    assert text.startswith(f"Depth within 0.5% of mid on kraken (SOL/USD) averaged **${DEPTH.mean():,.0f}** over 24 h, now ")


async def test_one_moment_is_answered_by_the_last_look_up_to_it_alone(remembering):
    text = await answer(remembering, "what was SOL depth on kraken at 10:02?")
    at_ten = f"${DEPTH[MINUTES == -120][0]:,.0f}"
    assert text.startswith(f"The last look up to 10:02 UTC:\n\n- kraken (SOL/USD) at 10:00:00 UTC: depth within 0.5% of mid **{at_ten}**, spread 0.0")
    assert "lowest" not in text
    assert "- kraken (SOL/USD) at 09:00:00 UTC: spread **0.0" in await answer(remembering, "how was the SOL spread on kraken 3 hours ago")


async def test_whether_a_moment_was_as_usual_is_answered_at_that_moment(remembering):
    text = await answer(remembering, "Was SOL depth on kraken worse than usual at 10:02?")
    assert text.startswith("**Usual**: SOL liquidity on kraken (SOL/USD), compared with 264 samples over 24 h up to 10:02 UTC.")
    stretch = await answer(remembering, "Was SOL depth on kraken unusual between 09:00 and 10:02?")
    assert stretch.startswith("**Usual**: SOL liquidity on kraken (SOL/USD), compared with 264 samples over 24 h up to 10:02 UTC.")


async def test_now_is_set_against_the_same_time_of_before(remembering):
    text = await answer(remembering, "how does SOL liquidity on kraken now compare with 3 hours ago")
    then, now = DEPTH[MINUTES == -175][0], DEPTH[-1]
    assert text.startswith("kraken (SOL/USD) since 09:00 UTC: spread **0.06")
    assert f"depth within 0.5% of mid **${then:,.0f}** then, **${now:,.0f}** now (change {100 * (now / then - 1):.2f}%)." in text
    before = await answer(remembering, "how does SOL liquidity on kraken now compare with the same time last week?")
    assert before.startswith("kraken (SOL/USD) since 2026-08-08 12:00 UTC (nothing is stored of 2026-08-02 12:00 UTC): ")


async def test_what_history_lacks_of_the_past_is_said_in_one_sentence_without_a_way_out_that_is_none(remembering):
    for question in ("how was the SOL spread on kraken at 12:00 on Friday", "SOL depth on kraken on Friday"):
        text = await answer(remembering, question)
        assert text.startswith("I could not answer that.\n\n- There are no snapshots of SOL on kraken in the 24 h up to 2026-08-")
        assert text.endswith(" UTC, and recording cannot fill the past.")
        assert text.count("\n- ") == 1


async def test_a_window_longer_than_can_be_looked_back_is_answered_by_the_longest_and_says_so(remembering):
    text = await answer(remembering, "SOL spread on kraken over the last 10 years")
    assert text.startswith("I look back 90 days at most, so “last 10 years” is answered by those.\n\nSOL on kraken (SOL/USD) from 2026-05-11 12:00 UTC")


async def test_words_that_are_not_used_are_said_before_the_answer(remembering):
    text = await answer(remembering, "Is SOL liquidity within 2% on kraken worse than usual at weekends?")
    assert text.startswith("I did not use: “2%”, “weekends”.\n\n**")


@pytest.mark.parametrize("question", ["was there an outage on kraken today for SOL?", "was SOL on kraken offline today?"])
async def test_whether_there_was_an_outage_is_answered_with_yes_or_no(remembering, tmp_path, question):
    assert (await answer(remembering, question)).startswith("**No outage** is known of kraken (SOL/USD) in that time (“today”).")
    away = [-120, -115, -110]
    failed = _recorded(at=MINUTES[~np.isin(MINUTES, away)], failed_s=[60.0 * one for one in away])
    other = History(f"sqlite+aiosqlite:///{tmp_path / 'other.sqlite3'}", "simulated", now=lambda: NOW)
    await other.append(snapshots(failed), misses(failed))
    text = await answer(Market(remembering.books, ("kraken",), "simulated", Renderer(), lambda: NOW, other, Cache()), question)
    await other.close()
    assert text.startswith("**There was an outage**, looks in a row without a valid book:\n\n- kraken (SOL/USD) from 10:05 UTC to 10:")


async def test_without_an_asset_an_outage_is_looked_for_in_every_recorded_market(remembering):
    away = {"alert_type": "VENUE_OUTAGE", "unit": "count", "current_value": 3.0, "message": "No valid book in 3 looks in a row"}
    over = {"state": "cleared", "cleared_at": NOON - timedelta(minutes=100)}
    question = "did kraken go down today?"
    assert (await answer(remembering, question)).startswith("**No outage** is known of the recorded markets.\n\n")
    await remembering.history.store_alerts([alert(after_s=-7_200, symbol="SOL/USD", source="simulated", **away, **over)])
    was = "**There was an outage**, looks in a row without a valid book (times in UTC):\n\n- kraken SOL/USD: Aug 9, 10:00 to Aug 9, 10:20, No valid book in 3 looks in a row"
    assert (await answer(remembering, question)).startswith(was)
    for question in ("is kraken up?", "was kraken up today?", "is kraken working"):
        assert (await answer(remembering, question)).startswith(was)


async def test_the_exchange_with_the_tightest_spread_of_a_time_comes_first(remembering):
    tighter = series(source="simulated", exchange="coinbase", symbol="SOL/USD", end=NOON, interval_s=300, spread_pct=SPREAD / 2)
    await remembering.history.append(snapshots(tighter))
    text = await answer(remembering, "which exchange had the tightest SOL spread in the last 6 hours?")
    assert text.startswith("- Spread on coinbase (SOL/USD) was **lowest at 07:00 UTC: 0.025%**.\n- Spread on kraken (SOL/USD) was **lowest at 07:00 UTC: 0.05")


async def test_why_a_verdict_was_given_is_told_by_the_figures_it_goes_by(remembering):
    text = await answer(remembering, "is SOL on kraken worse than usual?", "why?")
    assert text.startswith("kraken (SOL/USD): the spread is **0.100%**, its median ")
    assert "What moved the market is not in its books." in text
    assert (await answer(remembering, "any alerts for SOL on kraken?", "why?")).startswith("I only read order books: they show what happened, not why.")


async def test_a_follow_up_asks_when_it_was_lowest(remembering):
    low = "Depth within 0.5% of mid on kraken (SOL/USD) was **lowest at 06:05 UTC: "
    assert (await answer(remembering, "SOL heatmap on kraken over the last 6 hours", "when was it lowest?")).startswith(low)
    assert (await answer(remembering, "SOL depth on kraken over the last 6 hours", "when was it lowest?")).startswith(low)


async def test_several_assets_are_answered_one_after_the_other(remembering):
    await remembering.history.append(snapshots(_recorded(symbol="ETH/USD")))
    text = await answer(remembering, "What happened to SOL and ETH liquidity on kraken in the last 6 hours?")
    assert text.startswith("**SOL**\n\nSOL on kraken (SOL/USD) from 06:00 UTC to 12:00 UTC, 72 samples:")
    assert "\n\n**ETH**\n\nETH on kraken (ETH/USD) from 06:00 UTC to 12:00 UTC, 72 samples:" in text
    assert (await answer(remembering, "Are SOL and ETH liquidity on kraken worse than usual?")).startswith("**SOL**\n\n**")


def test_the_most_assets_on_the_most_exchanges_stay_within_what_a_question_may_cost():
    assert LIMITS.tool_calls_limit >= MOST_ASSETS * MOST_EXCHANGES * 3


RULE = "tell me when the SOL spread on kraken passes 7 bps"


async def test_when_a_rule_would_have_fired_is_told_by_what_the_tool_tried_and_the_command_that_gives_every_time(remembering):
    text = await answer(remembering, RULE, "when would that rule have fired in the last 24 hours?")
    command = 'liquidity alerts backtest SOL --exchange kraken --rule "SOL spread on kraken > {} bps" --hours {} --demo'
    told = f"`SOL spread on kraken > 7 bps` **would have fired 2 times** over at most the last {TESTED_HOURS} h, last at 10:30 UTC."
    assert text == f"{told}\n\nFor each time, and how long, run `{command.format(7, 24)}`."
    calm = await answer(remembering, "tell me when the SOL spread on kraken passes 90 bps", "would it have fired yesterday?")
    assert calm.startswith(f"`SOL spread on kraken > 90 bps` **would not have fired** over at most the last {TESTED_HOURS} h.")
    not_stored = "`SOL spread on kraken > 20 bps` is not among your stored rules, and only those are tried here."
    unknown = await answer(remembering, "would SOL spread on kraken > 20 bps have fired yesterday?")
    assert unknown.startswith(f"{not_stored}\n\nFor each time, and how long, run `{command.format(20, 36)}`.")


async def test_whether_a_rule_that_is_not_stored_would_have_fired_is_told_without_a_word_of_other_rules(remembering):
    await answer(remembering, RULE)
    found = await ask(RULES, remembering, "Would ETH depth on coinbase below 20m have fired last week?")
    rule = "ETH depth within 1% on coinbase < $20,000,000"
    assert found.text == (
        f"`{rule}` is not among your stored rules, and only those are tried here.\n\nFor each time, and how long, run"
        f' `liquidity alerts backtest ETH --exchange coinbase --rule "{rule}" --hours 168 --demo`.'
    )


async def test_a_rule_that_is_added_warns_of_its_own_market_alone(remembering):
    await answer(remembering, "tell me when the SOL spread on binance passes 7 bps")
    found = await ask(RULES, remembering, RULE)
    assert found.text.count("No recorder watches ") == 1
    assert "- No recorder watches SOL on kraken, so nobody would be told: " in found.text
    assert found.text.endswith("Source: kraken SOL at 12:00:00 UTC, simulated (not live).")


async def test_when_the_stored_rules_would_have_fired_is_their_table_and_the_command(remembering):
    await answer(remembering, RULE)
    text = await answer(remembering, "when would the rule have fired in the last 24 hours?")
    assert "| SOL spread on kraken > 7 bps | " in text
    assert 'run `liquidity alerts backtest SOL --exchange kraken --rule "SOL spread on kraken > 7 bps" --hours 24 --demo`.' in text


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ("tell me when the SOL spread passes 5 bps", ["You named no exchange, so the rule is for binance, the first configured."]),
        (
            "SOL depth on binance < 15m",
            ["You named no distance from mid, so it is the usual one, which the rule names.", "You named no side, so bids and asks count together"],
        ),
    ],
)
async def test_a_rule_says_what_it_takes_where_the_asker_left_it_open(remembering, asked, taken):
    text = (await ask(RULES, remembering, asked)).text
    assert [one in text for one in taken] == [True] * len(taken)
    whole = await answer(remembering, "tell me when bid depth of SOL within 1% on kraken is below $2m")
    assert "You named no" not in whole
