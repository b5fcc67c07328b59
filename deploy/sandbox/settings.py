"""Where the sandbox listens and remembers, read once from the environment."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SandboxSettings(BaseSettings):
    """`SANDBOX_*`, with defaults that serve a laptop."""

    model_config = SettingsConfigDict(
        env_prefix="SANDBOX_", extra="ignore", env_ignore_empty=True, populate_by_name=True
    )

    host: str = "127.0.0.1"
    shopify_port: int = Field(9100, ge=1, le=65535)
    carrier_port: int = Field(9101, ge=1, le=65535)
    mailbox_port: int = Field(8025, ge=1, le=65535)
    smtp_port: int = Field(1025, ge=1, le=65535)
    data: Path = Path(".run/sandbox")
    seed: int = 1
    clock_file: Path | None = Field(None, validation_alias="CLOCK_FILE")
    # Where browsers reach the shop's pictures, when that is not the address of the port.
    shopify_url: str = ""

    def pictures_at(self) -> str:
        """The public address of the shop, without a trailing slash."""
        host = "127.0.0.1" if self.host == "0.0.0.0" else self.host  # everywhere is no address to go to
        return (self.shopify_url or f"http://{host}:{self.shopify_port}").rstrip("/")


def load() -> SandboxSettings:
    """The settings of this process; ends it with one clear sentence when a variable is wrong."""
    try:
        return SandboxSettings()
    except ValidationError as wrong:
        words = "; ".join(f"SANDBOX_{str(error['loc'][0]).upper()}: {error['msg']}" for error in wrong.errors())
        raise SystemExit(f"The sandbox cannot start: {words}") from None
