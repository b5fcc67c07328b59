"""Carriers' webhooks, from the carrier's request to the milestone that others hear: `python -m tests.bench.tracking [webhooks]`.

A burst of them in random order, of which none may be lost and nothing stated twice; then a steady stream, for the answer's and
the milestone's delay. It runs on a broker, a database, a gateway and workers of its own. The last line is JSON.
"""

import json
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from deploy.local.processes import ROOT
from tests.bench.postroom import JOURNEY, NEWS, STATED, Listener, Postroom, Sender, Webhook, postroom
from tests.waiting import until

BURST = 10_000
SENDERS = 16  # connections of the carrier at once
STEADY, SECONDS = 40, 10  # webhooks a second, and for how long
AIMS = {"burst_lost": 0, "burst_stated_twice": 0, "steady_answer_ms_p95": 100}  # at most

Figures = dict[str, float]


def measure(room: Postroom, ear: Listener, webhooks: int) -> Figures:
    """Every figure of the burst and of the stream."""
    parcels = [f"BENCH{n:06}" for n in range(webhooks // len(JOURNEY))]
    steady = [f"STEADY{n:06}" for n in range(STEADY * SECONDS // len(JOURNEY))]
    ear.label(parcels + steady)
    known = len(parcels) + len(steady)
    until(lambda: len(ear.heard) == known, within=180)
    return burst(room, ear, parcels) | stream(room, ear, steady)


def burst(room: Postroom, ear: Listener, parcels: list[str]) -> Figures:
    """All webhooks of these parcels at once, in random order."""
    sent = [Webhook(number, step) for number in parcels for step in range(len(JOURNEY))]
    random.Random(7).shuffle(sent)
    sender, before, cpu = Sender(room.port, room.path), _handled(room), room.cpu()
    began = time.monotonic()
    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(sender.send, sent))
    accepted = time.monotonic() - began
    taken = sum(status == 200 for status, _, _ in answers)
    until(lambda: _handled(room) >= before + taken and _heard(ear, parcels) == STATED * len(parcels), within=600)
    folded = time.monotonic() - began
    spent = {f"burst_{part}_cpu_ms": (used - cpu[part]) * 1000 / len(sent) for part, used in room.cpu().items()}
    return {
        "burst_webhooks": len(sent),
        "burst_accepted_per_second": len(sent) / accepted,
        "burst_folded_per_second": len(sent) / folded,
        "burst_lost": before + len(sent) - _handled(room),
        "burst_stated_twice": sum(times - 1 for times in ear.times.values()),
        **_shape("burst_answer_ms", [took for _, _, took in answers]),
        **spent,
    }


def stream(room: Postroom, ear: Listener, parcels: list[str]) -> Figures:
    """The webhooks of these parcels in their order, so many a second."""
    sent = [Webhook(number, step) for step in range(len(JOURNEY)) for number in parcels]
    sender, began = Sender(room.port, room.path), time.monotonic()

    def send(place: int) -> tuple[int, float, float]:
        time.sleep(max(0.0, began + place / STEADY - time.monotonic()))
        return sender.send(sent[place])

    with ThreadPoolExecutor(SENDERS) as pool:
        answers = list(pool.map(send, range(len(sent))))
    until(lambda: _heard(ear, parcels) == STATED * len(parcels), within=120)
    delays = [
        ear.heard[webhook.number, milestone] - answer[1]
        for webhook, answer in zip(sent, answers, strict=True)
        for milestone in NEWS.get(webhook.step, ())
    ]
    answered, delayed = _shape("steady_answer_ms", [took for _, _, took in answers]), _shape("steady_delay_ms", delays)
    return {"steady_per_second": STEADY} | answered | delayed


def _handled(room: Postroom) -> int:
    """How many facts tracking has handled to their end."""
    return room.count("SELECT count(*) FROM inbox")


def _heard(ear: Listener, parcels: list[str]) -> int:
    """How many milestones of these parcels came, beside the first, which is their label's."""
    prefix = parcels[0][:5]
    return sum(number.startswith(prefix) and milestone != "label_created" for number, milestone in list(ear.heard))


def _shape(name: str, seconds: list[float]) -> Figures:
    cut = statistics.quantiles(seconds, n=100)
    return {f"{name}_median": cut[49] * 1000, f"{name}_p95": cut[94] * 1000, f"{name}_p99": cut[98] * 1000}


def main(webhooks: int = BURST) -> int:
    """Print the table and the summary; exit code 1 when an aim is missed."""
    began = time.monotonic()
    with postroom(ROOT / ".run" / "bench-tracking") as room:
        ear = Listener(room.broker.url)
        ear.start()
        try:
            found = measure(room, ear, webhooks)
        finally:
            ear.stop()
    aims = {
        name: {"at most": most, "measured": round(found[name], 1), "met": found[name] <= most}
        for name, most in AIMS.items()
    }
    rows = [f"{name:28} {value:12.2f}" for name, value in found.items()]
    summary = {name: round(value, 2) for name, value in found.items()}
    last = json.dumps(summary | {"aims": aims, "seconds": round(time.monotonic() - began)})
    sys.stdout.write("\n".join(rows) + f"\n\n{last}\n")
    return 0 if all(aim["met"] for aim in aims.values()) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
