"""What a person says of a booking in its carrier's place."""

from libs.contracts.labels import LabelOutcome, RecordLabelV1
from services.labels.documents.label import draw_label
from services.labels.domain import BY_HAND, Booked, Booking, Declined, Label, Outcome, written_number


def outcome_of(booking: Booking, said: RecordLabelV1) -> Outcome:
    """The outcome in a person's words: a return slip drawn here with the carrier's number, or that there is no label."""
    if said.outcome is LabelOutcome.REFUSED:
        return Declined(BY_HAND, said.words)
    number = written_number(said.tracking_number)
    return Booked(Label(number, draw_label(booking, number)))
