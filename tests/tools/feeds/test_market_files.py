import json
import os

import pytest

from tools.feeds.market_files import KEPT_S, MarketFiles

MARKET = {"id": "XBTUSD", "symbol": "BTC/USD", "base": "BTC", "quote": "USD", "spot": True, "taker": 0.004}


def test_markets_come_back_without_what_only_the_exchange_needs(tmp_path):
    files = MarketFiles(tmp_path / "markets")
    files.save("kraken", [{**MARKET, "info": {"huge": "x" * 1_000}}])
    assert files.load("kraken") == [MARKET]
    assert [path.name for path in (tmp_path / "markets").iterdir()] == ["kraken.json"]


def test_a_day_old_list_is_not_used(tmp_path):
    files = MarketFiles(tmp_path)
    files.save("kraken", [MARKET])
    path = tmp_path / "kraken.json"
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - KEPT_S - 1))
    assert files.load("kraken") is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"markets": 1}', '{"markets": [{}]}', "null"])
def test_a_damaged_file_is_as_good_as_none(tmp_path, text):
    (tmp_path / "kraken.json").write_text(text)
    assert MarketFiles(tmp_path).load("kraken") is None


def test_a_folder_that_cannot_be_written_loses_nothing_but_time(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    files = MarketFiles(blocked / "markets")
    files.save("kraken", [MARKET])
    assert files.load("kraken") is None


def test_without_a_folder_nothing_is_kept():
    files = MarketFiles(None)
    files.save("kraken", [MARKET])
    assert files.load("kraken") is None


def test_the_file_is_plain_json(tmp_path):
    MarketFiles(tmp_path).save("kraken", [MARKET])
    assert json.loads((tmp_path / "kraken.json").read_text()) == {"markets": [MARKET]}
