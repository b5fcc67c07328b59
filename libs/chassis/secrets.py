"""Secrets at rest: AES-256-GCM, bound to the retailer and the field, with several keys so that one can be replaced."""

import base64
import hashlib
import hmac
import os
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.chassis.settings import Settings, load

_NONCE = 12  # bytes, NIST SP 800-38D


class SecretUnreadable(Exception):
    """The key is gone, or the value was made for another retailer or field, or was altered."""


class Secrets:
    """Seals with the first key of HOMEWARD_KEYS and opens with any of them."""

    def __init__(self, keys: str) -> None:
        self._keys = dict(self._read(item) for item in keys.split(","))
        self._first = next(iter(self._keys))

    @classmethod
    def from_settings(cls, settings: Settings | None = None) -> "Secrets":
        """The keyring of this process."""
        return cls((settings or load()).keys)

    @staticmethod
    def _read(item: str) -> tuple[str, bytes]:
        name, _, encoded = item.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not name or len(key) != 32:
            raise SystemExit("Homeward cannot start: HOMEWARD_KEYS must be id:base64 of 32 bytes, comma separated")
        return name, key

    def seal(self, retailer_id: UUID, field: str, value: str) -> bytes:
        """Encrypt `value` for this retailer's `field` (`shops.token`); it opens for no other."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._keys[self._first]).encrypt(nonce, value.encode(), _bound(retailer_id, field))
        return self._first.encode() + b":" + nonce + sealed

    def open(self, retailer_id: UUID, field: str, sealed: bytes) -> str:
        """Decrypt what `seal` made; raises SecretUnreadable."""
        name, _, rest = bytes(sealed).partition(b":")
        key = self._keys.get(name.decode(errors="replace"))
        if key is None:
            raise SecretUnreadable(f"{field}: key {name!r} is not in HOMEWARD_KEYS")
        try:
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], _bound(retailer_id, field)).decode()
        except InvalidTag:
            raise SecretUnreadable(field) from None

    def fingerprint(self, retailer_id: UUID, field: str, value: str) -> bytes:
        """A keyed hash to look `value` up by without keeping it. Made with the last key, the oldest, so it outlives a rotation."""
        key = next(reversed(self._keys.values()))
        return hmac.new(key, _bound(retailer_id, field) + b"\0" + value.encode(), hashlib.sha256).digest()


def _bound(retailer_id: UUID, field: str) -> bytes:
    return retailer_id.bytes + field.encode()
