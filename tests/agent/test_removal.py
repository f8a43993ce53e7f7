"""What is removed of the stored rules, and above all what is not."""

import pytest
from asking import answer
from make_books import NOON

from agent import build_agent, rules_model
from agent.rules import removal
from tools.analytics.rules import parse
from tools.cache import Cache
from tools.history import History
from tools.market import Market

BTC, ETH, SOL = "BTC spread on kraken > 5 bps", "ETH spread on coinbase > 8 bps", "SOL depth within 1% on kraken < $1,000"
STORED = (BTC, ETH, SOL)


@pytest.fixture
async def storing(market, tmp_path):
    """A market for which one rule each of BTC, ETH and SOL is stored."""
    history = History(f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}", "simulated", now=market.now)
    for text in STORED:
        await history.add_rule(parse(text, "kraken"), NOON)
    yield Market(market.books, market.exchanges, "simulated", market.renderer, market.now, history, Cache())
    await history.close()


async def stored(market):
    return sorted(one.rule.text for one in await market.history.rules())


@pytest.mark.parametrize(
    "asked",
    [
        "Remove all my rules except the BTC one",
        "Don't remove all my rules",
        "how do I remove all my rules?",
        "can I delete all rules at once?",
        "never delete all of my rules",
        "remove all rules apart from kraken",
        "delete all my rules apart from the kraken one",
        "delete all rules but ETH",
        "remove every rule that is not about BTC",
        "should I remove the BTC rule?",
        "what happens if I delete all my rules?",
        "did you delete all my rules?",
        "why did you remove the BTC rule?",
        "do not remove the BTC rule",
        "don't remove the rule BTC spread on kraken > 5 bps",
        "delete only the ETH rule",
        "cancel all alerts, leave BTC",
        "remove all my rules EXCEPT BTC",
        "REMOVE ALL MY RULES EXCEPT BTC",
        "remove all rules -BTC",
        "remove all rules != BTC",
        "remove all my rules save BTC",
        "clear all alerts other than SOL",
        "remove all my rules without the kraken ones",
        "delete all my rules and keep ETH",
        "get rid of all my rules unless they are about BTC",
        "remove the BTC rule instead of the ETH one",
        "remove all rules if they fired",
        "remove all my rules. No, wait",
        "remove all my rules?",
        "don't alert me about BTC",
        "I did not mean to delete all my rules",
        "has the BTC rule been removed from my rules? did you delete the rule?",
    ],
)
async def test_what_is_not_plainly_asked_for_removes_nothing_and_says_how(storing, asked):
    text = await answer(storing, asked)
    assert await stored(storing) == sorted(STORED)
    assert text.startswith("No rule is removed by this. Which one is to go? Say “remove rule ")
    assert "to remove one rule, or “remove all my rules”." in text
    assert all(f"| {rule} |" in text for rule in STORED)


async def test_a_rule_named_by_its_id_stays_where_its_removal_is_forbidden_or_asked_about(storing):
    rule_id = parse(BTC, "kraken").rule_id
    await answer(storing, f"do not remove rule {rule_id}", f"how can I delete rule {rule_id}?")
    assert await stored(storing) == sorted(STORED)
    await answer(storing, f"remove rule {rule_id}")
    assert await stored(storing) == [ETH, SOL]


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        ("remove all my rules", []),
        ("please, delete all of my alerts!", []),
        ("could you remove all my rules please?", []),
        ("can you remove the BTC rule?", [ETH, SOL]),
        ("ok, remove the Bitcoin rule on Kraken now", [ETH, SOL]),
        ("delete the ethereum rule", [BTC, SOL]),
        ("get rid of all rules on kraken", [ETH]),
        ("cancel each spread alert", [SOL]),
        ("clear every rule about ETH", [BTC, SOL]),
        ("stop alerting me about the SOL depth", [BTC, ETH]),
        ("drop BTC spread on kraken > 5 bps", [ETH, SOL]),
        ("remove my rules", [BTC, ETH, SOL]),
    ],
)
async def test_what_is_plainly_asked_for_is_removed(storing, asked, left):
    await answer(storing, asked)
    assert await stored(storing) == left


@pytest.mark.parametrize(
    "before",
    [
        ["Remove all my rules except the BTC one"],
        ["how do I remove all my rules?"],
        ["how do I remove all my rules?", "list my rules"],
        ["cancel my alerts for anything but SOL", "list my rules"],
        ["what happens if I delete all my rules?", "and ETH?"],
    ],
    ids=str,
)
async def test_what_was_said_of_a_removal_that_was_not_asked_for_is_not_meant_later(storing, before):
    assert (await answer(storing, *before, "remove it")).startswith("Which one? Say for example “remove rule ")
    assert await stored(storing) == sorted(STORED)


async def test_a_removal_of_all_is_not_repeated_by_what_follows(storing):
    agent = build_agent(rules_model(), storing)
    run = await agent.run("remove all my rules")
    for text in STORED:
        await storing.history.add_rule(parse(text, "kraken"), NOON)
    for following in ("and ETH?", "list my rules", "remove it"):
        run = await agent.run(following, message_history=run.all_messages())
        assert await stored(storing) == sorted(STORED)


@pytest.mark.parametrize("asked", [["how deep is SOL, excluding kraken?", "remove the spread rule"], ["remove all rules apart from kraken"]], ids=str)
async def test_no_exchange_is_said_to_be_left_out_of_a_removal(storing, asked):
    text = await answer(storing, *asked)
    assert all(f"| {rule} |" in text for rule in STORED[:2])
    assert "Left out" not in text


@pytest.mark.parametrize("word", ["except", "EXCEPT", "not", "but", "keep", "only", "without", "außer", "near", "NOPE", "2"])
def test_one_word_that_a_plain_wish_is_not_made_of_is_enough(word):
    assert removal.is_plain("remove all my rules on kraken", "remove all my rules on kraken")
    assert not removal.is_plain(text := f"remove all my rules {word} BTC", text)
