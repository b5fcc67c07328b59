"""The return and its life: one table for where the goods are, one for where the money is. Pure."""

from services.portal.domain.acting import act, may, way_back
from services.portal.domain.life import advance, submit
from services.portal.domain.moves import MONEY, MOVES, Move
from services.portal.domain.returns import (
    Deduction,
    Known,
    Line,
    Links,
    Mark,
    Parcel,
    Return,
    share,
    total,
    weight,
)
from services.portal.domain.states import (
    CALLED_OFF,
    ENDED,
    Awaiting,
    Contradiction,
    Effect,
    FeeState,
    HoldState,
    Kind,
    LabelState,
    MoneyState,
    NotNow,
)
from services.portal.domain.tasks import TASKS, Task, TaskKind, clearable, tasks_of
from services.portal.domain.waiting import LIMITS, Limit, ends_at, limit_of, next_moment

__all__ = [
    "CALLED_OFF",
    "ENDED",
    "LIMITS",
    "MONEY",
    "MOVES",
    "TASKS",
    "Awaiting",
    "Contradiction",
    "Deduction",
    "Effect",
    "FeeState",
    "HoldState",
    "Kind",
    "Known",
    "LabelState",
    "Limit",
    "Line",
    "Links",
    "Mark",
    "MoneyState",
    "Move",
    "NotNow",
    "Parcel",
    "Return",
    "Task",
    "TaskKind",
    "act",
    "advance",
    "clearable",
    "ends_at",
    "limit_of",
    "may",
    "next_moment",
    "share",
    "submit",
    "tasks_of",
    "total",
    "way_back",
    "weight",
]
