"""Each service tells what waits in its own database, and takes parked work up again when it is told to."""

from uuid import UUID, uuid4

import pytest

from libs.chassis import rpc
from libs.chassis.errors import Unavailable
from libs.chassis.upkeep import GetUpkeepV1, ListParkedWorkV1, ResumeWorkV1
from libs.contracts.errors import Refused
from tests.waiting import until

PLATFORM = UUID(int=0)


@pytest.fixture
def ask(environment, broker_url):
    """Call it to ask the toy."""
    client = rpc.Client(broker_url, "test.upkeep")
    yield lambda request: client.ask(PLATFORM, request)
    client.close()


@pytest.fixture
def parked(toys, retailer, worker, ask) -> UUID:
    """Work that was hopeless; its subject."""
    subject = uuid4()
    with toys.unit(retailer_id=retailer) as unit:
        unit.claim("calls", account="hopeless", subject=subject)
    until(lambda: ask(GetUpkeepV1(service="toy")).parked == 1)
    return subject


def test_a_service_counts_what_waits_in_its_database(toys, retailer, worker, ask):
    from services.toy.toy import ShelvedV1

    with toys.unit(retailer_id=retailer) as unit:
        unit.announce(ShelvedV1(toy_id=uuid4()))

    said = ask(GetUpkeepV1(service="toy"))

    assert (said.outbox, said.planned, said.parked) == (1, 0, 0)
    assert said.outbox_oldest_at is not None


def test_parked_work_is_shown_with_its_reason(retailer, parked, ask):
    (work,) = ask(ListParkedWorkV1(service="toy")).work

    assert (work.kind, work.account, work.subject, work.retailer_id) == ("calls", "hopeless", parked, retailer)
    assert work.error == "Permanent: it will never pass"
    assert work.tries == 1
    assert ask(ListParkedWorkV1(service="toy", id=work.id)).work == (work,)
    assert ask(ListParkedWorkV1(service="toy", id=work.id + 1)).work == ()


def test_parked_work_is_done_once_more_when_told_to(toys, retailer, parked, ask):
    (work,) = ask(ListParkedWorkV1(service="toy")).work
    with toys.engine.begin() as db:
        db.exec_driver_sql("UPDATE claims SET account = 'mended' WHERE id = %s", (work.id,))

    done = ask(ResumeWorkV1(service="toy", id=work.id))

    assert done.resumed == 1
    until(lambda: [note.note for note in toys.notes(retailer, parked)][-1:] == ["done"])
    assert ask(ListParkedWorkV1(service="toy")).work == ()


def test_work_that_is_not_parked_is_not_taken_up_again(worker, toys, ask):
    assert ask(ResumeWorkV1(service="toy")).resumed == 0


def test_a_service_that_is_away_is_told_to_be_so_at_once(environment, ask):
    with pytest.raises(Unavailable):
        ask(GetUpkeepV1(service="nobody"))


def test_a_request_that_is_not_understood_is_refused(worker, toys, ask):
    odd = ListParkedWorkV1.model_construct(service="toy", id="seven", most=1)

    with pytest.raises(Refused, match="malformed"):
        ask(odd)
