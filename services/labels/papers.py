"""Forms of labels: drawn, or made by the label's carrier, when they are first asked for, kept, and the same bytes from then on."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from libs.chassis.ids import new_id
from libs.chassis.objects import Objects
from libs.contracts.labels import DocumentForm, DocumentFormsV1, FormsOfLabel
from services.labels.dispatch import Dispatch
from services.labels.documents.forms import FORMS, Form
from services.labels.domain import Booking, NoSuchForm, NotFound, filename, must_declare, object_key
from services.labels.store.papers import Labelled, Papers


class Printing:
    """Hands out every form of a label."""

    papers = Papers()

    def get(
        self, dispatch: Dispatch, objects: Objects, retailer_id: UUID, label_id: UUID, form: DocumentForm
    ) -> tuple[Row[Any], bytes]:
        """What the form is called, and its bytes.

        Refused as `labels.not_found`, `labels.no_such_form`, or `labels.carrier_away` where the carrier is to make it.
        """
        found = self.papers.find(retailer_id, label_id, form)
        if found is None and form in FORMS:
            self._make(dispatch, objects, retailer_id, label_id, form)
            found = self.papers.find(retailer_id, label_id, form)
        if found is None:
            raise NoSuchForm(form)
        return found, objects.get(found.object_key)

    def forms(self, dispatch: Dispatch, retailer_id: UUID, label_ids: Sequence[UUID]) -> DocumentFormsV1:
        """In which forms labels may be had."""
        labels = []
        for label_id in label_ids:
            with suppress(NotFound):
                label = self.papers.of_label(retailer_id, label_id)
                there = {*label.kept, *dispatch.forms(label.booking)}
                may = tuple(form for form, how in FORMS.items() if form in there or _is_drawn(how, label))
                labels.append(FormsOfLabel(document_id=label_id, forms=(DocumentForm.LABEL, *may)))
        return DocumentFormsV1(labels=tuple(labels))

    def _make(
        self, dispatch: Dispatch, objects: Objects, retailer_id: UUID, label_id: UUID, form: DocumentForm
    ) -> None:
        label = self.papers.of_label(retailer_id, label_id)
        how = FORMS[form]
        if _is_drawn(how, label):
            carriers = None if label.is_ours else objects.get(label.object_key)
            content = how.draw(label.booking, label.number, carriers)
        elif form in dispatch.forms(label.booking) and not label.is_ours:
            content = dispatch.form(retailer_id, label.booking, form)
        else:
            raise NoSuchForm(form)
        self._keep(objects, retailer_id, label.booking, form, content)

    def _keep(self, objects: Objects, retailer_id: UUID, booking: Booking, form: DocumentForm, content: bytes) -> None:
        how, document_id = FORMS[form], new_id()
        key = object_key(retailer_id, document_id, how.ending)
        objects.put(key, content)
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


def _is_drawn(how: Form, label: Labelled) -> bool:
    """Whether a form is drawn here."""
    borders = not how.at_borders_only or must_declare(label.booking)
    return (label.is_ours or not how.of_ours_only) and borders and how.fits(label.booking)
