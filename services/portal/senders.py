"""Who sends carriers' webhooks, and how each proves that it is the one: on the raw bytes, in constant time.

A secret says itself whose it is: `whsec_...` is of Standard Webhooks, `easypost:...`, `aftership:...` and `shippo:...` are
what those sign with, and `seko:name:password` are the two headers that SEKO sends in place of a signature.
"""

import base64
import binascii
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

WINDOW = timedelta(minutes=5)  # how far the time in a signature may be off, either way
LONGEST_KEY = 200  # characters; what is longer is hashed

Headers = Mapping[str, str]


class Sender(StrEnum):
    """Whose shape a webhook has."""

    STANDARD = "standard"
    EASYPOST = "easypost"
    SEKO = "seko"
    AFTERSHIP = "aftership"
    SHIPPO = "shippo"


NAMED = {str(sender): sender for sender in Sender if sender is not Sender.STANDARD}
EVENT_IDS = {Sender.EASYPOST: "id", Sender.AFTERSHIP: "event_id"}  # where the body names its event


class UnusableSecret(ValueError):
    """No webhook can be proved by this secret; the words say what is missing."""


def sender_of(secret: str) -> Sender:
    """Whose secret this is."""
    return NAMED.get(secret.partition(":")[0], Sender.STANDARD)


def check_secret(secret: str) -> str:
    """`secret`; raises UnusableSecret where nothing could ever be proved by it."""
    match sender_of(secret):
        case Sender.STANDARD if not _standard_key(secret):
            raise UnusableSecret("a secret is whsec_ and base64, or easypost:, seko:, aftership: or shippo: and theirs")
        case Sender.SEKO if not all(_name_and_password(secret)):
            raise UnusableSecret("SEKO's is seko:name:password, and neither may be empty")
        case sender if not _given(secret) and sender is not Sender.STANDARD:
            raise UnusableSecret("the sender's own secret is missing")
    return secret


def proved(secrets: Sequence[str], raw: bytes, headers: Headers, at: datetime) -> Sender | None:
    """Who sent these bytes, by the first of the secrets that proves it; None where none does. `at` is the real time."""
    return next((sender_of(secret) for secret in secrets if _proves(secret, raw, headers, at)), None)


def event_key(sender: Sender, raw: bytes, headers: Headers) -> str:
    """What is the same for each repeat of one event: its id where the sender gives one, else the hash of the bytes."""
    named = headers.get("webhook-id") if sender is Sender.STANDARD else _event_id(sender, raw)
    if named and len(named) <= LONGEST_KEY and "\0" not in named:
        return named
    return hashlib.sha256(named.encode(errors="replace") if named else raw).hexdigest()


def _event_id(sender: Sender, raw: bytes) -> str | None:
    field = EVENT_IDS.get(sender)
    body: Any = json.loads(raw) if field else None
    found = body.get(field) if isinstance(body, dict) else None
    return found if isinstance(found, str) else None


def _proves(secret: str, raw: bytes, headers: Headers, at: datetime) -> bool:
    match sender_of(secret):
        case Sender.EASYPOST:
            return _easypost(_given(secret), raw, headers, at)
        case Sender.SEKO:
            return _seko(secret, headers)
        case Sender.AFTERSHIP:
            return _aftership(_given(secret), raw, headers)
        case Sender.SHIPPO:
            return _shippo(_given(secret), raw, headers, at)
        case Sender.STANDARD:
            return _standard(secret, raw, headers, at)


def _easypost(secret: str, raw: bytes, headers: Headers, at: datetime) -> bool:
    """V1 signs the body alone; V2 its time and path too (support.easypost.com, article 39826034964237).

    A V2 that is right but old is a replay. One that is wrong beside a V1 that is right is let through: the order of the
    bytes that V2 signs is known from others' code only.
    """
    if not secret:
        return False
    key = unicodedata.normalize("NFKD", secret).encode()
    sent, path = headers.get("x-timestamp", ""), headers.get("x-path", "")
    if _same(headers.get("x-hmac-signature-v2"), _easypost_mac(key, f"{sent}POST{path}".encode("latin-1") + raw)):
        return _is_fresh(_rfc_2822(sent), at)
    return _same(headers.get("x-hmac-signature"), _easypost_mac(key, raw))


def _easypost_mac(key: bytes, signed: bytes) -> str:
    return "hmac-sha256-hex=" + hmac.new(key, signed, hashlib.sha256).hexdigest()


def _seko(secret: str, headers: Headers) -> bool:
    """SEKO signs nothing: the name and the password that it was given must both be there."""
    name, password = _name_and_password(secret)
    if not name or not password:
        return False
    return _same(headers.get("username"), name) & _same(headers.get("password"), password)


def _aftership(secret: str, raw: bytes, headers: Headers) -> bool:
    mac = base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()
    return bool(secret) and _same(headers.get("aftership-hmac-sha256"), mac)


def _shippo(secret: str, raw: bytes, headers: Headers, at: datetime) -> bool:
    parts = (part.strip().partition("=") for part in headers.get("shippo-auth-signature", "").split(","))
    told = {name: value for name, _, value in parts}
    sent = told.get("t", "")
    mac = hmac.new(secret.encode(), sent.encode("latin-1") + b"." + raw, hashlib.sha256).hexdigest()
    return bool(secret) and _is_fresh(_unix(sent), at) and _same(told.get("v1"), mac)


def _standard(secret: str, raw: bytes, headers: Headers, at: datetime) -> bool:
    """Standard Webhooks 1.0.0: `id.timestamp.body`, and several signatures while the sender replaces its secret.

    Not by its library, which decodes the body before it looks at the signature, and stumbles over a garbled one.
    """
    key, id_, sent = _standard_key(secret), headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not key or not id_ or not _is_fresh(_unix(sent), at):
        return False
    mac = hmac.new(key, f"{id_}.{sent}.".encode("latin-1") + raw, hashlib.sha256).digest()
    signed = "v1," + base64.b64encode(mac).decode()
    return any(_same(one, signed) for one in headers.get("webhook-signature", "").split(" "))


def _standard_key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    except (binascii.Error, ValueError):
        return b""


def _given(secret: str) -> str:
    return secret.partition(":")[2]


def _name_and_password(secret: str) -> tuple[str, str]:
    name, _, password = _given(secret).partition(":")
    return name, password


def _same(told: str | None, expected: str) -> bool:
    """Headers are bytes that were read as Latin-1."""
    return hmac.compare_digest((told or "").encode("latin-1", "replace"), expected.encode())


def _is_fresh(sent: datetime | None, at: datetime) -> bool:
    return sent is not None and abs(at - sent) <= WINDOW


def _unix(written: str) -> datetime | None:
    if not written.isascii() or not written.isdigit() or len(written) > 11:
        return None
    return datetime.fromtimestamp(int(written), UTC)


def _rfc_2822(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)  # -0000 is UTC whose zone is not told
