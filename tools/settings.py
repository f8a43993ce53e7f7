"""Every setting, read once from the environment and a `.env` file, frozen afterwards."""

from pathlib import Path
from typing import Annotated, Self

from platformdirs import user_cache_path
from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from .errors import NotConfigured, outside_text
from .parameters import Source

_PREFIX = "LIQUIDITY_"


def _listed(value: object) -> object:
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip())) if isinstance(value, str) else value


def _comma_separated(value: object) -> object:
    return _listed(value.lower()) if isinstance(value, str) else value


class Settings(BaseSettings):
    """Where books come from, which model answers, and within which limits; names ending in `_s` are seconds.

    Every field is read from LIQUIDITY_ and its name, unless its alias says otherwise. `demo` and `replay` exclude each other; neither means live.
    Over HTTP each client may make `requests_per_minute` and `requests_per_day` requests; 0 is no limit.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, populate_by_name=True)

    demo: bool = False
    replay: Path | None = None
    exchanges: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = Field(default=("binance", "coinbase", "kraken"), min_length=1)
    exchange_config: Path | None = None
    taker_fees: dict[str, Annotated[float, Field(ge=0, le=100)]] = Field(default_factory=dict)
    stale_after_s: float = Field(default=10.0, gt=0)
    deadline_s: float = Field(default=10.0, gt=0)
    cache_default_ttl_s: float = Field(default=60.0, gt=0, validation_alias="CACHE_DEFAULT_TTL")
    model: str = ""
    anthropic_api_key: SecretStr | None = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    ollama_base_url: str = Field(default="", validation_alias="OLLAMA_BASE_URL")
    api_tokens: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_listed)] = ()
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    requests_per_minute: int = Field(default=1_200, ge=0)
    requests_per_day: int = Field(default=100_000, ge=0)
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("market-liquidity-monitor"))

    @property
    def source(self) -> Source:
        """What books are where nothing else is said of their exchange."""
        if self.replay is not None:
            return "replay"
        return "simulated" if self.demo else "live"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.demo and self.replay is not None:
            raise ValueError("--demo and --replay exclude each other; give one of them")
        return self


def read_settings(**given: object) -> Settings:
    """The settings, with `given` before the environment; raises NotConfigured, which names the variable that is wrong."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # pyright: ignore[reportArgumentType]
    except SettingsError as error:
        # Raised before any field is known, with its name in the text alone; only one setting is JSON.
        raise NotConfigured(f'{_PREFIX}TAKER_FEES must be JSON such as {{"kraken": 0.26}} ({outside_text(str(error.__cause__))}).') from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        variable = name if name.isupper() else f"{_PREFIX}{name.upper()}"
        raise NotConfigured(f"{variable + ': ' if name else ''}{first['msg'].removeprefix('Value error, ')}.") from error
