"""The service that is measured."""

from services.bench.bench import EchoV1, HoppedV1, SayV1
from services.bench.store import Chains

from libs.chassis.bus import answers, handles
from libs.contracts.base import Call, Envelope


class BenchService:
    name = "bench"
    chains = Chains()

    @handles(HoppedV1)
    def on_hopped(self, fact: Envelope[HoppedV1]) -> None:
        """The next hop is planned with the count."""
        self.chains.hop(fact)

    @answers(SayV1)
    def say(self, call: Call[EchoV1]) -> EchoV1:
        """The same words."""
        return EchoV1(words=call.data.words)
