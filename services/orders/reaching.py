"""The way from a connected shop to a client that may use it: its token renewed in time, its bucket shared by all processes."""

import random
import time
from datetime import timedelta
from uuid import UUID

from libs.chassis.clock import now
from libs.chassis.logs import log
from libs.chassis.outside import Declined, NotSent, OutcomeUnknown
from services.orders.domain.shops import Pair, Shop
from services.orders.domain.throttle import Told
from services.orders.outside import oauth
from services.orders.outside.admin import AdminClient
from services.orders.outside.clients import REFRESH_TOKEN, TOKEN, secrets
from services.orders.outside.gate import AccessLost, Gate, Throttled
from services.orders.outside.oauth import Granted
from services.orders.store.buckets import Buckets
from services.orders.store.tokens import Tokens

PATIENCE = 5.0  # seconds that work in the background waits for room; beyond that it comes back later
LONGEST_RENEWAL = 15.0  # seconds, less than the lease on one
LOOK_AGAIN = 0.05  # seconds between two looks at a token that another renews
JITTER = 0.1  # seconds

_tokens, _buckets = Tokens(), Buckets()


def client_of(shop: Shop, *, until: float | None = None) -> AdminClient:
    """A client for this shop alone. With `until`, a moment of the monotonic clock, a person waits for it.

    What it is asked raises AccessLost, and nothing leaves us, when the shop does not let us in.
    """
    return AdminClient(domain=shop.domain, gate=Door(shop, is_for_person=until is not None), until=until)


def sealed(retailer_id: UUID, granted: Granted, *, before: bytes | None = None) -> Pair:
    """The tokens as they are kept. Without a new refresh token the one from `before` stays."""
    seal = secrets().seal
    return Pair(
        seal(retailer_id, TOKEN, granted.token),
        seal(retailer_id, REFRESH_TOKEN, granted.refresh_token) if granted.refresh_token else before,
        None if granted.ends_in is None else now() + timedelta(seconds=granted.ends_in),
        installed=True,
    )


class Door(Gate):
    """The gate of one connected shop, for one piece of work."""

    def __init__(self, shop: Shop, *, is_for_person: bool) -> None:
        self._shop, self._is_for_person = shop, is_for_person

    def token(self, left: float) -> str:
        """The token in force, renewed when it is about to end. Raises AccessLost, and NotSent when it cannot be renewed now."""
        if self._shop.is_open and self._shop.ends_soon(now()):
            try:
                self._renew(left)
            except AccessLost:
                raise
            except NotSent:
                if self._shop.has_ended(now()):
                    raise
        return self._in_force()

    def renewed(self, left: float) -> str | None:
        """The token that takes the place of the one the shop turned away; None where nothing renews it."""
        before = self._shop.token
        self._renew(left)
        return self._in_force() if self._shop.token != before else None

    def closed(self, code: str, words: str) -> None:
        """The connection is lost until a person connects the shop again. Raises AccessLost."""
        _tokens.lose(self._shop, code=code, words=words)
        raise AccessLost(words)

    def enter(self, cost: float, left: float) -> None:
        """Wait for room: a person as long as they wait, work in the background a little, and behind every person."""
        until = time.monotonic() + (left if self._is_for_person else min(left, PATIENCE))
        while wait := _buckets.take(self._shop, cost, person=self._is_for_person):
            pause = wait + random.uniform(0.0, JITTER)  # noqa: S311 (so that those who wait do not come all at once)
            if time.monotonic() + pause > until:
                raise Throttled(wait)
            time.sleep(pause)

    def heard(self, told: Told, *, reserved: float) -> None:
        """The bucket is what the shop says it is, for every process."""
        _buckets.hear(self._shop, told, reserved=reserved)

    def held(self, seconds: float) -> None:
        """Nobody asks this shop for so long."""
        if seconds:
            _buckets.hold(self._shop, seconds)

    def _in_force(self) -> str:
        shop = self._shop
        if not shop.is_open or shop.token is None:
            raise AccessLost(f"{shop.domain} is not connected any more")
        return secrets().open(shop.retailer_id, TOKEN, shop.token)

    def _renew(self, left: float) -> None:
        """Of many who find the token ended one renews it, over all processes; the others wait and take the new one."""
        stale, until = self._shop, time.monotonic() + min(left, LONGEST_RENEWAL)
        while True:
            self._shop, is_ours = _tokens.turn(stale)
            if is_ours:
                self._shop = _renewed(stale)
                return
            if self._shop.token != stale.token or not self._shop.is_open or self._shop.refresh_token is None:
                return
            if time.monotonic() >= until:
                raise NotSent(f"the token of {stale.domain} is being renewed")
            time.sleep(LOOK_AGAIN)


def _renewed(stale: Shop) -> Shop:
    """The shop with new tokens, kept before they are used. Raises AccessLost, or NotSent when the shop gave no answer."""
    try:
        old = secrets().open(stale.retailer_id, REFRESH_TOKEN, stale.refresh_token or b"")
        granted = oauth.refresh(stale.domain, old)
    except (NotSent, OutcomeUnknown, oauth.AppUnknown) as away:
        log.warning("orders.token_not_renewed", shop=stale.domain, error=type(away).__name__)
        _tokens.give_up(stale, f"The token was not renewed: {away}")
        raise NotSent(f"the token of {stale.domain} was not renewed") from away
    except Declined as no:
        _tokens.lose(stale, code=f"refresh_{no.code}", words=no.words)
        raise AccessLost(no.words) from no
    return _tokens.keep(stale, sealed(stale.retailer_id, granted, before=stale.refresh_token))
