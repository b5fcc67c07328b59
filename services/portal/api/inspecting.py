"""Photos of what a hub found, sent before the inspection that names them."""

from io import BytesIO
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from pydantic import Field
from starlette.responses import Response

from libs.contracts.errors import Refused
from services.portal import photos
from services.portal.access import May
from services.portal.api.acting import IMAGE, Acting, acting
from services.portal.api.answers import Answer, sent
from services.portal.api.routing import Number, routes
from services.portal.photos import KeptPhoto
from services.portal.problems import Problem, no_such_return

router = routes("records")

MOST_OF_A_LINE = 20  # of all its inspections
_PHOTO = {"schema": {"type": "string", "format": "binary"}}
_BODY = {"requestBody": {"required": True, "content": {IMAGE: _PHOTO}}}

Showing = Annotated[Acting, Depends(acting(May.INSPECT, media=IMAGE))]


class PhotoTaken(Answer):
    """A photo as it is kept: written anew, without what the camera noted in it."""

    photo_id: UUID
    line_id: UUID
    width: int = Field(examples=[1500])
    height: int = Field(examples=[2000])


@router.post(
    "/returns/{number}/lines/{line_id}/photos", response_model=PhotoTaken, status_code=201, openapi_extra=_BODY
)
async def add_photo(number: Number, line_id: UUID, request: Request, act: Showing) -> Response:
    """Send a photo of a line as the hub found it: JPEG, PNG or WebP, at most 10 MB. Its inspection names it by `photo_id`.

    The same photo sent again is the same one.
    """
    file = await request.body()

    def add(_effect_id: UUID) -> Response:
        return sent(_added(act, number.upper(), line_id, file), 201)

    return await act.once(add)


def _added(act: Acting, number: str, line_id: UUID, file: bytes) -> PhotoTaken:
    here, retailer_id = act.here, act.who.retailer_id
    story = here.returns.get(retailer_id, number=number)
    if story is None:
        raise no_such_return()
    if line_id not in {line.asked.id for line in story.ret.lines}:
        raise Problem(422, "returns.no_such_line", "The return has no such line.", lines=[str(line_id)])
    if len(here.hub.photos_of(retailer_id, [line_id]).get(line_id, ())) >= MOST_OF_A_LINE:
        raise Problem(409, "returns.too_many_photos", f"A line has at most {MOST_OF_A_LINE} photos of the hub.")
    photo = _kept(act, line_id, file)
    with here.audit.of(act.who, "return.photo", subject=number):
        id = here.hub.add_photos(retailer_id, [photo])[photo.object_key]
    return PhotoTaken(photo_id=id, line_id=line_id, width=photo.width, height=photo.height)


def _kept(act: Acting, line_id: UUID, file: bytes) -> KeptPhoto:
    here, retailer_id = act.here, act.who.retailer_id
    try:
        clean = photos.clean(BytesIO(file))
    except Refused as refused:
        raise Problem(422, refused.code, f"{photos.WORDS[refused.code]}.") from None
    key = photos.key_of(clean.content, retailer_id, line_id)
    here.uploads.note(retailer_id, key)  # first: what is written and then forgotten by a crash is deleted in time
    here.objects.put(key, clean.content)
    return KeptPhoto(line_id, key, clean.width, clean.height)
