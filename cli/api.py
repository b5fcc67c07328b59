"""The suite's API as this command calls it: JSON back, or a refusal in words."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx

from cli.refusals import Exit, Refusal

PATIENCE = 30.0  # seconds: a replay of many messages takes its time
PAGES = 1_000  # of one list, so that a server that never ends does not hold a script for ever
_EXITS = {401: Exit.NO_ACCESS, 403: Exit.NO_ACCESS, 404: Exit.NOT_FOUND, 422: Exit.USAGE}
_AWAY = {502, 503, 504}


class Api:
    """One suite's `/api/v1` with one key."""

    def __init__(self, address: str, key: str, *, patience: float = PATIENCE) -> None:
        if not address.startswith(("http://", "https://")):
            raise Refusal(f"{address} is no address: write http://... or https://...", Exit.USAGE)
        if not (key.isascii() and key.isprintable()):
            raise Refusal("the key has characters that no key has", Exit.NO_ACCESS)
        self.address = address.rstrip("/")
        self._base = self.address + "/api/v1"
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        self._patience = patience

    def get(self, *path: str, **query: Any) -> Any:
        """What is at this path. Raises Refusal."""
        return self._call("GET", path, params={name: value for name, value in query.items() if value is not None})

    def post(self, *path: str, body: Any = None) -> Any:
        """The answer to this act, which is done once. Raises Refusal."""
        return self._call("POST", path, json=body, headers=self._headers | {"Idempotency-Key": str(uuid4())})

    def pages(self, *path: str, **query: Any) -> Iterator[Any]:
        """Every page of a list, each asked for with the cursor that the one before names as `next`. Raises Refusal."""
        for _ in range(PAGES):
            page = self.get(*path, **query)
            yield page
            if not page.get("next"):
                return
            query["cursor"] = page["next"]

    def _call(self, method: str, path: tuple[str, ...], **more: Any) -> Any:
        return _json_of(self._send(method, self._place(path), **more))

    def _place(self, path: tuple[str, ...]) -> str:
        return "/".join([self._base, *(quote(part, safe="") for part in path)])

    def _send(self, method: str, url: str, **more: Any) -> httpx.Response:
        try:
            answer = httpx.request(method, url, timeout=self._patience, **({"headers": self._headers} | more))
        except (httpx.HTTPError, httpx.InvalidURL) as away:
            raise Refusal(f"{self.address} does not answer ({type(away).__name__})", Exit.UNREACHABLE) from away
        if not answer.is_success:
            raise _refusal(answer, self.address)
        return answer


def _json_of(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise Refusal(f"{answer.url} answered with something that is not JSON", Exit.UNREACHABLE) from None


def _refusal(answer: httpx.Response, address: str) -> Refusal:
    exit = Exit.UNREACHABLE if answer.status_code in _AWAY else _EXITS.get(answer.status_code, Exit.REFUSED)
    try:
        problem = answer.json()
        words = problem["detail"] or problem["code"]
    except (ValueError, KeyError, TypeError):
        return Refusal(f"{address} answered {answer.status_code}, and is perhaps no Homeward suite", exit)
    faults = "; ".join(
        f"{fault.get('pointer', '').strip('/')}: {fault['fault']}" for fault in problem.get("faults") or ()
    )
    return Refusal(
        f"not understood: {faults}" if faults else words,
        exit,
        code=problem["code"],
        status=answer.status_code,
        reference=problem.get("reference"),
    )
