"""Which model answers, and what leaves this machine when it does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr
from pydantic_ai.exceptions import UserError
from pydantic_ai.models import Model, infer_model
from pydantic_ai.providers import Provider, infer_provider, infer_provider_class

from tools.errors import NotConfigured, outside_text
from tools.settings import Settings

from .rules import RULES_LABEL, rules_model

DEFAULT_ANTHROPIC = "anthropic:claude-sonnet-5-5"
DEFAULT_OPENAI = "openai:gpt-6.1-sol"
DEFAULT_OLLAMA = "ollama:qwen3"
"""What `OLLAMA_BASE_URL` alone means: a small model that calls tools well. It must have been pulled there."""

_KEYWORD = "rules"
_OPENAI_PROVIDERS = ("openai", "openai-chat", "openai-responses")
_COMPANIES: Mapping[str, str] = {"api.anthropic.com": "Anthropic", "api.openai.com": "OpenAI"}
_WAY_OUT = "or set LIQUIDITY_MODEL=rules to answer without a language model"


@dataclass(frozen=True)
class ChosenModel:
    """A model, the name it goes by on screen, and who receives the question and the tool results (None: nobody)."""

    model: Model
    label: str
    sent_to: str | None

    @property
    def privacy(self) -> str:
        """What leaves this machine, and to whom, in one sentence."""
        if self.sent_to is None:
            return "Nothing you type leaves this machine: questions are answered here by rules, without a language model."
        return f"Your questions and the tools' results are sent to {self.sent_to}, which runs the model; nothing else of this machine is."


def choose_model(settings: Settings) -> ChosenModel:
    """LIQUIDITY_MODEL, else Anthropic or OpenAI where a key is set, else Ollama where OLLAMA_BASE_URL is, else the rules.

    Raises NotConfigured for an unknown model or a missing key.
    """
    name = settings.model.strip() or _default(settings)
    if name == _KEYWORD:
        return ChosenModel(rules_model(), RULES_LABEL, None)
    if ":" not in name:
        raise NotConfigured(f"LIQUIDITY_MODEL {outside_text(name)!r} is not of the form provider:model; give one such as {DEFAULT_ANTHROPIC}, {_WAY_OUT}.")
    try:
        model = infer_model(name, provider_factory=lambda provider: _provider(provider, settings))
    except (UserError, ValueError, ImportError) as error:
        raise NotConfigured(f"LIQUIDITY_MODEL {outside_text(name)!r} cannot be used ({outside_text(str(error))}); correct it, {_WAY_OUT}.") from error
    return ChosenModel(model, name, _receiver(name, model))


def _default(settings: Settings) -> str:
    if settings.anthropic_api_key:
        return DEFAULT_ANTHROPIC
    if settings.openai_api_key:
        return DEFAULT_OPENAI
    return DEFAULT_OLLAMA if settings.ollama_base_url else _KEYWORD


def _provider(name: str, settings: Settings) -> Provider[Any]:
    """The provider with the settings' own keys; those this project has no setting for read theirs from the environment."""
    # By name, as importing a provider imports its whole SDK: a second that only those who use it should pay.
    provider: Any = infer_provider_class(name)
    if name == "anthropic":
        return provider(api_key=_key(settings.anthropic_api_key, "ANTHROPIC_API_KEY"))
    if name in _OPENAI_PROVIDERS:
        return provider(api_key=_key(settings.openai_api_key, "OPENAI_API_KEY"))
    if name == "ollama":
        return provider(base_url=_ollama_url(settings.ollama_base_url))
    return infer_provider(name)


def _key(key: SecretStr | None, variable: str) -> str:
    if key is None or not key.get_secret_value():
        raise NotConfigured(f"The chosen model needs {variable}, which is not set; set it, choose another LIQUIDITY_MODEL, {_WAY_OUT}.")
    return key.get_secret_value()


def _ollama_url(base_url: str) -> str:
    """Ollama's OpenAI-compatible address: people give its root as often as its /v1."""
    if not base_url:
        raise NotConfigured(f"An ollama model needs OLLAMA_BASE_URL, such as http://127.0.0.1:11434; set it, {_WAY_OUT}.")
    root = base_url.rstrip("/")
    return root if root.endswith("/v1") else f"{root}/v1"


def _receiver(name: str, model: Model) -> str:
    """Who runs the model: a company where the address is its own, else the address."""
    provider = name.partition(":")[0]
    address = urlsplit(model.base_url or "")
    if provider == "ollama":
        return f"your Ollama at {address.scheme}://{address.netloc}"
    if company := _COMPANIES.get(address.hostname or ""):
        return company
    return f"{provider} at {address.netloc}" if address.netloc else provider
