"""Settings of labels, read from LABELS_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class LabelsSettings(Settings):
    """The shared ones, where carriers are, and how long labels and rates are good. OBJECTS_DIR says where documents lie."""

    model_config = SettingsConfigDict(env_prefix="LABELS_")

    carrier_base: str | None = Field(None, pattern=r"^https?://[^{}]*\{carrier\}[^{}]*$")
    carrier_seconds: float = Field(15, ge=0.2, le=20)
    valid_days: int = Field(90, ge=1, le=3650)
    rates_hours: float = Field(12, ge=0.1, le=168)
    rates_good_hours: float = Field(72, ge=1, le=720)
