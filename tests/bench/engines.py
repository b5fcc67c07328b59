"""The usual rule engines behind one shape: a table of rows is loaded once, and asked which row is the first that matches.

Each is used the way its own manual has it fastest. What it is asked is put into the engine's own form beforehand, which is
not measured.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from libs.contracts.values import Money
from services.rules.domain.conditions import Among, Condition, Range
from services.rules.domain.index import Index
from services.rules.domain.outcomes import Outcome
from services.rules.domain.rules import Rule

TODAY = date(2026, 11, 23)
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: what it asks, None where it does not care."""

    number: int
    reason: str | None = None
    countries: frozenset[str] | None = None
    percent: Span | None = None
    discount: int | None = None
    value: Span | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Something to decide on. Amounts are in pence."""

    reason: str
    country: str
    percent: int
    discount: int
    value: int
    tags: tuple[str, ...]

    def plain(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "reason": self.reason,
            "country": self.country,
            "percent": self.percent,
            "discount": self.discount,
            "value": self.value,
            "tags": list(self.tags),
        }


@dataclass(frozen=True, slots=True)
class Loaded:
    """An engine with its table: how an item looks in its own form, and which row such an item finds."""

    shaped: Callable[[Item], Any]
    first: Callable[[Any], int]

    def all_of(self, ready: Sequence[Any]) -> list[int]:
        """The rows that many items find."""
        return [self.first(item) for item in ready]


def own(rows: Sequence[Row]) -> Loaded:
    """Ours: `services.rules.domain.index`."""
    index = Index([Rule(str(row.number), row.number + 1, Outcome(), tuple(_conditions(row))) for row in rows])

    def shaped(item: Item) -> Any:
        return {
            "reason": item.reason,
            "country": item.country,
            "discount_percent": item.percent,
            "discount_amount": Money(amount=item.discount, currency="GBP"),
            "order_value": Money(amount=item.value, currency="GBP"),
            "product_tags": frozenset(item.tags),
        }

    def first(facts: Any) -> int:
        found = index.first(facts, TODAY)
        return -1 if found is None else found

    return Loaded(shaped, first)


def _conditions(row: Row) -> list[Condition]:
    asks: list[Condition | None] = [
        Among("reason", frozenset({row.reason})) if row.reason else None,
        Among("country", row.countries) if row.countries else None,
        Range("discount_percent", *row.percent) if row.percent else None,
        Range("discount_amount", None, row.discount, "GBP") if row.discount is not None else None,
        Range("order_value", *row.value, "GBP") if row.value else None,
        Among("product_tags", frozenset({row.tag})) if row.tag else None,
    ]
    return [ask for ask in asks if ask]


def zen(rows: Sequence[Row]) -> Loaded:
    """zen-engine, a decision table read by its static loader. Its batches are slower than single items."""
    import zen

    fields = ("reason", "country", "percent", "discount", "value", "tags")
    table = [{"_id": str(row.number), "out": str(row.number)} | _cells(row) for row in rows]
    inputs = [{"id": name, "name": name, "field": name} for name in fields]
    content = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "out", "name": "row", "field": "row"}],
        "rules": table,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "table", "name": "table", "type": "decisionTableNode", "position": {"x": 1, "y": 0}, "content": content},
        {"id": "done", "name": "done", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "done", "type": "edge"},
    ]
    graph = {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"policy": graph}}})
    return Loaded(Item.plain, lambda item: int(engine.evaluate("policy", item)["result"]["row"]))


def _cells(row: Row) -> dict[str, str]:
    countries = ", ".join(f'"{country}"' for country in sorted(row.countries or ()))
    return {
        "reason": f'"{row.reason}"' if row.reason else "",
        "country": countries,
        "percent": "[{}..{}]".format(*row.percent) if row.percent else "",
        "discount": f"<= {row.discount}" if row.discount is not None else "",
        "value": "[{}..{}]".format(*row.value) if row.value else "",
        "tags": f'contains($, "{row.tag}")' if row.tag else "",
    }


def business_rules(rows: Sequence[Row]) -> Loaded:
    """business-rules, with its variables and actions."""
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_NUMERIC
    from business_rules.variables import BaseVariables, numeric_rule_variable, select_multiple_rule_variable
    from business_rules.variables import string_rule_variable as text_variable

    class Variables(BaseVariables):
        def __init__(self, item: Item) -> None:
            self.item = item

        reason = text_variable()(lambda self: self.item.reason)
        country = select_multiple_rule_variable()(lambda self: [self.item.country])
        percent = numeric_rule_variable()(lambda self: self.item.percent)
        discount = numeric_rule_variable()(lambda self: self.item.discount)
        value = numeric_rule_variable()(lambda self: self.item.value)
        tags = select_multiple_rule_variable()(lambda self: list(self.item.tags))

    class Actions(BaseActions):
        row = -1

        @rule_action(params={"row": FIELD_NUMERIC})
        def found(self, row: int) -> None:
            self.row = row

    rules = [
        {"conditions": {"all": _asks(row)}, "actions": [{"name": "found", "params": {"row": row.number}}]}
        for row in rows
    ]

    def first(item: Item) -> int:
        actions = Actions()
        run_all(rules, Variables(item), actions, stop_on_first_trigger=True)
        return actions.row

    return Loaded(lambda item: item, first)


def _asks(row: Row) -> list[dict[str, Any]]:
    asks: list[tuple[str, str, Any]] = []
    asks += [("reason", "equal_to", row.reason)] if row.reason else []
    asks += [("country", "shares_at_least_one_element_with", sorted(row.countries))] if row.countries else []
    for name, span in (("percent", row.percent), ("value", row.value)):
        asks += [(name, "greater_than_or_equal_to", span[0]), (name, "less_than_or_equal_to", span[1])] if span else []
    asks += [("discount", "less_than_or_equal_to", row.discount)] if row.discount is not None else []
    asks += [("tags", "contains_all", [row.tag])] if row.tag else []
    asks = asks or [("percent", "greater_than_or_equal_to", 0)]  # it has no word for a row that matches everything
    return [{"name": name, "operator": operator, "value": value} for name, operator, value in asks]


def json_logic(rows: Sequence[Row]) -> Loaded:
    """json-logic-qubit, the table as one `if` of many branches."""
    from json_logic import jsonLogic

    branches: list[Any] = []
    for row in rows:
        branches += [{"and": [True, *_logic(row)]}, row.number]
    logic = {"if": branches}
    return Loaded(Item.plain, lambda item: int(jsonLogic(logic, item)))


def _logic(row: Row) -> list[dict[str, Any]]:
    asks: list[dict[str, Any]] = []
    asks += [{"===": [{"var": "reason"}, row.reason]}] if row.reason else []
    asks += [{"in": [{"var": "country"}, sorted(row.countries)]}] if row.countries else []
    asks += [{"<=": [row.percent[0], {"var": "percent"}, row.percent[1]]}] if row.percent else []
    asks += [{"<=": [{"var": "discount"}, row.discount]}] if row.discount is not None else []
    asks += [{"<=": [row.value[0], {"var": "value"}, row.value[1]]}] if row.value else []
    asks += [{"in": [row.tag, {"var": "tags"}]}] if row.tag else []
    return asks


def rule_engine(rows: Sequence[Row]) -> Loaded:
    """rule-engine, one compiled rule for each row, tried in order."""
    from rule_engine import Rule as TheirRule

    rules = [(row.number, TheirRule(_said(row, "and", "[{}]"))) for row in rows]
    return Loaded(Item.plain, lambda item: next(number for number, rule in rules if rule.matches(item)))


def cel(rows: Sequence[Row]) -> Loaded:
    """cel-python, one compiled program for each row, tried in order."""
    import celpy

    environment = celpy.Environment(runner_class=celpy.CompiledRunner)
    programs = [(row.number, environment.program(environment.compile(_said(row, "&&", "[{}]")))) for row in rows]
    return Loaded(
        lambda item: {name: celpy.json_to_cel(value) for name, value in item.plain().items()},
        lambda item: next(number for number, program in programs if program.evaluate(item)),
    )


def _said(row: Row, conjunction: str, listed: str) -> str:
    """The row in the words that rule-engine and CEL have in common."""
    quoted = ", ".join(f'"{country}"' for country in sorted(row.countries or ()))
    asks = [f'reason == "{row.reason}"'] if row.reason else []
    asks += [f"country in {listed.format(quoted)}"] if row.countries else []
    for name, span in (("percent", row.percent), ("value", row.value)):
        asks += [f"{name} >= {span[0]}", f"{name} <= {span[1]}"] if span else []
    asks += [f"discount <= {row.discount}"] if row.discount is not None else []
    asks += [f'"{row.tag}" in tags'] if row.tag else []
    return f" {conjunction} ".join(asks) or "true"


ENGINES: dict[str, Callable[[Sequence[Row]], Loaded]] = {
    "own": own,
    "zen": zen,
    "business_rules": business_rules,
    "json_logic": json_logic,
    "rule_engine": rule_engine,
    "cel": cel,
}
