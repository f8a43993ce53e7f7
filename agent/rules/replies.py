"""What is said without a tool: what this is, what it can and cannot do, and questions back."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from tools.analytics.anomalies import THRESHOLD_PCT
from tools.analytics.rules.rule import BANDED
from tools.units import format_price, format_usd

from . import several
from .conversation import Topic
from .intent import Intent, Metric, Size
from .vocabulary import EXCHANGE_NAMES
from .windows import LONGEST_HOURS, is_too_long

_SIMILAR = 0.85
_RULE = "alert me when the BTC spread on kraken is above 5 bps"

_EXAMPLES = """\
- Which exchange is cheapest to buy $50k of BTC?
- How much slippage for a $250k market sell of ETH on Coinbase?
- How deep is SOL on Kraken within 1%?
- Compare BTC across exchanges
- Where are the walls in ETH on Binance?
- Is BTC liquidity on Kraken worse than usual?
- What happened to SOL depth in the last 6 hours?
- Any alerts for ETH?
- Tell me when the BTC spread on Kraken passes 5 bps"""

_FOLLOW_UPS = "Follow-ups such as “and selling?”, “on Kraken?” or “over the last week?” keep the rest."
_ABOUT = (
    "I am a set of rules, not a language model: rules (no LLM). I read a question with a grammar, call the liquidity tools and report their numbers."
    " For free conversation set a model key (ANTHROPIC_API_KEY or OPENAI_API_KEY), OLLAMA_BASE_URL, or LIQUIDITY_MODEL."
)

_LACKING: Mapping[str, str] = {
    "orders": "I cannot place, change or cancel orders; I can say what an order would cost and where it is cheapest.",
    "acknowledge": "I cannot acknowledge an alert from here: run `liquidity alerts acknowledge ID`; `liquidity alerts list` shows the ids.",
    "outage rules": "An exchange that goes down needs no rule: while a market of it is recorded (`liquidity record BTC`), a VENUE_OUTAGE alert tells of it.",
    "time of day": "Which hour of the day is best I cannot say; I can say when it was best, and forecast the next day by the hour.",
    "watch": "I cannot stream a market here yet; I can check it for alerts, and keep a rule such as “tell me when the BTC spread on kraken passes 5 bps”.",
    "recording": "I cannot start or stop a recorder from here: run `liquidity record BTC --exchanges kraken`, or ask me to take a snapshot.",
    "past costs": "What an order would have cost in the past is not kept; I can say what it costs now, and how spread and depth went over that time.",
    "advice": "I do not forecast prices or advise on whether to trade; I can say what a trade would cost right now.",
    "forecast": "I do not forecast prices or advise on whether to trade; I can say what a trade would cost right now, and forecast spread and depth.",
    "portfolio": "I cannot work on a whole portfolio yet; ask for one asset at a time, such as “sell 300 ETH”.",
    "split": "I cannot plan how to split an order yet; I can say what the whole order costs on each exchange.",
    "other data": "I only read order books: prices, spreads, depth and the cost of orders. That is not among them.",
}

_OFFERS: Mapping[str, str] = {
    "acknowledge": "Any alerts for {}?",
    "outage rules": "Any alerts for {}?",
    "time of day": "When was {} depth highest over the last week?",
}
_WATCHED = "while the market is recorded (`{command}`)"
_ASK = "“{ask}” checks by another threshold, and `liquidity alerts list` shows what was raised."
_DEPTH = f"A drop from the usual is watched without a rule: {_WATCHED} a DEPTH_DROP alert tells of depth {THRESHOLD_PCT:g}% or more below its usual. {_ASK}"
_PRICE = f"Jumps are watched without a rule: {_WATCHED} a PRICE_ANOMALY alert tells of a move within one look that is far beyond the usual. {_ASK}"
_SPREAD = f"What is unusual is watched without a rule: {_WATCHED} a SPREAD_WIDENING alert tells of a spread {THRESHOLD_PCT:g}% or more above its usual. {_ASK}"
_IMBALANCE = f"Shifts are watched without a rule: {_WATCHED} an IMBALANCE alert tells of one by {THRESHOLD_PCT:g} points or more. {_ASK}"
_BUILT_IN: Mapping[tuple[Metric, bool | None], str] = {
    ("depth", False): _DEPTH,
    ("bid depth", False): _DEPTH,
    ("ask depth", False): _DEPTH,
    ("price", False): _PRICE,
    ("price", True): _PRICE,
    ("spread", True): _SPREAD,
    ("imbalance", False): _IMBALANCE,
    ("imbalance", True): _IMBALANCE,
}
"""What tells of a change without a rule of the asker's own."""
_WHY = (
    "I only read order books: they show what happened, not why. For what stands behind a verdict ask “is it worse than usual?” and then “why?”;"
    " for what was odd, “any alerts?”."
)


def aside(intent: Intent, topic: Topic) -> str:
    """The reply to a question that needs no tool; empty where it does need one."""
    if intent.kind == "help":
        return f"Ask me about liquidity on exchanges, now and over time. For example:\n\n{_EXAMPLES}\n\n{_FOLLOW_UPS}"
    if intent.kind == "about":
        return f"{_ABOUT}\n\nFor example:\n\n{_EXAMPLES}"
    if intent.kind == "unsupported":
        offer = _OFFERS.get(intent.lacking, "How deep is {}?").format(topic.symbols[0] if topic.symbols else "BTC")
        return f"{_LACKING[intent.lacking]} For example: “{offer}”"
    if intent.kind == "unknown" or (topic.kind is None and intent.asks):
        return not_understood()
    return _WHY if "why" in intent.asks and topic.kind != "normal" else ""


def not_understood() -> str:
    """Said where the grammar finds no question it knows."""
    return (
        "I did not understand that: I answer questions in English about liquidity on exchanges, such as “Is BTC liquidity on Kraken worse than usual?”"
        " or “Which exchange is cheapest to buy $50k of BTC?”; “help” lists more."
    )


def question_back(topic: Topic) -> str:
    """What has to be asked before tools can answer; empty where nothing has."""
    if not topic.symbols and not _needs_no_asset(topic):
        return "Which asset do you mean? For example BTC, ETH or SOL/USDT."
    if len(topic.symbols) > 1 and topic.kind not in several.KINDS and not _is_listing(topic):
        return f"{_or(topic.symbols)}? I answer for one asset at a time."
    if topic.kind == "rules":
        return _question_on_rule(topic)
    return _question_on_order(topic) if topic.kind in {"cheapest", "impact"} else ""


def not_followed(topic: Topic, intent: Intent) -> str:
    """What has to be known before an answer: what of the question it makes no use of."""
    unread = f"I did not use: {', '.join(f'“{words}”' for words in intent.unread)}." if intent.unread else ""
    days = f"{LONGEST_HOURS / 24:g} days"
    shorter = f"I look back {days} at most, so “{topic.window.words}” is answered by those." if topic.window and is_too_long(topic.window) else ""
    return " ".join(part for part in (unread, shorter) if part)


def assumed(topic: Topic, exchanges: Sequence[str]) -> str:
    """What a rule that is added takes where the asker left it open."""
    rule = topic.rule
    if topic.kind != "rules" or rule is None or rule.action != "add":
        return ""
    venue = "" if topic.exchanges or not exchanges else f"You named no exchange, so the rule is for {exchanges[0]}, the first configured."
    band = "You named no distance from mid, so it is the usual one, which the rule names." if rule.metric in BANDED and not rule.within else ""
    side = "You named no side, so bids and asks count together; say “bid depth” or “ask depth” for one." if rule.metric == "depth" else ""
    return " ".join(part for part in (venue, band, side) if part)


def _needs_no_asset(topic: Topic) -> bool:
    return topic.kind == "alerts" or _is_listing(topic)


def _is_listing(topic: Topic) -> bool:
    """Whether the stored rules are asked for, or one by its id, or one that has to be asked back by listing them."""
    if topic.kind != "rules" or topic.rule is None:
        return False
    tests_any = topic.rule.action == "test" and not (topic.symbols and topic.rule.value)
    return topic.rule.action == "list" or tests_any or bool(topic.rule.rule_id) or (topic.rule.action == "remove" and not topic.rule.is_whole)


def _question_on_rule(topic: Topic) -> str:
    rule = topic.rule
    if rule is None or rule.action != "add" or rule.is_whole:
        return ""
    if rule.metric is None:
        return f"What shall I watch: spread, depth, imbalance or price? Say it such as “{_RULE}”."
    level = f"From what level of the {rule.metric}? Say it such as “{_RULE}”"
    if not rule.by:
        return f"{level}; what is unusual by itself is told by “any alerts?”."
    built_in = _BUILT_IN.get((rule.metric, rule.above), "")
    return f"{built_in.format(**_recording(topic))}\n\n{level.replace('From what', 'For a rule of your own: from what')}." if built_in else f"{level}."


def _recording(topic: Topic) -> Mapping[str, str]:
    """How the market that is spoken of is recorded, and how it is asked about."""
    exchanges = f" --exchanges {','.join(topic.exchanges)}" if topic.exchanges else ""
    by = topic.rule.by if topic.rule else ""
    return {"command": f"liquidity record {topic.symbols[0]}{exchanges}", "ask": f"any alerts for {topic.symbols[0]} with a {by} threshold?"}


def question_on_exchanges(topic: Topic, configured: Sequence[str]) -> str:
    """What has to be asked where an exchange is misspelled, or none is left; empty where nothing has."""
    known = {*EXCHANGE_NAMES.values(), *configured}
    for name in topic.exchanges:
        close = [] if name in known else get_close_matches(name, sorted(known), n=1, cutoff=_SIMILAR)
        if close:
            return f"I know no exchange “{name}”. Did you mean {close[0]}? The configured exchanges are {', '.join(configured)}."
    if topic.excluded and not {*topic.exchanges, *configured} - {*topic.excluded}:
        return f"That leaves no exchange: the configured ones are {', '.join(configured)}. Which shall I use?"
    return ""


def _question_on_order(topic: Topic) -> str:
    if len(topic.sides) > 1:
        return "Buying or selling? I answer for one side at a time."
    if len(topic.sizes) > 1:
        return f"{_or([_amount(size, topic.symbols[0]) for size in topic.sizes])}? I answer for one size at a time."
    if topic.sizes:
        return _question_on_size(topic.sizes[0], topic.symbols[0])
    return "" if topic.kind == "cheapest" else "For what size? Give it in US dollars, such as $50k, or in units of the asset, such as 2 BTC."


def _question_on_size(size: Size, symbol: str) -> str:
    asset = symbol.partition("/")[0]
    if size.unit == "foreign":
        return f"I cannot convert {size.currency}. How much is the order in US dollars, such as $50k, or in units of {asset}?"
    if size.unit == "unclear":
        return f"Do you mean {format_usd(size.amount)} of {asset}, or {format_price(size.amount)} {asset}?"
    return ""


def _amount(size: Size, symbol: str) -> str:
    words = {"usd": format_usd(size.amount), "base": f"{format_price(size.amount)} {symbol.partition('/')[0]}"}
    return words.get(size.unit, f"{format_price(size.amount)} {size.currency}".strip())


def _or(words: tuple[str, ...] | list[str]) -> str:
    return " or ".join(words)
