"""Settings of labels, read from LABELS_*."""

from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class LabelsSettings(Settings):
    """Nothing of its own yet: the shared ones, of which OBJECTS_DIR says where documents lie."""

    model_config = SettingsConfigDict(env_prefix="LABELS_")
