"""A suite for the command to ask: a small server on this machine that answers as the API does."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from cli.homeward import main


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    key: str | None
    body: Any


@dataclass
class Gateway:
    """Answers what the test tells it to, by method and path; all else is not found."""

    answers: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    url: str = ""

    def answer(self, method: str, path: str, body: Any, status: int = 200) -> None:
        """From now on answer so. A callable is given the request."""
        self.answers[method, f"/api/v1{path}"] = (status, body)

    def refuse(self, method: str, path: str, status: int, code: str, detail: str, **more: Any) -> None:
        """From now on refuse so, as problem details."""
        self.answer(
            method, path, {"code": code, "detail": detail, "reference": "0199", "status": status} | more, status
        )


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A gateway of this test alone."""
    here = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(here))
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def homeward(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Call it with a command line, to be run against the gateway; gives exit code, standard output and error."""
    for name in ("HOMEWARD_MODE", "CLOCK_FILE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOMEWARD_RUN", str(tmp_path))
    monkeypatch.setenv("HOMEWARD_ADDRESS", gateway.url)
    monkeypatch.setenv("HOMEWARD_KEY", "hw_a_key")

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def demo(homeward: Callable, gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A demo that runs on this machine; nothing is named in the environment."""
    monkeypatch.delenv("HOMEWARD_ADDRESS")
    monkeypatch.delenv("HOMEWARD_KEY")
    facts = {
        "mode": "sandbox",
        "gateway": gateway.url,
        "platform": {"api_key": "hw_operator"},
        "retailers": [{"slug": "alder", "api_key": "hw_alder"}, {"slug": "kite", "api_key": "hw_kite"}],
        "processes": [],
    }
    (tmp_path / "demo.json").write_text(json.dumps(facts))
    return facts


def _handler(here: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            place = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            key = (self.headers.get("Authorization") or "").removeprefix("Bearer ") or None
            asked = Asked(self.command, place.path, dict(parse_qsl(place.query)), key, body)
            here.asked.append(asked)
            missing = (404, {"code": "request.no_such_address", "detail": "There is nothing at this address."})
            status, answer = here.answers.get((self.command, place.path), missing)
            self._reply(status, answer(asked) if callable(answer) else answer)

        do_POST = do_GET

        def _reply(self, status: int, answer: Any) -> None:
            raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_args: object) -> None:
            """Nothing."""

    return Handler
