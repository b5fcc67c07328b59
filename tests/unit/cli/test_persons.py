"""`homeward person`: what is kept of somebody, handed out or erased."""

import io
import json
import re

import pytest

from cli.refusals import Exit

REQUEST = {
    "request_id": "01a20794-2486-76c4-959c-f8a2fd057e92",
    "kind": "erase",
    "state": "waiting",
    "by": "shopify",
    "received_at": "2026-01-02T03:04:05Z",
    "due_at": "2026-02-01T03:04:05Z",
    "orders": 2,
    "returns": 1,
    "open_returns": ["01a20794-2486-76c4-959c-f8a2fd057e93"],
    "silent": ["labels"],
    "ended_at": None,
}


@pytest.mark.parametrize("kind", ["export", "erase"])
def test_a_person_is_named_by_an_address_in_the_body_and_nowhere_else(homeward, gateway, kind):
    gateway.answer("POST", "/persons/requests", {"request": REQUEST})

    sure = ("--yes",) if kind == "erase" else ()
    code, out, _ = homeward("person", kind, "maya@example.com", *sure)

    (asked,) = gateway.asked
    assert (code, asked.body) == (0, {"kind": kind, "email": "maya@example.com"})
    assert "maya" not in asked.path
    assert REQUEST["request_id"] in out
    assert "maya" not in out


class Keyboard(io.StringIO):
    """Somebody at a terminal who writes this."""

    def isatty(self):
        return True


@pytest.mark.parametrize("written", ["Maya@example.com\n", "\n", "yes\n"])
def test_before_somebody_is_erased_what_goes_is_said_and_the_address_asked_once_more(
    homeward, gateway, monkeypatch, written
):
    counted = {"orders": 2, "returns": 1, "open_returns": 1, "kept_requests": 0}
    gateway.answer("POST", "/persons/preview", counted)
    gateway.answer("POST", "/persons/requests", {"request": REQUEST})
    monkeypatch.setattr("sys.stdin", Keyboard(written))

    code, _, told = homeward("person", "erase", "maya@example.com")

    assert "This cannot be undone." in told
    assert re.search(r"open returns +1\b", told)
    is_sure = written.startswith("Maya")
    assert [asked.path for asked in gateway.asked] == ["/api/v1/persons/preview", "/api/v1/persons/requests"][
        : 1 + is_sure
    ]
    assert code == (Exit.OK if is_sure else Exit.REFUSED)


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_program_erases_nobody_without_saying_yes(homeward, gateway, monkeypatch, options):
    monkeypatch.setattr("sys.stdin", Keyboard("maya@example.com\n") if options else io.StringIO("maya@example.com\n"))

    code, _, told = homeward("person", "erase", "maya@example.com", *options)

    assert (code, gateway.asked) == (Exit.USAGE, [])
    assert "--yes" in told


def test_requests_say_what_they_wait_for(homeward, gateway):
    gateway.answer("GET", "/persons/requests", {"requests": [REQUEST, REQUEST | {"ended_at": "2026-01-03T00:00:00Z"}]})

    code, out, _ = homeward("person", "list")

    rows = out.splitlines()
    assert code == 0
    assert "labels, 1 open returns" in rows[1]
    assert "labels" not in rows[2]


def test_without_requests_it_says_so_and_as_data_it_is_a_list(homeward, gateway):
    gateway.answer("GET", "/persons/requests", {"requests": []})

    words, data = homeward("person", "list")[1], homeward("person", "list", "--json")[1]

    assert words.strip() == "no requests"
    assert json.loads(data) == {"requests": []}


def test_a_key_without_the_right_is_refused(homeward, gateway):
    gateway.refuse("POST", "/persons/requests", 403, "api.forbidden", "This needs persons.manage.")

    code, _, told = homeward("person", "erase", "maya@example.com", "--yes")

    assert code == Exit.NO_ACCESS
    assert "persons.manage" in told
