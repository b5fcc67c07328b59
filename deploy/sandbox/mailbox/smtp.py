"""The door of the mailbox: takes mail by SMTP, or refuses it, tires, and hangs up, as told."""

import asyncio
from typing import Any
from weakref import WeakKeyDictionary

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.sandbox.faults import Fault, Faults
from deploy.sandbox.mailbox.letters import Letters

FAULTS = frozenset({"refuse", "tempfail", "drop_after_data", "slow"})
_LARGEST = 30_000_000
_SLOW = 3.0
_ANSWERS = {"refuse": "550 5.1.1 No such mailbox here", "tempfail": "451 4.3.0 Try again later"}


class Door:
    """aiosmtpd's handler, whose names are aiosmtpd's. A fault may be for one recipient."""

    def __init__(self, letters: Letters, faults: Faults) -> None:
        self._letters = letters
        self._faults = faults
        self._met: WeakKeyDictionary[Session, Fault] = WeakKeyDictionary()

    def protocol(self) -> SMTP:
        """One conversation."""
        return SMTP(self, hostname="mailbox.sandbox", data_size_limit=_LARGEST, enable_SMTPUTF8=True, decode_data=False)

    async def handle_RCPT(self, _: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Take a recipient, or say that there is none, or that this is no time to come."""
        fault = self._faults.take(address)
        if fault and fault.kind in _ANSWERS:
            return _ANSWERS[fault.kind]
        if fault:
            self._met[session] = fault
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the mail; late, or hanging up before the answer, as told."""
        fault = self._met.pop(session, None)
        if fault and fault.kind == "slow":
            await asyncio.sleep(fault.seconds if fault.seconds is not None else _SLOW)
        self._keep(envelope)
        if fault and fault.kind == "drop_after_data" and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 Kept"

    def _keep(self, envelope: Envelope) -> None:
        content: Any = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        self._letters.keep(sender=envelope.mail_from or "", recipients=list(envelope.rcpt_tos), raw=raw)
