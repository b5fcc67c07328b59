"""Faults wait for their call, and are used up."""

import pytest
from pydantic import ValidationError

from deploy.sandbox.faults import FaultAsked, Faults


def planned(**asked):
    faults = Faults(frozenset({"slow", "reset"}))
    faults.plan(FaultAsked.model_validate(asked))
    return faults


def test_a_fault_for_one_operation_leaves_the_others_alone():
    faults = planned(kind="slow", operation="ReturnProcess")

    assert faults.take("ReturnCreate", "returnCreate") is None
    assert faults.take("ReturnProcess", "returnProcess").kind == "slow"
    assert faults.take("ReturnProcess") is None


def test_a_fault_is_used_as_often_as_it_was_asked_for():
    faults = planned(kind="reset", times=2)

    assert [fault and fault.kind for fault in (faults.take("A"), faults.take("B"), faults.take("C"))] == [
        "reset",
        "reset",
        None,
    ]


def test_faults_are_met_in_the_order_in_which_they_were_planned():
    faults = planned(kind="reset", operation="A")
    faults.plan(FaultAsked(kind="slow"))

    assert [faults.take("A").kind, faults.take("A").kind] == ["reset", "slow"]


def test_what_nobody_plays_cannot_be_planned():
    with pytest.raises(ValueError, match="kind must be one of: reset, slow"):
        planned(kind="explode")
    with pytest.raises(ValidationError):
        planned(kind="slow", operationn="A")
