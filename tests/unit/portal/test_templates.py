"""Pages: whole without a script, said in plain words, reachable by everybody, small."""

import re
from itertools import pairwise
from pathlib import Path

import brotli
import pytest

from libs.contracts.values import Look
from services.portal.web import assets
from services.portal.web.render import environment, render
from tests.unit.portal import screens
from tests.unit.portal.pages import page
from tests.unit.portal.screens import KITE, NOW

STATIC = Path(assets.__file__).parent / "static"
TEMPLATES = Path(assets.__file__).parent / "templates"
NAMES = [f"{name}-{look.slug}" for name, _, look in screens.EVERY]
every_page = pytest.mark.parametrize(("name", "view", "look"), screens.EVERY, ids=NAMES)


@every_page
def test_a_page_has_one_heading_of_the_first_level_and_skips_none(name: str, view: object, look: Look):
    levels = [int(heading.tag[1]) for heading in page(name, view, look).every("h1", "h2", "h3", "h4")]

    assert levels.count(1) == 1
    below_first = levels[levels.index(1) :]
    assert all(after - before <= 1 for before, after in pairwise(below_first))


@every_page
def test_nothing_in_a_page_is_styled_or_run_inline(name: str, view: object, look: Look):
    whole = page(name, view, look)

    assert whole.having("style") == []
    assert [
        attribute for element in whole.every() for attribute in element.attributes if attribute.startswith("on")
    ] == []
    assert list(whole.every("style")) == []
    assert all(script["src"] and not script.text for script in whole.every("script"))


@every_page
def test_every_form_that_posts_carries_its_csrf_field(name: str, view: object, look: Look):
    posts = [form for form in page(name, view, look).every("form") if form["method"] == "post"]

    assert all([field["value"] for field in form.having("name", "csrf")] == ["csrf-word"] for form in posts)


@every_page
def test_every_control_has_a_label(name: str, view: object, look: Look):
    whole = page(name, view, look)
    labelled = {label["for"] for label in whole.every("label")}
    wrapped = {id(control) for label in whole.every("label") for control in label.every("input")}

    bare = [
        control.attributes
        for control in whole.every("input", "select", "textarea")
        if control["type"] != "hidden"
        and control["id"] not in labelled
        and id(control) not in wrapped
        and not control["aria-label"]
    ]
    assert bare == []


@every_page
def test_ids_are_unique_and_what_refers_to_one_finds_it(name: str, view: object, look: Look):
    whole = page(name, view, look)
    ids = [element["id"] for element in whole.having("id")]
    meant = [
        word
        for attribute in ("aria-describedby", "aria-labelledby", "for")
        for e in whole.having(attribute)
        for word in e[attribute].split()
    ]
    meant += [word.lstrip("#") for element in whole.having("data-swap") for word in element["data-swap"].split()]
    meant += [link["href"][1:] for link in whole.every("a") if link["href"].startswith("#")]

    assert len(ids) == len(set(ids))
    assert set(meant) - set(ids) == set()


@every_page
def test_a_page_says_its_language_its_title_and_where_its_main_part_is(name: str, view: object, look: Look):
    whole = page(name, view, look)
    html = next(whole.every("html"))

    assert (html["lang"], html["dir"]) == (look.language, "ltr")
    assert next(whole.every("title")).text.endswith(f"· {look.name}")
    assert [main["id"] for main in whole.every("main")] == ["main"]
    assert next(whole.every("body")).inside[1].text == "Skip to main content"  # type: ignore[union-attr]
    assert whole.one("live")["role"] == "status"


@every_page
def test_pictures_have_their_size_and_an_alternative(name: str, view: object, look: Look):
    pictures = list(page(name, view, look).every("img"))

    assert all(picture["width"] and picture["height"] and "alt" in picture.attributes for picture in pictures)


@every_page
def test_pages_are_plain_spoken(name: str, view: object, look: Look):
    said = page(name, view, look).text

    assert re.findall(r"\b(?:please|oops|simply|RMA|invalid)\b|!", said, re.IGNORECASE) == []


@every_page
def test_a_page_weighs_at_most_eight_kilobytes(name: str, view: object, look: Look):
    assert len(brotli.compress(render(name, view, look, now=NOW), quality=5)) <= 8 * 1024


def test_the_stylesheet_the_script_and_the_whole_flow_keep_their_budgets():
    parts = [assets.stylesheet(KITE), assets.script(), assets.sprite(), assets.mark(KITE)]
    flow = [
        brotli.compress(render(n, screens.FOR_SHOPPERS[n], KITE, now=NOW), quality=5)
        for n in ("find", "items", "check", "status")
    ]

    assert len(parts[0].brotli) <= 10 * 1024
    assert len(parts[1].brotli) <= 6 * 1024
    assert sum(len(part.brotli) for part in parts) + sum(map(len, flow)) <= 60 * 1024


@pytest.mark.parametrize("sheet", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_stylesheets_know_no_left_and_right(sheet: Path):
    declared = re.findall(r"(?:^|[;{\s])([a-z-]+)\s*:\s*([^;}]+)", sheet.read_text())
    physical = re.compile(
        r"(?:left|right|top|bottom|(?:m(?:in|ax)-)?(?:width|height)|(?:margin|padding|border)-(?:left|right|top|bottom))"
    )

    assert [name for name, _ in declared if physical.fullmatch(name)] == []
    assert [value for name, value in declared if name in {"text-align", "float"} and value in {"left", "right"}] == []


def test_every_class_in_a_template_is_in_a_stylesheet():
    styled = set(re.findall(r"\.([a-z][a-z-]*)", "".join(sheet.read_text() for sheet in STATIC.glob("*.css"))))
    used = {
        name
        for look_and_page in screens.EVERY
        for element in page(*look_and_page).having("class")
        for name in element["class"].split()
    }

    assert used - styled == set()


def test_every_template_compiles():
    names = [path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")]

    compiled = [environment().get_template(name).name for name in names]

    assert compiled == names
