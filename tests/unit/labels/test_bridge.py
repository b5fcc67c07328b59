"""A carrier's answer over the bridge that nobody can use is no label."""

import pytest

from libs.chassis.outside import OutcomeUnknown
from services.labels.outside.bridge import label_of
from tests.unit.labels.parcels import parcel


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"tracking_number": None}, {"tracking_number": "é"}, {"label": "JD0002"}]
)
def test_an_answer_without_a_number_leaves_the_outcome_open(answer):
    with pytest.raises(OutcomeUnknown):
        label_of(parcel(), answer)


def test_a_number_is_printed_as_it_is_read_out():
    label = label_of(parcel(), {"tracking_number": "jd 0002", "weight": 3})

    assert label.tracking_number == "JD0002"
    assert label.pdf.startswith(b"%PDF")
