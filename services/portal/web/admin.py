"""Every page of the admin."""

from services.portal.web import (
    account,
    acts,
    bags,
    bringing,
    cancelled,
    carriers,
    hooks,
    hub,
    invited,
    keys,
    lanes,
    people,
    persons,
    policies,
    receipts,
    record,
    retailers,
    returns,
    review,
    shops,
    staff,
    tasks,
)

ROUTERS = tuple(
    pages.router
    for pages in (
        staff,
        invited,
        review,
        returns,
        acts,
        tasks,
        people,
        persons,
        keys,
        policies,
        shops,
        hooks,
        hub,
        bags,
        carriers,
        lanes,
        record,
        account,
        bringing,
        cancelled,
        receipts,
        retailers,
    )
)
