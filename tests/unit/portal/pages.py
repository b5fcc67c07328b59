"""Pages as tests read them."""

from libs.contracts.values import Look
from services.portal.web.render import render
from tests.unit.portal.markup import Element, read
from tests.unit.portal.screens import ALDER, NOW


def page(name: str, view: object, look: Look = ALDER, language: str | None = None) -> Element:
    """The page called `name` of this view."""
    return read(render(name, view, look, now=NOW, language=language))
