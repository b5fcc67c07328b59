"""The demo's data: two retailers and the platform's operator made once, and for each retailer an order to return."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from deploy.local.kept import read_json, write_json
from deploy.local.parts import address
from deploy.local.processes import ROOT, StartFailed
from deploy.local.retailers import PLATFORM, retailers


class Seed:
    """What the retailers of the suite in `folder` are called and reached by, and who operates it."""

    def __init__(self, folder: Path, ports: dict[str, int], environment: Mapping[str, str]) -> None:
        self.path = folder / "seed.json"
        self.ports = ports
        self.environment = environment
        self.retailers: list[dict[str, Any]] = []
        self.platform: dict[str, Any] = {}

    def sow(self, say: Callable[[str], None]) -> None:
        """Make the retailers if there are none, tell the shops where we are now, and order something from each."""
        kept = read_json(self.path, None)
        addresses = [self._gateway, self._shop]
        if kept is None or kept["addresses"] != addresses or "platform" not in kept:
            say(
                "making two retailers, alder and kite" if kept is None else "telling alder and kite their new addresses"
            )
            made, platform = self._make(retailers(self._shop))
            kept = {"addresses": addresses, "retailers": made, "platform": platform}
            write_json(self.path, kept)
        self.retailers, self.platform = kept["retailers"], kept["platform"]
        for retailer in self.retailers:
            self._connect(retailer["webhooks"]["shopify"])
            retailer["order"] = place_order(self._shop, retailer["webhooks"]["shopify"]["shop"])

    def _make(self, asked: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        """The retailers with their staff, and the platform's operator; each with passwords and a key."""
        done = subprocess.run(
            [sys.executable, "-m", "services.portal.setup"],
            cwd=ROOT,
            env=dict(self.environment),
            input=json.dumps([*asked, {"platform": PLATFORM}]),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise StartFailed(f"the retailers could not be made.\n{done.stdout[-500:]}{done.stderr[-3000:]}")
        *made, platform = json.loads(done.stdout)
        return [each | {"staff": one["staff"]} for one, each in zip(asked, made, strict=True)], PLATFORM | platform

    def _connect(self, webhooks: dict[str, Any]) -> None:
        httpx.post(f"{self._shop}/control/webhooks", json=webhooks, timeout=10).raise_for_status()

    @property
    def _gateway(self) -> str:
        return address(self.ports, "gateway")

    @property
    def _shop(self) -> str:
        return address(self.ports, "shopify")


def place_order(sandbox_shop: str, domain: str, **wishes: Any) -> dict[str, Any]:
    """Order from a shop of the sandbox: paid, sent and delivered; gives the order's `number`, `email` and `lines`."""
    answer = httpx.post(f"{sandbox_shop}/control/orders", json={"shop": domain, **wishes}, timeout=10)
    order = answer.raise_for_status().json()
    return {"number": order["name"], "email": order["email"], "lines": order["lines"]}
