"""A person taken out of a service's rows: what every service must do alike, whatever it keeps."""

from typing import Any
from uuid import UUID

from libs.chassis.ids import new_id
from libs.chassis.store import Store
from libs.contracts.base import Call, Request
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.persons import PersonRefs
from tests.integration.facts import fact

SHIPPED = {"alembic_version", "outbox", "inbox", "claims"}


def erased(who: PersonRefs, mark: str = "1a2b3c4d") -> PersonErasedV1:
    """The fact that a person is to be taken out."""
    return PersonErasedV1(request_id=new_id(), pseudonym=f"erased {mark}", who=who)


def held(service: Any, retailer_id: UUID, asked: type[Request[Any]], who: PersonRefs) -> int:
    """How many rows the service says it holds of a person."""
    call = Call(retailer_id=retailer_id, correlation_id=new_id(), deadline=0, data=asked(who=who))
    rows: int = service.export_person(call).rows
    return rows


def everything(store: Store, retailer_id: UUID) -> dict[str, list[str]]:
    """Every row of every table that this retailer sees, as text."""
    with store.unit(retailer_id=retailer_id) as unit:
        names = unit.db.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1"
        ).scalars()
        return {
            name: list(unit.db.exec_driver_sql(f'SELECT t::text FROM "{name}" t ORDER BY 1').scalars())
            for name in names.all()
            if name not in SHIPPED
        }


def where(store: Store, retailer_id: UUID, words: str) -> list[str]:
    """The tables in which the words stand."""
    rows = everything(store, retailer_id)
    return [name for name, texts in rows.items() if any(words.casefold() in text.casefold() for text in texts)]


def forget(service: Any, store: Store, retailer_id: UUID, who: PersonRefs) -> None:
    """Take the person out; twice, under two pseudonyms, which must be as once."""
    service.on_person_erased(fact(retailer_id, erased(who)))
    once = everything(store, retailer_id)
    service.on_person_erased(fact(retailer_id, erased(who, "99999999")))
    assert everything(store, retailer_id) == once
