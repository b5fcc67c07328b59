"""Tables fit the screen, amounts and ages read as people write them, and nobody's words steer a terminal."""

import io
from datetime import UTC, datetime

import pytest

from cli.looks import Looks, age, moment, money, printable

NOW = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


class Screen(io.StringIO):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (4205, "GBP", "£42.05"),
        (-100, "EUR", "-€1.00"),
        (123_456_789, "SEK", "1,234,567.89 SEK"),
        (500, "JPY", "500 JPY"),
    ],
)
def test_money_is_written_as_people_do(amount, currency, expected):
    assert money({"amount": amount, "currency": currency}) == expected


def test_no_money_is_nothing():
    assert money(None) == ""


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        ("2026-01-02T11:59:30+00:00", "30 s"),
        ("2026-01-02T11:01:00Z", "59 min"),
        ("2026-01-02T09:00:00+01:00", "4 h"),
        ("2025-12-30T12:00:00Z", "3 d"),
        ("2026-01-05T12:00:00Z", "0 s"),
        (None, ""),
    ],
)
def test_an_age_is_told_in_its_largest_unit(since, expected):
    assert age(since, NOW) == expected


def test_a_moment_is_told_in_utc():
    assert moment("2026-01-02T01:30:00+02:00") == "2026-01-01 23:30"


def test_a_table_fits_the_screen_by_cutting_its_widest_column():
    table = Looks(40).table([["R-7KQ2M9", "in transit", "a" * 80]], ["number", "awaits", "why"])

    head, row = table.splitlines()
    assert len(row) == 40
    assert row.endswith("…")
    assert "R-7KQ2M9  in transit" in row
    assert head.startswith("number    awaits")


def test_a_table_in_a_pipe_is_cut_nowhere():
    assert "a" * 300 in Looks().table([["R-7KQ2M9", "a" * 300]])


def test_colours_take_no_room():
    looks = Looks(80, colour=True)

    first, second = looks.table([[looks.paint("ready", "green"), "x"], ["away", "y"]]).splitlines()

    assert first == "\x1b[32mready\x1b[0m  x"
    assert second == "away   y"


def test_a_pipe_sees_no_colour():
    assert Looks.of(io.StringIO(), {}) == Looks(None, False)


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_none(environment):
    assert not Looks.of(Screen(), environment).colour
    assert Looks.of(Screen(), {}).colour


def test_words_of_a_stranger_cannot_steer_the_terminal():
    written = "\x1b[2J\x1b]0;owned\x07 too small\r"

    for shown in (
        printable(written),
        Looks(80, colour=True).table([[written]]),
        Looks(colour=True).paint(written, "red"),
    ):
        assert "\x1b[2J" not in shown
        assert "\x07" not in shown
        assert "too small" in shown
