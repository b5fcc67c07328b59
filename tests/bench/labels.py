"""Lanes found, labels booked with their page drawn, and what a carrier that hangs costs the others: `python -m tests.bench.labels`.

It runs on a PostgreSQL of its own, through the service and the chassis' claimer, in one process. The last line is JSON.
"""

import base64
import json
import os
import shutil
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from deploy.local.database import Database
from deploy.local.ports import choose
from deploy.local.processes import ROOT, Processes
from tests.waiting import until

LABELS = 400  # in the burst
ROUNDS = 5  # pairs
PACED, PACE = 60, 0.1  # labels of a round, and seconds from one to the next
LANES, QUOTES = 2000, 500  # a retailer's, one for each postcode
IN_FLIGHT = 1000  # at the carrier that hangs
MOST = 1.2  # times the p95 without it

Figures = dict[str, float]


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The superuser's address of an empty database of labels."""
    shutil.rmtree(folder, ignore_errors=True)
    processes = Processes(folder)
    ports, _ = choose({"database": 0})
    server = Database(processes, folder / "database", ports["database"])
    try:
        server.launch()
        server.until_ready()
        os.environ.update(
            {
                "AMQP_URL": "amqp://nobody@127.0.0.1:1/",  # nothing is sent: facts stay in the outbox
                "DATABASE_URL": server.url,
                "DATABASE_PREFIX": "bench",
                "HOMEWARD_MODE": "sandbox",
                "HOMEWARD_KEYS": f"k1:{base64.b64encode(bytes(32)).decode()}",
                "OBJECTS_DIR": str(folder / "objects"),
            }
        )
        from libs.chassis.migrate import migrate
        from libs.chassis.settings import load

        migrate("labels", load())
        yield server.url.removesuffix("postgres") + "bench_labels"
    finally:
        for process in processes.all():
            processes.stop(process.name, within=5)


class Bench:
    """Labels at work: a claimer on threads, the built-in carrier, and one that hangs until it is let go."""

    def __init__(self, url: str) -> None:
        from tests.bench.parcels import Parcels

        self.free = threading.Event()
        self.parcels = Parcels(self.free)
        self._admin = psycopg.connect(url, autocommit=True)

    def burst(self) -> Figures:
        """Many labels at once: how many a second, and how long each takes its worker."""
        asked = [self.parcels.plan("GB") for _ in range(LABELS)]
        began = time.perf_counter()
        with self.parcels.working():
            until(lambda: self.parcels.has(asked), within=120)
        seconds = time.perf_counter() - began
        took = statistics.quantiles(self.parcels.worked.values(), n=100)
        return {
            "labels": LABELS,
            "per_second": LABELS / seconds,
            "label_ms_median": took[49] * 1000,
            "label_ms_p95": took[94] * 1000,
        }

    def quotes(self) -> Figures:
        """How long it takes to find a parcel's lane among many."""
        quote = self.parcels.quoting(LANES)
        took = []
        for turn in range(QUOTES):
            began = time.perf_counter()
            quote(1000 + turn * 3)
            took.append((time.perf_counter() - began) * 1000)
        return {
            "lanes": LANES,
            "quote_ms_median": statistics.median(took),
            "quote_ms_p95": statistics.quantiles(took, n=100)[94],
        }

    def paced(self) -> float:
        """The p95 of the milliseconds from a parcel's request to its recorded label, one asked for after the other."""
        asked, due = {}, time.perf_counter()
        for _ in range(PACED):
            due += PACE
            time.sleep(max(0.0, due - time.perf_counter()))
            began = time.perf_counter()
            asked[self.parcels.plan("GB")] = began
        until(lambda: self.parcels.has(asked), within=60)
        took = [(self.parcels.done[return_id] - began) * 1000 for return_id, began in asked.items()]
        return statistics.quantiles(took, n=100)[94]

    def pairs(self) -> Figures:
        """Rounds without and with the carrier that hangs, by turns; the median of each pair's ratio."""
        for _ in range(IN_FLIGHT):
            self.parcels.plan("IE")
        self._admin.execute("CREATE TABLE held AS SELECT * FROM claims WHERE kind = 'bookings'")
        without, beside = [], []
        for turn in range(ROUNDS):
            order = (False, True) if turn % 2 == 0 else (True, False)
            for hangs in order:
                (beside if hangs else without).append(self._round(hangs=hangs))
        ratios = [slow / quick for slow, quick in zip(beside, without, strict=True)]
        return {
            "in_flight_at_the_hanging_carrier": IN_FLIGHT,
            "p95_ms_alone": statistics.median(without),
            "p95_ms_beside_it": statistics.median(beside),
            "p95_ratio": statistics.median(ratios),
            **{f"p95_ratio_of_pair_{turn}": ratio for turn, ratio in enumerate(ratios, 1)},
            "most_ratio": MOST,
        }

    def _round(self, *, hangs: bool) -> float:
        self._admin.execute("DELETE FROM claims WHERE kind = 'bookings'")
        if hangs:
            self._admin.execute("INSERT INTO claims OVERRIDING SYSTEM VALUE SELECT * FROM held")
        self._admin.execute("VACUUM (ANALYZE) claims")  # as it would be after a while
        self.free.clear()
        with self.parcels.working():
            if hangs:
                until(lambda: self.parcels.hanging >= 4, within=30)
            took = self.paced()
            self.free.set()
            self._admin.execute("DELETE FROM claims WHERE kind = 'bookings'")
        return took


def main() -> int:
    """Print the table and the summary; 1 where the others notice the carrier that hangs."""
    from libs.chassis import logs

    logs.start("labels", "ERROR", to=sys.stderr)
    began = time.monotonic()
    with database(ROOT / ".run" / "bench-labels") as url:
        bench = Bench(url)
        found = bench.quotes() | bench.burst() | bench.pairs()
    rows = [f"{name:34} {value:12.2f}" for name, value in found.items()]
    summary = {name: round(value, 3) for name, value in found.items()} | {"seconds": round(time.monotonic() - began)}
    sys.stdout.write("\n".join(rows) + f"\n\n{json.dumps(summary)}\n")
    return 0 if found["p95_ratio"] <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
