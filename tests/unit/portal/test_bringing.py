"""Files of orders as shops, tills and spreadsheets write them: what is whole comes in, what is not is named by row and column."""

from datetime import UTC, datetime
from io import BytesIO

import pytest

from libs.contracts.values import Channel, Money
from services.portal import bringing
from services.portal.bringing import Reader, Told
from services.portal.bringing.cells import BadCell

HOW = Reader("GBP", "GB")
HEADER = "number,placed_at,email,title,quantity,paid"
SHIRT = "AP-77,2026-11-20,maya@example.com,Linen camp shirt,2,90.00"


def told(*lines: str, how: Reader = HOW, encoding: str = "utf-8", **chosen: str) -> Told:
    file = BytesIO("\r\n".join(lines).encode(encoding))
    header, rows = bringing.header_of(bringing.text_of(file))
    return bringing.read(header, rows, bringing.guessed(header, chosen), how)


def faults(found: Told) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in found.faults]


def test_a_row_is_a_line_of_its_order():
    found = told(HEADER, SHIRT, "AP-77,,,Wool scarf,1,38.00", "AP-78,2026-11-21,ana@example.com,Sun hat,1,17.00")

    assert [(order.number, [line.title for line in order.lines]) for order in found.orders] == [
        ("AP-77", ["Linen camp shirt", "Wool scarf"]),
        ("AP-78", ["Sun hat"]),
    ]
    assert (found.faults, found.rows) == ((), 3)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_commas_semicolons_and_tabs_part_cells_in_whatever_a_spreadsheet_writes(sign, encoding):
    rows = [row.replace(",", sign) for row in (HEADER, SHIRT.replace("shirt", "shirt à pois"))]

    found = told(*rows, encoding=encoding)

    assert [line.title for order in found.orders for line in order.lines] == ["Linen camp shirt à pois"]


def test_quotes_hold_signs_quotes_and_line_ends_together():
    found = told(HEADER, 'AP-77,2026-11-20,maya@example.com,"A ""camp"" shirt,\r\nlong; sleeved",1,"1,200.00"')

    (line,) = found.orders[0].lines
    assert (line.title, line.paid.amount) == ('A "camp" shirt,\nlong; sleeved', 120000)


@pytest.mark.parametrize(
    "cell, decimal, pence",
    [
        ("45", "", 4500),
        ("45.5", "", 4550),
        ("45,00", "", 4500),
        ("£1,234.50", "", 123450),
        ("1.234,50 EUR", "", 123450),
        ("1 234,50", "", 123450),
        ("1,234,567", "", 123456700),
        ("1.234", ",", 123400),
        ("0.00", "", 0),
    ],
)
def test_amounts_are_read_as_people_write_them(cell, decimal, pence):
    assert Reader("GBP", "GB", decimal).amount(cell, "GBP") == Money(amount=pence, currency="GBP")


@pytest.mark.parametrize("cell", ["", "free", "-5.00", "1.2.3", "12,34,56", "45.005", "=2+2", "1e5", "99999999999999"])
def test_what_is_no_amount_is_not_made_one(cell):
    with pytest.raises(BadCell):
        HOW.amount(cell, "GBP")


def test_an_amount_that_reads_in_two_ways_is_asked_for():
    with pytest.raises(BadCell, match="two ways"):
        HOW.amount("1,234", "GBP")


def test_a_currency_without_decimals_takes_none():
    assert Reader("JPY", "JP").amount("1,234,000", "JPY").amount == 1234000
    with pytest.raises(BadCell):
        Reader("JPY", "JP").amount("12.5", "JPY")


@pytest.mark.parametrize(
    "cell, months_first, at",
    [
        ("2026-11-03", False, datetime(2026, 11, 3, tzinfo=UTC)),
        ("03/11/2026", False, datetime(2026, 11, 3, tzinfo=UTC)),
        ("11/03/2026", True, datetime(2026, 11, 3, tzinfo=UTC)),
        ("3.11.2026 9:05", False, datetime(2026, 11, 3, 9, 5, tzinfo=UTC)),
        ("2026-11-03T09:05:01+02:00", False, datetime(2026, 11, 3, 7, 5, 1, tzinfo=UTC)),
        ("2026-11-03 09:05:01 +0200", False, datetime(2026, 11, 3, 7, 5, 1, tzinfo=UTC)),
    ],
)
def test_days_are_read_as_people_write_them(cell, months_first, at):
    assert Reader("GBP", "GB", months_first=months_first).moment(cell) == at


@pytest.mark.parametrize("cell", ["yesterday", "2026-13-01", "31/02/2026", "2026-11-03 25:00", "45000", "1026-01-01"])
def test_what_is_no_day_is_not_made_one(cell):
    with pytest.raises(BadCell):
        HOW.moment(cell)


def test_headings_of_other_systems_are_known_and_any_may_be_chosen():
    rows = ("Name,Created at,Email,Lineitem name,Lineitem quantity,Lineitem price,Note",)
    columns = bringing.guessed(rows[0].split(","), {"variant": "note"})

    assert columns == {"number": 0, "placed_at": 1, "email": 2, "title": 3, "quantity": 4, "price": 5, "variant": 6}
    assert bringing.needed(columns) == ()


def test_a_cell_of_tags_or_collections_holds_several():
    found = told(f"{HEADER},labels,Collection", f'{SHIRT},"linen, final-sale",", Summer,,Sale"')

    (line,) = found.orders[0].lines
    assert (line.tags, line.collections) == (("linen", "final-sale"), ("Summer", "Sale"))


def test_what_customs_and_carriers_ask_for_is_read_as_people_write_it():
    found = told(f"{HEADER},HS code,Country of origin,Weight (g)", f"{SHIRT},6206.90.10,pt,210 g")

    (line,) = found.orders[0].lines
    assert (line.hs_code, line.origin, line.grams) == ("62069010", "PT", 210)


@pytest.mark.parametrize(
    "hs_code, origin, grams, column, words",
    [
        ("6206", "", "", "hs_code", "“6206” is not a tariff number (HS code): it has 6 to 13 digits"),
        ("shirts", "", "", "hs_code", "“shirts” is not a tariff number (HS code): it has 6 to 13 digits"),
        ("", "Portugal", "", "origin", "“Portugal” is not a country by its two letters: write PT"),
        ("", "EU", "", "origin", "“EU” is not a country by its two letters: write PT"),
        ("", "", "0.21 kg", "grams", "“0.21 kg” is not a weight in whole grams: write 210"),
        ("", "", "-1", "grams", "“-1” is not a weight in whole grams: write 210"),
    ],
)
def test_what_customs_and_carriers_could_not_read_is_named(hs_code, origin, grams, column, words):
    found = told(f"{HEADER},hs_code,origin,grams", f"{SHIRT},{hs_code},{origin},{grams}")

    assert [(fault.row, fault.column, fault.words) for fault in found.faults] == [(2, column, words)]
    assert found.orders == ()


def test_columns_that_are_missing_are_named():
    assert bringing.needed(bringing.guessed(["number", "title"], {})) == (
        "Ordered on",
        "Paid for all pieces or Paid for one piece",
    )


def test_a_field_may_be_left_without_a_column():
    assert "email" not in bringing.guessed(HEADER.split(","), {"email": ""})


def test_the_price_of_one_is_multiplied():
    found = told("number,placed_at,email,title,quantity,price", SHIRT.replace("90.00", "45.00"))

    assert found.orders[0].lines[0].paid.amount == 9000


@pytest.mark.parametrize(
    "row, column",
    [
        (SHIRT.replace("90.00", "ninety"), "paid"),
        (SHIRT.replace("90.00", ""), "paid"),
        (SHIRT.replace(",2,", ",two,"), "quantity"),
        (SHIRT.replace(",2,", ",0,"), "quantity"),
        (SHIRT.replace("2026-11-20", "soon"), "placed_at"),
        (SHIRT.replace("2026-11-20", ""), "placed_at"),
        (SHIRT.replace("maya@example.com", "maya"), "email"),
        (SHIRT.replace("maya@example.com", ""), "email"),
        (SHIRT.replace("AP-77", ""), "number"),
        (SHIRT.replace("AP-77", "<b>"), "number"),
        (SHIRT.replace("Linen camp shirt", ""), "title"),
        (SHIRT.replace("Linen camp shirt", '=HYPERLINK("https://evil.example")'), "title"),
        (SHIRT.replace("Linen camp shirt", "x" * 501), "title"),
        (SHIRT + ",", None),
        (SHIRT + ",50", ""),
    ],
)
def test_a_fault_names_its_row_and_column_and_the_good_orders_come_in(row, column):
    found = told(HEADER, "AP-1,2026-11-20,ana@example.com,Sun hat,1,17.00", row)

    assert faults(found) == ([] if column is None else [(3, column)])
    assert [order.number for order in found.orders][:1] == ["AP-1"]
    assert len(found.orders) == (2 if column is None else 1)


def test_an_order_with_one_bad_line_is_left_out_whole():
    found = told(HEADER, SHIRT, "AP-77,,,Wool scarf,1,dear", "AP-77,,,Socks,1,8.00")

    assert (found.orders, faults(found), found.faults[0].order) == ((), [(3, "paid")], "AP-77")


def test_an_order_whose_first_row_has_too_many_cells_is_left_out_with_its_later_rows():
    found = told(HEADER, SHIRT + ",50", "AP-77,2026-11-20,maya@example.com,Wool scarf,1,38.00")

    assert (found.orders, faults(found)) == ((), [(2, "")])


def test_rows_of_one_order_that_say_different_things_are_a_fault():
    found = told(HEADER, SHIRT, "AP-77,2026-11-20,ana@example.com,Wool scarf,1,38.00")

    assert (found.orders, faults(found)) == ((), [(3, "email")])


def test_a_row_that_stands_there_twice_counts_once_and_is_told():
    found = told(HEADER, SHIRT, SHIRT)

    assert ([len(order.lines) for order in found.orders], found.repeated, found.faults) == ([1], 1, ())


def test_two_lines_with_one_id_are_a_fault():
    found = told(HEADER + ",line id", SHIRT + ",1", "AP-77,,,Wool scarf,1,38.00,1")

    assert faults(found) == [(2, "line id")]


def test_a_number_that_a_spreadsheet_was_told_is_text_is_taken_as_it_is():
    found = told(HEADER, SHIRT.replace("AP-77", '"=""0071"""'))

    assert [order.number for order in found.orders] == ["0071"]


def test_receipts_need_no_email_and_are_told_apart_by_their_shop():
    rows = [f"4711,2026-11-20,,Sun hat,1,17.00,store,{shop}" for shop in ("York", "Leeds")]

    found = told(HEADER + ",channel,shop", *rows)

    assert [(order.channel, order.place) for order in found.orders] == [
        (Channel.STORE, "York"),
        (Channel.STORE, "Leeds"),
    ]


def test_a_file_that_says_when_orders_were_sent_holds_orders_that_were_not():
    silent, telling = told(HEADER, SHIRT), told(HEADER + ",sent on", SHIRT + ",")

    assert silent.orders[0].fulfilled_at == datetime(2026, 11, 20, tzinfo=UTC)
    assert telling.orders[0].fulfilled_at is None


def test_a_quotation_mark_without_its_other_half_stops_the_reading_and_says_where():
    found = told(HEADER, SHIRT, 'AP-78,2026-11-20,ana@example.com,"Sun hat,1,17.00', *["x" * 1000] * 200)

    assert [order.number for order in found.orders] == ["AP-77"]
    assert "quotation mark" in found.faults[0].words


def test_an_empty_file_has_no_headings_and_blank_rows_are_nothing():
    assert bringing.header_of(bringing.text_of(BytesIO(b"")))[0] == []
    assert told(HEADER, ",,,,,", SHIRT, "").faults == ()


def test_rows_after_the_most_are_not_read():
    rows = (f"AP-{place},2026-11-20,maya@example.com,Sun hat,1,17.00" for place in range(bringing.MOST_ROWS + 5))

    found = told(HEADER, *rows)

    assert len(found.orders) == bringing.MOST_ROWS
    assert faults(found) == [(bringing.MOST_ROWS + 2, "")]
