"""Settings of notifications, read from NOTIFICATIONS_*."""

from email.utils import parseaddr
from typing import Self
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from libs.chassis.errors import Permanent
from libs.chassis.settings import Settings
from libs.contracts.values import Look

_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class NotificationsSettings(Settings):
    """`smtp_url` is `smtp://host:25`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host:465`.

    `sender` is whom mails of no retailer come from: `Returns desk <returns@operator.example>`.
    """

    model_config = SettingsConfigDict(env_prefix="NOTIFICATIONS_")

    smtp_url: str = Field(repr=False)
    smtp_timeout_seconds: float = Field(20, gt=0, le=50)
    sender: str | None = None

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self._parts.scheme not in _PORTS or not self._parts.hostname:
            raise ValueError(f"NOTIFICATIONS_SMTP_URL must begin with {', '.join(f'{name}://' for name in _PORTS)}")
        if self._parts.username and self._parts.scheme == "smtp":
            raise ValueError("NOTIFICATIONS_SMTP_URL sends a password in the clear: use smtp+starttls:// or smtps://")
        return self

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.smtp_url)

    @property
    def smtp_scheme(self) -> str:
        """How the link is protected: `smtp`, `smtp+starttls` or `smtps`."""
        return self._parts.scheme

    @property
    def smtp_host(self) -> str:
        """The mail server."""
        return self._parts.hostname or ""

    @property
    def smtp_port(self) -> int:
        """Its port; the usual one of the scheme where none is named."""
        return self._parts.port or _PORTS[self._parts.scheme]

    @property
    def smtp_login(self) -> tuple[str, str] | None:
        """User and password, where there are any."""
        if not self._parts.username:
            return None
        return unquote(self._parts.username), unquote(self._parts.password or "")

    def house_look(self) -> Look:
        """What mails to the platform's own staff wear; raises Permanent where nobody is set to send them."""
        if self.sender is None:
            raise Permanent("NOTIFICATIONS_SENDER is not set: mails of no retailer have no sender")
        return Look(
            slug="homeward",
            name="Homeward",
            brand="#26382f",
            support_email=parseaddr(self.sender)[1],
            shop_url="",
            portal_url="",
            sender=self.sender,
        )
