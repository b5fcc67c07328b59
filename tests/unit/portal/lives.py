"""Ana returns a linen shirt: the return and the facts of its life, to build tests from."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from libs.contracts.base import Message
from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1, ShopUpdate, ShopUpdateFailedV1
from libs.contracts.payments import (
    FeePaidV1,
    FeeWaivedV1,
    HoldPlacedV1,
    PaymentDisputedV1,
)
from libs.contracts.tracking import (
    ExtraItem,
    InspectedLine,
    MilestoneReachedV1,
    Mishap,
    ParcelDelayedV1,
    ParcelInspectedV1,
    ParcelInTroubleV1,
    ScanVoidedV1,
)
from libs.contracts.values import (
    Address,
    Condition,
    Contact,
    ExchangeVariant,
    LabelTerms,
    Milestone,
    Money,
    Resolution,
    ReturnLine,
    Stage,
)
from services.portal.domain import Awaiting, Known, Line, Links, Parcel, Return, advance, submit

LINKS = Links("https://returns.example/r/x", "https://desk.example/admin/returns/R-7KQ2M9", "help@alder.example")
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
SORRY = "We are sorry"  # a carrier's own words
HOME = UUID("018f0000-0000-7000-8000-000000000000")


def an_id(name: str) -> UUID:
    """An id that is the same each time for the same name."""
    return uuid5(HOME, name)


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def a_line(
    name: str = "shirt",
    *,
    owed: int = 4500,
    resolution: Resolution = Resolution.REFUND,
    stage: Stage = Stage.HUB_SCAN,
    quantity: int = 1,
    keep_item: bool = False,
    difference: int = 0,
    instant: bool = False,
) -> Line:
    """A line; with a `difference`, or `instant`, it is an exchange."""
    wished = ExchangeVariant(id="gid://v/2", title="10", difference=pounds(difference)) if difference else None
    return Line(
        ReturnLine(
            id=an_id(name),
            order_line_id=an_id(f"order {name}"),
            title=f"Linen {name}",
            quantity=quantity,
            keep_item=keep_item,
            reason="size",
            resolution=Resolution.EXCHANGE if difference or instant else resolution,
            exchange_variant=wished,
            instant=instant,
            owed=pounds(owed),
            stage=stage,
        )
    )


def a_return(*lines: Line, awaiting: Awaiting = Awaiting.PAYMENT, inspect: bool = False) -> Return:
    return Return(
        id=an_id("return"),
        number="R-7KQ2M9",
        order_id=an_id("order"),
        order_number="AL-1001",
        contact=Contact(name="Ana Ruiz", email="ana@example.com"),
        address=Address(name="Ana Ruiz", line1="1 High Street", city="Leeds", postcode="LS1 1AA", country="GB"),
        awaiting=awaiting,
        lines=lines or (a_line(),),
        label=LabelTerms.FREE,
        fee=pounds(0),
        lane_id=an_id("lane"),
        inspect=inspect,
        policy_version=1,
        known=Known(LINKS, price=pounds(395), approved=awaiting is not Awaiting.REVIEW, parcels=(Parcel(1),)),
    )


def fee_waived(ret: Return) -> FeeWaivedV1:
    return FeeWaivedV1(return_id=ret.id, charge_id=an_id("charge"), reason="free_label", price=ret.fee)


def difference_paid(ret: Return, *, name: str = "shirt", attempt: int = 1) -> FeePaidV1:
    of = {"return_id": ret.id, "charge_id": an_id(f"difference {name}"), "line_id": an_id(name)}
    return FeePaidV1(**of, price=pounds(500), reference="pi_2", attempt=attempt)


def hold(ret: Return, kind: type = HoldPlacedV1, *, name: str = "shirt", attempt: int = 1, **more: object) -> Message:
    of = {"return_id": ret.id, "hold_id": an_id(f"hold {name}"), "line_id": an_id(name)}
    return kind(**of, amount=pounds(4500), reference="pi_3", attempt=attempt, **more)


def disputed(ret: Return, reference: str = "dp_1") -> PaymentDisputedV1:
    charge = {"return_id": ret.id, "charge_id": an_id("charge"), "amount": pounds(395)}
    return PaymentDisputedV1(**charge, reference=reference, words="Not recognised")


def label_issued(ret: Return, number: str = "HW1", *, parcel: int = 1, attempt: int = 1) -> LabelIssuedV1:
    return LabelIssuedV1(
        return_id=ret.id,
        booking_id=an_id(f"booking {parcel} {attempt}"),
        parcel=parcel,
        attempt=attempt,
        carrier="own",
        service="post",
        tracking_number=number,
        document_id=an_id("document"),
        hub="DAV",
    )


def milestone(
    ret: Return, what: Milestone, parcel: int = 1, *, taken_back: int = 0, wrong: tuple[str, ...] = ()
) -> MilestoneReachedV1:
    """A milestone, after so many scans were taken back, of a parcel of which the carrier says what went `wrong`."""
    return MilestoneReachedV1(
        return_id=ret.id,
        parcel_id=an_id(f"parcel {parcel}"),
        parcel=parcel,
        tracking_number=f"HW{parcel}",
        milestone=what,
        occurred_at=datetime(2026, 12, 3, tzinfo=UTC),
        troubles=tuple(Mishap(name=name, words=SORRY) for name in wrong),
        taken_back=taken_back,
    )


def trouble(ret: Return, name: str, parcel: int = 1) -> ParcelInTroubleV1:
    return ParcelInTroubleV1(
        return_id=ret.id,
        parcel_id=an_id(f"parcel {parcel}"),
        parcel=parcel,
        tracking_number=f"HW{parcel}",
        trouble=name,
        occurred_at=NOON,
        words=SORRY,
    )


def scan_voided(
    ret: Return, *also: Milestone, scan: str = "scan", parcel: int = 1, taken_back: int = 1, alone: bool = True
) -> ScanVoidedV1:
    """A hub scan is void, that `alone` had proved the arrival, and what was implied by it `also`."""
    return ScanVoidedV1(
        return_id=ret.id,
        parcel_id=an_id(f"parcel {parcel}"),
        parcel=parcel,
        scan_id=an_id(scan),
        words="The parcel beside it",
        by="staff Piotr",
        withdraws=(*also, Milestone.HUB_RECEIVED) if alone else (),
        taken_back=taken_back,
    )


def delayed(ret: Return, what: Milestone = Milestone.HUB_RECEIVED, parcel: int = 1) -> ParcelDelayedV1:
    return ParcelDelayedV1(
        return_id=ret.id,
        parcel_id=an_id(f"parcel {parcel}"),
        parcel=parcel,
        tracking_number=f"HW{parcel}",
        milestone=what,
        expected=datetime(2026, 12, 4, tzinfo=UTC),
        latest=datetime(2026, 12, 6, tzinfo=UTC),
    )


def first_scan(ret: Return, parcel: int = 1) -> MilestoneReachedV1:
    return milestone(ret, Milestone.ACCEPTED, parcel)


def hub_scan(ret: Return, parcel: int = 1) -> MilestoneReachedV1:
    return milestone(ret, Milestone.HUB_RECEIVED, parcel)


def found(line: Line, quantity: int = 1, condition: Condition = Condition.AS_EXPECTED) -> InspectedLine:
    return InspectedLine(line_id=line.asked.id, quantity=quantity, condition=condition)


def inspected(
    ret: Return, *lines: InspectedLine, parcel: int = 1, extras: tuple[ExtraItem, ...] = ()
) -> ParcelInspectedV1:
    return ParcelInspectedV1(
        return_id=ret.id,
        inspection_id=an_id(f"inspection {parcel}"),
        parcel_id=an_id(f"parcel {parcel}"),
        parcel=parcel,
        lines=lines or tuple(found(line, line.asked.quantity) for line in ret.lines),
        extras=extras,
        by="hub:daventry",
    )


def settled(ret: Return, amount: int | None = None, *names: str) -> SettlementSucceededV1:
    lines = [line for line in ret.lines if not names or line.asked.id in map(an_id, names)]
    return SettlementSucceededV1(
        return_id=ret.id,
        settlement_id=an_id(f"settlement {names}"),
        line_ids=tuple(line.asked.id for line in lines),
        resolution=Resolution.REFUND,
        amount=pounds(sum(line.due.amount for line in lines) if amount is None else amount),
        reference="gid://shopify/Refund/1",
    )


def settlement_refused(ret: Return) -> SettlementRefusedV1:
    return SettlementRefusedV1(
        return_id=ret.id,
        settlement_id=an_id("settlement"),
        line_ids=tuple(line.asked.id for line in ret.lines),
        code="over_refund",
        words="Refund amount is greater than net payment received",
    )


def bonus_refused(ret: Return) -> SettlementRefusedV1:
    """The shop gave what was owed, and not the credit on top of it."""
    return settlement_refused(ret).model_copy(update={"code": "orders.bonus_refused", "words": "Not today"})


def shop_differs(ret: Return) -> ShopUpdateFailedV1:
    """The shop takes no number for a further parcel."""
    words = "Parcel 2 travels as HW2. Each unit stands under another number already."
    of = {"return_id": ret.id, "step_id": an_id("step"), "update": ShopUpdate.LABEL, "parcel": 2}
    return ShopUpdateFailedV1(**of, tracking_number="HW2", code="orders.no_unit_left", words=words)


def after(ret: Return, *facts: Message) -> Return:
    """`ret` after these facts, in this order."""
    for fact in facts:
        ret, _, _ = advance(ret, fact)
    return ret


def posted(ret: Return) -> Return:
    """`ret` with its fee waived, its label issued and its parcel given to the carrier."""
    return after(ret, fee_waived(ret), label_issued(ret), first_scan(ret))


def held(*lines: Line, by: str = "photo") -> Return:
    """A submitted return that waits for a person."""
    ret = a_return(*lines, awaiting=Awaiting.REVIEW)
    return submit(ret.knowing(held=frozenset({by}), approved=False))[0]
