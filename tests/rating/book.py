"""What a case is made of: one account's contracts, seats and work, and its price book.

The columns are those of pricing.md and exports.md, under the same names.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True)
class Setting:
    """What a home fixes for all its accounts. Times are in UTC, without an offset."""

    time_zone: str
    as_of: datetime
    reopen_hours: int = 72


@dataclass(frozen=True)
class Plan:
    plan_id: str
    currency: str
    billing_interval: str = "month"
    proration: str = "none"
    seat_basis: str = "time_weighted"
    billable_roles: tuple[str, ...] = ()
    bill_suspended: bool = False
    minimum_amount: Decimal | None = None
    maximum_amount: Decimal | None = None
    credit_on_removal: bool = True


@dataclass(frozen=True)
class Tier:
    up_to: Decimal | None
    unit_amount: Decimal | None
    flat_amount: Decimal | None
    block_size: Decimal | None = None


@dataclass(frozen=True)
class Charge:
    """One row of charges.csv: one version of a charge, with its tiers."""

    charge_id: str
    plan_id: str
    valid_from: date
    meter: str
    pricing: str
    valid_to: date | None = None
    role: str | None = None
    dimension: str | None = None
    actor_type: str | None = None
    outcomes_only: bool = False
    aggregation: str = "sum"
    unit_amount: Decimal | None = None
    package_size: Decimal | None = None
    included_quantity: Decimal | None = None
    included_per: str = "account"
    line_minimum: Decimal | None = None
    line_maximum: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    tiers_by: str = "period"
    divide_by: Decimal | None = None
    quantity_rounding: str | None = None
    leaves_out: frozenset[str] = frozenset()
    """No column: events that are not counted, where a bill without them is asked for."""


@dataclass(frozen=True)
class ContractPrice:
    charge_id: str
    valid_from: date
    valid_to: date | None
    unit_amount: Decimal | None
    discount_ratio: Decimal | None


@dataclass(frozen=True)
class Discount:
    discount_id: str
    scope: str
    scope_id: str
    valid_from: date | None
    valid_to: date | None
    ratio: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True)
class Subscription:
    subscription_id: str
    plan_id: str
    started_at: datetime
    ended_at: datetime | None = None
    seats_committed: Decimal | None = None
    discount_pct: Decimal | None = None


@dataclass(frozen=True)
class SeatEvent:
    event_id: str
    event_type: str
    quantity: Decimal
    effective_at: datetime
    role: str = "member"
    previous_role: str | None = None
    user_id: str | None = None
    subscription_id: str | None = None


@dataclass(frozen=True)
class UsageEvent:
    event_id: str
    occurred_at: datetime
    meter: str
    quantity: Decimal
    user_id: str | None = None
    actor_type: str | None = None
    dimension: str | None = None
    outcome_status: str | None = None
    reopened_at: datetime | None = None
    subscription_id: str | None = None


@dataclass(frozen=True)
class Proposal:
    """One row of scenarios.csv that names the account."""

    scenario_id: str
    plan_id: str
    uptake: str = "all"
    starts_on: date | None = None
    max_increase_ratio: Decimal | None = None
    max_increase_periods: int | None = None


@dataclass(frozen=True)
class Case:
    account_id: str
    segment: str
    plans: tuple[Plan, ...]
    charges: tuple[Charge, ...]
    subscriptions: tuple[Subscription, ...]
    billing_anchor_day: int | None = None
    prices: tuple[ContractPrice, ...] = ()
    discounts: tuple[Discount, ...] = ()
    proposal: Proposal | None = None
    seats: tuple[SeatEvent, ...] = ()
    usage: tuple[UsageEvent, ...] = field(default=())

    def plan(self, plan_id: str) -> Plan:
        return next(plan for plan in self.plans if plan.plan_id == plan_id)
