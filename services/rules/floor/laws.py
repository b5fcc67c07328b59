"""What the law of each country gives shoppers at least, as data with its source. This is no legal advice.

The texts were read on the day named in `READ`, most of them in the law's own words, some in an authority's. A right that was
not found is None. Only what binds the retailer whatever its terms say is a floor: where terms may set the right aside, the
note says so and nothing is asked of a policy.
"""

from dataclasses import dataclass, field
from datetime import date

READ = date(2026, 11, 23)
NO_ADVICE = "This is no legal advice."


@dataclass(frozen=True, slots=True)
class Right:
    """A right in a few words, and where the law says so."""

    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Withdrawal(Right):
    """The right to send back what was bought at a distance, without a reason, for `days` after it was received."""

    days: int = 14


@dataclass(frozen=True, slots=True)
class Faulty(Right):
    """What is due for faulty goods: credit alone is not enough.

    `refund`: money must be among it, else an exchange will do; `refund_days` is how long after delivery, None is always.
    `free_return`: the way back is at the seller's cost.
    """

    refund: bool = False
    refund_days: int | None = None
    free_return: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """One country's. `outbound` is the refund of what was paid for delivery when all of an order is withdrawn from."""

    country: str
    withdrawal: Withdrawal | None = None
    outbound: Right | None = None
    faulty: Faulty | None = None
    note: str = ""
    read: date = field(default=READ)


_CRD = "Directive 2011/83/EU, https://eur-lex.europa.eu/eli/dir/2011/83/oj"
_SALES = "Directive (EU) 2019/771, https://eur-lex.europa.eu/eli/dir/2019/771/oj"
_GOODS = "Directive 1999/44/EC, https://eur-lex.europa.eu/eli/dir/1999/44/oj"
_EEA = "EEA Joint Committee decision 181/2012 (Annex XIX)"
_CCR = "Consumer Contracts Regulations 2013 (SI 2013/3134), https://www.legislation.gov.uk/uksi/2013/3134"
_CRA = "Consumer Rights Act 2015, https://www.legislation.gov.uk/ukpga/2015/15"

_14_DAYS = (
    "Bought at a distance, it may be withdrawn from for 14 days after it was received, without a reason and at no cost"
)
_OUTBOUND = "Who withdraws gets back all payments, standard delivery included"
_REMEDIES = "Faulty goods are repaired or replaced free of charge, else their price is given back"
_EXEMPT = "Goods made to the shopper's order, perishable, or sealed for hygiene and opened, among others, are exempt (article 16)."
EU = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
    "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


def _european(country: str) -> Law:
    return Law(
        country,
        Withdrawal(_14_DAYS, f"articles 9, 13 and 14 of {_CRD}"),
        Right(_OUTBOUND, f"article 13(1) of {_CRD}"),
        Faulty(_REMEDIES, f"articles 13, 14 and 16 of {_SALES}", free_return=True),
        _EXEMPT,
    )


def _of_the_eea(country: str, act: str) -> Law:
    return Law(
        country,
        Withdrawal(_14_DAYS, f"{act}; articles 9, 13 and 14 of {_CRD}; {_EEA}"),
        Right(_OUTBOUND, f"{act}; article 13(1) of {_CRD}; {_EEA}"),
        Faulty(_REMEDIES, f"article 3 of {_GOODS}; EEA Agreement, Annex XIX", free_return=True),
        _EXEMPT,
    )


_UNITED_KINGDOM = Law(
    "GB",
    Withdrawal(_14_DAYS, f"regulations 29, 30, 34 and 35 of the {_CCR}"),
    Right(_OUTBOUND, f"regulation 34(2) and (3) of the {_CCR}"),
    Faulty(
        "Faulty goods may be rejected for 30 days, and the price is given back the way it was paid",
        f"sections 20, 22 and 31 of the {_CRA}",
        refund=True,
        refund_days=30,
        free_return=True,
    ),
    "Goods made to the shopper's order, perishable, or sealed for hygiene and opened, are exempt (regulation 28).",
)
_SWITZERLAND = Law(
    "CH",
    note=(
        "None for purchases at a distance: articles 40a to 40f of the Code of Obligations cover the doorstep and the telephone"
        " (https://www.e-commerce-guide.admin.ch). Article 199 lets the parties set the warranty's remedies aside."
    ),
)
_UNITED_STATES = Law(
    "US",
    note=(
        "None federal for purchases online: the cooling-off rule (16 CFR 429) covers sales at the door, and excludes those by"
        " mail or telephone. What is due for faulty goods is state law (UCC 2-711), which terms may limit (UCC 2-719)."
    ),
)
_AUSTRALIA = Law(
    "AU",
    faulty=Faulty(
        "For a major failure the shopper chooses a refund or a replacement, and a credit note is no refund",
        "sections 259 and 263 of the Australian Consumer Law (Competition and Consumer Act 2010, schedule 2),"
        " https://www.accc.gov.au/consumers/problem-with-a-product-or-service-you-bought",
        refund=True,
    ),
    note="None for a change of mind.",
)
_NEW_ZEALAND = Law(
    "NZ",
    faulty=Faulty(
        "Who rejects faulty goods chooses a refund in money or a replacement",
        "section 23 of the Consumer Guarantees Act 1993, https://www.legislation.govt.nz/act/public/1993/0091/latest",
        refund=True,
    ),
    note="None for a change of mind.",
)
_JAPAN = Law(
    "JP",
    note=(
        "8 days from receipt, the way back at the shopper's cost, unless the terms that are shown say otherwise: article 15-3"
        " of the Act on Specified Commercial Transactions, https://www.no-trouble.caa.go.jp. A published policy says otherwise."
        " What is due for faulty goods was not found."
    ),
)
LAWS: dict[str, Law] = {
    law.country: law
    for law in (
        *(_european(country) for country in EU),
        _of_the_eea("IS", "Act no. 16/2016 on consumer contracts"),
        _of_the_eea("LI", "Consumer Protection Act of 23 October 2002 (LGBl. 2002 no. 164)"),
        _of_the_eea("NO", "Act of 20 June 2014 no. 27 (angrerettloven)"),
        _UNITED_KINGDOM,
        _SWITZERLAND,
        _UNITED_STATES,
        _AUSTRALIA,
        _NEW_ZEALAND,
        _JAPAN,
    )
}
