"""A policy tried on 100,000 past returns: `python -m tests.bench.replays`.

It runs on a PostgreSQL of its own, through the store that the service uses, in one process. The last line is JSON.
"""

import base64
import json
import os
import random
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from deploy.local.database import Database
from deploy.local.ports import choose
from deploy.local.processes import ROOT, Processes

CASES = 100_000
RULES = 40
COPIED = 5_000  # rows of one COPY
COUNTRIES = ("GB", "DE", "FR", "IE", "NL", "SE", "NO", "US", "AU", "JP")
TYPES = ("Shirts", "Dresses", "Shoes", "Jackets", "Scarves", "Hats")
REASONS = ("does_not_fit", "faulty", "changed_mind", "wrong_item")


@contextmanager
def stage(folder: Path) -> Iterator[str]:
    """The superuser's address of an empty database of rules."""
    shutil.rmtree(folder, ignore_errors=True)
    processes = Processes(folder)
    ports, _ = choose({"database": 0})
    database = Database(processes, folder / "database", ports["database"])
    try:
        database.launch()
        database.until_ready()
        os.environ.update(
            AMQP_URL="amqp://nobody@127.0.0.1:1/",  # nothing is sent: facts stay in the outbox
            DATABASE_URL=database.url,
            DATABASE_PREFIX="bench",
            HOMEWARD_MODE="sandbox",
            HOMEWARD_KEYS=f"k1:{base64.b64encode(bytes(32)).decode()}",
            LOG_LEVEL="WARNING",
        )
        from libs.chassis.migrate import migrate
        from libs.chassis.settings import load

        migrate("rules", load())
        yield database.url.removesuffix("postgres") + "bench_rules"
    finally:
        for process in processes.all():
            processes.stop(process.name, within=5)


def measure(url: str) -> dict[str, float]:
    """How long a trial of another policy takes, reading included, and what it found."""
    from libs.chassis.claims import Claim
    from libs.chassis.ids import new_id
    from services.rules.policy import read
    from services.rules.store import Policies, Replays

    retailer_id, policies = new_id(), Policies()
    policies.publish(retailer_id, read(policy()))
    began = time.perf_counter()
    fill(url, retailer_id)
    filled = time.perf_counter() - began
    trials = Replays()
    begun = trials.start(retailer_id, read(policy(stricter=True)), days=400, by="bench")
    began, cpu = time.perf_counter(), time.process_time()
    seen = _watch(lambda: trials.get(retailer_id, begun.replay_id).done)
    claim = Claim(1, "replays", str(retailer_id), retailer_id, begun.replay_id, 1)
    while trials.get(retailer_id, begun.replay_id).state == "running":
        trials.run(claim)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    looks = seen()
    found = trials.get(retailer_id, begun.replay_id)
    assert found.done == CASES, f"{found.done} of {CASES} cases were tried"
    return {
        "cases": CASES,
        "rules": RULES,
        "filled_seconds": round(filled, 1),
        "replay_seconds": round(seconds, 2),
        "replay_cpu_seconds": round(cpu, 2),
        "cases_per_second": round(CASES / seconds),
        "changed": found.changed,
        "progress_seen": looks,
    }


def policy(*, stricter: bool = False) -> dict[str, Any]:
    """A policy of RULES rules, most of which meet few items; the stricter one closes three of them."""
    rules: list[dict[str, Any]] = []
    for place in range(RULES):
        when = [
            {"field": "country", "op": "in", "values": [COUNTRIES[place % len(COUNTRIES)]]},
            {"field": "product_type", "op": "in", "values": [TYPES[place % len(TYPES)]]},
            {"field": "order_value", "op": "at_least", "value": {"amount": 500 * place, "currency": "GBP"}},
        ]
        allowed: dict[str, Any] = {"allow": ["refund", "store_credit"], "label": "paid" if place % 2 else "free"}
        closed: dict[str, Any] = {"reject": {"en": "These stay sold."}}
        closes = stricter and place in {3, 17, 31}
        rules.append(
            {"name": f"Rule {place}", "priority": place + 1, "when": when, "then": closed if closes else allowed}
        )
    return {
        "language": "en",
        "currencies": ["GBP"],
        "window": {"days": 30, "start": "delivery", "fallback": ["dispatch"]},
        "reasons": [{"code": code, "words": {"en": code}} for code in REASONS],
        "offers": [{"resolution": "refund"}, {"resolution": "store_credit", "credit": {"bonus_percent": 10}}],
        "rules": rules,
        "otherwise": {"allow": ["refund"]},
        "label": "free",
        "stage": "hub_scan",
    }


def fill(url: str, retailer_id: UUID) -> None:
    """Write the cases of a year, as the service keeps them."""
    from services.rules import domain
    from services.rules.policy import compiled, read

    dice, decided = random.Random(7), compiled(read(policy()), 1)
    with psycopg.connect(url) as link, link.cursor() as cursor:
        for start in range(0, CASES, COPIED):
            with cursor.copy(
                "COPY cases (return_id, retailer_id, number, policy_version, decided_at, asked, given, chosen) FROM STDIN"
            ) as copy:
                for place in range(start, start + COPIED):
                    asked, at = _case(place, dice)
                    given = domain.decide(decided, asked, at).model_dump_json(exclude_defaults=True)
                    chosen = json.dumps({str(asked.lines[0].line.id): "refund"})
                    id, number = UUID(int=place + 10**9), f"R-{place}"
                    copy.write_row(
                        (id, retailer_id, number, 1, at, asked.model_dump_json(exclude_defaults=True), given, chosen)
                    )
        cursor.execute("ANALYZE cases")


def _case(place: int, dice: random.Random) -> tuple[Any, datetime]:
    from libs.chassis.clock import now
    from libs.contracts.rules import DecideReturnV1, LineAsked
    from libs.contracts.values import Money, OrderLine

    at = now() - timedelta(days=365 * (CASES - place) / CASES)
    price = Money(amount=dice.randrange(900, 20_000), currency="GBP")
    line = OrderLine(
        id=UUID(int=place + 1),
        shop_line_id=f"gid://shopify/LineItem/{place}",
        title="Linen camp shirt",
        product_type=dice.choice(TYPES),
        tags=("linen", "sage"),
        quantity=1,
        returnable=1,
        paid=price,
        list_price=price,
        fulfilled_at=at - timedelta(days=9),
        delivered_at=at - timedelta(days=dice.randrange(1, 35)),
    )
    asked = DecideReturnV1(
        placed_at=at - timedelta(days=11),
        country=dice.choice(COUNTRIES),
        order_total=Money(amount=price.amount * 2, currency="GBP"),
        lines=(LineAsked(line=line, quantity=1, paid=price, reason=dice.choice(REASONS)),),
        explain=False,
    )
    return asked, at


def _watch(done: Any) -> Any:
    """Look at the progress while the replay runs; gives how many different ones were seen."""
    seen: set[int] = set()
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(0.25):
            seen.add(done())

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()

    def stop() -> int:
        ended.set()
        watcher.join()
        return len(seen)

    return stop


def main() -> None:
    """Measure, print a table, and the figures as one JSON object."""
    with stage(ROOT / ".run" / "bench-replays") as url:
        found = measure(url)
    for name, value in found.items():
        sys.stdout.write(f"{name:<22} {value:>12,}\n")
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    sys.exit(main())
