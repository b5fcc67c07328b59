"""What the tests of the API share: returns to act on, and a program that calls."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from httpx import Response
from starlette.testclient import TestClient

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.base import Envelope, Message
from services.portal import domain
from services.portal.domain import Return
from services.portal.intake import new_number
from services.portal.store.returns import Returns
from services.portal.store.rows import Submission
from tests.unit.portal import lives


@dataclass(frozen=True)
class Program:
    """A program with its API key."""

    browser: TestClient
    key: str

    def get(self, path: str, **more: Any) -> Response:
        return self.browser.get(f"/api/v1{path}", headers=self._headers(more), **more)

    def post(self, path: str, body: Any = None, *, key: str | None = "", **more: Any) -> Response:
        """With a key of its own, or with `key`, or with none where that is None."""
        headers = self._headers(more) | ({} if key is None else {"idempotency-key": key or token_urlsafe(12)})
        return self.browser.post(f"/api/v1{path}", json=body, headers=headers, **more)

    def _headers(self, more: dict[str, Any]) -> dict[str, str]:
        given: Mapping[str, str] = more.pop("headers", {})
        return {"authorization": f"Bearer {self.key}", **given}


def submitted(returns: Returns, retailer: Any, *, held: str | None = None, decision: Any = None) -> Return:
    """A return of one shirt: in review where it is `held`, else awaiting its fee."""
    line = lives.a_line()
    line = replace(line, asked=line.asked.model_copy(update={"id": new_id(), "order_line_id": new_id()}))
    ret = replace(lives.a_return(line), id=new_id(), number=new_number())
    ret, said = domain.submit(ret.knowing(held=frozenset({held} if held else ()), approved=False))
    link, lines = token_urlsafe(8), {line.asked.order_line_id: 1}
    key = token_urlsafe(12)
    kept = decision or {"lines": []}
    returns.submit(
        retailer.id, Submission(ret, said, key, sha256(key.encode()).digest(), kept, f"/r/{link}", link, lines)
    )
    return ret


def tell(returns: Returns, retailer: Any, *facts: Message) -> None:
    """Let portal hear these facts."""
    for fact in facts:
        returns.change(Envelope.of(fact, id=new_id(), time=now(), retailer_id=retailer.id, correlation_id=new_id()))
