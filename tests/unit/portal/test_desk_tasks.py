"""The tasks on the pages of the staff: what clears each, and for whom. What a task holds back may be money."""

import pytest

from services.portal.access import GRANTS, May, Role, to_clear
from services.portal.domain import TASKS, Awaiting, TaskKind, tasks_of
from services.portal.web import desk
from services.portal.web.deeds import DEEDS, offered
from tests.unit.portal import desks
from tests.unit.portal.lives import a_return, after, disputed, posted, trouble

ALL = frozenset(May)
OWNERS = [role for role in Role if role is not Role.PLATFORM]
SEEN_TO = [kind for kind, owed in TASKS.items() if "clear" in owed.acts]


@pytest.mark.parametrize("task", sorted(tasks_of(desks.WORN)), ids=lambda task: f"{task.kind}-{task.subject[:8]}")
def test_a_task_leads_to_the_form_that_clears_it_for_just_that_line_or_parcel(task):
    [row] = [
        desk.task_row(each, ALL)
        for each in desks.open_tasks(desks.WORN)
        if (each.kind, each.subject) == (task.kind, task.subject)
    ]
    open_here = {desk.address_of(desks.WORN, deed.code, of) for deed, of in offered(desks.WORN, ALL)}

    assert row.acts
    assert {link.address for link in row.acts} <= open_here


def test_a_task_of_the_whole_return_leads_to_its_items_where_one_is_to_be_chosen():
    ret = a_return(awaiting=Awaiting.IN_TRANSIT).knowing(withdrawn_at=desks.NOON)

    [row] = [desk.task_row(task, ALL) for task in desks.open_tasks(ret)]

    assert [link.address for link in row.acts] == [
        "/admin/returns/R-7KQ2M9#items",
        "/admin/returns/R-7KQ2M9#items",
        "/admin/returns/R-7KQ2M9/clear?of=withdrawal%3A",
    ]


def test_a_task_says_what_it_is_about_and_what_the_shop_said():
    [row] = desks.REFUSED_RETURN.tasks

    assert row.detail == "Linen shirt · Refund amount is greater than net payment received"


def test_a_viewer_sees_a_task_and_no_way_to_clear_it():
    assert [desk.task_row(task, GRANTS[Role.VIEWER]).acts for task in desks.open_tasks(desks.HELD)] == [()]


@pytest.mark.parametrize("role", OWNERS)
@pytest.mark.parametrize("kind", SEEN_TO)
def test_a_task_is_seen_to_by_its_owner_and_by_the_manager_and_by_nobody_else(kind: TaskKind, role: Role):
    ret = a_return(awaiting=Awaiting.DROPOFF).marked(kind, "1/hub_received", "Look")

    may_clear = [of for deed, of in offered(ret, GRANTS[role], ("clear",))]

    owns = role in {Role(TASKS[kind].role), Role.MANAGER}
    assert (f"{kind}:1/hub_received" in may_clear) is owns is (to_clear(TASKS[kind].role) <= GRANTS[role])


@pytest.mark.parametrize("role", OWNERS)
def test_a_payment_that_a_bank_disputes_is_released_by_those_who_move_money(role: Role):
    ret = after(posted(a_return()), disputed(a_return()))
    [task] = desks.open_tasks(ret)

    ways = [link.words for link in desk.task_row(task, GRANTS[role]).acts]

    assert ways == (["Clear"] if May.MOVE_MONEY in GRANTS[role] else [])


def test_whoever_sees_to_what_holds_money_back_reads_that_it_moves_then():
    ret = after(posted(a_return()), disputed(a_return()), trouble(a_return(), "lost"))

    told = {of.split(":")[0]: DEEDS["clear"].form(ret, of).sentences for of in DEEDS["clear"].subjects(ret)}

    assert told["payment_disputed"][-1] == "What is due, and waited for the dispute, is given now."
    assert told["parcel_in_trouble"][-1].startswith("What waits because the parcel is lost")
