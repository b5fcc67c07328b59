"""The other services as a return meets them, reduced to what they promise: they answer what it states, sooner or later."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from libs.contracts.base import Message
from libs.contracts.labels import LabelIssuedV1, LabelOutcomeUnknownV1, LabelRefusedV1, LabelVoidedV1
from libs.contracts.orders import SettlementOutcomeUnknownV1, SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.payments import (
    FeeFailedV1,
    FeePaidV1,
    FeeRefundedV1,
    FeeWaivedV1,
    HoldCapturedV1,
    HoldPlacedV1,
    HoldReleasedV1,
    PaymentDisputedV1,
)
from libs.contracts.portal import (
    DifferenceRequestedV1,
    FeeRequestedV1,
    HoldRequestedV1,
    LabelRequestedV1,
    LabelVoidRequestedV1,
    ReturnCancelledV1,
    ReturnClosedV1,
    ReturnExpiredV1,
    SettlementRequestedV1,
)
from libs.contracts.tracking import MilestoneReachedV1, ScanVoidedV1
from libs.contracts.values import LabelTerms, Milestone, Money
from tests.unit.portal.lives import an_id


@dataclass
class Label:
    """A booking at labels."""

    parcel: int
    attempt: int
    state: str
    number: str


@dataclass
class World:
    """What payments, labels and orders hold of one return, and the facts that are on their way to portal.

    `luck` answers how the outside decides: each of its answers is drawn by the test.
    """

    return_id: UUID
    on_the_way: list[Message] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    fee: str = "none"
    charges: int = 0
    asked: int | None = None
    off: bool = False
    paid: dict[UUID, list[Money]] = field(default_factory=dict)
    line_states: dict[UUID, str] = field(default_factory=dict)
    differences: dict[UUID, str] = field(default_factory=dict)
    holds: dict[UUID, tuple[str, int]] = field(default_factory=dict)
    prices: dict[UUID, Money] = field(default_factory=dict)
    attempts: dict[UUID, int] = field(default_factory=dict)
    disputes: int = 0
    here: set[int] = field(default_factory=set)
    opened: set[int] = field(default_factory=set)
    taken_back: dict[int, int] = field(default_factory=dict)
    numbers: count = field(default_factory=lambda: count(1))

    def hear(self, message: Message, luck) -> None:
        """Do what the owner of the matter does on this message."""
        match message:
            case FeeRequestedV1():
                self._fee(message)
            case LabelRequestedV1():
                self._book(message, luck(["issued", "refused", "unknown"]))
            case LabelVoidRequestedV1():
                self._void(message)
            case SettlementRequestedV1():
                self._settle(message, luck(["succeeded", "refused", "unknown"]))
            case DifferenceRequestedV1():
                self._difference(message)
            case HoldRequestedV1():
                self._hold(message)
            case ReturnCancelledV1() | ReturnExpiredV1():
                self.off = True
                self._give_up()
            case ReturnClosedV1(by_hand=True):
                self.off = message.nothing_sent
                self._give_up()

    def live_labels(self, parcel: int) -> list[Label]:
        """The labels of a parcel that could be used."""
        return [label for label in self.labels if label.parcel == parcel and label.state == "issued"]

    def has_come(self, parcels: Iterable[int]) -> bool:
        """Whether tracking knows all these parcels to be at the hub: by a scan that stands, or because they were opened."""
        return set(parcels) <= self.here | self.opened

    # ---- what people may have happen -----------------------------------------------------------------------------

    def scan_at_hub(self, parcel: int, fact: MilestoneReachedV1) -> None:
        """A hub scans a parcel: its arrival is stated, with how many scans of it were taken back before."""
        self.here.add(parcel)
        self._say(fact.model_copy(update={"taken_back": self.taken_back.get(parcel, 0)}))

    def take_back(self, parcel: int, fact: ScanVoidedV1) -> None:
        """Its scan is void; what nothing proves any more is withdrawn."""
        self.taken_back[parcel] = self.taken_back.get(parcel, 0) + 1
        self.here.discard(parcel)
        gone = () if parcel in self.opened else (Milestone.HUB_RECEIVED,)
        self._say(fact.model_copy(update={"withdraws": gone, "taken_back": self.taken_back[parcel]}))

    def pay(self) -> None:
        """The shopper pays, unless it is paid or called off."""
        if self.fee in {"awaiting", "failed"}:
            self.fee, self.charges = "paid", self.charges + 1
            self._say(
                FeePaidV1(return_id=self.return_id, charge_id=an_id("charge"), price=self._price(), reference="pi")
            )

    def fail(self) -> None:
        """A card is declined."""
        if self.fee == "awaiting":
            self.fee = "failed"
            self._say(FeeFailedV1(return_id=self.return_id, charge_id=an_id("charge"), reason="declined"))

    def give_back(self) -> None:
        """The fee of a return that was called off is given back."""
        if self.fee == "paid" and self.off:
            self.fee = "refunded"
            self._say(
                FeeRefundedV1(return_id=self.return_id, charge_id=an_id("charge"), amount=self._price(), reference="re")
            )

    def record_difference(self, line_id: UUID, outcome: str) -> None:
        """Staff write down what became of a difference."""
        was = self.differences.get(line_id)
        if outcome not in {"awaiting": {"paid", "waived", "failed"}, "failed": {"paid", "waived"}}.get(was or "", ()):
            return
        self.differences[line_id] = outcome
        self._tell_difference(line_id)

    def record_hold(self, line_id: UUID, outcome: str) -> None:
        """Staff write down what became of a hold."""
        was, attempt = self.holds.get(line_id, ("", 0))
        open_to = {"requested": {"placed", "given_up"}, "placed": {"released", "captured"}}
        if outcome in open_to.get(was, ()):
            self.holds[line_id] = (outcome, attempt)
            self._tell_hold(line_id)

    def dispute(self) -> None:
        """The bank disputes the label's fee."""
        if self.fee == "paid":
            self.disputes += 1
            of = {"return_id": self.return_id, "charge_id": an_id("charge"), "amount": self._price()}
            self._say(PaymentDisputedV1(**of, reference=f"dp_{self.disputes}"))

    def find_out(self, happened: bool, owed: dict[UUID, Money]) -> None:
        """A person looks at the shop, and says what became of a settlement whose outcome was lost."""
        for line_id, state in list(self.line_states.items()):
            if state == "unknown":
                self._outcome((line_id,), owed[line_id], "succeeded" if happened else "refused")

    # ---- what the owners do --------------------------------------------------------------------------------------

    def _fee(self, asked: FeeRequestedV1) -> None:
        if self.fee != "none":
            return
        self.asked = asked.price.amount
        if asked.label is LabelTerms.PAID and asked.price.amount:
            self.fee = "awaiting"
            return
        self.fee = "waived"
        self._say(
            FeeWaivedV1(return_id=self.return_id, charge_id=an_id("charge"), reason="free_label", price=asked.price)
        )

    def _difference(self, asked: DifferenceRequestedV1) -> None:
        self.prices[asked.line_id], self.attempts[asked.line_id] = asked.price, asked.attempt
        if self.differences.get(asked.line_id) in {"paid", "waived"}:
            self._tell_difference(asked.line_id)
        else:
            self.differences[asked.line_id] = "awaiting"

    def _tell_difference(self, line_id: UUID) -> None:
        of = {"return_id": self.return_id, "charge_id": an_id(f"difference {line_id}"), "line_id": line_id}
        of["attempt"] = self.attempts[line_id]
        match self.differences[line_id]:
            case "paid":
                self._say(FeePaidV1(**of, price=self.prices[line_id], reference="pi_2"))
            case "waived":
                self._say(FeeWaivedV1(**of, price=self.prices[line_id], reason="staff"))
            case "failed":
                self._say(FeeFailedV1(**of, reason="declined"))

    def _hold(self, asked: HoldRequestedV1) -> None:
        was, _ = self.holds.get(asked.line_id, ("", 0))
        state = was if was in {"placed", "captured"} else "requested"
        self.prices[asked.line_id] = asked.amount
        self.holds[asked.line_id] = (state, asked.attempt)
        self._tell_hold(asked.line_id)

    def _tell_hold(self, line_id: UUID) -> None:
        state, attempt = self.holds[line_id]
        of = {"return_id": self.return_id, "hold_id": an_id(f"hold {line_id}"), "line_id": line_id, "attempt": attempt}
        of["amount"] = self.prices[line_id]
        match state:
            case "placed":
                self._say(HoldPlacedV1(**of, reference="pi_3"))
            case "captured":
                self._say(HoldCapturedV1(**of, reference="pi_3"))
            case "released" | "given_up":
                self._say(HoldReleasedV1(**of, placed=state == "released"))

    def _give_up(self) -> None:
        for line_id, state in self.differences.items():
            if state in {"awaiting", "failed"}:
                self.differences[line_id] = "cancelled"
        for line_id, (state, _) in list(self.holds.items()):
            if state == "requested":
                self.record_hold(line_id, "given_up")

    def _price(self) -> Money:
        return Money(amount=self.asked or 0, currency="GBP")

    def _book(self, asked: LabelRequestedV1, outcome: str) -> None:
        if any((label.parcel, label.attempt) == (asked.parcel, asked.attempt) for label in self.labels):
            return
        label = Label(asked.parcel, asked.attempt, outcome, f"HW{next(self.numbers)}")
        self.labels.append(label)
        of = {
            "return_id": self.return_id,
            "booking_id": an_id(label.number),
            "parcel": asked.parcel,
            "attempt": asked.attempt,
        }
        match outcome:
            case "issued":
                whole = {"carrier": "own", "service": "post", "hub": "DAV", "document_id": an_id(f"doc {label.number}")}
                self._say(LabelIssuedV1(**of, **whole, tracking_number=label.number))
            case "refused":
                self._say(LabelRefusedV1(**of, code="busy", words="Later"))
            case _:
                self._say(LabelOutcomeUnknownV1(**of))

    def _void(self, asked: LabelVoidRequestedV1) -> None:
        for label in self.labels:
            if (label.parcel, label.attempt) == (asked.parcel, asked.attempt) and label.state != "void":
                label.state = "void"
                self._say(LabelVoidedV1(return_id=self.return_id, booking_id=an_id(label.number), parcel=label.parcel))

    def _settle(self, asked: SettlementRequestedV1, outcome: str) -> None:
        for line in asked.lines:
            if self.line_states.get(line.id) in {"succeeded", "unknown"}:
                continue
            self._outcome((line.id,), line.owed, outcome)

    def _outcome(self, line_ids: tuple[UUID, ...], owed: Money, outcome: str) -> None:
        for line_id in line_ids:
            self.line_states[line_id] = outcome
        of = {
            "return_id": self.return_id,
            "settlement_id": an_id(f"settlement {next(self.numbers)}"),
            "line_ids": line_ids,
        }
        match outcome:
            case "succeeded":
                for line_id in line_ids:
                    self.paid.setdefault(line_id, []).append(owed)
                self._say(SettlementSucceededV1(**of, resolution="refund", amount=owed, reference="gid://1"))
            case "refused":
                self._say(SettlementRefusedV1(**of, code="no", words="No"))
            case _:
                self._say(SettlementOutcomeUnknownV1(**of))

    def _say(self, fact: Message) -> None:
        self.on_the_way.append(fact)
