"""Forms of labels: drawn when they are first asked for, kept, and the same bytes from then on."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.chassis.ids import new_id
from libs.chassis.objects import Objects
from libs.contracts.labels import DocumentForm, DocumentFormsV1, FormsOfLabel
from services.labels.documents.forms import FORMS, Form
from services.labels.domain import Booking, NoSuchForm, NotFound, filename, must_declare, object_key
from services.labels.store.papers import Papers


class Printing:
    """Hands out every form of a label."""

    papers = Papers()

    def get(self, objects: Objects, retailer_id: UUID, label_id: UUID, form: DocumentForm) -> tuple[Row[Any], bytes]:
        """What the form is called, and its bytes. Refused as `labels.not_found` or `labels.no_such_form`."""
        found = self.papers.find(retailer_id, label_id, form)
        if found is None and form in FORMS:
            self._draw(objects, retailer_id, label_id, form)
            found = self.papers.find(retailer_id, label_id, form)
        if found is None:
            raise NoSuchForm(form)
        return found, objects.get(found.object_key)

    def forms(self, retailer_id: UUID, label_ids: Sequence[UUID]) -> DocumentFormsV1:
        """In which forms labels may be had."""
        labels = []
        for label_id in label_ids:
            with suppress(NotFound):
                booking, _, ours = self.papers.of_label(retailer_id, label_id)
                may = tuple(form for form, how in FORMS.items() if _has(how, booking, ours=ours))
                labels.append(FormsOfLabel(document_id=label_id, forms=(DocumentForm.LABEL, *may)))
        return DocumentFormsV1(labels=tuple(labels))

    def _draw(self, objects: Objects, retailer_id: UUID, label_id: UUID, form: DocumentForm) -> None:
        booking, number, ours = self.papers.of_label(retailer_id, label_id)
        how = FORMS[form]
        if not _has(how, booking, ours=ours):
            raise NoSuchForm(form)
        document_id = new_id()
        key = object_key(retailer_id, document_id, how.ending)
        objects.put(key, how.draw(booking, number, ours))
        kept = self.papers.keep(
            retailer_id,
            booking.id,
            id=document_id,
            kind=form,
            filename=filename(booking.return_number, booking.parcel, stem=how.stem, ending=how.ending),
            media_type=how.media_type,
            object_key=key,
        )
        if not kept:
            objects.delete(key)


def _has(how: Form, booking: Booking, *, ours: bool) -> bool:
    """Whether a booking's label may be had so."""
    return (ours or not how.of_ours_only) and (not how.at_borders_only or must_declare(booking))
