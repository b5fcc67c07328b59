"""A log line is a JSON object, and nothing personal is in it."""

import io
import json
import logging

import pytest
import structlog

from libs.chassis import logs
from libs.chassis.context import fresh, working


@pytest.fixture
def lines():
    """Call it for what was logged since, line by line."""
    before, handlers, level = structlog.get_config(), logging.root.handlers[:], logging.root.level
    written = io.StringIO()
    logs.start("labels", "INFO", to=written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    structlog.configure(**before)
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_a_line_says_which_service_when_and_whose_work(lines):
    context = fresh()

    with working(context, retailer="alder"):
        structlog.get_logger().info("labels.label_issued", parcel=1)

    [line] = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "service": "labels",
        "event": "labels.label_issued",
        "level": "info",
        "retailer": "alder",
        "correlation_id": str(context.correlation_id),
        "parcel": 1,
    }


@pytest.mark.parametrize(
    "field", ["email", "name", "phone", "address", "token", "secret", "password", "body", "cookie"]
)
def test_a_personal_field_is_hidden(lines, field):
    structlog.get_logger().info("labels.label_issued", **{field: "Jane"})

    assert lines()[0][field] == "[hidden]"


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("Key (email)=(jane.doe+1@shopper.example) exists", "Key (email)=([hidden]) exists"),
        ("amqp://homeward:s3cret@broker:5672/", "amqp://homeward:[hidden]:5672/"),
        ("an order of 3 @ 5.00", "an order of 3 @ 5.00"),
    ],
)
def test_an_address_inside_other_words_is_hidden(lines, words, shown):
    structlog.get_logger().warning("labels.failed", error=words)

    assert lines()[0]["error"] == shown


def test_an_address_in_a_traceback_is_hidden_too(lines):
    try:
        raise KeyError("jane@shopper.example")
    except KeyError:
        structlog.get_logger().exception("labels.failed")

    [line] = lines()
    assert "KeyError: '[hidden]'" in line["exception"]
    assert "jane" not in json.dumps(line)


def test_what_a_library_logs_has_the_same_form(lines):
    logging.getLogger("amqp").warning("lost %s", "jane@shopper.example")

    [line] = lines()
    assert (line["service"], line["event"], line["level"]) == ("labels", "lost [hidden]", "warning")
