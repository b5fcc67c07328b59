"""The mailbox: takes mail, shows it behind shut doors, and refuses it on demand."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import httpx
import pytest

from tests.integration.sandbox.running import Running


@pytest.fixture
def box(world: Running) -> Iterator[Running]:
    """The world's mailbox, empty."""
    httpx.delete(f"{world.mailbox}/messages")
    yield world
    httpx.delete(f"{world.mailbox}/control/faults")


def label_mail(to="maya@example.com"):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Alder <returns@alder.example>", to, "Your label for R-7KQ2M9"
    mail.set_content("Print the label.\n")
    mail.add_alternative("<h1>Print the label</h1><script>alert(1)</script><img src='cid:logo'>", subtype="html")
    mail.get_payload()[1].add_related(b"<svg/>", "image", "svg+xml", cid="<logo>", filename="logo.svg")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="label R-7KQ2M9.pdf")
    return mail


def send(box, mail):
    with smtplib.SMTP("127.0.0.1", box.smtp, timeout=5) as door:
        door.send_message(mail)


def messages(box, **asked):
    return httpx.get(f"{box.mailbox}/messages", params=asked).raise_for_status().json()["messages"]


def misbehave(box, **fault):
    httpx.post(f"{box.mailbox}/control/faults", json=fault).raise_for_status()


def test_a_mail_is_kept_with_its_texts_and_files(box):
    send(box, label_mail())

    (summary,) = messages(box, to="Maya@example.com")
    whole = httpx.get(f"{box.mailbox}/messages/{summary['id']}").json()

    assert (summary["subject"], summary["from"]) == ("Your label for R-7KQ2M9", "Alder <returns@alder.example>")
    assert [(file["n"], file["content_type"], file["size"]) for file in summary["attachments"]] == [
        (0, "image/svg+xml", 6),
        (1, "application/pdf", 8),
    ]
    assert (whole["text"].strip(), whole["envelope_from"]) == ("Print the label.", "returns@alder.example")
    assert "<h1>Print the label</h1>" in whole["html"]


def test_a_file_comes_as_it_was_sent_and_is_never_shown_as_a_page(box):
    send(box, label_mail())
    (summary,) = messages(box)

    answer = httpx.get(f"{box.mailbox}/messages/{summary['id']}/attachments/1")

    assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''label%20R-7KQ2M9.pdf"
    assert answer.headers["content-security-policy"].startswith("sandbox")


def test_mails_are_found_by_recipient_and_time(box):
    send(box, label_mail())
    send(box, label_mail("robin@example.com"))
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    assert [mail["to"] for mail in messages(box)] == [["maya@example.com"], ["robin@example.com"]]
    assert len(messages(box, to="robin@example.com")) == 1
    assert messages(box, since=tomorrow.isoformat()) == []
    assert len(messages(box, since=(tomorrow - timedelta(days=2)).isoformat())) == 2


def test_the_html_of_a_mail_is_shown_with_its_pictures_and_without_its_scripts(box):
    send(box, label_mail())
    (summary,) = messages(box)

    shown = httpx.get(f"{box.mailbox}/messages/{summary['id']}/html")
    page = httpx.get(f"{box.mailbox}/show/{summary['id']}")

    assert f"/messages/{summary['id']}/attachments/0" in shown.text
    assert "script-src" not in shown.headers["content-security-policy"]
    assert shown.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "allow-scripts" not in shown.headers["content-security-policy"] + page.text
    assert "<iframe" in page.text


def test_a_subject_is_text_and_not_html(box):
    mail = label_mail()
    mail.replace_header("Subject", "<b>bold</b>")
    send(box, mail)

    assert "&lt;b&gt;bold&lt;/b&gt;" in httpx.get(box.mailbox).text


def test_a_mail_that_is_refused_is_not_kept(box):
    misbehave(box, kind="refuse", to="maya@example.com")

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(box, label_mail())

    assert refused.value.recipients["maya@example.com"][0] == 550
    assert messages(box) == []


def test_a_mail_put_off_is_taken_the_next_time(box):
    misbehave(box, kind="tempfail")

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(box, label_mail())
    send(box, label_mail())

    assert refused.value.recipients["maya@example.com"][0] == 451
    assert len(messages(box)) == 1


def test_a_mailbox_that_hangs_up_before_its_answer_has_the_mail_all_the_same(box):
    misbehave(box, kind="drop_after_data")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(box, label_mail())

    assert len(messages(box)) == 1


def test_a_slow_mailbox_takes_the_mail(box):
    misbehave(box, kind="slow", seconds=0.05)

    send(box, label_mail())

    assert len(messages(box)) == 1


def test_the_mails_of_one_recipient_can_be_thrown_away(box):
    send(box, label_mail())
    send(box, label_mail("robin@example.com"))

    httpx.delete(f"{box.mailbox}/messages", params={"to": "maya@example.com"})

    assert [mail["to"] for mail in messages(box)] == [["robin@example.com"]]
