"""Random lives of a return: any act at any moment, facts late, early and twice; what must never happen does not."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from libs.contracts.portal import (
    LabelRequestedV1,
    ReminderDueV1,
    ReturnApprovedV1,
    ReturnClosedV1,
    ReturnSubmittedV1,
    SettlementRequestedV1,
)
from libs.contracts.values import Condition, LabelTerms, Milestone, Resolution, Stage
from services.portal.domain import (
    ENDED,
    Awaiting,
    FeeState,
    HoldState,
    MoneyState,
    NotNow,
    Return,
    TaskKind,
    act,
    acts,
    advance,
    limit_of,
    next_moment,
    submit,
    tasks_of,
)
from services.portal.domain.returns import DISPUTED, IN_TROUBLE
from tests.unit.portal.lives import (
    LINKS,
    NOON,
    a_line,
    a_return,
    an_id,
    found,
    inspected,
    milestone,
    pounds,
    scan_voided,
    trouble,
)
from tests.unit.portal.world import World

STAGES, LABELS = st.sampled_from(Stage), st.sampled_from(LabelTerms)


class RandomLives(RuleBasedStateMachine):
    """One return of two lines, the services around it, and people who do what they like."""

    ret: Return

    @initialize(
        stages=st.tuples(STAGES, STAGES),
        inspect=st.booleans(),
        held=st.booleans(),
        keep=st.booleans(),
        label=LABELS,
        exchange=st.sampled_from([{}, {"difference": 500}, {"instant": True}, {"difference": 500, "instant": True}]),
    )
    def submitted(self, stages, inspect, held, keep, label, exchange):
        lines = (
            a_line("shirt", owed=10_001, quantity=3, stage=stages[0], **exchange),
            a_line("scarf", owed=3800, stage=stages[1], keep_item=keep),
        )
        fee = pounds(395 if label is LabelTerms.PAID else 0)
        asked = replace(a_return(*lines, inspect=inspect), label=label, fee=fee)
        reasons = frozenset({"photo"}) if held else frozenset()
        self.ret, said = submit(asked.knowing(approved=False, parcels=(), held=reasons, links=LINKS, price=pounds(395)))
        self.world, self.said, self.since, self.now, self.inspections = World(self.ret.id), [], NOON, NOON, 0
        self.by_hand, self.unproved, self.astray, self.undone = [], [], [], 0
        self._stated(said)

    def _stated(self, messages, *, by_hand=0):
        for message in messages[by_hand:]:
            if isinstance(message, SettlementRequestedV1):
                self._moved_by_itself([self.ret.line(each.id) for each in message.lines])
        self.said += messages
        for message in messages:
            self.world.hear(message, self.draw_luck)

    def _moved_by_itself(self, lines):
        """What is given without anybody's word for it, and what the parcels have come to by then."""
        travels = [line for line in lines if not line.asked.keep_item and not line.is_given_at_once]
        come = self.world.has_come(parcel.number for parcel in self.ret.travelling)
        self.unproved += [line for line in travels if line.asked.stage is not Stage.FIRST_SCAN and not come]
        lost = {mark.subject for mark in self.ret.known.marks if mark.kind == IN_TROUBLE and not mark.cleared}
        gone = [each for each in self.ret.travelling if not each.received and f"{each.number}/lost" in lost]
        self.astray += travels if gone else []

    def draw_luck(self, ways):
        """How the outside answers next: the first way mostly, so that lives get on."""
        self.turns = getattr(self, "turns", 0) + 1
        return ways[0] if self.turns % 3 else ways[self.luck % len(ways)]

    luck = 1

    def _take(self, ret, messages, *, by_hand=0):
        if ret.awaiting is not self.ret.awaiting:
            self.since = self.now
        self.ret = ret
        self._stated(messages, by_hand=by_hand)

    def _do(self, what):
        before = len(self.said)
        try:
            self._take(*act(self.ret, what), by_hand=isinstance(what, acts.Settle))
        except NotNow:
            return False
        if isinstance(what, acts.Settle):
            self.by_hand += self.said[before : before + 1]
        return True

    @rule(luck=st.integers(0, 2))
    def fortune_turns(self, luck):
        self.luck = luck

    @precondition(lambda self: self.world.on_the_way)
    @rule(data=st.data(), again=st.booleans())
    def a_fact_arrives(self, data, again):
        place = data.draw(st.integers(0, len(self.world.on_the_way) - 1))
        fact = self.world.on_the_way[place]
        if not again:
            self.world.on_the_way.pop(place)
        ret, said, _ = advance(self.ret, fact)
        self._take(ret, said)

    @precondition(lambda self: self.ret.known.approved and self.ret.travelling)
    @rule(what=st.sampled_from([Milestone.ACCEPTED, Milestone.IN_TRANSIT, Milestone.HUB_RECEIVED]), first=st.booleans())
    def a_parcel_is_scanned(self, what, first):
        self._scan(what, self.ret.travelling[0 if first else -1].number)

    def _scan(self, what, parcel):
        fact = milestone(self.ret, what, parcel)
        if what is Milestone.HUB_RECEIVED:
            self.world.scan_at_hub(parcel, fact)
        else:
            self.world.on_the_way.append(fact)

    @precondition(lambda self: self.world.here)
    @rule(first=st.booleans())
    def a_hub_takes_its_scan_back(self, first):
        parcel = (min if first else max)(self.world.here)
        self.undone += 1
        scan = f"scan {self.undone}"
        if self._do(acts.TakeBack(an_id(scan), "The parcel beside it")):
            self.world.take_back(parcel, scan_voided(self.ret, scan=scan, parcel=parcel))

    @precondition(lambda self: self.ret.awaiting in {Awaiting.DROPOFF, Awaiting.IN_TRANSIT} and self.ret.travelling)
    @rule()
    def a_hub_scans_the_parcel_beside_it(self):
        """And sees that at once, while portal has heard of nothing."""
        for parcel in self.ret.travelling:
            self._scan(Milestone.HUB_RECEIVED, parcel.number)
        self.a_hub_takes_its_scan_back(first=True)

    @precondition(lambda self: self.ret.known.approved and self.ret.travelling)
    @rule(name=st.sampled_from(["lost", "damaged"]), told_with_a_scan=st.booleans())
    def a_carrier_reports_trouble(self, name, told_with_a_scan):
        parcel = self.ret.travelling[0].number
        with_it = milestone(self.ret, Milestone.ACCEPTED, parcel, wrong=(name,))
        self.world.on_the_way.append(with_it if told_with_a_scan else trouble(self.ret, name, parcel))

    @precondition(lambda self: any(mark.kind == IN_TROUBLE and not mark.cleared for mark in self.ret.known.marks))
    @rule()
    def an_agent_finds_the_parcel(self):
        mark = next(mark for mark in self.ret.known.marks if mark.kind == IN_TROUBLE and not mark.cleared)
        self._do(acts.ClearMark(mark.kind, mark.subject))

    @precondition(lambda self: self.ret.known.approved and any(parcel.received for parcel in self.ret.travelling))
    @rule(units=st.integers(0, 3), condition=st.sampled_from(Condition))
    def a_parcel_is_opened(self, units, condition):
        parcel = next(parcel for parcel in self.ret.travelling if parcel.received)
        self.world.opened.add(parcel.number)
        self.inspections += 1
        seen = inspected(
            self.ret, found(self.ret.lines[0], units, condition), found(self.ret.lines[1], 1), parcel=parcel.number
        )
        numbered = seen.model_copy(update={"inspection_id": an_id(f"inspection {self.inspections}")})
        self.world.on_the_way.append(numbered)

    @rule(label=LABELS, keep=st.booleans())
    def staff_accept(self, label, keep):
        self._do(acts.Accept(label, keep_item=keep))

    @rule(
        what=st.sampled_from(
            [
                acts.AskInformation("Why?"),
                acts.GiveInformation("Because."),
                acts.LabelAgain(1),
                acts.AddParcel(),
                acts.GiveUpParcel(2),
                acts.Revive(),
                acts.Withdraw(NOON),
            ]
        )
    )
    def somebody_acts(self, what):
        self._do(what)

    @rule(what=st.sampled_from([acts.Reject("No."), acts.Cancel("shopper"), acts.Close()]), indeed=st.booleans())
    def somebody_ends_it(self, what, indeed):
        if indeed:
            self._do(what)

    @rule()
    def life_goes_on(self):
        """What mostly happens next: everything under way arrives, and then what is awaited comes."""
        while self.world.on_the_way:
            ret, said, _ = advance(self.ret, self.world.on_the_way.pop(0))
            self._take(ret, said)
        match self.ret.awaiting:
            case Awaiting.REVIEW:
                self._do(acts.Accept(LabelTerms.FREE))
            case Awaiting.INFORMATION:
                self._do(acts.GiveInformation("Because."))
            case Awaiting.PAYMENT:
                self.world.pay()
            case Awaiting.LABEL:
                self._do(acts.LabelAgain(1))
            case Awaiting.DROPOFF:
                self._scan_all(Milestone.ACCEPTED)
            case Awaiting.IN_TRANSIT:
                self._scan_all(Milestone.HUB_RECEIVED)
            case Awaiting.SETTLEMENT:
                self.world.find_out(True, {line.asked.id: line.due for line in self.ret.lines})

    def _scan_all(self, what):
        for parcel in self.ret.travelling:
            self._scan(what, parcel.number)

    life_goes_on_again = rule()(lambda self: self.life_goes_on())
    and_again = rule()(lambda self: self.life_goes_on())

    @rule(first=st.booleans(), amount=st.none() | st.integers(1, 12_000))
    def staff_settle(self, first, amount):
        line = self.ret.lines[0 if first else 1]
        self._do(acts.Settle((acts.LineSettlement(line.asked.id, pounds(amount) if amount else None),)))

    @rule(first=st.booleans())
    def staff_waive(self, first):
        self._do(acts.WaiveLine(self.ret.lines[0 if first else 1].asked.id, "It was worn."))

    @rule(days=st.sampled_from([0, 1, 3, 11, 20]))
    def the_clock_moves(self, days):
        self.now += timedelta(days=days)
        self._do(acts.Tick(self.since, self.now))

    @rule(what=st.sampled_from(["pay", "fail", "give_back", "dispute"]))
    def payments_hears_of_the_fee(self, what):
        getattr(self.world, what)()

    @rule(outcome=st.sampled_from(["paid", "waived", "failed"]))
    def payments_hears_of_the_difference(self, outcome):
        self.world.record_difference(self.ret.lines[0].asked.id, outcome)

    @rule(outcome=st.sampled_from(["placed", "placed", "given_up", "released", "captured"]))
    def payments_hears_of_the_hold(self, outcome):
        self.world.record_hold(self.ret.lines[0].asked.id, outcome)

    @precondition(lambda self: self.ret.is_disputed)
    @rule()
    def finance_clears_a_dispute(self):
        mark = next(mark for mark in self.ret.known.marks if mark.kind == DISPUTED and not mark.cleared)
        self._do(acts.ClearMark(mark.kind, mark.subject))

    @rule(happened=st.booleans())
    def a_person_looks_at_the_shop(self, happened):
        self.world.find_out(happened, {line.asked.id: line.due for line in self.ret.lines})

    # ---- what must hold after every step -------------------------------------------------------------------------

    @invariant()
    def it_has_ended_or_says_what_it_waits_for(self):  # I1
        if self.ret.awaiting in ENDED:
            assert next_moment(self.ret, self.since) is None
        else:
            assert limit_of(self.ret) is not None
            stuck = next_moment(self.ret, self.since) is None
            assert not stuck or tasks_of(self.ret), "what waits without a moment is a task"

    @invariant()
    def nobody_is_given_more_than_is_owed(self):  # I2
        for line in self.ret.lines:
            assert sum(each.amount for each in self.world.paid.get(line.asked.id, ())) <= line.asked.owed.amount
            assert 0 <= line.due.amount <= line.asked.owed.amount

    @invariant()
    def a_parcel_has_at_most_one_live_label(self):  # I3
        for parcel in self.ret.known.parcels:
            assert len(self.world.live_labels(parcel.number)) <= 1

    @invariant()
    def the_fee_is_paid_at_most_once(self):  # I4
        assert self.world.charges <= 1

    @invariant()
    def a_line_is_settled_at_most_once(self):  # I5
        assert all(len(each) == 1 for each in self.world.paid.values())
        for message in self.said:
            if isinstance(message, SettlementRequestedV1):
                assert all(1 <= line.quantity <= self.ret.line(line.id).asked.quantity for line in message.lines)

    @invariant()
    def what_is_told_settled_was_settled(self):  # I9, as far as this service goes
        for line in self.ret.lines:
            if line.money is MoneyState.SETTLED and line.asked.resolution is not Resolution.NONE:
                assert self.world.paid[line.asked.id] == [line.paid]

    @invariant()
    def no_label_is_asked_for_before_it_is_paid_waived_or_granted(self):  # I7, and I6: the fee is settled one way only
        if any(isinstance(message, LabelRequestedV1) for message in self.said):
            assert self.ret.known.approved or self.ret.awaiting in {Awaiting.REVIEW, *ENDED}
            granted = self.ret.label is LabelTerms.FREE
            assert granted or self.ret.known.fee in {FeeState.PAID, FeeState.WAIVED, FeeState.REFUNDED}

    @invariant()
    def everything_is_said_once(self):  # I8
        counted = Counter(
            (type(message), getattr(message, "attempt", 1), getattr(message, "parcel", None))
            for message in self.said
            if isinstance(message, ReturnSubmittedV1 | ReturnApprovedV1 | ReturnClosedV1 | LabelRequestedV1)
        )
        assert all(times == 1 for times in counted.values()), counted
        reminders = Counter(m.awaiting for m in self.said if isinstance(m, ReminderDueV1))
        assert all(times <= 5 for times in reminders.values())

    @invariant()
    def an_exchange_is_not_made_before_it_is_paid_or_a_person_says_so(self):
        line = self.ret.lines[0]
        asked = [
            message
            for message in self.said
            if isinstance(message, SettlementRequestedV1)
            and message not in self.by_hand
            and any(each.id == line.asked.id and each.resolution is Resolution.EXCHANGE for each in message.lines)
        ]
        wished = line.asked.exchange_variant
        if asked and wished is not None:
            assert self.world.differences[line.asked.id] in {"paid", "waived"}
        if asked and line.asked.instant:
            assert line.asked.id in self.world.holds

    @invariant()
    def nothing_stays_held_unseen_when_the_return_is_over_or_back(self):
        for line in self.ret.lines:
            back = all(parcel.received for parcel in self.ret.travelling)
            if line.hold is HoldState.PLACED and (back or self.ret.is_ended):
                kinds = {task.kind for task in tasks_of(self.ret) if task.subject == str(line.asked.id)}
                assert kinds & {TaskKind.HOLD_TO_RELEASE, TaskKind.HOLD_TO_CAPTURE}

    @invariant()
    def no_money_moves_by_itself_for_a_parcel_that_is_not_at_its_hub_or_is_lost(self):
        assert self.unproved == []
        assert self.astray == []

    @invariant()
    def a_withdrawal_is_paid_or_somebodys_task_and_never_ends_unheard(self):
        if self.ret.known.withdrawn_at is not None and not self.ret.is_withdrawal:
            assert self.ret.awaiting not in {Awaiting.REJECTED, Awaiting.EXPIRED}
            unpaid = any(line.money is not MoneyState.SETTLED and line.due.amount for line in self.ret.lines)
            assert (TaskKind.WITHDRAWAL in {task.kind for task in tasks_of(self.ret)}) is unpaid

    @invariant()
    def a_fee_that_was_paid_for_a_label_nobody_used_is_given_back_or_somebodys_task(self):
        used = any(parcel.accepted or parcel.received for parcel in self.ret.known.parcels)
        if self.ret.awaiting is Awaiting.CLOSED and not used and self.ret.known.fee is FeeState.PAID:
            assert TaskKind.FEE_TO_REFUND in {task.kind for task in tasks_of(self.ret)}

    @invariant()
    def an_ended_return_holds_no_units_but_those_that_came_and_were_not_paid(self):
        if self.ret.awaiting not in ENDED:
            return
        unpaid = [line for line in self.ret.lines if line.money is not MoneyState.SETTLED]
        came = sum(line.asked.quantity - self.ret.missing_units(line) for line in unpaid)
        assert sum(self.ret.held_units().values()) == (came if self.ret.awaiting is Awaiting.CLOSED else 0)


RandomLives.TestCase.settings = settings(
    max_examples=500, stateful_step_count=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestRandomLives = RandomLives.TestCase
