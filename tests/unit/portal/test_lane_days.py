"""The days that a lane is expected to take, as a person types them."""

import pytest

from services.portal.bringing.cells import BadCell
from services.portal.lane_files import days_of


@pytest.mark.parametrize(("cell", "days"), [("", None), (" ", None), ("1", 1), (" 90 ", 90)])
def test_days_are_read_and_may_be_left_out(cell, days):
    assert days_of(cell) == days


@pytest.mark.parametrize("cell", ["0", "91", "-3", "2.5", "soon"])
def test_what_is_no_whole_number_of_days_is_asked_for_again(cell):
    with pytest.raises(BadCell, match="Write whole days, from 1 to 90"):
        days_of(cell)
