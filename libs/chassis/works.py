"""The nameko entrypoint for planned work outside."""

from typing import Any

import eventlet
from nameko.extensions import Entrypoint, SharedExtension

from libs.chassis import claims
from libs.chassis.claims import Claim, Claimer
from libs.chassis.errors import Transient
from libs.chassis.retries import Ladder
from libs.chassis.settings import load
from libs.chassis.store import engine_of

DRAIN_WITHIN = 20.0  # seconds for work in hand to finish when the process is told to stop


def instance_of(container: Any) -> Any:
    """The one instance of the service class in this process; nameko's own worker context is not used."""
    if not hasattr(container, "homeward_instance"):
        container.homeward_instance = container.service_cls()
    return container.homeward_instance


class Claiming(SharedExtension):
    """This process's claimer."""

    _started = False

    def setup(self) -> None:
        """Make the claimer known to the commits of this process."""
        settings = load()
        self.lease = settings.claim_lease
        self.claimer = Claimer(
            engine_of(self.container.service_name),
            Ladder.from_settings(settings),
            self.lease,
            self.container.spawn_managed_thread,
        )
        claims.install(self.claimer)

    def begin(self) -> None:
        """Take work, once every method is known."""
        if not self._started:
            self._started = True
            self.container.spawn_managed_thread(self.claimer.run)

    def drain(self) -> None:
        """Take nothing new and finish what is in hand."""
        self.claimer.stopping = True
        self.claimer.wake()
        with eventlet.Timeout(DRAIN_WITHIN, False):
            while self.claimer.running:
                eventlet.sleep(0.01)


class Works(Entrypoint):
    """Runs the decorated method for each claim of `kind`."""

    claiming = Claiming()

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__()

    def setup(self) -> None:
        """Nothing to do before every extension is bound."""

    def start(self) -> None:
        """Offer the method and begin."""
        self.claiming.claimer.methods[self.kind] = self._work
        self.claiming.begin()

    def stop(self) -> None:
        """Finish what is in hand."""
        self.claiming.drain()

    def _work(self, claim: Claim) -> None:
        # Shorter than the lease: nobody else takes the claim while this still runs.
        with eventlet.Timeout(self.claiming.lease * 0.9, Transient("the work took longer than its lease")):
            getattr(instance_of(self.container), self.method_name)(claim)


works = Works.decorator
