"""Carriers' webhooks as their senders sign them, written down apart from the code that proves them."""

import base64
import hashlib
import hmac
import unicodedata
from datetime import UTC, datetime
from email.utils import format_datetime

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
BODY = '{"event": "sécret parcel"}'.encode()
KEY = "sécret"
STANDARD = "whsec_" + base64.b64encode(b"a parcel on its way home, signed").decode()
SECRETS = {
    "standard": STANDARD,
    "easypost": f"easypost:{KEY}",
    "seko": "seko:portal:a pass:word",
    "aftership": f"aftership:{KEY}",
    "shippo": f"shippo:{KEY}",
}


def standard(body=BODY, at=NOW, secret=STANDARD, id_="msg_1"):
    sent = str(int(at.timestamp()))
    mac = hmac.digest(base64.b64decode(secret[6:]), f"{id_}.{sent}.".encode() + body, "sha256")
    return {
        "webhook-id": id_,
        "webhook-timestamp": sent,
        "webhook-signature": f"v1,{base64.b64encode(b'other').decode()} v1,{base64.b64encode(mac).decode()}",
    }


def easypost_v1(body=BODY, at=NOW, secret=KEY):
    key = unicodedata.normalize("NFKD", secret).encode()
    return {"x-hmac-signature": f"hmac-sha256-hex={hmac.new(key, body, hashlib.sha256).hexdigest()}"}


def easypost_v2(body=BODY, at=NOW, secret=KEY, path="/webhooks/carriers/token"):
    key, sent = unicodedata.normalize("NFKD", secret).encode(), format_datetime(at)
    mac = hmac.new(key, f"{sent}POST{path}".encode() + body, hashlib.sha256).hexdigest()
    return {"x-hmac-signature-v2": f"hmac-sha256-hex={mac}", "x-timestamp": sent, "x-path": path}


def seko(body=BODY, at=NOW, secret="portal:a pass:word"):
    name, _, password = secret.partition(":")
    return {"username": name, "password": password}


def aftership(body=BODY, at=NOW, secret=KEY):
    return {"aftership-hmac-sha256": base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()}


def shippo(body=BODY, at=NOW, secret=KEY):
    sent = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), f"{sent}.".encode() + body, hashlib.sha256).hexdigest()
    return {"shippo-auth-signature": f"t={sent}, v1={mac}"}


SIGNED = {
    "standard": (standard,),
    "easypost": (easypost_v1, easypost_v2),
    "seko": (seko,),
    "aftership": (aftership,),
    "shippo": (shippo,),
}
EVERY = [(sender, sign) for sender, signs in SIGNED.items() for sign in signs]
