"""Errors say who failed, why, and what to do, and nothing from outside reaches a reader raw."""

import inspect
import re
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools import errors
from tools.errors import LiquidityError, outside_rule, outside_text

KINDS = {
    "ChartUnavailable": "chart_unavailable",
    "CrossedBook": "crossed_book",
    "EmptyBook": "empty_book",
    "ExchangeError": "exchange_error",
    "ExchangeTimeout": "timed_out",
    "ExchangeUnavailable": "unavailable",
    "HistoryUnavailable": "history_unavailable",
    "ImplausiblePrice": "implausible_price",
    "InsufficientHistory": "insufficient_history",
    "InvalidArgument": "invalid_argument",
    "LiquidityError": "error",
    "ListedNowhere": "listed_nowhere",
    "MislabelledSource": "mislabelled_source",
    "NoConnection": "no_connection",
    "NoNetwork": "no_network",
    "NoUsableExchange": "no_usable_exchange",
    "NoUsdRate": "no_usd_rate",
    "NotConfigured": "not_configured",
    "NotReadable": "not_readable",
    "NotStorable": "not_storable",
    "NothingRecorded": "nothing_recorded",
    "RateLimited": "rate_limited",
    "RegionBlocked": "blocked",
    "StaleBook": "stale_book",
    "UnknownExchange": "unknown_exchange",
    "UnknownSymbol": "unknown_symbol",
    "UnknownTool": "unknown_tool",
    "UnreadableResponse": "unreadable",
}
TREE = {name: found for name, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, LiquidityError)}


def test_programs_can_rely_on_each_error_s_kind() -> None:
    assert {name: found.kind for name, found in TREE.items()} == KINDS
    assert len(set(KINDS.values())) == len(KINDS)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"^[│├└─ ]*(\w+)", errors.__doc__ or "", flags=re.MULTILINE)

    assert sorted(name for name in drawn if name in TREE) == sorted(TREE)


MESSAGES = {
    "ExchangeTimeout": (errors.ExchangeTimeout("okx", "no answer within 10 s"), "okx timed out (no answer within 10 s). Try again, or ask another exchange."),
    "RateLimited": (errors.RateLimited("okx"), "okx rate limited us. Ask again in a moment, or ask fewer things of it at once."),
    "RateLimited, when": (errors.RateLimited("okx", 12.4), "okx rate limited us. Ask again in 12 s, or ask fewer things of it at once."),
    "RegionBlocked": (
        errors.RegionBlocked("okx", "451"),
        "okx refused this connection as blocked in your region (HTTP 451). Ask another exchange, or set a proxy for it in LIQUIDITY_EXCHANGE_CONFIG.",
    ),
    "ExchangeUnavailable": (
        errors.ExchangeUnavailable("okx", "502 <b>Bad</b> Gateway"),
        "okx is unavailable (502 Bad Gateway). Try again later, or ask another exchange; `liquidity doctor` tests the network.",
    ),
    "NoConnection": (
        errors.NoConnection("okx"),
        "okx cannot be reached from here (no connection): check the network, or use --demo for simulated venues.",
    ),
    "UnreadableResponse": (errors.UnreadableResponse("okx"), "okx sent something unreadable instead of an order book. Try again, or ask another exchange."),
    "EmptyBook": (errors.EmptyBook("okx", "BTC/USDT", "bid"), "okx sent an empty book for BTC/USDT (no usable bid). Try again, or ask another exchange."),
    "CrossedBook": (
        errors.CrossedBook("okx", "BTC/USDT", 101.5, 100),
        "okx sent a crossed book for BTC/USDT (bid 101.5 at or above ask 100). Its numbers cannot be trusted now; try again, or ask another exchange.",
    ),
    "StaleBook": (
        errors.StaleBook("okx", "BTC/USDT", 61.4, 10),
        (
            "okx sent a stale book for BTC/USDT (61 s old, the limit is 10 s)."
            " Try again, or ask another exchange; if every exchange is stale, check this machine's clock."
        ),
    ),
    "ImplausiblePrice": (
        errors.ImplausiblePrice("okx", 650_000, 65_083.67),
        (
            "okx shows a mid price of 650,000 USD where the others stand near 65,083.7 USD."
            " It is left out of the comparison; check that the symbol means the same asset there."
        ),
    ),
    "NoUsdRate": (
        errors.NoUsdRate("okx", "TRY"),
        "okx quotes in TRY, for which no US dollar rate is at hand. Ask for a market in USD, USDT or USDC.",
    ),
    "MislabelledSource": (
        errors.MislabelledSource("okx", "live", "simulated"),
        (
            "okx is configured as live, but its endpoint says that its books are simulated."
            ' Set "source": "simulated" for it in LIQUIDITY_EXCHANGE_CONFIG, or remove the override.'
        ),
    ),
    "UnknownExchange": (
        errors.UnknownExchange("krakn", ["kraken"]),
        "There is no exchange 'krakn'; give an exchange id of ccxt, such as kraken. Did you mean kraken?",
    ),
    "UnknownSymbol": (errors.UnknownSymbol("okx", "BTX", ["BTC/USDT", "BTC/USD"]), "okx does not list BTX. Did you mean BTC/USDT or BTC/USD?"),
    "UnknownSymbol, no idea": (errors.UnknownSymbol("okx", "QQQ"), "okx does not list QQQ. Give an asset such as BTC, or a market such as BTC/USDT."),
    "UnknownTool": (errors.UnknownTool("x", ["a", "b"], ["a"]), "There is no tool 'x'; the tools are a, b. Did you mean a?"),
    "NoNetwork": (
        errors.NoNetwork("BTC", {"okx": "-", "kraken": "-"}),
        "None of okx, kraken can be reached from here: check the network, or use --demo for simulated venues.",
    ),
    "InsufficientHistory": (
        errors.InsufficientHistory("okx", "BTC/USDT", 3, 10, 24, "simulated"),
        (
            "There are 3 snapshots of BTC/USDT on okx in those 24 h, and 10 are needed:"
            " record more with `liquidity record BTC/USDT --exchanges okx --demo`, or ask for a longer window."
        ),
    ),
    "InsufficientHistory, none": (
        errors.InsufficientHistory("okx", "BTC", 0, 1, None),
        "There are no snapshots of BTC on okx, and 1 is needed: record more with `liquidity record BTC --exchanges okx`.",
    ),
    "InsufficientHistory, elsewhere": (
        errors.InsufficientHistory("okx", "BTC", 0, 1, 0.5).knowing(datetime(2026, 8, 1, 7, 30, tzinfo=UTC), datetime(2026, 8, 9, 12, tzinfo=UTC)),
        (
            "There are no snapshots of BTC on okx in those 0.5 h, and 1 is needed: what is stored of it begins 2026-08-01 07:30 and ends 2026-08-09 12:00 UTC;"
            " ask for a time within that with until, or record more with `liquidity record BTC --exchanges okx`."
        ),
    ),
    "InsufficientHistory, an outage": (
        errors.InsufficientHistory("okx", "BTC", 0, 1, 6, failed=1_440).knowing(datetime(2026, 8, 1, 7, 30, tzinfo=UTC), datetime(2026, 8, 9, 12, tzinfo=UTC)),
        (
            "There are no snapshots of BTC on okx in those 6 h, and 1 is needed: okx gave no valid book at 1,440 looks in that time;"
            " ask for a longer window, or for another time with until."
        ),
    ),
    "NothingRecorded": (
        errors.NothingRecorded(["okx", "kraken"]),
        "No market is recorded, so nobody has watched for alerts: record some with `liquidity record BTC ETH --exchanges okx,kraken`.",
    ),
    "NothingRecorded, of one": (
        errors.NothingRecorded(["okx"], "simulated", on=["okx"]),
        "No market is recorded on okx, so nobody has watched for alerts: record some with `liquidity record BTC ETH --exchanges okx --demo`.",
    ),
    "HistoryUnavailable": (
        errors.HistoryUnavailable("the disk is full"),
        "The history cannot be used (the disk is full): `liquidity doctor` tests its database.",
    ),
    "NotStorable": (
        errors.NotStorable("NOT NULL constraint failed: snapshots.usd_rate"),
        "The history's database refuses what was to be stored (NOT NULL constraint failed: snapshots.usd_rate): it is not kept.",
    ),
    "NoUsableExchange": (
        errors.NoUsableExchange("BTC", {"okx": "okx timed out after 10 s.", "kraken": "kraken rate limited us."}),
        "No exchange gave a usable book for BTC: okx timed out after 10 s. kraken rate limited us.",
    ),
}


@pytest.mark.parametrize(("error", "sentence"), MESSAGES.values(), ids=MESSAGES)
def test_a_message_names_who_failed_why_and_what_to_do(error: LiquidityError, sentence: str) -> None:
    assert str(error) == sentence


def test_every_error_of_an_exchange_names_it_for_programs_too() -> None:
    about_exchanges = [error for error, _ in MESSAGES.values() if isinstance(error, errors.ExchangeError)]

    assert {type(error).__name__ for error in about_exchanges} == {
        name for name, found in TREE.items() if issubclass(found, errors.ExchangeError) and found is not errors.ExchangeError
    }
    assert {error.exchange for error in about_exchanges} == {"okx"}


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("plain words, 100 % of them: BTC/USDT_x (ok)", "plain words, 100 % of them: BTC/USDT_x (ok)"),
        ("Größe, Ωμέγα, 価格", "Größe, Ωμέγα, 価格"),
        ("two\nlines\r\nand\ta tab", "two lines and a tab"),
        ("nul\x00bell\x07del\x7fc1\x9b", "nul bell del c1"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<<b>script>x", "script x"),
        ("<img src=x onerror=alert(1)", ""),
        ("502 <html\n><body>Bad Gateway", "502 Bad Gateway"),
        ("[click me](javascript:alert)", ""),
        ("![pixel](https://evil.example/p.png) seen", "seen"),
        ("[a<b>c](https://evil.example)", ""),
        ("[ref][1] and [half](open", "ref 1 and half (open"),
        ("**bold** `code` # head | cell | {x}", "bold code head cell x"),
        ("```\nignore\n```", "ignore"),
        ("right\u202eleft\u2066iso\u200bzero\ufeffbom\u2028line", "right left iso zero bom line"),
        ("😀 \U000e0041tag", "😀 tag"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_outside_text_loses_control_characters_and_markup(outside: str, shown: str) -> None:
    assert outside_text(outside) == shown


@pytest.mark.parametrize("escape", ["\x1b[31mred\x1b[0m", "\x1b]8;;http://evil.example\x07click\x1b]8;;\x07", "\x9b2J", "\x1b[2J\x1b[H"])
def test_terminal_escapes_do_nothing(escape: str) -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\[\]]", outside_text(escape))


@pytest.mark.parametrize(("length", "shown"), [(199, "x" * 199), (200, "x" * 200), (201, "x" * 199 + "…"), (1_000_000, "x" * 199 + "…")])
def test_outside_text_is_cut_to_200_characters(length: int, shown: str) -> None:
    assert outside_text("x" * length) == shown


ATTACKS = ["<b>", "<", ">", "[a](b)", "![", "](", ")", "`", "*", "\x1b[1m", "\n", "|", "\u202e", "words and 1.5 numbers"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=20), st.randoms(use_true_random=True))
def test_whatever_comes_from_outside_is_one_short_line_without_markup(text: str, chance: Random) -> None:
    characters = [chr(chance.choice([chance.randrange(0x300), chance.randrange(0x2000, 0x2100), chance.randrange(0xD800)])) for _ in range(40)]
    pieces = [text, *characters, *chance.choices(ATTACKS, k=chance.randrange(60))]
    chance.shuffle(pieces)

    shown = outside_text("".join(pieces))

    assert len(shown) <= 200
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069<>\[\]{}`*#|]", shown)
    assert shown == " ".join(shown.split())


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("BTC spread on kraken > 5 bps and < 9 bps", "BTC spread on kraken > 5 bps and < 9 bps"),
        ("BTC price<65000, depth>=$2m <.5 <-4 <$1", "BTC price<65000, depth>=$2m <.5 <-4 <$1"),
        ("<script>alert(1)</script>", "< script>alert(1)< /script>"),
        ("<\x1b[31m<b>\u200b<!-- `x` [a](b)", "< < b> < !-- x"),
    ],
)
def test_a_rule_that_came_from_outside_keeps_its_comparisons_and_loses_its_tags(outside: str, shown: str) -> None:
    assert outside_rule(outside) == shown


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(max_size=20), st.randoms(use_true_random=True))
def test_no_tag_is_left_in_a_rule_from_outside(text: str, chance: Random) -> None:
    pieces = [text, *chance.choices([*ATTACKS, "a", "/", "!", "?"], k=chance.randrange(60))]
    chance.shuffle(pieces)

    shown = outside_rule("".join(pieces))

    assert len(shown) <= 200
    assert not re.search(r"<[^\s\d$.=<>-]|[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\[\]{}`*#|]", shown)


OUTSIDE = "<b>\x1b[31m" + "x" * 500
HOSTILE = [
    errors.HistoryUnavailable(OUTSIDE),
    errors.InsufficientHistory("okx", OUTSIDE, 1, 10, 24),
    errors.ExchangeUnavailable("okx", OUTSIDE),
    errors.UnreadableResponse("okx", OUTSIDE),
    errors.NoUsdRate("okx", OUTSIDE),
    errors.UnknownExchange(OUTSIDE),
    errors.UnknownSymbol("okx", OUTSIDE),
    errors.UnknownTool(OUTSIDE, ["a"]),
    errors.NoUsableExchange(OUTSIDE, {}),
]


@pytest.mark.parametrize("error", HOSTILE, ids=lambda error: type(error).__name__)
def test_no_error_shows_outside_text_raw(error: LiquidityError) -> None:
    assert not re.search(r"[\x00-\x1f<>]", str(error))
    assert "x" * 150 in str(error)
    assert "x" * 201 not in str(error)
