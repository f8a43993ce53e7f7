"""What every test folder shares: benchmarks run only when asked for, and no test reads the settings of whoever runs it."""

import os

import pytest

from tools.settings import Settings

OURS = ("LIQUIDITY_", "CACHE_DEFAULT_TTL", "REDIS_URL", "ANTHROPIC_API_KEY", "OPENAI_API_KEY", "OLLAMA_BASE_URL")
KEPT = ("LIQUIDITY_TEST_BOOKS",)


def pytest_addoption(parser):
    parser.addoption("--benchmarks", action="store_true", help="run tests/benchmarks, which measure speed and print ratios")


def pytest_ignore_collect(collection_path, config):
    return True if collection_path.name == "benchmarks" and not config.getoption("--benchmarks") else None


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_person_at_the_machine(tmp_path_factory):
    patch = pytest.MonkeyPatch()
    for name in os.environ:
        if name.startswith(OURS) and name not in KEPT:
            patch.delenv(name)
    # A .env file in the working directory, and caches under the user's own folders, belong to the person too.
    patch.setitem(Settings.model_config, "env_file", None)
    patch.setitem(os.environ, "XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    patch.setitem(os.environ, "XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def chrome():
    """The path of Chrome or Chromium; skips without one, fails in continuous integration, where set-up must have installed it."""
    from tools.charts import chrome_path  # noqa: PLC0415 - only tests that draw need it

    path = chrome_path()
    if path is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no Chrome or Chromium found; `make setup` installs one")
    return path
