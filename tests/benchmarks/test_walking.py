"""A market order's walk through 5,000 levels beside the bare numpy operations that it needs."""

from statistics import median
from timeit import repeat

import numpy as np
from measuring import report

from tools.analytics.impact import walk
from tools.book import Levels

PRICES = np.linspace(65_000, 66_000, 5_000)
SIZES = np.random.default_rng(7).exponential(0.2, 5_000)
NOTIONAL = float((PRICES * SIZES).sum() / 2)


def seconds(work, number):
    return median(repeat(work, number=number, repeat=15)) / number


def test_the_first_walk_of_a_book():
    def bare():
        quote = np.cumsum(PRICES * SIZES)
        base = np.cumsum(SIZES)
        index = np.searchsorted(quote, NOTIONAL)
        return base[index - 1] + (NOTIONAL - quote[index - 1]) / PRICES[index]

    report(
        "the first walk of 5,000 levels beside cumsum and searchsorted",
        seconds(lambda: walk(Levels(PRICES, SIZES, all_sent=False), quote=NOTIONAL), 200),
        seconds(bare, 200),
    )


def test_every_further_walk_of_the_same_book():
    side = Levels(PRICES, SIZES, all_sent=False)
    walk(side, quote=NOTIONAL)
    quote, base = side.cumulative_quote, side.cumulative_base

    def bare():
        index = np.searchsorted(quote, NOTIONAL)
        return base[index - 1] + (NOTIONAL - quote[index - 1]) / PRICES[index]

    report("a further walk of the same 5,000 levels beside searchsorted", seconds(lambda: walk(side, quote=NOTIONAL), 5_000), seconds(bare, 5_000))
