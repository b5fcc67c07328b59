"""A box of a return and what is known of its way. A scan that was taken back proves nothing, whichever is heard first."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID

from libs.contracts.labels import LaneMethod
from libs.contracts.values import Address, Milestone
from services.portal.domain.states import LabelState

NEVER = -1


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a milestone of a `box`, as tracking names it, stands.

    Both counts are of the box's scans that were taken back: when the milestone was last stated, and when nothing proved it
    any more. They only grow, so that the facts may come in any order.
    """

    box: UUID
    milestone: Milestone
    stated: int = NEVER
    withdrawn: int = 0

    @property
    def stands(self) -> bool:
        """Whether it was stated since it was last withdrawn."""
        return self.stated >= self.withdrawn


@dataclass(frozen=True, slots=True)
class Parcel:
    """A box of this return, counted from 1; `attempt` counts the labels asked for it.

    `accepted` by its carrier, `moved` by it since, `received` at its hub, `inspected` there.
    `given_up`: a person says that it will not come.
    `method` is how the shopper sends it, as its label by `carrier` says, to `hub`. `sent_with` and `sent_as` are what the
    shopper told of a parcel that has no label of ours: its carrier and its number there. `proofs` are what tracking stated.
    """

    number: int
    attempt: int = 1
    label: LabelState = LabelState.WANTED
    tracking_number: str | None = None
    document_id: UUID | None = None
    accepted: bool = False
    moved: bool = False
    received: bool = False
    inspected: bool = False
    given_up: bool = False
    carrier: str | None = None
    service: str | None = None
    method: LaneMethod | None = None
    hub: Address | None = None
    hub_hours: str | None = None
    sent_with: str | None = None
    sent_as: str | None = None
    proofs: tuple[Proof, ...] = ()

    def stated(self, box: UUID, milestone: Milestone, *, taken_back: int) -> "Parcel":
        """The parcel once a milestone of it is stated, whether that stands or is withdrawn."""
        proof = self._proof(box, milestone)
        known = self._with(replace(proof, stated=max(proof.stated, taken_back)))
        return known._received() if milestone is Milestone.HUB_RECEIVED else known._accepted()

    def withdrawn(self, box: UUID, milestones: Collection[Milestone], *, taken_back: int) -> "Parcel":
        """The parcel once a scan was taken back that alone had proved these milestones of it."""
        known = self
        for milestone in milestones:
            proof = known._proof(box, milestone)
            known = known._with(replace(proof, withdrawn=max(proof.withdrawn, taken_back)))
        if Milestone.HUB_RECEIVED in milestones:
            known = known._received()
        return known._accepted() if Milestone.ACCEPTED in milestones else known

    def _proof(self, box: UUID, milestone: Milestone) -> Proof:
        of = (proof for proof in self.proofs if (proof.box, proof.milestone) == (box, milestone))
        return next(of, Proof(box, milestone))

    def _with(self, proof: Proof) -> "Parcel":
        others = (each for each in self.proofs if (each.box, each.milestone) != (proof.box, proof.milestone))
        in_order = sorted((*others, proof), key=lambda each: (each.box, each.milestone))
        return replace(self, proofs=tuple(in_order))

    def _accepted(self) -> "Parcel":
        return replace(self, accepted=self.received or self._stands(Milestone.ACCEPTED))

    def _received(self) -> "Parcel":
        received = self.inspected or self._stands(Milestone.HUB_RECEIVED)
        return replace(self, received=received, accepted=self.accepted or received)

    def _stands(self, milestone: Milestone) -> bool:
        return any(proof.stands for proof in self.proofs if proof.milestone is milestone)
