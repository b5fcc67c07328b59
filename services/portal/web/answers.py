"""A shopper's answers: read from a form, kept with the session, and what is still missing in them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData, UploadFile

from libs.contracts.orders import OrderV1
from libs.contracts.rules import DecisionV1, EligibilityV1
from services.portal.intake import Picked
from services.portal.photos import MOST_A_LINE
from services.portal.web.forms import said

LONGEST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that was cleaned and stored, for a line not yet submitted."""

    line_id: UUID
    object_key: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What a shopper's session holds: the order as it was found, what may come back of it, and the answers so far.

    `sent` is another one each time the answers are sent on, so that a look ahead can tell that it comes late.
    """

    order: OrderV1
    judged: EligibilityV1
    key: str
    picked: tuple[Picked, ...] = ()
    photos: tuple[KeptPhoto, ...] = field(default=())
    sent: str = ""

    def as_json(self) -> dict[str, Any]:
        """For the session's row."""
        found = {"order": self.order.model_dump(mode="json"), "judged": self.judged.model_dump(mode="json")}
        return found | self.said() | {"photos": self.photos_as_json()}

    def said(self) -> dict[str, Any]:
        """The answers alone, which change with each form."""
        return {
            "key": self.key,
            "sent": self.sent,
            "picked": [asdict(pick) | {"line_id": str(pick.line_id)} for pick in self.picked],
        }

    def photos_as_json(self) -> dict[str, Any]:
        """The photos by what they are, so that two requests that each add some both keep theirs."""
        return {
            f"{photo.line_id} {photo.object_key}": asdict(photo) | {"line_id": str(photo.line_id)}
            for photo in self.photos
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draft":
        """From the session's row."""
        return cls(
            OrderV1.model_validate(data["order"]),
            EligibilityV1.model_validate(data["judged"]),
            data["key"],
            tuple(Picked(**pick | {"line_id": UUID(pick["line_id"])}) for pick in data["picked"]),
            tuple(KeptPhoto(**photo | {"line_id": UUID(photo["line_id"])}) for photo in data["photos"].values()),
            data["sent"],
        )

    def photos_to_submit(self) -> tuple[KeptPhoto, ...]:
        """The photos of the lines that come back, no more of each than may be."""
        return tuple(photo for pick in self.picked for photo in self.photos_of(pick.line_id)[:MOST_A_LINE])

    def photos_of(self, line_id: UUID) -> tuple[KeptPhoto, ...]:
        """The photos of one line."""
        return tuple(photo for photo in self.photos if photo.line_id == line_id)


def resumed(draft: Draft, before: Draft) -> Draft:
    """`draft` with the answers of `before` that still fit the order as it is now."""
    lines = {line.id: line for line in draft.order.lines}
    eligible = {line.line_id for line in draft.judged.lines if line.eligible}
    reasons = {reason.code for reason in draft.judged.reasons}
    picks = tuple(
        replace(pick, quantity=min(pick.quantity, lines[pick.line_id].returnable))
        for pick in before.picked
        if pick.line_id in eligible and (not pick.reason or pick.reason in reasons)
    )
    return replace(draft, picked=picks, photos=before.photos)


def picked(form: FormData, draft: Draft) -> tuple[Picked, ...]:
    """The lines ticked in `form`, of those that may come back; what is not among the choices is as good as not said."""
    open_lines = {str(line.line_id): line.line_id for line in draft.judged.lines if line.eligible}
    ticked = dict.fromkeys(str(value) for value in form.getlist("item"))
    return tuple(_pick(form, draft, open_lines[line]) for line in ticked if line in open_lines)


def _pick(form: FormData, draft: Draft, line_id: UUID) -> Picked:
    line = next(line for line in draft.order.lines if line.id == line_id)
    reasons = {reason.code: reason for reason in draft.judged.reasons}
    reason = said(form, f"reason-{line_id}")
    reason = reason if reason in reasons else ""
    subs = {sub.code for sub in reasons[reason].sub_reasons} if reason else set()
    sub_reason = said(form, f"sub-{line_id}")
    asked = said(form, f"quantity-{line_id}", most=6)
    quantity = int(asked) if asked.isascii() and asked.isdigit() else 1
    return Picked(
        line_id,
        max(1, min(quantity, line.returnable)),
        reason,
        sub_reason if sub_reason in subs else None,
        said(form, f"comment-{line_id}", most=LONGEST_COMMENT) or None,
        said(form, f"resolution-{line_id}") or None,
    )


def uploads(form: FormData, line_id: UUID) -> list[UploadFile]:
    """The files sent for one line."""
    return [file for file in form.getlist(f"photo-{line_id}") if isinstance(file, UploadFile) and file.filename]


def with_only_offer(picks: Sequence[Picked], decision: DecisionV1 | None) -> tuple[Picked, ...]:
    """`picks` with the resolution filled in where the policy offers just one, and taken out where it is not offered."""
    offers = {line.line_id: [offer.resolution for offer in line.offers] for line in decision.lines} if decision else {}
    return tuple(_with_offer(pick, offers.get(pick.line_id, [])) for pick in picks)


def _with_offer(pick: Picked, offered: Sequence[str]) -> Picked:
    if pick.resolution in offered:
        return pick
    only = offered[0] if len(offered) == 1 else None
    return replace(pick, resolution=only)


def missing(draft: Draft, picks: Sequence[Picked], decision: DecisionV1 | None) -> dict[str, str]:
    """What must be said before the return can be checked: words by field."""
    if not picks:
        return {"item": "Choose at least one item"}
    titles = {line.id: line.title for line in draft.order.lines}
    reasons = {reason.code: reason for reason in draft.judged.reasons}
    decided = {line.line_id: line for line in decision.lines} if decision else {}
    said: dict[str, str] = {}
    for pick in picks:
        title = titles[pick.line_id]
        if not pick.reason:
            said[f"reason-{pick.line_id}"] = f"Choose a reason for the {title}"
        elif reasons[pick.reason].sub_reasons and not pick.sub_reason:
            said[f"sub-{pick.line_id}"] = f"Say a little more about the {title}"
        elif reasons[pick.reason].asks_comment and not pick.comment:
            said[f"comment-{pick.line_id}"] = f"Describe what is wrong with the {title}"
        elif pick.line_id in decided and not decided[pick.line_id].offers:
            said[f"item-{pick.line_id}"] = (
                decided[pick.line_id].words or f"The {title} cannot be returned for this reason"
            )
        elif not pick.resolution:
            said[f"resolution-{pick.line_id}"] = f"Choose what you would like for the {title}"
    return said
