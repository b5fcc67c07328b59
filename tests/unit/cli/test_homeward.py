"""The command's promises: exit codes, one sentence on standard error, JSON, and which key goes where."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.homeward import main, options
from cli.refusals import Exit
from deploy.local.ports import choose

ROOT = Path(__file__).parents[3]
ALDER = {"slug": "alder", "name": "Alder", "currency": "GBP", "portal": "https://returns.alder.example"}
GROUPS = ("status", "return", "task", "policy", "person", "dlq", "retailer", "clock")


def commands(parser, path=()):
    """Every command of a parser with its own parser."""
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for name, below in action.choices.items():
                yield (*path, name), below
                yield from commands(below, (*path, name))


def test_every_command_has_help_and_an_example():
    found = dict(commands(options()))

    runs = {path: parser for path, parser in found.items() if parser.get_default("run")}
    assert {path[0] for path in runs} == set(GROUPS)
    for path, parser in runs.items():
        assert parser.description
        assert f"homeward {' '.join(path)}" in parser.format_help()


def test_the_page_of_the_command_tells_of_every_command_and_exit_code():
    page = (ROOT / "docs" / "cli.md").read_text()

    runs = [f"`homeward {' '.join(path)}" for path, parser in commands(options()) if parser.get_default("run")]
    assert [command for command in runs if command not in page] == []
    assert [code for code in Exit if f"| {code.value} | " not in page] == []


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "api.no_access", Exit.NO_ACCESS),
        (403, "api.forbidden", Exit.NO_ACCESS),
        (404, "returns.not_found", Exit.NOT_FOUND),
        (409, "portal.not_now", Exit.REFUSED),
        (429, "api.too_many", Exit.REFUSED),
        (500, "service.failed", Exit.REFUSED),
        (503, "service.unavailable", Exit.UNREACHABLE),
    ],
)
def test_a_problem_of_the_api_is_one_sentence_and_an_exit_code(gateway, homeward, status, code, expected):
    gateway.refuse("GET", "/dlq", status, code, "Do something else.")

    exit_code, out, err = homeward("dlq", "list")

    assert exit_code == expected
    assert out == ""
    assert err == "homeward: Do something else.\n"


def test_a_refusal_cannot_steer_the_terminal(gateway, homeward):
    gateway.refuse("GET", "/dlq", 409, "portal.not_now", "\x1b[2J gone")

    assert homeward("dlq", "list")[2] == "homeward: �[2J gone\n"


def test_a_refusal_in_json_names_the_problem_and_the_reference(gateway, homeward):
    gateway.refuse("GET", "/dlq", 403, "api.forbidden", "This needs platform.operate.")

    _, _, err = homeward("dlq", "list", "--json")

    assert json.loads(err) == {
        "error": "This needs platform.operate.",
        "exit": 4,
        "code": "api.forbidden",
        "status": 403,
        "reference": "0199",
    }


def test_faults_of_a_body_are_named_with_their_place(gateway, homeward, tmp_path):
    faults = [{"in": "body", "pointer": "/slug", "fault": "Field required"}]
    gateway.refuse("POST", "/retailers", 422, "request.malformed", "Mend the fields named in `faults`.", faults=faults)
    (tmp_path / "alder.json").write_text("{}")

    code, _, err = homeward("retailer", "create", str(tmp_path / "alder.json"))

    assert code == Exit.USAGE
    assert err == "homeward: not understood: slug: Field required\n"


def test_nobody_at_the_address_is_unreachable(homeward):
    port = choose({"nobody": 0})[0]["nobody"]

    code, _, err = homeward("--address", f"http://127.0.0.1:{port}", "dlq", "list")

    assert code == Exit.UNREACHABLE
    assert "does not answer" in err


@pytest.mark.parametrize(
    ("options", "expected", "words"),
    [
        (("--address", "ftp://x.example"), Exit.USAGE, "is no address"),
        (("--address", "http://[bad"), Exit.UNREACHABLE, "does not answer"),
        (("--key", "schlüssel"), Exit.NO_ACCESS, "no key has"),
    ],
)
def test_an_address_or_a_key_that_cannot_be_one_is_refused_in_a_sentence(gateway, homeward, options, expected, words):
    code, _, err = homeward("dlq", "list", *options)

    assert code == expected
    assert words in err
    assert gateway.asked == []


def test_a_server_that_is_no_suite_is_said_to_be_none(gateway, homeward):
    gateway.answer("GET", "/dlq", b"<html>", 502)

    code, _, err = homeward("dlq", "list")

    assert code == Exit.UNREACHABLE
    assert "perhaps no Homeward suite" in err


def test_what_is_not_understood_is_exit_code_two():
    with pytest.raises(SystemExit) as left:
        main(["sell"])

    assert left.value.code == Exit.USAGE


def test_options_may_stand_before_and_after_the_command(gateway, homeward):
    gateway.answer("GET", "/retailers", {"retailers": []})

    before = homeward("--json", "retailer", "list")
    after = homeward("retailer", "list", "--json")

    assert before == after == (0, '{"retailers": []}\n', "")


def test_the_key_of_the_command_line_goes_before_the_environments(gateway, homeward):
    gateway.answer("GET", "/retailers", {"retailers": []})

    homeward("retailer", "list")
    homeward("retailer", "list", "--key", "hw_another")

    assert [asked.key for asked in gateway.asked] == ["hw_a_key", "hw_another"]


def test_in_a_demo_the_operator_has_one_key_and_each_retailer_another(gateway, homeward, demo):
    gateway.answer("GET", "/retailers", {"retailers": []})
    gateway.answer("GET", "/tasks", {"tasks": [], "next": None})

    homeward("retailer", "list")
    homeward("task", "list")
    homeward("task", "list", "--retailer", "kite")

    assert [asked.key for asked in gateway.asked] == ["hw_operator", "hw_alder", "hw_kite"]


def test_a_retailer_that_the_demo_does_not_have_is_not_found(homeward, demo):
    code, _, err = homeward("task", "list", "--retailer", "birch")

    assert code == Exit.NOT_FOUND
    assert "alder, kite" in err


def test_the_demos_keys_are_shown_to_no_other_address(gateway, homeward, demo):
    code, _, err = homeward("task", "list", "--address", gateway.url)

    assert code == Exit.NO_ACCESS
    assert "--key" in err
    assert gateway.asked == []


def test_without_a_suite_the_command_says_how_to_get_one(homeward, monkeypatch):
    monkeypatch.delenv("HOMEWARD_ADDRESS")

    code, _, err = homeward("dlq", "list")

    assert code == Exit.UNREACHABLE
    assert "make up" in err


def test_a_reader_that_has_read_enough_is_no_failure(gateway, homeward):
    gateway.answer("GET", "/retailers", {"retailers": [ALDER] * 5_000})
    command = f"{sys.executable} -m cli.homeward retailer list --json | head -c 1; exit ${{PIPESTATUS[0]}}"

    done = subprocess.run(["bash", "-c", command], cwd=ROOT, env=os.environ, capture_output=True, text=True)

    assert (done.returncode, done.stdout, done.stderr) == (0, "{", "")
