"""What portal is told by its environment."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from libs.chassis.settings import Settings


class PortalSettings(Settings):
    """The gateway's address and limits, and how long some things are kept, which the worker reads too."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_")

    host: str = Field("127.0.0.1", description="the address the gateway listens on")
    port: int = Field(8080, ge=1, le=65535, description="the port the gateway listens on")
    url: str = Field("http://127.0.0.1:8080", pattern=r"^https?://[^/]+$", description="the gateway's public address")
    threads: int = Field(40, ge=4, le=200, description="requests in hand at once")
    shopify_client_secret: str = Field(
        "", description="our app's secret at Shopify, with which shops that installed it sign their webhooks"
    )
    request_days: int = Field(90, ge=8, description="days that a kept request lives after it was last changed")
    answer_hours: int = Field(168, ge=24, description="hours that the answer to an Idempotency-Key is kept")
    webhook_days: int = Field(30, ge=7, description="days that the body of a webhook is kept")
    forwarded_by: str = Field("", description="addresses of proxies whose X-Forwarded-For is believed, comma separated")
