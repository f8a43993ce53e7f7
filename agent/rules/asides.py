"""Questions that no tool answers, told by their words: about the assistant itself, or beyond what it can do."""

import re

from .intent import Aside
from .scanning import patterns

ASIDES: tuple[tuple[Aside, re.Pattern[str]], ...] = patterns(
    {
        "about": (
            r"\b(who|what) are you\b",
            r"\bare you (an? )?(real )?(llm|ai|bot|human|robot|person|chat ?gpt|gpt|claude|language model|large language)\b",
            r"\b(what|which) (model|llm|ai) (are|is|do|answers|runs)\b",
            r"\bwhich llm\b",
            r"\bwho (made|built|wrote) you\b",
        ),
        "help": (
            r"^\W*(help|help me|commands?|examples?|menu|start)\W*$",
            r"\bwhat (can|do|could|should) (you|i) (do|ask|say|answer)\b",
            r"\bhow (do|does|can) (this|you|it|i) (work|use)",
            r"\bwhat (questions|can be asked)\b",
            r"^\W*(hi|hello|hey|yo|good (morning|afternoon|evening))( there)?\W*$",
            r"^\W*(ok |great |cool )?(thanks|thank you|thx|cheers)( a lot)?\W*$",
        ),
    }
)

FUTURE = "forecast"
"""What is lacking where a question is about what is to come, and not of liquidity."""
UNSUPPORTED: tuple[tuple[str, re.Pattern[str]], ...] = patterns(
    {
        "orders": (
            r"^\W*(please |pls |can you |could you |go ahead and |now )*(place|submit|send|execute|put in|cancel)\b",
            r"\b(buy|sell)\b.*\bfor me\b",
            r"\b(buy|sell|get) me\b",
        ),
        "acknowledge": (r"\back(?:nowledge\w*)?\b",),
        "time of day": (
            r"\b(?:times?|hours?) of (?:the )?(?:day|week)\b",
            r"\b(?:during|throughout|through) (?:the|a) (?:day|week)\b",
            r"\b(?:what|which|best|worst) (?:hour|weekday)s? (?:is|are|to|for)\b|\bbest time (?:to|for)\b",
            r"\bwhen (?:is|are)\b.*\b(?:best|worst|most|least|usually|deepest|thinnest|tightest|narrowest|widest|highest|lowest)\b",
        ),
        "watch": (r"\b(watch|monitor|keep an eye)\b",),
        "recording": (r"\b(start|begin|keep|stop) (recording|tracking)\b", r"^\W*(please |can you |could you )*(record|track)\b(?!.*\bsnap ?shot)"),
        "advice": (
            r"\b(price target|moon(ing)?|bullish|bearish)\b",
            r"^(?!.*\b(where|which|how)\b).*\bshould (i|we) (buy|sell|hold|invest|long|short)\b",
            r"\bgood (time|idea|investment) to\b",
        ),
        FUTURE: (
            r"\b(predict\w*|forecast\w*|outlook|tomorrow)\b",
            r"\bexpect\w*\b.*\b(spreads?|depth|liquidity)\b",
            r"\b(spreads?|depth|liquidity)\b.*\bexpect\w*",
            r"\bwill (the |its |their )?(\w+ )?(spreads?|depth|liquidity)\b",
            r"\bnext (\d+ )?(few )?(hours?|days?|weeks?|months?|years?)\b",
            r"\bwill\b.*\bbe (worth|worse|better|like|ok|thin\w*|wide\w*|deep\w*|tight\w*)\b",
            r"\bwill\b.*\b(go|rise|fall|drop|pump|dump|crash|reach|hit|recover|improve|widen|tighten|narrow|deteriorate)\b",
            r"\bgoing (up|down|to (go|rise|fall|drop|crash|moon|widen|tighten|improve))\b",
        ),
        "portfolio": (r"\b(portfolio|holdings|positions|my bags?|my (balance|account|book))\b",),
        "split": (
            r"\bsplit(ting)?\b",
            r"\bslic(e|ing)\b",
            r"\b(twap|vwap|smart order|sor)\b",
            r"\broute (my|the|an|this)\b",
        ),
        "other data": (
            r"\bfunding\b",
            r"\bopen interest\b",
            r"\bliquidations\b",
            r"\bnews\b",
            r"\bsentiment\b",
            r"\bmarket ?cap\w*",
            r"\b(trading|24h|24-hour|daily) volumes?\b",
            r"\bvolatility\b",
            r"\bon-?chain\b",
            r"\bgas (fee|price)s?\b",
            r"\bimplied vol\w*",
            r"\bstaking\b",
            r"\byields?\b",
            r"\bapr\b",
            r"\bapy\b",
        ),
    }
)
