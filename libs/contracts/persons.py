"""Values that the messages about a person's data share. They name a person by the ids of what they bought, never by their data."""

from uuid import UUID

from pydantic import Field

from libs.contracts.base import Value


class PersonRefs(Value):
    """Whose data is meant: theirs who are behind these orders, returns, kept requests and webhooks.

    `shop_order_ids` are the shop's own ids of the orders. `everybody` means every person of the retailer, whatever is named.
    """

    order_ids: tuple[UUID, ...] = ()
    shop_order_ids: tuple[str, ...] = ()
    return_ids: tuple[UUID, ...] = ()
    intake_ids: tuple[UUID, ...] = ()
    delivery_ids: tuple[UUID, ...] = ()
    everybody: bool = False


class PersonAsked(Value):
    """Whose data is asked for, at most `most` rows of each table."""

    who: PersonRefs
    most: int | None = Field(None, ge=1)


class PersonData(Value):
    """What a service holds of a person: `document` is JSON, rows by table, and `rows` says how many there are.

    A row that was erased is not held any more, so that no rows mean that nothing is left.
    """

    rows: int
    document: str
