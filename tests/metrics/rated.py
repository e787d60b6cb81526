"""The demo's bills as the rater of tests/rating works them out from a plain reading of its files.

The rater shares no code with the product; here it gets the exports and the price book as Company
reads them. Work is handed to it by anchor month, as no price of the demo changes inside one.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import NamedTuple

from tests.metrics.arithmetic import ratio, rounded
from tests.metrics.bills import NOT_BILLED, Bill, Bills, anchored
from tests.metrics.exports import MILLION, Company, Row, Text, later, moment, number
from tests.rating.bills import Bills as Lines
from tests.rating.bills import rate, unit_lines
from tests.rating.book import (
    Case,
    Charge,
    ContractPrice,
    Discount,
    Plan,
    Proposal,
    SeatEvent,
    Setting,
    Subscription,
    Tier,
    UsageEvent,
)
from tests.rating.charges import Line
from tests.rating.days import local_day, midnight, month_of
from tests.rating.money import MINOR_UNITS
from tests.rating.units import Unit, units

# opening, granted, rolled in, drawn, expired, closing, asked for, beyond the balance, priced
Wallet = dict[date, tuple[Decimal, ...]]
Key = tuple[str, str, str]
Accuracy = tuple[int, int, Decimal, Decimal, Decimal | None, str]
CURRENT = "current"
LEAST_DAYS = 5
FLOOR = Decimal("0.97")
ZERO = Decimal(0)


class Pair(NamedTuple):
    """Amounts of one expected and one invoiced line; None where a side has no such line."""

    expected: Decimal | None
    invoiced: Decimal | None
    unit: Decimal

    @property
    def size(self) -> Decimal:
        return abs(self.expected or ZERO) + abs(self.invoiced or ZERO)

    @property
    def is_equal(self) -> bool:
        return self.expected is not None and self.expected == self.invoiced

    @property
    def is_close(self) -> bool:
        if self.expected is None or self.invoiced is None:
            return False
        return abs(self.expected - self.invoiced) <= self.unit


def day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def plan(text: Text) -> Plan:
    return Plan(
        text["plan_id"],
        text["currency"],
        text["billing_interval"] or "month",
        text["proration"] or "none",
        text["seat_basis"] or "time_weighted",
        tuple(role for role in text["billable_roles"].split(";") if role),
        text["bill_suspended"] == "true",
        number(text["minimum_amount"]),
        number(text["maximum_amount"]),
        text["credit_on_removal"] != "false",
    )


class Rated:
    """Bills of every account under today's plans and under each proposal."""

    def __init__(self, company: Company, bills: Bills) -> None:
        self.company, self.bills = company, bills
        hours = int(company.settings["windows"]["outcome_reopen_hours"])
        self.setting = Setting(str(company.zone), company.as_of, hours)

    # ---- the price book --------------------------------------------------------------------------

    @cached_property
    def plans(self) -> dict[str, Plan]:
        return {text["plan_id"]: plan(text) for text in self.company.book("plans")}

    @cached_property
    def charges(self) -> dict[str, list[Charge]]:
        tiers: dict[tuple[str, str], list[Tier]] = defaultdict(list)
        for text in sorted(self.company.book("tiers"), key=lambda row: int(row["tier"])):
            tier = Tier(*(number(text[name]) for name in ("up_to", "unit_amount", "flat_amount")))
            tiers[text["charge_id"], text["valid_from"]].append(tier)
        found: dict[str, list[Charge]] = defaultdict(list)
        for text in self.company.book("charges"):
            found[text["plan_id"]].append(
                Charge(
                    *(text["charge_id"], text["plan_id"], date.fromisoformat(text["valid_from"])),
                    *(text["meter"], text["pricing"], day_or_none(text["valid_to"])),
                    *(text["role"] or None, text["dimension"] or None, text["actor_type"] or None),
                    outcomes_only=text["outcomes_only"] == "true",
                    aggregation=text["aggregation"] or "sum",
                    unit_amount=number(text["unit_amount"]),
                    package_size=number(text["package_size"]),
                    included_quantity=number(text["included_quantity"]),
                    included_per=text["included_per"] or "account",
                    line_minimum=number(text["line_minimum"]),
                    line_maximum=number(text["line_maximum"]),
                    tiers=tuple(tiers[text["charge_id"], text["valid_from"]]),
                )
            )
        return found

    @cached_property
    def with_wallet(self) -> set[str]:
        return {text["plan_id"] for text in self.company.book("credit_grants")}

    def proposal(self, account_id: str, scenario_id: str) -> Proposal | None:
        """The most specific row that covers the account, its plan in the account's currency."""
        account = self.company.accounts[account_id]
        covering = [
            row
            for row in self.company.book("scenarios")
            if row["scenario_id"] == scenario_id
            and row["account_id"] in ("", account_id)
            and row["segment"] in ("", account["segment"])
        ]
        if not covering:
            return None
        assert not any(row["from_plan_id"] for row in covering)
        row = max(covering, key=lambda own: (own["account_id"], own["segment"]))
        name = self.company.plans[row["plan_id"]]["plan_name"]
        (plan_id,) = (
            text["plan_id"]
            for text in self.company.book("plans")
            if text["plan_name"] == name and text["currency"] == account["currency"]
        )
        periods = row["max_increase_periods"]
        return Proposal(
            *(scenario_id, plan_id, row["uptake"], day_or_none(row["starts_on"])),
            number(row["max_increase_ratio"]),
            int(periods) if periods else None,
        )

    @cached_property
    def scenarios(self) -> list[str]:
        return sorted({row["scenario_id"] for row in self.company.book("scenarios")})

    # ---- accounts --------------------------------------------------------------------------------

    @cached_property
    def work(self) -> dict[str, list[UsageEvent]]:
        """Work of each account, of an anchor month as one event where nothing was reopened."""
        sums: dict[tuple[str, date, str, str, str, str], tuple[int, datetime]] = {}
        found: dict[str, list[UsageEvent]] = defaultdict(list)
        for work in self.company.usage:
            anchor = self.bills.anchor(work.account_id)
            month = work.day.replace(day=1)
            if anchored(month, anchor) > work.day:
                month = later(month, -1)
            key = (*(work.account_id, month, work.meter), work.actor, work.dimension, work.outcome)
            if work.reopened_at is not None:
                found[work.account_id].append(
                    UsageEvent(
                        f"{work.account_id} {len(found[work.account_id])}",
                        *(work.at, work.meter, Decimal(work.quantity) / MILLION, None),
                        *(work.actor, work.dimension or None, work.outcome or None),
                        work.reopened_at,
                    )
                )
            else:
                so_far, first = sums.get(key, (0, work.at))
                sums[key] = (so_far + work.quantity, min(first, work.at))
        for (account, month, meter, actor, dimension, outcome), (units_, at) in sums.items():
            found[account].append(
                UsageEvent(
                    f"{month} {meter} {actor} {dimension} {outcome}",
                    *(at, meter, Decimal(units_) / MILLION, None),
                    *(actor, dimension or None, outcome or None),
                )
            )
        return found

    @cached_property
    def seats(self) -> dict[str, tuple[SeatEvent, ...]]:
        found: dict[str, list[SeatEvent]] = defaultdict(list)
        for row in self.company.seat_events:
            found[row["account_id"]].append(
                SeatEvent(
                    *(row["event_id"], row["event_type"], row["quantity"], row["effective_at"]),
                    *(row["role"] or "member", row["previous_role"] or None),
                    *(row["user_id"] or None, row["subscription_id"] or None),
                )
            )
        return {account: tuple(events) for account, events in found.items()}

    def case(self, account_id: str, scenario_id: str) -> Case | None:
        """The account under today's plans, and under the proposal where it covers the account."""
        proposal = None
        if scenario_id != CURRENT:
            proposal = self.proposal(account_id, scenario_id)
            if proposal is None:
                return None
        account = self.company.accounts[account_id]
        contracts = self.company.contracts(account_id)
        names = {row["plan_id"] for row in contracts} | ({proposal.plan_id} if proposal else set())
        return Case(
            *(account_id, account["segment"], tuple(self.plans[name] for name in names)),
            tuple(charge for name in sorted(names) for charge in self.charges[name]),
            tuple(
                Subscription(
                    *(row["subscription_id"], row["plan_id"], moment(row["started_at"])),
                    moment(row["ended_at"]) if row["ended_at"] else None,
                )
                for row in contracts
            ),
            int(account["billing_anchor_day"]),
            tuple(
                ContractPrice(
                    *(row["charge_id"], date.fromisoformat(row["valid_from"])),
                    day_or_none(row["valid_to"]),
                    *(number(row["unit_amount"]), number(row["discount_ratio"])),
                )
                for row in self.company.book("contract_prices")
                if row["account_id"] == account_id
            ),
            tuple(
                Discount(
                    *(row["discount_id"], row["scope"], row["scope_id"]),
                    *(day_or_none(row["valid_from"]), day_or_none(row["valid_to"])),
                    *(number(row["ratio"]), number(row["amount"])),
                )
                for row in self.company.book("discounts")
            ),
            proposal,
            self.seats.get(account_id, ()),
            tuple(self.work.get(account_id, ())) if proposal else (),
        )

    def lines(self, account_id: str, scenario_id: str) -> Lines:
        """Lines of each scenario and anchor month; empty where the proposal does not cover."""
        case = self.case(account_id, scenario_id)
        return rate(case, self.setting) if case else {}

    # ---- bills beside those invoiced -------------------------------------------------------------

    def charge(self, line: Line) -> Charge:
        """The charge that made a line."""
        (charge,) = (
            own
            for of_plan in self.charges.values()
            for own in of_plan
            if own.charge_id == line.charge_id
        )
        return charge

    def price(self, account_id: str, line: Line, day: date) -> Decimal | None:
        """What one unit costs: the negotiated price of the day, else the charge's own."""
        for row in self.company.book("contract_prices"):
            until = day_or_none(row["valid_to"]) or date.max
            if (row["account_id"], row["charge_id"]) == (account_id, line.charge_id) and (
                date.fromisoformat(row["valid_from"]) <= day < until
            ):
                return number(row["unit_amount"])
        return self.charge(line).unit_amount

    def bill(self, account_id: str, month: date, plan_id: str, lines: list[Line]) -> Bill:
        """A month's bill and what of it are seats and fees, net of their share of discounts."""
        amounts: dict[str, Decimal] = defaultdict(Decimal)
        counts: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            part = "seat" if line.kind == "proration" else line.kind
            amounts[part] += line.amount
            if part in ("seat", "flat"):
                price = self.price(account_id, line, line.service.start)
                if price:
                    counts[part] += rounded(Fraction(line.amount) / Fraction(price), 12)
        charged = amounts["seat"] + amounts["flat"] + amounts["usage"]
        net = {part: Fraction(amounts[part]) for part in ("seat", "flat")}
        if amounts["discount"] and charged:
            kept = Fraction(charged + amounts["discount"]) / Fraction(charged)
            net = {part: Fraction(rounded(amount * kept, 4)) for part, amount in net.items()}
        return Bill(
            *(account_id, month, plan_id, self.plans[plan_id].currency),
            self.plans[plan_id].billing_interval,
            sum((line.amount for line in lines), ZERO),
            *(net["seat"], rounded(counts["seat"], 6)),
            *(net["flat"], rounded(counts["flat"], 6)),
        )

    def under(self, account_id: str, scenario_id: str) -> dict[date, tuple[Bill, list[Line]]]:
        """The account's bills under one proposal, each with its lines."""
        case = self.case(account_id, scenario_id)
        if case is None or case.proposal is None:
            return {}
        is_rated = self.accuracy(account_id)[-1] == "rated"
        every = rate(case, self.setting) if is_rated else self.held(case)
        rated = {month: lines for (name, month), lines in sorted(every.items()) if name != CURRENT}
        if case.proposal.plan_id in self.with_wallet:
            wallet = self.wallet(case)
            rated = {
                month: self.with_credits(case, wallet, month, lines)
                for month, lines in rated.items()
            }
        return {
            month: (self.bill(account_id, month, case.proposal.plan_id, lines), lines)
            for month, lines in rated.items()
        }

    def today(self, account_id: str) -> dict[date, tuple[Bill, list[Line]]]:
        """The account's bills today: those invoiced where rating misses them too often."""
        if self.accuracy(account_id)[-1] == "invoiced":
            return {bill.month: (bill, []) for bill in self.bills.bills[account_id]}
        return {
            month: (
                self.bill(account_id, month, self.bills.plan(account_id, month), lines),
                lines,
            )
            for (_, month), lines in sorted(self.lines(account_id, CURRENT).items())
        }

    def held(self, case: Case) -> Lines:
        """A proposal's lines where today's bills, which bound them for a while, are invoices."""
        assert case.proposal is not None
        most = case.proposal.max_increase_ratio
        free = replace(case, proposal=replace(case.proposal, max_increase_ratio=None))
        rated = dict(sorted(rate(free, self.setting).items()))
        if most is None:
            return rated
        today = {bill.month: bill.amount for bill in self.bills.bills[case.account_id]}
        places = MINOR_UNITS[self.company.accounts[case.account_id]["currency"]]
        held = 0
        for (name, month), lines in rated.items():
            if name == CURRENT or month not in today:
                continue
            held += 1
            bound = rounded(max(today[month], ZERO) * (1 + most), places)
            relief = bound - sum((line.amount for line in lines if line.kind != "credit"), ZERO)
            if relief < 0 and held <= (case.proposal.max_increase_periods or held):
                relieved = Line("grandfathering", lines[0].service, Fraction(relief), relief)
                rated[name, month] = [*lines, relieved]
        return rated

    # ---- the running month -----------------------------------------------------------------------

    def warning(
        self, bill: Bill, lines: list[Line], of_account: list[Bill]
    ) -> tuple[object, ...] | None:
        """The row of fct_bill_warnings after account, month and scenario; None once it is over."""
        company, anchor = self.company, self.bills.anchor(bill.account_id)
        start = company.midnight(anchored(bill.month, anchor))
        end = company.midnight(anchored(later(bill.month, 1), anchor))
        if end <= company.as_of:
            return None
        passed = int((company.as_of - start).total_seconds())
        total = int((end - start).total_seconds())
        usage = [line for line in lines if line.kind == "usage"]
        projected, is_at_least = bill.amount, False
        for line in usage if passed else []:
            assert line.billable is not None
            assert line.quantity is not None
            assert line.included is not None
            sooner = rounded(Fraction(line.quantity) * total / passed, 6) - line.included
            further = max(sooner, ZERO)
            if line.billable > 0:
                size = self.package_size(line)
                units, then = (ceil(Fraction(count) / size) for count in (line.billable, further))
                projected += rounded(Fraction(line.amount) * then / units, 4)
                projected -= line.amount
            elif further > 0:
                is_at_least = True
        shock = self.bills.shock(bill, of_account)
        is_early = passed < LEAST_DAYS * 86400
        reason = "too early in the month" if is_early else shock[-1]
        ahead: tuple[object, ...] = (None, None, None)
        verdicts: tuple[object, ...] = (None, None)
        baseline = shock[0]
        if isinstance(baseline, Decimal):
            rise = projected - baseline
            rate = company.rate(bill.currency, bill.month)
            assert rate is not None
            reporting = rounded(Fraction(rise) * rate, 4)
            ahead = (baseline, ratio(rise, baseline), reporting)
            if reason is None:
                is_jump = rise >= baseline * Decimal("0.3") and reporting >= 50
                ordered = self.bills.ordered(bill, self.bills.comparable(bill, of_account)[-3:])
                explained = min(max(ordered, Fraction(0)), max(Fraction(rise), Fraction(0)))
                verdicts = (is_jump, is_jump and explained < Fraction(rise) * Fraction(4, 5))
        return (
            *(bill.amount, sum((line.amount for line in usage), ZERO), projected, is_at_least),
            *(*ahead, *verdicts, reason),
        )

    def package_size(self, line: Line) -> Fraction:
        """What is billed at once: a package, or the smallest part of a unit."""
        charge = self.charge(line) if line.charge_id else None
        if charge is None or charge.pricing != "package":
            return Fraction(1, MILLION)
        assert charge.package_size is not None
        return Fraction(charge.package_size)

    # ---- invoices held against what they should be -----------------------------------------------

    def pairs(self, account_id: str) -> list[Pair]:
        """Lines due today beside those invoiced: equal amounts meet first, others by size."""
        case = self.case(account_id, CURRENT)
        assert case is not None
        invoiced = [
            row
            for row in self.invoiced.get(account_id, [])
            if row["line_type"] not in NOT_BILLED and row["status"] != "draft"
        ]
        names_events = any(
            row["line_type"] == "proration" and row["source_event_id"] for row in invoiced
        )
        due: dict[Key, list[tuple[Decimal, bool]]] = defaultdict(list)
        reported: dict[Key, list[Decimal]] = defaultdict(list)
        for row in invoiced:
            reported[self.key(row)].append(row["amount"])
        periods = [unit for unit in units(case, self.setting) if unit.subscription]
        for unit in periods:
            assert unit.subscription is not None
            for line in unit_lines(case, self.setting, unit):
                if line.kind == "discount" or not line.amount:
                    continue
                by_event = line.event_id if line.event_id and names_events else None
                of = by_event or str(line.service.start)
                key = (unit.subscription.subscription_id, line.kind, of)
                opens = line.service.start if line.kind in ("seat", "flat") else unit.period.end
                is_due = midnight(opens, self.setting.time_zone) <= self.setting.as_of
                due[key].append((line.amount, is_due))
        for key, amount in self.discounts(case, periods, invoiced).items():
            due[key].append((amount, True))
        minor = Decimal(1).scaleb(-MINOR_UNITS[self.company.accounts[account_id]["currency"]])
        found = []
        for key in {*due, *reported}:
            theirs = sorted(reported[key], reverse=True)
            alone = []
            for amount, is_due in sorted(due[key], reverse=True):
                if amount in theirs:
                    theirs.remove(amount)
                    found.append(Pair(amount, amount, minor))
                else:
                    alone.append((amount, is_due))
            found += [Pair(own[0], their, minor) for own, their in zip(alone, theirs, strict=False)]
            found += [
                Pair(amount, None, minor) for amount, is_due in alone[len(theirs) :] if is_due
            ]
            found += [Pair(None, amount, minor) for amount in theirs[len(alone) :]]
        return found

    @staticmethod
    def key(row: Row) -> Key:
        """What an invoice line meets its like by: its invoice, its seat event, or its first day."""
        kind = row["line_type"]
        if kind == "discount":
            return row["subscription_id"], kind, row["invoice_id"]
        event = row["source_event_id"] if kind == "proration" else ""
        return row["subscription_id"], kind, event or str(row["start"])

    def discounts(self, case: Case, periods: list[Unit], invoiced: list[Row]) -> dict[Key, Decimal]:
        """What each invoice should take off its own lines, by the discounts of their periods."""
        off: dict[Key, Fraction] = defaultdict(Fraction)
        assert not any(own.amount for own in case.discounts)
        for row in invoiced:
            if row["line_type"] == "discount":
                continue
            for unit in periods:
                named = unit.subscription and unit.subscription.subscription_id
                if named != row["subscription_id"] or not unit.service.holds(row["start"]):
                    continue
                ratios = [
                    Fraction(own.ratio or 0)
                    for own in case.discounts
                    if own.scope_id
                    == {"account": case.account_id, "plan": unit.plan.plan_id}.get(
                        own.scope, case.segment
                    )
                    and (own.valid_from or date.min) <= unit.period.start
                    and unit.period.start < (own.valid_to or date.max)
                ]
                off[row["subscription_id"], "discount", row["invoice_id"]] += Fraction(
                    row["amount"]
                ) * min(sum(ratios, Fraction(0)), Fraction(1))
        places = MINOR_UNITS[self.company.accounts[case.account_id]["currency"]]
        return {key: -rounded(amount, places) for key, amount in off.items() if amount}

    @cached_property
    def invoiced(self) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.company.invoice_lines:
            found[row["account_id"]].append(row)
        return found

    def accuracy(self, account_id: str) -> Accuracy:
        """Lines, equal ones, money that agrees, all of it, its share, and what is billed by."""
        return self.accuracies[account_id]

    @cached_property
    def accuracies(self) -> dict[str, Accuracy]:
        return {account: self.agreement(account) for account in self.company.accounts}

    def agreement(self, account_id: str) -> Accuracy:
        pairs = self.pairs(account_id)
        agreed = sum((pair.size for pair in pairs if pair.is_close), ZERO)
        compared = sum((pair.size for pair in pairs), ZERO)
        share = ratio(agreed, compared)
        is_low = share is not None and share < FLOOR
        return (
            *(len(pairs), sum(pair.is_equal for pair in pairs), agreed, compared, share),
            "invoiced" if is_low else "rated",
        )

    # ---- wallets ---------------------------------------------------------------------------------

    def demand(self, account_id: str, plan_id: str) -> dict[date, Decimal]:
        """Credits that the work of each anchor month asks for, whatever came of the work."""
        rates = {
            (text["meter"], text["dimension"]): Fraction(text["credits_per_unit"])
            for text in self.company.book("rate_tables")
            if text["plan_id"] == plan_id
        }
        anchor = self.bills.anchor(account_id)
        asked: dict[date, Fraction] = defaultdict(Fraction)
        for event in self.work.get(account_id, ()):
            month = month_of(local_day(event.occurred_at, self.setting.time_zone), anchor)
            general = rates.get((event.meter, ""), Fraction(0))
            own = rates.get((event.meter, event.dimension or ""), general)
            asked[month] += Fraction(event.quantity) * own
        return {month: rounded(credits, 6) for month, credits in asked.items()}

    def wallet(self, case: Case) -> Wallet:
        """What each anchor month's wallet of a proposal holds, takes and buys.

        One grant follows the other: what is left of one, up to a share of what was granted, rolls
        into the next, is drawn before it and ends with it. Packs are bought when all is used up.
        """
        assert case.proposal is not None
        plan_id, account_id = case.proposal.plan_id, case.account_id
        (grant,) = (
            text for text in self.company.book("credit_grants") if text["plan_id"] == plan_id
        )
        share, pack = Fraction(grant["rollover_ratio"]), number(grant["topup_credits"])
        term = int(grant["term_months"] or 1)
        periods = [unit for unit in units(case, self.setting) if unit.scenario_id != CURRENT]
        demand = self.demand(account_id, plan_id)
        found: Wallet = {}
        rolling = rolled = left = packs = granted = ZERO
        for place, unit in enumerate(periods):
            (month,) = unit.months
            rolled_in = made = ZERO
            opening = rolled + left + packs
            if place % term == 0:
                part = Fraction(1 if term > 1 else unit.service.days, unit.period.days)
                whole = Fraction(grant["credits"])
                made = granted = rounded(whole if term > 1 else whole * part, 6)
                opening, rolled_in = packs, rolling
                rolled, left = rolling, granted
            asked = demand.get(month, ZERO)
            of_rolled = min(asked, rolled)
            of_grant = min(asked - of_rolled, left)
            of_packs = min(asked - of_rolled - of_grant, packs)
            beyond = asked - of_rolled - of_grant - of_packs
            bought = 0
            rolled, left, packs = rolled - of_rolled, left - of_grant, packs - of_packs
            drawn = of_rolled + of_grant + of_packs
            if pack is not None:
                bought = ceil(Fraction(beyond) / Fraction(pack))
                packs += bought * pack - beyond
                made, drawn = made + bought * pack, drawn + beyond
            expired, is_last = ZERO, unit is periods[-1]
            is_over = not self.bills.is_provisional(account_id, month)
            ends = is_over and (is_last or place % term == term - 1)
            if ends:
                rolling = ZERO if is_last else min(left, rounded(Fraction(granted) * share, 6))
                expired = rolled + left - rolling + (packs if is_last else ZERO)
                rolled, left, packs = ZERO, rolling, ZERO if is_last else packs
            closing = rolled + left + packs
            found[month] = (
                *(opening, made, rolled_in, drawn, expired, closing),
                *(asked, beyond, Decimal(bought) if pack is not None else beyond),
            )
            left = ZERO if ends else left
        return found

    def with_credits(
        self, case: Case, wallet: Wallet, month: date, lines: list[Line]
    ) -> list[Line]:
        """A month's lines with what its wallet does not cover, discounted like the others."""
        assert case.proposal is not None
        plan_id = case.proposal.plan_id
        (grant,) = (
            text for text in self.company.book("credit_grants") if text["plan_id"] == plan_id
        )
        places = MINOR_UNITS[self.plans[plan_id].currency]
        price = Fraction(grant["topup_amount"] or grant["overage_unit_amount"])
        asked, beyond, priced = wallet[month][-3:]
        exact = Fraction(priced) * price
        span = lines[0].service
        credits = Line(
            *("usage", span, exact, rounded(exact, places)),
            quantity=asked,
            included=asked - beyond,
            billable=beyond,
        )
        rest = [line for line in lines if line.kind != "discount"]
        (off,) = [line for line in lines if line.kind == "discount"] or (None,)
        if off is None:
            return [*rest, credits]
        share = off.exact / sum((Fraction(line.amount) for line in rest), Fraction(0))
        exact = share * sum((Fraction(line.amount) for line in (*rest, credits)), Fraction(0))
        return [*rest, credits, Line("discount", span, exact, rounded(exact, places))]
