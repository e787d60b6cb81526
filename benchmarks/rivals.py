"""Detectors of change that others use, on the series by which the trigger sees automation rise.

Each is asked month by month, with what is known by then, and gives the first month in which it sees
the share of automated work rise. None knows which companies shift.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import ruptures  # type: ignore[import-untyped]
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Detector = Callable[[Floats], int | None]

WARM = 8  # months by which a detector knows what is usual


def detectors() -> Iterator[tuple[str, float, Detector]]:
    """Each detector at settings from eager to slow; of the last two, the rise that counts."""
    for height in (2.0, 4.0, 6.0, 10.0, 16.0, 24.0):
        yield "CUSUM", height, partial(cusum, height=height)
    for step in (0.03, 0.05, 0.08, 0.12, 0.16, 0.20):
        yield "PELT", step, partial(pelt, step=step)
    for step in (0.03, 0.05, 0.08, 0.12, 0.16, 0.20):
        yield "BOCPD", step, partial(bocpd, step=step)


def cusum(share: Floats, height: float) -> int | None:
    """Sums of how far each month's rise lies above half a deviation of the usual rises."""
    rises = np.diff(share)
    total = 0.0
    for month in range(WARM, len(share)):
        usual = rises[: month - 1]
        spread = max(float(np.std(usual[:WARM])), 0.003)
        total = max(0.0, total + (rises[month - 1] - float(np.median(usual))) / spread - 0.5)
        if total > height:
            return month
    return None


def pelt(share: Floats, step: float, penalty: float = 6.0) -> int | None:
    """The latest change of mean that an exact segmentation finds, if it is a rise by a step."""
    for month in range(WARM, len(share)):
        seen = share[: month + 1]
        spread = max(float(np.std(np.diff(seen[:WARM]))) / math.sqrt(2), 0.003)
        ends = ruptures.Pelt(model="l2", min_size=2, jump=1).fit(seen / spread).predict(pen=penalty)
        if len(ends) > 1:
            last = (
                seen[ends[-2] :].mean() - seen[(ends[-3] if len(ends) > 2 else 0) : ends[-2]].mean()
            )
            if last >= step:
                return month
    return None


def bocpd(share: Floats, step: float, certainty: float = 0.9, hazard: float = 1 / 60) -> int | None:
    """Adams and MacKay's run lengths of a normal mean: a rise within half a year."""
    spread = max(float(np.std(np.diff(share[:WARM]))) / math.sqrt(2), 0.003)
    values = share / spread
    start = float(values[:WARM].mean())
    mean, weight = np.array([start]), np.array([0.1])
    run = np.array([1.0])
    for month in range(len(values)):
        variance = 1 + 1 / weight
        fit = np.exp(-0.5 * (values[month] - mean) ** 2 / variance) / np.sqrt(variance)
        grown = run * fit * (1 - hazard)
        changed = float((run * fit).sum()) * hazard
        run = np.concatenate([[changed], grown])
        run = run / max(float(run.sum()), 1e-300)
        mean = np.concatenate([[start], (mean * weight + values[month]) / (weight + 1)])
        weight = np.concatenate([[0.1], weight + 1])
        recent = min(6, month)
        if month >= WARM and float(run[: recent + 1].sum()) > certainty:
            before = share[max(0, month - 12) : month - recent + 1].mean()
            if share[month - recent + 1 : month + 1].mean() - before >= step:
                return month
    return None
