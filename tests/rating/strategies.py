"""Random accounts with a price book of their own: small, and near every edge that a rule has.

Ids hold an `@` in the place of the account's name, so that one drawn case can stand in a warehouse
many times, changed or not (`named`).
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

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
from tests.rating.days import anchored, local_day, midnight, plus_months

T = TypeVar("T")
Draw = st.DrawFn

BOUNDS = [Decimal(n) for n in (1, 2, 3, 5, 10, 100, 1000)]
ROLES = ["member", "admin", "viewer"]
METERS = ["tokens", "calls", "resolutions"]
PRICINGS = {
    "flat": ["flat"],
    "seats": ["flat", "per_unit", "graduated", "volume", "package"],
    "work": ["flat", "per_unit", "graduated", "volume", "package", "percentage"],
}
AGGREGATIONS = ["sum", "sum", "sum", "count", "max", "last", "time_weighted", "distinct_users"]
MOMENTS = [time(0), time(0, 0, 1), time(2, 30), time(9, 30), time(23, 59, 59)]
BOOK_OPENS = date(2020, 1, 1)


def named(item: T, name: str, was: str = "@") -> T:
    """The case, or whatever part of it, with the account's name in its ids."""
    changed: Any = item
    if isinstance(item, str):
        changed = item.replace(was, name)
    elif isinstance(item, tuple):
        changed = tuple(named(each, name, was) for each in item)
    elif dataclasses.is_dataclass(item) and not isinstance(item, type):
        changed = dataclasses.replace(
            item,
            **{
                field.name: named(getattr(item, field.name), name, was)
                for field in dataclasses.fields(item)
            },
        )
    return cast(T, changed)


def decimals(low: str, high: str, places: int) -> st.SearchStrategy[Decimal]:
    scale = 10**places
    return st.integers(int(Decimal(low) * scale), int(Decimal(high) * scale)).map(
        lambda n: Decimal(n).scaleb(-places)
    )


def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | strategy


amounts = st.one_of(decimals("0", "200", 0), decimals("0", "50", 2), decimals("0", "2", 6))
near_bounds = st.builds(
    lambda bound, off: max(bound + off, Decimal(0)),
    st.sampled_from(BOUNDS),
    st.sampled_from([Decimal(n) for n in ("-1", "-0.000001", "0", "0.000001", "0.5", "1")]),
)
quantities = st.one_of(near_bounds, decimals("0", "30", 0), decimals("0", "1500", 3))


@st.composite
def ladders(draw: Draw) -> tuple[Tier, ...]:
    ends = sorted(draw(st.sets(st.sampled_from(BOUNDS), max_size=3)))
    flat = maybe(decimals("0", "40", 2))
    blocks = st.sampled_from([None, None, None, Decimal(3), Decimal("0.5"), Decimal(100)])
    return tuple(Tier(end, draw(amounts), draw(flat), draw(blocks)) for end in (*ends, None))


@st.composite
def charges(draw: Draw, plan_id: str, number: int, meter: str) -> Charge:
    is_work = meter not in ("flat", "seats")
    pricing = draw(st.sampled_from(PRICINGS["work" if is_work else meter]))
    aggregation = draw(st.sampled_from(AGGREGATIONS)) if is_work else "sum"
    price = draw(decimals("0", "100", 2) if pricing == "percentage" else amounts)
    tiered = pricing in ("graduated", "volume")
    outcomes_only = is_work and aggregation == "sum" and draw(st.booleans())
    is_converted = is_work and not outcomes_only and draw(st.integers(0, 3)) == 0
    divisors = st.sampled_from([Decimal(n) for n in ("2", "3", "60", "0.7", "1000")])
    low = draw(maybe(decimals("0", "60", 2)))
    high = draw(maybe(decimals("0", "300", 2)))
    return Charge(
        f"{plan_id}-{number}",
        plan_id,
        BOOK_OPENS,
        meter,
        pricing,
        role=draw(maybe(st.sampled_from(ROLES))) if meter != "flat" else None,
        dimension=draw(maybe(st.sampled_from(["small", "large"]))) if is_work else None,
        actor_type=draw(maybe(st.sampled_from(["human", "automation"]))) if is_work else None,
        outcomes_only=outcomes_only,
        aggregation=aggregation,
        unit_amount=None if tiered else price,
        package_size=draw(st.sampled_from(BOUNDS)) if pricing == "package" else None,
        included_quantity=draw(maybe(quantities)) if meter != "flat" else None,
        included_per=draw(st.sampled_from(["account", "seat"])) if is_work else "account",
        line_minimum=low if draw(st.integers(0, 4)) == 0 else None,
        line_maximum=max(low or Decimal(0), high)
        if high is not None and draw(st.integers(0, 4)) == 0
        else None,
        tiers=draw(ladders()) if tiered else (),
        tiers_by=draw(st.sampled_from(["period", "period", "change"]))
        if tiered and meter == "seats"
        else "period",
        divide_by=draw(maybe(divisors)) if is_converted else None,
        quantity_rounding=draw(maybe(st.sampled_from(["up", "down", "nearest"])))
        if is_converted
        else None,
    )


@st.composite
def versions(draw: Draw, first: Charge, number: int, day: date) -> tuple[Charge, ...]:
    """One to three versions of a charge that follow each other, near the contract's first days."""
    found, start = [first], day
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        start += timedelta(draw(st.integers(0, 50)))
        found[-1] = dataclasses.replace(found[-1], valid_to=start)
        following = draw(charges(first.plan_id, number, first.meter))
        found.append(dataclasses.replace(following, valid_from=start))
        start += timedelta(1)
    if draw(st.integers(0, 9)) == 0:
        found = found[1:] or found  # the charge is new in the book
    if draw(st.integers(0, 9)) == 0:
        found[-1] = dataclasses.replace(found[-1], valid_to=start + timedelta(40))
    return tuple(found)


@st.composite
def books(draw: Draw, plan_id: str, currency: str, day: date) -> tuple[Plan, tuple[Charge, ...]]:
    low = draw(maybe(decimals("0", "200", 2))) if draw(st.integers(0, 3)) == 0 else None
    high = draw(maybe(decimals("0", "400", 2))) if draw(st.integers(0, 3)) == 0 else None
    plan = Plan(
        plan_id,
        currency,
        draw(st.sampled_from(["month", "month", "quarter", "year"])),
        draw(st.sampled_from(["none", "by_day", "by_day", "by_second", "by_30_days"])),
        draw(st.sampled_from(["time_weighted", "time_weighted", "start", "peak", "end"])),
        draw(st.sampled_from([(), (), ("member",), ("member", "admin")])),
        draw(st.booleans()),
        low,
        high if high is None or low is None else max(low, high),
        draw(st.booleans()),
    )
    meters = draw(
        st.lists(st.sampled_from(["flat", "seats", "seats", *METERS]), min_size=1, max_size=3)
    )
    return plan, tuple(
        version
        for number, meter in enumerate(meters, start=1)
        for version in draw(versions(draw(charges(plan_id, number, meter)), number, day))
    )


@st.composite
def starts(draw: Draw, setting: Setting) -> datetime:
    """A moment of any day of the last two years; the ends of months more often than others."""
    month = plus_months(date(2024, 1, 1), draw(st.integers(0, 24)))
    day = anchored(month, draw(st.one_of(st.integers(1, 28), st.sampled_from([1, 29, 30, 31]))))
    return _at(day, draw(st.sampled_from(MOMENTS)), setting)


def _at(day: date, moment: time, setting: Setting) -> datetime:
    local = datetime.combine(day, moment, tzinfo=ZoneInfo(setting.time_zone))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


@st.composite
def moments(draw: Draw, start: datetime, end: datetime, setting: Setting) -> datetime:
    """A moment from `start` to before `end`; the edges of days more often than others."""
    first, last = local_day(start, setting.time_zone), local_day(end, setting.time_zone)
    day = first + timedelta(draw(st.integers(0, max((last - first).days, 0))))
    at = _at(day, draw(st.sampled_from(MOMENTS)), setting)
    return min(max(at, start), end - timedelta(seconds=1))


@st.composite
def subscriptions(draw: Draw, number: int, plan_id: str, setting: Setting) -> Subscription:
    started = draw(starts(setting))
    months = draw(st.one_of(st.integers(0, 4), st.just(13), st.none()))
    ended = None
    if months is not None:
        day = local_day(started, setting.time_zone) + timedelta(
            30 * months + draw(st.integers(1, 31))
        )
        ended = midnight(day, setting.time_zone)
    return Subscription(
        f"@-s{number}",
        plan_id,
        started,
        ended,
        draw(maybe(decimals("0", "12", 0))),
        draw(maybe(decimals("0", "40", 1))),
    )


@st.composite
def seat_events(
    draw: Draw, contracts: Sequence[Subscription], setting: Setting
) -> tuple[SeatEvent, ...]:
    """Events that never take away more than there is; holders with a name have one seat."""
    start = min(s.started_at for s in contracts)
    span = max(setting.as_of - start, timedelta(days=1))
    limit = start + min(span, timedelta(days=draw(st.sampled_from([40, 120, 400]))))
    times = draw(st.lists(moments(start, limit, setting), max_size=7).map(sorted))
    named_by_contract = draw(st.booleans())
    opens_early = draw(st.booleans())
    if times and opens_early:
        times[0] = start - timedelta(days=draw(st.integers(0, 20)))
    seats: Counter[tuple[str | None, str]] = Counter()
    holders: dict[str, tuple[str | None, str]] = {}
    events = []
    for number, at in enumerate(times, start=1):
        held = sorted(key for key, n in seats.items() if n > 0)
        kinds = ["add", "add", "join"]
        kinds += ["remove", "role_change", "correction"] if held else []
        kinds += ["suspend", "reactivate", "leave", "move"] if holders else []
        kind = draw(st.sampled_from(kinds))
        contract = draw(st.sampled_from([s.subscription_id for s in contracts]))
        role, user, previous, quantity = draw(st.sampled_from(ROLES)), None, None, Decimal(1)
        if kind == "add":
            quantity = Decimal(draw(st.integers(1, 12)))
            seats[contract, role] += int(quantity)
        elif kind == "join":
            user = f"@-u{number}"
            holders[user] = (contract, role)
        elif kind in ("remove", "role_change", "correction"):
            found, left = draw(st.sampled_from(held))
            contract, quantity = str(found), Decimal(draw(st.integers(1, seats[found, left])))
            seats[found, left] -= int(quantity)
            if kind == "role_change":
                previous = left
                seats[found, role] += int(quantity)
            else:
                role = left
                quantity = -quantity if kind == "correction" or draw(st.booleans()) else quantity
        else:
            user = draw(st.sampled_from(sorted(holders)))
            found, left = holders[user]
            contract = str(found)
            if kind == "leave":
                role, quantity = left, Decimal(-1)
                del holders[user]
            elif kind == "move":
                previous, holders[user] = left, (found, role)
            else:
                role = left
        event_type = {"join": "add", "leave": "remove", "move": "role_change"}.get(kind, kind)
        events.append(
            SeatEvent(
                f"@-e{number}",
                event_type,
                quantity,
                at,
                role,
                previous,
                user,
                contract if named_by_contract else None,
            )
        )
    return tuple(events)


@st.composite
def usage_events(
    draw: Draw, contracts: Sequence[Subscription], setting: Setting
) -> tuple[UsageEvent, ...]:
    events = []
    for number in range(1, draw(st.integers(0, 6)) + 1):
        contract = draw(st.sampled_from(contracts))
        end = min(contract.ended_at or setting.as_of, setting.as_of)
        at = draw(moments(contract.started_at, max(end, contract.started_at), setting))
        status = draw(st.sampled_from([None, "success", "success", "failed"]))
        reopened = None
        if status != "failed" and draw(st.integers(0, 3)) == 0:
            late = timedelta(days=draw(st.integers(0, 70)))
            reopened = at + timedelta(
                hours=setting.reopen_hours, seconds=draw(st.sampled_from([-1, 0, 1]))
            )
            if reopened + late <= setting.as_of:
                reopened += late
        events.append(
            UsageEvent(
                f"@-w{number}",
                at,
                draw(st.sampled_from(METERS)),
                draw(quantities),
                draw(st.sampled_from([None, "@-a", "@-b"])),
                draw(st.sampled_from([None, "human", "automation"])),
                draw(st.sampled_from([None, "small", "large"])),
                status,
                reopened,
                draw(st.sampled_from([None, contract.subscription_id])),
            )
        )
    return tuple(events)


@st.composite
def discounts(draw: Draw, plan_id: str, day: date) -> tuple[Discount, ...]:
    found = []
    for number in range(1, draw(st.sampled_from([0, 0, 0, 1, 2])) + 1):
        scope, scope_id = draw(
            st.sampled_from([("plan", plan_id), ("account", "@"), ("segment", "@-segment")])
        )
        is_ratio = draw(st.booleans())
        start = draw(maybe(st.integers(-40, 60)))
        length = draw(maybe(st.integers(1, 90)))
        valid_from = None if start is None else day + timedelta(start)
        found.append(
            Discount(
                f"@-d{number}",
                scope,
                scope_id,
                valid_from,
                None if length is None else (valid_from or day) + timedelta(length),
                draw(decimals("0", "0.7", 3)) if is_ratio else None,
                None if is_ratio else draw(decimals("0", "80", 2)),
            )
        )
    return tuple(found)


@st.composite
def contract_prices(draw: Draw, book: Sequence[Charge], day: date) -> tuple[ContractPrice, ...]:
    """What was negotiated for some of the charges, once or twice, for always or for a while."""
    found = []
    for charge_id in sorted({charge.charge_id for charge in book}):
        start, end = BOOK_OPENS, None
        for _ in range(draw(st.sampled_from([0, 0, 0, 0, 1, 1, 2]))):
            if draw(st.booleans()):
                start = max(start, day + timedelta(draw(st.integers(0, 40))))
            if draw(st.booleans()):
                end = start + timedelta(draw(st.integers(1, 2500 if start == BOOK_OPENS else 60)))
            price = draw(maybe(decimals("0", "90", 3)))
            ratio = draw(maybe(decimals("0", "0.5", 2)) if price else decimals("0", "0.5", 2))
            found.append(ContractPrice(charge_id, start, end, price, ratio))
            if end is None:
                break
            start, end = end, None
    return tuple(found)


@st.composite
def proposals(draw: Draw, day: date) -> Proposal:
    ratio = draw(maybe(decimals("0", "0.6", 2)))
    return Proposal(
        "proposal",
        "@-q",
        draw(st.sampled_from(["all", "all", "opt_in", "new_only"])),
        day + timedelta(draw(st.integers(-1, 1))),
        ratio,
        None if ratio is None else draw(maybe(st.integers(1, 4))),
    )


@st.composite
def cases(draw: Draw, setting: Setting) -> Case:
    currency = draw(st.sampled_from(["USD", "USD", "JPY", "KWD"]))
    contracts = [draw(subscriptions(1, "@-p", setting))]
    if draw(st.integers(0, 5)) == 0:
        contracts.append(draw(subscriptions(2, "@-p", setting)))
        # a contract that starts after the as-of is not known yet
        ended = contracts[0].ended_at
        if ended and ended <= setting.as_of and draw(st.booleans()):
            renewal = dataclasses.replace(contracts[1], started_at=ended)
            contracts[1] = dataclasses.replace(renewal, ended_at=None)
    day = local_day(min(contract.started_at for contract in contracts), setting.time_zone)
    today, book = draw(books("@-p", currency, day))
    proposed, more = draw(books("@-q", currency, day))
    return Case(
        "@",
        "@-segment",
        (today, proposed),
        (*book, *more),
        tuple(contracts),
        draw(st.sampled_from([None, None, None, 1, 15, 29, 31])),
        draw(contract_prices((*book, *more), day)),
        draw(discounts(draw(st.sampled_from(["@-p", "@-q"])), day)),
        draw(maybe(proposals(day))),
        draw(seat_events(contracts, setting)),
        draw(usage_events(contracts, setting)),
    )
