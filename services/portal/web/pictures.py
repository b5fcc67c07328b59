"""A shopper's photo as an answer: what strangers uploaded is shown, and can do nothing else."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from libs.chassis.logs import log
from libs.chassis.objects import ObjectMissing
from services.portal.reach import Portal


def shown(here: Portal, key: str | None) -> Response:
    """The photo kept under `key`; 404 where there is none."""
    try:
        content = here.objects.get(key) if key else None
    except ObjectMissing:
        log.error("portal.photo_missing", key=key)
        content = None
    if content is None:
        raise HTTPException(404)
    return Response(
        content,
        media_type="image/webp",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Content-Disposition": "inline",
            "Cache-Control": "private, no-store",
        },
    )
