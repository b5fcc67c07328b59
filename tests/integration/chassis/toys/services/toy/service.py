"""Behaves as its messages tell it."""

import time

from services.toy.store import Toys
from services.toy.toy import EchoV1, PokedV1, SayV1

from libs.chassis import clock, crash, rpc
from libs.chassis.bus import answers, handles, works
from libs.chassis.errors import Permanent, Transient
from libs.chassis.logs import log
from libs.contracts.errors import Refused
from tests.waiting import until


class ToyService:
    name = "toy"
    toys = Toys()

    @handles(PokedV1)
    def on_poked(self, fact):
        match fact.data.mood:
            case "broken":
                raise KeyError("a mistake in the code, by jane@shopper.example")
            case "away":
                raise Transient("the outside is away")
            case "hopeless":
                raise Permanent("it will never pass")
            case "slow":
                log.info("toy.slow_began", email="jane@shopper.example")
                time.sleep(1.5)
            case "outlives":
                log.info("toy.long_began")
                time.sleep(float(fact.data.account))
                raise Transient("the outside is away")
            case "lazy":
                time.sleep(0.05)
        self.toys.poke(fact)

    @answers(SayV1)
    def say(self, call):
        match call.data.mood:
            case "refuse":
                raise Refused("toy.sulks", "not today")
            case "broken":
                raise KeyError("a mistake in the code")
            case "stuck":
                raise Transient("the database is away")
            case "slow":
                log.info("toy.slow_began")
                time.sleep(1.5)
            case "in the database":
                self.toys.wait(call.retailer_id, 5.0)
            case "what time is it?":
                return EchoV1(words=clock.now().isoformat())
            case "doze":
                self.toys.wait(call.retailer_id, 0.2)
        return EchoV1(words=call.data.words, photo=call.data.photo)

    @works("calls")
    def call(self, claim):
        self.toys.note(claim, "begun")
        match claim.account.partition(" ")[0]:
            case "hangs":
                time.sleep(60)
            case "takes":
                log.info("toy.work_began")
                time.sleep(0.4)
            case "meets":  # goes on when another process has begun such work too
                until(lambda: len({note.process for note in self.toys.notes(claim.retailer_id)}) > 1, within=20)
            case "fails" if claim.tries < 3:
                raise Transient("not yet")
            case "never":
                raise Transient("the outside is away")
            case "hopeless":
                raise Permanent("it will never pass")
            case "asks":
                self.toys.note(claim, rpc.ask(claim.retailer_id, SayV1(words="well done")).words)
        crash.point("toy.after_call")
        self.toys.note(claim, "done")
