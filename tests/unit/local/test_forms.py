"""Forms, as a browser without scripts reads and sends them."""

import pytest

from deploy.local.forms import forms

PAGE = """
<form action="/search"><input name="q"></form>
<form method="POST" action="items">
  <input type="hidden" name="csrf" value="t0ken"><input type="checkbox" name="item" value="shirt">
  <input type="checkbox" name="item" value="dress"><input type="radio" name="reason" value="too_small">
  <input type="radio" name="reason" value="too_big" checked>
  <select name="quantity"><option>1<option value="2">2</select>
  <textarea name="comment">It is &amp; was</textarea><input name="gone" disabled><button name="go">Continue</button>
</form>
"""


def test_a_form_goes_where_its_page_says():
    found = forms(PAGE, at="https://returns.example/alder/")

    assert [(form.method, form.action) for form in found] == [
        ("get", "https://returns.example/search"),
        ("post", "https://returns.example/alder/items"),
    ]


def test_what_nobody_touched_is_sent_as_the_page_has_it():
    form = forms(PAGE, at="https://returns.example/alder/")[1]

    sent = form.filled(item="shirt")

    assert sent == {"csrf": "t0ken", "item": "shirt", "reason": "too_big", "quantity": "", "comment": "It is & was"}


def test_a_shopper_may_tick_two_items():
    form = forms(PAGE, at="https://returns.example/alder/")[1]

    sent = form.filled(item=["shirt", "dress"])

    assert form.named("item")[0].choices == ["shirt", "dress"]
    assert sent["item"] == ["shirt", "dress"]


def test_an_answer_nobody_asked_for_is_a_mistake():
    form = forms(PAGE, at="https://returns.example/alder/")[1]

    with pytest.raises(KeyError, match="does not ask for colour"):
        form.filled(colour="sage")
