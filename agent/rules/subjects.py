"""What a question is about, told by its words: tables of patterns, the first that fits wins."""

import re
from typing import Literal

from tools.analytics.impact import TakerSide

from .intent import AllOf, Subject
from .scanning import patterns

SUBJECTS: tuple[tuple[Subject, re.Pattern[str]], ...] = patterns(
    {
        "walls": (
            r"\bwalls?\b",
            r"\bheat ?maps?\b",
            r"\bsupport\b",
            r"\bresistance\b",
            r"\bwhales?\b",
            r"\bclusters?\b",
            r"\b(big|large|huge|bigger|larger|biggest|largest) (buy |sell |limit |resting )*(orders?|bids?|asks?|levels?|buyers?|sellers?|offers?)\b",
            r"\bwhere\b.*\b(sits?|sitting|stands?|resting|rests?|stacked|concentrated|piled)\b",
        ),
        "arbitrage": (
            r"\barb(itrage|s)?\b",
            r"\bprice (gap|discrepanc\w+)s?\b",
        ),
        "cheapest": (
            r"\bcheap(er|est|ly|)\b",
            r"\bbest (place|venue|exchange|execution|fill)\b",
            r"\blowest (all-?in |total |trading |overall )*(cost|costs|fees?|slippage|price|impact)\b",
            r"\bleast (expensive|costly|slippage|impact)\b",
            r"\bmost (cost.)?(efficient|effective)\b",
            r"\bwhere\b.*\b(buy|sell|execute|trade|unload|exit|dump|go|fill)\b",
            r"\b(which|what) (exchange|venue|market|place|one)\b.*\b(buy|buying|sell|selling|cost|costs|fills?|execut\w*|slippage)\b",
            r"\bbest price\b.*\b(buy|sell|buying|selling|to|for)\b",
        ),
        "impact": (
            r"\bslip\w*",
            r"\bimpact\w*",
            r"\bcost(s|ing|ly)?\b",
            r"\bfill(s|ed)?\b",
            r"\baverage (price|fill|execution)\b",
            r"\bpay(ing)?\b",
            r"\bmov(e|es|ing) (the )?(market|price|book|it)\b",
            r"\bsweep\w*",
            r"\b(market|taker)[ -](buy|sell|order|orders|buying|selling)\b",
            r"\bunload\w*",
            r"\bdump\w*",
            r"\boffload\w*",
            r"\bliquidat(e|ing)\b",
            r"\bunwind\w*",
            r"\bexit(ing)?\b",
            r"\bget out of\b",
            r"\bfees?\b",
            r"\bproceeds\b",
            r"\bwould (i|we) (get|receive|lose)\b",
            r"\bhow expensive\b",
            r"\bswap(ping)?\b",
            r"\bconvert(ing)?\b",
        ),
        "compare": (
            r"\bcompar\w*",
            r"\bversus\b",
            r"\bvs\b",
            r"\bside by side\b",
            r"\bdifferences?\b",
            r"\b(tightest|narrowest|widest|deepest)\b",
            r"\bmost liquid\b",
            r"\bbest (bids?|asks?|offers?|spreads?|liquidity|prices?)\b",
            r"\bbetter\b",
            r"\b(which|what) (exchange|venue)s?\b",
            r"\bacross\b",
            r"\boverview\b",
        ),
        "depth": (
            r"\bdepth\b",
            r"\bdeep(er)?\b",
            r"\bthick(er|ness)?\b",
            r"\bthin(ner)?\b",
            r"\b(il)?liquid(ity)?\b",
            r"\bhow much (is|can|stands|sits)\b",
        ),
        "book": (
            r"\border ?books?\b",
            r"\bbooks?\b",
            r"\bprice levels?\b",
            r"\blevels\b",
            r"\bl2\b",
            r"\bladder\b",
            r"\btop of (the )?book\b",
            r"\bdom\b",
        ),
        "quote": (
            r"\bspreads?\b",
            r"\bpric(e|es|ed|ing)\b",
            r"\bquot(e|es|ed)\b",
            r"\bmid\b",
            r"\bmid-?price\b",
            r"\bbids?\b",
            r"\basks?\b",
            r"\boffer(s|ed)?\b",
            r"\btrading at\b",
            r"\bworth\b",
            r"\bhow much is\b",
            r"\bbbo\b",
        ),
        "chart": (
            r"\bcharts?\b",
            r"\bplot\w*",
            r"\bgraphs?\b",
            r"\bdraw\b",
            r"\bpictures?\b",
            r"\bvisuali[sz]e\b",
        ),
    }
)

SIDES: tuple[tuple[TakerSide, re.Pattern[str]], ...] = patterns(
    {
        "buy": (
            r"\b(buy|buys|buying|bought|purchas\w+|acquir\w+|accumulat\w+)\b",
            r"\bget into\b",
            r"\blift(ing)? the (ask|offer)s?\b",
        ),
        "sell": (
            r"\b(sell|sells|selling|sold|sale|exit(ing)?|unload\w*|dump\w*|offload\w*|liquidat(e|ing)|unwind\w*|dispos\w+|proceeds)\b",
            r"\bget out of\b",
            r"\bhit(ting)? the bids?\b",
        ),
    }
)

UNITS: tuple[tuple[Literal["usd", "base"], re.Pattern[str]], ...] = patterns(
    {
        "usd": (r"^\W*(in |i mean )?(us )?(dollars?|usd|\$|bucks)\W*$",),
        "base": (r"^\W*(in |i mean )?(units|coins|tokens|base)\W*$",),
    }
)

_EVERY = r"\b(?:all|every|each|any) (?:of )?(?:the |my |your )?(?:other |recorded |watched )?"
_MARKETS = rf"{_EVERY}markets?\b(?! (?:order|buy|sell|impact))|\b(?:everywhere|anywhere)\b|\bacross the board\b"
EVERYWHERE = re.compile(rf"{_EVERY}(?:exchanges?|venues?)\b|{_MARKETS}|\bacross (?:exchanges|venues)\b", re.IGNORECASE)
ALL: tuple[tuple[AllOf, re.Pattern[str]], ...] = patterns(
    {"assets": (rf"{_EVERY}(?:assets?|coins?|tokens?|symbols?|pairs?|tickers?|cryptos?)\b", r"\beverything\b"), "markets": (_MARKETS,)}
)
FEES = re.compile(
    r"\b(without|excluding|exclude|ex|before|ignoring|no|zero)\s+(the |any |taker |trading )*fees?\b"
    r"|\b\d+(\.\d+)?\s?(%|percent|per cent|pct|bps?|basis points?)\s+(taker |trading )?fees?\b"
    r"|\bfees?\s+(of|at)\s+\d+(\.\d+)?\s?(%|percent|per cent|pct|bps?|basis points?)(?!\w)",
    re.IGNORECASE,
)
"""Fees of the asker's own, or none."""
ADDS = re.compile(r"\bcompared? (it |that |this )?(with|to)\b|\bvs\b|\bversus\b|\bagainst\b|\btoo\b|\bas well\b|\balso\b|\badd\b|\binclud\w+", re.IGNORECASE)
CONTINUES = re.compile(r"^\W*(and|or|but|so|then|also|plus|now|ok(ay)?|what about|how about|what if|same|instead|try|make it|with)\b", re.IGNORECASE)
