"""What the README says is true."""

import inspect
import json
import re
from pathlib import Path

from tools import TOOLS
from tools.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text()


def default(parameter):
    if parameter.default is parameter.empty:
        return parameter.name
    return f"{parameter.name}={json.dumps(parameter.default)}"


def test_the_tool_table_is_the_registry():
    table = dict(re.findall(r"^\| `(\w+)` \| (\w.*?) \| .+ \|$", README, flags=re.MULTILINE))
    tools = {tool.__name__: ", ".join(default(one) for one in list(inspect.signature(tool).parameters.values())[1:]) for tool in TOOLS}
    assert {name: row for name, row in table.items() if name in tools} == tools
    assert [name for name in table if name.islower()] == list(tools)


def test_every_setting_is_named():
    prefix = Settings.model_config.get("env_prefix", "")
    variables = {field.validation_alias or f"{prefix}{name.upper()}" for name, field in Settings.model_fields.items()}
    own_options = {f"{prefix}DEMO", f"{prefix}REPLAY", f"{prefix}CACHE_DIR"}
    assert {variable for variable in variables - own_options if f"`{variable}`" not in README} == set()


def test_no_path_or_address_of_a_machine_stands_in_what_we_ship():
    root = Path(__file__).parents[1]
    for name in ("requirements.lock", "pyproject.toml", "README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile"):
        text = (root / name).read_text()
        assert not re.search(r"file://|index-url [^\\]*http|/(?:home|Users|root)/", text), name
