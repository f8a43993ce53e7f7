"""Every setting, read once from the environment and a `.env` file, frozen afterwards."""

import json
from pathlib import Path
from typing import Annotated, Any, Self

from platformdirs import user_cache_path, user_data_path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ModelWrapValidatorHandler, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .errors import NotConfigured
from .mistakes import mistake
from .parameters import Source, normal_symbol, normal_word

_PREFIX = "LIQUIDITY_"
_NAME = "market-liquidity-monitor"


def _listed(value: object) -> object:
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip())) if isinstance(value, str) else value


def _comma_separated(value: object) -> object:
    return _listed(value.lower()) if isinstance(value, str) else value


def _unset_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _json(kind: type[dict[str, Any]] | type[list[Any]], example: str) -> BeforeValidator:
    """Reads JSON of a kind; nothing at all is an empty one."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        try:
            read = json.loads(value) if value.strip() else kind()
        except ValueError as error:
            raise ValueError(f"must be JSON such as {example} ({error})") from None
        if not isinstance(read, kind):
            raise ValueError(f"must be JSON such as {example}")  # noqa: TRY004 - pydantic takes no other error
        return read

    return BeforeValidator(read)


_Fees = Annotated[dict[str, Annotated[float, Field(ge=0, le=100)]], NoDecode, _json(dict, '{"kraken": 0.26}')]


class Recorded(BaseModel):
    """A market that is recorded while serving."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    symbol: Annotated[str, BeforeValidator(normal_symbol), Field(min_length=1, max_length=40)]
    exchange: Annotated[str, BeforeValidator(normal_word), Field(min_length=1, max_length=40)]
    interval_seconds: float = Field(default=60.0, ge=1, le=86_400)


_Records = Annotated[tuple[Recorded, ...], NoDecode, _json(list, '[{"symbol": "BTC", "exchange": "kraken", "interval_seconds": 60}]')]
_Secret = Annotated[SecretStr | None, BeforeValidator(_unset_if_blank)]
_Place = Annotated[Path | None, BeforeValidator(_unset_if_blank)]


class Settings(BaseSettings):
    """Where books come from, which model answers, and within which limits; names ending in `_s` are seconds.

    Raises NotConfigured, which names the variable that is wrong.

    Every field is read from LIQUIDITY_ and its name, unless its alias says otherwise. `demo` and `replay` exclude each other; neither means live.
    History is kept in `database_url`, or a SQLite file under `data_dir`; `record` is what `liquidity serve` records.
    Over HTTP each client may make `requests_per_minute` and `requests_per_day` requests; 0 is no limit.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True, populate_by_name=True)

    demo: bool = False
    replay: _Place = None
    exchanges: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = Field(default=("binance", "coinbase", "kraken"), min_length=1)
    exchange_config: _Place = None
    taker_fees: _Fees = Field(default_factory=dict)
    stale_after_s: float = Field(default=10.0, gt=0)
    deadline_s: float = Field(default=10.0, gt=0)
    cache_default_ttl_s: float = Field(default=60.0, gt=0, validation_alias="CACHE_DEFAULT_TTL")
    model: str = ""
    anthropic_api_key: _Secret = Field(default=None, validation_alias="ANTHROPIC_API_KEY")
    openai_api_key: _Secret = Field(default=None, validation_alias="OPENAI_API_KEY")
    ollama_base_url: str = Field(default="", validation_alias="OLLAMA_BASE_URL")
    api_tokens: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_listed)] = ()
    allowed_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    cors_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_comma_separated)] = ()
    requests_per_minute: int = Field(default=1_200, ge=0)
    requests_per_day: int = Field(default=100_000, ge=0)
    cache_dir: Path = Field(default_factory=lambda: user_cache_path(_NAME))
    database_url: _Secret = None
    data_dir: Path = Field(default_factory=lambda: user_data_path(_NAME))
    retention_days: float = Field(default=90.0, ge=1, le=36_500)
    record: _Records = ()
    webhook_url: _Secret = None
    webhook_secret: _Secret = None
    webhook_allow_private: bool = False

    @property
    def source(self) -> Source:
        """What books are where nothing else is said of their exchange."""
        if self.replay is not None:
            return "replay"
        return "simulated" if self.demo else "live"

    @property
    def history_url(self) -> str:
        """SQLAlchemy's address of the live history's database."""
        return f"sqlite+aiosqlite:///{self.data_dir / 'history.sqlite3'}" if self.database_url is None else self.database_url.get_secret_value()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.demo and self.replay is not None:
            raise ValueError("--demo and --replay exclude each other; give one of them")
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _in_our_words(cls, given: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return validate(given)
        except ValidationError as error:
            raise NotConfigured(_told(error)) from error


def read_settings(**given: object) -> Settings:
    """The settings, with what is `given` and not None before the environment; raises NotConfigured, which names the variable that is wrong."""
    return Settings(**{name: value for name, value in given.items() if value is not None})  # pyright: ignore[reportArgumentType]


def _told(error: ValidationError) -> str:
    """The first mistake, without what was given: it may be a secret."""
    where, problem, _ = mistake(error)
    if not where:
        return f"{problem}."
    name, *parts = (str(part) for part in where)
    return f"{'.'.join([name if name.isupper() else f'{_PREFIX}{name.upper()}', *parts])} {problem}."
