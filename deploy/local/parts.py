"""The suite's processes: how each is started, and the environment that they all share."""

import base64
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.local.kept import kept_secret, write_whole
from deploy.local.ports import LOOPBACK

SERVICES = ("portal", "orders", "rules", "labels", "payments", "tracking", "notifications")
WANTED = {  # where a person expects them; another port is taken, and said, when one of these is not free
    "gateway": 8080,
    "shopify": 9100,
    "carrier": 9101,
    "mailbox": 8025,
    "smtp": 1025,
    "amqp": 5682,
    "amqp_nodes": 5683,
    "epmd": 5684,
    "database": 5442,
    "gateway_metrics": 9110,
} | {f"{service}_metrics": 9111 + index for index, service in enumerate(SERVICES)}
ANY = dict.fromkeys(WANTED, 0)


@dataclass(frozen=True)
class Part:
    """One process of ours: its name, what Python runs, and where it says that it is ready."""

    name: str
    arguments: tuple[str, ...]
    ready: str  # the name of a port in WANTED, with the path below it
    metrics: str | None = None

    def command(self) -> list[str]:
        """The command that starts it."""
        return [sys.executable, "-m", *self.arguments]


SANDBOX = Part("sandbox", ("deploy.sandbox",), ready="mailbox/livez")
GATEWAY = Part("gateway", ("services.portal.gateway",), ready="gateway_metrics/readyz", metrics="gateway_metrics")
WORKERS = tuple(
    Part(name, ("libs.chassis.run", name), ready=f"{name}_metrics/readyz", metrics=f"{name}_metrics")
    for name in SERVICES
)
PARTS = {part.name: part for part in (SANDBOX, *WORKERS, GATEWAY)}


def address(ports: dict[str, int], place: str) -> str:
    """The URL of `place`, a port's name and perhaps a path below it."""
    name, _, path = place.partition("/")
    return f"http://{LOOPBACK}:{ports[name]}" + (f"/{path}" if path else "")


def environment(folder: Path, ports: dict[str, int], *, amqp_url: str, database_url: str) -> dict[str, str]:
    """What every process of the suite in `folder` is told."""
    return os.environ | {
        "HOMEWARD_MODE": "sandbox",
        "HOMEWARD_KEYS": keys(folder),
        "AMQP_URL": amqp_url,
        "DATABASE_URL": database_url,
        "CLOCK_FILE": str(clock(folder)),
        "OBJECTS_DIR": str(folder / "objects"),
        "PORTAL_HOST": LOOPBACK,
        "PORTAL_PORT": str(ports["gateway"]),
        "PORTAL_URL": address(ports, "gateway"),
        "PORTAL_FORWARDED_BY": LOOPBACK,  # so that a load of many shoppers can come from many addresses
        "ORDERS_SHOPIFY_BASE": address(ports, "shopify/{shop}"),
        "ORDERS_SHOPIFY_CLIENT_ID": "homeward-sandbox",
        "ORDERS_SHOPIFY_CLIENT_SECRET": "shpss_homeward_sandbox",
        "LABELS_CARRIER_BASE": address(ports, "carrier/{carrier}"),
        "NOTIFICATIONS_SMTP_URL": f"smtp://{LOOPBACK}:{ports['smtp']}",
        "NOTIFICATIONS_SENDER": "Homeward <desk@homeward.example>",
        "SANDBOX_SHOPIFY_PORT": str(ports["shopify"]),
        "SANDBOX_CARRIER_PORT": str(ports["carrier"]),
        "SANDBOX_MAILBOX_PORT": str(ports["mailbox"]),
        "SANDBOX_SMTP_PORT": str(ports["smtp"]),
        "SANDBOX_DATA": str(folder / "sandbox"),
        "PYTHONUNBUFFERED": "1",
    }


def keys(folder: Path) -> str:
    """The key that encrypts secrets at rest, made once: losing it makes the data in `folder` useless."""
    return kept_secret(folder / "keys", lambda: f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}")


def clock(folder: Path) -> Path:
    """The file with the clock's offset in seconds that every process reads."""
    path = folder / "clock"
    if not path.exists():
        write_whole(path, "0")
    return path
