"""From the document to the policy that the domain decides with: rules in order, every reference resolved."""

from libs.contracts.values import ExchangeTerms, LabelTerms, Money, Resolution
from services.rules import domain
from services.rules.domain.conditions import Among, Given, Range
from services.rules.domain.facts import folded
from services.rules.domain.outcomes import (
    Answer,
    Bonus,
    Fee,
    Grant,
    Label,
    Mode,
    Outcome,
    Question,
)
from services.rules.domain.outcomes import Credit as CreditGiven
from services.rules.domain.policies import Fault, OnlyFor, Policy, Reason
from services.rules.domain.windows import Extension, Instead, Window, Windows
from services.rules.policy import document as written
from services.rules.policy import terms
from services.rules.policy.conditions import Condition, FlagIs, MoneyIs, NumberIs, PercentIs
from services.rules.policy.document import Document
from services.rules.policy.parts import Amount

FORMER_NAMES = {"tags": "product_tags"}


def compiled(document: Document, version: int) -> Policy:
    """The document as the domain decides with it: rules in order of priority, every reference resolved."""
    rules = sorted(document.rules, key=lambda rule: rule.priority)
    return Policy(
        version=version,
        language=document.language,
        windows=_windows(document.window),
        reasons=tuple(_reason(reason) for reason in document.reasons),
        rules=tuple(_rule(document, rule) for rule in rules),
        otherwise=_outcome(document, document.otherwise),
        mode=document.choice,
        stage=document.stage,
        inspect=document.inspect,
        final_sale_tags=frozenset(folded("product_tags", tag) for tag in document.final_sale_tags),
        exempt_tags=frozenset(folded("product_tags", tag) for tag in document.exempt_tags),
        label=_label(document.label),
    )


def condition(found: Condition) -> domain.Condition:
    """One condition as the domain asks it."""
    fact = FORMER_NAMES.get(found.field, found.field)
    if isinstance(found, FlagIs):
        return Given(fact, found.value)
    if isinstance(found, MoneyIs | NumberIs | PercentIs):
        return _range(fact, found)
    values = frozenset(folded(fact, str(value)) for value in found.meant)
    return Among(fact, values, negated=found.op in {"is_not", "none_of"})


def _range(fact: str, found: MoneyIs | NumberIs | PercentIs) -> Range:
    low, high = {
        "is": (found.value, found.value),
        "at_least": (found.value, None),
        "at_most": (None, found.value),
        "between": (found.low, found.high),
    }[found.op]
    currency = next((end.currency for end in (low, high) if isinstance(end, Amount)), None)
    return Range(fact, _end(low), _end(high), currency)


def _end(value: int | Amount | None) -> int | None:
    return value.amount if isinstance(value, Amount) else value


def _windows(window: written.Window) -> Windows:
    return Windows(
        usual=Window(window.days, (window.start, *window.fallback)),
        instead=tuple(_instead(window, other) for other in window.instead),
        extensions=tuple(
            Extension(each.name, each.ordered_from, each.ordered_to, each.until, frozenset(each.countries))
            for each in window.extensions
        ),
    )


def _instead(usual: written.Window, other: written.WindowInstead) -> Instead:
    fallback = usual.fallback if other.fallback is None else other.fallback
    window = Window(other.days, (other.start or usual.start, *fallback))
    return Instead(other.name, tuple(condition(each) for each in other.when), window)


def _reason(reason: written.Reason) -> Reason:
    only = reason.only_for or written.OnlyFor()
    return Reason(
        code=reason.code,
        words=reason.words,
        asks_comment=reason.asks_comment,
        asks_photo=reason.asks_photo,
        asks_sub_reason=reason.asks_sub_reason,
        fault=reason.fault or Fault.SHOPPER,
        only_for=OnlyFor(
            frozenset(folded("product_type", name) for name in only.product_types),
            frozenset(folded("product_tags", tag) for tag in only.tags),
            frozenset(folded("collections", name) for name in only.collections),
        ),
        sub_reasons=tuple(_sub_reason(reason, sub) for sub in reason.sub_reasons),
    )


def _sub_reason(reason: written.Reason, sub: written.SubReason) -> Reason:
    fault = sub.fault or reason.fault or Fault.SHOPPER
    return Reason(sub.code, sub.words, sub.asks_comment, sub.asks_photo, fault=fault)


def _rule(document: Document, rule: written.Rule) -> domain.Rule:
    return domain.Rule(
        name=rule.name,
        priority=rule.priority,
        outcome=_outcome(document, rule.then),
        conditions=tuple(condition(each) for each in rule.when),
        match=rule.match,
        on=rule.on,
        starts=rule.starts,
        ends=rule.ends,
    )


def _outcome(document: Document, outcome: terms.Outcome) -> Outcome:
    allowed = outcome.allow
    if allowed is None and outcome.reject is None and document.choice is Mode.SHOPPER:
        allowed = document.otherwise.allow
    fees = document.fees if outcome.fees is None else outcome.fees
    reviewed = document.photos_reviewed if outcome.photos_reviewed is None else outcome.photos_reviewed
    return Outcome(
        grants=tuple(_grant(document, outcome, each) for each in allowed or ()),
        label=_label(outcome.label or document.label),
        fees=tuple(_fee(fee) for fee in fees),
        rejected=outcome.reject,
        photo_required=outcome.photo_required,
        photo_reviewed=reviewed,
        question=_question(outcome.question) if outcome.question else None,
        review=outcome.review,
        hub=outcome.hub,
        words=outcome.words,
    )


def _grant(document: Document, outcome: terms.Outcome, allowed: Resolution | terms.Offer) -> Grant:
    """What the rule says of the resolution, then what the policy's offer says, then what the policy says of all."""
    own = allowed if isinstance(allowed, terms.Offer) else terms.Offer(resolution=allowed)
    usual = next((each for each in document.offers if each.resolution == own.resolution), own)
    credit, exchange, fallback = (
        own.credit or usual.credit,
        own.exchange or usual.exchange,
        own.fallback or usual.fallback,
    )
    keep = usual.keep_item if own.keep_item is None else own.keep_item
    return Grant(
        resolution=own.resolution,
        stage=own.stage or outcome.stage or usual.stage or document.stage,
        words=own.words or usual.words,
        keep_item=bool(keep),
        credit=_credit(credit) if own.resolution is Resolution.STORE_CREDIT and credit else None,
        exchange=_exchange(exchange) if own.resolution is Resolution.EXCHANGE else None,
        fallback=Resolution(fallback) if fallback else None,
    )


def _exchange(exchange: terms.Exchange | None) -> ExchangeTerms:
    return ExchangeTerms(**exchange.model_dump()) if exchange else ExchangeTerms()


def _credit(credit: terms.Credit) -> CreditGiven:
    bonus = Bonus(_money(credit.bonus), credit.bonus_percent) if credit.bonus or credit.bonus_percent else None
    return CreditGiven(credit.valid_days, bonus)


def _label(label: terms.FixedPrice | str) -> Label:
    if isinstance(label, terms.FixedPrice):
        return Label(LabelTerms.PAID, _money(label.fixed))
    return Label(LabelTerms(label))


def _fee(fee: terms.Fee) -> Fee:
    only_for = frozenset(map(Resolution, fee.only_for))
    return Fee(fee.kind, fee.per, _money(fee.flat), fee.percent, only_for, fee.even_at_fault, fee.words)


def _question(question: terms.Question) -> Question:
    answers = tuple(Answer(each.code, each.words, each.leads, each.tells) for each in question.answers)
    return Question(question.code, question.words, answers)


def _money(amount: Amount | None) -> Money | None:
    return Money(amount=amount.amount, currency=amount.currency) if amount else None
