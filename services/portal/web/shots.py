"""Photos of an inspection, out of its form: those of each line under the line's place."""

from dataclasses import dataclass, field
from uuid import UUID

from fastapi import Request
from starlette.datastructures import FormData, UploadFile

from libs.contracts.tracking import RecordInspectionV1
from services.portal.domain import Return
from services.portal.photos import KeptPhoto
from services.portal.reach import Portal
from services.portal.store.people import Retailer
from services.portal.web import uploading
from services.portal.web.deeds.inspecting import PHOTOS


@dataclass(frozen=True, slots=True)
class Shots:
    """The photos that were kept, each with its line, and by field what was wrong with others."""

    kept: tuple[KeptPhoto, ...] = ()
    problems: dict[str, str] = field(default_factory=dict)

    def named_in(self, asked: RecordInspectionV1, ids: dict[str, UUID]) -> RecordInspectionV1:
        """The inspection, each of its lines with the photos that show it; `ids` are by the photos' objects."""
        lines = (
            line.model_copy(update={"photos": tuple(ids[p.object_key] for p in self.kept if p.line_id == line.line_id)})
            for line in asked.lines
        )
        return asked.model_copy(update={"lines": tuple(lines)})


NONE = Shots()


def of_lines(here: Portal, request: Request, shop: Retailer, ret: Return, form: FormData) -> Shots:
    """The photos in the form, cleaned and stored. Raises TooMany."""
    kept: tuple[KeptPhoto, ...] = ()
    problems: dict[str, str] = {}
    for place, line in enumerate(ret.lines):
        name, line_id = f"{PHOTOS}{place}", line.asked.id
        files = [file for file in form.getlist(name) if isinstance(file, UploadFile) and file.size]
        taken, wrong = uploading.take(here, request, shop, files, (), place=str(line_id), line_id=line_id)
        kept += taken
        if wrong:
            problems[name] = wrong
    return Shots(kept, problems)
