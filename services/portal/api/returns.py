"""Returns, for programs to read."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from services.portal.api.access import Caller, caller
from services.portal.problems import Problem
from services.portal.reach import Portal, portal
from services.portal.store.returns import Story

router = APIRouter(prefix="/api/v1", tags=["returns"])


@router.get("/returns/{number}")
def get_return(
    number: str, who: Annotated[Caller, Depends(caller)], here: Annotated[Portal, Depends(portal)]
) -> dict[str, Any]:
    """One return with its lines, where its goods and money are, and its history."""
    story = here.returns.get(who.retailer_id, number=number.upper())
    if story is None:
        raise Problem(404, "returns.not_found", "No return of yours has this number.")
    return _as_json(story)


def _as_json(story: Story) -> dict[str, Any]:
    ret = story.ret
    return {
        "id": str(ret.id),
        "number": ret.number,
        "order": ret.order_number,
        "awaiting": ret.awaiting,
        "trouble": ret.trouble,
        "label": ret.label,
        "tracking_number": ret.tracking_number,
        "owed": ret.owed.model_dump(),
        "submitted_at": story.created_at,
        "updated_at": story.updated_at,
        "policy_version": ret.policy_version,
        "lines": [line.asked.model_dump(mode="json") | {"money": line.money} for line in ret.lines],
        "history": [{"type": fact.type, "at": fact.at, "effect": fact.effect} for fact in story.facts],
    }
