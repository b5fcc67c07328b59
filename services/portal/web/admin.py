"""Every page of the admin."""

from services.portal.web import account, acts, invited, keys, people, record, retailers, returns, review, staff, tasks

ROUTERS = tuple(
    pages.router for pages in (staff, invited, review, returns, acts, tasks, people, keys, record, account, retailers)
)
