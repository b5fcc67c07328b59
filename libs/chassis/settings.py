"""Settings that every process shares, read once from the environment and refused at start by the variable's name."""

import hashlib
import hmac
import os
import re
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL, make_url

_KEYS = re.compile(r"\s*[\w.-]+:[A-Za-z0-9+/]{43}=\s*(,\s*[\w.-]+:[A-Za-z0-9+/]{43}=\s*)*")


class Settings(BaseSettings):
    """What every process is told. A service adds its own with `env_prefix="PAYMENTS_"`."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, populate_by_name=True)

    mode: Literal["production", "sandbox"] = Field("production", validation_alias="HOMEWARD_MODE")
    amqp_url: str = Field(validation_alias="AMQP_URL", pattern=r"^amqps?://")
    database_server: str | None = Field(None, validation_alias="DATABASE_URL")
    database_prefix: str = Field("homeward", validation_alias="DATABASE_PREFIX", pattern=r"^[a-z][a-z0-9_]{0,30}$")
    database_pool: int = Field(10, validation_alias="DATABASE_POOL", ge=2, le=100)
    keys: str = Field(validation_alias="HOMEWARD_KEYS", repr=False)
    objects_dir: Path = Field(Path(".run/objects"), validation_alias="OBJECTS_DIR")
    metrics_host: str = Field("127.0.0.1", validation_alias="METRICS_HOST")
    metrics_port: int = Field(0, validation_alias="METRICS_PORT", ge=0, le=65535)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", validation_alias="LOG_LEVEL")
    claim_lease: int = Field(60, validation_alias="CLAIM_LEASE_SECONDS", ge=2, le=3600)
    retry_tiers: str = Field(
        "1s,5s,30s,5m,30m,2h", validation_alias="RETRY_TIERS", pattern=r"^\d+(ms|s|m|h)(,\d+(ms|s|m|h))*$"
    )
    queue_limit: int = Field(10_000, validation_alias="QUEUE_LIMIT", ge=10)

    @field_validator("keys")
    @classmethod
    def _keys_are_whole(cls, keys: str) -> str:
        if not _KEYS.fullmatch(keys):
            raise ValueError("must be id:base64 of 32 bytes, comma separated")
        return keys

    @model_validator(mode="after")
    def _no_crash_in_production(self) -> "Settings":
        if self.mode == "production" and os.environ.get("CRASH_AT"):
            raise ValueError("CRASH_AT is for sandbox mode only")
        return self

    def database(self, service: str) -> URL:
        """Where the application role of `service` connects: `<SERVICE>_DATABASE_URL`, else derived from DATABASE_URL."""
        own = os.environ.get(f"{service.upper()}_DATABASE_URL")
        if own:
            return make_url(own).set(drivername="postgresql+psycopg")
        return self._derived(service, "app")

    def owner_database(self, service: str) -> URL:
        """Where the owner role of `service` connects to migrate: `<SERVICE>_OWNER_DATABASE_URL`, else derived."""
        own = os.environ.get(f"{service.upper()}_OWNER_DATABASE_URL")
        if own:
            return make_url(own).set(drivername="postgresql+psycopg")
        return self._derived(service, "owner")

    def server(self) -> URL:
        """The server itself, with the right to create roles and databases."""
        if self.database_server is None:
            raise SystemExit(
                "Homeward cannot start: DATABASE_URL is missing (a PostgreSQL server, "
                "or set <SERVICE>_DATABASE_URL for this service)"
            )
        return make_url(self.database_server).set(drivername="postgresql+psycopg")

    def _derived(self, service: str, role: str) -> URL:
        server = self.server()
        username = f"{self.database_prefix}_{service}_{role}"
        return server.set(
            database=f"{self.database_prefix}_{service}", username=username, password=role_password(server, username)
        )


def role_password(server: URL, role: str) -> str | None:
    """A password for `role` that every process derives alike from the server's own; none where the server asks none."""
    if not server.password:
        return None
    return hmac.new(str(server.password).encode(), role.encode(), hashlib.sha256).hexdigest()


SettingsT = TypeVar("SettingsT", bound=Settings)


@cache
def load(kind: type[SettingsT] = Settings) -> SettingsT:  # type: ignore[assignment]
    """The settings of this process; ends it with one clear sentence when a variable is missing or wrong."""
    try:
        return kind()
    except ValidationError as wrong:
        raise SystemExit(
            "Homeward cannot start: " + "; ".join(_in_words(error, kind) for error in wrong.errors())
        ) from None


def _in_words(error: ErrorDetails, kind: type[Settings]) -> str:
    words = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        return words
    name = str(error["loc"][0])
    variable = name if name.isupper() else f"{kind.model_config.get('env_prefix', '')}{name}".upper()
    return f"{variable} is missing" if error["type"] == "missing" else f"{variable}: {words}"
