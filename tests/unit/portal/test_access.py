"""Who may do what."""

from pathlib import Path
from uuid import uuid4

import pytest

from services.portal import access
from services.portal.access import GRANTS, NOBODY, Actor, May, Role, first_role_at, roles_at, system
from services.portal.api.describe import routes, scopes_of
from services.portal.domain.tasks import TASKS


def test_every_role_has_its_grants():
    assert GRANTS.keys() == set(Role)


def test_a_manager_may_do_everything_but_operate_the_platform():
    assert frozenset(May) - GRANTS[Role.MANAGER] == {May.OPERATE}


def test_everything_may_be_done_by_somebody():
    assert frozenset[May]().union(*GRANTS.values()) == frozenset(May)


def test_the_platform_s_operator_sees_no_return_and_moves_no_money():
    kept_away = {May.READ_RETURNS, May.WRITE_RETURNS, May.DECIDE_RETURNS, May.MOVE_MONEY, May.SCAN, May.INSPECT}

    assert GRANTS[Role.PLATFORM].isdisjoint(kept_away | {May.READ_REPORTS})


@pytest.mark.parametrize("role", [Role.AGENT, Role.MERCHANDISER, Role.HUB, Role.VIEWER])
def test_money_and_people_are_for_those_in_charge(role: Role):
    assert GRANTS[role].isdisjoint({May.MOVE_MONEY, May.MANAGE_STAFF, May.MANAGE_KEYS, May.READ_AUDIT})


def test_a_viewer_changes_nothing():
    assert GRANTS[Role.VIEWER] == {May.READ_RETURNS, May.READ_POLICIES}


def test_nobody_of_a_retailer_operates_the_platform_and_nobody_of_the_platform_is_a_retailer_s():
    alder = uuid4()

    assert Role.PLATFORM not in roles_at(alder)
    assert roles_at(NOBODY) == {Role.PLATFORM}
    assert (first_role_at(alder), first_role_at(NOBODY)) == (Role.MANAGER, Role.PLATFORM)


def test_an_actor_is_told_by_kind_and_name_and_the_suite_itself_may_nothing_that_a_route_asks():
    key = Actor(uuid4(), "key", "k1", "Stock system", frozenset({May.SCAN}))

    assert str(key) == "key Stock system"
    assert system(NOBODY).may == frozenset()


def test_the_readme_s_table_of_roles_is_the_one_that_the_code_reads():
    lines = (Path(access.__file__).parent / "README.md").read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| may |"))
    roles = [Role(cell.strip()) for cell in lines[start].split("|")[2:-1]]
    rows = [line.split("|")[1:-1] for line in lines[start + 2 : start + 2 + len(May)]]

    written = {
        May(may.strip(" `")): {role for role, cell in zip(roles, cells, strict=True) if cell.strip()}
        for may, *cells in rows
    }
    assert written == {may: {role for role in Role if may in GRANTS[role]} for may in May}


def test_whoever_owns_a_task_may_do_one_of_its_acts():
    needed = {path.split("{number}/")[-1]: scopes_of(route) for path, _, route in routes() if "{number}/" in path}
    needed["clear"] = [May.CLEAR_TASKS]
    doable = {
        kind: any(set(needed[act]) <= GRANTS[Role(owed.role)] for act in owed.acts if act in needed)
        for kind, owed in TASKS.items()
    }

    assert {kind for kind, can in doable.items() if not can} == set()
