"""A policy is kept in a file: read with the lines of its faults, and written the same each time."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.rules.comparing import changes
from services.rules.examples import failed
from services.rules.policy import InvalidPolicy, read
from services.rules.written import NotYaml, document_of, parse, text_of
from tests.unit.rules.examples import document

TEXT = """\
window:
  days: 30
reasons:
  - code: faulty
    words:
      en: Faulty
offers:
  - resolution: refund
rules:
  - name: Norway pays
    priority: 10
    when:
      - field: country
        op: in
        values:
          - NO
    then:
      allow:
        - refund
      label: paid
otherwise:
  allow:
    - refund
label: free
stage: hub_scan
"""


def test_the_country_norway_is_no_boolean():
    assert parse("countries: [NO, SE]").data == {"countries": ["NO", "SE"]}
    assert document_of(TEXT).rules[0].when[0].values == ("NO",)


def test_days_stay_text_until_the_policy_says_that_they_are_days():
    assert parse("until: 2026-12-24").data == {"until": date(2026, 12, 24).isoformat()}


def test_a_text_says_on_which_line_each_part_stands():
    text = parse(TEXT)

    assert text.line_of("rules.0.priority") == 11
    assert text.line_of("rules.0.when.0.values.0") == 16
    assert text.line_of("rules.0.starts") == 10  # is not there: the rule is
    assert text.line_of("fees") == 1


def test_the_same_policy_has_the_same_bytes_however_it_was_written():
    written = text_of(document_of(TEXT))

    assert text_of(document_of(written)) == written
    assert document_of(written) == document_of(TEXT)
    assert text_of(read(document_of(TEXT).model_dump(mode="json"))) == written


@given(st.permutations(["window", "reasons", "offers", "otherwise", "label", "stage"]))
def test_the_order_of_the_parts_means_nothing(order):
    whole = document()
    shuffled = {name: whole[name] for name in order} | {k: v for k, v in whole.items() if k not in order}

    assert text_of(read(shuffled)) == text_of(read(whole))


@given(st.text(min_size=1, max_size=60).filter(lambda words: words.strip() == words and words.isprintable()))
def test_any_words_come_back_as_they_were(words):
    policy = read(document(reasons=[{"code": "faulty", "words": {"en": words}}]))

    assert document_of(text_of(policy)) == policy


@pytest.mark.parametrize(
    ("text", "line", "fault"),
    [
        ("window:\n  days: 30\nwindow:\n  days: 60\n", 3, "is written twice"),
        ("window: &short\n  days: 3\n", 1, "anchors and aliases are not read"),
        ("window:\n  days: [30\n", 3, "expected"),
        ("window:\n\tdays: 30\n", 2, "cannot start any token"),
        ("window:\n  days: !days 30\n", 2, "the tag !days is not read"),
        ("window:\n  days: !!int abc\n", 2, "the tag !!int is not read"),
        ("window:\n  days: " + "9" * 5000, 2, "at most 18 digits"),
        ("[" * 3000, 1, "stand within each other"),
        ("[" * 300 + "]" * 300, 1, "stand within each other"),
    ],
)
def test_a_text_that_cannot_be_read_says_where(text, line, fault):
    with pytest.raises(NotYaml) as wrong:
        parse(text)

    assert wrong.value.line == line
    assert fault in wrong.value.faults[0][1]


def test_a_text_that_is_no_policy_is_refused_with_the_path():
    with pytest.raises(InvalidPolicy) as wrong:
        document_of(TEXT.replace("priority: 10", "priority: none"))

    assert [path for path, _ in wrong.value.faults] == ["rules.0.priority"]


def test_an_empty_text_is_no_policy():
    with pytest.raises(InvalidPolicy) as wrong:
        document_of("")

    assert wrong.value.faults == (("document", "is no policy: write its parts one a line, such as `stage: hub_scan`"),)


def test_json_is_read_as_well():
    assert parse('{"label": "free", "window": {"days": null}}').data == {"label": "free", "window": {"days": None}}


def test_a_difference_names_the_lines_that_changed():
    found = changes(TEXT, TEXT.replace("days: 30", "days: 60"), named="version 4")

    assert "--- version 4" in found
    assert [line for line in found if line.startswith(("+ ", "- "))] == ["-  days: 30", "+  days: 60"]
    assert changes(TEXT, TEXT) == ()


def test_a_difference_can_be_applied_to_the_text_before_it():
    before = "".join(f"  - {number}\n    label: free\n" for number in range(40))
    after = before.replace("  - 7\n", "  - seven\n").replace("  - 30\n    label: free\n", "") + "stage: manual\n"

    assert applied(before.splitlines(), changes(before, after)) == after.splitlines()


def test_the_difference_of_two_long_policies_that_share_nothing_is_all_of_both():
    before, after = ("\n".join(f"{word} {number}" for number in range(6_000)) for word in ("old", "new"))

    found = changes(before, after)

    assert len([line for line in found if line.startswith(("-old", "+new"))]) == 12_000


def applied(lines, found):
    """The lines as `patch` leaves them."""
    done, at = [], 0
    for line in found[2:]:
        if line.startswith("@@"):
            start, _, length = line.split()[1][1:].partition(",")
            begin = int(start) - (length != "0")
            done, at = done + lines[at:begin], begin
        elif line.startswith("+"):
            done.append(line[1:])
        else:
            assert lines[at] == line[1:]
            done += [line[1:]] if line.startswith(" ") else []
            at += 1
    return done + lines[at:]


def test_the_policy_in_the_docs_is_one_and_does_what_it_says():
    page = (Path(__file__).parents[3] / "docs" / "policy.md").read_text()
    policy = document_of(page.split("```yaml\n")[1].split("```")[0])

    assert len(policy.examples) == 1
    assert failed(policy, datetime(2026, 11, 23, tzinfo=UTC)) == ()
