"""The mail server."""

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from libs.chassis.errors import Transient
from libs.chassis.metrics import meter
from libs.chassis.outside import Declined, forbid_open_unit
from services.notifications.letters import Letter
from services.notifications.settings import NotificationsSettings


class MailServer:
    """Hands letters to the SMTP server of the settings, each over a link of its own."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings

    def send(self, letter: Letter) -> None:
        """Hand `letter` over. Raises Declined when it was refused for good, Transient when it is to be sent again.

        A link lost half way may have delivered: the next attempt has the same Message-ID, by which mailboxes know it.
        """
        forbid_open_unit()
        started, outcome = time.monotonic(), "put_off"
        try:
            self._hand_over(letter)
            outcome = "done"
        except Declined:
            outcome = "declined"
            raise
        finally:
            meter().outside_seconds.labels("smtp", outcome).observe(time.monotonic() - started)

    def _hand_over(self, letter: Letter) -> None:
        try:
            with self._link() as link:
                _submit(link, letter)
        except (smtplib.SMTPException, OSError) as away:
            # Greeting, protection and sign-in are between the operator and the server: no letter is given up for them.
            raise Transient(f"smtp: {type(away).__name__}") from None

    @contextmanager
    def _link(self) -> Iterator[smtplib.SMTP]:
        link = self._connect()
        try:
            if self._settings.smtp_scheme == "smtp+starttls":
                link.starttls(context=ssl.create_default_context())
            if self._settings.smtp_login is not None:
                link.login(*self._settings.smtp_login)
            yield link
            with suppress(smtplib.SMTPException, OSError):
                link.quit()  # the letter was taken: a farewell that fails changes nothing
        finally:
            link.close()

    def _connect(self) -> smtplib.SMTP:
        host, port, timeout = self._settings.smtp_host, self._settings.smtp_port, self._settings.smtp_timeout_seconds
        if self._settings.smtp_scheme == "smtps":
            return smtplib.SMTP_SSL(host, port, timeout=timeout, context=ssl.create_default_context())
        return smtplib.SMTP(host, port, timeout=timeout)


def _submit(link: smtplib.SMTP, letter: Letter) -> None:
    try:
        link.send_message(letter.message, letter.sender, [letter.recipient])
    except smtplib.SMTPRecipientsRefused as refused:
        raise _verdict(*next(iter(refused.recipients.values()))) from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        raise _verdict(refused.smtp_code, refused.smtp_error) from None
    except smtplib.SMTPNotSupportedError:
        raise Declined("553", "The mail server takes no addresses with letters beyond ASCII.") from None


def _verdict(code: int, words: bytes | str) -> Declined | Transient:
    """RFC 5321: 5yz is a no for good, anything else may pass. Only a no keeps the server's words, for a person."""
    if 500 <= code <= 599:
        spoken = words.decode(errors="replace") if isinstance(words, bytes) else words
        return Declined(str(code), spoken)
    return Transient(f"smtp: {code}")
