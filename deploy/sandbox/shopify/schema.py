"""Our SDL made executable: scalars that really parse, connections that really cut, and the roots."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    default_field_resolver,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from deploy.sandbox.shopify import mutations, queries
from deploy.sandbox.shopify.pages import page
from deploy.sandbox.shopify.scopes import guard

FOLDER = Path(__file__).parent / "schema"


def sdl() -> str:
    """The whole of our SDL."""
    return "\n".join(file.read_text() for file in sorted(FOLDER.glob("*.graphql")))


@cache
def schema() -> GraphQLSchema:
    """The schema, ready to execute."""
    built = build_schema(sdl())
    for name, (parse, serialize) in _SCALARS.items():
        scalar = built.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)
        scalar.coerce_input_value, scalar.coerce_output_value = parse, serialize
    for type_ in built.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            _resolve_lists(type_)
    for type_name, resolvers in (queries.RESOLVERS | mutations.RESOLVERS).items():
        owner = built.type_map[type_name]
        assert isinstance(owner, GraphQLObjectType)
        for field, resolver in resolvers.items():
            owner.fields[field].resolve = resolver
    guard(built)
    return built


def _resolve_lists(type_: GraphQLObjectType) -> None:
    for field in type_.fields.values():
        inner = field.type.of_type if is_non_null_type(field.type) else field.type
        if get_named_type(inner).name.endswith("Connection"):
            field.resolve = _page_of
        elif is_list_type(inner) and "first" in field.args:
            field.resolve = _first_of


def _page_of(source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
    return page(default_field_resolver(source, info), **args)


def _first_of(source: Any, info: GraphQLResolveInfo, first: int | None = None) -> Any:
    return default_field_resolver(source, info)[:first]


def _decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise GraphQLError(f"Could not coerce value {value!r} to Decimal")
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise GraphQLError(f"invalid decimal '{value}'")
    return amount


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"invalid DateTime '{value}'") from None
    if moment.tzinfo is None:
        raise GraphQLError(f"invalid DateTime '{value}'")
    return moment


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"invalid Date '{value}'") from None


def _url(value: Any) -> str:
    parts = urlsplit(value) if isinstance(value, str) else None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise GraphQLError(f"Invalid url '{value}', missing scheme")
    return str(value)


def _unsigned(value: Any) -> str:
    if not isinstance(value, str) or not value.isdigit():
        raise GraphQLError(f"Could not coerce value {value!r} to UnsignedInt64")
    return value


def _in_utc(value: datetime) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


_SCALARS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "Decimal": (_decimal, str),
    "Money": (lambda value: str(_decimal(value)), str),
    "DateTime": (_moment, _in_utc),
    "Date": (_day, date.isoformat),
    "URL": (_url, str),
    "UnsignedInt64": (_unsigned, str),
}
