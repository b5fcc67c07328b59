"""The forms of a return's labels: behind the shopper's private link, and behind links that are good for minutes."""

from datetime import timedelta

import pytest

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.secrets import Secrets
from libs.contracts.labels import DocumentForm
from services.portal.access import May
from services.portal.label_links import LIFE, Linked, sign
from tests.integration.facts import fact
from tests.integration.portal.test_returns import a_submission
from tests.unit.portal import lives


@pytest.fixture
def labelled(returns, retailer):
    """A return whose label is made."""
    asked = a_submission()
    returns.submit(retailer.id, asked)
    for body in (lives.fee_waived(asked.ret), lives.label_issued(asked.ret)):
        returns.change(fact(retailer.id, body))
    return asked.ret


def linked(retailer, *, until, form=DocumentForm.SHEET):
    token = sign(Secrets.from_settings(), retailer.id, Linked(new_id(), form), until=until)
    return f"/{retailer.slug}/documents/{token}"


def test_a_link_that_is_over_or_forged_opens_nothing(browser, retailer):
    over = browser.get(linked(retailer, until=now() - timedelta(seconds=1)))
    forged = browser.get(linked(retailer, until=now() + LIFE)[:-1] + "z")

    assert (over.status_code, forged.status_code) == (404, 404)


def test_a_link_to_a_document_that_never_was_is_not_found(start, browser, retailer):
    start("labels")

    assert browser.get(linked(retailer, until=now() + LIFE)).status_code == 404


def test_a_program_is_told_of_no_form_where_labels_knows_no_such_label(start, browser, retailer, a_key, labelled):
    start("labels")
    key = a_key(retailer.id, May.READ_RETURNS)

    answer = browser.get(f"/api/v1/returns/{labelled.number}/documents", headers={"Authorization": f"Bearer {key}"})
    unknown = browser.get("/api/v1/returns/R-222222/documents", headers={"Authorization": f"Bearer {key}"})

    assert (answer.status_code, answer.json()) == (200, {"documents": []})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "returns.not_found")


def test_nobody_without_the_return_s_link_sees_its_papers(browser, retailer):
    assert browser.get(f"/{retailer.slug}/r/{'x' * 32}/papers").status_code == 404


def test_a_shopper_whose_label_cannot_be_fetched_is_told_where_it_is_besides(browser, returns, retailer, labelled):
    address = f"/{retailer.slug}{returns.get(retailer.id, return_id=labelled.id).status_path}/papers"

    answer = browser.get(address)

    assert answer.status_code == 503
    assert "Your label is kept. It is in the email that we sent you, too." in answer.text
    assert f'href="{address}"' in answer.text  # try again
    assert retailer.look.name in answer.text
