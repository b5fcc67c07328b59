"""Until when something may come back: by country, tag, product type and reason, and longer over a holiday."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from libs.contracts.rules import LineEligibility
from libs.contracts.values import OrderLine
from services.rules.domain import decide, judge
from tests.unit.rules.examples import DELIVERED, TEN_DAYS_LATER, a_return, asked, order, policy, shirt

USUAL = {"days": 30, "start": "delivery", "fallback": ["dispatch"]}


def instead(name: str, days: int | None, *when: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "when": list(when), "days": days} | more


def within(*others: dict[str, Any], extensions: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return USUAL | {"instead": list(others), "extensions": extensions or []}


def judged(window: dict[str, Any], line: OrderLine | None = None, **asking: Any) -> LineEligibility:
    return judge(policy(window=window), order(line or shirt(), **asking), TEN_DAYS_LATER).lines[0]


SWIMWEAR = instead("Swimwear", 7, {"field": "product_type", "op": "is", "value": "Swimwear"})
GERMANY = instead("Germany", 100, {"field": "country", "op": "in", "values": ["DE", "AT"]})
OPENED = instead("Opened", 14, {"field": "product_tags", "op": "in", "values": ["opened"]}, start="order", fallback=[])
FAULTY = instead("Faulty", 730, {"field": "reason", "op": "is", "value": "faulty"})


def test_a_product_type_a_country_and_a_tag_have_windows_of_their_own():
    window = within(SWIMWEAR, GERMANY, OPENED)

    assert judged(window).last_day == date(2026, 12, 1)
    assert judged(window, shirt(product_type="swimwear")).last_day == date(2026, 11, 8)
    assert judged(window, country="DE").last_day == date(2027, 2, 9)
    assert judged(window, shirt(tags=("Opened",)), placed_at=DELIVERED - timedelta(days=3)).last_day == date(
        2026, 11, 12
    )


def test_the_first_window_that_fits_counts():
    assert judged(within(SWIMWEAR, GERMANY), shirt(product_type="Swimwear"), country="DE").last_day == date(2026, 11, 8)
    assert judged(within(GERMANY, SWIMWEAR), shirt(product_type="Swimwear"), country="DE").last_day == date(2027, 2, 9)


def test_a_window_instead_may_have_no_limit():
    no_limit = instead("Members", None, {"field": "customer_tags", "op": "in", "values": ["member"]})
    year_later = DELIVERED + timedelta(days=365)
    member = order(shirt(), circumstances={"customer_tags": ("Member",)})

    line = judge(policy(window=within(no_limit)), member, year_later).lines[0]

    assert (line.eligible, line.last_day) == (True, None)


def test_before_the_reason_is_said_the_longest_window_it_may_open_counts():
    long_after = DELIVERED + timedelta(days=200)
    faulty_two_years = policy(window=within(FAULTY))

    before = judge(faulty_two_years, order(shirt()), long_after).lines[0]
    too_small = decide(faulty_two_years, a_return(asked(shirt())), long_after).lines[0]
    faulty = decide(faulty_two_years, a_return(asked(shirt(), reason="faulty")), long_after).lines[0]

    assert (before.eligible, before.last_day) == (True, date(2028, 10, 31))
    assert (too_small.offers, too_small.words) == ((), "The 30-day window closed on 1 December.".replace(".", " 2026."))
    assert faulty.offers


CHRISTMAS = {"name": "Christmas", "ordered_from": "2026-10-15", "ordered_to": "2026-12-24", "until": "2027-01-31"}


def test_what_is_ordered_before_christmas_may_come_back_after_it():
    window = within(extensions=[CHRISTMAS])

    assert judged(window).last_day == date(2027, 1, 31)
    assert judged(window, placed_at=datetime(2026, 10, 14, 23, 59, tzinfo=UTC)).last_day == date(2026, 12, 1)


def test_a_holiday_never_shortens_a_window_and_may_be_one_country_s_only():
    assert judged(within(GERMANY, extensions=[CHRISTMAS]), country="DE").last_day == date(2027, 2, 9)
    assert judged(within(extensions=[CHRISTMAS | {"countries": ["IE"]}])).last_day == date(2026, 12, 1)


def test_a_window_that_a_holiday_prolonged_is_told_by_its_day_not_by_its_length():
    closed = judge(policy(window=within(extensions=[CHRISTMAS])), order(shirt()), datetime(2027, 2, 1, tzinfo=UTC))

    assert closed.lines[0].words == "The return window closed on 31 January."
