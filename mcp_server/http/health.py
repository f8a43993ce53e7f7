"""How this server and the parts it stands on are."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tools.charts import chrome_path
from tools.errors import LiquidityError
from tools.market import Market

from .watch import Seen, Watch

OK, DEGRADED = "ok", "degraded"


async def health(market: Market, watch: Watch, model: str, chat: str) -> Mapping[str, Any]:
    """The state of each part; `degraded` where an exchange was last seen failing, history cannot be used or charts cannot be drawn as images."""
    chrome, history = await asyncio.to_thread(chrome_path), await _history(market)
    exchanges = {exchange: _exchange(watch.exchanges.get(exchange)) for exchange in dict.fromkeys((*market.exchanges, *watch.exchanges))}
    failing = chrome is None or history["state"] != OK or any(seen.fault for seen in watch.exchanges.values())
    return {
        "status": DEGRADED if failing else OK,
        "source": market.source,
        "parts": {
            "exchanges": exchanges,
            "history": history,
            "charts": {"state": "missing" if chrome is None else OK},
            "cache": {"state": OK, "kind": "memory", **watch.cache_reads},
            "model": {"state": OK, "label": model},
            "chat": {"state": chat},
        },
    }


async def _history(market: Market) -> Mapping[str, Any]:
    try:
        await market.history.rules()
    except LiquidityError as error:
        return {"state": error.kind}
    return {"state": OK}


def _exchange(seen: Seen | None) -> Mapping[str, Any]:
    if seen is None:
        return {"state": "not asked yet"}
    return {"state": seen.fault or OK, "last_seen": seen.at.isoformat(timespec="seconds"), "took_ms": round(1_000 * seen.seconds, 1)}
