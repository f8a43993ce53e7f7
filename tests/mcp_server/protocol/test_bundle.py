"""What desktop hosts and registries are given: a bundle that runs as it is unpacked, and a description for the registry, each by its official schema."""

import json
import os
import re
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from jsonschema import Draft7Validator
from mcp import Client, StdioServerParameters

from mcp_server.bundle import build
from tools import TOOLS

ROOT = Path(__file__).parents[3]
ABOUT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SCHEMAS = Path(__file__).with_name("schemas")
MANIFEST = json.loads((SCHEMAS / "mcpb" / "manifest.schema.json").read_text())
SERVER = json.loads((SCHEMAS / "registry" / "server.schema.json").read_text())


def named(part):
    """The fields that the registry's schema names for a part; others it lets pass, misspelt ones too."""
    return SERVER["definitions"][part]["properties"].keys()


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    with ZipFile(build(tmp_path_factory.mktemp("bundle"))) as opened:
        yield opened


def test_the_manifest_fits_its_schema_and_the_project(bundle):
    manifest = json.loads(bundle.read("manifest.json"))
    assert list(Draft7Validator(MANIFEST).iter_errors(manifest)) == []
    assert (manifest["name"], manifest["version"], manifest["description"]) == (ABOUT["name"], ABOUT["version"], ABOUT["description"])
    assert [tool["name"] for tool in manifest["tools"]] == [tool.__name__ for tool in TOOLS]
    assert manifest["server"]["entry_point"] in bundle.namelist()
    asked = set(re.findall(r"\$\{user_config\.(\w+)\}", json.dumps(manifest["server"])))
    assert asked == set(manifest["user_config"])


def test_the_bundle_holds_sources_and_nothing_built(bundle):
    names = bundle.namelist()
    assert len(names) == len(set(names))
    assert {"manifest.json", "pyproject.toml", "LICENSE", "README.md", "mcp_server/protocol/heatmap.html"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or name.startswith(("/", "..", ".venv", "server/lib")) or name.endswith(".pyc")]


def test_the_same_sources_give_the_same_bundle(tmp_path):
    assert build(tmp_path / "one").read_bytes() == build(tmp_path / "two").read_bytes()


async def test_the_bundle_runs_as_it_is_unpacked(bundle, tmp_path):
    bundle.extractall(tmp_path)
    code = "import sys; sys.path[:0] = [sys.argv.pop(1)]; import mcp_server; assert mcp_server.__file__.startswith(sys.path[0]); from mcp_server.cli import main; main()"
    environment = {**os.environ, "LIQUIDITY_DEMO": "true", "LIQUIDITY_EXCHANGES": "kraken,okx"}
    server = StdioServerParameters(command=sys.executable, args=["-c", code, str(tmp_path), "mcp"], env=environment, cwd=tmp_path)
    async with Client(server) as client:
        assert "kraken, okx" in client.instructions
        assert "simulated" in client.instructions
        assert [tool.name for tool in (await client.list_tools()).tools] == [tool.__name__ for tool in TOOLS]


@pytest.mark.parametrize(
    ("schema", "document"),
    [
        (MANIFEST, {"manifest_version": "0.4", "name": "x"}),
        (MANIFEST, {"manifest_version": "0.3"}),
        (SERVER, {"name": "no-namespace", "description": "", "version": "1"}),
    ],
)
def test_the_schemas_refuse_what_is_wrong(schema, document):
    assert not Draft7Validator(schema).is_valid(document)


def test_the_registry_entry_fits_its_schema_and_the_project():
    server = json.loads((ROOT / "server.json").read_text())
    assert server["$schema"] == SERVER["$id"]
    assert list(Draft7Validator(SERVER).iter_errors(server)) == []
    (package,) = server["packages"]
    assert server.keys() <= named("ServerDetail")
    assert package.keys() <= named("Package")
    assert (server["version"], package["version"], package["identifier"]) == (ABOUT["version"], ABOUT["version"], ABOUT["name"])
