"""Events and calls a second through the chassis beside the raw floors and the usual way: `python -m tests.bench.bus`.

Everything is measured in interleaved rounds of one run, because the machine's own speed drifts. The last line is JSON.
"""
# ruff: noqa: E402 (the measured service must be importable first)

import json
import os
import sys
import time
from collections.abc import Callable
from statistics import median

from tests.bench.stage import SUITE, Cpu, Stage, has_consumers, stage

sys.path.insert(0, str(SUITE))
import services

services.__path__.append(str(SUITE / "services"))

from deploy.local.processes import ROOT
from tests.bench import floors, loads

ROUNDS = 3
KIB = 1024
AIMS = {
    "rpc_16_to_floor": (0.35, "at least"),
    "cpu_to_usual_saturated": (0.5, "at most"),
    "cpu_to_usual_paced": (0.5, "at most"),
}

Figures = dict[str, list[float]]


def measure(on: Stage) -> Figures:
    """Every figure, one value a round."""
    from libs.chassis.settings import load
    from libs.chassis.store import engine_of

    url, engine = on.broker.url, engine_of("bench")
    owner = load().server().set(drivername="postgresql", database="bench_bench").render_as_string(hide_password=False)
    chassis = loads.Way("chassis", owner, "bench.events", "hopped.v1")
    usual = loads.Way("usual", on.database.url.removesuffix("postgres") + "usual", "usual.events", "hopped")
    found: Figures = {}

    def note(name: str, *values: float) -> None:
        found.setdefault(name, []).extend(values)

    for way in (chassis, usual):
        loads.saturate(on, way, 10)  # a first round warms caches, prepared statements and connections
    for number in range(ROUNDS):
        _calls(note, url)
        note("publish_floor", floors.confirms_per_second(url, 6000, size=600))
        note("outbox_rows", loads.rows_per_second(url, engine, 4000, size=600))
        for way in (chassis, usual) if number % 2 else (usual, chassis):
            _events(note, way.name, "saturated", *loads.saturate(on, way, 120))
        for way in (usual, chassis) if number % 2 else (chassis, usual):
            _events(note, way.name, "paced", *loads.pace(on, way, 40, events_per_second=100))
    return found


def _calls(note: Callable[..., None], url: str) -> None:
    note("rpc_floor_1", floors.calls_per_second(url, 400, at_once=1, size=KIB))
    rate, half = loads.calls_per_second(url, 400, threads=1, size=KIB)
    note("rpc_1", rate)
    note("rpc_1_ms", half)
    note("rpc_floor_16", floors.calls_per_second(url, 4000, at_once=16, size=KIB))
    rate, half = loads.calls_per_second(url, 3200, threads=16, size=KIB)
    note("rpc_16", rate)
    note("rpc_16_ms", half)


def _events(note: Callable[..., None], way: str, load: str, rate: float, cpu: Cpu) -> None:
    note(f"{way}_{load}_per_second", rate)
    for part in ("services", "broker", "database", "total"):
        note(f"{way}_{load}_{part}_ms", getattr(cpu, part))


def ratios(found: Figures) -> Figures:
    """What is aimed at, round by round: both sides of each ratio were measured within seconds of each other."""
    pairs = {
        "rpc_1_to_floor": ("rpc_1", "rpc_floor_1"),
        "rpc_16_to_floor": ("rpc_16", "rpc_floor_16"),
        "outbox_to_floor": ("outbox_rows", "publish_floor"),
        "cpu_to_usual_saturated": ("chassis_saturated_total_ms", "usual_saturated_total_ms"),
        "cpu_to_usual_paced": ("chassis_paced_total_ms", "usual_paced_total_ms"),
        "events_to_usual": ("chassis_saturated_per_second", "usual_saturated_per_second"),
    }
    return {
        name: [one / other for one, other in zip(found[above], found[below], strict=True)]
        for name, (above, below) in pairs.items()
    }


def table(found: Figures) -> str:
    """The figures in lines: median, and each round."""
    lines = [f"{'':34} {'median':>9}   rounds"]
    for name, values in found.items():
        rounds = "  ".join(f"{value:9.2f}" for value in values)
        lines.append(f"{name:34} {median(values):9.2f}   {rounds}")
    return "\n".join(lines)


def judged(compared: Figures) -> dict[str, dict[str, object]]:
    """Each aim with what was measured, and whether it is met."""
    judged = {}
    for name, (aim, sense) in AIMS.items():
        measured = round(median(compared[name]), 3)
        judged[name] = {
            sense: aim,
            "measured": measured,
            "met": measured >= aim if sense == "at least" else measured <= aim,
        }
    return judged


def main() -> int:
    """Print the table and the summary; exit code 1 when an aim is missed."""
    began = time.monotonic()
    with stage(ROOT / ".run" / "bench") as on:
        os.environ.update(on.environment)
        for queue in ("bench.bench.hopped.v1", "evt-usual-hopped--usual.on_hopped"):
            has_consumers(on.broker.url, queue, 2)
        has_consumers(on.broker.url, floors.ECHO, 1)
        found = measure(on)
    compared = ratios(found)
    aims = judged(compared)
    summary = {
        "figures": {name: round(median(values), 3) for name, values in found.items()},
        "ratios": {name: round(median(values), 3) for name, values in compared.items()},
        "aims": aims,
        "rounds": ROUNDS,
        "seconds": round(time.monotonic() - began),
    }
    sys.stdout.write(f"{table(found)}\n\n{table(compared)}\n\n{json.dumps(summary)}\n")
    return 0 if all(aim["met"] for aim in aims.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
