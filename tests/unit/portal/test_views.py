"""What pages are given, and how it reads: money, days and words in the page's language."""

import re
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from libs.contracts.values import Money
from services.portal.web import icons, views, words
from services.portal.web.assets import HOUSE, accepts, mark, script, served, sprite, stylesheet
from services.portal.web.render import clock, encoded, icon, sized
from tests.unit.portal.screens import ALDER, KITE, NOW, OPENED, REASONS, pounds

TODAY = NOW.date()
TEMPLATES = sorted((Path(words.__file__).parent / "templates").rglob("*.html"))


def test_an_item_asks_further_what_its_reason_asks():
    assert [sub.words for sub in OPENED.sub_reasons] == ["Too big", "Too small"]


def test_an_item_without_a_reason_asks_nothing_further():
    bare = views.ItemCard("shirt", OPENED.product, pounds(4500), 1, REASONS)

    assert (bare.sub_reasons, bare.ask) == ((), None)


def test_every_view_is_frozen():
    given = [getattr(views, name) for name in views.__all__ if is_dataclass(getattr(views, name))]

    assert len(given) > 25
    assert all(view.__dataclass_params__.frozen for view in given)
    with pytest.raises(FrozenInstanceError):
        OPENED.reason = "other"  # type: ignore[misc]


def test_every_form_carries_its_problems_and_its_csrf():
    forms = [views.FindPage, views.ItemsPage, views.CheckPage, views.SignInPage, views.KeepPage, views.Question]

    assert all({"csrf", "problems"} <= {field.name for field in fields(form)} for form in forms)


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en-GB", Money(amount=4205, currency="GBP"), "£42.05"),
        ("en-IE", Money(amount=1700, currency="EUR"), "€17.00"),
        ("de", Money(amount=123456, currency="EUR"), "1.234,56\xa0€"),
        ("en-GB", Money(amount=1500, currency="JPY"), "JP¥1,500"),
        ("en-GB", Money(amount=1050, currency="RSD"), "RSD10.50"),
        ("en-GB", Money(amount=1050, currency="KWD"), "KWD1.050"),
        ("en-GB", Money(amount=-295, currency="GBP"), "−£2.95"),
    ],
)
def test_money_reads_as_the_language_writes_it(language: str, amount: Money, said: str):
    with words.speaking(language, today=TODAY):
        assert words.money(amount) == said


@pytest.mark.parametrize(
    ("language", "day", "said"),
    [
        ("en-GB", date(2026, 12, 3), "3 December"),
        ("en-GB", date(2027, 1, 3), "3 January 2027"),
        ("en-US", date(2026, 12, 3), "December 3"),
        ("de", date(2026, 12, 3), "3. Dezember"),
        ("no such language", date(2026, 12, 3), "December 3"),
    ],
)
def test_days_have_their_year_only_where_it_is_not_this_one(language: str, day: date, said: str):
    with words.speaking(language, today=TODAY):
        assert words.day(day) == said


def test_moments_are_told_in_utc():
    moment = datetime.fromisoformat("2026-12-03T01:02:00+02:00")

    with words.speaking("en-GB", today=TODAY):
        assert (words.day(moment), words.moment(moment), words.stamp(moment)) == (
            "2 December",
            "2 December, 23:02",
            "2 Dec, 23:02",
        )
        assert words.iso(moment) == "2026-12-02T23:02:00Z"


def test_a_stamp_of_another_year_has_the_year_in_place_of_the_time():
    with words.speaking("en-GB", today=TODAY):
        assert words.stamp(datetime(2025, 12, 3, 9, 0, tzinfo=UTC)) == "3 Dec 2025"


def test_a_moment_is_sent_in_utc_with_what_scripts_need_to_tell_it_by_the_readers_clock():
    with words.speaking("en-GB", today=TODAY):
        told = clock(datetime(2026, 12, 2, 23, 2, tzinfo=UTC), "since {when} & <b>")

    assert told == (
        '<time class="num" datetime="2026-12-02T23:02:00Z" data-local="short" '
        'data-said="since {when} &amp; &lt;b&gt;">since 2 Dec, 23:02 &amp; &lt;b&gt;</time>'
    )


@pytest.mark.parametrize("page", TEMPLATES, ids=lambda page: page.stem)
def test_no_page_tells_a_time_that_scripts_leave_in_utc(page: Path):
    outside = re.sub(r"<time\b[^>]* data-local\b.*?</time>", "", page.read_text())

    assert not re.search(r"\|\s*(stamp|moment)\b", outside)
    assert "Times are UTC" not in outside


def test_words_take_their_values_and_their_plural():
    with words.speaking("en-GB", today=TODAY):
        assert words.t("Order {number}", number="AL-1001") == "Order AL-1001"
        assert [words.tn("{count} item", "{count} items", n) for n in (1, 2)] == ["1 item", "2 items"]
        assert words.t("100% {wool}") == "100% {wool}"


def test_a_voice_ends_with_its_page():
    with words.speaking("de", today=TODAY), words.speaking("en-GB", today=TODAY) as inner:
        assert inner.language == "en-GB"

    with pytest.raises(LookupError):
        words.t("Anything")


def test_every_icon_named_is_in_the_sprite():
    drawn = sprite().plain.decode()

    assert all(f'id="{name}"' in drawn for name in icons.NAMES)
    assert drawn.count("<symbol") == len(icons.NAMES)


def test_an_icon_that_is_not_in_the_sprite_is_an_error():
    with pytest.raises(KeyError, match="no-such-icon"):
        icon("no-such-icon")


def test_arrows_turn_where_the_page_reads_from_right_to_left():
    assert ' turns"' in icon("chevron-left")
    assert "turns" not in icon("search")


def test_each_look_has_its_own_stylesheet_named_by_its_content():
    alder, kite = stylesheet(ALDER), stylesheet(KITE)

    assert alder.name != kite.name
    assert b"--fill:#1f5c4d" in alder.plain
    assert b"--fill:#e4572e" in kite.plain
    assert b"--radius:0px" in kite.plain


def test_a_look_that_changes_changes_its_address():
    repainted = ALDER.model_copy(update={"brand": "#204060"})

    assert stylesheet(repainted).address != stylesheet(ALDER).address
    assert stylesheet(ALDER.model_copy(update={"name": "Alder & Co"})).address == stylesheet(ALDER).address


LOOKS = {"alder": ALDER, "kite": KITE}


@pytest.mark.parametrize(
    "asset", [stylesheet(ALDER), mark(KITE), script(), sprite(), stylesheet(HOUSE)], ids=lambda a: a.name
)
def test_an_asset_is_kept_for_ever_at_its_own_address(asset):
    body, head = served(asset.name, "gzip, deflate, br", LOOKS.get)

    assert (body, head["Content-Encoding"]) == (asset.brotli, "br")
    assert head["Cache-Control"] == "public, max-age=31536000, immutable"
    assert head["Vary"] == "Accept-Encoding"


def test_an_address_of_another_release_is_answered_but_kept_by_nobody():
    body, head = served("alder.000000000000.css", "", LOOKS.get)

    assert (body, head["Cache-Control"]) == (stylesheet(ALDER).plain, "no-store")


@pytest.mark.parametrize(
    "name", ["nobody.000000000000.css", "../../etc/passwd", "swap.js", "other.000000000000.js", "alder.0.css"]
)
def test_what_is_no_asset_is_not_served(name: str):
    assert served(name, "br", LOOKS.get) is None


@pytest.mark.parametrize(
    ("accept", "takes"),
    [
        ("br", True),
        ("gzip, BR;q=0.5", True),
        ("gzip", False),
        ("br;q=0", False),
        ("br; q=0.0", False),
        ("", False),
        ("brave", False),
    ],
)
def test_an_encoding_is_used_only_where_it_is_accepted(accept: str, takes: bool):
    assert accepts(accept, "br") is takes


def test_a_page_is_compressed_as_the_browser_asks():
    page = b"<p>shirt</p>" * 100

    assert encoded(page, "br")[1]["Content-Encoding"] == "br"
    assert encoded(page, "gzip")[1]["Content-Encoding"] == "gzip"
    assert encoded(page, "") == (page, {"Vary": "Accept-Encoding"})


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://cdn.shopify.com/s/files/a.webp?v=7", "https://cdn.shopify.com/s/files/a.webp?v=7&width=144"),
        (
            "https://alder.example/cdn/shop/files/a.webp?width=9",
            "https://alder.example/cdn/shop/files/a.webp?width=144",
        ),
        ("https://pictures.example/a.webp", "https://pictures.example/a.webp"),
    ],
)
def test_a_picture_is_asked_for_in_the_width_it_is_shown_in(address: str, said: str):
    assert sized(address, 144) == said


def test_the_tab_icon_says_the_retailers_letter_safely():
    letter = mark(ALDER.model_copy(update={"name": "<b>"})).plain.decode()

    assert "&lt;</text>" in letter
