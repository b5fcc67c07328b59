"""The servers that all test processes share."""

import kombu
import psycopg


def test_this_process_has_a_broker_and_a_database(broker_url: str, server_url: str):
    with kombu.Connection(broker_url) as connection, psycopg.connect(server_url) as database:
        fsync = database.execute("show fsync").fetchone()

        assert connection.connect() is not None
        assert fsync == ("on",)
