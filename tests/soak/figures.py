"""How much each soak test does, from which seed, and where its figures go.

`SEATSHIFT_SOAK_SEED` picks the seed and `SEATSHIFT_SOAK_<WHAT>` (KILLS, FLIPS, READS ...) a count,
so that a short run is the same code. Figures are lines of JSON in `SEATSHIFT_SOAK_RESULTS`, by
default tests/.results/faults.jsonl; `python -m benchmarks.faults` makes a table of them.
"""

import json
import os
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SEED = 18
RESULTS = Path(__file__).resolve().parents[1] / ".results" / "faults.jsonl"


def count(what: str, full: int) -> int:
    """How many of something this run does: the full number unless the environment names one."""
    return int(os.environ.get(f"SEATSHIFT_SOAK_{what.upper()}", full))


def seed() -> int:
    return int(os.environ.get("SEATSHIFT_SOAK_SEED", SEED))


def draws(name: str) -> random.Random:
    """Random numbers of one test, the same for the same seed; the seed is printed."""
    print(f"{name}: SEATSHIFT_SOAK_SEED={seed()}")
    return random.Random(f"{seed()} {name}")


def note(fault: str, *, tried: int, expected: str, found: str, **figures: Any) -> None:
    """Write one line of the fault table; a later line of the same fault replaces an earlier one."""
    entry = {
        "fault": fault,
        "tried": tried,
        "expected": expected,
        "found": found,
        "figures": figures,
        "seed": seed(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    path = Path(os.environ.get("SEATSHIFT_SOAK_RESULTS") or RESULTS)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
    print(json.dumps(entry))


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lie; 0 where there are none."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else 0.0
