"""What the policy offers and asks for a line, as the page of the items shows it."""

from libs.contracts.rules import LineDecision, Offer
from libs.contracts.values import Resolution
from services.portal.bonuses import bonus_with
from services.portal.web import views


def choices(decided: LineDecision | None) -> tuple[views.OfferChoice, ...]:
    """The resolutions to choose from, each with what it is less or more by."""
    return tuple(
        views.OfferChoice(offer.resolution, offer.amount, offer.words, notes_of(offer), bonus_with(offer))
        for offer in (decided.offers if decided else ())
    )


def notes_of(offer: Offer) -> tuple[views.Note, ...]:
    """What was taken off, and how long credit is good for."""
    notes = [
        views.Note(deduction.words, deduction.amount.model_copy(update={"amount": -deduction.amount.amount}))
        for deduction in offer.deductions
    ]
    credit = offer.credit if offer.resolution is Resolution.STORE_CREDIT else None
    if credit is not None and credit.valid_days is not None:
        notes.append(views.Note(f"Good for {credit.valid_days} days"))
    return tuple(notes)


def question(decided: LineDecision | None, answer: str | None) -> views.PolicyQuestion | None:
    """What the policy asks about the line, with the answer given so far."""
    asked = decided.question if decided else None
    if asked is None:
        return None
    found = tuple(views.ReasonChoice(f"{asked.code}/{each.code}", each.words) for each in asked.answers)
    return views.PolicyQuestion(asked.words, found, answer)


def notice(decided: LineDecision | None) -> views.Notice | None:
    """Why nothing is offered, else what the policy has to say with its offers, or that a person decides."""
    if decided is None:
        return None
    if not decided.offers:
        return views.Notice("warn", decided.words) if decided.words else None
    if decided.words:
        return views.Notice("info", decided.words)
    return views.Notice("info", "A person looks at this before it is accepted.") if decided.review else None
