"""A retailer's policy is kept in a file: checked, tried on past returns, put in force, and taken back, by command and page."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

import pytest
from playwright.sync_api import Browser, Page, expect

from deploy.local.processes import ROOT
from deploy.local.retailers import DEMO_PASSWORD
from deploy.local.stack import Stack
from tests.e2e.test_a_retailer_without_a_shop_brings_its_orders import Erp, fir, sold
from tests.waiting import until

__all__ = ["fir"]
Run = Callable[..., subprocess.CompletedProcess]


@pytest.fixture
def policy(suite: Stack, fir: Erp) -> Run:
    """Call it with what comes behind `homeward policy`; it asks with the key of Fir."""
    here = {"HOMEWARD_ADDRESS": suite.facts["gateway"], "HOMEWARD_KEY": fir.key}

    def run(*arguments: str) -> subprocess.CompletedProcess:
        command = [str(ROOT / "bin" / "homeward"), "policy", *arguments]
        return subprocess.run(command, env=os.environ | here, capture_output=True, text=True, timeout=60)

    return run


@pytest.fixture
def file(policy: Run, tmp_path: Path) -> Path:
    """The policy in force, in a file."""
    kept = tmp_path / "policy.yaml"
    kept.write_text(policy("show").stdout)
    return kept


@pytest.fixture
def desk(suite: Stack, fir: Erp, browser: Browser) -> Page:
    """The manager of Fir, signed in."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(f"{suite.facts['gateway']}/admin")
    page.get_by_label("Email").fill(fir.manager)
    page.get_by_label("Password").fill(DEMO_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def returned(erp: Erp) -> str:
    """A return of a shirt that was bought three days ago."""
    erp.bring(sold())
    wish = {"sku": "SHIRT", "quantity": 1, "reason": "changed_mind", "resolution": "refund"}
    made = erp.post("/returns", {"order": "F-1001", "email": "ana@example.com", "lines": [wish]})
    return made.raise_for_status().json()["number"]


def closed(file: Path, reason: str, sells_to: str = "US") -> None:
    """A rule before all others: nothing comes back for this reason. In Europe that is against the law at first."""
    file.write_text(f"sells_to:\n  - {sells_to}\n{file.read_text()}")
    rule = (
        f"rules:\n  - name: No more {reason}\n    priority: 1\n    when:\n      - field: reason\n        op: is\n"
        f"        value: {reason}\n    then:\n      reject:\n        en: Not any more.\n"
    )
    text = re.sub(r"^rules:\n", "", file.read_text(), flags=re.M)
    before, rules, after = file.read_text().partition("rules:\n")
    file.write_text(f"{before}{rule}{after}" if rules else text.replace("otherwise:", f"{rule}otherwise:"))


def test_a_policy_goes_round_a_file_without_a_change(policy: Run, file: Path):
    assert policy("lint", str(file)).returncode == 0
    assert policy("diff", str(file)).stdout == "the same as the policy in force\n"
    assert json.loads(policy("apply", str(file), "--json").stdout)["version"] == 1


def test_a_stricter_policy_is_tried_on_past_returns_before_it_counts(policy: Run, file: Path, fir: Erp):
    number = returned(fir)
    until(lambda: json.loads(policy("replay", str(file), "--json").stdout)["done"] >= 1, within=30)
    closed(file, "changed_mind")

    tried = json.loads(policy("replay", str(file), "--json").stdout)
    simulated = policy("simulate", "--file", str(file), "reason=changed_mind", "item_price=45.00GBP")
    real = fir.post("/policies/simulate", {"text": file.read_text(), "lines_of": again()}).json()
    applied = json.loads(policy("apply", str(file), "--words", "too many", "--replaces", "1", "--json").stdout)
    late = policy("apply", str(file), "--replaces", "1")
    refused = fir.post("/returns/preview", again()).json()
    restored = json.loads(policy("restore", "1", "--json").stdout)

    assert number in {case["number"] for case in tried["cases"]}
    assert tried["changes"]["refused"] == tried["changed"] >= 1
    assert [(money["currency"], money["after"]) for money in tried["money"]] == [("GBP", 0)]
    assert "Not any more." in simulated.stdout and "No more changed_mind" in simulated.stdout
    assert real["lines"][0]["words"] == "Not any more."
    assert real["lines"][0]["trace"][-1]["rule"] == "No more changed_mind"
    assert (applied["version"], restored["version"]) == (2, 3)
    assert late.returncode == 1 and "version 2 is in force" in late.stderr
    assert refused["lines"][0]["words"] == "Not any more."
    assert fir.post("/returns/preview", again()).json()["lines"][0]["offers"] != []


def again() -> dict:
    line = {"sku": "SHIRT", "quantity": 1, "reason": "changed_mind"}
    return {"order": "F-1001", "email": "ana@example.com", "lines": [line]}


def test_a_policy_below_the_law_of_a_country_is_refused_with_the_law_and_the_place(policy: Run, file: Path):
    closed(file, "changed_mind", sells_to="GB")

    checked = json.loads(policy("lint", str(file), "--json").stdout)
    applied = policy("apply", str(file))

    assert not checked["can_publish"]
    assert {(each["country"], each["path"]) for each in checked["below_floor"]} == {("GB", "rules.0.then")}
    assert "SI 2013/3134" in checked["below_floor"][0]["law"]
    assert "gives nothing within the period of withdrawal" in policy("lint", str(file)).stdout
    assert applied.returncode == 2 and "The law of a country asks for more" in applied.stderr


def test_a_ready_made_policy_is_a_start_on_the_page_and_in_a_file(policy: Run, file: Path, desk: Page, suite: Stack):
    listed = policy("template").stdout
    file.write_text(policy("template", "fashion").stdout)

    desk.goto(f"{suite.facts['gateway']}/admin/policy")
    desk.get_by_role("link", name="Fashion").click()

    assert [line.split()[0] for line in listed.splitlines()] == ["eu_default", "fashion", "electronics", "marketplace"]
    assert policy("lint", str(file)).returncode == 0
    assert desk.get_by_label("The policy as text").input_value().strip() == file.read_text().strip()


def test_a_fault_is_named_with_its_line_and_changes_nothing(policy: Run, file: Path):
    file.write_text(file.read_text().replace("stage: hub_scan", "stage: next_week"))
    line = file.read_text().splitlines().index("stage: next_week") + 1

    done = policy("lint", str(file))

    assert done.returncode == 1
    assert f"line {line}, stage" in done.stdout
    assert policy("apply", str(file)).returncode == 2


def test_a_manager_checks_saves_and_publishes_on_the_page(desk: Page, suite: Stack, fir: Erp):
    gateway, mark = suite.facts["gateway"], token_hex(3)
    desk.goto(f"{gateway}/admin/policy")
    text = desk.get_by_label("The policy as text")
    written = text.input_value()

    text.fill(written.replace("label: free", "label: nobody"))
    desk.get_by_role("button", name="Check").click()
    expect(desk.get_by_text("cannot be read yet")).to_be_visible()
    expect(desk.get_by_text(re.compile(r"line \d+, "))).to_be_visible()
    text.fill(written.replace("days: 30", "days: 45"))
    desk.get_by_label("Why (optional)").fill(f"longer {mark}")
    desk.get_by_role("button", name="Save draft").click()
    expect(desk.get_by_text("The draft is saved.")).to_be_visible()
    desk.get_by_role("button", name="Try on past returns").click()
    expect(desk.get_by_role("heading", name="Tried on past returns")).to_be_visible()
    expect(desk.get_by_text(re.compile("would be decided otherwise"))).to_be_visible(timeout=30_000)
    desk.goto(f"{gateway}/admin/policy")
    desk.get_by_label("Why (optional)").fill(f"longer {mark}")
    desk.get_by_role("button", name="Put in force").click()
    expect(desk.get_by_text("This policy is in force from now on.")).to_be_visible()

    head = fir.get("/policies/current")
    assert (head["document"]["window"]["days"], head["head"]["words"]) == (45, f"longer {mark}")
    desk.get_by_role("link", name="1", exact=True).click()
    desk.get_by_role("button", name="Put in force again").click()
    expect(desk.get_by_text("The earlier policy is in force again")).to_be_visible()
    assert fir.get("/policies/current")["document"]["window"]["days"] == 30
