"""The contracts are what was promised, and only a promise that harms nobody may change."""

import shutil
from pathlib import Path

import pytest

from libs import contracts
from libs.contracts import golden
from libs.contracts.golden import Schemas
from libs.contracts.golden.__main__ import PACKAGE, accept, problems


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the contracts' folder, with goldens accepted as 1.0.0."""
    folder = tmp_path / "contracts"
    shutil.copytree(PACKAGE, folder, ignore=shutil.ignore_patterns("*.pyc", "golden"))
    (folder / "__init__.py").write_text('"""Messages."""\n\n__version__ = "1.0.0"\n')
    (folder / "CHANGELOG.md").write_text("# Changelog\n\n## 1.0.0\n\n- First edition.\n")
    golden.write(golden.current(), "1.0.0", folder / "golden")
    return folder


@pytest.fixture
def now() -> Schemas:
    """The schemas as the classes say them, to be changed by a test."""
    return golden.current()


def test_the_classes_say_what_the_goldens_promise() -> None:
    assert problems() == []


def test_every_contract_and_both_envelopes_have_a_golden() -> None:
    assert golden.read().schemas.keys() == golden.current().keys() >= {"payments.fee_waived.v1", "envelope", "call"}


def test_a_copy_that_nobody_touched_has_no_problems(package: Path, now: Schemas) -> None:
    assert problems(package, now) == []


def test_an_incompatible_change_fails_with_class_path_and_reason(package: Path, now: Schemas) -> None:
    del now["payments.fee_waived.v1"]["properties"]["price"]

    assert problems(package, now) == [
        "BREAKS payments.fee_waived.v1: `price`: the field would be removed; its readers would miss it"
    ]


def test_an_incompatible_change_is_not_accepted(package: Path, now: Schemas) -> None:
    now["orders.find_order.v1"]["properties"]["town"] = {"type": "string"}
    now["orders.find_order.v1"]["required"].append("town")
    before = golden.read(package / "golden")

    said = accept(package, now)

    assert said[0] == (
        "BREAKS orders.find_order.v1: `town`: a new field would be required; "
        "callers that still run the former class would be refused"
    )
    assert golden.read(package / "golden") == before


def test_a_compatible_change_fails_and_names_the_command(package: Path, now: Schemas) -> None:
    now["payments.fee_waived.v1"]["properties"]["note"] = {"type": "string", "default": ""}

    assert problems(package, now) == [
        "payments.fee_waived.v1: `note`: a new optional field",
        "`make contracts-accept` accepts what breaks nobody",
    ]


def test_accepting_writes_the_golden_the_version_and_the_changelog(package: Path, now: Schemas) -> None:
    now["payments.fee_waived.v1"]["properties"]["note"] = {"type": "string", "default": ""}

    said = accept(package, now)

    assert said == [] == problems(package, now)
    assert '__version__ = "1.1.0"' in (package / "__init__.py").read_text()
    assert (package / "CHANGELOG.md").read_text() == (
        "# Changelog\n\n## 1.1.0\n\n- `payments.fee_waived.v1`: `note`: a new optional field.\n"
        "\n## 1.0.0\n\n- First edition.\n"
    )


def test_a_new_class_is_accepted_by_the_command(package: Path, now: Schemas) -> None:
    now["payments.payout_made.v1"] = {"title": "PayoutMadeV1", "type": "object", "x-kind": "fact"}

    assert problems(package, now) == [
        "payments.payout_made.v1: new",
        "`make contracts-accept` accepts what breaks nobody",
    ]
    assert accept(package, now) == [] == problems(package, now)


def test_a_class_cannot_vanish_while_its_golden_stands(package: Path, now: Schemas) -> None:
    del now["tracking.scans.v1"]

    said = accept(package, now)

    assert said[0].startswith("BREAKS tracking.scans.v1: the class is gone and its golden is not")


def test_a_contract_is_retired_by_deleting_class_and_golden(package: Path, now: Schemas) -> None:
    del now["tracking.scans.v1"]
    (package / "golden" / "tracking.scans.v1.json").unlink()

    assert problems(package, now)[0] == "tracking.scans.v1: retired"
    assert accept(package, now) == [] == problems(package, now)
    assert golden.read(package / "golden").version == "2.0.0"


def test_a_golden_cannot_be_edited_to_hide_a_break(package: Path, now: Schemas) -> None:
    del now["payments.fee_waived.v1"]["properties"]["price"]
    golden.write({"payments.fee_waived.v1": now["payments.fee_waived.v1"]}, "1.0.0", package / "edited")
    shutil.copy(package / "edited" / "payments.fee_waived.v1.json", package / "golden")

    assert problems(package, now) == [
        "BREAKS payments.fee_waived.v1: its golden was edited by hand; bring the file back as it was"
    ]
    assert accept(package, now) != []


def test_a_golden_cannot_be_deleted_to_hide_a_break(package: Path, now: Schemas) -> None:
    (package / "golden" / "payments.fee_waived.v1.json").unlink()

    assert (
        accept(package, now)[0]
        == "BREAKS payments.fee_waived.v1: its golden was deleted and the class still stands; bring the file back"
    )


def test_a_version_raised_by_hand_is_seen(package: Path, now: Schemas) -> None:
    (package / "__init__.py").write_text('__version__ = "1.2.0"\n')

    assert problems(package, now) == [
        "libs.contracts.__version__ is 1.2.0, and the goldens were accepted as 1.0.0",
        "CHANGELOG.md has no entry for 1.2.0",
    ]


def test_the_first_goldens_are_accepted_as_the_version_that_stands(package: Path, now: Schemas) -> None:
    shutil.rmtree(package / "golden")

    assert accept(package, now) == [] == problems(package, now)
    assert golden.read(package / "golden").version == "1.0.0"


def test_the_command_that_is_named_exists() -> None:
    assert "\ncontracts-accept:" in (PACKAGE.parents[1] / "Makefile").read_text()


def test_words_are_not_part_of_the_promise_but_a_field_called_title_is() -> None:
    promised = golden.current()["portal.return_submitted.v1"]

    line = promised["$defs"]["ReturnLine"]

    assert "title" in line["properties"] and "description" not in line and "title" not in line["properties"]["title"]


def test_the_package_has_the_version_of_the_contracts() -> None:
    assert golden.read().version == contracts.__version__
