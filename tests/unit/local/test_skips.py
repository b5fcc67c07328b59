"""Skips that a continuous integration run allows."""

import pytest

from tests.skips import is_allowed


@pytest.mark.parametrize(
    "reason",
    ["no Docker engine answers", "needs Node", "a Stripe credential is not set", "../shared is absent"],
)
def test_what_no_package_can_bring_may_be_skipped(reason: str):
    assert is_allowed(f"Skipped: {reason}")


@pytest.mark.parametrize("reason", ["flaky", "no browser here", "later"])
def test_anything_else_must_run(reason: str):
    assert not is_allowed(f"Skipped: {reason}")
