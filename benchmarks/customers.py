"""What customers actually pay after a move, compared with their shadow bills.

A company whose trigger holds moves all accounts to seats and automated work at prices that are
fitted, as people fit them, to bring 5 % more than today over the last twelve months. From then on
accounts live on; who pays more uses less, and who pays much more may leave.
"""

from dataclasses import dataclass

import numpy as np

from benchmarks.companies import Company, Floats, Lived

YEAR = 12
SEAT_SHARE = 0.6
INCLUDED = 40.0
MORE = 1.05


@dataclass(frozen=True)
class Revenue:
    """Twelve months: by the shadow bills of the past, by those of the same months, and paid."""

    trailing: float
    same_months: float
    paid: float


def moved(company: Company, lived: Lived, month: int, seed: int) -> Revenue:
    """Revenue after a move at the end of a month."""
    random = np.random.default_rng([seed, 2, int(company.name[1:])])
    past = slice(month - YEAR + 1, month + 1)
    future = slice(month + 1, month + 1 + YEAR)
    price = float(company.price[month])
    today = lived.seats[:, past] * price
    seats = lived.seats * price * SEAT_SHARE
    billable = np.maximum(lived.automation - INCLUDED, 0)
    unit = (MORE * today.sum() - seats[:, past].sum()) / billable[:, past].sum()
    shadow = seats + billable * unit

    before, after = today.sum(1), shadow[:, past].sum(1)
    rise = np.where(before > 0, after / np.maximum(before, 1) - 1, 0)
    saving = np.where(rise > 0.10, random.uniform(0.0, 0.15, len(rise)), 0)
    leaving = np.select([rise > 0.50, rise > 0.25, rise > 0.10], [0.12, 0.05, 0.01], 0)
    goes = random.random(len(rise)) < leaving
    goes_in = random.integers(0, YEAR, len(rise))
    stays = ~goes[:, None] | (np.arange(YEAR)[None, :] < goes_in[:, None])
    used = np.maximum(lived.automation[:, future] * (1 - saving)[:, None] - INCLUDED, 0)
    paid = ((seats[:, future] + used * unit) * stays).sum()
    return Revenue(float(after.sum()), float(shadow[:, future].sum()), float(paid))


def distance(predicted: Floats, paid: Floats) -> dict[str, float]:
    """Relative difference between predicted and paid: its median, and that of its size."""
    off = predicted / paid - 1
    return {
        "median": round(float(np.median(off)), 4),
        "median_size": round(float(np.median(abs(off))), 4),
        "size_of_nine_in_ten_below": round(float(np.quantile(abs(off), 0.9)), 4),
    }
