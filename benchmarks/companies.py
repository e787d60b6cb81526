"""Companies drawn at random, of which some really shift to automation and some do not.

Each company has rates by the month: how many seats its accounts add and remove, how much work
comes in, how much of it automation does, how many seats are in use, what a seat costs. Its
accounts draw seats and work from these rates. What is true of a company is what its rates give in a
crowd of accounts, where chance evens out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MONTHS = 42
SEEN = 30  # months that the product is shown; the others are the future
CROWD = 4000

# what does not shift
UNSHIFTED = (
    "growing",
    "shrinking",
    "seasonal",
    "price rise",
    "big leaver",
    "automated before",
    "trial given up",
)


@dataclass(frozen=True)
class Company:
    """Rates by month (arrays of MONTHS), and how its exports are.

    `unknown_actor` is the share of work that names nobody, `lost_month` one of which half the work
    is missing.
    """

    name: str
    kind: str
    accounts: int
    adds: Floats
    removals: Floats
    work: Floats
    share: Floats
    used: Floats
    price: Floats
    leaves_at: int | None
    unknown_actor: float
    lost_month: int | None
    has_costs: bool


@dataclass(frozen=True)
class Lived:
    """What accounts did, as arrays of accounts × months; seats at the end of each month."""

    seats: Floats
    added: Floats
    active: Floats
    human: Floats
    automation: Floats


def draw(count: int, seed: int) -> list[Company]:
    """Companies, half of them with a shift; the same for the same seed."""
    return [_company(number, np.random.default_rng([seed, number])) for number in range(count)]


def live(company: Company, seed: int, accounts: int | None = None) -> Lived:
    """Accounts that draw from the company's rates; a crowd where more accounts are asked for."""
    crowd = accounts is not None
    random = np.random.default_rng([seed, 1, int(company.name[1:])])
    size = accounts or company.accounts
    seats = np.maximum(random.lognormal(2.5, 0.7, size).round(), 2)
    if company.leaves_at is not None:
        # one account with a third of the others' seats; in the crowd as many as make its share
        big = np.arange(size) < max(1, size // company.accounts)
        seats[big] = seats[~big].sum() / 3 / big.sum()
    habit = random.normal(0, 0.15, size)
    # what moves all accounts of a company together for a while, in points of its share
    mood = 0.0
    own_work = random.lognormal(3.4, 0.3, size)
    begins = seats.copy()
    shape = (size, MONTHS)
    lived = Lived(*(np.zeros(shape) for _ in range(5)))
    for month in range(MONTHS):
        noise = 1.0 if crowd else random.lognormal(0, 0.35)
        mood = 0.0 if crowd else 0.5 * mood + random.normal(0, 0.008)
        added = random.poisson(seats * company.adds[month] * noise).astype(float)
        removed = random.binomial(seats.astype(int), min(company.removals[month], 1))
        if company.leaves_at == month:
            removed = np.where(big, seats, removed)
            added = np.where(big, 0, added)
        seats = seats + added - removed
        share = np.clip((company.share[month] + mood) * (1 + habit), 0.005, 0.97)
        if not crowd:
            share = np.clip(share * random.lognormal(0, 0.10, size), 0.005, 0.97)
        arrived = begins * own_work * company.work[month] * np.where(seats > 0, 1, 0)
        arrived = random.poisson(np.maximum(arrived, 0)).astype(float)
        lived.seats[:, month] = seats
        lived.added[:, month] = np.maximum(added - removed, 0)
        lived.active[:, month] = random.binomial(seats.astype(int), company.used[month])
        lived.automation[:, month] = random.binomial(arrived.astype(int), share)
        lived.human[:, month] = arrived - lived.automation[:, month]
    return lived


def true_from(company: Company, seed: int) -> int | None:
    """The first seen month in which every condition of the trigger is true of the company."""
    crowd = live(company, seed, CROWD)
    seats, price = crowd.seats.sum(0), company.price
    share = crowd.automation.sum(0) / (crowd.automation + crowd.human).sum(0)
    used = crowd.active.sum(0) / seats
    opening = np.concatenate([seats[:1], seats[:-1]]) * np.concatenate([price[:1], price[:-1]])
    grown = crowd.added.sum(0) * price + np.maximum(np.diff(price, prepend=price[0]), 0) * seats
    for month in range(6, SEEN):
        rising = share[month] - share[month - 6] >= 0.05 or share[month] >= 0.50
        change = seats[month] - seats[month - 3]
        weak = change <= 0
        if month >= 15:
            before = seats[month - 12] - seats[month - 15]
            weak = weak or (before > 0 and change < 0.5 * before)
        idle = used[month] < 0.70
        expansion = grown[month - 2 : month + 1].sum()
        poor = expansion / (3 * opening[month - 2]) < 0.005
        if month >= 15:
            poor = poor or expansion < 0.75 * grown[month - 14 : month - 11].sum()
        if rising and (weak or idle) and poor:
            return month
    return None


def _company(number: int, random: np.random.Generator) -> Company:
    kind = "shift" if number % 2 == 0 else UNSHIFTED[number // 2 % len(UNSHIFTED)]
    months = np.arange(MONTHS)
    adds = np.full(MONTHS, random.uniform(0.02, 0.04))
    removals = np.full(MONTHS, random.uniform(0.006, 0.012))
    work: Floats = (1 + random.uniform(0.0, 0.015)) ** months.astype(np.float64)
    base = random.uniform(0.02, 0.15)
    share = base + random.uniform(-0.001, 0.004) * months
    used = np.full(MONTHS, random.uniform(0.80, 0.92))
    price = np.full(MONTHS, 40.0)
    leaves_at = None
    if kind == "shift":
        start = int(random.integers(10, 19))
        phase = np.clip((months - start) / random.uniform(6, 14), 0, 1)
        share = share + random.uniform(0.3, 0.6) * phase
        late = months >= start + int(random.integers(1, 5))
        adds = np.where(late, random.uniform(0.001, 0.004), adds)
        removals = np.where(late, random.uniform(0.012, 0.035), removals)
        used = used - random.uniform(0.1, 0.35) * phase
    elif kind == "growing":
        adds = adds + random.uniform(0.0, 0.02)
    elif kind == "shrinking":
        start = int(random.integers(6, 20))
        adds = np.where(months >= start, 0.003, adds)
        removals = np.where(months >= start, random.uniform(0.015, 0.035), removals)
    elif kind == "seasonal":
        wave = np.sin(2 * np.pi * (months + random.integers(0, 12)) / 12)
        adds = np.maximum(adds * (1 + 1.2 * wave), 0)
        removals = np.maximum(removals * (1 - 0.8 * wave), 0.001)
        work = work * (1 + random.uniform(0.15, 0.3) * wave)
        share = np.asarray(share + random.uniform(0.005, 0.018) * wave, dtype=np.float64)
    elif kind == "price rise":
        start = int(random.integers(8, 22))
        price = np.where(months >= start, 44.0, price)
        slow = (months >= start) & (months < start + 6)
        adds = np.where(slow, adds * 0.4, adds)
        removals = np.where(slow, removals * 1.6, removals)
    elif kind == "big leaver":
        leaves_at = int(random.integers(8, 26))
    elif kind == "trial given up":
        start = int(random.integers(8, 22))
        tried = (months >= start) & (months < start + random.integers(2, 5))
        share = share + np.where(tried, random.uniform(0.04, 0.10), 0)
        adds = np.where(tried, adds * 0.5, adds)
    else:
        share = np.full(MONTHS, random.uniform(0.55, 0.70))
    return Company(
        name=f"c{number:04d}",
        kind=kind,
        accounts=int(random.integers(15, 150)),
        adds=adds,
        removals=removals,
        work=work,
        share=np.clip(share, 0.005, 0.97),
        used=np.clip(used, 0.3, 1.0),
        price=price,
        leaves_at=leaves_at,
        unknown_actor=random.uniform(0.1, 0.4) if random.random() < 0.15 else 0.0,
        lost_month=int(random.integers(6, SEEN)) if random.random() < 0.1 else None,
        has_costs=bool(random.random() > 0.15),
    )


def columns(company: Company, lived: Lived) -> dict[str, Any]:
    """The seen months as columns, a row per account and month."""
    size = len(lived.seats)
    seen = slice(0, SEEN)
    mrr = lived.seats * company.price
    opening = np.concatenate([mrr[:, :1], mrr[:, :-1]], axis=1)
    expansion = np.where(opening > 0, np.maximum(mrr - opening, 0), 0)
    known = np.full(MONTHS, 1 - company.unknown_actor)
    if company.lost_month is not None:
        # a usage file of that month never came
        known[company.lost_month] = 0.5
    return {
        "segment": np.full(size * SEEN, company.name),
        "account": np.repeat(np.arange(size), SEEN),
        "month_index": np.tile(np.arange(SEEN), size),
        "seats": lived.seats[:, seen].ravel(),
        "active": lived.active[:, seen].ravel(),
        "human": np.floor(lived.human * known)[:, seen].ravel(),
        "automation": np.floor(lived.automation * known)[:, seen].ravel(),
        "work": (lived.human + lived.automation)[:, seen].ravel(),
        "mrr": mrr[:, seen].ravel(),
        "opening": opening[:, seen].ravel(),
        "expansion": expansion[:, seen].ravel(),
        "has_costs": np.full(size * SEEN, company.has_costs),
    }
