"""Every page of the admin."""

from services.portal.web import (
    account,
    acts,
    bringing,
    invited,
    keys,
    people,
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
        keys,
        shops,
        record,
        account,
        bringing,
        receipts,
        retailers,
    )
)
