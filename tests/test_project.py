"""What the project's own files promise: layers that hold, floors under dependencies, a lock without addresses."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES = PROJECT["tool"]["importlinter"]["root_packages"]
BAD_IMPORTS = {
    "tools/analytics/depth.py": ("import asyncio", "arithmetic knows no I/O"),
    "tools/capabilities/order_book.py": ("import ccxt", "only tools.feeds imports ccxt"),
    "tools/book.py": ("from tools.market import Market", "the house of tools has one way through it"),
    "agent/facts.py": ("import chainlit", "only chat_ui imports chainlit"),
    "tools/market.py": ("import plotly", "only tools.charts builds or renders figures"),
    "tools/errors.py": ("from agent import ask", "packages stand on one another in one direction"),
}


def layers_in(folder):
    code = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
    return subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "public", "translations"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_a_bad_import_breaks_the_contract_that_forbids_it(copy):
    assert layers_in(copy).returncode == 0
    for name, (line, _) in BAD_IMPORTS.items():
        path = copy / name
        path.write_text(path.read_text() + f"\n{line}\n")
    ran = layers_in(copy)
    assert ran.returncode != 0
    assert set(re.findall(r"^(.+) BROKEN$", ran.stdout, flags=re.MULTILINE)) == {contract for _, contract in BAD_IMPORTS.values()}


def test_every_dependency_has_a_floor():
    everything = [
        *PROJECT["project"]["dependencies"],
        *(one for extra in PROJECT["project"]["optional-dependencies"].values() for one in extra),
        *PROJECT["dependency-groups"]["dev"],
    ]
    assert [one for one in everything if not re.match(r"[\w-]+(\[[\w,-]+\])?>=\d", one)] == []


def test_the_lock_holds_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert not re.search(r"://|--index-url|--extra-index-url|--find-links", lock)


def test_the_chat_runs_beside_the_mcp_that_the_override_vouches_for(tmp_path):
    assert int(version("mcp").partition(".")[0]) == 2
    ran = subprocess.run(
        [sys.executable, "-c", "import chainlit.mcp; from mcp import ClientSession"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
