"""A mail as it travels: headers that nobody can break out of, the same content as HTML and text, and the label."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any

from babel import Locale

from libs.contracts.labels import DocumentV1
from libs.contracts.values import Address as Postal
from libs.contracts.values import Look, ReturnLine
from services.notifications.domain import TO_STAFF, Mail, What, first_told, line, locale_for
from services.notifications.domain.ways import lines_of, way_of
from services.notifications.render import render

_MAILBOX = re.compile(r"""(?P<user>[^\s@<>,;:"()\[\]\\]+)@(?P<domain>[^\s@<>,;:"()\[\]\\]+\.[^\s@<>,;:"()\[\]\\]+)""")


class BadAddress(ValueError):
    """It is no mail address; whose it is stands in the words, never the address itself."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A whole mail with the two addresses that the servers use."""

    sender: str
    recipient: str
    message: EmailMessage


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What a mail carries beside its words: labels as attachments, and a code (PNG) and photos (JPEG) inside the words."""

    labels: tuple[DocumentV1, ...] = ()
    code: DocumentV1 | None = None
    photos: tuple[bytes, ...] = ()
    photos_left_out: int = 0


def is_address(text: str) -> bool:
    """Whether mail can be sent to this."""
    return _MAILBOX.fullmatch(text.strip()) is not None


def write(mail: Mail, *, enclosed: Enclosed = Enclosed(), now: datetime) -> Letter:
    """The mail in the retailer's name, with what is enclosed; sent again it has the same Message-ID. Raises BadAddress."""
    to_staff = mail.notice.template in TO_STAFF
    sender = _sender(mail.look)
    recipient = _address(mail.to.name, mail.to.email, "the staff's address" if to_staff else "the shopper's address")
    photos = {f"photo-{place}.{mail.id}@{sender.domain}": photo for place, photo in enumerate(enclosed.photos, 1)}
    code = f"code.{mail.id}@{sender.domain}" if enclosed.code is not None else None
    shown = {"photos": tuple(photos), "photos_left_out": enclosed.photos_left_out, "code": code}
    words = render(mail.notice.template, _context(mail, now) | shown)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = recipient
    if not to_staff:
        message["Reply-To"] = _address(mail.look.name, mail.look.support_email, "the retailer's support address")
    message["Subject"] = printable(words.subject)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.id}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: holiday notes do not answer it
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="quoted-printable")
    if code is not None and enclosed.code is not None:
        _show(message, code, enclosed.code)
    _embed(message, photos)
    for label in enclosed.labels:
        _attach(message, label)
    return Letter(sender=sender.addr_spec, recipient=recipient.addr_spec, message=message)


def _context(mail: Mail, now: datetime) -> dict[str, Any]:
    """What a template may show."""
    told, gift = mail.notice, What.GIFT in mail.happened and mail.notice.template not in TO_STAFF
    return {
        "gift": gift,
        "look": mail.look,
        "to": mail.to,
        "shopper": mail.shopper or mail.to,
        "number": mail.number,
        "order_number": mail.order_number,
        "status_url": mail.status_url,
        "lines": _untold(mail.lines) if gift else mail.lines,
        "named_lines": _untold(mail.named_lines) if gift else mail.named_lines,
        "line": line(mail),
        "at": told.at,
        "amount": told.amount,
        "first_told": None if gift else first_told(mail.named_lines, told.amount),
        "tracking_number": told.tracking_number,
        "details": told.details,
        "happened": frozenset(what.value for what in mail.happened),
        "way": way_of(told.details),
        "where": _address_lines(told.details.where, locale_for(mail.to.language, mail.look.language)),
        "locale": locale_for(mail.to.language, mail.look.language),
        "now": now,
    }


def _address_lines(address: Postal | None, locale: str) -> tuple[str, ...]:
    """An address, its country in the reader's language."""
    if address is None:
        return ()
    country = Locale.parse(locale, sep="-").territories.get(address.country, address.country)
    return (*lines_of(address), str(country))


def _untold(lines: tuple[ReturnLine, ...]) -> tuple[ReturnLine, ...]:
    """The lines of a present: whoever got it is not told what it cost."""
    return tuple(line.model_copy(update={"owed": line.owed.model_copy(update={"amount": 0})}) for line in lines)


def printable(text: str) -> str:
    """`text` on one line, without the control and direction characters that forge headers or hide their end."""
    return " ".join("".join(character if character.isprintable() else " " for character in text).split())


def _sender(look: Look) -> Address:
    name, mailbox = parseaddr(look.sender)
    return _address(name or look.name, mailbox, "the retailer's sender")


def _address(name: str, mailbox: str, whose: str) -> Address:
    found = _MAILBOX.fullmatch(mailbox.strip())
    if found is None:
        raise BadAddress(f"{whose} is no mail address")
    try:
        domain = found["domain"].encode("idna").decode()
    except UnicodeError:
        raise BadAddress(f"{whose} has a domain that cannot exist") from None
    return Address(printable(name), found["user"], domain)


def _attach(message: EmailMessage, label: DocumentV1) -> None:
    main, _, sub = label.media_type.partition("/")
    message.add_attachment(label.content, maintype=main, subtype=sub, filename=printable(label.filename))


def _show(message: EmailMessage, name: str, code: DocumentV1) -> None:
    """Put a code beside the HTML that shows it."""
    html = message.get_body(("html",))
    if html is not None:
        main, _, sub = code.media_type.partition("/")
        html.add_related(code.content, main, sub, cid=f"<{name}>", disposition="inline", filename=code.filename)


def _embed(message: EmailMessage, photos: Mapping[str, bytes]) -> None:
    """Put the photos beside the HTML that shows them, each under its name."""
    html = message.get_body(("html",))
    if html is None:
        return
    for place, (name, photo) in enumerate(photos.items(), 1):
        html.add_related(photo, "image", "jpeg", cid=f"<{name}>", disposition="inline", filename=f"photo-{place}.jpg")
