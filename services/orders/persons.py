"""Leading a request about a person's data to its end: every service is asked, and asked again until it has answered.

A person is gone when each service, asked for what it holds of them, holds nothing. So nobody's word is taken that it did
what was stated, and a service that was away, or parked the fact, is seen in the request.
"""

import base64
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from libs.chassis.claims import Claim
from libs.chassis.errors import Failed, Unavailable
from libs.chassis.logs import log
from libs.chassis.objects import ObjectMissing, Objects
from libs.chassis.rpc import ask
from libs.chassis.secrets import Secrets
from libs.contracts import (
    labels_persons,
    notifications_persons,
    payments_persons,
    portal_persons,
    rules_persons,
    tracking_persons,
)
from libs.contracts.base import Request
from libs.contracts.errors import Refused
from libs.contracts.orders_persons import PersonExportV1, PersonRequestKind
from libs.contracts.persons import PersonRefs
from libs.contracts.portal import GetPhotoV1
from libs.contracts.portal_persons import FindPersonV1, PersonFoundV1
from services.orders.domain.lookup import OrderNotFound
from services.orders.domain.persons import Pursued
from services.orders.store.person_requests import PersonRequests
from services.orders.store.person_rows import SERVICES

WAIT = 10.0  # seconds for one service to gather what it holds
MOST_PHOTOS, MOST_BYTES = 200, 20_000_000  # that go into one export: it travels as one answer
_SEALED = "persons.export"
_ASKS: Mapping[str, type[Request[Any]]] = {
    "portal": portal_persons.ExportPersonV1,
    "rules": rules_persons.ExportPersonV1,
    "labels": labels_persons.ExportPersonV1,
    "payments": payments_persons.ExportPersonV1,
    "tracking": tracking_persons.ExportPersonV1,
    "notifications": notifications_persons.ExportPersonV1,
}


def pursue(requests: PersonRequests, objects: Objects, claim: Claim) -> None:
    """Take one step with a request. What cannot be done now is planned again, for as long as it takes."""
    asked = requests.begin(claim.retailer_id, claim.subject)
    if asked is None:
        return
    if asked.kind is PersonRequestKind.EXPORT and asked.is_done:
        if asked.is_export_over:
            objects.delete(_key(asked.retailer_id, asked.id))
        return
    found = _found(asked)
    if found is None:
        requests.silent(asked, ())
    elif asked.kind is PersonRequestKind.EXPORT:
        _export(requests, objects, asked, found)
    else:
        who = requests.act(asked, found)
        requests.answered(asked, {name for name in SERVICES if _rows_at(name, asked, who) == 0})


def fetch(requests: PersonRequests, objects: Objects, retailer_id: UUID, request_id: UUID) -> PersonExportV1:
    """The export of a request. Raises OrderNotFound where there is none, or none any more."""
    request = requests.get(retailer_id, request_id)
    if request is None or request.export_until is None:
        raise OrderNotFound()
    try:
        sealed = objects.get(_key(retailer_id, request_id))
    except ObjectMissing:
        raise OrderNotFound() from None
    content = base64.b64decode(Secrets.from_settings().open(retailer_id, _SEALED, sealed))
    return PersonExportV1(filename=f"person-{request_id}.zip", content=content)


def _found(asked: Pursued) -> PersonFoundV1 | None:
    """The person's returns, or None while portal is away."""
    question = FindPersonV1(order_ids=asked.order_ids, email=asked.email, everybody=asked.everybody)
    try:
        return ask(asked.retailer_id, question, timeout=WAIT)
    except (Unavailable, Failed) as away:
        log.info("orders.person_waits", request=str(asked.id), service="portal", error=type(away).__name__)
        return None


def _rows_at(service: str, asked: Pursued, who: PersonRefs) -> int | None:
    """How many rows a service still holds, counted as far as one of each table; None while it is away."""
    data = _held_at(service, asked, who, most=1)
    return None if data is None else data[0]


def _held_at(
    service: str, asked: Pursued, who: PersonRefs, *, most: int | None = None
) -> tuple[int, dict[str, list[dict[str, Any]]]] | None:
    try:
        data = ask(asked.retailer_id, _ASKS[service](who=who, most=most), timeout=WAIT)
    except (Unavailable, Failed) as away:
        log.info("orders.person_waits", request=str(asked.id), service=service, error=type(away).__name__)
        return None
    return data.rows, json.loads(data.document)


def _export(requests: PersonRequests, objects: Objects, asked: Pursued, found: PersonFoundV1) -> None:
    """Gather what every service holds, and keep it, sealed; all or nothing."""
    who = requests.whole(asked, found)
    held = {name: answer[1] for name in SERVICES if (answer := _held_at(name, asked, who)) is not None}
    if set(held) < set(SERVICES):
        requests.silent(asked, set(held))
        return
    whole = {"orders": requests.own(asked.retailer_id, who)} | held
    photos = [UUID(str(row["id"])) for row in held["portal"].get("photos", ())]
    content = _zipped(whole, _photos(asked.retailer_id, photos[:MOST_PHOTOS]))
    sealed = Secrets.from_settings().seal(asked.retailer_id, _SEALED, base64.b64encode(content).decode())
    objects.put(_key(asked.retailer_id, asked.id), sealed)
    requests.gathered(asked)


def _photos(retailer_id: UUID, photo_ids: list[UUID]) -> dict[str, bytes]:
    """As many of the photos as fit; `person.json` names all."""
    found: dict[str, bytes] = {}
    for photo_id in photo_ids:
        if sum(map(len, found.values())) > MOST_BYTES:
            break
        try:
            found[f"photos/{photo_id}.webp"] = ask(retailer_id, GetPhotoV1(photo_id=photo_id), timeout=WAIT).content
        except Refused:  # it was taken away meanwhile
            continue
    return found


def _zipped(whole: Mapping[str, Any], photos: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("person.json", json.dumps(whole, indent=2, default=str, ensure_ascii=False))
        for name, content in photos.items():
            archive.writestr(name, content)
    return out.getvalue()


def _key(retailer_id: UUID, request_id: UUID) -> str:
    return f"persons/{retailer_id}/{request_id}.zip.sealed"
