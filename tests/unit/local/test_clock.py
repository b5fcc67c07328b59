"""`homeward clock`: steps in time."""

import pytest

from cli.homeward import Refusal, main, seconds


@pytest.mark.parametrize(("step", "expected"), [("+7d", 604_800), ("-1h", -3_600), ("+30m", 1_800), ("-10s", -10)])
def test_a_step_is_read_as_seconds(step: str, expected: int):
    assert seconds(step) == expected


@pytest.mark.parametrize("step", ["7d", "+7", "+1w", "tomorrow", ""])
def test_what_is_no_step_is_refused_in_words(step: str):
    with pytest.raises(Refusal, match="is no step in time"):
        seconds(step)


def test_an_unknown_command_is_a_mistake_of_usage():
    with pytest.raises(SystemExit) as left:
        main(["sell"])

    assert left.value.code == 2
