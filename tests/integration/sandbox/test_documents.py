"""Documents that Shopify would refuse are refused here, in its words."""

import pytest

from deploy.sandbox.shopify.gid import gid
from tests.integration.sandbox.shops import ATTACH, CREATE, PROCESS, STATE, wish

LINES = """query Lines($it: ID!, $first: Int, $after: String) { order(id: $it) {
  lineItems(first: $first, after: $after) { nodes { sku } pageInfo { hasNextPage endCursor } } } }"""
PICTURE = """query Q($it: ID!) { order(id: $it) { lineItems(first: 1) { nodes { image { altText whole: url
  small: url(transform: {maxWidth: 144}) tall: url(transform: {maxHeight: 450}) } } } } }"""
FIND = "query Find($by: String!) { orders(first: 5, query: $by) { nodes { name } } }"


@pytest.mark.parametrize(
    ("document", "message", "code"),
    [
        ("query Q { order { id } }", "Field 'order' is missing required arguments: id", "missingRequiredArguments"),
        ("query Q { shop { colour } }", "Field 'colour' doesn't exist on type 'Shop'", "undefinedField"),
        ("query Q { shop(id: 1) { id } }", "Field 'shop' doesn't accept argument 'id'", "argumentNotAccepted"),
        ("query Q { shop @later { id } }", "Directive @later is not defined", "undefinedDirective"),
        ("query Q($x: ID) { shop { id } }", "Variable $x is declared by Q but not used", "variableNotUsed"),
        (
            "query Q { shop }",
            "Field must have selections (field 'shop' returns Shop! but has no selections. Did you mean 'shop { ... }'?)",
            "selectionMismatch",
        ),
        (
            "query Q($x: ID) { order(id: $x) { id } }",
            "Type mismatch on variable $x (ID / ID!)",
            "variableMismatch",
        ),
    ],
)
def test_a_document_that_does_not_fit_is_refused_in_shopifys_words(shop, document, message, code):
    body = shop.ask(document)

    (error,) = body["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, code)
    assert "data" not in body


def test_an_error_of_a_document_says_where(shop):
    (error,) = shop.ask("query Q {\n  shop { colour }\n}")["errors"]

    assert error["locations"] == [{"line": 2, "column": 10}]
    assert error["path"] == ["query Q", "shop", "colour"]


def test_what_is_not_graphql_is_a_syntax_error(shop):
    (error,) = shop.ask("query {")["errors"]

    assert error["message"].startswith("syntax error, ")


def test_a_variable_that_does_not_fit_is_refused_with_its_problems(shop):
    order = shop.sell()

    (error,) = shop.ask(CREATE, it=wish(order, returnReason="TOO_GREEN") | {"note": "hello"})["errors"]

    reasons = "SIZE_TOO_SMALL, SIZE_TOO_LARGE, UNWANTED, NOT_AS_DESCRIBED, WRONG_ITEM, DEFECTIVE, STYLE, COLOR, OTHER, UNKNOWN"
    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert error["extensions"]["problems"] == [
        {"path": ["note"], "explanation": "Field is not defined on ReturnInput"},
        {
            "path": ["returnLineItems", 0, "returnReason"],
            "explanation": f'Expected "TOO_GREEN" to be one of: {reasons}',
        },
    ]
    assert error["message"].startswith("Variable $it of type ReturnInput! was provided invalid value for note (Field")


MONEY = {"amount": "lots", "currencyCode": "GBP"}
REFUND = {"orderTransactions": [{"parentId": "gid://shopify/OrderTransaction/1", "transactionAmount": MONEY}]}


@pytest.mark.parametrize(
    ("document", "given", "explanation"),
    [
        (STATE, {"it": None}, "Expected value to not be null"),
        (CREATE, {"it": {"orderId": "1", "returnLineItems": [], "requestedAt": "soon"}}, "invalid DateTime 'soon'"),
        (
            PROCESS,
            {"it": {"returnId": "1", "financialTransfer": {"issueRefund": REFUND}}},
            "invalid decimal 'lots'",
        ),
        (
            PROCESS,
            {"it": {"returnId": "1", "financialTransfer": {}}},
            "'ReturnProcessFinancialTransferInput' requires exactly one argument, but 0 were provided.",
        ),
        (
            ATTACH,
            {"order": "1", "lines": [], "label": {"fileUrl": "label.pdf"}},
            "Invalid url 'label.pdf', missing scheme",
        ),
        (ATTACH, {"order": "1", "lines": [{"quantity": "two"}]}, 'Could not coerce value "two" to Int'),
    ],
    ids=["null", "time", "amount", "one of", "address", "number"],
)
def test_a_value_that_is_no_value_of_its_type_is_refused(shop, document, given, explanation):
    (error,) = shop.ask(document, **given)["errors"]

    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert explanation in [problem["explanation"] for problem in error["extensions"]["problems"]]


def test_a_connection_needs_first_or_last(shop):
    order = shop.sell()

    body = shop.ask(LINES, it=gid("Order", order.id))

    assert body["data"] == {"order": None}
    assert body["errors"][0]["message"] == "you must provide one of first or last"
    assert body["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


def test_a_page_of_more_than_250_is_refused(shop):
    order = shop.sell()

    assert shop.ask(LINES, it=gid("Order", order.id), first=251)["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    assert "errors" not in shop.ask(LINES, it=gid("Order", order.id), first=250)


def test_pages_follow_one_another_to_the_end(shop):
    order = shop.sell(("camp-shirt", 1), ("midi-dress", 1), ("wool-scarf", 1))

    first = shop.told(LINES, it=gid("Order", order.id), first=2)["lineItems"]
    second = shop.told(LINES, it=gid("Order", order.id), first=2, after=first["pageInfo"]["endCursor"])["lineItems"]

    assert [line["sku"] for line in first["nodes"] + second["nodes"]] == [line.sku for line in order.lines]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ('name:"AL-1001"', ["AL-1001"]),
        ("name:al-1001", ["AL-1001"]),
        ('name:"#AL-1001"', ["AL-1001"]),
        ('name:"AL-1"', []),
        ("updated_at:>=2026-11-22T12:00:00Z", ["AL-1001", "AL-1002"]),
        ("updated_at:>2026-11-22T12:00:00Z", []),
        ("name:AL-1001 AND created_at:<2026-11-01", []),
    ],
)
def test_orders_are_searched_by_name_and_time(shop, by, found):
    shop.sell()
    shop.sell()

    assert [order["name"] for order in shop.told(FIND, by=by)["nodes"]] == found


def test_a_search_that_the_sandbox_does_not_play_is_an_error_and_not_an_empty_answer(shop):
    assert "does not search orders by tag" in shop.ask(FIND, by="tag:gift")["errors"][0]["message"]
    assert "does not play this search" in shop.ask(FIND, by="robin ellis")["errors"][0]["message"]


def test_every_answer_says_what_it_cost(shop):
    cost = shop.ask(FIND, by="name:AL-1")["extensions"]["cost"]

    assert cost["requestedQueryCost"] == 5
    assert cost["throttleStatus"].keys() == {"maximumAvailable", "currentlyAvailable", "restoreRate"}
    assert cost["throttleStatus"]["currentlyAvailable"] <= cost["throttleStatus"]["maximumAvailable"]


def test_the_operation_is_chosen_by_its_name(shop):
    both = "query A { shop { name } } query B { shop { id } }"

    assert shop.ask(both, "A")["data"] == {"shop": {"name": "Alder"}}
    assert shop.ask(both)["errors"][0]["message"] == "An operation name is required"
    assert shop.ask(both, "C")["errors"][0]["message"] == 'No operation named "C"'


def test_a_picture_comes_in_the_width_that_was_asked_for(shop):
    order = shop.sell()
    (line,) = shop.told(PICTURE, it=gid("Order", order.id))["lineItems"]["nodes"]

    assert line["image"] == {
        "small": "http://pictures.example/cdn/shop/images/camp-shirt.webp?width=144",
        "tall": "http://pictures.example/cdn/shop/images/camp-shirt.webp?width=360",
        "whole": "http://pictures.example/cdn/shop/images/camp-shirt.webp",
        "altText": "Linen camp shirt, sage",
    }
