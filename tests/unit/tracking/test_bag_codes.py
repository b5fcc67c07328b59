"""The code that stands on a bag or pallet, and what is no such code."""

from uuid import UUID

import pytest

from services.tracking import domain

CODE = domain.consolidation_code(UUID("019ab3c4-0000-7000-8000-0123456789ab"))


def test_a_code_is_known_by_its_check_character():
    assert domain.is_consolidation_code(CODE)
    assert not domain.is_consolidation_code(CODE[:-1] + ("0" if CODE[-1] != "0" else "1"))


@pytest.mark.parametrize("text", ["", "HB", CODE[:-1], f"{CODE}0", f"OR{CODE[2:]}", "HBIIIIIIIIIIA", "HB----------A"])
def test_what_has_not_its_form_is_none(text: str):
    assert not domain.is_consolidation_code(text)
