"""Invoice lines cut into months, and what follows: bills, shocks, variance, margins, leakage."""

import calendar
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import sqrt

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.exports import MILLION, MINOR_UNITS, Company, Row, later

SEAT, FLAT = {"seat", "proration"}, {"flat", "commitment"}
NOT_BILLED = {"tax", "one_off", "goodwill"}
PRICED = {"seat", "flat", "commitment", "proration", "usage", "discount"}
BILLING = re.compile(
    r"(?<![a-z])(bill(s|ed|ing)?|invoic(e|es|ed|ing)|pric(e|es|ed|ing)|overages?"
    r"|charg(e|es|ed|ing)|refund(s|ed)?|payments?)(?![a-z])"
)


def anchored(month: date, day: int) -> date:
    """The anchor day of a month; its last where it has none."""
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))


def sliced(
    amount: Decimal, start: date, end: date, anchor: int, currency: str
) -> list[tuple[date, Decimal]]:
    """Shares of an amount by anchor month: equal for whole months, else by days; nothing is lost.

    Shares are cut to the minor unit and what is left goes to the largest remainders, of equal ones
    to the earliest.
    """
    month = later(start.replace(day=1), -1)
    parts: list[tuple[date, int]] = []
    bounds: list[date] = []
    while anchored(month, anchor) < end:
        opens, closes = anchored(month, anchor), anchored(later(month, 1), anchor)
        if closes > start:
            parts.append((month, (min(end, closes) - max(start, opens)).days))
            bounds += [opens, closes]
        month = later(month, 1)
    if bounds[0] == start and bounds[-1] == end:
        parts = [(of_month, 1) for of_month, _ in parts]
    units = MINOR_UNITS.get(currency, 2)
    units = units if amount == rounded(amount, units) else 4
    whole, total = int(abs(amount).scaleb(units)), sum(weight for _, weight in parts)
    shares = [divmod(whole * weight, total) for _, weight in parts]
    left = whole - sum(share for share, _ in shares)
    order = sorted(range(len(parts)), key=lambda place: (-shares[place][1], place))
    sign = -1 if amount < 0 else 1
    return [
        (of_month, Decimal(sign * (shares[place][0] + (place in order[:left]))).scaleb(-units))
        for place, (of_month, _) in enumerate(parts)
    ]


@dataclass
class Bill:
    """An anchor month's bill and its seats."""

    account_id: str
    month: date
    plan_id: str
    currency: str
    interval: str
    amount: Decimal
    seat_amount: Fraction
    seat_units: Decimal
    flat_amount: Fraction = Fraction(0)
    flat_units: Decimal = Decimal(0)

    @property
    def parts(self) -> tuple[tuple[Fraction, Decimal], ...]:
        """Seats and fees: the money and for how many."""
        return (self.seat_amount, self.seat_units), (self.flat_amount, self.flat_units)


class Bills:
    def __init__(self, company: Company) -> None:
        self.company = company

    def anchor(self, account_id: str) -> int:
        return int(self.company.accounts[account_id]["billing_anchor_day"])

    def anchor_months(self, account_id: str) -> list[date]:
        """Months that begin on the anchor day while a contract runs, up to the as-of."""
        company, anchor = self.company, self.anchor(account_id)
        contracts = company.contracts(account_id)
        started_on = min(row["started_on"] for row in contracts)
        ends = [row["ended_on"] for row in contracts]
        ended_on = None if None in ends else max(ends)
        month = started_on.replace(day=1)
        if anchored(month, anchor) > started_on:
            month = later(month, -1)
        found = []
        while anchored(month, anchor) <= company.day(company.as_of):
            if ended_on is None or anchored(month, anchor) < ended_on:
                found.append(month)
            month = later(month, 1)
        return found

    def is_provisional(self, account_id: str, month: date) -> bool:
        end = anchored(later(month, 1), self.anchor(account_id))
        return self.company.midnight(end) > self.company.as_of

    def plan(self, account_id: str, month: date) -> str:
        """Of the contracts in force on any day of the anchor month the earliest's plan."""
        start = anchored(month, self.anchor(account_id))
        end = anchored(later(month, 1), self.anchor(account_id))
        touching = [
            row
            for row in self.company.contracts(account_id)
            if row["started_on"] < end and (row["ended_on"] is None or start < row["ended_on"])
        ]
        return str(
            min(touching, key=lambda row: (row["started_on"], row["subscription_id"]))["plan_id"]
        )

    @cached_property
    def bills(self) -> dict[str, list[Bill]]:
        """Invoiced bills of each account in the order of their months."""
        lines: dict[tuple[str, date], list[tuple[Row, Decimal]]] = defaultdict(list)
        months = {account: set(self.anchor_months(account)) for account in self.company.accounts}
        for row in self.company.invoice_lines:
            account = row["account_id"]
            if row["line_type"] in NOT_BILLED:
                continue
            anchor = self.anchor(account)
            for month, share in sliced(
                row["amount"], row["start"], row["end"], anchor, row["currency"]
            ):
                if month in months[account]:
                    lines[account, month].append((row, share))
        found: dict[str, list[Bill]] = defaultdict(list)
        for (account, month), of_bill in sorted(lines.items()):
            currencies = {row["currency"] for row, _ in of_bill}
            assert len(currencies) == 1, account
            assert not any(row["line_type"] in FLAT | {"usage"} for row, _ in of_bill)
            seat = [(row, share) for row, share in of_bill if row["line_type"] in SEAT]
            charged = sum((Fraction(share) for _, share in seat), Fraction())
            discount = sum(
                (Fraction(share) for row, share in of_bill if row["line_type"] == "discount"),
                Fraction(),
            )
            net = charged
            if discount and charged:
                net = Fraction(rounded(charged * (charged + discount) / charged, 4))
            units = sum(
                (
                    rounded(Fraction(share) / Fraction(row["unit_price"]), 12)
                    for row, share in seat
                    if row["unit_price"] and row["unit_price"] > 0
                ),
                Decimal(0),
            )
            plan_id = self.plan(account, month)
            found[account].append(
                Bill(
                    *(account, month, plan_id, currencies.pop()),
                    self.company.plans[plan_id]["billing_interval"],
                    sum((share for _, share in of_bill), Decimal(0)),
                    net,
                    rounded(units, 6),
                )
            )
        return found

    def comparable(self, bill: Bill, of_account: list[Bill] | None = None) -> list[Bill]:
        """Bills of the account (those invoiced) before it in the same currency and interval."""
        return [
            other
            for other in (self.bills[bill.account_id] if of_account is None else of_account)
            if other.month < bill.month
            and (other.currency, other.interval) == (bill.currency, bill.interval)
        ]

    def shock(self, bill: Bill, of_account: list[Bill] | None = None) -> tuple[object, ...]:
        """The row of fct_bill_shock after the bill: baseline, rise, what was ordered, verdicts."""
        before = self.comparable(bill, of_account)[-3:]
        middle = median([Fraction(other.amount) for other in before])
        if middle is None or middle <= 0:
            return (None,) * 13 + ("no_baseline",)
        baseline = rounded(middle, 4)
        rise = bill.amount - baseline
        rate = self.company.rate(bill.currency, bill.month)
        assert rate is not None
        reporting = rounded(Fraction(rise) * rate, 4)
        ordered = self.ordered(bill, before)
        explained = rounded(min(max(ordered, Fraction(0)), max(Fraction(rise), Fraction(0))), 4)
        is_unexplained = explained < rise * Decimal("0.8")
        verdicts: list[bool] = []
        for share in ("0.30", "0.20", "0.30", "0.50"):
            is_jump = rise >= baseline * Decimal(share) and reporting >= 50
            verdicts += [is_jump, is_jump and is_unexplained]
        return (
            *(baseline, rise, reporting, ratio(rise, baseline), explained),
            *verdicts,
            None,
        )

    @staticmethod
    def ordered(bill: Bill, before: list[Bill]) -> Fraction:
        """What more seats, more of a fee, or another plan cost."""
        last = before[-1]
        if bill.plan_id != last.plan_id:
            usual = median([other.seat_amount + other.flat_amount for other in before])
            return bill.seat_amount + bill.flat_amount - (usual or 0)
        total = Fraction(0)
        for place, (amount, units) in enumerate(bill.parts):
            more = Fraction(units) - rounded_six(
                median([Fraction(other.parts[place][1]) for other in before])
            )
            amount_then, units_then = last.parts[place]
            if units_then <= 0:
                amount_then, units_then = amount, units
            if units_then:
                total += Fraction(rounded(more * amount_then / Fraction(units_then), 4))
        return total

    def variation(
        self, bill: Bill, months: int, least: int, of_account: list[Bill] | None = None
    ) -> tuple[int, Decimal | None]:
        """Bills of the trailing months and their coefficient of variation."""
        since = later(bill.month, 1 - months)
        before = self.comparable(bill, of_account)
        own = [bill, *(other for other in before if other.month >= since)]
        units = [int(other.amount * 10_000) for other in own]
        total = sum(units)
        if len(own) < least or total <= 0:
            return len(own), None
        spread = len(own) * sum(unit * unit for unit in units) - total * total
        # the one step that no decimal holds: root and quotient, each rounded once by IEEE 754
        return len(own), rounded(Fraction(sqrt(spread) / total), 6)

    @cached_property
    def revenue(self) -> dict[tuple[str, date], Fraction]:
        """Revenue by account and calendar month in the reporting currency, not yet rounded."""
        found: dict[tuple[str, date], Fraction] = defaultdict(Fraction)
        for row in self.company.invoice_lines:
            if row["line_type"] == "tax":
                continue
            for month, share in sliced(row["amount"], row["start"], row["end"], 1, row["currency"]):
                if month > self.company.months[-1]:
                    continue
                rate = self.company.rate(row["currency"], month)
                assert rate is not None
                found[row["account_id"], month] += Fraction(share) * rate
        return found

    @cached_property
    def meter_costs(self) -> dict[tuple[str, date, str], tuple[Fraction, Fraction]]:
        """Work of a meter and its cost at the rate of the day, its dimension's if it has one."""
        rates: dict[tuple[str, str], list[tuple[date, Fraction]]] = defaultdict(list)
        for text in self.company.raw("cost_rates"):
            since = date.fromisoformat(text["valid_from"])
            rates[text["meter"], text["dimension"]].append((since, Fraction(text["unit_cost"])))
        units: dict[tuple[str, date, str, str], int] = defaultdict(int)
        for work in self.company.usage:
            units[work.account_id, work.day, work.meter, work.dimension] += work.quantity
        costs: dict[tuple[str, date, str], Fraction] = {}
        found: dict[tuple[str, date, str], tuple[Fraction, Fraction]] = {}
        for (account, day, meter, dimension), quantity in units.items():
            if (meter, day, dimension) not in costs:
                own, general = (
                    [rate for rate in rates.get((meter, name), []) if rate[0] <= day]
                    for name in (dimension, "")
                )
                assert own or general or not any(name == meter for name, _ in rates)
                costs[meter, day, dimension] = max(own or general or [(day, Fraction(0))])[1]
            amount = Fraction(quantity, MILLION)
            of_month = (account, day.replace(day=1), meter)
            so_far, cost = found.get(of_month, (Fraction(), Fraction()))
            found[of_month] = (so_far + amount, cost + amount * costs[meter, day, dimension])
        return found

    @cached_property
    def cost(self) -> dict[tuple[str, date], Fraction]:
        """Cost to serve of each account and month, all meters together."""
        found: dict[tuple[str, date], Fraction] = defaultdict(Fraction)
        for (account, month, _), (_, cost) in self.meter_costs.items():
            found[account, month] += cost
        return found

    def margin(self, account_id: str, month: date) -> tuple[object, ...]:
        """Revenue, cost, margin, its share of revenue, and whether the account costs more."""
        revenue = rounded(self.revenue.get((account_id, month), Fraction()), 4)
        cost = rounded(self.cost.get((account_id, month), Fraction()), 4)
        share = ratio(revenue - cost, revenue) if revenue > 0 else None
        return revenue, cost, revenue - cost, share, cost > max(revenue, Decimal(0))

    def shock_tickets(self) -> dict[tuple[str, date], bool]:
        """Accounts and months of invoicing; whether a billing ticket came within thirty days."""
        times = {
            account: [
                row["created_at"]
                for row in self.company.tickets
                if row["account_id"] == account and is_billing(row)
            ]
            for account in self.company.accounts
        }
        found: dict[tuple[str, date], bool] = defaultdict(bool)
        for row in self.company.invoice_lines:
            key = (row["account_id"], self.company.day(row["issued_at"]).replace(day=1))
            until = row["issued_at"] + timedelta(days=30)
            found[key] |= any(row["issued_at"] <= at <= until for at in times[row["account_id"]])
        return found


def is_billing(ticket: Row) -> bool:
    """Whether a ticket's topic or tags have a word of billing or pricing in them."""
    return BILLING.search(f"{ticket['topic']} {ticket['tags']}".lower()) is not None


def median(values: list[Fraction]) -> Fraction | None:
    """The middle of three, or the mean of two; fewer have none."""
    if len(values) < 2:
        return None
    ordered = sorted(values)
    return ordered[1] if len(values) == 3 else (ordered[0] + ordered[1]) / 2


def rounded_six(value: Fraction | None) -> Fraction:
    return Fraction(rounded(value or 0, 6))
