"""Slips of one letter and short forms are read as what they stand for; words that only look like one are left."""

import pytest

from agent.rules.spelling import mended


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("is the btc spred wider than usaul", "is the btc spread wider than usual"),
        ("liqudity liquidty liquidiity liqidity", "liquidity liquidity liquidity liquidity"),
        ("wat happend to sol depht yesteday", "what happened to sol depth yesterday"),
        ("alrets on the heatmp", "alerts on the heatmap"),
        ("btc liq ok rn vs yday?", "btc liquidity ok right now vs yesterday?"),
        ("Forcast of the Spreda", "forecast of the spread"),
    ],
)
def test_a_slip_in_a_word_of_the_trade_is_mended(typed, meant):
    assert mended(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "is the wide spread of today the worst change",
        "rule alerts alerted usually normally spreads averages",
        "SPRED/USDT or $spred on DEPHT",
        "alter outrage media tighten deepen",
        "spred.com de-pth 12spred",
        "on krakn and binanc",
    ],
)
def test_what_is_a_word_or_may_be_a_name_stays(text):
    assert mended(text) == text
