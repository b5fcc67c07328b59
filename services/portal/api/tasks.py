"""What people must do, for programs to read, and to clear where a look is all it takes."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from services.portal.access import Actor, May, Role, to_clear
from services.portal.api import bodies
from services.portal.api.access import allowed
from services.portal.api.acting import Acting, acting
from services.portal.api.answers import TasksPage, TaskTold, sent
from services.portal.api.paging import Cursor, Limit, Place, cursors, link
from services.portal.api.routing import WITH_LINK, routes
from services.portal.api.telling import told_task
from services.portal.domain import TaskKind, acts
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.store.tasks import OpenTask

router = routes("tasks")

Here = Annotated[Portal, Depends(portal)]
Reading = Annotated[Actor, allowed(May.READ_RETURNS)]
Clearing = Annotated[Acting, Depends(acting(May.CLEAR_TASKS))]
TaskId = Annotated[UUID, Path(description="the task's id")]


@router.get("/tasks", response_model=TasksPage, responses=WITH_LINK)
def list_tasks(
    request: Request,
    here: Here,
    who: Reading,
    role: Annotated[Role | None, Query(description="whose tasks")] = None,
    kind: Annotated[TaskKind | None, Query(description="tasks of this kind only")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Response:
    """Open tasks, the oldest first."""
    paging = cursors(request, here.keyring, who.retailer_id)
    after = paging.read(cursor)
    found = here.tasks.list(
        who.retailer_id, role=role, kind=kind, after=(after.at, after.id) if after else None, limit=limit + 1
    )
    more = paging.write(Place(found[limit - 1].opened_at, found[limit - 1].id)) if len(found) > limit else None
    page = TasksPage(tasks=tuple(told_task(task) for task in found[:limit]), next=more)
    return sent(page, headers=link(request, here.settings.url, more))


@router.get("/tasks/{task_id}", response_model=TaskTold)
def get_task(task_id: TaskId, here: Here, who: Reading) -> Response:
    """One task, open or cleared."""
    return sent(told_task(_task(here, who, task_id)))


@router.post("/tasks/{task_id}/clear", response_model=TaskTold)
async def clear_task(task_id: TaskId, act: Clearing, asked: bodies.Remark | None = None) -> Response:
    """Clear a task that takes only a look, one whose `acts` name `clear`. One that was cleared stays as it is.

    Its `role` says whose it is, and what is needed beside `tasks.clear`: `returns.write` for an agent's, `scans.write` for
    the hub's, `money.move` for one of finance, `policies.write` for a merchandiser's, `staff.manage` for a manager's.
    """

    def clear(effect_id: UUID) -> Response:
        here, who, words = act.here, act.who, asked.words if asked else None
        task = _task(here, who, task_id)
        if task.cleared_at is not None:
            return sent(told_task(task))
        if "clear" not in task.acts:
            raise Problem(409, "tasks.needs_its_act", "Do one of `acts`: this task is cleared by it.", acts=task.acts)
        if missing := sorted(to_clear(task.role) - who.may):
            raise Problem(403, "api.forbidden", f"This task needs {' and '.join(missing)}.", missing=missing)
        with here.audit.of(who, "task.clear", subject=task_id, kind=task.kind):
            if task.number is not None and task.return_id is not None:
                mark = acts.ClearMark(task.kind, task.subject, words)
                here.returns.act(who.retailer_id, task.number, mark, who, once=effect_id)
            else:
                here.tasks.clear(who.retailer_id, task_id, by=str(who), words=words)
        return sent(told_task(_task(here, who, task_id)))

    return await act.once(clear)


def _task(here: Portal, who: Actor, task_id: UUID) -> OpenTask:
    task = here.tasks.get(who.retailer_id, task_id)
    if task is None:
        raise Problem(404, "tasks.not_found", "No task of yours has this id.")
    return task
