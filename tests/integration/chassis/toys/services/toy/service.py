"""Behaves as its messages tell it."""

import time

from libs.chassis.bus import answers, handles, works
from libs.chassis.errors import Permanent, Transient
from libs.contracts.errors import Refused
from services.toy.store import Toys
from services.toy.toy import EchoV1, PokedV1, SayV1


class ToyService:
    name = "toy"
    toys = Toys()

    @handles(PokedV1)
    def on_poked(self, fact):
        match fact.data.mood:
            case "broken":
                raise KeyError("a mistake in the code")
            case "away":
                raise Transient("the outside is away")
            case "hopeless":
                raise Permanent("it will never pass")
            case "slow":
                time.sleep(1.5)
        self.toys.poke(fact)

    @answers(SayV1)
    def say(self, call):
        match call.data.mood:
            case "refuse":
                raise Refused("toy.sulks", "not today")
            case "broken":
                raise KeyError("a mistake in the code")
            case "slow":
                time.sleep(5)
        return EchoV1(words=call.data.words)

    @works("calls")
    def call(self, claim):
        self.toys.note(claim.retailer_id, claim.subject, claim.account, "begun")
        if claim.account == "hangs":
            time.sleep(3)
        if claim.account == "fails" and claim.tries < 3:
            raise Transient("not yet")
        self.toys.note(claim.retailer_id, claim.subject, claim.account, "done")
