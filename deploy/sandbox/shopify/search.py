"""The search language of `orders(query:)`, as much of it as the product uses."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from deploy.sandbox.shopify.catalogue import Shop
from deploy.sandbox.shopify.orders import Order
from deploy.sandbox.shopify.store import ShopStore

_TERM = re.compile(r"""(?P<field>[a-z_]+):(?P<how>>=|<=|>|<|)(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+)""")
_HOW: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "": operator.eq,
}


@dataclass(frozen=True)
class Search:
    """Terms that must all hold."""

    name: str | None
    times: tuple[tuple[str, str, datetime], ...]

    @classmethod
    def read(cls, text: str) -> "Search":
        """Understand `name:"AL-1001"` and `updated_at:>=2026-11-01`; raises GraphQLError on what the sandbox does not play."""
        rest = _TERM.sub("", text).replace("AND", "").strip()
        if rest:
            raise GraphQLError(f"The sandbox does not play this search: {text}", extensions={"code": "BAD_REQUEST"})
        name, times = None, []
        for term in _TERM.finditer(text):
            value = _unquoted(term["value"])
            if term["field"] == "name" and not term["how"]:
                name = value
            elif term["field"] in ("created_at", "updated_at", "processed_at"):
                times.append((term["field"], term["how"], _moment(value)))
            else:
                raise GraphQLError(
                    f"The sandbox does not search orders by {term['field']}", extensions={"code": "BAD_REQUEST"}
                )
        return cls(name, tuple(times))

    def run(self, store: ShopStore, shop: Shop) -> list[Order]:
        """The orders of `shop` for which every term holds."""
        if self.name is not None:
            named = store.order_named(shop, self.name.removeprefix("#"))
            found = [named] if named else []
        else:
            found = store.orders(shop)
        return [order for order in found if all(self._holds(order, *term) for term in self.times)]

    @staticmethod
    def _holds(order: Order, field: str, how: str, moment: datetime) -> bool:
        return _HOW[how](order.updated_at if field == "updated_at" else order.created_at, moment)


def _unquoted(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value[0] in "\"'" else value


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"Invalid date: {value}", extensions={"code": "BAD_REQUEST"}) from None
    return moment if moment.tzinfo else moment.astimezone()
