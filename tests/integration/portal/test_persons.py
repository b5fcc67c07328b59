"""A person's data in portal: found, told, taken out of everything but the books, and every request about it in the audit."""

from datetime import timedelta
from secrets import token_urlsafe

import pytest
from sqlalchemy import insert

from libs.chassis.clock import now
from libs.chassis.ids import new_id
from libs.chassis.objects import ObjectMissing, Objects
from libs.contracts.orders_persons import (
    PersonExportedV1,
    PersonRequestedV1,
    PersonRequestEndedV1,
    PersonRequestKind,
    PersonRequestLateV1,
    PersonRequestState,
)
from libs.contracts.persons import PersonAsked, PersonRefs
from libs.contracts.portal import ShopWebhookReceivedV1
from libs.contracts.portal_persons import FindPersonV1, PersonExportReadyV1, PersonReminderDueV1
from libs.contracts.values import Contact
from services.portal.access import Role
from services.portal.domain import TaskKind, acts
from tests.integration.facts import fact, said
from tests.integration.forgetting import erased, everything, where
from tests.integration.portal.test_returns import a_submission

MAYA = Contact(name="Maya Quill", email="Maya.Quill@example.com", phone="+44 7700 900123")
WORDS = "says my sister Quill"


@pytest.fixture
def persons(people):
    """What is known of persons."""
    from services.portal.store.erasing import Persons

    return Persons()


@pytest.fixture
def asked(returns, retailer):
    """Maya's return of one shirt, with her words."""
    from dataclasses import replace

    plain = a_submission()
    line = replace(plain.ret.lines[0], asked=plain.ret.lines[0].asked.model_copy(update={"comment": WORDS}))
    address = plain.ret.address.model_copy(update={"name": MAYA.name, "line1": "5 Quill Row"})
    ret = replace(plain.ret, contact=MAYA, address=address, lines=(line,))
    said_ = tuple(
        each.model_copy(update={"contact": MAYA, "address": address, "lines": (line.asked,)})
        if hasattr(each, "contact")
        else each.model_copy(update={"lines": (line.asked,)})
        if hasattr(each, "lines")
        else each
        for each in plain.messages
    )
    whole = replace(plain, ret=ret, messages=said_, decision={"lines": [], "customer": "hash of quill"})
    returns.submit(retailer.id, whole)
    return whole


def who(asked, **more):
    return PersonRefs(return_ids=(asked.ret.id,), order_ids=(asked.ret.order_id,), **more)


def forget(persons, retailer, refs, mark="1a2b3c4d"):
    persons.erase(fact(retailer.id, erased(refs, mark)))


def test_a_person_is_found_by_order_and_by_address(persons, retailer, asked):
    by_order = persons.find(retailer.id, FindPersonV1(order_ids=(asked.ret.order_id,)))
    by_email = persons.find(retailer.id, FindPersonV1(email=" maya.QUILL@example.com "))
    nobody = persons.find(retailer.id, FindPersonV1(order_ids=(new_id(),), email="ben@example.com"))

    assert [(each.return_id, each.open) for each in by_order.returns] == [(asked.ret.id, True)]
    assert by_email == by_order
    assert nobody.returns == ()


def test_an_ended_return_is_not_open(persons, returns, retailer, asked):
    returns.act_on(retailer.id, asked.ret.id, acts.Close(words=WORDS))

    (found,) = persons.find(retailer.id, FindPersonV1(order_ids=(asked.ret.order_id,))).returns
    everybody = persons.find(retailer.id, FindPersonV1(everybody=True))

    assert not found.open
    assert everybody.returns == ()


def test_nothing_tells_any_more_who_it_was_and_the_books_stay(persons, returns, retailer, asked, browser):
    from services.portal.store.reporting import Reporting

    returns.act_on(retailer.id, asked.ret.id, acts.MarkFor(TaskKind.PARCEL_IN_TROUBLE, "1", WORDS))
    returns.act_on(retailer.id, asked.ret.id, acts.Close(words=WORDS))
    before, books = where(persons, retailer.id, "quill"), Reporting().rows(retailer.id)
    told = persons.export(retailer.id, PersonAsked(who=who(asked)))

    forget(persons, retailer, who(asked))

    assert {"returns", "return_lines", "facts"} <= set(before)
    assert WORDS in told.document
    assert where(persons, retailer.id, "quill") == []
    assert persons.export(retailer.id, PersonAsked(who=who(asked), most=1)).rows == 0
    assert Reporting().rows(retailer.id) == books
    Reporting().rebuild(retailer.id)
    assert Reporting().rows(retailer.id) == books
    story = returns.get(retailer.id, return_id=asked.ret.id)
    assert (story.ret.contact.name, story.ret.contact.email) == ("erased 1a2b3c4d", "")
    assert (story.ret.lines[0].asked.comment, story.ret.address.country) == ("erased", asked.ret.address.country)


def test_a_second_time_and_another_request_change_nothing(persons, retailer, asked):
    forget(persons, retailer, who(asked))
    once = everything(persons, retailer.id)

    forget(persons, retailer, who(asked))
    forget(persons, retailer, who(asked), "99999999")

    assert everything(persons, retailer.id) == once


def test_an_erasure_that_comes_before_its_return_is_made_good_when_it_is_stated_again(persons, returns, retailer):
    late = a_submission()
    forget(persons, retailer, who(late))

    returns.submit(retailer.id, late)
    left = persons.export(retailer.id, PersonAsked(who=who(late), most=1)).rows
    forget(persons, retailer, who(late))

    assert left > 0
    assert persons.export(retailer.id, PersonAsked(who=who(late), most=1)).rows == 0


def test_other_persons_are_left_alone(persons, returns, retailer, asked):
    other = a_submission()
    returns.submit(retailer.id, other)

    forget(persons, retailer, who(asked))

    assert returns.get(retailer.id, return_id=other.ret.id).ret.contact == other.ret.contact


def test_another_retailer_s_rows_are_out_of_reach(persons, returns, retailer, asked):
    persons.erase(fact(new_id(), erased(who(asked))))

    assert returns.get(retailer.id, return_id=asked.ret.id).ret.contact == MAYA


def test_a_photo_goes_with_its_object(persons, retailer, asked, tmp_path):
    from services.portal.store.tables import photos
    from services.portal.store.uploads import UPLOADS, Uploads

    objects, key = Objects(tmp_path), f"photos/{retailer.id}/order/seam.webp"
    objects.put(key, b"a seam")
    row = {"return_line_id": asked.ret.lines[0].asked.id, "object_key": key, "width": 4, "height": 3}
    with persons.unit(retailer_id=retailer.id) as unit:
        unit.db.execute(insert(photos).values(id=new_id(), retailer_id=retailer.id, created_at=now(), **row))

    forget(persons, retailer, who(asked))
    with persons.engine.begin() as db:
        claims = db.exec_driver_sql(
            "SELECT subject FROM claims WHERE kind = %s AND retailer_id = %s", (UPLOADS, retailer.id)
        ).scalars()
        for subject in list(claims):
            Uploads().forget(retailer.id, subject, objects.delete)

    with pytest.raises(ObjectMissing):
        objects.get(key)


def test_raw_webhooks_of_an_order_and_of_the_request_itself_lose_their_words(persons, retailer, asked):
    from services.portal.store.ingress import Delivery, Endpoint, Ingress

    endpoint = Endpoint(new_id(), retailer.id, "shopify", "main", ())
    bodies = {
        "order": '{"id": 820982911946154508, "email": "maya.quill@example.com"}',
        "request": '{"customer": {"email": "maya.quill@example.com"}}',
        "other": '{"id": 1820982911946154508, "email": "ben@example.com"}',
    }
    ids = {name: new_id() for name in bodies}
    for name, body in bodies.items():
        told = ShopWebhookReceivedV1(delivery_id=ids[name], topic="orders/create", shop="s", body=body)
        Ingress().take(endpoint, Delivery(ids[name], token_urlsafe(8), "orders/create", {}, body), told)
    refs = who(asked, shop_order_ids=("gid://shopify/Order/820982911946154508",), delivery_ids=(ids["request"],))

    forget(persons, retailer, refs)

    rows = everything(persons, retailer.id)["deliveries"]
    assert len(rows) == 3
    assert [row for row in rows if "quill" in row] == []
    assert len([row for row in rows if "ben@example.com" in row]) == 1


def test_the_bytes_of_a_large_webhook_go_with_the_person_it_tells_of(persons, retailer, asked, tmp_path):
    from services.portal.store.ingress import Delivery, Endpoint, Ingress, body_key
    from services.portal.store.uploads import Uploads

    endpoint, objects = Endpoint(new_id(), retailer.id, "shopify", "main", ()), Objects(tmp_path)
    keys = {}
    for order in (820982911946154508, 1820982911946154508):
        delivery_id = new_id()
        keys[order] = body_key(retailer.id, delivery_id)
        Uploads().note(retailer.id, keys[order], kept=timedelta(days=30))
        objects.put(keys[order], b"{}")
        told = ShopWebhookReceivedV1(
            delivery_id=delivery_id, topic="orders/create", shop="s", body="", body_key=keys[order]
        )
        delivery = Delivery(delivery_id, token_urlsafe(8), "orders/create", {}, f'{{"id": {order}}}')
        Ingress().take(endpoint, delivery, told)

    forget(persons, retailer, who(asked, shop_order_ids=("gid://shopify/Order/820982911946154508",)))
    with persons.engine.connect() as db:
        claims = "SELECT subject FROM claims WHERE kind = 'uploads' AND retailer_id = %s"
        for subject in list(db.exec_driver_sql(claims, (retailer.id,)).scalars()):
            Uploads().forget(retailer.id, subject, objects.delete)

    with pytest.raises(ObjectMissing):
        objects.get(keys[820982911946154508])
    assert objects.get(keys[1820982911946154508]) == b"{}"


def test_a_webhook_s_body_is_given_up_after_thirty_days(persons, retailer):
    from services.portal.store.ingress import Delivery, Endpoint, Ingress

    endpoint = Endpoint(new_id(), retailer.id, "shopify", "main", ())
    for body in ('{"old": 1}', '{"new": 1}'):
        told = ShopWebhookReceivedV1(delivery_id=new_id(), topic="orders/create", shop="s", body=body)
        Ingress().take(endpoint, Delivery(new_id(), token_urlsafe(8), "orders/create", {}, body), told)
        with persons.unit(retailer_id=retailer.id) as unit:
            unit.db.exec_driver_sql(
                "UPDATE deliveries SET received_at = received_at - interval '31 days' WHERE body LIKE '%%old%%'"
            )

    assert [row for row in everything(persons, retailer.id)["deliveries"] if "old" in row] == []
    assert [row for row in everything(persons, retailer.id)["deliveries"] if "new" in row] != []


def test_a_kept_request_goes_with_its_task(persons, people, retailer):
    from services.portal.store.intakes import Asked, Intakes, Kind
    from services.portal.store.tasks import Tasks

    kept = Asked(Kind.PROOF, str(new_id()), MAYA, "AL-1001", "The quill shirt", "Too wide")
    Intakes().keep(retailer.id, kept, "K-7KQ2M9")
    (intake_id,) = persons.find(retailer.id, FindPersonV1(email=MAYA.email)).intake_ids

    forget(persons, retailer, PersonRefs(intake_ids=(intake_id,)))

    assert where(persons, retailer.id, "quill") == []
    assert Tasks().list(retailer.id) == ()
    assert persons.find(retailer.id, FindPersonV1(email=MAYA.email)).intake_ids == ()


def test_everybody_of_a_retailer_goes_but_its_own_people_do_not(persons, people, retailer, asked, a_member):
    member = a_member(retailer)

    forget(persons, retailer, PersonRefs(everybody=True))

    assert where(persons, retailer.id, "quill") == []
    assert member.email in str(everything(persons, retailer.id)["staff"])


def test_who_asked_and_what_was_done_stands_in_the_audit_which_stays_whole(persons, retailer):
    request_id, due = new_id(), now() + timedelta(days=30)
    kind = PersonRequestKind.ERASE
    asked = PersonRequestedV1(request_id=request_id, kind=kind, by="shopify", due_at=due)
    ended = PersonRequestEndedV1(
        request_id=request_id, kind=kind, state=PersonRequestState.DONE, by="Robin Hale", orders=2, returns=1
    )
    persons.requested(fact(retailer.id, asked))
    persons.ended(fact(retailer.id, ended))

    done, begun = persons.audit.list(retailer.id)
    assert (begun.actor, begun.action, begun.outcome) == ("shopify", "person.erase_requested", "done")
    assert (done.actor, done.action, done.outcome) == ("staff Robin Hale", "person.erase_done", "done")
    assert (done.subject, done.after) == (str(request_id), {"state": "done", "orders": 2, "returns": 1})
    assert persons.audit.broken_at(retailer.id) is None
    assert list(persons.audit.unended(retailer.id, timedelta())) == []


def test_a_late_request_is_a_task_and_a_mail_until_it_is_done(persons, retailer):
    request_id = new_id()
    told = {"request_id": request_id, "kind": PersonRequestKind.ERASE}
    late = PersonRequestLateV1(**told, due_at=now(), waits_for=("labels",))
    persons.late(fact(retailer.id, late))
    persons.late(fact(retailer.id, late))

    (task,) = persons.tasks.list(retailer.id)
    (first, second) = said(persons, retailer.id, PersonReminderDueV1)
    assert (task.kind, task.role, task.subject) == (TaskKind.PERSON_REQUEST, "manager", str(request_id))
    assert (first.to, first.waits_for) == (retailer.look.support_email, ("labels",))
    assert first.manage_url.endswith("/admin/persons")
    assert second == first

    ended = PersonRequestEndedV1(**told, state=PersonRequestState.DONE, by="shopify", orders=1, returns=0)
    persons.ended(fact(retailer.id, ended))
    assert persons.tasks.list(retailer.id) == ()


def test_an_export_is_mailed_as_a_link_that_works_for_a_while(persons, retailer):
    exported = PersonExportedV1(request_id=new_id(), due_at=now(), expires_at=now() + timedelta(days=7))
    persons.exported(fact(retailer.id, exported))

    (ready,) = said(persons, retailer.id, PersonExportReadyV1)
    token = ready.url.rpartition("/x/")[2]
    assert ready.to == retailer.look.support_email
    assert persons.behind(token) == (retailer.id, exported.request_id)
    assert persons.behind(token, now() + timedelta(days=8)) is None
    assert persons.behind("other") is None


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.MANAGER, Role.PLATFORM)])
def test_only_a_manager_sees_the_page(browser, retailer, sit, role):
    sit(browser, retailer, role)

    assert browser.get("/admin/persons").status_code == 403


def test_the_page_says_so_while_the_service_behind_it_is_away(browser, retailer, sit):
    sit(browser, retailer)

    page = browser.get("/admin/persons")

    assert page.status_code == 200
    assert "not answering" in page.text
    assert "No requests yet" not in page.text


def test_a_link_that_nobody_was_sent_opens_nothing(browser, retailer):
    assert browser.get(f"/{retailer.slug}/x/{token_urlsafe(16)}").status_code == 404
