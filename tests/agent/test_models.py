"""Which model answers, and what is said of what leaves the machine."""

import pytest

from agent import RULES_LABEL, choose_model
from tools.errors import NotConfigured
from tools.settings import Settings

OLLAMA = "http://127.0.0.1:11434"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch, tmp_path):
    for name in (
        "ANTHROPIC_API_KEY",
        "OPENAI_API_KEY",
        "OLLAMA_BASE_URL",
        "ANTHROPIC_BASE_URL",
        "OPENAI_BASE_URL",
        "OLLAMA_API_KEY",
        "LIQUIDITY_MODEL",
        "GROQ_API_KEY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def chosen(**settings):
    one = choose_model(Settings(**settings))
    return one.label, one.sent_to


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, (RULES_LABEL, None)),
        ({"anthropic_api_key": "a"}, ("anthropic:claude-sonnet-5-5", "Anthropic")),
        ({"openai_api_key": "o"}, ("openai:gpt-6.1-sol", "OpenAI")),
        ({"anthropic_api_key": "a", "openai_api_key": "o", "ollama_base_url": OLLAMA}, ("anthropic:claude-sonnet-5-5", "Anthropic")),
        ({"openai_api_key": "o", "ollama_base_url": OLLAMA}, ("openai:gpt-6.1-sol", "OpenAI")),
        ({"ollama_base_url": OLLAMA}, ("ollama:qwen3", f"your Ollama at {OLLAMA}")),
        ({"anthropic_api_key": "a", "model": "rules"}, (RULES_LABEL, None)),
        ({"anthropic_api_key": "a", "openai_api_key": "o", "model": "openai-chat:gpt-6-luna"}, ("openai-chat:gpt-6-luna", "OpenAI")),
        ({"anthropic_api_key": "a", "model": "ollama:llama4", "ollama_base_url": f"{OLLAMA}/v1/"}, ("ollama:llama4", f"your Ollama at {OLLAMA}")),
        ({"anthropic_api_key": "a", "model": "anthropic:claude-haiku-5-5"}, ("anthropic:claude-haiku-5-5", "Anthropic")),
    ],
    ids=str,
)
def test_the_first_model_that_the_settings_allow_answers(settings, expected):
    assert chosen(**settings) == expected


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"model": "anthropic:claude-haiku-5-5"}, "needs ANTHROPIC_API_KEY, which is not set"),
        ({"model": "openai:gpt-6-luna", "anthropic_api_key": "a"}, "needs OPENAI_API_KEY, which is not set"),
        ({"model": "ollama:llama4"}, "needs OLLAMA_BASE_URL"),
        ({"model": "gpt-6-luna"}, "is not of the form provider:model"),
        ({"model": "test"}, "is not of the form provider:model"),
        ({"model": "nobody:at-all"}, "'nobody:at-all' cannot be used"),
        ({"model": "groq:llama"}, "'groq:llama' cannot be used"),
    ],
    ids=str,
)
def test_what_is_missing_is_named_with_the_way_out(settings, why):
    with pytest.raises(NotConfigured) as raised:
        choose_model(Settings(**settings))
    assert why in str(raised.value)
    assert "LIQUIDITY_MODEL=rules" in str(raised.value)


def test_a_key_goes_to_its_provider_from_the_settings_and_never_into_words():
    one = choose_model(Settings(anthropic_api_key="sk-secret"))
    assert one.model.client.api_key == "sk-secret"
    assert "sk-secret" not in f"{one} {one.privacy}"


def test_an_ollama_is_reached_at_its_openai_compatible_address():
    assert choose_model(Settings(ollama_base_url=f"{OLLAMA}/")).model.base_url == f"{OLLAMA}/v1/"


def test_another_address_is_not_called_by_the_company_s_name(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://proxy.example:4000/v1")
    assert choose_model(Settings(openai_api_key="o")).sent_to == "openai at proxy.example:4000"


def test_privacy_says_what_leaves_the_machine_and_to_whom():
    assert choose_model(Settings()).privacy == "Nothing you type leaves this machine: questions are answered here by rules, without a language model."
    assert "are sent to Anthropic" in choose_model(Settings(anthropic_api_key="a")).privacy
