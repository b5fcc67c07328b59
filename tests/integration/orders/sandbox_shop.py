"""The sandbox's shop server as tests drive it, and the door at which its webhooks arrive."""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from libs.chassis.ids import new_id
from libs.contracts.portal import ShopWebhookReceivedV1
from tests.waiting import until


class Mailbag(ThreadingHTTPServer):
    """Takes the webhooks that the sandbox shops send, as portal's ingress does."""

    daemon_threads = True

    def __init__(self) -> None:
        self.facts: list[ShopWebhookReceivedV1] = []
        bag = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                bag.facts.append(
                    ShopWebhookReceivedV1(
                        delivery_id=new_id(),
                        topic=self.headers["X-Shopify-Topic"],
                        shop=self.headers["X-Shopify-Shop-Domain"],
                        triggered_at=self.headers["X-Shopify-Triggered-At"],
                        body=body,
                    )
                )
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Door)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class SandboxShop:
    """The sandbox's shop server, and what it has sent us."""

    def __init__(self, url: str, bag: Mailbag) -> None:
        self.url, self._bag = url, bag

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        """The JSON answer of a control route."""
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode() if body is not None else None,
            {"Content-Type": "application/json", "Accept": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def sell(self, domain: str, **wishes: Any) -> dict[str, Any]:
        """An order, paid, sent and delivered."""
        return self.ask("/control/orders", {"shop": domain, **wishes})

    def webhooks(self, sold: dict[str, Any], count: int = 5) -> list[ShopWebhookReceivedV1]:
        """What the shop told of an order, once it has told `count` things."""
        number = sold["id"].rsplit("/", 1)[1]
        return until(
            lambda: told if len(told := [f for f in list(self._bag.facts) if number in f.body]) >= count else None
        )

    def misbehave(self, kind: str, operation: str, times: int = 1, **more: Any) -> None:
        """Let the next calls of `operation` go wrong."""
        self.ask("/control/faults", {"kind": kind, "operation": operation, "times": times, **more})

    def behave(self) -> None:
        """Forget every fault that waits."""
        self.ask("/control/faults", method="DELETE")

    def faults(self) -> list[dict[str, Any]]:
        """The faults that no call has met yet."""
        return self.ask("/control/faults")["waiting"]

    def kept(self, sold: dict[str, Any]) -> dict[str, Any]:
        """The order as the shop has it."""
        return self.ask(f"/control/orders/{sold['name']}?shop={sold['shop']}")["kept"]

    def refunded(self, sold: dict[str, Any]) -> list[int]:
        """Every refund the shop made on an order, in minor units."""
        return [refund["amount"] for refund in self.kept(sold)["refunds"]]

    def stock(self, domain: str, product: str, variant: str, **now: Any) -> None:
        """How many of a variant there are from now on, and what one costs."""
        self.ask("/control/stock", {"shop": domain, "product": product, "variant": variant, **now})

    def credit(self, sold: dict[str, Any]) -> dict[str, Any]:
        """Every gift card of the shop, and what the order's customer was credited."""
        return self.ask(f"/control/credit?order={sold['name']}&shop={sold['shop']}")

    def effects(self, sold: dict[str, Any]) -> list[str]:
        """What was done to an order, oldest first."""
        journal = self.ask(f"/control/journal?shop={sold['shop']}&order={sold['name']}")
        return [entry["effect"] for entry in journal]
