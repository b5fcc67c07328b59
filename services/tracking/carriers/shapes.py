"""What the shapes of all carriers have in common: words of bounded length, and a name for each scan."""

from hashlib import sha256
from json import dumps
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, StringConstraints

# PostgreSQL keeps no NUL in a text.
Number = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$", strip_whitespace=True)]


def _told(most: int) -> BeforeValidator:
    def cut(value: Any) -> Any:
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        return (value.replace("\0", "").strip()[:most] or None) if isinstance(value, str) else None

    return BeforeValidator(cut)


Word = Annotated[str | None, _told(200)]  # what is no text, or none that we can keep, is as good as absent
Words = Annotated[str | None, _told(1000)]


class Place(BaseModel):
    """Where something was seen, as most senders write it."""

    city: Word = None
    state: Word = None
    country: Word = None

    def __str__(self) -> str:
        return ", ".join(part for part in (self.city, self.state, self.country) if part)


def stable_key(*parts: object) -> str:
    """The same for each repeat of a scan, of whatever length its parts are."""
    return sha256(dumps([str(part) if part is not None else None for part in parts]).encode()).hexdigest()[:24]
