"""What the pages for kept requests are given."""

from dataclasses import dataclass, field

from services.portal.web.views.parts import Notice, Problems


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several, by its code."""

    code: str
    words: str


@dataclass(frozen=True, slots=True)
class KeepPage:
    """Fields `order`, `email`, `items`, `reason`, `photo` (up to 4 files) and `language`; hidden `key`, `kind` and `kept`.

    `kind` is `order` or `proof`: a photo of the receipt then stands in for the order's number. `kept` names the photos
    that are here already.
    """

    csrf: str
    key: str
    kind: str
    order: str = ""
    email: str = ""
    items: str = ""
    reason: str = ""
    language: str = ""
    languages: tuple[Choice, ...] = ()
    kept: tuple[str, ...] = ()
    problems: Problems = field(default_factory=dict)
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A request that is kept: its number, and whether a person or the service itself finds the order.

    `again` is where a return that could not be made is tried once more, by whoever would rather not wait for the mail.
    """

    number: str
    by_hand: bool
    again: str | None = None


@dataclass(frozen=True, slots=True)
class GoOnPage:
    """The order of a kept request is found: one button opens it. `can` and `cannot` name its items."""

    csrf: str
    number: str
    can: tuple[str, ...] = ()
    cannot: tuple[str, ...] = ()
