"""Exchanges' market lists kept on disk, so that a restart needs no request before the first book."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from time import time
from typing import Any

KEPT_S = 24 * 3600.0
_NEEDED = ("id", "symbol", "base", "quote", "settle", "baseId", "quoteId", "settleId", "type", "spot", "margin", "swap", "future", "option", "index")
_ALSO_NEEDED = ("active", "contract", "linear", "inverse", "contractSize", "taker", "maker", "percentage", "tierBased", "precision", "limits", "lowercaseId")


class MarketFiles:
    """One JSON file per exchange under `folder`; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, exchange: str) -> list[dict[str, Any]] | None:
        """The markets kept less than KEPT_S ago, None where there are none that can be read."""
        if self._folder is None:
            return None
        with suppress(OSError, ValueError, KeyError, TypeError):
            path = self._folder / f"{exchange}.json"
            if time() - path.stat().st_mtime < KEPT_S:
                markets: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["markets"]
                return markets if all("symbol" in market for market in markets) else None
        return None

    def save(self, exchange: str, markets: Sequence[Mapping[str, Any]]) -> None:
        """Keep what the next start needs of `markets`; a folder that cannot be written costs the next start a few requests, nothing else."""
        if self._folder is None:
            return
        kept = [{name: market[name] for name in (*_NEEDED, *_ALSO_NEEDED) if name in market} for market in markets]
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", dir=self._folder, suffix=".tmp", delete=False, encoding="utf-8") as file:
                json.dump({"markets": kept}, file)
            Path(file.name).replace(self._folder / f"{exchange}.json")
