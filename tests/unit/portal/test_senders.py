import json
from datetime import timedelta
from pathlib import Path

import pytest

from services.portal.senders import Sender, UnusableSecret, check_secret, event_key, proved, sender_of
from tests.unit.portal.hooks import BODY, EVERY, NOW, SECRETS, easypost_v1, easypost_v2, seko, shippo, standard

VECTOR = Path(__file__).parents[4] / "shared" / "carriers" / "easypost" / "webhook_tracker_updated_in_transit.json"
each = pytest.mark.parametrize(("sender", "sign"), EVERY, ids=[sign.__name__ for _, sign in EVERY])
timed = pytest.mark.parametrize(
    ("sender", "sign"), [("standard", standard), ("easypost", easypost_v2), ("shippo", shippo)]
)


@each
def test_each_sender_is_proved_by_its_own_secret(sender, sign):
    assert proved([SECRETS[sender]], BODY, sign(), NOW) is Sender(sender)


@each
def test_another_secret_proves_nothing(sender, sign):
    others = [secret for name, secret in SECRETS.items() if name != sender]

    assert proved(others, BODY, sign(), NOW) is None
    assert proved([], BODY, sign(), NOW) is None


@each
def test_the_former_secret_is_good_beside_the_one_in_force(sender, sign):
    assert proved(["whsec_bmV3", SECRETS[sender]], BODY, sign(), NOW) is Sender(sender)


@each
def test_nothing_is_proved_without_its_headers(sender, sign):
    for name in sign():
        left = {header: value for header, value in sign().items() if header != name}
        assert proved([SECRETS[sender]], BODY, left, NOW) is None
    assert proved([SECRETS[sender]], BODY, {}, NOW) is None


@each
def test_garbled_headers_prove_nothing_and_break_nothing(sender, sign):
    for garbled in ("", "x", "=", ",", "v1", "v1,", "\xff\xfe", "t=1,v1=", "9" * 40, "hmac-sha256-hex="):
        assert proved([SECRETS[sender]], BODY, dict.fromkeys(sign(), garbled), NOW) is None


@pytest.mark.parametrize(("sender", "sign"), [(sender, sign) for sender, sign in EVERY if sender != "seko"])
@pytest.mark.parametrize("body", [BODY + b"\n", BODY[:-1], b"", b"\xff"])
def test_one_byte_more_or_less_is_a_forgery(sender, sign, body):
    assert proved([SECRETS[sender]], body, sign(), NOW) is None


@each
def test_bytes_that_are_no_text_are_proved_as_they_are(sender, sign):
    assert proved([SECRETS[sender]], b"\xff\x00", sign(b"\xff\x00"), NOW) is Sender(sender)


@timed
@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=4000)])
def test_a_signature_of_another_time_is_a_replay(sender, sign, off):
    assert proved([SECRETS[sender]], BODY, sign(at=NOW + off), NOW) is None


@timed
def test_clocks_may_differ_by_a_few_minutes(sender, sign):
    assert proved([SECRETS[sender]], BODY, sign(at=NOW - timedelta(minutes=4)), NOW)


def test_easyposts_second_signature_is_not_needed_where_the_first_is_right():
    headers = easypost_v1() | easypost_v2(path="/as-the-proxy-has-it") | {"x-path": "/another"}

    assert proved([SECRETS["easypost"]], BODY, headers, NOW) is Sender.EASYPOST


def test_easyposts_second_signature_betrays_a_replay_where_the_first_cannot():
    headers = easypost_v1() | easypost_v2(at=NOW - timedelta(hours=1))

    assert proved([SECRETS["easypost"]], BODY, headers, NOW) is None


@pytest.mark.parametrize(
    "secret", ["seko::", "seko:portal:", "seko::word", "easypost:", "aftership:", "shippo:", "whsec_"]
)
def test_a_secret_that_is_none_proves_nobody(secret):
    empty = [
        seko(secret=secret.partition(":")[2]),
        easypost_v1(secret=""),
        shippo(secret=""),
        standard(secret="whsec_"),
    ]

    assert [proved([secret], BODY, headers, NOW) for headers in empty] == [None] * 4
    with pytest.raises(UnusableSecret):
        check_secret(secret)


@pytest.mark.parametrize(("sender", "secret"), SECRETS.items())
def test_a_secret_says_whose_it_is(sender, secret):
    assert sender_of(check_secret(secret)) is Sender(sender)


@pytest.mark.parametrize(("sender", "body"), [("easypost", {"id": "evt_1"}), ("aftership", {"event_id": "evt_1"})])
def test_an_event_is_known_by_the_id_that_its_sender_gives(sender, body):
    keys = {event_key(Sender(sender), json.dumps(body | {"n": n}).encode(), {}) for n in range(3)}

    assert keys == {"evt_1"}


@pytest.mark.parametrize("sender", ["seko", "shippo"])
def test_an_event_without_an_id_is_known_by_its_bytes(sender):
    keys = [event_key(Sender(sender), body, {"webhook-id": "no"}) for body in (b"[]", b"[]", b"[ ]")]

    assert keys[0] == keys[1] != keys[2]


@pytest.mark.parametrize("body", [b"[]", b"7", b'{"id": 7}', b'{"id": ""}', b'{"id": "a\\u0000b"}'])
def test_an_event_with_an_odd_id_has_a_key_all_the_same(body):
    assert len(event_key(Sender.EASYPOST, body, {})) == 64


def test_a_key_is_never_too_long_to_be_kept():
    key = event_key(Sender.STANDARD, b"{}", {"webhook-id": "m" * 5000})

    assert len(key) == 64
    assert key != event_key(Sender.STANDARD, b"{}", {"webhook-id": "m" * 5001})


@pytest.mark.skipif(not VECTOR.exists(), reason="the recorded answers of carriers in ../shared are absent")
def test_easyposts_official_vector_is_proved():
    told = json.loads(VECTOR.read_text())
    headers = {name.lower(): value for name, value in told["headers"].items()}

    def prove(body):
        return proved([f"easypost:{told['webhook_secret']}"], body.encode(), headers, NOW)

    assert prove(told["raw_body"]) is Sender.EASYPOST
    assert prove(told["raw_body"] + "\n") is None
