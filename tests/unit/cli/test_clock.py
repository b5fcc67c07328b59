"""`homeward clock`: steps in time."""

import pytest

from cli.clock import seconds
from cli.homeward import main
from cli.refusals import Refusal


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


@pytest.mark.parametrize(
    ("step", "offset", "words"),
    [
        ("+7d", 604_800, "the clock is ahead by 7 days, 0:00:00"),
        ("-1h", -3_600, "the clock is behind by 1:00:00"),
        ("reset", 0, "the clock is right"),
        ("show", 0, "the clock is right"),
    ],
)
def test_a_step_moves_the_clock_of_the_suite(homeward, demo, tmp_path, monkeypatch, step, offset, words):
    clock = tmp_path / "clock"
    monkeypatch.setenv("CLOCK_FILE", str(clock))

    code, out, _ = homeward("clock", step)

    assert (code, out) == (0, f"{words}\n")
    assert int(clock.read_text() if clock.exists() else 0) == offset


def test_the_clock_of_production_does_not_move(homeward):
    code, _, err = homeward("clock", "+7d")

    assert code == 1
    assert "sandbox mode only" in err
