"""Rule decisions, ours beside the usual engines on one table: `python -m tests.bench.rules`.

Tables of 10, 100 and 1,000 rows; each row asks four to six things, the last matches everything, and the first that matches
counts. Items match halfway down on average. Every engine must find the same row for every item. Figures are decisions per
second of this process's CPU, the best of several rounds that take turns; the last line is JSON.
"""

import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import UUID

from libs.contracts.rules import DecideReturnV1, LineAsked
from libs.contracts.values import Money, OrderLine
from services.rules.domain import decide
from services.rules.policy import compiled, read
from tests.bench.engines import ENGINES, Item, Loaded, Row, own

SIZES = (10, 100, 1000)
LINES = 50
ITEMS = 100
ROUNDS = 3
ROUND_SECONDS = 0.12  # of CPU; an engine that needs longer for one decision is measured by that one
SLOW = 1000  # decisions a second, below which fifty at once are not tried: they are as many single ones
REASONS = [f"reason_{at}" for at in range(12)]
COUNTRIES = ["GB", "IE", "DE", "FR", "NL", "BE", "AT", "ES", "IT", "PT", "SE", "DK", "FI", "PL", "CZ", "US", "CA", "AU"]
TAGS = [f"tag-{at}" for at in range(40)]
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

Call = Callable[[], Any]


def table(size: int, chance: random.Random) -> list[Row]:
    """Rows of four to six conditions, and one at the end that matches everything."""
    return [*(_row(number, chance) for number in range(size - 1)), Row(size - 1)]


def _row(number: int, chance: random.Random) -> Row:
    low, dear = chance.randrange(0, 60), chance.randrange(0, 20_000)
    return Row(
        number,
        chance.choice(REASONS),
        frozenset(chance.sample(COUNTRIES, 4)),
        (low, low + chance.randrange(10, 40)),
        chance.randrange(2_000, 10_000) if chance.random() < 0.5 else None,
        (dear, dear + chance.randrange(5_000, 20_000)),
        chance.choice(TAGS) if chance.random() < 0.5 else None,
    )


def items(rows: Sequence[Row], chance: random.Random) -> list[Item]:
    """Items that each meet a row, taken evenly from the whole table."""
    return [_meeting(chance.choice(rows), chance) for _ in range(ITEMS)]


def _meeting(row: Row, chance: random.Random) -> Item:
    tags = {chance.choice(TAGS), chance.choice(TAGS), *((row.tag,) if row.tag else ())}
    return Item(
        row.reason or "none_of_them",
        chance.choice(sorted(row.countries or COUNTRIES)),
        chance.randint(*(row.percent or (0, 99))),
        chance.randint(0, row.discount or 9_000),
        chance.randint(*(row.value or (0, 40_000))),
        tuple(sorted(tags)),
    )


def rate(call: Call, decisions: int) -> float:
    """Decisions per second of CPU, one round. The clock is looked at ever more rarely, so that it costs nothing."""
    began, done, step = time.process_time(), 0, 1
    while True:
        for _ in range(step):
            call()
        done += step * decisions
        spent = time.process_time() - began
        if spent >= ROUND_SECONDS:
            return done / spent
        step = max(1, min(step * 2, int(done / decisions)))


def measured(size: int, skipped: dict[str, str]) -> dict[str, tuple[float, float]]:
    """The rates of each engine that can be had, for single items and for fifty at once, at this size of table."""
    chance = random.Random(size)
    rows = table(size, chance)
    asked = items(rows, chance)
    ours = own(rows)
    expected = [ours.first(ours.shaped(item)) for item in asked]
    calls: dict[str, tuple[Call, Call]] = {}
    for name, load in ENGINES.items():
        if name in skipped:
            continue
        try:
            engine = load(rows)
        except ImportError as missing:
            skipped[name] = str(missing)
            continue
        ready = [engine.shaped(item) for item in asked]
        _agree(name, engine, ready, expected, every=20 if name == "cel" and size > 100 else 1)
        calls[name] = _calls(engine, ready)
    best = dict.fromkeys(calls, (0.0, 0.0))
    for _ in range(ROUNDS):
        for name, (one, many) in calls.items():
            alone = rate(one, 1)
            together = rate(many, LINES) if alone > SLOW else alone
            best[name] = (max(best[name][0], alone), max(best[name][1], together))
    return best


def _agree(name: str, engine: Loaded, ready: Sequence[Any], expected: Sequence[int], *, every: int) -> None:
    """Exits where an engine finds another row than ours. Of a slow one `every` so many items are looked at."""
    if engine.all_of(ready[::every]) != list(expected[::every]):
        sys.exit(f"{name} finds other rows than ours")


def _calls(engine: Loaded, ready: Sequence[Any]) -> tuple[Call, Call]:
    fifty, turn = ready[:LINES], cycle(ready).__next__
    return lambda: engine.first(turn()), lambda: engine.all_of(fifty)


def whole(size: int, *, lines: int, explain: bool) -> float:
    """Whole decisions of ours a second, for as many lines a return: windows, fees, offers and, where asked, the trace."""
    chance = random.Random(size)
    policy, item = compiled(read(_document(table(size, chance))), 1), items(table(size, random.Random(size)), chance)
    asked = _return([item[at % ITEMS] for at in range(lines)], explain=explain)
    return max(rate(lambda: decide(policy, asked, NOW), lines) for _ in range(ROUNDS))


def _document(rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "window": {"days": 30},
        "reasons": [{"code": code, "words": {"en": code}} for code in [*REASONS, "none_of_them"]],
        "offers": [{"resolution": "refund"}],
        "otherwise": {"allow": ["refund"]},
        "label": "free",
        "stage": "hub_scan",
        "rules": [
            {"name": f"Row {row.number}", "priority": row.number + 1, "when": _when(row), "then": {"allow": ["refund"]}}
            for row in rows[:-1]
        ],
    }


def _when(row: Row) -> list[dict[str, Any]]:
    def gbp(pence: int) -> dict[str, Any]:
        return {"amount": pence, "currency": "GBP"}

    assert row.countries and row.percent and row.value
    asks: list[dict[str, Any]] = [
        {"field": "reason", "op": "is", "value": row.reason},
        {"field": "country", "op": "in", "values": sorted(row.countries)},
        {"field": "discount_percent", "op": "between", "low": row.percent[0], "high": row.percent[1]},
        {"field": "order_value", "op": "between", "low": gbp(row.value[0]), "high": gbp(row.value[1])},
    ]
    asks += [{"field": "discount_amount", "op": "at_most", "value": gbp(row.discount)}] if row.discount else []
    return asks + ([{"field": "product_tags", "op": "is", "value": row.tag}] if row.tag else [])


def _return(asked: Sequence[Item], *, explain: bool) -> DecideReturnV1:
    total = Money(amount=9_000, currency="GBP")
    lines = tuple(
        LineAsked(line=_line(at, item), quantity=1, paid=Money(amount=4_500, currency="GBP"), reason=item.reason)
        for at, item in enumerate(asked)
    )
    return DecideReturnV1(
        placed_at=NOW - timedelta(days=9), country="GB", order_total=total, lines=lines, explain=explain
    )


def _line(at: int, item: Item) -> OrderLine:
    price = Money(amount=4_500, currency="GBP")
    delivered = NOW - timedelta(days=5)
    return OrderLine(
        id=UUID(int=at + 1),
        shop_line_id=str(at),
        title="Linen camp shirt",
        tags=item.tags,
        quantity=1,
        returnable=1,
        paid=price,
        list_price=price,
        discount_percent=item.percent,
        discount=Money(amount=item.discount, currency="GBP"),
        fulfilled_at=delivered,
        delivered_at=delivered,
    )


def calibrated() -> float:
    """Milliseconds of CPU that this machine needs now for a fixed piece of plain Python: to compare runs by."""

    def once() -> float:
        began, found = time.process_time(), 0
        for number in range(200_000):
            found = (found * 31 + number) % 1_000_003
        return (time.process_time() - began) * 1000

    return min(once() for _ in range(5))


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, print the table, and the figures as JSON."""
    figures: dict[str, float] = {"calibrate_ms": round(calibrated(), 2)}
    skipped: dict[str, str] = {}
    found = {size: measured(size, skipped) for size in SIZES}
    say(f"{'decisions per CPU second':<28}" + "".join(f"{f'{size} rules':>12}{'50 lines':>12}" for size in SIZES))
    for name in ENGINES:
        if name in skipped:
            say(f"{name:<28}skipped: {skipped[name]}")
            continue
        say(f"{name:<28}" + "".join(f"{one:>12,.0f}{many:>12,.0f}" for one, many in (found[s][name] for s in SIZES)))
        for size in SIZES:
            figures[f"{name}_{size}"], figures[f"{name}_{size}_lines_{LINES}"] = map(round, found[size][name])
    for label, explain in (("decide", False), ("decide_explained", True)):
        rates = {(size, lines): whole(size, lines=lines, explain=explain) for size in SIZES for lines in (1, LINES)}
        say(f"{f'own, {label}':<28}" + "".join(f"{rates[s, 1]:>12,.0f}{rates[s, LINES]:>12,.0f}" for s in SIZES))
        figures |= {f"{label}_{size}": round(rates[size, 1]) for size in SIZES}
        figures |= {f"{label}_{size}_lines_{LINES}": round(rates[size, LINES]) for size in SIZES}
    say(json.dumps(figures))


if __name__ == "__main__":
    main()
