"""Forms as they come in: how much of one is read, and its words cleaned of what no page of ours sends."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

MOST_PHOTOS = 100  # a file field left empty is a part too, one a line
MOST_FIELDS = 2000  # some six a line: an order of 300 lines
MOST_OF_A_SECRET = 256
MOST_OF_ONE = 64 * 1024  # bytes

# Control characters, of which the database cannot keep NUL, and halves of surrogate pairs, which are no text at all.
_UNTOLD = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


async def words_of(request: Request) -> AsyncIterator[FormData]:
    """A form of words only; a file in it is refused before it is written anywhere."""
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_OF_ONE) as form:
        yield form


async def answers_of(request: Request) -> AsyncIterator[FormData]:
    """A form that may bring photos. They go to disk while they come in, and are gone when it is answered."""
    async with request.form(max_files=MOST_PHOTOS, max_fields=MOST_FIELDS, max_part_size=MOST_OF_ONE) as form:
        yield form


Words = Annotated[FormData, Depends(words_of)]
Answers = Annotated[FormData, Depends(answers_of)]


def said(form: FormData, name: str, *, most: int = 254) -> str:
    """What was written into a field, trimmed, at most so many characters; empty when it is not there or is a file."""
    value = form.get(name, "")
    return _UNTOLD.sub("", value.replace("\r\n", "\n")).strip()[:most] if isinstance(value, str) else ""


def secret(form: FormData, name: str) -> str:
    """A password as it was typed, blanks included; one character more than the longest is kept, to be refused."""
    value = form.get(name, "")
    return value[: MOST_OF_A_SECRET + 1] if isinstance(value, str) else ""
