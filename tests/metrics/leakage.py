"""List price against realized price of every invoice line, and what nobody signed."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.bills import PRICED, sliced
from tests.metrics.exports import MINOR_UNITS, Company, Row, grouped
from tests.metrics.seats import in_force


def signed(company: Company, row: Row) -> Fraction:
    """The discount that somebody signed for the account on the line's first day."""
    return sum(
        (
            Fraction(entry["ratio"])
            for entry in company.book("discounts")
            if entry["scope"] == "account"
            and entry["scope_id"] == row["account_id"]
            and entry["approved_by"]
            and in_force(entry, row["start"])
        ),
        Fraction(0),
    )


def measures(company: Company) -> dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]]:
    """List, realized and unapproved amount of every line by invoice and line."""
    assert all(
        entry["scope"] == "account" and entry["ratio"] for entry in company.book("discounts")
    )
    agreed = {
        (entry["account_id"], entry["charge_id"]) for entry in company.book("contract_prices")
    }
    charges = grouped(company.book("charges"), lambda entry: entry["plan_id"])
    lines = [row for row in company.invoice_lines if row["line_type"] in PRICED]
    found: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]] = {}
    for of_invoice in grouped(lines, lambda row: row["invoice_id"]).values():
        places = MINOR_UNITS.get(of_invoice[0]["currency"], 2)
        charged = [row for row in of_invoice if row["line_type"] != "discount"]
        discounts = sorted(
            (row for row in of_invoice if row["line_type"] == "discount"),
            key=lambda row: row["line_id"],
        )
        for row in charged:
            listed = row["list_unit_price"]
            assert listed is not None and row["unit_price"] > 0
            amount = rounded(
                Fraction(row["amount"]) * Fraction(listed) / Fraction(row["unit_price"]), places
            )
            is_agreed = any(
                (row["account_id"], charge["charge_id"]) in agreed
                for charge in charges[row["plan_id"]]
            )
            nobodys = amount - row["amount"] if row["unit_price"] < listed and not is_agreed else 0
            found[row["invoice_id"], row["line_id"]] = (amount, row["amount"], Decimal(nobodys))
        gross = sum((row["amount"] for row in charged), Decimal(0))
        taken = -sum((row["amount"] for row in discounts), Decimal(0))
        so_far = Decimal(0)
        for row in discounts:
            allowed = rounded(Fraction(gross) * signed(company, row), places)
            so_far -= row["amount"]
            nobodys = Decimal(0)
            if row["amount"] < 0 and taken - allowed > Decimal(1).scaleb(-places):
                nobodys = min(-row["amount"], max(so_far - allowed, Decimal(0)))
            found[row["invoice_id"], row["line_id"]] = (Decimal(0), row["amount"], nobodys)
    return found


def leakage(company: Company) -> dict[tuple[str, date], tuple[object, ...]]:
    """Rows of fct_discount_leakage by account and calendar month."""
    of_line = measures(company)
    sums: dict[tuple[str, date], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    currencies: dict[str, str] = {}
    for row in company.invoice_lines:
        if row["line_type"] not in PRICED:
            continue
        account = row["account_id"]
        assert currencies.setdefault(account, row["currency"]) == row["currency"]
        for place, amount in enumerate(of_line[row["invoice_id"], row["line_id"]]):
            for month, share in sliced(amount, row["start"], row["end"], 1, row["currency"]):
                if month > company.months[-1]:
                    continue
                rate = company.rate(row["currency"], month)
                assert rate is not None
                of_month = list(sums[account, month])
                of_month[place] += share
                if place < 2:
                    of_month[place + 3] += rounded(Fraction(share) * rate, 4)
                sums[account, month] = of_month
    return {
        (account, month): (
            *(currencies[account], listed, realized),
            ratio(listed - realized, listed) if listed > 0 else None,
            *(nobodys, listed_reporting, realized_reporting),
        )
        for (account, month), (
            listed,
            realized,
            nobodys,
            listed_reporting,
            realized_reporting,
        ) in sums.items()
    }
