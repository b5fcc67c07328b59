"""A shopper's answers: read from a form, kept with the session, and what is still missing in them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData, UploadFile

from libs.contracts.orders import OrderV1
from libs.contracts.rules import DecisionV1, EligibilityV1, LineDecision, LineEligibility
from libs.contracts.values import Resolution
from services.portal.intake import Picked, Seen
from services.portal.photos import MOST_A_LINE, KeptPhoto
from services.portal.terms import reasons_for
from services.portal.web.forms import said

LONGEST_COMMENT = 500
LONGEST_ANSWER = 81  # two codes of a policy with a slash between them
UNJUDGED = 0  # the version of no policy: rules is away, and every line may be asked for


@dataclass(frozen=True, slots=True)
class Draft:
    """What a shopper's session holds: the order as it was found, what may come back of it, and the answers so far.

    `sent` is another one each time the answers are sent on, so that a look ahead can tell that it comes late. `words` and
    the photos of no line yet come from a kept request, and `proof` says that a receipt stood in for the order's number.
    The contact of an order that is a `gift` is whoever got it.
    """

    order: OrderV1
    judged: EligibilityV1
    key: str
    picked: tuple[Picked, ...] = ()
    photos: tuple[KeptPhoto, ...] = field(default=())
    sent: str = ""
    words: str = ""
    proof: bool = False
    gift: bool = False

    @property
    def is_judged(self) -> bool:
        """Whether the policy was asked what may come back."""
        return self.judged.policy_version != UNJUDGED

    def as_json(self) -> dict[str, Any]:
        """For the session's row."""
        found = {
            "order": self.order.model_dump(mode="json"),
            "words": self.words,
            "proof": self.proof,
            "gift": self.gift,
        }
        return found | self.judged_as_json() | self.said() | {"photos": self.photos_as_json()}

    def judged_as_json(self) -> dict[str, Any]:
        """What may come back, which is learned later where rules was away at first."""
        return {"judged": self.judged.model_dump(mode="json")}

    def said(self) -> dict[str, Any]:
        """The answers alone, which change with each form."""
        return {
            "key": self.key,
            "sent": self.sent,
            "picked": self.picked_as_json(),
        }

    def picked_as_json(self) -> list[dict[str, Any]]:
        """The lines ticked."""
        return [asdict(pick) | {"line_id": str(pick.line_id)} for pick in self.picked]

    def photos_as_json(self) -> dict[str, Any]:
        """The photos by what they are, so that two requests that each add some both keep theirs."""
        return {
            entry_of(photo): asdict(photo) | {"line_id": photo.line_id and str(photo.line_id)} for photo in self.photos
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Draft":
        """From the session's row."""
        return cls(
            OrderV1.model_validate(data["order"]),
            EligibilityV1.model_validate(data["judged"]),
            data["key"],
            picks_from(data["picked"]),
            tuple(
                KeptPhoto(**photo | {"line_id": photo["line_id"] and UUID(photo["line_id"])})
                for photo in data["photos"].values()
            ),
            data["sent"],
            data.get("words", ""),
            data.get("proof", False),
            data.get("gift", False),
        )

    def photos_to_submit(self) -> tuple[KeptPhoto, ...]:
        """The photos of the lines that come back, no more of each than may be."""
        return tuple(photo for pick in self.picked for photo in self.photos_of(pick.line_id)[:MOST_A_LINE])

    def photos_of(self, line_id: UUID) -> tuple[KeptPhoto, ...]:
        """The photos of one line; those of no line yet go with the first that is ticked."""
        first = self.picked[0].line_id if self.picked else None
        loose = tuple(replace(photo, line_id=line_id) for photo in self.photos if photo.line_id is None)
        own = tuple(photo for photo in self.photos if photo.line_id == line_id)
        return own + (loose if line_id == first else ())


def entry_of(photo: KeptPhoto) -> str:
    """By what name a session holds a photo."""
    return f"{photo.line_id or 'loose'} {photo.object_key}"


def picks_from(data: Sequence[Mapping[str, Any]]) -> tuple[Picked, ...]:
    """The lines ticked, from JSON."""
    return tuple(
        Picked(
            **dict(pick)
            | {"line_id": UUID(pick["line_id"]), "seen": Seen(**pick["seen"]) if pick.get("seen") else None}
        )
        for pick in data
    )


def unjudged(order: OrderV1) -> EligibilityV1:
    """Every line that the shop takes back, while nobody can say what the policy gives for it."""
    lines = tuple(LineEligibility(line_id=line.id, eligible=True) for line in order.lines if line.returnable > 0)
    return EligibilityV1(policy_version=UNJUDGED, lines=lines, reasons=())


def resumed(draft: Draft, before: Draft) -> Draft:
    """`draft` with the answers of `before` that still fit the order as it is now."""
    lines = {line.id: line for line in draft.order.lines}
    eligible = {line.line_id for line in draft.judged.lines if line.eligible}
    reasons = {reason.code for reason in draft.judged.reasons}
    picks = tuple(
        replace(pick, quantity=min(pick.quantity, lines[pick.line_id].returnable))
        for pick in before.picked
        if pick.line_id in eligible and (not pick.reason or pick.reason in reasons or not draft.is_judged)
    )
    return replace(draft, picked=picks, photos=before.photos, words=before.words, proof=before.proof)


def picked(form: FormData, draft: Draft) -> tuple[Picked, ...]:
    """The lines ticked in `form`, of those that may come back; what is not among the choices is as good as not said."""
    open_lines = {str(line.line_id): line.line_id for line in draft.judged.lines if line.eligible}
    ticked = dict.fromkeys(str(value) for value in form.getlist("item"))
    return tuple(_pick(form, draft, open_lines[line]) for line in ticked if line in open_lines)


def _pick(form: FormData, draft: Draft, line_id: UUID) -> Picked:
    line = next(line for line in draft.order.lines if line.id == line_id)
    reasons = {reason.code: reason for reason in reasons_for(draft.judged, line_id)}
    reason = said(form, f"reason-{line_id}")
    reason = reason if reason in reasons else ""
    subs = {sub.code for sub in reasons[reason].sub_reasons} if reason else set()
    sub_reason = said(form, f"sub-{line_id}")
    asked = said(form, f"quantity-{line_id}", most=6)
    quantity = int(asked) if asked.isascii() and asked.isdigit() else 1
    pick = Picked(
        line_id,
        max(1, min(quantity, line.returnable)),
        reason,
        sub_reason if sub_reason in subs else None,
        said(form, f"comment-{line_id}", most=LONGEST_COMMENT) or None,
        said(form, f"resolution-{line_id}") or None,
        answer=said(form, f"answer-{line_id}", most=LONGEST_ANSWER) or None,
    )
    return _still_chosen(pick, draft)


def _still_chosen(pick: Picked, draft: Draft) -> Picked:
    """`pick` with what was chosen in exchange before, as long as nothing was changed that it hangs on."""
    before = next((each for each in draft.picked if each.line_id == pick.line_id), None)
    same = before is not None and all(
        getattr(before, name) == getattr(pick, name) for name in ("quantity", "reason", "sub_reason", "resolution")
    )
    if before is None or not same:
        return pick
    return replace(pick, exchange_variant=before.exchange_variant, seen=before.seen, on_top=before.on_top)


def unchosen(draft: Draft) -> UUID | None:
    """The first line that is exchanged for nothing yet, or for what its shopper has not seen."""
    exchanged = (pick for pick in draft.picked if pick.resolution == Resolution.EXCHANGE)
    return next((pick.line_id for pick in exchanged if pick.exchange_variant is None or pick.seen is None), None)


def picked_unjudged(form: FormData, draft: Draft) -> tuple[Picked, ...]:
    """The lines ticked on the page that knows no reasons; the reasons given before are kept."""
    before = {pick.line_id: pick for pick in draft.picked}
    plain = replace(draft, judged=unjudged(draft.order))
    return tuple(
        replace(before.get(pick.line_id, pick), quantity=pick.quantity, comment=pick.comment)
        for pick in picked(form, plain)
    )


def missing_unjudged(draft: Draft) -> dict[str, str]:
    """What must be said on the page that knows no reasons: words by field."""
    titles = {line.id: line.title for line in draft.order.lines}
    untold = {
        f"comment-{pick.line_id}": f"Say why the {titles[pick.line_id]} comes back"
        for pick in draft.picked
        if not pick.comment
    }
    return untold if draft.picked else {"item": "Choose at least one item"}


def uploads(form: FormData, field: str) -> list[UploadFile]:
    """The files sent in one field."""
    return [file for file in form.getlist(field) if isinstance(file, UploadFile) and file.filename]


def with_only_offer(picks: Sequence[Picked], decision: DecisionV1 | None) -> tuple[Picked, ...]:
    """`picks` with the resolution filled in where the policy offers just one, and taken out where it is not offered."""
    offers = {line.line_id: [offer.resolution for offer in line.offers] for line in decision.lines} if decision else {}
    return tuple(_with_offer(pick, offers.get(pick.line_id, [])) for pick in picks)


def _with_offer(pick: Picked, offered: Sequence[str]) -> Picked:
    if pick.resolution in offered:
        return pick
    only = offered[0] if len(offered) == 1 else None
    return replace(pick, resolution=only, exchange_variant=None, seen=None, on_top=None)


def missing(draft: Draft, picks: Sequence[Picked], decision: DecisionV1 | None) -> dict[str, str]:
    """What must be said before the return can be checked: words by field."""
    if not picks:
        return {"item": "Choose at least one item"}
    titles = {line.id: line.title for line in draft.order.lines}
    decided = {line.line_id: line for line in decision.lines} if decision else {}
    pictured = {pick.line_id for pick in picks if draft.photos_of(pick.line_id)}
    found = (
        _missing(draft, pick, titles[pick.line_id], decided.get(pick.line_id), has_photo=pick.line_id in pictured)
        for pick in picks
    )
    return dict(field for field in found if field)


def _missing(
    draft: Draft, pick: Picked, title: str, decided: LineDecision | None, *, has_photo: bool
) -> tuple[str, str] | None:
    """The first thing that must still be said of a line: its field, and words."""
    reason = next((reason for reason in draft.judged.reasons if reason.code == pick.reason), None)
    if reason is None:
        return f"reason-{pick.line_id}", f"Choose a reason for the {title}"
    sub = next((sub for sub in reason.sub_reasons if sub.code == pick.sub_reason), None)
    if reason.sub_reasons and reason.asks_sub_reason and sub is None:
        return f"sub-{pick.line_id}", f"Say a little more about the {title}"
    if (reason.asks_comment or (sub is not None and sub.asks_comment)) and not pick.comment:
        return f"comment-{pick.line_id}", f"Describe what is wrong with the {title}"
    return _missing_of(decided, pick, title, has_photo=has_photo)


def _missing_of(decided: LineDecision | None, pick: Picked, title: str, *, has_photo: bool) -> tuple[str, str] | None:
    """What the policy still needs, or that it gives nothing."""
    if decided is not None and is_asked(decided):
        return f"answer-{pick.line_id}", f"Answer the question about the {title}"
    if decided is not None and not decided.offers:
        return f"item-{pick.line_id}", decided.words or f"The {title} cannot be returned for this reason"
    if decided is not None and decided.photo_required and not has_photo:
        return f"photo-{pick.line_id}", f"Add a photo of the {title}"
    if not pick.resolution:
        return f"resolution-{pick.line_id}", f"Choose what you would like for the {title}"
    return None


def is_asked(decided: LineDecision) -> bool:
    """Whether the policy waits for the answer to a question."""
    return decided.question is not None and not decided.offers and decided.words is None
