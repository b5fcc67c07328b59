"""What customs and carriers ask for, as a file or a program says it. What cannot be read is not guessed at."""

import re

from babel import Locale

from services.portal.bringing.cells import BadCell

MOST_GRAMS = 1_000_000  # of one piece: a tonne
_HS_CODE = re.compile(r"[0-9]{6,13}")
_GRAMS = re.compile(r"([0-9]{1,7})(?:[.,]0+)? ?(?:g|grams)?", re.IGNORECASE)
# Codes that CLDR names and ISO 3166-1 does not assign to a country: unions, and nowhere at all.
_NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
_COUNTRIES = {code for code in map(str, Locale("en").territories) if re.fullmatch("[A-Z]{2}", code)} - _NO_COUNTRIES


def hs_code(said: str) -> str:
    """A number of the customs tariff in digits alone: `6206.90` is 620690. Raises BadCell."""
    digits = re.sub("[. ]", "", said)
    if not _HS_CODE.fullmatch(digits):
        raise BadCell(f"“{said[:40]}” is not a tariff number (HS code): it has 6 to 13 digits")
    return digits


def origin(said: str) -> str:
    """The country where a thing was made, by its ISO 3166-1 code. Raises BadCell."""
    if said.upper() not in _COUNTRIES:
        raise BadCell(f"“{said[:40]}” is not a country by its two letters: write PT")
    return said.upper()


def grams(said: str) -> int:
    """What one piece weighs; `210 g` is 210. Raises BadCell."""
    plain = _GRAMS.fullmatch(said)
    if plain is None or int(plain[1]) > MOST_GRAMS:
        raise BadCell(f"“{said[:40]}” is not a weight in whole grams: write 210")
    return int(plain[1])
