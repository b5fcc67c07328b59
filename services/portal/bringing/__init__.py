"""Orders out of a file of a retailer's own: which column is what, what each cell says, and what is wrong with it."""

from services.portal.bringing import cells
from services.portal.bringing.cells import Reader
from services.portal.bringing.columns import FIELDS, Field, guessed, header_of, needed
from services.portal.bringing.reading import MOST_ROWS, Fault, Told, read, text_of
from services.portal.bringing.saving import Brought, Unmapped, bring

__all__ = [
    "FIELDS",
    "MOST_ROWS",
    "Brought",
    "Fault",
    "Field",
    "Reader",
    "Told",
    "Unmapped",
    "bring",
    "cells",
    "guessed",
    "header_of",
    "needed",
    "read",
    "text_of",
]
