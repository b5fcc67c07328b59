"""Doing one planned step at the shop so that it has one effect, whatever dies or is lost on the way."""

from datetime import timedelta

from libs.chassis import crash
from libs.chassis.claims import Claim
from libs.chassis.errors import Transient
from libs.chassis.logs import log
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from libs.chassis.retries import Ladder, reason
from libs.chassis.settings import load
from libs.contracts.errors import Refused
from services.orders.doing import DOING
from services.orders.domain.jobs import Job
from services.orders.domain.matching import Effect, Finding
from services.orders.domain.native import ending_by_hand
from services.orders.domain.steps import Ending, State
from services.orders.outside.admin import AdminClient
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings
from services.orders.store.settlements import Settlements

_MAY_BE_OURS = (
    "taken"  # the shop has a gift card with our code already: it is read back, and matched, before anything else
)


class LookAgain(Transient):
    """The shop does not show the effect yet; it is read back before anything is repeated."""


def settle(settlements: Settlements, claim: Claim) -> None:
    """Take one step to its outcome. Raises a Transient when it is to be tried, or read back, again.

    At the end of the ladder it is not parked, where nobody would hear of it: the ladder begins anew, for three days.
    """
    try:
        _settle(settlements, claim)
    except Transient as away:
        if Ladder.from_settings(load()).wait_for(away, claim.tries) is not None:
            raise
        log.warning("orders.step_put_off", settlement_id=str(claim.subject), error=reason(away))
        settlements.persist(claim.retailer_id, claim.subject, because=str(away))


def _settle(settlements: Settlements, claim: Claim) -> None:
    job = settlements.job(claim.retailer_id, claim.subject)
    if job is None:
        return
    if job.by_hand:
        settlements.end(job, ending_by_hand(job))
        return
    client = client_of(job.shop)
    if job.state is State.SENT and not _is_without_effect(settlements, job, client):
        return
    _attempt(settlements, job, client)


def _attempt(settlements: Settlements, job: Job, client: AdminClient) -> None:
    try:
        request = DOING[job.action].ask(job, client)
    except (Refused, Declined) as no:
        _refuse(settlements, job, no)
        return
    if request is None:
        settlements.end(job, Ending(State.DONE))
        return
    if not settlements.send(job, request):
        raise LookAgain(f"{job.action} is being done elsewhere, or was called off")
    try:
        payload = client.act(request.operation, **request.sent)
    except NotSent:
        settlements.unsend(job)
        raise
    except OutcomeUnknown as lost:
        raise LookAgain(str(lost)) from lost
    except Declined as no:
        if no.code == _MAY_BE_OURS:
            raise LookAgain(no.words) from no
        _refuse(settlements, job, no)
        return
    crash.point("orders.after_call")
    _record(settlements, job, DOING[job.action].made(job, request, payload))


def _is_without_effect(settlements: Settlements, job: Job, client: AdminClient) -> bool:
    """Read back a call whose answer is not recorded: True when it was not done and cannot be done any more."""
    assert job.request is not None  # committed with the state
    try:
        finding = DOING[job.action].found(job, job.request, client)
    except Declined as no:
        _lose(settlements, job, no.code)
        return False
    if isinstance(finding, Effect) or not _is_quiet(job):
        _record(settlements, job, finding)
        return False
    if finding is Finding.UNCLEAR:
        _lose(settlements, job, finding.value)
        return False
    return settlements.unsend(job)


def _is_quiet(job: Job) -> bool:
    # Twice the time limit: a request that has not been answered by then is not on its way any more.
    return job.is_quiet(after=timedelta(seconds=2 * load(OrdersSettings).shopify_timeout))


def _record(settlements: Settlements, job: Job, finding: Effect | Finding) -> None:
    if not isinstance(finding, Effect):
        raise LookAgain(f"{job.action}: {finding.value}")
    ending = Ending(State.DONE, reference=finding.reference, gave=finding.gave, last4=finding.last4)
    settlements.end(job, ending)


def _refuse(settlements: Settlements, job: Job, no: Refused | Declined) -> None:
    words = no.detail if isinstance(no, Refused) else no.words
    code = no.code if "." in no.code else f"shop.{no.code}"
    log.warning("orders.step_refused", action=job.action, settlement_id=str(job.id), code=code)
    settlements.end(job, Ending(State.REFUSED, code=code, words=words))


def _lose(settlements: Settlements, job: Job, code: str) -> None:
    log.warning("orders.step_lost", action=job.action, settlement_id=str(job.id), code=code)
    settlements.end(job, Ending(State.UNKNOWN))
