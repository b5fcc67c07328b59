"""What a deed is: a row of the life's tables that one of the staff makes by hand, and the form that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from libs.contracts.base import Request
from services.portal import domain
from services.portal.access import May
from services.portal.domain import Kind, Return
from services.portal.domain.acts import Act
from services.portal.web import views
from services.portal.web.forms import said


class About(StrEnum):
    """What a deed is done to."""

    RETURN = "return"
    LINE = "line"
    PARCEL = "parcel"
    MARK = "mark"


WHOLE = ("",)  # the subject of what is done to the return as a whole
MOST_WORDS = 1000


@dataclass(frozen=True, slots=True)
class Form:
    """What a deed's page says and asks."""

    heading: str
    sentences: tuple[str, ...]
    button: str
    groups: tuple[views.Group, ...] = ()


class Said:
    """What was written into a form, read by the deed. What is wrong with it collects in `problems`, by field."""

    def __init__(self, form: FormData, *, by: str, once: UUID) -> None:
        self._form, self.by, self.once = form, by, once
        self.problems: dict[str, str] = {}

    def words(self, name: str = "words", *, needs: str = "", most: int = MOST_WORDS) -> str:
        """The words of a field; `needs` is the problem where there are none."""
        found = said(self._form, name, most=most)
        if needs and not found:
            self.problems[name] = needs
        return found

    def pick(self, name: str, codes: tuple[str, ...], *, needs: str) -> str:
        """The code that was picked; `needs` is the problem where it is none of `codes`."""
        found = said(self._form, name)
        if found not in codes:
            self.problems[name] = needs
            return codes[0]
        return found

    def count(self, name: str, *, most: int, needs: str) -> int:
        """A whole number from 0 to `most`; `needs` is the problem where it is none."""
        found = said(self._form, name, most=6)
        if not (found.isascii() and found.isdigit()) or int(found) > most:
            self.problems[name] = needs
            return 0
        return int(found)

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return said(self._form, name) == "yes"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that staff do to a return.

    `code` is its address and its name in the audit; `words` stand on the button that leads to it, `done` on the page after.
    `kinds` are the rows of MOVES and MONEY that it makes. `subjects` gives what it may be done to where the return stands
    (the whole return, lines, parcels or marks), and nothing when not now. What `read` gives is an act on the return, or,
    `by_owner`, a request to the service that owns the fact; `then` makes an act of its answer where one follows. Where it
    is `with_photos`, its form may bring some of each line. Where some subjects are not for everybody who may do it, `also`
    says what is needed for one.
    """

    code: str
    may: May
    words: str
    done: str
    kinds: tuple[Kind, ...]
    subjects: Callable[[Return], tuple[str, ...]]
    form: Callable[[Return, str], Form]
    read: Callable[[Return, str, Said], Act | Request[Any]]
    about: About = About.RETURN
    grave: bool = False
    by_owner: bool = False
    with_photos: bool = False
    then: Callable[[Any], Act] | None = None
    also: Callable[[str], frozenset[May]] | None = None

    def needs(self, of: str) -> frozenset[May]:
        """All that somebody must be able to do who does it to `of`."""
        return frozenset({self.may}) | (self.also(of) if self.also is not None else frozenset())

    def knows(self, ret: Return, of: str) -> bool:
        """Whether `of` is something of this return that such a deed can be about, now or at another time."""
        match self.about:
            case About.LINE:
                return of in {str(line.asked.id) for line in ret.lines}
            case About.PARCEL:
                return of in {str(parcel.number) for parcel in ret.known.parcels}
            case About.MARK:
                return of in self.subjects(ret) or of in {f"{mark.kind}:{mark.subject}" for mark in ret.known.marks}
            case _:
                return of == ""


def whole(*kinds: Kind) -> Callable[[Return], tuple[str, ...]]:
    """The whole return, while the table has a place for one of `kinds`."""
    return lambda ret: WHOLE if any(domain.may(ret, kind) for kind in kinds) else ()


def to_shopper(
    *, needed: bool, hint: str = "The shopper reads this in the email and on the return’s page."
) -> views.Group:
    """A field for words to the shopper."""
    label = "Words to the shopper" if needed else "Words to the shopper, if any"
    return views.Group((views.Blank("words", "words", label, hint=hint, most=MOST_WORDS),))


def note(label: str = "Why, in your words", hint: str = "") -> views.Group:
    """A field for words that are kept with the return's history, for staff."""
    return views.Group((views.Blank("words", "words", label, hint=hint, most=MOST_WORDS),))


__all__ = ["MOST_WORDS", "WHOLE", "About", "Deed", "Form", "Said", "note", "to_shopper", "whole"]
