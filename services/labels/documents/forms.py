"""Every form in which a label may be had, drawn from its booking or made by its carrier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

import segno

from libs.contracts.labels import DocumentForm, LaneMethod
from services.labels.documents.customs import draw_customs
from services.labels.documents.sheet import draw_sheet
from services.labels.documents.zpl import draw_zpl
from services.labels.domain import Booking, scan_url


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what its file is called and how it is drawn, from a booking, its number and what its carrier drew, if it did.

    One that is `of_ours_only` is drawn of labels that were drawn here; of another label its carrier may have it. One that
    is `of_labels_only` is none of a packing slip.
    """

    stem: str
    ending: str
    media_type: str
    draw: Callable[[Booking, str, bytes | None], bytes]
    of_ours_only: bool = False
    of_labels_only: bool = False
    at_borders_only: bool = False

    def fits(self, booking: Booking) -> bool:
        """Whether there is such a form of what this booking's shopper gets."""
        return not (self.of_labels_only and booking.method is LaneMethod.OWN_CARRIER)


def _code(booking: Booking, number: str, *, kind: str, scale: int) -> bytes:
    """What the label's code says, as a picture with its quiet zone; `scale` is how many pixels a module has."""
    file = BytesIO()
    code = segno.make_qr(scan_url(booking.look, number), error="m", boost_error=False)
    code.save(file, kind=kind, border=4, scale=scale)
    return file.getvalue()


FORMS: Mapping[DocumentForm, Form] = {
    DocumentForm.SHEET: Form(
        "return-sheet",
        "pdf",
        "application/pdf",
        lambda of, number, carriers: draw_sheet(of, number, carriers=carriers),
        of_labels_only=True,
    ),
    DocumentForm.QR_PNG: Form(
        "return-code",
        "png",
        "image/png",
        lambda of, number, carriers: _code(of, number, kind="png", scale=16),
        of_ours_only=True,
    ),
    DocumentForm.QR_SVG: Form(
        "return-code",
        "svg",
        "image/svg+xml",
        lambda of, number, carriers: _code(of, number, kind="svg", scale=8),
        of_ours_only=True,
    ),
    DocumentForm.ZPL: Form(
        "return-label",
        "zpl",
        "application/zpl",
        lambda of, number, carriers: draw_zpl(of, number),
        of_ours_only=True,
        of_labels_only=True,
    ),
    DocumentForm.CUSTOMS: Form(
        "customs", "pdf", "application/pdf", lambda of, number, carriers: draw_customs(of, number), at_borders_only=True
    ),
}
