"""The entrypoints of rules: what may come back, until when, on what terms, and by which policy."""

from libs.chassis.apart import apart
from libs.chassis.bus import answers, handles, works
from libs.chassis.claims import Claim
from libs.chassis.clock import now
from libs.contracts.base import Call, Envelope
from libs.contracts.orders_persons import PersonErasedV1
from libs.contracts.portal import ReturnDecidedV1
from libs.contracts.rules import DecideReturnV1, DecisionV1, EligibilityV1, JudgeOrderV1, PolicyV1, PublishPolicyV1
from libs.contracts.rules_persons import ExportPersonV1, PersonDataV1
from libs.contracts.rules_policies import (
    CheckPolicyV1,
    GetPoliciesV1,
    GetPolicyTemplatesV1,
    GetPolicyV1,
    GetReplayV1,
    PoliciesV1,
    PolicyCheckV1,
    PolicyTemplate,
    PolicyTemplatesV1,
    PolicyTextV1,
    ReplayV1,
    RestorePolicyV1,
    SaveDraftV1,
    SimulateV1,
    StartReplayV1,
)
from services.rules import domain, policy
from services.rules.checking import check, publishable
from services.rules.floor.laws import LAWS
from services.rules.policy import Document, compiled
from services.rules.simulating import question_of
from services.rules.store import Cases, Policies, Replays
from services.rules.store.persons import Persons
from services.rules.templates import NAMES, text
from services.rules.written import document_of, text_of


class RulesService:
    """Decides by the policy in force, keeps every version, and tries a new one before it counts."""

    name = "rules"
    policies = Policies()
    cases = Cases()
    persons = Persons()
    replays = Replays()

    @handles(ReturnDecidedV1)
    def on_return_decided(self, fact: Envelope[ReturnDecidedV1]) -> None:
        """What was asked is kept, so that another policy can be tried on it."""
        self.cases.keep(fact)

    @handles(PersonErasedV1)
    def on_person_erased(self, fact: Envelope[PersonErasedV1]) -> None:
        """No kept case tells any more whose it was."""
        self.persons.erase(fact)

    @answers(ExportPersonV1)
    def export_person(self, call: Call[PersonDataV1]) -> PersonDataV1:
        """What stands here of a person."""
        return self.persons.export(call.retailer_id, call.data)

    @answers(JudgeOrderV1)
    def judge_order(self, call: Call[EligibilityV1]) -> EligibilityV1:
        """Which lines may come back, and the reasons."""
        law = LAWS.get(call.data.country)
        days = law.withdrawal.days if law is not None and law.withdrawal is not None else None
        return domain.judge(self.policies.in_force(call.retailer_id), call.data, now(), days)

    @answers(DecideReturnV1)
    def decide_return(self, call: Call[DecisionV1]) -> DecisionV1:
        """What each line asked may become."""
        return domain.decide(self.policies.in_force(call.retailer_id), call.data, now())

    @answers(CheckPolicyV1)
    def check_policy(self, call: Call[PolicyCheckV1]) -> PolicyCheckV1:
        """All there is to say of it before it is published."""
        heads = self.policies.versions(call.retailer_id)
        in_force = next((head.version for head in heads if head.state == "published"), None)
        written = self.policies.written(call.retailer_id)[1] if in_force is not None else None
        asked = call.data
        return apart(check, asked.text, in_force=written, number=in_force, now=now(), findings=asked.findings)

    @answers(PublishPolicyV1)
    def publish_policy(self, call: Call[PolicyV1]) -> PolicyV1:
        """The version now in force."""
        asked, document = call.data, apart(policy.read, call.data.document)
        apart(publishable, document, now())
        return self.policies.publish(
            call.retailer_id, document, by=asked.by, words=asked.words, replaces=asked.replaces
        )

    @answers(RestorePolicyV1)
    def restore_policy(self, call: Call[PolicyV1]) -> PolicyV1:
        """The version now in force, with the earlier one's document."""
        asked = call.data
        _, written = self.policies.written(call.retailer_id, version=asked.version)
        apart(publishable, Document.model_validate(written), now())
        return self.policies.restore(call.retailer_id, asked.version, by=asked.by, words=asked.words)

    @answers(SaveDraftV1)
    def save_draft(self, call: Call[PolicyTextV1]) -> PolicyTextV1:
        """The draft as it is kept."""
        asked, document = call.data, apart(document_of, call.data.text)
        head = self.policies.save_draft(
            call.retailer_id, document, replaces=asked.replaces, by=asked.by, words=asked.words
        )
        return PolicyTextV1(head=head, document=document.model_dump(mode="json"), text=apart(text_of, document))

    @answers(GetPoliciesV1)
    def get_policies(self, call: Call[PoliciesV1]) -> PoliciesV1:
        """Every version, without documents."""
        return PoliciesV1(versions=self.policies.versions(call.retailer_id))

    @answers(GetPolicyV1)
    def get_policy(self, call: Call[PolicyTextV1]) -> PolicyTextV1:
        """One version, whole."""
        asked = call.data
        head, written = self.policies.written(call.retailer_id, version=asked.version, draft=asked.draft)
        return PolicyTextV1(head=head, document=written, text=apart(text_of, Document.model_validate(written)))

    @answers(GetPolicyTemplatesV1)
    def get_policy_templates(self, _call: Call[PolicyTemplatesV1]) -> PolicyTemplatesV1:
        """The policies to start from."""
        every = (PolicyTemplate(name=name, words=words, text=text(name)) for name, words in NAMES.items())
        return PolicyTemplatesV1(templates=tuple(every))

    @answers(SimulateV1)
    def simulate(self, call: Call[DecisionV1]) -> DecisionV1:
        """What it would decide, with the trace."""
        asked = call.data
        in_force = asked.text is None and not asked.draft
        head, written = (
            self.policies.written(call.retailer_id, draft=asked.draft) if asked.text is None else (None, None)
        )
        document = Document.model_validate(written) if written is not None else apart(document_of, asked.text or "")
        question, at = question_of(asked, document, now())
        return domain.decide(compiled(document, (head.version if head and in_force else None) or 0), question, at)

    @answers(StartReplayV1)
    def start_replay(self, call: Call[ReplayV1]) -> ReplayV1:
        """The replay, which goes on by itself."""
        document = self._given(call, call.data.text)
        return self.replays.start(call.retailer_id, document, days=call.data.days, by=call.data.by)

    @answers(GetReplayV1)
    def get_replay(self, call: Call[ReplayV1]) -> ReplayV1:
        """How far it is, and what it has found."""
        return self.replays.get(call.retailer_id, call.data.replay_id)

    @works("replays")
    def replay(self, claim: Claim) -> None:
        """Try the policy on every case that is left."""
        self.replays.run(claim)

    def _given(self, call: Call[DecisionV1] | Call[ReplayV1], text: str | None) -> Document:
        if text is not None:
            return apart(document_of, text)
        _, written = self.policies.written(call.retailer_id, draft=True)
        return Document.model_validate(written)
