"""Every setting, read once from the environment and a `.env` file, frozen afterwards."""

from pathlib import Path
from typing import Annotated

from platformdirs import user_cache_path
from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .parameters import Source


def _comma_separated(value: object) -> object:
    return [part.strip().lower() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


class Settings(BaseSettings):
    """Where books come from, which model answers, and within which limits. Times are in seconds."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, populate_by_name=True)

    demo: bool = Field(default=False, exclude=True, validation_alias="LIQUIDITY_DEMO")
    replay: Path | None = Field(default=None, validation_alias="LIQUIDITY_REPLAY")
    exchanges: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = Field(
        default=("binance", "coinbase", "kraken"), min_length=1, validation_alias="LIQUIDITY_EXCHANGES"
    )
    exchange_config: Path | None = Field(default=None, validation_alias="LIQUIDITY_EXCHANGE_CONFIG")
    taker_fees: dict[str, float] = Field(default_factory=dict, validation_alias="LIQUIDITY_TAKER_FEES")
    stale_after_s: float = Field(default=10.0, gt=0, validation_alias="LIQUIDITY_STALE_AFTER_S")
    deadline_s: float = Field(default=10.0, gt=0, validation_alias="LIQUIDITY_DEADLINE_S")
    cache_default_ttl_s: float = Field(default=60.0, gt=0, validation_alias="CACHE_DEFAULT_TTL")
    model: str = Field(default="", validation_alias="LIQUIDITY_MODEL")
    anthropic_api_key: SecretStr | None = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    ollama_base_url: str = Field(default="", validation_alias="OLLAMA_BASE_URL")
    log_level: str = Field(default="WARNING", validation_alias="LIQUIDITY_LOG_LEVEL")
    log_file: Path | None = Field(default=None, validation_alias="LIQUIDITY_LOG_FILE")
    cache_dir: Path = Field(default_factory=lambda: user_cache_path("market-liquidity-monitor"))

    @property
    def source(self) -> Source:
        """Where books come from when nothing is said of an exchange."""
        if self.replay is not None:
            return "replay"
        return "simulated" if self.demo else "live"
