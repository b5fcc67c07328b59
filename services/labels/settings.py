"""Settings of labels, read from LABELS_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class LabelsSettings(Settings):
    """The shared ones, of which OBJECTS_DIR says where documents lie, where the bridge is, and how long labels are good."""

    model_config = SettingsConfigDict(env_prefix="LABELS_")

    bridge_url: str | None = Field(None, pattern=r"^https?://")
    bridge_token: str | None = None
    valid_days: int = Field(90, ge=1, le=3650)
