"""`/livez`, `/readyz` and `/metrics`, on a port of their own, without secrets."""

import json
import os
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from libs.chassis.metrics import meter

STALLED = 5.0  # seconds without a beat after which the process is not alive

Check = Callable[[], None]  # raises when what it looks at is away


class Health:
    """Answers for one process. `checks` are asked by /readyz, each by name; a beat thread shows that the process runs."""

    def __init__(self, host: str, port: int, checks: dict[str, Check]) -> None:
        self._checks = checks
        self._beat = time.monotonic()
        self._server = ThreadingHTTPServer((host, port), self._handler())
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._server.server_address[1]

    def start(self) -> None:
        """Serve until the process ends."""
        for target in (self._server.serve_forever, self._beat_on):
            threading.Thread(target=target, daemon=True).start()

    def _beat_on(self) -> None:
        while True:
            asked = time.monotonic()
            time.sleep(0.5)
            self._beat = time.monotonic()
            meter().hub_lag.set(max(0.0, self._beat - asked - 0.5))

    def alive(self) -> tuple[int, dict[str, str]]:
        """200 while the process's own loop turns, and which process it is."""
        late = time.monotonic() - self._beat
        stalls = late >= STALLED
        return 503 if stalls else 200, {
            "status": f"stalled for {late:.0f} s" if stalls else "alive",
            "pid": str(os.getpid()),
        }

    def ready(self) -> tuple[int, dict[str, str]]:
        """200 when every check passes; each is named with `ok` or the kind of its failure."""
        found = {name: _outcome(check) for name, check in self._checks.items()}
        return (200 if all(word == "ok" for word in found.values()) else 503), found

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        health = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                if self.path == "/metrics":
                    return self._answer(200, generate_latest(meter().registry), CONTENT_TYPE_LATEST)
                found = {"/livez": health.alive, "/readyz": health.ready}.get(self.path)
                status, words = found() if found else (404, {"status": "not found"})
                return self._answer(status, json.dumps(words).encode(), "application/json")

            def _answer(self, status: int, body: bytes, kind: str) -> None:
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Health checks are not worth a log line."""

        return Handler


def _outcome(check: Check) -> str:
    try:
        check()
    except Exception as wrong:  # whatever it is, the process is not ready, and the kind tells why
        return type(wrong).__name__
    return "ok"
