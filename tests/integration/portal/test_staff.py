"""The staff: signed in and out, given other roles, sent away."""

import threading

import pytest
from argon2 import PasswordHasher

from libs.chassis.ids import new_id
from services.portal.access import NOBODY, Role
from services.portal.security import STAFF
from services.portal.store.members import LastOfThem
from tests.integration.portal.conftest import PASSWORD
from tests.integration.portal.test_gateway import _another, a_form

ANOTHER = "the parcel went home by river"


def test_guessing_a_password_is_stopped_with_the_time_to_wait(browser, retailer, a_member):
    form = a_form(browser, "/admin/sign-in") | {"email": a_member(retailer).email, "password": "not it, not it"}

    answers = [browser.post("/admin/sign-in", data=form) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_right_password_is_no_guess_however_often_it_is_given(browser, retailer, a_member):
    right = a_form(browser, "/admin/sign-in") | {"email": a_member(retailer).email, "password": PASSWORD}

    signed_in = [browser.post("/admin/sign-in", data=a_form(browser, "/admin/sign-in") | right) for _ in range(12)]
    guesses = [
        browser.post("/admin/sign-in", data=a_form(browser, "/admin/sign-in") | right | {"password": "not it, not it"})
        for _ in range(11)
    ]

    assert {answer.status_code for answer in signed_in} == {303}
    assert [answer.status_code for answer in guesses] == [422] * 10 + [429]


def test_an_old_hash_is_made_again_at_the_next_sign_in(browser, retailer, members):
    weaker = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    email = f"old@{retailer.slug}"
    members.save(retailer.id, email=email, name="Old", password_hash=weaker, role=Role.MANAGER)

    form = a_form(browser, "/admin/sign-in") | {"email": email, "password": PASSWORD}
    answers = [browser.post("/admin/sign-in", data=form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert members.member(email=email).password_hash != weaker


def test_signing_in_leads_to_the_page_that_was_asked_for_and_never_elsewhere(browser, retailer, a_member):
    member = a_member(retailer)
    asked = browser.get("/admin/staff").headers["location"]
    form = {"email": member.email, "password": PASSWORD}

    lands = [
        browser.post("/admin/sign-in", data=a_form(browser, "/admin/sign-in") | form | {"to": to}).headers["location"]
        for to in ("/admin/staff", "//evil.example", "https://evil.example/admin", "/admin/../alder", "")
    ]

    assert asked == "/admin/sign-in?to=%2Fadmin%2Fstaff"
    assert lands == ["/admin/staff", "/admin", "/admin", "/admin", "/admin"]


def test_signing_in_ends_the_session_that_this_browser_had(browser, retailer, people, a_member):
    member = a_member(retailer)
    before = people.begin_session(retailer.id, "staff", member.id, {})
    browser.cookies.set(STAFF, before)

    form = a_form(browser, "/admin/sign-in") | {"email": member.email, "password": PASSWORD}
    browser.post("/admin/sign-in", data=form)

    assert people.session(before, "staff") is None
    assert browser.get("/admin/account").status_code == 200


@pytest.mark.parametrize("act", ["role", "disable"])
def test_another_role_and_being_let_in_no_more_end_every_session(browser, retailer, people, sit, a_member, act):
    sit(browser, retailer)
    agent = a_member(retailer, Role.AGENT)
    tokens = [people.begin_session(retailer.id, "staff", agent.id, {}) for _ in range(2)]

    form = a_form(browser, f"/admin/staff/{agent.id}") | {"role": "hub"}
    answer = browser.post(f"/admin/staff/{agent.id}/{act}", data=form)

    assert answer.status_code == 303
    assert [people.session(token, "staff") for token in tokens] == [None, None]


def test_somebody_let_in_no_more_stays_out_until_let_in_again(browser, retailer, members, a_member):
    a_member(retailer)
    agent = a_member(retailer, Role.AGENT)
    form = a_form(browser, "/admin/sign-in") | {"email": agent.email, "password": PASSWORD}

    members.disable(retailer.id, agent.id)
    out = browser.post("/admin/sign-in", data=form).status_code
    members.enable(retailer.id, agent.id)

    assert (out, browser.post("/admin/sign-in", data=form).status_code) == (422, 303)


@pytest.mark.parametrize("act", ["role", "disable"])
def test_the_last_manager_stays_one(browser, retailer, sit, members, invites, act):
    manager = sit(browser, retailer)
    invites.invite(
        retailer.id, email=f"n@{retailer.slug}", name="Not yet", role=Role.MANAGER, by="R", base="https://x/join"
    )

    form = a_form(browser, f"/admin/staff/{manager.id}") | {"role": "viewer"}
    answer = browser.post(f"/admin/staff/{manager.id}/{act}", data=form)

    assert (answer.status_code, "Somebody must stay" in answer.text) == (409, True)
    assert members.member(id=manager.id).role is Role.MANAGER
    assert members.member(id=manager.id).disabled_at is None


def test_of_two_managers_who_send_each_other_away_at_once_one_stays(retailer, members, a_member):
    pair = [a_member(retailer, name="one"), a_member(retailer, name="two")]
    refused: list[object] = []

    def send_away(who) -> None:
        try:
            members.disable(retailer.id, who.id)
        except LastOfThem:
            refused.append(who)

    racers = [threading.Thread(target=send_away, args=(who,)) for who in pair]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()

    assert len(refused) == 1
    assert sum(each.disabled_at is None for each in members.list(retailer.id)) == 1


def test_a_person_changes_the_password_and_is_signed_out_everywhere_else(browser, retailer, people, sit):
    member = sit(browser, retailer)
    before = browser.cookies[STAFF]
    elsewhere = people.begin_session(retailer.id, "staff", member.id, {"agent": "Mozilla/5.0 (X11; Linux) Firefox/140"})
    form = a_form(browser, "/admin/account")

    seen = browser.get("/admin/account").text
    wrong = browser.post("/admin/account/password", data=form | {"current": "not it at all", "password": ANOTHER})
    right = browser.post("/admin/account/password", data=form | {"current": PASSWORD, "password": ANOTHER})

    assert "Firefox on Linux" in seen
    assert (wrong.status_code, 'id="current-problem"' in wrong.text) == (422, True)
    assert right.status_code == 303
    assert [people.session(token, "staff") for token in (before, elsewhere)] == [None, None]
    assert browser.get("/admin/account").status_code == 200


def test_a_person_ends_the_other_sessions_and_keeps_this_one(browser, retailer, people, sit):
    member = sit(browser, retailer)
    elsewhere = people.begin_session(retailer.id, "staff", member.id, {})

    answer = browser.post("/admin/account/end-others", data=a_form(browser, "/admin/account"))

    assert answer.status_code == 303
    assert people.session(elsewhere, "staff") is None
    assert browser.get("/admin/account").status_code == 200


@pytest.mark.parametrize(
    ("moved", "still_there"),
    [
        ("seen_at = seen_at - interval '29 minutes'", True),
        ("seen_at = seen_at - interval '31 minutes'", False),
        ("expires_at = expires_at - interval '11 hours 59 minutes'", True),
        ("expires_at = expires_at - interval '12 hours 1 minute'", False),
    ],
)
def test_a_session_ends_after_half_an_hour_without_use_and_after_twelve_hours(
    browser, retailer, people, sit, moved, still_there
):
    member = sit(browser, retailer)
    with people.engine.begin() as db:
        db.exec_driver_sql(f"UPDATE sessions SET {moved} WHERE subject = %s", (member.id,))

    assert (browser.get("/admin/account").status_code == 200) is still_there


def test_who_is_there_and_for_which_retailer_takes_one_statement(browser, retailer, people, sit):
    from tests.integration.portal.test_costs import counted

    sit(browser, retailer)
    browser.get("/robots.txt")  # the hosts are read

    with counted(people) as sent:
        answer = browser.get("/admin/account")

    assert answer.status_code == 200
    assert len(sent) == 2, sent  # the seat, and one's sessions


def test_a_member_set_up_again_signs_in_again(retailer, people, a_member):
    member = a_member(retailer)
    token = people.begin_session(retailer.id, "staff", member.id, {})

    a_member(retailer)

    assert people.session(token, "staff") is None


def test_a_retailer_s_manager_changes_nobody_of_another_retailer(browser, retailer, people, sit, a_member, members):
    foreign = a_member(people.save_retailer(_another(retailer)), Role.AGENT)
    sit(browser, retailer)
    form = a_form(browser, "/admin/staff") | {"role": "viewer"}

    answers = [
        browser.post(f"/admin/staff/{foreign.id}/{act}", data=form).status_code
        for act in ("role", "disable", "enable", "invite")
    ]

    assert [browser.get(f"/admin/staff/{foreign.id}").status_code, *answers] == [404] * 5
    assert members.member(id=foreign.id) == foreign


def test_the_platform_s_operator_has_pages_of_the_house_and_no_retailer_s(browser, retailer, people, members, a_member):
    from tests.integration.portal.conftest import HASH

    email = f"kit-{new_id().hex}@homeward.example"
    kit = members.save(NOBODY, email=email, name="Kit", password_hash=HASH, role=Role.PLATFORM)
    form = a_form(browser, "/admin/sign-in") | {"email": email, "password": PASSWORD}

    home = browser.post("/admin/sign-in", data=form).headers["location"]
    page = browser.get(home)
    closed = [browser.get("/admin").status_code, browser.get(f"/admin/staff/{a_member(retailer).id}").status_code]

    assert home == "/admin/retailers"
    assert (page.status_code, retailer.slug in page.text) == (200, True)
    assert closed == [403, 404]
    assert kit.role is Role.PLATFORM


def test_the_platform_is_set_up_as_often_as_one_likes(people, keys, members):
    from libs.chassis.settings import load
    from services.portal.access import May
    from services.portal.settings import PortalSettings
    from services.portal.setup import Platform, set_up_platform

    email = f"kit-{new_id().hex}@homeward.example"
    given = Platform.model_validate({"platform": {"email": email, "password": PASSWORD}})

    first, second = (set_up_platform(given, load(PortalSettings)) for _ in range(2))
    key = keys.of(second["api_key"])

    assert (key.retailer_id, key.scopes) == (NOBODY, {May.OPERATE})
    assert first["api_key"] != second["api_key"]
    assert members.member(email=email).role is Role.PLATFORM


def test_setting_up_a_retailer_takes_nobody_s_account_over(people, retailer, a_member, members):
    from libs.contracts.errors import Refused
    from services.portal.setup import Person, _save

    robin = a_member(retailer)
    other = people.save_retailer(_another(retailer))

    with pytest.raises(Refused, match="email_taken"):
        _save(other.id, Person(email=robin.email, password=ANOTHER), Role.MANAGER)

    assert members.member(email=robin.email) == robin
