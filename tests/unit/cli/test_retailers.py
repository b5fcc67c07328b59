"""`homeward retailer`: listed, and made from a file or from standard input."""

import io
import json

from cli.refusals import Exit

MADE = {
    "id": "1",
    "slug": "alder",
    "portal": "https://returns.alder.example",
    "admin": "https://x.example/admin",
    "api_key": "hw_new",
    "webhooks": {
        "shopify": {"url": "https://x.example/webhooks/shopify/t", "secret": "s1", "shop": "alder.myshopify.com"},
        "carriers": [{"name": "own", "url": "https://x.example/webhooks/carriers/t", "secret": "whsec_1"}],
    },
}


def test_a_retailer_is_made_from_a_file(gateway, homeward, tmp_path):
    gateway.answer("POST", "/retailers", MADE, 201)
    file = tmp_path / "alder.json"
    file.write_text('{"slug": "alder"}')

    code, out, _ = homeward("retailer", "create", str(file))

    assert code == Exit.OK
    assert gateway.asked[-1].body == {"slug": "alder"}
    for shown in ("hw_new", "whsec_1", "https://returns.alder.example", "not shown again"):
        assert shown in out


def test_a_retailer_is_made_from_standard_input(gateway, homeward, monkeypatch):
    gateway.answer("POST", "/retailers", MADE, 201)
    monkeypatch.setattr("sys.stdin", io.StringIO('{"slug": "kite"}'))

    _, out, _ = homeward("retailer", "create", "-", "--json")

    assert gateway.asked[-1].body == {"slug": "kite"}
    assert json.loads(out) == MADE


def test_a_file_that_is_not_there_or_no_json_is_not_understood(gateway, homeward, tmp_path):
    (tmp_path / "broken.json").write_text("{")

    missing = homeward("retailer", "create", str(tmp_path / "none.json"))
    broken = homeward("retailer", "create", str(tmp_path / "broken.json"))

    assert missing[0] == broken[0] == Exit.USAGE
    assert "cannot be read" in missing[2]
    assert "is not JSON" in broken[2]
    assert gateway.asked == []


def test_retailers_are_listed(gateway, homeward):
    alder = {"slug": "alder", "name": "Alder", "currency": "GBP", "portal": "https://returns.alder.example"}
    gateway.answer("GET", "/retailers", {"retailers": [alder]})

    _, out, _ = homeward("retailer", "list")

    assert out.splitlines()[1].split() == ["alder", "Alder", "GBP", "https://returns.alder.example"]
