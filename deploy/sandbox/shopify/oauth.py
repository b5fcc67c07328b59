"""Our app at the shop: its owner is asked, a code becomes tokens, tokens end and are renewed, and the owner can end it all."""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from html import escape
from secrets import compare_digest, token_hex
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.sandbox.memory import Memory
from deploy.sandbox.shopify.catalogue import SHOPS, Shop
from deploy.sandbox.shopify.webhooks import Webhooks
from deploy.sandbox.web import BadRequest, page, read

CLIENT_ID, CLIENT_SECRET = "homeward-sandbox", "shpss_homeward_sandbox"
LIFE = 3600  # seconds of an access token that ends
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS codes (code TEXT PRIMARY KEY, shop TEXT NOT NULL, scopes TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS tokens (access TEXT PRIMARY KEY, shop TEXT NOT NULL, scopes TEXT NOT NULL, "
    "ends_at REAL, refresh TEXT UNIQUE, renews TEXT)",
    "CREATE TABLE IF NOT EXISTS turned_away (shop TEXT PRIMARY KEY)",
)
_NOT_GRANTED = frozenset({"read_gift_cards", "write_gift_cards"})  # to a public app Shopify gives them on request only


class TokensAsked(BaseModel):
    """What becomes of a shop's tokens: they end now, are accepted no more, are accepted again, or go with our app."""

    model_config = ConfigDict(extra="forbid")

    shop: str
    do: Literal["expire", "revoke", "restore", "uninstall"]


class OAuth:
    """The shops' side of the authorization-code grant, and which tokens they accept."""

    def __init__(self, memory: Memory, webhooks: Webhooks, *, clock: Callable[[], datetime]) -> None:
        self._memory, self._webhooks, self._clock = memory, webhooks, clock
        for table in _SCHEMA:
            memory.run(table)

    def routes(self) -> list[Route]:
        """Where a browser is sent, where tokens come from, and the control of both."""
        return [
            Route("/{shop}/admin/oauth/authorize", self._ask_owner),
            Route("/{shop}/admin/oauth/access_token", self._give_tokens, methods=["POST"]),
            Route("/control/tokens", self._control, methods=["GET", "POST"]),
        ]

    def caller(self, shop: Shop, token: str | None) -> Shop | None:
        """The shop with the scopes of this token; None for a token that is accepted no more, or never was."""
        if token is None:
            return None
        if compare_digest(token.encode(), shop.token.encode()):
            away = self._memory.row("SELECT 1 FROM turned_away WHERE shop = ?", shop.domain)
            return None if away else shop
        row = self._memory.row("SELECT * FROM tokens WHERE access = ? AND shop = ?", token, shop.domain)
        if row is None or (row["ends_at"] is not None and row["ends_at"] <= self._now()):
            return None
        return replace(shop, scopes=tuple(row["scopes"].split(",")))

    async def _ask_owner(self, request: Request) -> Response:
        """The page on which the owner lets our app in: its link is the way back, signed."""
        shop, asked = SHOPS.get(request.path_params["shop"]), request.query_params
        if shop is None or asked.get("client_id") != CLIENT_ID or not asked.get("redirect_uri", "").startswith("http"):
            return page("Oauth error", "<p>The app or its address is not known.</p>")
        granted = [scope for scope in asked.get("scope", "").split(",") if scope and scope not in _NOT_GRANTED]
        code = token_hex(16)
        self._memory.run(
            "INSERT INTO codes (code, shop, scopes) VALUES (?, ?, ?)", code, shop.domain, ",".join(granted)
        )
        back = {
            "code": code,
            "host": base64.b64encode(f"admin.shopify.com/store/{shop.domain.split('.')[0]}".encode()).decode(),
            "shop": shop.domain,
            "state": asked.get("state", ""),
            "timestamp": str(int(time.time())),
        }
        address = f"{asked['redirect_uri']}?{urlencode(back | {'hmac': signed(back)})}"
        may = "".join(f"<li>{escape(scope)}</li>" for scope in granted)
        link = f"<p><a id=install href='{escape(address, quote=True)}'>Install app</a></p>"
        return page(f"Install Homeward at {shop.name}?", f"<p>It may:</p><ul>{may}</ul>{link}")

    async def _give_tokens(self, request: Request) -> Response:
        """Tokens for a code, once, or for a refresh token."""
        shop, asked = SHOPS.get(request.path_params["shop"]), await _body(request)
        known = asked.get("client_id") == CLIENT_ID and asked.get("client_secret") == CLIENT_SECRET
        if shop is None or not known:
            return JSONResponse({"error": "invalid_client"}, status_code=401)
        with self._memory.change():
            given = self._renew(shop, asked) if asked.get("grant_type") == "refresh_token" else self._begin(shop, asked)
        return JSONResponse(given) if given else JSONResponse({"error": "invalid_grant"}, status_code=400)

    def _begin(self, shop: Shop, asked: dict[str, Any]) -> dict[str, Any] | None:
        code = str(asked.get("code"))
        row = self._memory.row("SELECT * FROM codes WHERE code = ? AND shop = ?", code, shop.domain)
        if row is None:
            return None
        self._memory.run("DELETE FROM codes WHERE code = ?", code)
        return self._give(shop, row["scopes"], ends=str(asked.get("expiring", "")) == "1")

    def _renew(self, shop: Shop, asked: dict[str, Any]) -> dict[str, Any] | None:
        """New tokens. The refresh token before the one that is shown is good until then, and no longer."""
        shown = str(asked.get("refresh_token"))
        row = self._memory.row("SELECT * FROM tokens WHERE refresh = ? AND shop = ?", shown, shop.domain)
        if row is None:
            return None
        self._memory.run("UPDATE tokens SET refresh = NULL WHERE refresh = ?", row["renews"])
        return self._give(shop, row["scopes"], ends=True, renews=shown)

    def _give(self, shop: Shop, scopes: str, *, ends: bool, renews: str | None = None) -> dict[str, Any]:
        access = f"shpat_{token_hex(16)}"
        refresh = f"shprt_{token_hex(16)}" if ends else None
        self._memory.run(
            "INSERT INTO tokens (access, shop, scopes, ends_at, refresh, renews) VALUES (?, ?, ?, ?, ?, ?)",
            access,
            shop.domain,
            scopes,
            self._now() + LIFE if ends else None,
            refresh,
            renews,
        )
        lasting = {"expires_in": LIFE, "refresh_token": refresh, "refresh_token_expires_in": 90 * 24 * 3600}
        return {"access_token": access, "scope": scopes} | (lasting if ends else {})

    async def _control(self, request: Request) -> Response:
        if request.method == "POST":
            asked = await read(request, TokensAsked)
            if asked.shop not in SHOPS:
                raise BadRequest(f"shop must be one of: {', '.join(SHOPS)}")
            with self._memory.change():
                self._change(SHOPS[asked.shop], asked.do)
            self._webhooks.send()
        rows = self._memory.rows("SELECT shop, ends_at, renews IS NOT NULL AS renewed FROM tokens ORDER BY rowid")
        return JSONResponse({"tokens": [dict(row) for row in rows]})

    def _change(self, shop: Shop, what: str) -> None:
        if what == "expire":
            self._memory.run("UPDATE tokens SET ends_at = 0 WHERE shop = ? AND ends_at IS NOT NULL", shop.domain)
        elif what == "restore":
            self._memory.run("DELETE FROM turned_away WHERE shop = ?", shop.domain)
        else:
            self._memory.run("DELETE FROM tokens WHERE shop = ?", shop.domain)
            self._memory.run("INSERT OR IGNORE INTO turned_away (shop) VALUES (?)", shop.domain)
        if what == "uninstall":
            told = {"id": shop.id, "name": shop.name, "domain": shop.domain, "myshopify_domain": shop.domain}
            self._webhooks.tell_of_app(shop.domain, "app/uninstalled", told)

    def _now(self) -> float:
        return self._clock().timestamp()


def signed(query: dict[str, str]) -> str:
    """Shopify's signature of a query: hex of HMAC-SHA256 over its parameters, sorted."""
    told = "&".join(f"{name}={value}" for name, value in sorted(query.items()))
    return hmac.new(CLIENT_SECRET.encode(), told.encode(), hashlib.sha256).hexdigest()


async def _body(request: Request) -> dict[str, Any]:
    """What a form or a JSON object says."""
    if request.headers.get("content-type", "").startswith("application/json"):
        told = await request.json()
        return told if isinstance(told, dict) else {}
    return dict(await request.form())
