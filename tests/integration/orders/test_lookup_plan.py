from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from services.orders.store.index import of_number


def plan(desk, number):
    """How the database would find the orders of a number, asked as the service asks, under row-level security."""
    asked = of_number(number, b"p" * 32).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    with desk.service.index.unit(retailer_id=desk.retailer_id) as unit:
        who = unit.db.exec_driver_sql("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        # A table of a few orders is read whole by any wise planner. Told not to, it must have another way.
        unit.db.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return who.scalar_one(), "\n".join(unit.db.execute(text(f"EXPLAIN {asked}")).scalars())


def test_a_look_up_goes_by_the_index_of_its_retailer_and_number(alder):
    sees_all, found = plan(alder, "AL-1001")
    (condition,) = (line for line in found.splitlines() if "Index Cond" in line)

    assert not sees_all
    assert "ix_orders_retailer_id_number_key" in found
    assert "retailer_id" in condition
    assert "number_key" in condition
