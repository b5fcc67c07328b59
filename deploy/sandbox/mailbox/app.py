"""The mailbox's page and its JSON: what was sent, to whom, and how it looks."""

import re
from datetime import datetime
from html import escape
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from deploy.sandbox.faults import Faults, route
from deploy.sandbox.mailbox.letters import Letters, Message
from deploy.sandbox.web import LIVEZ, BadRequest, listing, page, refuse

# A mail is a stranger's HTML: no script, no forms, no frames; pictures from anywhere, styles of its own.
_MAIL_CSP = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src * data:; "
    "style-src 'unsafe-inline'; font-src data:; base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
)
_CID = re.compile(r"cid:([^\"'\s)>]+)")


class Mailbox:
    """The handlers, over the kept letters."""

    def __init__(self, letters: Letters) -> None:
        self._letters = letters

    async def front(self, request: Request) -> Response:
        """The newest mails, of everybody or of one recipient."""
        to = request.query_params.get("to")
        found = list(reversed(self._letters.find(to=to)))[:100]
        rows = listing((_row(one) for one in found), "No mail yet.")
        head = (
            f"<p>To {escape(to)}. <a href='/'>Show everybody's</a></p>"
            if to
            else ("<p>Takes mail by SMTP and sends none on. Choose a recipient to see only theirs.</p>")
        )
        return page("Sandbox mailbox", head + rows)

    async def show(self, request: Request) -> Response:
        """One mail as its reader sees it."""
        message = self._wanted(request)
        summary = message.summary()
        files = listing(
            (
                f"<a href='/messages/{message.id}/attachments/{one['n']}'>{escape(one['filename'])}</a> "
                f"<span class='soft sm'>{escape(one['content_type'])}, {one['size']:,} bytes</span>"
                for one in summary["attachments"]
            ),
            "No files.",
        )
        body = (
            (
                f"<iframe src='/messages/{message.id}/html' title='The mail' "
                "sandbox='allow-popups allow-popups-to-escape-sandbox'></iframe>"
            )
            if message.body("html")
            else ""
        )
        return page(
            summary["subject"] or "(no subject)",
            (
                f"<p>{escape(summary['from'])} to {_names(message)}, {escape(_time(message))} · <a href='/'>All mail</a> · "
                f"<a href='/messages/{message.id}'>JSON</a> · <a href='/messages/{message.id}/raw'>Source</a></p>{body}"
                f"<h2>Files</h2>{files}<h2>Plain text</h2><pre>{escape(message.body('plain') or '(none)')}</pre>"
            ),
        )

    async def messages(self, request: Request) -> Response:
        """Summaries as JSON, oldest first; or DELETE them."""
        to = request.query_params.get("to")
        if request.method == "DELETE":
            self._letters.forget(to=to)
            return Response(status_code=204)
        found = self._letters.find(to=to, since=_since(request))
        return JSONResponse({"messages": [one.summary() for one in found]})

    async def message(self, request: Request) -> Response:
        """One mail, whole, as JSON."""
        return JSONResponse(self._wanted(request).whole())

    async def html(self, request: Request) -> Response:
        """The HTML of a mail, its own pictures included, with every door shut; links open beside it."""
        message = self._wanted(request)
        places = {one.cid: n for n, one in enumerate(message.attachments()) if one.cid}
        shown = _CID.sub(
            lambda m: f"/messages/{message.id}/attachments/{places[m[1]]}" if m[1] in places else m[0],
            message.body("html") or "",
        )
        return Response(
            f"<base target=_blank>{shown}",
            media_type="text/html",
            headers={
                "Content-Security-Policy": _MAIL_CSP,
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            },
        )

    async def raw(self, request: Request) -> Response:
        """A mail as it came."""
        return Response(self._wanted(request).raw, media_type="text/plain; charset=utf-8")

    async def attachment(self, request: Request) -> Response:
        """A file of a mail."""
        files = self._wanted(request).attachments()
        n = request.path_params["n"]
        if n >= len(files):
            raise BadRequest(f"the message has {len(files)} files")
        return Response(
            files[n].content,
            media_type=files[n].content_type,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(files[n].filename)}",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
            },
        )

    def _wanted(self, request: Request) -> Message:
        message = self._letters.one(request.path_params["id"])
        if message is None:
            raise BadRequest("there is no such message")
        return message


def _row(message: Message) -> str:
    summary = message.summary()
    files = f" · {len(summary['attachments'])} files" if summary["attachments"] else ""
    return (
        f"<span class=row><a href='/show/{message.id}'>{escape(summary['subject'] or '(no subject)')}</a>"
        f"<span class='soft sm'>{_names(message)}{files}</span><span class='soft sm'>{escape(_time(message))}</span></span>"
    )


def _names(message: Message) -> str:
    return ", ".join(f"<a href='/?to={quote(name)}'>{escape(name)}</a>" for name in message.recipients)


def _time(message: Message) -> str:
    return f"{datetime.fromisoformat(message.at):%d %b %Y, %H:%M:%S} UTC"


def _since(request: Request) -> datetime | None:
    text = request.query_params.get("since")
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped + of an offset arrives as a space
    except ValueError:
        raise BadRequest("since must be a time like 2026-11-22T12:00:00Z") from None
    return moment if moment.tzinfo else moment.astimezone()


def build(letters: Letters, faults: Faults) -> ASGIApp:
    """The mailbox's application."""
    box = Mailbox(letters)
    return Starlette(
        routes=[
            LIVEZ,
            Route("/", box.front),
            Route("/show/{id:int}", box.show),
            Route("/messages", box.messages, methods=["GET", "DELETE"]),
            Route("/messages/{id:int}", box.message),
            Route("/messages/{id:int}/html", box.html),
            Route("/messages/{id:int}/raw", box.raw),
            Route("/messages/{id:int}/attachments/{n:int}", box.attachment),
            route(faults),
        ],
        exception_handlers={BadRequest: refuse},
    )
