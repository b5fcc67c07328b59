"""Invites and forgotten passwords: links that are mailed, work once and for an hour, and tell nobody who has an account."""

import json
import re
import threading
from datetime import timedelta

import pytest

from libs.chassis.ids import new_id
from libs.contracts.portal import StaffLinkPurpose
from services.portal.access import Role
from services.portal.security import STAFF
from tests.integration.portal.conftest import PASSWORD
from tests.integration.portal.test_gateway import _another, a_form

ANOTHER = "the parcel went home by river"


@pytest.fixture
def mailed(people):
    """Call it with a retailer's id: what was stated for mails to its staff, the newest last."""

    def read(retailer_id):
        with people.engine.connect() as db:
            bodies = db.exec_driver_sql(
                "SELECT body FROM outbox WHERE retailer_id = %s AND routing_key = 'staff_link_issued.v1' ORDER BY id",
                (retailer_id,),
            ).scalars()
            return [json.loads(body)["data"] for body in bodies]

    return read


@pytest.fixture
def later(people):
    """Call it: the links that are out were issued so much earlier."""

    def move(by: timedelta) -> None:
        with people.engine.begin() as db:
            db.exec_driver_sql("UPDATE staff_links SET expires_at = expires_at - %s", (by,))

    return move


def path_of(mail) -> str:
    return re.sub(r"^https?://[^/]+", "", mail["url"])


def an_invite(browser, **changes):
    form = a_form(browser, "/admin/staff")
    asked = {"name": "Asha Menon", "email": f"asha-{new_id().hex}@alder.example", "role": "agent"} | changes
    return asked, browser.post("/admin/staff", data=form | asked)


def test_an_invited_person_chooses_a_password_and_is_signed_in(browser, retailer, sit, mailed):
    sit(browser, retailer)
    asked, answer = an_invite(browser)
    [mail] = mailed(retailer.id)
    browser.cookies.delete(STAFF)

    page = browser.get(path_of(mail))
    joined = browser.post(path_of(mail), data=a_form(browser, path_of(mail)) | {"name": "Asha M.", "password": ANOTHER})
    inside = browser.get("/admin/account")

    assert answer.headers["location"] == "/admin/staff?done=invited"
    assert (mail["email"], mail["purpose"], mail["role"]) == (asked["email"], "invite", "agent")
    assert asked["email"] in page.text and "Agent" in page.text
    assert (joined.status_code, joined.headers["location"]) == (303, "/admin")
    assert (inside.status_code, "Asha M." in inside.text) == (200, True)


def test_an_invite_works_once(browser, retailer, sit, mailed):
    sit(browser, retailer)
    an_invite(browser)
    [mail] = mailed(retailer.id)
    form = a_form(browser, path_of(mail)) | {"name": "Asha", "password": ANOTHER}

    answers = [browser.post(path_of(mail), data=form).status_code for _ in range(2)]

    assert answers == [303, 410]
    assert "no longer good" in browser.get(path_of(mail)).text


def test_of_many_who_use_one_invite_at_once_one_joins(retailer, invites, mailed):
    member = invites.invite(
        retailer.id, email=f"a@{retailer.slug}", name="Asha", role=Role.AGENT, by="Robin", base="https://x/join"
    )
    token = mailed(retailer.id)[0]["url"].rsplit("/", 1)[1]
    done: list[bool] = []

    racers = [
        threading.Thread(target=lambda: done.append(invites.redeem(token, member, password_hash="h", name="Asha")))
        for _ in range(6)
    ]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert sorted(done) == [False] * 5 + [True]


def test_a_link_is_good_for_an_hour_and_not_longer(browser, retailer, sit, mailed, later):
    sit(browser, retailer)
    an_invite(browser)
    [mail] = mailed(retailer.id)

    later(timedelta(minutes=59))
    in_time = browser.get(path_of(mail)).status_code
    later(timedelta(minutes=2))

    assert (in_time, browser.get(path_of(mail)).status_code) == (200, 410)


def test_an_invite_sent_again_puts_the_one_before_out_of_force(browser, retailer, sit, members, mailed):
    sit(browser, retailer)
    asked, _ = an_invite(browser)
    id = members.member(email=asked["email"]).id

    again = browser.post(f"/admin/staff/{id}/invite", data=a_form(browser, f"/admin/staff/{id}"))
    old, new = mailed(retailer.id)

    assert again.status_code == 303
    assert [browser.get(path_of(mail)).status_code for mail in (old, new)] == [410, 200]


def test_only_a_hash_of_a_link_is_kept(retailer, invites, mailed, people):
    invites.invite(retailer.id, email=f"a@{retailer.slug}", name="A", role=Role.AGENT, by="R", base="https://x/join")
    token = mailed(retailer.id)[0]["url"].rsplit("/", 1)[1]

    with people.engine.connect() as db:
        kept = db.exec_driver_sql("SELECT staff_links::text FROM staff_links").scalars().all()

    assert len(token) == 43
    assert kept and all(token not in row and token.encode().hex() not in row for row in kept)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Enter their name"),
        ({"email": "asha"}, "Enter their email"),
        ({"role": "platform"}, "Choose a role"),
        ({"role": ""}, "Choose a role"),
    ],
)
def test_an_invite_that_lacks_something_says_so_and_keeps_the_rest(browser, retailer, sit, mailed, changes, words):
    sit(browser, retailer)

    asked, answer = an_invite(browser, **changes)

    assert answer.status_code == 422
    assert answer.text.count(words) == 2  # above the form and at the field
    assert f'value="{asked["email"]}"' in answer.text
    assert mailed(retailer.id) == []


def test_somebody_who_has_an_account_elsewhere_is_not_invited_and_keeps_it(
    browser, retailer, people, sit, a_member, members, mailed
):
    other = a_member(people.save_retailer(_another(retailer)), Role.FINANCE)
    sit(browser, retailer)

    _, answer = an_invite(browser, email=other.email.upper())

    assert (answer.status_code, "has an account already" in answer.text) == (422, True)
    assert members.member(email=other.email) == other


@pytest.mark.parametrize("password", ["short", "password1234", "alder-alder-alder"])
def test_a_poor_password_is_refused_at_its_field_and_the_link_stays_good(browser, retailer, sit, mailed, password):
    sit(browser, retailer)
    an_invite(browser)
    [mail] = mailed(retailer.id)

    form = a_form(browser, path_of(mail)) | {"name": "Asha", "password": password}
    answer = browser.post(path_of(mail), data=form)

    assert (answer.status_code, 'id="password-problem"' in answer.text) == (422, True)
    assert password not in answer.text
    assert browser.get(path_of(mail)).status_code == 200


def test_a_forgotten_password_is_chosen_anew_by_mail_and_every_session_ends(
    browser, retailer, people, a_member, mailed
):
    member = a_member(retailer)
    elsewhere = people.begin_session(retailer.id, "staff", member.id, {})
    browser.post("/admin/forgot", data=a_form(browser, "/admin/forgot") | {"email": member.email})
    [mail] = mailed(retailer.id)

    answer = browser.post(path_of(mail), data=a_form(browser, path_of(mail)) | {"password": ANOTHER})
    signed_in = [
        browser.post(
            "/admin/sign-in", data=a_form(browser, "/admin/sign-in") | {"email": member.email, "password": password}
        ).status_code
        for password in (PASSWORD, ANOTHER)
    ]

    assert mail["purpose"] == "reset"
    assert answer.headers["location"] == "/admin/sign-in?done=reset"
    assert signed_in == [422, 303]
    assert people.session(elsewhere, "staff") is None


def test_asking_for_a_new_password_is_answered_alike_for_everybody(browser, retailer, a_member, members, mailed):
    member, gone = a_member(retailer), a_member(retailer, Role.AGENT)
    members.disable(retailer.id, gone.id)
    form = a_form(browser, "/admin/forgot")

    asked = [member.email, gone.email, "nobody@alder.example"]
    pages = [browser.post("/admin/forgot", data=form | {"email": email}) for email in asked]

    told = [page.text.replace(email, "") for page, email in zip(pages, asked, strict=True)]
    assert [page.status_code for page in pages] == [200, 200, 200]
    assert told[0] == told[1] == told[2]
    assert [mail["email"] for mail in mailed(retailer.id)] == [member.email]


def test_asking_for_new_passwords_again_and_again_is_stopped(browser, retailer, people):
    form = a_form(browser, "/admin/forgot") | {"email": "somebody@alder.example"}

    answers = [browser.post("/admin/forgot", data=form).status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]


def test_a_reset_link_invites_nobody_and_an_invite_resets_nothing(browser, retailer, invites, a_member, mailed):
    invites.offer_reset(a_member(retailer), base="https://x/admin/reset")
    token = mailed(retailer.id)[0]["url"].rsplit("/", 1)[1]

    assert browser.get(f"/admin/join/{token}").status_code == 410
    assert invites.of(token, StaffLinkPurpose.INVITE) is None
