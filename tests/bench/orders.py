"""Look-ups in an index of 100,000 orders, and a sweep of 10,000 that changed: `python -m tests.bench.orders`.

It runs on a PostgreSQL of its own, through the stores and the client that the service uses, in one process. The last line
is JSON.
"""

import base64
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from deploy.local.database import Database
from deploy.local.ports import LOOPBACK, choose, is_open
from deploy.local.processes import ROOT, Processes
from tests.bench.till import Till
from tests.waiting import until

LOOKUPS = 3000
THREADS = 8
PLANS = {"standard": 100, "advanced": 200, "plus": 1000}  # points a second that a shop of each plan restores

Figures = dict[str, float]


@contextmanager
def stage(folder: Path) -> Iterator[tuple[str, Till, str]]:
    """A sandbox shop, a till before it, and the superuser's address of an empty database of orders."""
    shutil.rmtree(folder, ignore_errors=True)
    processes = Processes(folder)
    ports, _ = choose(dict.fromkeys(("database", "shopify", "carrier", "mailbox", "smtp"), 0))
    database = Database(processes, folder / "database", ports["database"])
    sandbox = f"http://{LOOPBACK}:{ports['shopify']}"
    till = Till(sandbox)
    try:
        database.launch()
        database.until_ready()
        os.environ.update(_environment(database, till))
        told = {f"SANDBOX_{name.upper()}_PORT": str(port) for name, port in ports.items() if name != "database"}
        here = os.environ | told | {"SANDBOX_DATA": str(folder / "sandbox")}
        processes.start("sandbox", [sys.executable, "-m", "deploy.sandbox"], env=here)
        until(lambda: is_open(ports["shopify"]), within=40)
        from libs.chassis.migrate import migrate
        from libs.chassis.settings import load

        migrate("orders", load())
        yield sandbox, till, database.url.removesuffix("postgres") + "bench_orders"
    finally:
        till.shutdown()
        for process in processes.all():
            processes.stop(process.name, within=5)


def _environment(database: Database, till: Till) -> dict[str, str]:
    return {
        "AMQP_URL": "amqp://nobody@127.0.0.1:1/",  # nothing is sent: facts stay in the outbox
        "DATABASE_URL": database.url,
        "DATABASE_PREFIX": "bench",
        "HOMEWARD_MODE": "sandbox",
        "HOMEWARD_KEYS": f"k1:{base64.b64encode(bytes(32)).decode()}",
        "LOG_LEVEL": "WARNING",
        "ORDERS_SHOPIFY_BASE": till.url,
    }


def measure(sandbox: str, till: Till, url: str) -> tuple[Figures, str]:
    """Every figure, and how the database finds an order."""
    from tests.bench.shelves import CHANGED, ORDERS, Shelf

    shelf = Shelf(sandbox)
    began = time.perf_counter()
    shelf.fill(url)
    found: Figures = {"orders": ORDERS, "filled_seconds": time.perf_counter() - began}
    for name, look in {"found": shelf.find, "refused": shelf.miss}.items():
        found |= {f"{name}_{key}": value for key, value in lookups(look).items()}
    found[f"found_per_second_{THREADS}_threads"] = together(shelf.find)
    for name in ("changed", "unchanged"):
        till.fill(shelf.changed(hours=2))
        began = time.perf_counter()
        kept = shelf.sweep()
        took = time.perf_counter() - began
        found |= {f"sweep_{name}_seconds": took, f"sweep_{name}_per_second": CHANGED / took}
        found |= {f"sweep_{name}_kept": kept}
    found |= {"sweep_calls": till.calls, "sweep_points": till.points}
    return found, shelf.plan()


def lookups(look: Callable[[int], None]) -> Figures:
    """Calls a second one after the other, and milliseconds of one."""
    for number in range(200):
        look(number)
    took = []
    began = time.perf_counter()
    for number in range(LOOKUPS):
        start = time.perf_counter()
        look(number)
        took.append((time.perf_counter() - start) * 1000)
    per_second = LOOKUPS / (time.perf_counter() - began)
    cut = statistics.quantiles(took, n=100)
    return {"per_second": per_second, "ms_median": cut[49], "ms_p95": cut[94], "ms_p99": cut[98]}


def together(look: Callable[[int], None]) -> float:
    """Calls a second of several at once."""
    with ThreadPoolExecutor(THREADS) as pool:
        began = time.perf_counter()
        list(pool.map(look, range(LOOKUPS)))
        return LOOKUPS / (time.perf_counter() - began)


def main() -> int:
    """Print the table and the summary."""
    began = time.monotonic()
    with stage(ROOT / ".run" / "bench-orders") as (sandbox, till, url):
        found, plan = measure(sandbox, till, url)
    at_a_shop = {f"sweep_seconds_{name}": found["sweep_points"] / rate for name, rate in PLANS.items()}
    rows = [f"{name:28} {value:12.2f}" for name, value in (found | at_a_shop).items()]
    summary = {name: round(value, 3) for name, value in (found | at_a_shop).items()}
    summary["seconds"] = round(time.monotonic() - began)
    sys.stdout.write("\n".join(rows) + f"\n\n{plan}\n\n{json.dumps(summary)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
