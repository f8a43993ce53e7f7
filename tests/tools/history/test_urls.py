import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from tools.errors import NotConfigured
from tools.history.connecting import connect
from tools.history.urls import of_source

PASSWORDS = st.text(st.characters(codec="ascii", exclude_characters="@", exclude_categories=["Cc"]))


@pytest.mark.parametrize(
    ("url", "of_its_own"),
    [
        ("postgresql://u:p#w@h/db", "postgresql://u:p#w@h/db-simulated"),
        ("postgresql://u:p?w@h/db?ssl=require", "postgresql://u:p?w@h/db-simulated?ssl=require"),
        ("postgresql://u:p[w@h:5432/db", "postgresql://u:p[w@h:5432/db-simulated"),
        ("postgresql://u:p/w@h/db", "postgresql://u:p/w@h/db-simulated"),
        ("postgresql+asyncpg://u@[::1]:5432/db", "postgresql+asyncpg://u@[::1]:5432/db-simulated"),
        ("postgresql+asyncpg:///db?host=/run/postgresql", "postgresql+asyncpg:///db-simulated?host=/run/postgresql"),
        ("sqlite+aiosqlite:////data #1/history.db", "sqlite+aiosqlite:////data #1/history-simulated.db"),
        ("sqlite+aiosqlite:////data.d/history", "sqlite+aiosqlite:////data.d/history-simulated"),
        ("sqlite+aiosqlite:///file:/data/history.db?mode=ro&uri=true", "sqlite+aiosqlite:///file:/data/history-simulated.db?mode=ro&uri=true"),
    ],
)
def test_each_source_has_a_database_of_its_own_whatever_a_password_or_a_folder_holds(url, of_its_own):
    assert of_source(url, "simulated") == of_its_own
    assert of_source(url, "live") == url


@given(PASSWORDS)
def test_only_the_database_of_an_address_is_another(password):
    url = f"postgresql+asyncpg://user:{password}@host:5432/market?ssl=require"
    assert make_url(of_source(url, "simulated")) == make_url(url).set(database="market-simulated")


@pytest.mark.parametrize("url", ["postgresql+asyncpg://user@host", "postgresql+asyncpg://user@host/", "postgresql+asyncpg://user@host?database=live"])
def test_a_server_without_a_database_is_refused_for_all_sources_would_share_the_users_own(url):
    with pytest.raises(NotConfigured, match="names no file of SQLite and no database of PostgreSQL"):
        connect(of_source(url, "simulated"))
