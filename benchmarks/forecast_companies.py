"""Companies whose bills are projected: drawn apart from those of the trigger.

No threshold, horizon or weight of the product was chosen by them. A company has one to four
segments, each of a kind of its own. Automation spreads from account to account, each adopts it at
its own time and up to its own ceiling, and gives up seats for it; seats and work of every account
drift in their own way, a mood of the month moves all of them, accounts come and go. Proposals bill
seats and automated work, or the work alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MONTHS = 42
SCENARIOS = ("current", "hybrid", "work")
KINDS = (
    "shift",
    "shift",
    "growing",
    "steady",
    "shrinking",
    "seasonal",
    "price rise",
    "trial",
    "big leaver",
)
PRICE = 40.0


@dataclass(frozen=True)
class Segment:
    """Accounts × months: bills by scenario, work by people and by automation; NaN: not there."""

    name: str
    kind: str
    bills: dict[str, Floats]
    human: Floats
    automation: Floats


@dataclass(frozen=True)
class Company:
    name: str
    segments: list[Segment]


def draw(count: int, seed: int) -> Iterator[Company]:
    """Companies, the same for the same seed."""
    for number in range(count):
        random = np.random.default_rng([seed, 7, number])
        parts = int(random.integers(1, 5))
        yield Company(
            f"f{number:04d}",
            [_segment(f"s{part}", str(random.choice(KINDS)), random) for part in range(parts)],
        )


def _segment(name: str, kind: str, random: np.random.Generator) -> Segment:
    size = int(random.integers(15, 120))
    months = np.arange(MONTHS)
    shape = (size, MONTHS)
    price = np.full(MONTHS, PRICE)
    drift = np.full(MONTHS, random.uniform(-0.002, 0.008))
    season = np.ones(MONTHS)
    center, pace = np.full(size, 1e3), np.full(size, 3.0)
    top = random.beta(4, 3, size)
    given_up = np.full(MONTHS, True)
    if kind == "shift":
        center = random.logistic(random.uniform(8, 34), random.uniform(1.5, 5), size)
        pace = random.uniform(1.0, 4.0, size)
    elif kind == "growing":
        drift = drift + random.uniform(0.005, 0.02)
    elif kind == "shrinking":
        drift = np.where(months >= random.integers(4, 30), -random.uniform(0.01, 0.03), drift)
    elif kind == "seasonal":
        wave = np.sin(2 * np.pi * (months + random.integers(0, 12)) / 12)
        season = 1 + random.uniform(0.08, 0.3) * wave
    elif kind == "price rise":
        begins = int(random.integers(6, 36))
        price = np.where(months >= begins, PRICE * random.uniform(1.05, 1.2), PRICE)
        drift = np.where((months >= begins) & (months < begins + 5), drift - 0.01, drift)
    elif kind == "trial":
        begins = int(random.integers(6, 34))
        center, pace = np.full(size, float(begins)), np.full(size, 1.0)
        top = top * 0.4
        given_up = months < begins + random.integers(3, 6)

    mood = np.zeros(MONTHS)
    for month in range(1, MONTHS):
        mood[month] = 0.6 * mood[month - 1] + random.normal(0, 0.01)
    habit = random.normal(0, 0.006, size)
    base = random.uniform(0.01, 0.08)
    adopted = top[:, None] / (1 + np.exp(-(months[None, :] - center[:, None]) / pace[:, None]))
    share = base + (0.95 - base) * adopted * given_up[None, :]
    swing = 1 + (season - 1) * (0.5 if kind == "seasonal" else 0)
    seats = np.zeros(shape)
    seats[:, 0] = np.maximum(random.lognormal(2.6, 0.9, size).round(), 2)
    for month in range(1, MONTHS):
        saved = np.maximum(share[:, month] - share[:, month - 1], 0) * random.uniform(
            0.2, 0.8, size
        )
        rate = drift[month] + habit + 0.3 * (mood[month] - mood[month - 1]) - saved
        rate = rate + swing[month] / swing[month - 1] - 1
        churning = 0.02
        up = random.poisson(seats[:, month - 1] * np.maximum(churning + np.maximum(rate, 0), 0))
        down = random.binomial(
            seats[:, month - 1].astype(int), np.clip(churning - np.minimum(rate, 0), 0, 1)
        )
        seats[:, month] = np.maximum(seats[:, month - 1] + up - down, 1)
    per_seat = random.lognormal(3.2, 0.5, size)
    more = (1 + random.uniform(0.0, 0.012)) ** months
    # work stays where seats go: it follows what the account began with, and half of how it grew
    size_then = np.sqrt(seats * seats[:, :1]) / np.sqrt(1 - 0.7 * adopted * given_up[None, :])
    work = size_then * per_seat[:, None] * more * season * np.exp(mood)
    work = random.poisson(work * random.lognormal(0, 0.15, shape)).astype(np.float64)
    noisy = np.clip(share * random.lognormal(0, 0.12, shape), 0.001, 0.98)
    automation = random.binomial(work.astype(int), noisy).astype(np.float64)

    bills = {
        "current": seats * price,
        "hybrid": seats * PRICE * 0.6 + np.maximum(automation - 40, 0) * random.uniform(0.5, 2.5),
        "work": 50 + work * random.uniform(0.4, 1.4),
    }
    if kind == "big leaver":
        # one account with half of what the others bill gives up most of its seats and work
        begins = int(random.integers(10, 40))
        for scenario, bill in bills.items():
            kept = np.where(months >= begins, 0.1, 1.0)
            bills[scenario] = np.vstack([bill[1:].sum(0) * 0.5 * kept, bill[1:]])
    starts = np.where(random.random(size) < 0.2, random.integers(1, 36, size), 0)
    leaves = 1 + random.geometric(random.uniform(0.003, 0.012), size) + starts
    there = (months >= starts[:, None]) & (months < leaves[:, None])
    return Segment(
        name,
        kind,
        {scenario: np.where(there, bill, np.nan) for scenario, bill in bills.items()},
        np.where(there, work - automation, np.nan),
        np.where(there, automation, np.nan),
    )


def bill_rows(company: Company) -> pd.DataFrame:
    """A row per account, month and scenario that was billed."""
    frames = []
    for segment in company.segments:
        for scenario, bills in segment.bills.items():
            account, month = np.nonzero(~np.isnan(bills))
            frames.append(
                pd.DataFrame(
                    {
                        "account_id": np.char.add(f"{segment.name}-", account.astype(str)),
                        "scenario_id": scenario,
                        "segment": segment.name,
                        "month_index": month,
                        "amount": bills[account, month].round(2),
                    }
                )
            )
    return pd.concat(frames)


def usage_rows(company: Company) -> pd.DataFrame:
    """A row per segment, month and type of actor."""
    return pd.concat(
        pd.DataFrame(
            {
                "segment": segment.name,
                "month_index": np.arange(MONTHS),
                "actor_type": actor,
                "quantity": np.nansum(work, axis=0),
            }
        )
        for segment in company.segments
        for actor, work in (("human", segment.human), ("automation", segment.automation))
    )
