"""The process itself, beside labels: the label is fetched and reaches the shopper's mailbox."""

import json

from libs.chassis.ids import new_id
from libs.chassis.rpc import ask
from libs.contracts.labels import GetDocumentV1, LabelIssuedV1, Lane, QuoteLabelV1, SaveLanesV1
from libs.contracts.notifications import MessageDeliveredV1
from libs.contracts.portal import LabelRequestedV1, RetailerChangedV1, ReturnSubmittedV1
from libs.contracts.values import Money
from tests.integration.facts import bus, fact
from tests.integration.notifications.conftest import HOME
from tests.unit.labels.parcels import DAVENTRY
from tests.unit.notifications.examples import contact, look, shirt
from tests.waiting import until

LANE = Lane(country="GB", hub="DAV", service="Standard return", price=Money(amount=0, currency="GBP"))


def test_the_label_is_mailed_as_labels_made_it_and_no_log_names_the_shopper(start, broker_url, mailbox, smtp_url):
    start("labels")
    worker = start("notifications")
    alder, return_id = new_id(), new_id()
    ada = contact(email=f"ada-{return_id}@example.com")
    ask(alder, SaveLanesV1(hubs=(DAVENTRY,), lanes=(LANE,)))
    submitted = ReturnSubmittedV1(
        return_id=return_id,
        number="R-7KQ2M9",
        order_id=new_id(),
        order_number="AL-1001",
        contact=ada,
        address=HOME,
        lines=(shirt(),),
        status_url="https://returns.alder.example/r/secret",
        policy_version=1,
    )
    lane_id = ask(alder, QuoteLabelV1(country="GB")).lane_id
    requested = LabelRequestedV1(return_id=return_id, number="R-7KQ2M9", parcel=1, lane_id=lane_id, sender=HOME)

    with bus(broker_url) as broker:
        broker.listen(LabelIssuedV1)
        broker.listen(MessageDeliveredV1)
        for body in (RetailerChangedV1(look=look()), requested, submitted):
            broker.state(fact(alder, body))
        issued = until(lambda: broker.heard(LabelIssuedV1, of=alder))
        delivered = {until(lambda: broker.heard(MessageDeliveredV1, of=alder)).template for _ in range(2)}

    assert delivered == {"return_submitted", "label_ready"}
    (mail,) = [mail for mail in mailbox.to(ada.email) if mail["attachments"]]
    assert mailbox.file(mail) == ask(alder, GetDocumentV1(document_id=issued.document_id)).content
    assert issued.tracking_number in mail["text"]
    log = worker.log.read_text()
    assert ada.email not in log
    assert ada.name not in log
    assert any(json.loads(line)["event"] == "chassis.worked" for line in log.splitlines() if line.startswith("{"))
