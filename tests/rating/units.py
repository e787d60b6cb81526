"""What is billed as one: a contract's period today, the account's under a proposal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tests.rating.book import Case, Plan, Setting, Subscription
from tests.rating.days import (
    MONTHS_OF,
    Span,
    anchored,
    local_day,
    midnight,
    month_of,
    months_from,
    plus_months,
)


@dataclass(frozen=True)
class Unit:
    """One billing period of a plan, and the days of it that are served."""

    scenario_id: str
    plan: Plan
    subscription: Subscription | None
    period: Span
    service: Span
    months: tuple[date, ...]
    """The anchor months whose metered work the period settles."""


def term(subscription: Subscription, setting: Setting) -> Span:
    """The days of a contract; an end after the as-of is not known yet."""
    ended = subscription.ended_at
    known = ended is not None and ended <= setting.as_of
    return Span(
        local_day(subscription.started_at, setting.time_zone),
        local_day(ended, setting.time_zone) if ended is not None and known else date.max,
    )


def anchor_day(case: Case, setting: Setting) -> int:
    """The day of the account's anchor months."""
    starts = [term(subscription, setting).start for subscription in case.subscriptions]
    return case.billing_anchor_day or min(starts).day


def anchor_months(case: Case, setting: Setting) -> dict[date, Span]:
    """The anchor months from the first contract to the as-of, or to the last contract's end."""
    terms = [term(subscription, setting) for subscription in case.subscriptions]
    day, last = anchor_day(case, setting), local_day(setting.as_of, setting.time_zone)
    month, found = month_of(min(t.start for t in terms), day), {}
    while (span := months_from(month, 1, day)).start <= min(last, max(t.end for t in terms)):
        if span.start < max(t.end for t in terms):
            found[month] = span
        month = plus_months(month, 1)
    return found


def covered_months(case: Case, setting: Setting) -> dict[date, Span]:
    """The anchor months with a contract in force, cut to the days from its start to its end."""
    terms = [term(subscription, setting) for subscription in case.subscriptions]
    found = {}
    for month, span in anchor_months(case, setting).items():
        held = [t.cut_to(span) for t in terms if t.start < span.end and t.end > span.start]
        if held:
            found[month] = Span(min(s.start for s in held), max(s.end for s in held))
    return found


def units(case: Case, setting: Setting) -> Iterator[Unit]:
    for subscription in case.subscriptions:
        yield from _contract_periods(case, setting, subscription)
    if _is_covered(case, setting):
        yield from _proposed_periods(case, setting)


def next_period_start(case: Case, setting: Setting, subscription: Subscription, day: date) -> date:
    """The first day on or after that one on which a period of the contract starts."""
    plan, start = case.plan(subscription.plan_id), term(subscription, setting).start
    anchor = case.billing_anchor_day or start.day
    month = month_of(start, anchor)
    while anchored(month, anchor) < day:
        month = plus_months(month, MONTHS_OF[plan.billing_interval])
    return anchored(month, anchor)


def _is_covered(case: Case, setting: Setting) -> bool:
    """Whether a proposal covers the account: `new_only` those that start on its day or later."""
    proposal = case.proposal
    if proposal is None or proposal.uptake != "new_only" or proposal.starts_on is None:
        return proposal is not None
    return min(term(s, setting).start for s in case.subscriptions) >= proposal.starts_on


def _contract_periods(case: Case, setting: Setting, subscription: Subscription) -> Iterator[Unit]:
    """A contract's periods count from its own start day, unless the account has one for all."""
    plan, held = case.plan(subscription.plan_id), term(subscription, setting)
    day = case.billing_anchor_day or held.start.day
    count = MONTHS_OF[plan.billing_interval]
    last = local_day(setting.as_of, setting.time_zone)
    months = anchor_months(case, setting)
    month = month_of(held.start, day)
    while (period := months_from(month, count, day)).start <= min(last, held.end):
        service = period.cut_to(held)
        if service.days > 0:
            settled = tuple(
                m
                for m, span in months.items()
                if span.start < held.end
                and span.end > held.start
                and service.holds(max(span.start, held.start))
            )
            yield Unit("current", plan, subscription, period, service, settled)
        month = plus_months(month, count)


def _proposed_periods(case: Case, setting: Setting) -> Iterator[Unit]:
    """A proposal bills the account as one; its periods count from the first covered month on."""
    assert case.proposal is not None
    plan, day = case.plan(case.proposal.plan_id), anchor_day(case, setting)
    covered, count = covered_months(case, setting), MONTHS_OF[plan.billing_interval]
    month, last = min(covered), max(covered)
    while month <= last:
        inside = tuple(m for m in sorted(covered) if month <= m < plus_months(month, count))
        if inside:
            period = months_from(month, count, day)
            service = Span(covered[inside[0]].start, covered[inside[-1]].end)
            if _runs_on(inside[-1], service, day, setting):
                service = Span(service.start, period.end)
            yield Unit(case.proposal.scenario_id, plan, None, period, service, inside)
        month = plus_months(month, count)


def _runs_on(month: date, service: Span, day: int, setting: Setting) -> bool:
    """Whether nothing but the as-of ends a service in that anchor month."""
    end = months_from(month, 1, day).end
    return service.end == end and midnight(end, setting.time_zone) > setting.as_of


def holders(case: Case, setting: Setting) -> dict[str, Span]:
    """The days on which what names no contract belongs to each: to the one in force, of several
    the earliest; before all to the first, between two to the one before."""
    found: dict[str, Span] = {}
    last: str | None = None
    terms = {s.subscription_id: term(s, setting) for s in case.subscriptions}
    for name, held in sorted(terms.items(), key=lambda item: (item[1].start, item[0])):
        if last is None:
            found[name] = Span(date.min, date.max)
        elif held.end > terms[last].end:
            takes_over = max(terms[last].end, held.start)
            found[last] = Span(found[last].start, takes_over)
            found[name] = Span(takes_over, date.max)
        else:
            continue
        last = name
    return found
