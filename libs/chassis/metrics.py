"""Prometheus metrics, with the same names and labels in every process. No ids, no retailers, no addresses in labels."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Meter:
    """What one process counts. Names are `homeward_<service>_<what>_<unit>`."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.event_seconds = self._histogram("event_seconds", "Time to handle a fact.", "event", "outcome")
        self.rpc_seconds = self._histogram("rpc_seconds", "Time to answer a request.", "request", "outcome")
        self.ask_seconds = self._histogram("ask_seconds", "Time a caller waited for an answer.", "request", "outcome")
        self.page_seconds = self._histogram(
            "page_seconds", "Time to answer a page or call.", "route", "method", "status"
        )
        self.outside_seconds = self._histogram(
            "outside_seconds", "Time of a call to the outside.", "outside", "outcome"
        )
        self.work_seconds = self._histogram("work_seconds", "Time of a piece of planned work.", "kind", "outcome")
        self.retries = self._counter("retries_total", "Facts put off to be tried again.", "event")
        self.parked = self._counter("parked_total", "Facts and work parked for a person.", "what")
        self.duplicates = self._counter("inbox_duplicates_total", "Facts refused because they were handled before.")
        self.sent = self._counter("outbox_sent_total", "Rows the broker has confirmed.")
        self.returned = self._counter(
            "outbox_unroutable_total", "Rows no queue was bound for; they are kept and tried again."
        )
        self.held = self._counter("outbox_held_total", "Rows a full queue did not take; they are kept and tried again.")
        self.outbox_rows = self._gauge("outbox_pending_rows", "Rows in the outbox.")
        self.outbox_age = self._gauge("outbox_oldest_age_seconds", "Age of the oldest row in the outbox.")
        self.hub_lag = self._gauge("hub_lag_seconds", "How late the event loop woke up when last measured.")

    def _histogram(self, name: str, words: str, *labels: str) -> Histogram:
        return Histogram(f"homeward_{self.service}_{name}", words, labels, registry=self.registry, buckets=_BUCKETS)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"homeward_{self.service}_{name}", words, labels, registry=self.registry)

    def _gauge(self, name: str, words: str, *labels: str) -> Gauge:
        return Gauge(f"homeward_{self.service}_{name}", words, labels, registry=self.registry)


_meter = Meter("process")


def start(service: str) -> Meter:
    """Name this process's metrics after `service`."""
    global _meter
    _meter = Meter(service)
    return _meter


def meter() -> Meter:
    """This process's metrics."""
    return _meter
