"""What orders is told at start."""

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class OrdersSettings(Settings):
    """How the shops are reached. Times are seconds."""

    model_config = SettingsConfigDict(env_prefix="ORDERS_")

    shopify_version: str = Field("2026-07", pattern=r"^20\d\d-(01|04|07|10)$")
    shopify_base: str | None = Field(None, pattern=r"^https?://.*\{shop\}")
    shopify_timeout: float = Field(10.0, gt=0, le=15)
    shopify_patience: float = Field(1.5, gt=0, le=10)
    shopify_client_id: str | None = None
    shopify_client_secret: str | None = Field(None, repr=False)

    @model_validator(mode="after")
    def _only_shopify_in_production(self) -> "OrdersSettings":
        if self.mode == "production" and self.shopify_base:
            raise ValueError("ORDERS_SHOPIFY_BASE is for sandbox mode only: it would send shops' tokens elsewhere")
        return self
