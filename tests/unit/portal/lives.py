"""Ana returns a linen shirt: the return and the facts of its life, to build tests from."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from libs.contracts.labels import LabelIssuedV1
from libs.contracts.orders import SettlementRefusedV1, SettlementSucceededV1
from libs.contracts.payments import FeeWaivedV1
from libs.contracts.tracking import MilestoneReachedV1
from libs.contracts.values import Address, Contact, LabelTerms, Milestone, Money, Resolution, ReturnLine, Stage
from services.portal.domain import Awaiting, Line, Return

HOME = UUID("018f0000-0000-7000-8000-000000000000")


def an_id(name: str) -> UUID:
    """An id that is the same each time for the same name."""
    return uuid5(HOME, name)


def pounds(pence: int) -> Money:
    return Money(amount=pence, currency="GBP")


def a_line(
    name: str = "shirt", *, owed: int = 4500, resolution: Resolution = Resolution.REFUND, stage: Stage = Stage.HUB_SCAN
) -> Line:
    return Line(
        ReturnLine(
            id=an_id(name),
            order_line_id=an_id(f"order {name}"),
            title=f"Linen {name}",
            quantity=1,
            reason="size",
            resolution=resolution,
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
    )


def fee_waived(ret: Return) -> FeeWaivedV1:
    return FeeWaivedV1(return_id=ret.id, charge_id=an_id("charge"), reason="free_label", price=ret.fee)


def label_issued(ret: Return, number: str = "HW1") -> LabelIssuedV1:
    return LabelIssuedV1(
        return_id=ret.id,
        booking_id=an_id("booking"),
        parcel=1,
        carrier="own",
        service="post",
        tracking_number=number,
        document_id=an_id("document"),
        hub="DAV",
    )


def milestone(ret: Return, what: Milestone) -> MilestoneReachedV1:
    return MilestoneReachedV1(
        return_id=ret.id,
        parcel_id=an_id("parcel"),
        parcel=1,
        tracking_number="HW1",
        milestone=what,
        occurred_at=datetime(2026, 12, 3, tzinfo=UTC),
    )


def first_scan(ret: Return) -> MilestoneReachedV1:
    return milestone(ret, Milestone.ACCEPTED)


def hub_scan(ret: Return) -> MilestoneReachedV1:
    return milestone(ret, Milestone.HUB_RECEIVED)


def settled(ret: Return, amount: int | None = None) -> SettlementSucceededV1:
    return SettlementSucceededV1(
        return_id=ret.id,
        settlement_id=an_id("settlement"),
        line_ids=tuple(line.asked.id for line in ret.lines),
        resolution=Resolution.REFUND,
        amount=pounds(ret.owed.amount if amount is None else amount),
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
