"""MRR and its movements, read from invoice lines as metrics.md and fct_mrr_movements.yml say."""

import calendar
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from tests.metrics.arithmetic import rounded
from tests.metrics.exports import MINOR_UNITS, Company, Row, between, grouped, later

RECURRING = {"seat", "flat", "commitment", "proration", "discount", "usage"}
INTERVALS = {"month": 1, "quarter": 3, "year": 12}
GRACE_DAYS = 5
VERSIONS = ("subscription", "with_usage")
NAMES = ("new", "expansion", "contraction", "churn", "reactivation")


def whole_months(start: date, end: date) -> int:
    """Whole months from a day to another; a day that the last month lacks is its last day."""

    def is_last(day: date) -> bool:
        return day.day == calendar.monthrange(day.year, day.month)[1]

    same = start.day == end.day
    clipped = (is_last(end) and start.day > end.day) or (is_last(start) and end.day > start.day)
    return max(between(start, end), 0) if same or clipped else 0


@dataclass
class Movement:
    """One account, month, currency and version; amounts are those of the public model."""

    opening: Decimal
    closing: Decimal
    restatement: Decimal
    name: str
    movement: Decimal
    is_carried_forward: bool


class Mrr:
    """MRR of every account at the end of every month."""

    def __init__(self, company: Company) -> None:
        self.company = company

    @cached_property
    def revisions(self) -> dict[str, list[list[Row]]]:
        """Revisions of every line that can bear on MRR, by account, each with its contract."""
        recorded = {row["event_id"]: row["recorded_at"] for row in self.company.seat_events}
        by_account: dict[str, list[list[Row]]] = defaultdict(list)
        for lines in self.company.invoice_revisions:
            if lines[-1]["line_type"] in RECURRING:
                by_account[lines[-1]["account_id"]].append(lines)
        for account_id, of_account in by_account.items():
            named = {row["subscription_id"] for row in self.company.contracts(account_id)}
            is_named = all(row["subscription_id"] in named for lines in of_account for row in lines)
            for lines in of_account:
                for place, row in enumerate(lines):
                    row["contract"] = row["subscription_id"] if is_named else ""
                    event_at = recorded.get(row["source_event_id"])
                    row["has_event"] = event_at is not None
                    row["known_at"] = row["recorded_at"]
                    if place == 0 and event_at is not None:
                        row["known_at"] = min(event_at, row["recorded_at"])
        return by_account

    def closed_at(self, month: date) -> datetime:
        """When the month's books closed."""
        return self.company.midnight(later(month, 1) + timedelta(days=GRACE_DAYS))

    def run_rates(self, lines: list[Row]) -> list[tuple[Row, Fraction]]:
        """Each line but discounts, and what it is a month, net of its invoice's discount."""
        found = []
        for of_invoice in grouped(lines, lambda row: (row["invoice_id"], row["contract"])).values():
            charges = [row for row in of_invoice if row["line_type"] != "discount"]
            gross = sum((Fraction(row["amount"]) for row in charges), Fraction())
            taken = sum((Fraction(row["amount"]) for row in of_invoice), -gross)
            share = self.discount_ratio(gross, -taken, of_invoice[0]["currency"])
            for row in charges if share is not None else of_invoice:
                found.append((row, self.monthly(row) * (1 - (share or 0))))
        return found

    @staticmethod
    def discount_ratio(gross: Fraction, discount: Fraction, currency: str) -> Fraction | None:
        """The plainest ratio that gives the invoice's discount: percents, permilles, else exact."""
        if not discount:
            return Fraction(0)
        if not gross:
            return None
        exact = discount / gross
        for places in (2, 3):
            plain = rounded(exact, places)
            if rounded(gross * Fraction(plain), MINOR_UNITS.get(currency, 2)) == discount:
                return Fraction(plain)
        return Fraction(rounded(exact, 9))

    def monthly(self, row: Row) -> Fraction:
        """What a line is a month: its amount over the months of its service."""
        plan = self.company.plans.get(row["plan_id"])
        contracts = {
            contract["subscription_id"]: contract
            for contract in self.company.contracts(row["account_id"])
        }
        of_line = contracts.get(row["contract"])
        interval = (plan or of_line or {}).get("billing_interval") or "month"
        if (
            row["line_type"] == "proration"
            and row["quantity"] is not None
            and row["unit_price"] is not None
        ):
            return Fraction(row["quantity"]) * Fraction(row["unit_price"]) / INTERVALS[interval]
        amount: Fraction = Fraction(row["amount"])
        months = whole_months(row["start"], row["end"])
        if row["line_type"] == "usage":
            return amount / max(months, 1)
        if months:
            return amount / months
        days: int = (row["end"] - row["start"]).days
        return amount * (364 if days % 7 == 0 else 365) / (12 * days)

    @cached_property
    def movements(self) -> dict[tuple[str, date, str, str], Movement]:
        found: dict[tuple[str, date, str, str], Movement] = {}
        for account_id in self.revisions:
            found.update(self.of_account(account_id))
        return found

    def of_account(self, account_id: str) -> dict[tuple[str, date, str, str], Movement]:
        """Movements of one account. One with two currencies is not read here."""
        company, revisions = self.company, self.revisions[account_id]
        today = [lines[-1] for lines in revisions if lines[-1]["status"] != "void"]
        rates = self.run_rates(today)
        currencies = {row["currency"] for row, _ in rates}
        assert len(currencies) <= 1, f"{account_id} has two currencies"
        if not rates:
            return {}
        (currency,) = currencies
        assert not any(row["line_type"] == "usage" for row, _ in rates)
        units = MINOR_UNITS.get(currency, 2)
        closings: dict[date, Decimal] = {}
        contracts = sorted({row["contract"] for row, _ in rates})
        exact: dict[str, Fraction] = {contract: Fraction() for contract in contracts}
        known_openings: dict[str, Fraction]
        found: dict[tuple[str, date, str, str], Movement] = {}
        for month in company.months:
            measured_on = company.measured_on(month)
            before_on = month - timedelta(days=1)
            late = self.late_lines(revisions, month)
            then = self.run_rates(late) if late is not None else rates
            openings, closing_exact, known = dict(exact), Fraction(), Fraction()
            known_openings = {}
            carried = is_there = False
            for contract in contracts:
                own = [(row, rate) for row, rate in rates if row["contract"] == contract]
                own_then = [(row, rate) for row, rate in then if row["contract"] == contract]
                if min(row["start"] for row, _ in own) > measured_on:
                    continue
                is_there = True
                covering = covered(own, measured_on)
                state = self.state(account_id, contract, measured_on)
                was = self.state(account_id, contract, before_on)
                if state == "over":
                    exact[contract] = Fraction()
                elif covering:
                    exact[contract] = sum(covering, Fraction())
                elif state == "not begun":
                    exact[contract] = Fraction()
                else:
                    carried = carried or exact[contract] != 0
                # as the books had both ends when the month closed
                covering_before = covered(own_then, before_on)
                known_openings[contract] = openings[contract]
                if was != "over" and covering_before:
                    known_openings[contract] = sum(covering_before, Fraction())
                covering_then = covered(own_then, measured_on)
                if late is None or state == "over":
                    known += exact[contract]
                elif covering_then:
                    known += sum(covering_then, Fraction())
                elif state == "open":
                    known += known_openings[contract]
                closing_exact += exact[contract]
            if not is_there:
                continue
            opening = closings.get(later(month, -1), Decimal(0))
            closing = rounded(closing_exact, units)
            restatement = Decimal(0)
            if late is not None:
                known_opening = rounded(sum(known_openings.values(), Fraction()), units)
                restatement = closing - opening - (rounded(known, units) - known_opening)
            movement = closing - opening - restatement
            name = "none"
            if movement:
                has_had = any(amount > 0 for amount in closings.values())
                name = self.name(account_id, opening, closing, movement, measured_on, has_had)
            closings[month] = closing
            if opening or closing or restatement:
                row = Movement(opening, closing, restatement, name, movement, carried)
                for version in VERSIONS:
                    found[account_id, month, currency, version] = row
        return found

    def name(
        self,
        account_id: str,
        opening: Decimal,
        closing: Decimal,
        movement: Decimal,
        on: date,
        has_had: bool,
    ) -> str:
        churned_on = self.company.churned_on(account_id)
        is_active = (churned_on is None or churned_on > on) and any(
            row["started_on"] <= on and (row["ended_on"] is None or row["ended_on"] > on)
            for row in self.company.contracts(account_id)
        )
        if opening > 0 and closing == 0 and not is_active:
            return "churn"
        if opening <= 0 < closing:
            return "reactivation" if has_had else "new"
        return "expansion" if movement > 0 else "contraction"

    def state(self, account_id: str, contract: str, on: date) -> str:
        """Whether a contract is open, over, or not begun on a day."""
        churned_on = self.company.churned_on(account_id)
        if churned_on is not None and churned_on <= on:
            return "over"
        rows = [
            row
            for row in self.company.contracts(account_id)
            if contract in ("", row["subscription_id"])
        ]
        if not rows:
            return "open"
        if any(
            row["started_on"] <= on and (row["ended_on"] is None or row["ended_on"] > on)
            for row in rows
        ):
            return "open"
        return (
            "over"
            if any(row["ended_on"] and row["ended_on"] <= on for row in rows)
            else "not begun"
        )

    def late_lines(self, revisions: list[list[Row]], month: date) -> list[Row] | None:
        """The account's lines as the month's books had them; None where nothing came late."""
        if not self.company.is_over(month):
            return None
        closed_at = self.closed_at(month)
        ends = (self.company.measured_on(month), month - timedelta(days=1))
        late = {
            row["invoice_id"]
            for lines in revisions
            for row in lines
            if row["line_type"] != "usage"
            and row["known_at"] >= closed_at
            and (row["has_event"] or row["issued_at"] < closed_at)
            and any(row["start"] <= end < row["end"] for end in ends)
        }
        if not late:
            return None
        kept = []
        for lines in revisions:
            if lines[-1]["invoice_id"] not in late:
                known = lines[-1:]
            else:
                known = [
                    row
                    for row in lines
                    if row["known_at"] < closed_at
                    or (not row["has_event"] and row["issued_at"] >= closed_at)
                ][-1:]
            kept += [row for row in known if row["status"] != "void"]
        return kept


def covered(rates: list[tuple[Row, Fraction]], on: date) -> list[Fraction]:
    """Run rates of the lines whose service covers a day."""
    return [rate for row, rate in rates if row["start"] <= on < row["end"]]
