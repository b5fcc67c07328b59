"""A gateway of the former release still reads what a hub scan did."""

import pytest

from libs.contracts.tracking import HubAnswer, HubResult, ScanResult
from services.tracking.domain.former import as_before


@pytest.mark.parametrize(
    ("now", "former"),
    [
        (HubResult.OK, ScanResult.OK),
        (HubResult.ALREADY, ScanResult.ALREADY),
        (HubResult.UNKNOWN, ScanResult.UNKNOWN),
        (HubResult.ENDED, ScanResult.OK),
        (HubResult.WRONG_HUB, ScanResult.UNKNOWN),
        (HubResult.ANOTHER_RETAILER, ScanResult.UNKNOWN),
    ],
)
def test_every_result_has_a_word_that_former_readers_know(now, former):
    answer = as_before(HubAnswer(code="HW1", result=now, tracking_number="HW1", received_by="hub@alder.example"))

    assert (answer.result, answer.code, answer.tracking_number) == (former, "HW1", "HW1")
