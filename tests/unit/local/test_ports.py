"""Ports: the one a person expects, or another one, said."""

from deploy.local.ports import BELOW_EPHEMERAL, choose


def test_names_that_want_no_port_in_particular_get_different_ones():
    chosen, said = choose({"gateway": 0, "mailbox": 0, "broker": 0})

    assert len(set(chosen.values())) == 3
    assert set(chosen.values()) <= set(BELOW_EPHEMERAL)
    assert said == []
