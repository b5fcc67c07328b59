"""Photos out of a form: cleaned, stored, and counted."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request
from starlette.datastructures import UploadFile

from libs.contracts.errors import Refused
from services.portal import photos
from services.portal.photos import KeptPhoto
from services.portal.reach import Portal
from services.portal.store.limits import UPLOAD_BY_ADDRESS
from services.portal.store.people import Retailer


def take(
    here: Portal,
    request: Request,
    shop: Retailer,
    files: Sequence[UploadFile],
    kept: Sequence[KeptPhoto],
    *,
    place: str,
    line_id: UUID | None = None,
) -> tuple[tuple[KeptPhoto, ...], str | None]:
    """`kept` with the photos in `files`, at most four in all, and in words what was wrong with one. Raises TooMany.

    `place` is the folder they lie in: the order's id, or the name of the form.
    """
    taken, wrong = list(kept), None
    for file in files:
        if len(taken) >= photos.MOST_A_LINE:
            return tuple(taken), f"Choose at most {photos.MOST_A_LINE} photos"
        here.bound(request, UPLOAD_BY_ADDRESS)
        try:
            photo = _kept(here, shop, file, place, line_id)
        except Refused as refused:
            wrong = photos.WORDS[refused.code]
        else:
            if photo.object_key not in {each.object_key for each in taken}:
                taken.append(photo)
    return tuple(taken), wrong


def _kept(here: Portal, shop: Retailer, file: UploadFile, place: str, line_id: UUID | None) -> KeptPhoto:
    clean = photos.clean(file.file)
    key = photos.key_of(clean.content, shop.id, place)
    here.uploads.note(shop.id, key)  # first: what is written and then forgotten by a crash is deleted in time
    here.objects.put(key, clean.content)
    return KeptPhoto(line_id, key, clean.width, clean.height)
