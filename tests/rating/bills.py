"""A bill: its charges, discounts, minimum, cap, grandfathering and credits, cut into months."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from tests.rating import work
from tests.rating.book import Case, Discount, Setting, UsageEvent
from tests.rating.charges import NONE, Line, charge_lines, prorated, windows
from tests.rating.days import Span, local_day, month_of, months_from, plus_months
from tests.rating.money import MINOR_UNITS, parts, rounded
from tests.rating.units import Unit, anchor_day, anchor_months, covered_months, units

CURRENT = "current"
Bills = dict[tuple[str, date], list[Line]]
"""The lines of each scenario and anchor month; a month that cannot be rated is not there."""


def rate(case: Case, setting: Setting) -> Bills:
    """Every bill of the account."""
    found = list(units(case, setting))
    bills: Bills = {
        (scenario_id, month): []
        for scenario_id in {CURRENT, *(unit.scenario_id for unit in found)}
        for month in covered_months(case, setting)
    }
    for unit, line in _lines(case, setting, found):
        places = MINOR_UNITS[unit.plan.currency]
        for month, part in sliced(line, anchor_day(case, setting), places):
            # what a service spans beyond the contracts or the as-of is on no bill
            bills.get((unit.scenario_id, month), []).append(part)
    for unit in found:
        for month in _unmeasured(case, setting, unit):
            bills.pop((unit.scenario_id, month), None)
    for month in _ambiguous(case, setting, found):
        bills.pop((CURRENT, month), None)
    return _chosen(case, setting, bills)


def _lines(case: Case, setting: Setting, found: list[Unit]) -> Iterator[tuple[Unit, Line]]:
    for unit in found:
        for line in unit_lines(case, setting, unit):
            yield unit, line
        yield from _credits(case, setting, unit, found)


def unit_lines(case: Case, setting: Setting, unit: Unit) -> list[Line]:
    """The whole bill of one period, credits apart."""
    lines = charge_lines(case, setting, unit)
    return [*lines, *_adjustments(case, setting, unit, lines)]


def _unmeasured(case: Case, setting: Setting, unit: Unit) -> Iterator[date]:
    """Months in which users are to be counted and no event names one."""
    for window in windows(case, unit):
        if window.charge.aggregation == "distinct_users":
            events = work.counted(case, setting, window.charge, unit.subscription)
            for month in unit.months:
                span = months_from(month, 1, anchor_day(case, setting))
                if span.cut_to(unit.service).cut_to(window.days).days > 0 and (
                    work.measured(events, "distinct_users", span, setting) is None
                ):
                    yield month


def _ambiguous(case: Case, setting: Setting, found: list[Unit]) -> Iterator[date]:
    """Months in which two contracts price a meter on the same days and work names neither."""
    if len(case.subscriptions) < 2:
        return
    for month, span in anchor_months(case, setting).items():
        unnamed = {
            event.meter
            for event in work.within(case.usage, span, setting)
            if not work.names_its_contract(case, event)
        }
        for meter in unnamed:
            served: dict[str, list[Span]] = defaultdict(list)
            for unit in found:
                priced = {window.charge.meter for window in windows(case, unit)}
                if unit.subscription and meter in priced and unit.service.cut_to(span).days > 0:
                    served[unit.subscription.subscription_id].append(unit.service.cut_to(span))
            days = sorted(
                (min(s.start for s in spans), max(s.end for s in spans))
                for spans in served.values()
            )
            if any(later[0] < earlier[1] for earlier, later in pairwise(days)):
                yield month


# ---- discounts, minimum, cap ---------------------------------------------------------------------


def _adjustments(case: Case, setting: Setting, unit: Unit, lines: list[Line]) -> Iterator[Line]:
    """Percentages on the rounded lines, then amounts, then the minimum, then the cap."""
    places = MINOR_UNITS[unit.plan.currency]
    discounts = [d for d in case.discounts if _applies(d, case, unit)]
    ratio = sum((Fraction(d.ratio or 0) for d in discounts), Fraction(0))
    if not discounts and unit.subscription:
        ratio = Fraction(unit.subscription.discount_pct or 0) / 100
    discounted = sum(
        (Fraction(x.amount) * min(ratio + Fraction(x.contract_ratio), Fraction(1)) for x in lines),
        Fraction(0),
    )
    fixed = sum((Fraction(d.amount or 0) for d in discounts), Fraction(0))
    low, high = (
        _bound(setting, unit, amount)
        for amount in (unit.plan.minimum_amount, unit.plan.maximum_amount)
    )
    net, none = Fraction(sum(line.amount for line in lines)), Fraction(0)
    for kind in ("discount", "fixed discount", "minimum", "cap"):
        due = {
            "discount": -discounted,
            "fixed discount": -min(fixed, max(net, none)),
            "minimum": none if low is None else max(low - net, none),
            "cap": none if high is None else min(high - net, none),
        }[kind]
        amount = rounded(due, places)
        if amount:
            net += Fraction(amount)
            yield Line(kind.split()[-1], unit.service, due, amount)


def _applies(discount: Discount, case: Case, unit: Unit) -> bool:
    day = unit.service.start
    ids = {"plan": unit.plan.plan_id, "account": case.account_id, "segment": case.segment}
    return (
        ids[discount.scope] == discount.scope_id
        and (discount.valid_from is None or discount.valid_from <= day)
        and (discount.valid_to is None or day < discount.valid_to)
    )


def _bound(setting: Setting, unit: Unit, amount: Decimal | None) -> Fraction | None:
    """A minimum or maximum is prorated where the period is."""
    if amount is None or unit.plan.proration == "none":
        return None if amount is None else Fraction(amount)
    return Fraction(amount) * prorated(setting, unit, unit.service, unit.period)


# ---- outcomes reopened after the window ----------------------------------------------------------


def _credits(
    case: Case, setting: Setting, unit: Unit, found: list[Unit]
) -> Iterator[tuple[Unit, Line]]:
    """The bill without them less the bill with them, a step a reopened month and charge."""
    if not any(work.reopened_late(event, setting) for event in case.usage):
        return
    day, without = anchor_day(case, setting), case
    for (reopened, charge_id, _), events in sorted(_reopened(case, setting, unit).items()):
        after = _without(without, charge_id, events)
        bills = [unit_lines(reported, setting, unit) for reported in (after, without)]
        less, full = (sum((line.amount for line in bill), NONE) for bill in bills)
        billable = [
            sum((x.billable or NONE for x in bill if x.charge_id == charge_id), NONE)
            for bill in bills
        ]
        taken, change = sum((e.quantity for e in events), NONE), billable[0] - billable[1]
        # where the contract has ended meanwhile, the last period takes the credit
        place = max(
            (u for u in found if _alike(u, unit) and month_of(u.service.start, day) <= reopened),
            key=lambda u: u.service.start,
        )
        service = months_from(reopened, 1, day).cut_to(place.service)
        if service.days <= 0 or reopened not in anchor_months(case, setting):
            service = Span(place.service.start, place.service.start + timedelta(1))
        yield (
            place,
            Line(
                "credit",
                service,
                Fraction(less - full),
                less - full,
                charge_id,
                None,
                -taken,
                -taken - change,
                change,
            ),
        )
        without = after


def _reopened(
    case: Case, setting: Setting, unit: Unit
) -> dict[tuple[date, str, date], list[UsageEvent]]:
    """What a unit billed and was reopened late: by month of reopening, charge, month of work."""
    day = anchor_day(case, setting)
    found: dict[tuple[date, str, date], list[UsageEvent]] = defaultdict(list)
    for window in windows(case, unit):
        if window.charge.outcomes_only:
            months = [
                month
                for month in unit.months
                if months_from(month, 1, day).cut_to(unit.service).cut_to(window.days).days > 0
            ]
            for event in work.counted(case, setting, window.charge, unit.subscription):
                month = month_of(local_day(event.occurred_at, setting.time_zone), day)
                if month in months and work.reopened_late(event, setting):
                    assert event.reopened_at is not None
                    back = month_of(local_day(event.reopened_at, setting.time_zone), day)
                    key = (back, window.charge.charge_id, month)
                    if event not in found[key]:
                        found[key].append(event)
    return found


def _without(case: Case, charge_id: str, events: list[UsageEvent]) -> Case:
    """The case as if that charge had never counted the events."""
    ids = {event.event_id for event in events}
    charges = tuple(
        replace(c, leaves_out=c.leaves_out | ids) if c.charge_id == charge_id else c
        for c in case.charges
    )
    return replace(case, charges=charges)


def _alike(unit: Unit, other: Unit) -> bool:
    return (unit.scenario_id, unit.subscription) == (other.scenario_id, other.subscription)


# ---- proposals beside the current model ----------------------------------------------------------


def _chosen(case: Case, setting: Setting, bills: Bills) -> Bills:
    """Who may choose keeps the cheaper bill; who is grandfathered pays no more than so much."""
    proposal = case.proposal
    if proposal is None:
        return bills
    months = anchor_months(case, setting)
    held = 0
    for scenario_id, month in sorted(bills):
        current = bills.get((CURRENT, month))
        if scenario_id == CURRENT or current is None:
            continue
        lines = bills[scenario_id, month]
        today = _total(current)
        if proposal.uptake == "opt_in" and today < _total(lines):
            bills[scenario_id, month] = current
        elif proposal.max_increase_ratio is not None:
            held += 1
            places = MINOR_UNITS[case.plan(proposal.plan_id).currency]
            most = rounded(
                Fraction(max(today, NONE)) * (1 + Fraction(proposal.max_increase_ratio)), places
            )
            relief = most - _total([line for line in lines if line.kind != "credit"])
            periods = proposal.max_increase_periods
            if relief < 0 and (periods is None or held <= periods):
                relieved = Line("grandfathering", months[month], Fraction(relief), relief)
                bills[scenario_id, month] = [*lines, relieved]
    return bills


def _total(lines: list[Line]) -> Decimal:
    return sum((line.amount for line in lines), NONE)


# ---- anchor months -------------------------------------------------------------------------------


def sliced(line: Line, anchor: int, places: int) -> Iterator[tuple[date, Line]]:
    """A service of whole anchor months is cut into equal parts, any other by its days."""
    service = Span(line.service.start, max(line.service.end, line.service.start + timedelta(1)))
    spans = dict(_months_touched(service, anchor))
    whole = all(span == span.cut_to(service) for span in spans.values())
    weights = [1 if whole else span.cut_to(service).days for span in spans.values()]
    amounts = parts(line.amount, weights, places)
    for month, weight, amount in zip(spans, weights, amounts, strict=True):
        exact = line.exact * weight / sum(weights)
        yield month, replace(line, exact=exact, amount=amount)


def _months_touched(service: Span, anchor: int) -> Iterator[tuple[date, Span]]:
    month = month_of(service.start, anchor)
    while (span := months_from(month, 1, anchor)).start < service.end:
        yield month, span
        month = plus_months(month, 1)
