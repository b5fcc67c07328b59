"""Metrics have one form of name, one set of labels, and nothing personal in either."""

import re

from libs.chassis.metrics import Meter

NAME = re.compile(r"homeward_labels_[a-z_]+_(seconds|rows|total|bytes)")
LABELS = {"event", "outcome", "request", "route", "method", "status", "outside", "kind", "what"}
BUILT_IN = ("process_", "python_")


def of_labels():
    return [family for family in Meter("labels").registry.collect() if not family.name.startswith(BUILT_IN)]


def test_every_name_is_homeward_the_service_what_and_the_unit():
    names = [f"{family.name}_total" if family.type == "counter" else family.name for family in of_labels()]

    assert len(names) > 10
    assert [name for name in names if not NAME.fullmatch(name)] == []


def test_no_label_names_a_retailer_a_person_or_an_id():
    meter = Meter("labels")
    labels = {label for metric in vars(meter).values() for label in getattr(metric, "_labelnames", ())}

    assert labels == LABELS


def test_each_says_what_it_is():
    assert all(family.documentation.endswith(".") for family in of_labels())


def test_two_processes_in_one_do_not_share_what_they_count():
    one, other = Meter("labels"), Meter("labels")

    one.duplicates.inc()

    assert one.registry.get_sample_value("homeward_labels_inbox_duplicates_total") == 1
    assert other.registry.get_sample_value("homeward_labels_inbox_duplicates_total") == 0
