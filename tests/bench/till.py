"""A shop with ten thousand changed orders that costs next to nothing: pages made beforehand from one real order.

What is measured is the sweep and not the sandbox, which reads all its orders for each page. Everything else goes on to
the sandbox. The bucket never empties: how long a real shop's lasts is reckoned from the points.
"""

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = 50  # orders, as operations.graphql asks for
_FULL = {"maximumAvailable": 1e9, "currentlyAvailable": 1e9, "restoreRate": 1e6}


class Till(ThreadingHTTPServer):
    """Stands before the sandbox's shops."""

    daemon_threads = True

    def __init__(self, sandbox: str) -> None:
        self.pages: list[bytes] = []
        self.calls, self.cost = 0, 0.0
        till = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                is_page = till.pages and asked["operationName"] == "OrdersPage"
                answer = (
                    till.page(asked["variables"]["after"]) if is_page else till.ask(sandbox + self.path, body, self)
                )
                self.send_response(200)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Door)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """What `ORDERS_SHOPIFY_BASE` is."""
        return f"http://127.0.0.1:{self.server_port}/{{shop}}"

    @property
    def points(self) -> float:
        """What all pages so far cost."""
        return self.calls * self.cost

    def fill(self, orders: list[str]) -> None:
        """Answer with these orders, each as it stands in JSON, at the price that the sandbox asks for a page."""
        cut = [orders[start : start + PAGE] for start in range(0, len(orders), PAGE)]
        self.pages = [_page(nodes, number, len(cut), self.cost) for number, nodes in enumerate(cut)]
        self.calls = 0

    def page(self, after: str | None) -> bytes:
        """The page after this place."""
        self.calls += 1
        return self.pages[int(after or 0)]

    def ask(self, url: str, body: bytes, asked: BaseHTTPRequestHandler) -> bytes:
        """What the sandbox answers; the cost of the last one is remembered."""
        headers = {name: asked.headers[name] for name in ("Content-Type", "X-Shopify-Access-Token")}
        with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=10) as answer:
            text = answer.read()
        self.cost = json.loads(text)["extensions"]["cost"]["requestedQueryCost"]
        return text


def _page(nodes: list[str], number: int, of: int, cost: float) -> bytes:
    info = json.dumps({"hasNextPage": number + 1 < of, "endCursor": str(number + 1)})
    told = json.dumps({"requestedQueryCost": cost, "actualQueryCost": cost, "throttleStatus": _FULL})
    orders = f'{{"nodes": [{",".join(nodes)}], "pageInfo": {info}}}'
    return f'{{"data": {{"orders": {orders}}}, "extensions": {{"cost": {told}}}}}'.encode()
