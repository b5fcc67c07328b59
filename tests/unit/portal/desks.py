"""What Robin sees of Ana's returns: pages of the admin built from whole stories."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

from libs.contracts.base import Message
from libs.contracts.tracking import ExtraItem
from libs.contracts.values import Condition, Stage
from services.portal.access import GRANTS, Role
from services.portal.domain import Effect, Return, advance, tasks_of
from services.portal.domain.tasks import TASKS, role_of
from services.portal.store.people import Retailer
from services.portal.store.returns import Happened, Listed, Page, Story
from services.portal.store.tasks import OpenTask
from services.portal.web import acts, assets, desk, happenings, story, views
from services.portal.web.deeds import DEEDS, REVIEWING, offered
from tests.unit.portal.lives import (
    HOME,
    a_line,
    a_return,
    after,
    an_id,
    fee_waived,
    first_scan,
    found,
    held,
    hub_scan,
    inspected,
    label_issued,
    settlement_refused,
)

NOON = datetime(2026, 11, 23, 10, 30, tzinfo=UTC)
ALDER = Retailer(an_id("alder"), "alder", "GBP", assets.HOUSE, None)
ROBIN = views.Staff(
    "Robin Hale", "manager@alder.example", "manager", "csrf-word", frozenset(map(str, GRANTS[Role.MANAGER]))
)
TRACE = [
    {"rule": "Final sale", "matched": False, "because": "The item has no tag final-sale"},
    {"rule": "Within 30 days", "matched": True, "because": "Delivered 9 days ago"},
]


def decided(ret: Return) -> dict[str, Any]:
    """The policy's decision on each line of a return."""
    offer = {"resolution": "refund", "stage": "hub_scan", "keep_item": False}
    lines = [{"line_id": str(line.asked.order_line_id), "offers": [offer], "trace": TRACE} for line in ret.lines]
    return {"label": "free", "lines": lines, "reason_words": {"size": "Doesn’t fit"}}


def told(ret: Return, *facts: Message) -> tuple[Return, Story]:
    """The return after these facts, and its story."""
    happened = [Happened("act.accept", NOON, Effect.APPLIED, {"label": "free", "keep_item": False}, "staff Robin Hale")]
    for hours, fact in enumerate(facts, start=1):
        ret, _, effect = advance(ret, fact)
        happened.append(Happened(fact.type(), NOON + timedelta(hours=hours), effect, fact.model_dump(mode="json")))
    photos = {ret.lines[0].asked.id: (an_id("photo"),)}
    return ret, Story(ret, NOON, NOON, NOON, decided(ret), "/r/token", tuple(happened), photos)


def open_tasks(ret: Return) -> tuple[OpenTask, ...]:
    """The tasks of a return, as the store gives them."""
    return tuple(
        OpenTask(
            uuid5(HOME, task.kind + task.subject),
            task.kind,
            task.subject,
            role_of(ret, task.kind),
            TASKS[task.kind].words,
            TASKS[task.kind].acts,
            ret.id,
            ret.number,
            task.words,
            {},
            NOON,
            None,
            None,
        )
        for task in sorted(tasks_of(ret))
    )


def sheet(ret: Return, code: str, of: str = "") -> views.Sheet:
    """The form of a deed."""
    address = desk.address_of(ret, code)
    return acts.sheet_of(ret, DEEDS[code], of, address=address, csrf="csrf-word", once=an_id("once"))


def a_page(ret: Return, whole: Story, **more: Any) -> views.ReturnPage:
    """The page of a return, for a manager."""
    decide = tuple(sheet(ret, deed.code, of) for deed, of in offered(ret, GRANTS[Role.MANAGER], REVIEWING))
    return story.return_page(ROBIN, ALDER, whole, open_tasks(ret), decide, **more)


def a_worn_shirt() -> tuple[Return, Story]:
    """Two items came back: one was worn, one never arrived, and something else was in the box."""
    shirt, trousers = a_line("shirt", stage=Stage.INSPECTED), a_line("trousers", owed=6500, stage=Stage.INSPECTED)
    ret = a_return(shirt, trousers, inspect=True)
    what = (found(shirt, 1, Condition.WORN), found(trousers, 0, Condition.MISSING))
    facts = (fee_waived(ret), label_issued(ret, "HW7KQ2M9GB"), first_scan(ret), hub_scan(ret), hub_scan(ret))
    return told(ret, *facts, inspected(ret, *what, extras=(ExtraItem(words="blue mug"),)))


def _refused() -> tuple[Return, Story]:
    ret = after(a_return(), fee_waived(a_return()), label_issued(a_return()), first_scan(a_return()))
    return told(ret, hub_scan(ret), settlement_refused(ret))


WORN, WORN_STORY = a_worn_shirt()
REFUSED, REFUSED_STORY = _refused()
HELD, HELD_STORY = told(held(a_line(), a_line("trousers", owed=6500)))
RETURN = a_page(WORN, WORN_STORY, notice=views.Notice("ok", "Saved."))
REFUSED_RETURN = a_page(REFUSED, REFUSED_STORY)
HELD_RETURN = a_page(
    HELD, HELD_STORY, notice=views.Notice("warn", "Not now."), last=happenings.last_decision(HELD_STORY)
)
ABOUT = views.Link(WORN.number, f"/admin/returns/{WORN.number}")
SETTLE = views.ActPage(ROBIN, ABOUT, sheet(WORN, "settle", str(WORN.lines[0].asked.id)))
IN_TRANSIT = after(a_return(inspect=True), fee_waived(a_return()), label_issued(a_return()), first_scan(a_return()))
INSPECT = views.ActPage(
    ROBIN,
    ABOUT,
    sheet(IN_TRANSIT, "inspections", "1").filled({"quantity-0": "x"}, {"quantity-0": "Enter how many came, 0 if none"}),
    views.Notice("bad", "The service is away."),
    facts=(("Order", "AL-1001"),),
    photos=("/admin/intakes/K-7KQ2M9/photos/a",),
)
TASKS_PAGE = views.TasksPage(
    ROBIN,
    (views.View("Everybody", "/admin/tasks?role=all", 3, True), views.View("Hub", "/admin/tasks?role=hub", 0)),
    tuple(desk.task_row(task, GRANTS[Role.MANAGER]) for task in (*open_tasks(WORN), *open_tasks(HELD))),
    "/admin/tasks?after=x",
)
NO_TASKS = replace(TASKS_PAGE, rows=(), older=None)
REVIEW = views.ReviewPage(
    HELD.number,
    HELD.awaiting,
    story.facts_of(HELD_STORY, (), photos="/admin/review/token/photos"),
    tuple(sheet(HELD, code) for code in REVIEWING),
    RETURN.receipt,
)
DECIDED = views.ReviewPage(WORN.number, "rejected", last=happenings.last_decision(WORN_STORY))
LIST = desk.returns_page(
    ROBIN,
    Page(
        {"at_hub": 1, "awaiting_review": 2},
        (Listed(WORN, NOON, NOON, NOON), Listed(HELD.knowing(overdue=True), NOON, NOON, NOON)),
        (NOON, WORN.id),
    ),
    "",
    None,
)
DESK_PAGES = [
    ("returns", LIST),
    ("return_", REFUSED_RETURN),
    ("return_", HELD_RETURN),
    ("act", SETTLE),
    ("act", INSPECT),
    ("tasks", TASKS_PAGE),
    ("tasks", NO_TASKS),
    ("review", REVIEW),
    ("review", DECIDED),
]
