"""`homeward status`: what is well, what is not, and what nobody could tell."""

import json

from cli.refusals import Exit

SERVICE = {
    "service": "labels",
    "listeners": 1,
    "waiting": 0,
    "parked": 0,
    "outbox": 0,
    "outbox_oldest_at": None,
    "work_planned": 2,
    "work_parked": 0,
}
STATUS = {
    "well": True,
    "trouble": [],
    "parts": {"gateway": "ready", "database": "ready", "broker": "ready"},
    "services": [SERVICE],
    "queues": [{"queue": "labels.portal.label_requested.v1", "waiting": 0, "listeners": 1, "parked": 0}],
    "not_known": "",
}


def test_a_suite_that_is_well_is_said_to_be(gateway, homeward):
    gateway.answer("GET", "/status", STATUS)

    code, out, _ = homeward("status")

    assert code == Exit.OK
    assert out.startswith("All is well.\n")
    assert "label_requested" not in out


def test_every_queue_is_shown_when_asked_for(gateway, homeward):
    gateway.answer("GET", "/status", STATUS)

    _, out, _ = homeward("status", "--queues")

    assert "labels.portal.label_requested.v1" in out


def test_trouble_is_named_and_is_the_exit_code(gateway, homeward):
    silent = SERVICE | {"listeners": 0, "outbox": None, "work_planned": None, "work_parked": None}
    trouble = {"well": False, "trouble": ["Nobody answers for labels."], "services": [silent]}
    gateway.answer("GET", "/status", STATUS | trouble)

    code, out, _ = homeward("status")

    assert code == Exit.REFUSED
    assert "Nobody answers for labels." in out
    row = next(line for line in out.splitlines() if line.startswith("labels"))
    assert row.split() == ["labels", "away", "0", "0", "0", "?", "?", "?"]


def test_a_demo_without_an_operators_key_still_tells_of_its_processes(homeward, demo, tmp_path):
    nobody = [{"service": "labels", "metrics": "http://127.0.0.1:9/metrics"}]
    (tmp_path / "demo.json").write_text(json.dumps(demo | {"platform": {}, "processes": nobody}))

    code, out, _ = homeward("status")

    assert code == Exit.REFUSED
    assert "The process labels is away." in out
    assert "No more is told: no key" in out


def test_status_without_a_key_is_no_access_where_the_suite_is_elsewhere(gateway, homeward, monkeypatch):
    monkeypatch.delenv("HOMEWARD_KEY")

    code, _, _ = homeward("status")

    assert code == Exit.NO_ACCESS
