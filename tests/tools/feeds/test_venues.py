import json

import pytest

from tools.errors import NotConfigured
from tools.feeds.venues import Venue, read_venues, venue


def test_an_exchange_without_configuration_is_live():
    assert venue({}) == Venue("live", {})


@pytest.mark.parametrize(
    "config",
    [
        {"urls": {"api": {"public": "http://127.0.0.1:1"}}},
        {"hostname": "example.invalid"},
        {"proxyUrl": "http://127.0.0.1:1/?"},
        {"proxy_url": "http://127.0.0.1:1/?"},
        {"sandbox": True},
    ],
)
def test_books_from_an_overridden_endpoint_are_simulated_unless_the_configuration_says_live(config):
    assert venue(config).source == "simulated"
    assert venue({**config, "source": "live"}) == Venue("live", config)


@pytest.mark.parametrize("config", [{"apiKey": "k"}, {"httpsProxy": "http://127.0.0.1:3128"}, {"options": {"x": 1}}, {"timeout": 5}])
def test_what_leaves_the_endpoint_alone_stays_live(config):
    assert venue(config).source == "live"


def test_an_unknown_source_is_refused():
    with pytest.raises(NotConfigured, match="\"source\" must be one of live, simulated, replay, not 'real'"):
        venue({"source": "real"})


def test_a_configuration_file_is_read_by_exchange(tmp_path):
    path = tmp_path / "exchanges.json"
    path.write_text(json.dumps({"Kraken": {"urls": {}, "source": "live"}}))
    assert read_venues(path) == {"kraken": Venue("live", {"urls": {}})}


@pytest.mark.parametrize(
    ("text", "problem"),
    [("{", "is not JSON"), ("[]", "must hold an object"), ('{"kraken": 1}', "must hold an object"), ('{"kraken": {"source": 1}}', "must be one of")],
)
def test_a_configuration_file_that_is_not_one_is_refused_by_name(tmp_path, text, problem):
    path = tmp_path / "exchanges.json"
    path.write_text(text)
    with pytest.raises(NotConfigured, match=problem) as caught:
        read_venues(path)
    assert "LIQUIDITY_EXCHANGE_CONFIG" in str(caught.value)


def test_a_missing_configuration_file_is_refused_by_name(tmp_path):
    with pytest.raises(NotConfigured, match=r"none\.json cannot be read"):
        read_venues(tmp_path / "none.json")
