"""What every port of the sandbox has: a front page, a sign of life, and a plain answer to a bad request."""

import json
from collections.abc import Awaitable, Callable, Iterable
from html import escape
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]
BodyT = TypeVar("BodyT", bound=BaseModel)
CSP = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'self'"
_STYLE = """
:root{color-scheme:light dark;--ink:#1c2321;--soft:#5d6864;--line:#dfe4e1;--page:#f7f8f6;--card:#fff;--mark:#1f5c4d}
@media(prefers-color-scheme:dark){:root{--ink:#e9eeeb;--soft:#9ba8a2;--line:#333c38;--page:#141917;--card:#1c2320;--mark:#7fc4ae}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
h1{font-size:1.75rem;letter-spacing:-.02em;margin:0 0 .25rem}h2{font-size:1.05rem;margin:2rem 0 .5rem}
p{margin:.25rem 0 1rem;color:var(--soft);max-width:62ch}a{color:var(--mark)}
code{font:.875em ui-monospace,monospace}
ul{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:12px}
li{padding:.75rem 1rem;border-bottom:1px solid var(--line)}li:last-child{border:0}
.row{display:flex;gap:1rem;justify-content:space-between;flex-wrap:wrap}.soft{color:var(--soft)}.sm{font-size:.875rem}
.shelf{display:grid;grid-template-columns:repeat(auto-fill,minmax(144px,1fr));gap:1rem;padding:1rem}
.shelf figure{margin:0}.shelf img{width:100%;height:auto;border-radius:10px;display:block}
.shelf figcaption{font-size:.8125rem;color:var(--soft);margin-top:.375rem}
iframe{width:100%;height:70vh;border:1px solid var(--line);border-radius:12px;background:#fff}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem}
"""


class BadRequest(Exception):
    """The caller of a control route asked for something that cannot be; the words say what."""


def page(title: str, body: str) -> HTMLResponse:
    """A page in the sandbox's plain dress; `body` is HTML."""
    html = (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{_STYLE}</style><main><h1>{escape(title)}</h1>{body}</main></html>"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": CSP, "Referrer-Policy": "no-referrer"})


def listing(rows: Iterable[str], empty: str) -> str:
    """A list of rows of HTML, or a line that says why there are none."""
    made = "".join(f"<li>{row}</li>" for row in rows)
    return f"<ul>{made or f'<li class=soft>{escape(empty)}</li>'}</ul>"


async def _alive(_: Request) -> Response:
    return PlainTextResponse("ok\n")


LIVEZ = Route("/livez", _alive)


async def read(request: Request, kind: type[BodyT]) -> BodyT:
    """The body as `kind`; raises BadRequest naming what is wrong with it."""
    try:
        return kind.model_validate_json(await request.body() or b"{}")
    except ValidationError as wrong:
        faults = [f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in wrong.errors()]
        raise BadRequest("; ".join(faults)) from None


async def refuse(_: Request, wrong: Exception) -> Response:
    """422 with the words of the exception: the answer to BadRequest."""
    return JSONResponse({"error": str(wrong)}, status_code=422)


def json_lines(rows: Iterable[object]) -> Response:
    """One JSON value a line."""
    return PlainTextResponse("".join(json.dumps(row) + "\n" for row in rows), media_type="application/x-ndjson")
