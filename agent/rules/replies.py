"""What is said without a tool: what this is, what it can and cannot do, and questions back."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches

from tools.units import format_price, format_usd

from .conversation import Topic
from .intent import Intent, RuleWords, Size
from .vocabulary import EXCHANGE_NAMES

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
    "watch": "I cannot stream a market here yet; I can check it for alerts, and keep a rule such as “tell me when the BTC spread on kraken passes 5 bps”.",
    "recording": "I cannot start or stop a recorder from here: run `liquidity record BTC --exchanges kraken`, or ask me to take a snapshot.",
    "past costs": "What an order would have cost in the past is not kept; I can say what it costs now, and how spread and depth went over that time.",
    "advice": "I do not forecast prices or advise on whether to trade; I can say what a trade would cost right now.",
    "forecast": "I do not forecast prices or advise on whether to trade; I can say what a trade would cost right now, and forecast spread and depth.",
    "portfolio": "I cannot work on a whole portfolio yet; ask for one asset at a time, such as “sell 300 ETH”.",
    "split": "I cannot plan how to split an order yet; I can say what the whole order costs on each exchange.",
    "other data": "I only read order books: prices, spreads, depth and the cost of orders. That is not among them.",
}


def aside(intent: Intent, topic: Topic) -> str:
    """The reply to a question that needs no tool; empty where it does need one."""
    if intent.kind == "help":
        return f"Ask me about liquidity on exchanges, now and over time. For example:\n\n{_EXAMPLES}\n\n{_FOLLOW_UPS}"
    if intent.kind == "about":
        return f"{_ABOUT}\n\nFor example:\n\n{_EXAMPLES}"
    if intent.kind == "unsupported":
        offer = f" For example: “How deep is {topic.symbols[0] if topic.symbols else 'BTC'}?”"
        return _LACKING[intent.lacking] + offer
    return not_understood() if intent.kind == "unknown" else ""


def not_understood() -> str:
    """Said where the grammar finds no question it knows."""
    return f"I am rules (no LLM) and did not understand that. I read English only. I can answer questions such as:\n\n{_EXAMPLES}"


def question_back(topic: Topic) -> str:
    """What has to be asked before tools can answer; empty where nothing has."""
    if not topic.symbols and not _needs_no_asset(topic):
        return "Which asset do you mean? For example BTC, ETH or SOL/USDT."
    if len(topic.symbols) > 1 and not _is_listing(topic):
        return f"{_or(topic.symbols)}? I answer for one asset at a time."
    if topic.kind == "rules":
        return _question_on_rule(topic.rule)
    return _question_on_order(topic) if topic.kind in {"cheapest", "impact"} else ""


def _needs_no_asset(topic: Topic) -> bool:
    return topic.kind == "alerts" or _is_listing(topic)


def _is_listing(topic: Topic) -> bool:
    """Whether the stored rules are asked for, or one by its id, or one that has to be asked back by listing them."""
    return topic.kind == "rules" and topic.rule is not None and (topic.rule.action == "list" or bool(topic.rule.rule_id) or not _is_whole(topic.rule, "remove"))


def _is_whole(rule: RuleWords, action: str) -> bool:
    return rule.action != action or bool(rule.metric and rule.value and rule.above is not None)


def _question_on_rule(rule: RuleWords | None) -> str:
    if rule is None or _is_whole(rule, "add"):
        return ""
    if rule.metric is None:
        return f"What shall I watch: spread, depth, imbalance or price? Say it such as “{_RULE}”."
    return f"From what level of the {rule.metric}? Say it such as “{_RULE}”; what is unusual by itself is told by “any alerts?”."


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
