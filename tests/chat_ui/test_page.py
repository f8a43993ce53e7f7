"""The folder that Chainlit serves from."""

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from chat_ui import page
from chat_ui.page import About, lay_out

ABOUT = About(model="rules (no LLM)", source="replay", privacy="Nothing leaves.")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return lay_out(ABOUT)


def test_the_badge_names_the_model_and_calls_the_data_what_it_is():
    assert [About("m", source, "").author for source in ("live", "simulated", "replay")] == ["m · LIVE data", "m · SIMULATED data", "m · REPLAYED data"]


def test_the_page_is_told_its_badge_and_privacy_sentence(folder):
    assert json.loads((folder / "public" / "about.json").read_text()) == {
        "badge": "rules (no LLM) · REPLAYED data",
        "source": "replay",
        "privacy": "Nothing leaves.",
    }


def test_the_about_page_names_model_data_and_what_leaves_the_machine(folder):
    text = (folder / "chainlit_en-US.md").read_text()
    assert "**Answering now:** rules (no LLM)" in text
    assert "recordings being replayed" in text
    assert "**What leaves this machine:** Nothing leaves." in text
    assert "$50k" in text
    assert "$$" not in text


def test_the_wording_is_complete_with_our_words_in_it(folder):
    words = json.loads((folder / ".chainlit" / "translations" / "en-US.json").read_text())
    assert words["chat"]["watermark"] == "Nothing leaves."
    assert words["common"]["actions"]["cancel"] == "Cancel"


def test_what_a_page_must_not_do_is_switched_off():
    features = tomllib.loads((Path(page.__file__).parent / "assets" / ".chainlit" / "config.toml").read_text())["features"]
    assert features["unsafe_allow_html"] is False
    assert features["latex"] is False
    assert features["mcp"]["enabled"] is False
    assert features["spontaneous_file_upload"]["enabled"] is False


def test_importing_the_package_does_not_import_chainlit():
    code = "import sys, chat_ui; print(sorted({'chainlit', 'fastapi', 'pydantic_ai', 'agent', 'tools'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(page.__file__).parents[1]).stdout == "[]\n"
