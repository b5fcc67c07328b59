"""Every form in which a label may be had, drawn from its booking."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO

import segno

from libs.contracts.labels import DocumentForm
from services.labels.documents.customs import draw_customs
from services.labels.documents.sheet import draw_sheet
from services.labels.documents.zpl import draw_zpl
from services.labels.domain import Booking, scan_url


@dataclass(frozen=True, slots=True)
class Form:
    """A form: what its file is called and how it is drawn. Some are only for labels that were `drawn_here`."""

    stem: str
    ending: str
    media_type: str
    draw: Callable[[Booking, str, bool], bytes]
    of_ours_only: bool = False
    at_borders_only: bool = False


def _code(booking: Booking, number: str, *, kind: str, scale: int) -> bytes:
    """What the label's code says, as a picture with its quiet zone; `scale` is how many pixels a module has."""
    file = BytesIO()
    code = segno.make_qr(scan_url(booking.look, number), error="m", boost_error=False)
    code.save(file, kind=kind, border=4, scale=scale)
    return file.getvalue()


FORMS: Mapping[DocumentForm, Form] = {
    DocumentForm.SHEET: Form(
        "return-sheet", "pdf", "application/pdf", lambda of, number, ours: draw_sheet(of, number, drawn_here=ours)
    ),
    DocumentForm.QR_PNG: Form(
        "return-code",
        "png",
        "image/png",
        lambda of, number, ours: _code(of, number, kind="png", scale=16),
        of_ours_only=True,
    ),
    DocumentForm.QR_SVG: Form(
        "return-code",
        "svg",
        "image/svg+xml",
        lambda of, number, ours: _code(of, number, kind="svg", scale=8),
        of_ours_only=True,
    ),
    DocumentForm.ZPL: Form(
        "return-label",
        "zpl",
        "application/zpl",
        lambda of, number, ours: draw_zpl(of, number),
        of_ours_only=True,
    ),
    DocumentForm.CUSTOMS: Form(
        "customs", "pdf", "application/pdf", lambda of, number, ours: draw_customs(of, number), at_borders_only=True
    ),
}
