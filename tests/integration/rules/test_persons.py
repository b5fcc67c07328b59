"""Whose a kept case was is forgotten; the case stays, for other policies to be tried on."""

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.contracts.persons import PersonRefs
from libs.contracts.portal import Chosen, ReturnDecidedV1
from libs.contracts.rules import Circumstances
from libs.contracts.rules_persons import ExportPersonV1
from libs.contracts.values import Resolution
from services.rules.service import RulesService
from services.rules.store import Cases
from tests.integration.facts import fact
from tests.integration.forgetting import everything, forget, held, where
from tests.integration.rules.test_replays import given
from tests.unit.rules.examples import SHIRT, a_return, asked, shirt


def test_the_hash_of_an_address_and_the_customer_s_tags_go(service_database):
    service_database("rules")
    service, retailer_id, return_id = RulesService(), new_id(), new_id()
    about = Circumstances(customer="5f1e" * 16, customer_tags=("quill-vip",), order_tags=("gift",))
    decided = ReturnDecidedV1(
        return_id=return_id,
        number="R-7KQ2M9",
        policy_version=1,
        decided_at=now(),
        asked=a_return(asked(shirt())).model_copy(update={"circumstances": about}),
        given=given(1),
        chosen=(Chosen(line_id=SHIRT, resolution=Resolution.REFUND),),
    )
    Cases().keep(fact(retailer_id, decided))
    who = PersonRefs(return_ids=(return_id,))
    before = held(service, retailer_id, ExportPersonV1, who)

    forget(service, Cases(), retailer_id, who)

    assert before == 1
    assert where(Cases(), retailer_id, "5f1e5f1e") + where(Cases(), retailer_id, "quill") == []
    assert len(everything(Cases(), retailer_id)["cases"]) == 1
    assert held(service, retailer_id, ExportPersonV1, who) == 0
