"""Settings of tracking, read from TRACKING_*."""

from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class TrackingSettings(Settings):
    """Nothing of its own yet: the shared ones."""

    model_config = SettingsConfigDict(env_prefix="TRACKING_")
