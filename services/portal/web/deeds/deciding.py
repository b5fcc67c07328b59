"""The deeds of a review: accept, reject, ask the shopper, write down their answer."""

from libs.contracts.values import LabelTerms
from services.portal.access import May
from services.portal.domain import Kind, Return, acts
from services.portal.web import views
from services.portal.web.deeds.deed import Deed, Form, Said, to_shopper, whole

KEEP = "keep"
TERMS = (*(terms.value for terms in LabelTerms), KEEP)


def _accept(ret: Return, _of: str) -> Form:
    if all(line.asked.keep_item for line in ret.lines):
        picks = [views.Pick(KEEP, "Nothing to send back", "The shopper keeps it, and the money moves at once.")]
    else:
        picks = [views.Pick("free", "A free label", "You pay for it. It is made at once and sent to the shopper.")]
        picks += [_paid(ret)] if ret.known.price is not None or ret.lane_id is None else []
        picks += [
            views.Pick("none", "No label", "The shopper posts it on their own. They are told where it is awaited."),
            views.Pick(KEEP, "Nothing to send back", "The shopper keeps the item, and the money moves at once."),
        ]
    usual = ret.label if any(pick.code == ret.label for pick in picks) else picks[0].code
    choose = views.Blank("label", "radio", "How it comes back", value=str(usual), picks=tuple(picks))
    return Form("Accept", (), "Accept the return", (views.Group((choose,)), to_shopper(needed=False)))


def _paid(ret: Return) -> views.Pick:
    """The label on its lane's own terms, which may be free."""
    price = ret.known.price
    if price is None:
        return views.Pick("paid", "A label that the shopper pays", "Its price is told once the way back is known.")
    if not price.amount:
        return views.Pick("paid", "A label at its lane’s price: free", "The lane asks nothing, so it is made at once.")
    return views.Pick("paid", "A label that the shopper pays", "It is made once it is paid.", price)


def _accepted(ret: Return, _of: str, said: Said) -> acts.Act:
    label = said.pick("label", TERMS, needs="Choose how it comes back")
    keeps = label == KEEP
    return acts.Accept(LabelTerms.NONE if keeps else LabelTerms(label), keeps, said.words() or None)


def _reject(_ret: Return, _of: str) -> Form:
    sentence = (
        "The shopper is told why. Nothing is given, and the items can be returned again while their window is open."
    )
    return Form("Reject", (sentence,), "Reject the return", (to_shopper(needed=True),))


def _rejected(_ret: Return, _of: str, said: Said) -> acts.Act:
    return acts.Reject(said.words(needs="Write to the shopper why it is rejected"))


def _ask(_ret: Return, _of: str) -> Form:
    photo = views.Blank("photo", "tick", "We need a photo")
    return Form(
        "Ask the shopper",
        ("The return waits for the answer, at most 14 days, and is then reviewed again.",),
        "Send the question",
        (to_shopper(needed=True), views.Group((photo,))),
    )


def _asked(_ret: Return, _of: str, said: Said) -> acts.Act:
    return acts.AskInformation(said.words(needs="Write what you need to know"), said.ticked("photo"))


def _answer(ret: Return, _of: str) -> Form:
    told = views.Blank(
        "words", "words", "What the shopper said", hint="By phone, in the shop, or in a letter.", most=1000
    )
    return Form(
        "Write down the shopper’s answer",
        (f"You asked: {ret.known.asked}",) if ret.known.asked else (),
        "Save the answer",
        (views.Group((told,)),),
    )


def _answered(_ret: Return, _of: str, said: Said) -> acts.Act:
    return acts.GiveInformation(said.words(needs="Write what the shopper said"))


DECIDING = (
    Deed(
        "accept",
        May.DECIDE_RETURNS,
        "Accept",
        "Accepted.",
        (Kind.ACCEPTED, Kind.ACCEPTED_WITHOUT_LABEL, Kind.ACCEPTED_KEEPING),
        whole(Kind.ACCEPTED),
        _accept,
        _accepted,
    ),
    Deed(
        "reject",
        May.DECIDE_RETURNS,
        "Reject",
        "Rejected. The shopper is told why.",
        (Kind.REJECTED,),
        lambda ret: () if ret.is_withdrawn else whole(Kind.REJECTED)(ret),
        _reject,
        _rejected,
        grave=True,
    ),
    Deed(
        "ask",
        May.DECIDE_RETURNS,
        "Ask the shopper",
        "Your question is on its way to the shopper.",
        (Kind.INFORMATION_ASKED,),
        whole(Kind.INFORMATION_ASKED),
        _ask,
        _asked,
    ),
    Deed(
        "answer",
        May.DECIDE_RETURNS,
        "Write down the answer",
        "The answer is kept. The return is to be reviewed again.",
        (Kind.INFORMATION_GIVEN,),
        whole(Kind.INFORMATION_GIVEN),
        _answer,
        _answered,
    ),
)
