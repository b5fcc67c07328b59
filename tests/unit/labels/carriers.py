"""A carrier for tests that need one to misbehave."""

from collections.abc import Callable, Mapping

from libs.contracts.labels_accounts import CarrierField, CarrierKind
from services.labels.carriers import Kind
from services.labels.domain import Booking, Label

LABEL = Label("1Z999", b"%PDF")


class Answering:
    """Answers as it is told, and counts the labels it was asked to make, and to make void."""

    def __init__(
        self,
        *,
        book: Label | Exception = LABEL,
        find: Label | Exception | None = None,
        void: Exception | None = None,
    ) -> None:
        self.answers = {"book": book, "find": find, "void": void}
        self.booked = self.voided = 0

    def book(self, booking: Booking, keep: Callable[[str], None]) -> Label:
        """What it was told to answer to `book`."""
        self.booked += 1
        return self._answer("book")

    def find(self, booking: Booking) -> Label | None:
        """What it was told to answer to `find`."""
        return self._answer("find")

    def void(self, booking: Booking) -> None:
        """What it was told to answer to `void`."""
        self.voided += 1
        self._answer("void")

    def check(self) -> None:
        """Every account is taken."""

    def _answer(self, name: str) -> Label | None:
        answer = self.answers[name]
        if isinstance(answer, Exception):
            raise answer
        return answer


def kinds(carrier: Answering, name: str = "own", *, secret: str | None = None) -> Mapping[str, Kind]:
    """The carriers there are: this one, which needs no account unless it asks for a `secret`."""
    fields = (CarrierField(name=secret, words="Key", secret=True),) if secret else ()
    return {name: Kind(CarrierKind(carrier=name, title=name.title(), fields=fields), lambda account, reach: carrier)}
