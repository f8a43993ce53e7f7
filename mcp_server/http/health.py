"""How this server and the parts it stands on are."""

import asyncio
from collections.abc import Mapping
from typing import Any

from tools.charts import chrome_path
from tools.errors import HistoryUnavailable, LiquidityError
from tools.market import Market
from tools.recorder import PairProgress

from .watch import Recording, Seen, Watch

OK, DEGRADED = "ok", "degraded"
# States of pairs that should be recorded and are not, the worst first.
_UNRECORDED = ("broken", "failing", "refused")


async def health(market: Market, watch: Watch, model: str, chat: str) -> Mapping[str, Any]:
    """The state of each part, of the recording where there is one.

    `degraded` where an exchange was last seen failing, history cannot be used, charts cannot be drawn as images, or not all is recorded that should be.
    """
    chrome, history = await asyncio.to_thread(chrome_path), await _history(market)
    exchanges = {exchange: _exchange(watch.exchanges.get(exchange)) for exchange in dict.fromkeys((*market.exchanges, *watch.exchanges))}
    recording = _recording(watch.recording) if watch.recording is not None else None
    failing = chrome is None or history["state"] != OK or any(seen.fault for seen in watch.exchanges.values())
    failing = failing or (recording is not None and recording["state"] != OK)
    return {
        "status": DEGRADED if failing else OK,
        "source": market.source,
        "parts": {
            "exchanges": exchanges,
            "history": history,
            **({} if recording is None else {"recording": recording}),
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


def _recording(recording: Recording) -> Mapping[str, Any]:
    progress = recording.progress
    away = HistoryUnavailable.kind if progress.database_fault else ""
    worst = next((state for state in _UNRECORDED if any(pair.state == state for pair in progress.pairs)), OK)
    return {
        "state": recording.fault or away or worst,
        "buffered": progress.buffered,
        "lost": progress.lost,
        "alerts": {"raised": progress.raised, "cleared": progress.cleared, "standing": len(progress.standing)},
        "pairs": [_pair(pair, "ended" if recording.fault else pair.state) for pair in progress.pairs],
    }


def _pair(pair: PairProgress, state: str) -> Mapping[str, Any]:
    return {
        "exchange": pair.exchange,
        "symbol": pair.market or pair.symbol,
        "state": state,
        "note": pair.note,
        "last_book": pair.last.timestamp.isoformat(timespec="seconds") if pair.last is not None else None,
        "stored": pair.stored,
        "failed": pair.failed,
        "skipped": pair.skipped,
        "lost": pair.gap.count if pair.gap is not None else 0,
    }
