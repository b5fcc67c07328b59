"""Settings of rules, read from RULES_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class RulesSettings(Settings):
    """`policies_kept` is how many compiled policies one process holds in memory."""

    model_config = SettingsConfigDict(env_prefix="RULES_")

    policies_kept: int = Field(500, ge=1, le=100_000)
