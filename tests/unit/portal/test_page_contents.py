"""What single pages say, ask and lead to."""

from dataclasses import replace

import pytest

from services.portal.web import phrases, views
from services.portal.web.render import headers
from tests.unit.portal import desks, screens
from tests.unit.portal.pages import page


def test_what_a_shopper_typed_is_shown_and_never_obeyed():
    hostile = '"><script>alert(1)</script>'
    find = page("find", replace(screens.FIND, order=hostile, email=hostile))
    items = page("items", replace(screens.ITEMS, items=(replace(screens.OPENED, comment=hostile),)))

    assert find.one("order")["value"] == find.one("email")["value"] == hostile
    assert items.one("comment-shirt").text == hostile
    assert len(list(find.every("script"))) == len(list(items.every("script"))) == 1


@pytest.mark.parametrize(
    ("way", "fields"),
    [
        ("email", ["order", "email"]),
        ("postcode", ["order", "postcode"]),
        ("phone", ["order", "phone"]),
        ("gift", ["order", "postcode", "email"]),
    ],
)
def test_the_find_page_asks_for_what_its_way_needs_and_says_the_way(way: str, fields: list[str]):
    hostile = '"><script>alert(1)</script>'
    other = views.Link("It was a gift", "/alder/?by=gift")

    find = page("find", replace(screens.FIND, way=way, postcode=hostile, phone=hostile, others=(other,)))

    [form] = [form for form in find.every("form") if form["action"].endswith("/find")]
    asked = [each for each in form.every("input") if each["type"] != "hidden"]
    assert [each["id"] for each in asked] == fields
    assert all(find.one(f"{name}")["value"] == hostile for name in fields if name in ("postcode", "phone"))
    assert [each["value"] for each in form.every("input") if each["name"] == "by"] == [way]
    assert ("/alder/?by=gift", "It was a gift") in [(link["href"], link.text) for link in find.every("a")]


def test_a_problem_is_said_at_its_field_and_above_the_form_in_the_same_words():
    words = "Enter your order number"
    find = page("find", replace(screens.FIND, order=" ", problems={"order": words}))
    [summary] = find.having("data-problems")

    assert [(link["href"], link.text) for link in summary.every("a")] == [("#order", words)]
    assert find.one("order-problem").text.endswith(words)
    assert "order-problem" in find.one("order")["aria-describedby"].split()
    assert find.one("order")["aria-invalid"] == "true"
    assert find.one("email")["aria-invalid"] == ""


def test_the_error_summary_takes_the_focus():
    [summary] = page("find", replace(screens.FIND, problems={"order": "Enter it"})).having("data-problems")

    assert (summary["role"], summary["tabindex"], "autofocus" in summary.attributes) == ("alert", "-1", True)


def test_a_problem_of_the_whole_form_is_said_once_and_leads_nowhere():
    sign_in = page("signin", screens.SIGN_IN)
    [summary] = sign_in.having("data-problems")

    assert list(summary.every("a")) == []
    assert sign_in.text.count("do not match") == 1


def test_a_problem_with_nothing_ticked_leads_to_the_first_item():
    items = page("items", replace(screens.ITEMS, problems={"item": "Choose at least one item"}))
    [link] = items.having("data-problems")[0].every("a")

    assert link["href"] == "#item-socks"


@pytest.mark.parametrize("name", ["reason", "sub", "resolution", "comment", "photo", "item"])
def test_a_problem_inside_an_item_is_said_there(name: str):
    items = page("items", replace(screens.ITEMS, problems={f"{name}-shirt": "Something is missing"}))
    [link] = items.having("data-problems")[0].every("a")

    assert items.one(link["href"][1:]).tag in {"input", "textarea"}
    assert items.one(f"{name}-shirt-problem").text.endswith("Something is missing")


def test_an_item_keeps_every_answer():
    items = page("items", screens.ITEMS)
    checked = {field["name"]: field["value"] for field in items.having("checked")}

    assert [button["value"] for button in items.having("name", "drop")] == ["shirt seam"]
    assert checked == {"item": "shirt", "reason-shirt": "size", "sub-shirt": "big", "resolution-shirt": "refund"}
    assert [option.text for option in items.one("quantity-shirt").having("selected")] == ["2"]
    assert items.one("comment-shirt").text == "Lovely, but wide"


def test_a_change_in_an_item_asks_for_a_preview_of_that_item_and_the_dock():
    items = page("items", screens.ITEMS)
    [form] = items.having("data-preview")

    assert form["data-preview"] == "/alder/items/preview"
    assert items.one("line-shirt")["data-swap"].split()[-2:] == ["#get-shirt", "#dock"]
    assert all(
        field["data-swap-on"] == "change" for field in form.every("input") if field["type"] in {"radio", "checkbox"}
    )


def test_an_item_that_cannot_come_back_says_why_and_what_else_can_be_done():
    [closed] = [part for part in page("items", screens.ITEMS).every("details") if "Final sale" in part.text]

    assert "Final sale items cannot be returned." in closed.text
    assert [link["href"] for link in closed.every("a")] == ["mailto:a@b.example"]


def test_an_order_of_which_nothing_may_come_back_has_no_button():
    items = page("items", replace(screens.ITEMS, items=(), dock=views.Dock(0)))

    assert next(items.every("h1")).text == "Nothing here can be returned online"
    assert list(items.every("button")) == []


@pytest.mark.parametrize(
    ("dock", "words"),
    [
        (views.Dock(0), "Nothing chosen yet"),
        (views.Dock(1), "1 item"),
        (views.Dock(1, screens.pounds(4500), (views.Gain("refund", screens.pounds(4500)),)), "1 item You get £45.00"),
        (views.Dock(2, screens.pounds(0), (views.Gain("exchange", screens.pounds(0)),)), "2 items Even exchange"),
        (screens.DOCK, "3 items You get £94.50 Refund £45.00 Gift card £49.50"),
    ],
)
def test_the_dock_says_how_many_items_and_what_comes_back(dock: views.Dock, words: str):
    said = page("items", replace(screens.ITEMS, dock=dock)).one("dock").text

    assert said.removesuffix("Continue").removesuffix("Tick what you send back ").strip() == words


def test_the_check_page_leads_back_to_each_item_and_sends_its_key():
    check = page("check", screens.CHECK)
    changes = [link["href"] for link in check.every("a") if link.text.startswith("Change")]

    assert changes == ["/alder/items#line-shirt"]
    assert [field["value"] for field in check.having("name", "key")] == ["key-word"]
    assert [form["action"] for form in check.every("form")] == ["/alder/submit"]


def test_the_page_without_terms_asks_for_words_and_no_reasons():
    plain = page("items", screens.PLAIN)

    assert plain.having("data-preview") == plain.having("data-swap-on") == []
    assert list(plain.every("fieldset")) == []
    assert {plain.one(id).tag for id in ("comment-shirt", "photo-shirt", "quantity-shirt")} == {
        "textarea",
        "input",
        "select",
    }


def test_enter_in_a_field_goes_on_and_takes_no_photo_out():
    [form] = page("items", screens.ITEMS).having("data-preview")

    first = next(form.every("button"))

    assert first["name"] == ""


def test_a_label_that_is_priced_later_has_no_price():
    way = views.Way("Label by email", None, "We email it to you, with its price.")

    said = page("check", replace(screens.CHECK, way=way)).one("main").text

    assert "Label by email We email it to you" in said


def test_what_is_taken_off_is_said_with_its_amount_and_its_reason():
    assert "Taken off: worn £5.00" in page("status", screens.ASKED).text


def test_staff_ask_and_the_shopper_answers_on_the_same_page():
    asked = page("status", screens.ASKED)
    [form] = asked.every("form")

    assert "Which seam is torn?" in asked.text
    assert (form["action"], form["enctype"]) == ("/alder/r/token/answer", "multipart/form-data")


def test_each_parcel_has_its_label():
    two = tuple(replace(screens.LABEL, parcel=f"{n}/2", address=f"/l?parcel={n}") for n in (1, 2))

    links = [
        link.text
        for link in page("status", replace(screens.STATUS, labels=two)).every("a")
        if link["href"].startswith("/l?")
    ]

    assert links == ["Download label · 1/2", "Download label · 2/2"]


def test_photos_that_came_before_are_sent_again_with_the_form():
    again = page("keep", screens.PROOF)

    assert [field["value"] for field in again.having("name", "kept")] == list(screens.PROOF.kept)
    assert "1 photo is kept" in again.text


def test_a_link_to_go_on_opens_by_a_button_alone():
    opening = page("goon", screens.GO_ON)
    [form] = opening.every("form")

    assert (form["method"], form["action"]) == ("post", "")
    assert [link["href"] for link in opening.one("main").every("a")] == []
    assert "Wool scarf: final sale." in opening.text


def test_nothing_to_pay_reads_as_free():
    said = page("check", screens.CHECK).text

    assert "Return label Free" in said
    assert "£0.00" not in said


@pytest.mark.parametrize("status", sorted(phrases.STATUSES))
def test_a_return_has_a_page_in_every_state(status: str):
    shopper = page("status", replace(screens.STATUS, status=status, labels=()))
    staff = page("return_", replace(desks.RETURN, ret=replace(desks.RETURN.ret, status=status)))

    assert next(shopper.every("h1")).text == phrases.STATUSES[status].heading
    assert phrases.STATUSES[status].staff in staff.text


@pytest.mark.parametrize("money", sorted(phrases.MONEY))
def test_staff_see_where_the_money_of_a_line_is(money: str):
    line = replace(desks.RETURN.ret.lines[0], money=money)

    said = page("return_", replace(desks.RETURN, ret=replace(desks.RETURN.ret, lines=(line,)))).text

    assert phrases.MONEY[money][0] in said


@pytest.mark.parametrize("kind", sorted(phrases.FAILURES))
def test_a_failure_has_a_page_with_its_reference_and_a_person_to_ask(kind: str):
    problem = page("problem", replace(screens.PROBLEM, kind=kind))

    assert next(problem.every("h1")).text == phrases.FAILURES[kind].heading
    assert "01JD9K7Q2M" in problem.text
    assert any(link["href"].startswith("mailto:care@alder.example?subject=") for link in problem.every("a"))


def test_after_too_many_tries_the_page_says_how_long_to_wait():
    said = page("problem", replace(screens.PROBLEM, kind="too_many", minutes=10)).text

    assert "Wait 10 minutes" in said


def test_a_page_that_will_soon_change_looks_again_by_itself():
    waiting = page("status", replace(screens.STATUS, changing=True))
    settled = page("status", screens.STATUS)

    assert (waiting.one("return")["data-poll"], settled.one("return")["data-poll"]) == ("3", "")


def test_the_line_marks_what_is_done_what_is_next_and_what_comes_later():
    [line] = page("status", screens.STATUS).having("class", "line")

    assert [step["class"] for step in line.every("li")] == ["done", "now", "later"]
    assert [step["aria-current"] for step in line.every("li")] == ["", "step", ""]
    assert [time["datetime"] for time in line.every("time")] == ["2026-11-20T09:12:00Z"]


def test_a_search_without_a_hit_says_so_and_offers_the_whole_list():
    returns = page("returns", replace(screens.RETURNS, rows=(), q="nobody"))

    assert "No return matches this." in returns.text
    assert returns.one("q")["value"] == "nobody"
    assert "Show all returns" in returns.text


def test_a_page_reads_from_right_to_left_where_its_language_does():
    html = next(page("items", screens.ITEMS, language="ar").every("html"))

    assert (html["lang"], html["dir"]) == ("ar", "rtl")


def test_only_the_shop_may_show_pictures_in_a_page():
    policy = headers(images=["https://cdn.shopify.com/a.webp", "", "https://cdn.shopify.com/b.webp"])[
        "Content-Security-Policy"
    ]

    assert "img-src 'self' https://cdn.shopify.com;" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy


def test_a_page_over_https_stays_there():
    assert "Strict-Transport-Security" in headers(https=True)
    assert "Strict-Transport-Security" not in headers()
