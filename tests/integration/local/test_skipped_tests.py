"""With CI=true a run fails when it skips what it should have run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.processes import ROOT

SKIPS = """
import pytest

@pytest.mark.skip(reason="{reason}")
def test_a_parcel_is_weighed():
    assert False

def test_a_parcel_is_measured():
    assert True
"""


def exit_code(tmp_path: Path, reason: str, *options: str, ci: str) -> int:
    file = tmp_path / "test_parcels.py"
    file.write_text(SKIPS.format(reason=reason))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-c",
        str(ROOT / "pyproject.toml"),
        *options,
    ]
    done = subprocess.run([*command, str(file)], cwd=ROOT, env=os.environ | {"CI": ci}, capture_output=True)
    return done.returncode


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two processes"])
def test_a_test_put_off_until_later_fails_the_run(tmp_path: Path, options: tuple[str, ...]):
    assert exit_code(tmp_path, "later", *options, ci="true") == pytest.ExitCode.TESTS_FAILED


def test_a_test_that_needs_a_docker_engine_may_be_skipped(tmp_path: Path):
    assert exit_code(tmp_path, "no Docker engine answers", ci="true") == pytest.ExitCode.OK


def test_on_a_laptop_nobody_minds(tmp_path: Path):
    assert exit_code(tmp_path, "later", ci="") == pytest.ExitCode.OK
