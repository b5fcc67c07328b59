"""Shopify's global ids: `gid://shopify/Order/5800000032769`."""

import re

from graphql import GraphQLError

_FORM = re.compile(r"^gid://shopify/([A-Za-z]+)/([0-9]+)$")


def gid(kind: str, number: int) -> str:
    """The global id of the thing of this kind and number."""
    return f"gid://shopify/{kind}/{number}"


def number_of(id_: str, kind: str) -> int:
    """The number in an id of this kind; raises Shopify's own error for an id of another kind."""
    form = _FORM.match(id_)
    if form is None or form[1] != kind:
        raise GraphQLError(f"Invalid id: {id_}", extensions={"code": "RESOURCE_NOT_FOUND"})
    return int(form[2])
