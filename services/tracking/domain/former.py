"""Answers in the words that their former readers know."""

from libs.contracts.tracking import HubAnswer, HubResult, ScanAnswer, ScanResult

_FORMER = {
    HubResult.OK: ScanResult.OK,
    HubResult.ALREADY: ScanResult.ALREADY,
    HubResult.ENDED: ScanResult.OK,
    HubResult.UNKNOWN: ScanResult.UNKNOWN,
    HubResult.WRONG_HUB: ScanResult.UNKNOWN,  # not received here, and so not to be told as received
    HubResult.ANOTHER_RETAILER: ScanResult.UNKNOWN,
}


def as_before(answer: HubAnswer) -> ScanAnswer:
    """What a scan did, as near as the former answers come to it: received, received before, or neither."""
    return ScanAnswer(
        code=answer.code,
        result=_FORMER[answer.result],
        return_id=answer.return_id,
        tracking_number=answer.tracking_number,
        received_at=answer.received_at,
        scan_id=answer.scan_id,
    )
