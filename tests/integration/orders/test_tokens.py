import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from libs.chassis.outside import CallInsideUnit, Declined, NotSent
from libs.chassis.settings import load
from services.orders.outside.admin import AdminClient, NoAnswer
from services.orders.reaching import client_of
from services.orders.settings import OrdersSettings

THREADS, CALLS = 8, 25


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


@pytest.fixture
def server(orders_environment, monkeypatch):
    """Call it with an answer: a server gives it to every request, and what was asked is kept."""
    started = []

    def start(status, *, headers=None, body=b"{}"):
        asked = []

        class Shop(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append((self.path, self.headers["X-Shopify-Access-Token"]))
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        running = Server(("127.0.0.1", 0), Shop)
        threading.Thread(target=running.serve_forever, daemon=True).start()
        started.append(running)
        monkeypatch.setattr(load(OrdersSettings), "shopify_base", f"http://127.0.0.1:{running.server_port}/{{shop}}")
        return asked

    yield start
    for running in started:
        running.shutdown()


def ask(slug, token="token"):
    return AdminClient(domain=f"{slug}.myshopify.com", token=token).ask("ShopAndScopes")


def test_the_token_of_one_shop_is_never_sent_to_another(server):
    asked = server(200, body=b'{"data": {"shop": {}}}')

    def call(slug):
        for _ in range(CALLS):
            ask(slug, token=f"token-of-{slug}")

    threads = [threading.Thread(target=call, args=(f"shop-{n}",)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Counter(asked) == {
        (f"/shop-{n}.myshopify.com/admin/api/2026-07/graphql.json", f"token-of-shop-{n}"): CALLS for n in range(THREADS)
    }


def test_two_retailers_read_their_own_shops_at_the_same_time(alder, kite):
    seen = {alder.domain: set(), kite.domain: set()}

    def read(desk):
        client = client_of(desk.service.shops.of(desk.retailer_id))
        for _ in range(10):
            seen[desk.domain].add(client.ask("ShopAndScopes")["shop"]["myshopifyDomain"])

    threads = [threading.Thread(target=read, args=(desk,)) for desk in (alder, kite) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert seen == {alder.domain: {alder.domain}, kite.domain: {kite.domain}}


def test_the_token_does_not_follow_a_redirect(server):
    elsewhere = server(200)
    address = load(OrdersSettings).shopify_base.format(shop="thief")
    server(302, headers={"Location": address})

    with pytest.raises(NoAnswer):
        ask("shop-a")

    assert elsewhere == []


def test_a_token_that_the_shop_does_not_accept_is_a_refusal(server):
    server(401, body=b'{"errors": "[API] Invalid API key or access token"}')

    with pytest.raises(Declined) as no:
        ask("shop-a")
    assert no.value.code == "http_401"


def test_a_shop_that_nobody_answers_for_was_never_asked(orders_environment, monkeypatch):
    monkeypatch.setattr(load(OrdersSettings), "shopify_base", "http://127.0.0.1:9/{shop}")

    with pytest.raises(NotSent):
        ask("shop-a")


def test_the_shop_is_not_called_while_a_transaction_is_open(alder):
    client = client_of(alder.service.shops.of(alder.retailer_id))

    with alder.service.shops.unit(retailer_id=alder.retailer_id), pytest.raises(CallInsideUnit):
        client.ask("ShopAndScopes")


@pytest.mark.parametrize(
    "domain", ["alder.example", "127.0.0.1:9000", "a.myshopify.com.evil.example", "", "a.myshopify.com/x"]
)
def test_what_is_not_a_shops_domain_is_never_called(domain):
    with pytest.raises(ValueError):
        AdminClient(domain=domain, token="token")


def test_shops_tokens_cannot_be_sent_elsewhere_in_production(environment, monkeypatch):
    monkeypatch.setenv("HOMEWARD_MODE", "production")
    monkeypatch.setenv("ORDERS_SHOPIFY_BASE", "http://127.0.0.1:9100/{shop}")

    with pytest.raises(ValueError, match="sandbox mode only"):
        OrdersSettings()
