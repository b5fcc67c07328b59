"""What the mailbox keeps: every message as it came, and how to read it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from deploy.sandbox.memory import Memory

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    raw BLOB NOT NULL);
"""


@dataclass(frozen=True)
class Attachment:
    """A file that came with a message. `cid` names it inside the HTML."""

    filename: str
    content_type: str
    content: bytes
    cid: str | None


@dataclass(frozen=True)
class Message:
    """A message, with the envelope it came in."""

    id: int
    at: str
    sender: str
    recipients: list[str]
    raw: bytes

    def parsed(self) -> EmailMessage:
        """Its headers and parts."""
        return message_from_bytes(self.raw, policy=policy.default)

    def body(self, kind: str) -> str | None:
        """The `html` or `plain` text."""
        part = self.parsed().get_body((kind,))
        return str(part.get_content()) if part else None

    def attachments(self) -> list[Attachment]:
        """Every part that is a file, those shown inside the HTML too, in the order in which they stand."""
        return [
            _attachment(part)
            for part in self.parsed().walk()
            if not part.is_multipart() and (part.get_filename() or part["Content-ID"])
        ]

    def summary(self) -> dict[str, Any]:
        """Who wrote to whom about what, and which files came along."""
        mail = self.parsed()
        return {
            "id": str(self.id),
            "at": self.at,
            "from": str(mail["From"] or self.sender),
            "to": self.recipients,
            "subject": str(mail["Subject"] or ""),
            "attachments": [
                {"n": n, "filename": one.filename, "content_type": one.content_type, "size": len(one.content)}
                for n, one in enumerate(self.attachments())
            ],
        }

    def whole(self) -> dict[str, Any]:
        """The summary, the texts and the headers; a header that stands twice is joined by a line break."""
        headers: dict[str, str] = {}
        for name, value in self.parsed().items():
            headers[name] = f"{headers[name]}\n{value}" if name in headers else str(value)
        return {
            **self.summary(),
            "envelope_from": self.sender,
            "text": self.body("plain"),
            "html": self.body("html"),
            "headers": headers,
        }


def _attachment(part: Any) -> Attachment:
    cid = part["Content-ID"]
    return Attachment(
        part.get_filename() or "unnamed",
        part.get_content_type(),
        part.get_payload(decode=True) or b"",
        str(cid).strip().strip("<>") if cid else None,
    )


class Letters:
    """Every message, kept over a restart."""

    def __init__(self, memory: Memory, *, clock: Callable[[], datetime]) -> None:
        self._memory = memory
        self._clock = clock

    def keep(self, *, sender: str, recipients: list[str], raw: bytes) -> None:
        """Remember a message."""
        self._memory.run(
            "INSERT INTO messages (at, sender, recipients, raw) VALUES (?, ?, ?, ?)",
            self._clock().isoformat(),
            sender,
            "\n".join(recipients),
            raw,
        )

    def find(self, *, to: str | None = None, since: datetime | None = None) -> list[Message]:
        """Messages, oldest first: all, or those to one recipient, or those that came at `since` or later."""
        found = [_message(row) for row in self._memory.rows("SELECT * FROM messages ORDER BY id")]
        if to is not None:
            found = [one for one in found if to.casefold() in (name.casefold() for name in one.recipients)]
        return [one for one in found if since is None or datetime.fromisoformat(one.at) >= since]

    def one(self, id_: int) -> Message | None:
        """The message of this number."""
        row = self._memory.row("SELECT * FROM messages WHERE id = ?", id_)
        return _message(row) if row else None

    def forget(self, *, to: str | None = None) -> None:
        """Throw away every message, or those to one recipient."""
        for message in self.find(to=to):
            self._memory.run("DELETE FROM messages WHERE id = ?", message.id)


def _message(row: Any) -> Message:
    return Message(row["id"], row["at"], row["sender"], row["recipients"].split("\n"), bytes(row["raw"]))
