"""The page that shows the tables is drawn from them."""

from pathlib import Path

from services.portal.domain import LIMITS, MONEY, MOVES, TASKS
from services.portal.domain.knowledge import KINDS, MILESTONES
from services.portal.life_page import page

PAGE = Path(__file__).parents[3] / "docs" / "life.md"


def test_the_page_of_the_life_is_the_one_that_the_tables_draw():
    assert PAGE.read_text() == page(), "the tables have changed: run `make life`"


def test_every_row_of_the_tables_is_on_the_page():
    rows = [line for line in page().splitlines() if line.startswith("| `")]

    assert len(rows) == len(MOVES) + len(MONEY) + len(KINDS) + len(MILESTONES) + len(LIMITS) + len(TASKS)
