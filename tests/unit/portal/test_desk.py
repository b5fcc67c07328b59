"""What staff can do to a return by hand: a form for each row of the tables, for those who may, where it has its place."""

from dataclasses import replace
from itertools import product
from uuid import UUID

import pytest
from starlette.datastructures import FormData

from libs.contracts.base import Request
from libs.contracts.labels import LabelOutcome, LaneMethod, RecordLabelV1
from libs.contracts.orders import RecordSettlementV1
from libs.contracts.payments import FeeOutcome
from libs.contracts.tracking import ExtraItem, RecordInspectionV1
from libs.contracts.values import Condition, LabelTerms, Resolution, Stage
from services.portal.access import GRANTS, May, Role
from services.portal.domain import (
    MONEY,
    MOVES,
    TASKS,
    Awaiting,
    FeeState,
    HoldState,
    Kind,
    LabelState,
    Line,
    MoneyState,
    Parcel,
    Return,
    TaskKind,
    acts,
    tasks_of,
)
from services.portal.domain.states import UNDECIDED
from services.portal.web import desk, happenings
from services.portal.web.deeds import DEEDS, NOT_BY_HAND, Said, offered
from services.portal.web.deeds.inspecting import extras_in
from tests.unit.portal import desks, lives
from tests.unit.portal.lives import a_line, a_return, an_id, held, posted, pounds

ALL = frozenset(May)
ONCE = an_id("once")


def done_by(kind: Kind, ret: Return) -> list[str]:
    """The deeds open on `ret` that make rows of this kind."""
    return [deed.code for deed, _ in offered(ret, ALL) if kind in deed.kinds]


def of_exchange(kind: Kind) -> Line:
    """A line of which a fact of this kind may come next; an exchange where it is about one."""
    match kind:
        case Kind.DIFFERENCE_REFUNDED:
            return replace(a_line(difference=500), difference=FeeState.PAID, money=MoneyState.WAIVED)
        case Kind.DIFFERENCE_PAID | Kind.DIFFERENCE_WAIVED | Kind.DIFFERENCE_FAILED:
            return a_line(difference=500)
        case Kind.HOLD_PLACED:
            return a_line(instant=True)
        case Kind.HOLD_RELEASED | Kind.HOLD_CAPTURED:
            return replace(a_line(instant=True), hold=HoldState.PLACED)
    return a_line()


def standing(awaiting: Awaiting, kind: Kind) -> Return:
    """A return in this state, with what a fact of this kind is about."""
    ret = a_return(of_exchange(kind), awaiting=awaiting)
    label = LabelState.UNKNOWN if kind in {Kind.LABEL_ISSUED, Kind.LABEL_REFUSED} else LabelState.REFUSED
    parcels = (Parcel(1, label=label), Parcel(2, label=label))
    fee = {Kind.FEE_REFUNDED: FeeState.PAID, Kind.PAYMENT_DISPUTED: FeeState.PAID, Kind.REVIVED: FeeState.WAIVED}.get(
        kind, FeeState.OPEN
    )
    ret = ret.knowing(parcels=parcels, fee=fee, approved=kind is not Kind.REOPENED)
    return replace(ret, lane_id=None) if kind is Kind.QUOTED else ret


@pytest.mark.parametrize(("awaiting", "kind"), [row for row in MOVES if row[1] not in NOT_BY_HAND])
def test_every_move_of_the_table_can_be_made_by_hand(awaiting: Awaiting, kind: Kind):
    assert done_by(kind, standing(awaiting, kind)) != []


@pytest.mark.parametrize(("money", "kind"), [row for row in MONEY if row[1] not in NOT_BY_HAND])
def test_every_move_of_money_can_be_made_by_hand(money: MoneyState, kind: Kind):
    line = replace(of_exchange(kind), money=money, attempt=1)
    open_ = {MoneyState.WAIVED: Awaiting.CLOSED}.get(money, Awaiting.SETTLEMENT)

    if money is MoneyState.SETTLING:  # nobody knows yet: orders answers, or says that it does not know
        line = replace(line, money=MoneyState.UNKNOWN)

    assert done_by(kind, a_return(line, awaiting=open_)) != []


def test_what_no_person_makes_is_named_with_its_reason_and_is_in_the_tables():
    kinds = {kind for _, kind in (*MOVES, *MONEY)}

    assert set(NOT_BY_HAND) <= kinds
    assert all(NOT_BY_HAND.values())
    assert kinds == {kind for deed in DEEDS.values() for kind in deed.kinds} & kinds | set(NOT_BY_HAND)


@pytest.mark.parametrize("awaiting", list(Awaiting))
def test_no_act_is_offered_that_the_table_has_no_place_for(awaiting: Awaiting):
    ret = a_return(awaiting=awaiting)
    moves = {kind for _, kind in MOVES}

    wrong = [
        deed.code
        for deed, _ in offered(ret, ALL)
        if not deed.by_owner
        and moves.intersection(deed.kinds)
        and not any((awaiting, kind) in MOVES for kind in deed.kinds)
    ]
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_a_role_is_offered_what_it_may_do_and_nothing_else(role: Role):
    rets = [a_return(awaiting=each).marked("late_parcel", "1").marked("no_lane", "GB") for each in Awaiting]
    everything = [deed for ret in rets for deed, of in offered(ret, GRANTS[role]) if deed.needs(of) <= GRANTS[role]]

    assert len(everything) == sum(1 for ret in rets for _ in offered(ret, GRANTS[role]))
    assert bool(everything) == bool(GRANTS[role] & {deed.may for deed in DEEDS.values()})


def test_every_act_that_a_task_names_has_its_page_or_is_one_of_the_tasks_own():
    named = {code for owed in TASKS.values() for code in owed.acts}

    assert named - set(DEEDS) == {"match"}


@pytest.mark.parametrize("kind", [kind for kind, owed in TASKS.items() if "match" not in owed.acts])
def test_whoever_owns_a_task_may_do_an_act_that_clears_it(kind: TaskKind):
    needed = {DEEDS[code].may for code in TASKS[kind].acts}

    assert needed & GRANTS[Role(TASKS[kind].role)]


@pytest.mark.parametrize("code", sorted(DEEDS))
def test_every_form_says_what_it_does_and_has_one_button(code: str):
    ret = next(ret for ret in _lives() if DEEDS[code].subjects(ret))

    form = DEEDS[code].form(ret, DEEDS[code].subjects(ret)[0])

    assert form.heading
    assert form.button
    assert len({blank.name for group in form.groups for blank in group.blanks}) == sum(
        len(group.blanks) for group in form.groups
    )


def _lives() -> list[Return]:
    """Returns in all states, with all that can be the matter with them."""
    moneys = (MoneyState.NOT_DUE, MoneyState.DUE, MoneyState.REFUSED)
    lines = [replace(a_line(), money=money, attempt=1) for money in moneys]
    all_of_them = [
        standing(awaiting, kind)
        for awaiting, kind in product(Awaiting, (Kind.REOPENED, Kind.FEE_REFUNDED, Kind.QUOTED, Kind.LABEL_ISSUED))
    ]
    all_of_them += [standing(Awaiting.DROPOFF, kind) for kind in (Kind.DIFFERENCE_PAID, Kind.HOLD_PLACED)]
    all_of_them += [a_return(line, awaiting=Awaiting.SETTLEMENT) for line in lines]
    labelled = Parcel(1, label=LabelState.ISSUED, tracking_number="HW1", document_id=an_id("label"))
    all_of_them += [a_return(awaiting=Awaiting.DROPOFF).knowing(approved=True, parcels=(labelled,))]
    posted = replace(labelled, method=LaneMethod.OWN_CARRIER)
    all_of_them += [a_return(awaiting=Awaiting.DROPOFF).knowing(approved=True, parcels=(posted,))]
    all_of_them += [all_of_them[-1].marked("label_not_voided", "1/1", "too late")]
    return [*all_of_them, a_return().marked("late_parcel", "1", "HW1")]


def read(ret: Return, code: str, of: str = "", **fields: str) -> tuple[acts.Act | Request, dict[str, str]]:
    """What a form says, and what is wrong with it."""
    said = Said(FormData(fields), by="staff Robin Hale", once=ONCE)
    return DEEDS[code].read(ret, of, said), said.problems


@pytest.mark.parametrize(
    ("picked", "meant"),
    [
        ("free", acts.Accept(LabelTerms.FREE)),
        ("paid", acts.Accept(LabelTerms.PAID)),
        ("none", acts.Accept(LabelTerms.NONE)),
        ("keep", acts.Accept(LabelTerms.NONE, keep_item=True)),
    ],
)
def test_accepting_offers_a_free_label_a_paid_one_none_and_to_keep_the_item(picked: str, meant: acts.Accept):
    picks = [pick.code for group in DEEDS["accept"].form(held(), "").groups for b in group.blanks for pick in b.picks]

    assert picked in picks
    assert read(held(), "accept", label=picked) == (meant, {})


def test_a_paid_label_is_not_offered_where_the_lane_has_no_price():
    form = DEEDS["accept"].form(held().knowing(price=None), "")

    assert "paid" not in [pick.code for pick in form.groups[0].blanks[0].picks]


@pytest.mark.parametrize(("code", "of"), [("reject", ""), ("ask", ""), ("waive-line", str(a_line().asked.id))])
def test_what_the_shopper_must_be_told_cannot_be_left_out(code: str, of: str):
    assert list(read(a_return(awaiting=Awaiting.SETTLEMENT), code, of)[1]) == ["words"]
    assert read(a_return(awaiting=Awaiting.SETTLEMENT), code, of, words="Worn")[1] == {}


@pytest.mark.parametrize(("written", "minor"), [("12.50", 1250), ("12,50", 1250), ("45", 4500), ("0.01", 1)], ids=str)
def test_an_amount_is_written_in_pounds_and_kept_in_pence(written: str, minor: int):
    ret = a_return(awaiting=Awaiting.SETTLEMENT)
    of = str(ret.lines[0].asked.id)

    act, problems = read(ret, "settle", of, gives="refund", much="part", amount=written, words="Worn")

    assert problems == {}
    assert act == acts.Settle((acts.LineSettlement(UUID(of), pounds(minor), None, "Worn"),))


@pytest.mark.parametrize("written", ["", "0", "-1", "45.01", "1.005", "NaN", "1e9", "ten", "Infinity"])
def test_an_amount_that_is_none_or_more_than_is_due_is_told_at_its_field(written: str):
    ret = a_return(awaiting=Awaiting.SETTLEMENT)

    _, problems = read(ret, "settle", str(ret.lines[0].asked.id), gives="refund", much="part", amount=written)

    assert problems == {"amount": "Enter an amount up to 45.00"}


def test_a_line_may_be_settled_as_something_else():
    ret = a_return(awaiting=Awaiting.SETTLEMENT)

    act, _ = read(ret, "settle", str(ret.lines[0].asked.id), gives="store_credit", much="all")

    assert isinstance(act, acts.Settle)
    assert act.lines[0].resolution is Resolution.STORE_CREDIT


def test_an_inspection_says_of_each_line_how_many_came_and_how_and_what_else_there_was():
    ret = posted(a_return(a_line("shirt"), a_line("trousers"), inspect=True))

    told, problems = read(
        ret,
        "inspections",
        "1",
        **{"quantity-0": "1", "condition-0": "worn", "words-0": "A stain", "quantity-1": "0", "condition-1": "worn"},
        extras="2 x blue mug\n\na glove",
    )

    assert problems == {}
    assert isinstance(told, RecordInspectionV1)
    assert [(line.quantity, line.condition, line.words) for line in told.lines] == [
        (1, Condition.WORN, "A stain"),
        (0, Condition.MISSING, None),
    ]
    assert told.extras == (ExtraItem(words="blue mug", quantity=2), ExtraItem(words="a glove"))
    assert (told.key, told.by) == (str(ONCE), "staff Robin Hale")


def test_an_inspection_that_contradicts_itself_or_counts_nothing_is_told_at_its_field():
    ret = posted(a_return(inspect=True))

    assert list(read(ret, "inspections", "1", **{"quantity-0": "some", "condition-0": "worn"})[1]) == ["quantity-0"]
    assert list(read(ret, "inspections", "1", **{"quantity-0": "1", "condition-0": "missing"})[1]) == ["condition-0"]


@pytest.mark.parametrize(("row", "quantity"), [("3x mug", 3), ("12 × mug", 12), ("mug", 1), ("0 x mug", 1)])
def test_something_else_in_the_parcel_may_be_counted(row: str, quantity: int):
    assert extras_in(row) == (ExtraItem(words="mug", quantity=quantity),)


def test_a_label_by_hand_needs_the_number_that_the_carrier_gave():
    ret = standing(Awaiting.LABEL, Kind.LABEL_ISSUED)

    told, problems = read(ret, "label", "2", outcome="issued", number="HW9", words="On their page")

    assert problems == {}
    assert isinstance(told, RecordLabelV1)
    assert (told.parcel, told.outcome, told.tracking_number) == (2, LabelOutcome.ISSUED, "HW9")
    assert list(read(ret, "label", "2", outcome="issued", words="Seen")[1]) == ["number"]
    assert read(ret, "label", "2", outcome="refused", words="Seen")[1] == {}


def test_a_settlement_by_hand_is_of_the_lines_that_the_shop_knows_as_one():
    lines = [replace(a_line(name), money=MoneyState.UNKNOWN, attempt=1) for name in ("shirt", "trousers")]
    ret = a_return(*lines, replace(a_line("scarf"), money=MoneyState.SETTLED, attempt=1), awaiting=Awaiting.SETTLEMENT)
    shirt, trousers = (str(line.asked.id) for line in lines)
    found = {"outcome": "succeeded", "reference": "Refund 7", "words": "In the shop"}

    both, _ = read(ret, "settlement", shirt, **found, **{f"with-{trousers}": "yes"})
    alone, _ = read(ret, "settlement", shirt, **found)

    assert isinstance(both, RecordSettlementV1)
    assert isinstance(alone, RecordSettlementV1)
    assert [tuple(map(str, told.line_ids)) for told in (both, alone)] == [(shirt, trousers), (shirt,)]
    ticks = [b.name for b in DEEDS["settlement"].form(ret, shirt).groups[0].blanks if b.kind == "tick" and b.value]
    assert ticks == [f"with-{trousers}"]


@pytest.mark.parametrize(
    ("ret", "outcomes"),
    [
        (a_return(awaiting=Awaiting.PAYMENT), {FeeOutcome.WAIVED, FeeOutcome.PAID, FeeOutcome.FAILED}),
        (a_return(awaiting=Awaiting.CANCELLED).knowing(fee=FeeState.PAID), {FeeOutcome.REFUNDED}),
    ],
    ids=["awaited", "to be given back"],
)
def test_a_fee_by_hand_is_what_it_can_have_become(ret: Return, outcomes: set[FeeOutcome]):
    picks = DEEDS["fee"].form(ret, "").groups[0].blanks[0].picks

    assert {pick.code for pick in picks} == {str(outcome) for outcome in outcomes}


def test_a_return_under_review_cannot_be_settled_before_it_is_accepted():
    assert all(
        "settle" not in {deed.code for deed, _ in offered(a_return(awaiting=awaiting), ALL)} for awaiting in UNDECIDED
    )


def test_a_cursor_is_read_as_it_was_written_and_strange_ones_are_none():
    at, id = desks.NOON, an_id("return")

    assert desk.place(desk.cursor(at, id)) == (at, id)
    assert [desk.place(strange) for strange in ("", "x", f"{at.isoformat()}~x", f"2026-11-23~{id}")] == [None] * 4


def test_the_page_tells_the_money_of_a_line_with_each_deduction_and_its_words():
    shirt, trousers = desks.RETURN.ret.lines

    assert (shirt.money, shirt.arrived) == ("due", "1 of 1 came, worn")
    assert (trousers.money, trousers.due, trousers.arrived) == ("waived", pounds(0), "0 of 1 came")
    assert [(off.words, off.amount) for off in trousers.taken] == [("1 of 1 did not arrive", pounds(6500))]


def test_the_history_says_who_did_what_and_what_a_fact_did():
    events = desks.RETURN.events

    assert (events[0].words, events[0].by, events[0].kind) == ("Accepted", "Robin Hale", "act")
    assert events[0].detail == "free label"
    assert [event.effect for event in events if event.words == "Parcel 1: hub received"] == [
        None,
        "Came late or again: nothing changed",
    ]
    assert [event.detail for event in events if event.words == "Parcel 1 inspected"] == [
        "1 worn; 0 none came; besides: blue mug · recorded by hub:daventry"
    ]


def test_a_line_whose_stage_is_not_manual_still_says_when_it_is_due():
    assert desks.HELD_RETURN.ret.lines[0].stage == "when it reaches the hub"
    assert Stage.HUB_SCAN in {line.asked.stage for line in desks.HELD.lines}
    assert TaskKind.REVIEW in {task.kind for task in tasks_of(desks.HELD)}


@pytest.mark.parametrize(
    ("awaiting", "label"),
    [(Awaiting.REVIEW, "later"), (Awaiting.PAYMENT, "later"), (Awaiting.LABEL, "wanted"), (Awaiting.CANCELLED, "none")],
)
def test_a_label_that_nobody_asked_for_yet_is_not_said_to_be_made(awaiting: Awaiting, label: str):
    ret, story = desks.told(a_return(awaiting=awaiting))

    assert [box.label for box in desks.a_page(ret, story).boxes] == [label]


def test_the_history_names_who_wrote_a_fact_down():
    ret = a_return()
    by_hand = lives.fee_waived(ret).model_copy(update={"by": "staff Robin Hale"})

    _, story = desks.told(ret, by_hand)

    event = happenings.events_of(story)[-1]
    assert (event.words, event.by) == ("Label fee waived", "Payments")
    assert "recorded by Robin Hale" in event.detail


def test_the_history_tells_a_difference_from_the_label_s_fee():
    ret = a_return(a_line(difference=500))

    _, story = desks.told(ret, lives.difference_paid(ret), lives.bonus_refused(ret))

    assert [event.words for event in happenings.events_of(story)[1:]] == [
        "Price difference paid",
        "The credit on top was not given",
    ]
