"""Settings are read once, and a wrong one is named with what would work."""

import pytest

from tools.errors import NotConfigured
from tools.history.urls import of_source
from tools.settings import Recorded, Settings, read_settings

RECORD = '[{"symbol": "BTC", "exchange": "kraken", "interval_seconds": 60}]'


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LIQUIDITY_TAKER_FEES", "0.26", 'LIQUIDITY_TAKER_FEES must be JSON such as {"kraken": 0.26}.'),
        ("LIQUIDITY_TAKER_FEES", "{kraken", 'LIQUIDITY_TAKER_FEES must be JSON such as {"kraken": 0.26} (Expecting property name enclosed in double quotes'),
        ("LIQUIDITY_TAKER_FEES", '{"kraken": "cheap"}', "LIQUIDITY_TAKER_FEES.kraken must be a number."),
        ("LIQUIDITY_RECORD", '[{"symbol": "BTC"', f"LIQUIDITY_RECORD must be JSON such as {RECORD} ("),
        ("LIQUIDITY_RECORD", '{"symbol": "BTC"}', f"LIQUIDITY_RECORD must be JSON such as {RECORD}."),
        ("LIQUIDITY_RECORD", '["BTC"]', "LIQUIDITY_RECORD.0 must be an object."),
        ("LIQUIDITY_RECORD", '[{"symbol": "BTC"}]', "LIQUIDITY_RECORD.0.exchange is required."),
        ("LIQUIDITY_RECORD", '[{"symbol": "BTC", "exchange": "kraken", "every": 5}]', "LIQUIDITY_RECORD.0.every is not known."),
        (
            "LIQUIDITY_RECORD",
            '[{"symbol": "BTC", "exchange": "kraken", "interval_seconds": 0}]',
            "LIQUIDITY_RECORD.0.interval_seconds must be greater than or equal to 1.",
        ),
        ("LIQUIDITY_RETENTION_DAYS", "0", "LIQUIDITY_RETENTION_DAYS must be greater than or equal to 1."),
        ("LIQUIDITY_RETENTION_DAYS", "90d", "LIQUIDITY_RETENTION_DAYS must be a number."),
        ("LIQUIDITY_REQUESTS_PER_DAY", "many", "LIQUIDITY_REQUESTS_PER_DAY must be a whole number."),
        ("LIQUIDITY_WEBHOOK_ALLOW_PRIVATE", "maybe", "LIQUIDITY_WEBHOOK_ALLOW_PRIVATE must be true or false."),
        ("LIQUIDITY_EXCHANGES", " ,", "LIQUIDITY_EXCHANGES must not be empty."),
        ("CACHE_DEFAULT_TTL", "soon", "CACHE_DEFAULT_TTL must be a number."),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch, variable, value, sentence):
    monkeypatch.setenv(variable, value)
    with pytest.raises(NotConfigured) as caught:
        read_settings()
    assert str(caught.value).startswith(sentence)


def test_settings_made_in_a_program_speak_the_same_words():
    with pytest.raises(NotConfigured) as caught:
        Settings(retention_days=0)
    assert str(caught.value) == "LIQUIDITY_RETENTION_DAYS must be greater than or equal to 1."
    with pytest.raises(NotConfigured, match=r"^--demo and --replay exclude each other; give one of them\.$"):
        Settings(demo=True, replay="books")


def test_a_secret_of_the_wrong_kind_is_not_shown():
    with pytest.raises(NotConfigured) as caught:
        read_settings(webhook_secret=271828)
    assert str(caught.value) == "LIQUIDITY_WEBHOOK_SECRET must be text."


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_line_without_a_value_leaves_a_setting_unset(monkeypatch, blank):
    names = {"database_url", "exchange_config", "record", "replay", "taker_fees", "webhook_secret", "webhook_url"}
    for name in names:
        monkeypatch.setenv(f"LIQUIDITY_{name.upper()}", blank)
    settings = read_settings()
    assert {name: getattr(settings, name) for name in names} == {name: getattr(Settings.model_construct(), name) for name in names}
    assert settings.source == "live"


def test_what_serve_records_is_read_as_people_spell_it(monkeypatch):
    monkeypatch.setenv("LIQUIDITY_RECORD", '[{"symbol": "btc-usdt", "exchange": " Kraken", "interval_seconds": 30}]')
    assert read_settings().record == (Recorded(symbol="BTC/USDT", exchange="kraken", interval_seconds=30),)


def test_history_lives_in_a_file_of_the_user_unless_an_address_is_given(tmp_path):
    assert read_settings(data_dir=tmp_path).history_url == f"sqlite+aiosqlite:///{tmp_path / 'history.sqlite3'}"
    given = read_settings(database_url="postgresql+asyncpg://user:hunter2@host/market")
    assert given.history_url == "postgresql+asyncpg://user:hunter2@host/market"
    assert "hunter2" not in repr(given)


def test_a_webhooks_address_may_hold_a_token_and_is_never_shown(monkeypatch):
    monkeypatch.setenv("LIQUIDITY_WEBHOOK_URL", "https://example.org/hunter2")
    settings = read_settings()
    assert settings.webhook_url.get_secret_value() == "https://example.org/hunter2"
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    ("url", "of_its_own"),
    [
        ("sqlite+aiosqlite:////data/history.sqlite3", "sqlite+aiosqlite:////data/history-simulated.sqlite3"),
        ("sqlite+aiosqlite:///history.db?timeout=3", "sqlite+aiosqlite:///history-simulated.db?timeout=3"),
        ("postgresql+asyncpg://user:p%40ss@host:5432/market?ssl=require", "postgresql+asyncpg://user:p%40ss@host:5432/market-simulated?ssl=require"),
        ("sqlite+aiosqlite://", "sqlite+aiosqlite://"),
        ("sqlite+aiosqlite:///:memory:", "sqlite+aiosqlite:///:memory:"),
    ],
)
def test_each_source_has_a_database_of_its_own(url, of_its_own):
    assert of_source(url, "simulated") == of_its_own
    assert of_source(url, "replay") == of_its_own.replace("simulated", "replay")
    assert of_source(url, "live") == url
