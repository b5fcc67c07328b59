"""Settings of payments, read from PAYMENTS_*."""

from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class PaymentsSettings(Settings):
    """Nothing of its own yet: no charge leaves this service before it has a gateway."""

    model_config = SettingsConfigDict(env_prefix="PAYMENTS_")
