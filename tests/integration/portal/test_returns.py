"""Returns in their database: made once, changed by facts, and no unit of a line given twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from hashlib import sha256
from secrets import token_urlsafe
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.exc import IntegrityError

from libs.chassis.clock import now
from libs.chassis.errors import Permanent
from libs.chassis.ids import new_id
from libs.chassis.settings import load
from libs.contracts.base import Envelope
from libs.contracts.values import CreditTerms, ExchangeVariant, Money, OrderLine, Resolution
from services.portal import domain
from services.portal.intake import new_number
from services.portal.store import tables
from services.portal.store.reading import Asked
from tests.unit.portal import lives

FRESH = {"id", "number", "submit_key"}


def a_submission(**changes):
    from services.portal.store.rows import Submission

    line = lives.a_line()
    line = replace(
        line,
        asked=line.asked.model_copy(
            update={"id": new_id(), "order_line_id": changes.pop("order_line", None) or new_id()}
        ),
    )
    ret = replace(lives.a_return(line), id=new_id(), number=new_number())
    ret, said = domain.submit(ret.knowing(parcels=(), approved=False, held=frozenset(changes.get("held", ()))))
    link = token_urlsafe(8)
    return Submission(
        ret,
        said,
        changes.get("key", str(uuid4())),
        sha256(changes.get("answers", "same").encode()).digest(),
        {},
        f"/r/{link}",
        link,
        {line.asked.order_line_id: changes.get("returnable", 1)},
    )


def a_fact(retailer, body):
    return Envelope.of(body, id=new_id(), time=now(), retailer_id=retailer.id, correlation_id=new_id())


def test_a_return_and_the_facts_it_states_are_kept_together(returns, retailer, outbox):
    asked = a_submission()

    returns.submit(retailer.id, asked)

    story = returns.get(retailer.id, number=asked.ret.number)
    assert story.ret == asked.ret
    assert outbox(retailer.id)[-3:] == ["return_submitted.v1", "return_approved.v1", "fee_requested.v1"]


def test_what_was_wished_for_in_place_of_money_is_kept_with_the_line(returns, retailer):
    asked = a_submission()
    wished = {
        "exchange_variant": ExchangeVariant(id="gid://shopify/ProductVariant/12", title="Sage / 12"),
        "fallback": Resolution.STORE_CREDIT,
        "credit": CreditTerms(bonus=Money(amount=450, currency="GBP"), valid_days=365),
    }
    line = replace(asked.ret.lines[0], asked=asked.ret.lines[0].asked.model_copy(update=wished))
    asked = replace(asked, ret=replace(asked.ret, lines=(line,)))

    returns.submit(retailer.id, asked)

    assert returns.get(retailer.id, number=asked.ret.number).ret.lines == (line,)


def test_what_carriers_and_customs_ask_for_is_kept_with_the_line(returns, retailer):
    asked = a_submission()
    known = {"hs_code": "620690", "origin": "PT", "grams": 210, "shipped_as": ("SBX1", "SBX2")}
    line = replace(asked.ret.lines[0], asked=asked.ret.lines[0].asked.model_copy(update=known))
    asked = replace(asked, ret=replace(asked.ret, lines=(line,)))

    returns.submit(retailer.id, asked)

    assert returns.get(retailer.id, number=asked.ret.number).ret.lines == (line,)


def test_the_same_form_sent_twice_makes_one_return(returns, retailer, outbox):
    first, second = a_submission(key="form-1"), a_submission(key="form-1")

    paths = {returns.submit(retailer.id, first), returns.submit(retailer.id, second)}

    assert paths == {first.status_path}
    assert outbox(retailer.id).count("return_submitted.v1") == 1


def test_the_same_key_with_other_answers_is_refused(returns, retailer):
    from services.portal.store.returns import KeyReused

    returns.submit(retailer.id, a_submission(key="form-2"))

    with pytest.raises(KeyReused):
        returns.submit(retailer.id, a_submission(key="form-2", answers="other"))


def test_a_number_in_use_is_told_and_leaves_nothing(returns, retailer):
    from services.portal.store.returns import NumberTaken

    first, second = a_submission(), a_submission()
    returns.submit(retailer.id, first)

    with pytest.raises(NumberTaken):
        returns.submit(retailer.id, replace(second, ret=replace(second.ret, number=first.ret.number)))

    assert returns.get(retailer.id, return_id=second.ret.id) is None


def test_fifty_racers_for_the_last_unit_have_one_winner(returns, retailer):
    from services.portal.store.returns import LineTaken

    unit = new_id()

    def race(_):
        try:
            return returns.submit(retailer.id, a_submission(order_line=unit))
        except LineTaken:
            return None

    with ThreadPoolExecutor(16) as racers:
        won = [path for path in racers.map(race, range(50)) if path]

    assert len(won) == 1


def test_a_submit_takes_few_statements(returns, retailer):
    statements = []

    @event.listens_for(returns.engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    returns.submit(retailer.id, a_submission())
    event.remove(returns.engine, "before_cursor_execute", count)

    assert len(statements) <= 11, statements  # the return, its lines, link, units, history, reports, timer and facts


def test_a_fact_moves_the_return_and_is_in_its_history(returns, retailer, outbox):
    asked = a_submission()
    returns.submit(retailer.id, asked)

    returns.change(a_fact(retailer, lives.fee_waived(asked.ret)))

    story = returns.get(retailer.id, number=asked.ret.number)
    assert story.ret.awaiting is domain.Awaiting.LABEL
    assert [(fact.type, fact.effect) for fact in story.facts][-2:] == [
        ("payments.fee_waived.v1", "applied"),
        ("portal.label_requested.v1", "stated"),
    ]
    assert outbox(retailer.id)[-1] == "label_requested.v1"


def test_a_fact_given_twice_moves_the_return_once(returns, retailer, outbox):
    asked = a_submission()
    returns.submit(retailer.id, asked)
    fact = a_fact(retailer, lives.fee_waived(asked.ret))

    returns.change(fact)
    returns.change(fact)

    assert outbox(retailer.id).count("label_requested.v1") == 1


def test_an_early_fact_is_kept_over_a_restart_and_applied_in_its_turn(returns, retailer):
    asked = a_submission()
    returns.submit(retailer.id, asked)

    returns.change(a_fact(retailer, lives.label_issued(asked.ret)))
    kept = returns.get(retailer.id, number=asked.ret.number)
    returns.change(a_fact(retailer, lives.fee_waived(asked.ret)))

    assert kept.ret.awaiting is domain.Awaiting.PAYMENT
    assert (kept.facts[-1].type, kept.facts[-1].effect) == ("labels.label_issued.v1", "kept")
    assert returns.get(retailer.id, number=asked.ret.number).ret.awaiting is domain.Awaiting.DROPOFF


def test_a_contradicting_fact_is_parked_and_changes_nothing(returns, retailer):
    asked = a_submission()
    returns.submit(retailer.id, asked)
    for body in (lives.fee_waived(asked.ret), lives.label_issued(asked.ret)):
        returns.change(a_fact(retailer, body))
    before = returns.get(retailer.id, number=asked.ret.number)

    with pytest.raises(Permanent, match="contradiction"):
        returns.change(a_fact(retailer, lives.label_issued(asked.ret, "HW2")))

    assert returns.get(retailer.id, number=asked.ret.number) == before


def test_another_retailer_sees_and_changes_nothing(returns, retailer, people):
    asked = a_submission()
    returns.submit(retailer.id, asked)
    stranger = replace(retailer, id=new_id())

    with pytest.raises(Permanent, match="no return"):
        returns.change(a_fact(stranger, lives.fee_waived(asked.ret)))

    assert returns.get(stranger.id, number=asked.ret.number) is None
    assert returns.list(stranger.id, Asked()).rows == ()


def test_the_list_finds_a_return_by_number_order_email_and_state(returns, retailer):
    asked = a_submission()
    returns.submit(retailer.id, asked)

    by = [returns.list(retailer.id, Asked(search=words)).rows for words in (asked.ret.number, "al-10", "ana@", "")]
    none = returns.list(retailer.id, Asked(search="100%")).rows
    waiting = returns.list(retailer.id, Asked(awaiting=domain.Awaiting.PAYMENT))

    assert [len(rows) for rows in by] == [1, 1, 1, 1]
    assert none == ()
    assert waiting.counts == {"awaiting_payment": 1}
    assert waiting.rows[0].ret.lines == asked.ret.lines


def test_a_settled_unit_is_subtracted_by_the_shop_alone(returns, retailer):
    shirt = new_id()
    asked = a_submission(order_line=shirt, returnable=2)
    returns.submit(retailer.id, asked)
    line = OrderLine(
        id=shirt, shop_line_id="1", title="Shirt", quantity=2, returnable=2, paid=lives.pounds(9000),
        list_price=lives.pounds(4500),
    )  # fmt: skip

    taken = returns.open_units(retailer.id, [line])
    for body in (lives.fee_waived, lives.label_issued, lives.first_scan, lives.hub_scan, lives.settled, lives.settled):
        returns.change(a_fact(retailer, body(asked.ret)))

    assert taken == {shirt: 1}
    assert returns.open_units(retailer.id, [line]) == {shirt: 0}
    assert returns.submit(retailer.id, a_submission(order_line=shirt, returnable=1))


def test_a_form_sent_again_finds_its_return_though_every_other_service_is_away(returns, retailer):
    from services.portal.intake import Intake, Picked, Wish, digest_of

    wish = Wish(new_id(), (Picked(new_id(), 1, "size", resolution="refund"),), "form-3")
    first = replace(a_submission(key="form-3"), digest=digest_of(wish))
    returns.submit(retailer.id, first)

    assert Intake(returns).submit(retailer, wish) == first.status_path


def test_what_is_wrong_with_a_row_is_not_taken_for_a_number_in_use(returns, retailer):
    asked = a_submission()

    with pytest.raises(IntegrityError):
        returns.submit(retailer.id, replace(asked, status_path=None))


@pytest.fixture
def many(returns, retailer):
    """So many returns that their retailer's id alone finds too many; the planner knows it. They are gone afterwards."""
    returns.submit(retailer.id, a_submission())
    copied = ", ".join(each.name for each in tables.returns.c if each.computed is None and each.name not in FRESH)
    with returns.unit(retailer_id=retailer.id) as unit:
        unit.db.exec_driver_sql(
            f"INSERT INTO returns (id, number, submit_key, {copied}) "
            f"SELECT gen_random_uuid(), n, n, {copied} FROM returns, generate_series(1, 20000) n"
        )
    _analyze()
    yield
    with returns.unit(retailer_id=retailer.id) as unit:
        unit.db.exec_driver_sql("DELETE FROM returns")
    _analyze()


def _analyze():
    owner = create_engine(load().owner_database("portal"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with owner.connect() as db:
        db.exec_driver_sql("ANALYZE returns")


def test_a_search_is_answered_from_an_index_under_row_level_security(returns, retailer, many):
    with returns.look(retailer.id) as db:
        plans = {
            column: "\n".join(
                db.exec_driver_sql(
                    f"EXPLAIN SELECT id FROM returns WHERE {column} >= 'zz' AND {column} < 'zzz'"
                ).scalars()
            )
            for column in ("number", "order_key", "email")
        }

    for column, plan in plans.items():
        assert re.search(rf"Index Cond: .*\b{column} >= ", plan), plan


def test_closed_returns_are_not_counted(returns, retailer):
    asked = a_submission()
    returns.submit(retailer.id, asked)
    for body in (lives.fee_waived, lives.label_issued, lives.first_scan, lives.hub_scan, lives.settled):
        returns.change(a_fact(retailer, body(asked.ret)))
    returns.submit(retailer.id, a_submission())

    assert returns.list(retailer.id, Asked()).counts == {"awaiting_payment": 1}


def test_a_list_is_searched_without_regard_to_case_and_by_beginnings_only(returns, retailer):
    returns.submit(retailer.id, a_submission())

    by = [
        returns.list(retailer.id, Asked(search=words)).rows for words in ("r-", "ANA@EXAMPLE", "example.com", "%", "_")
    ]

    assert [len(rows) for rows in by] == [1, 1, 0, 0, 0]
