"""The entrypoints of rules: what may come back, until when, on what terms."""

from libs.chassis.bus import answers
from libs.chassis.clock import now
from libs.contracts.base import Call
from libs.contracts.rules import DecideReturnV1, DecisionV1, EligibilityV1, JudgeOrderV1, PolicyV1, PublishPolicyV1
from services.rules import domain, policy
from services.rules.store import Policies


class RulesService:
    """Answers; it listens to nothing."""

    name = "rules"
    policies = Policies()

    @answers(PublishPolicyV1)
    def publish_policy(self, call: Call[PolicyV1]) -> PolicyV1:
        """The version now in force."""
        return self.policies.publish(call.retailer_id, policy.read(call.data.document))

    @answers(JudgeOrderV1)
    def judge_order(self, call: Call[EligibilityV1]) -> EligibilityV1:
        """Which lines may come back, and the reasons."""
        return domain.judge(self.policies.in_force(call.retailer_id), call.data, now())

    @answers(DecideReturnV1)
    def decide_return(self, call: Call[DecisionV1]) -> DecisionV1:
        """What each line asked may become."""
        return domain.decide(self.policies.in_force(call.retailer_id), call.data, now())
