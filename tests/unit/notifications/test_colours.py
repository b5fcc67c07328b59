"""A mail in any brand colour can be read, by day and by night."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.colours import INK, NIGHT, WHITE, as_text, contrast, text_on

brands = st.integers(0, (1 << 24) - 1).map(lambda value: f"#{value:06x}")


@given(brands)
def test_words_on_the_brand_colour_can_be_read(brand: str):
    assert contrast(text_on(brand), brand) >= 4.5


@given(brands, st.sampled_from([WHITE, NIGHT]))
def test_the_brand_colour_as_words_can_be_read(brand: str, ground: str):
    assert contrast(as_text(brand, ground), ground) >= 4.5


def test_a_brand_colour_that_can_be_read_stays_as_it_is():
    assert as_text("#1f5c4d") == "#1f5c4d"


@pytest.mark.parametrize(("brand", "words"), [("#1f5c4d", WHITE), ("#ffd400", INK), ("#e4572e", INK)])
def test_words_are_white_where_white_can_be_read(brand: str, words: str):
    assert text_on(brand) == words
