"""When accounts can move to a proposal.

The renewal calendar, the waves, and the accounts that stay.
"""

from dataclasses import dataclass
from typing import Any

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot


@dataclass(frozen=True)
class Plan:
    """The reader's settings for the rollout; size 0 means no limit of accounts per month."""

    scenario_id: str
    approach: str
    segment: str
    start: str = "2000-01"
    size: int = 0
    excluded: tuple[str, ...] = ()
    leaves_shocked: bool = False
    currency: str = EVERYONE
    # the first month in which any account is free
    first_start: str = "2000-01"

    @property
    def is_limited(self) -> bool:
        """Whether the reader moves any account at a time other than its contract's."""
        own = (self.start, self.size, self.excluded, self.leaves_shocked)
        return own != (self.first_start, 0, (), False)

    @property
    def whole(self) -> dict[str, Any]:
        """Which accounts, and which of them the reader excludes."""
        return {
            "scenario_id": self.scenario_id,
            "approach": self.approach,
            "segment": self.segment,
            "excluded": ",".join(self.excluded),
            "leaves_shocked": self.leaves_shocked,
            "currency": self.currency,
        }

    @property
    def scheduled(self) -> dict[str, Any]:
        """The same, with the time of their move."""
        return self.whole | {"start": self.start, "size": self.size}


def starts(
    snapshot: Snapshot, scenario_id: str, approach: str, segment: str, currency: str = EVERYONE
) -> list[str]:
    """The month of the first move, as 2027-01, and the eleven after it; empty without a move."""
    found = snapshot.read(
        "timing/starts",
        scenario_id=scenario_id,
        approach=approach,
        segment=segment,
        currency=currency,
    )
    return [str(row["month"]) for row in rows(found)]


def movers(
    snapshot: Snapshot, scenario_id: str, approach: str, segment: str, currency: str = EVERYONE
) -> dict[str, str]:
    """Names of the accounts in waves, by id, in the order of the rollout."""
    found = snapshot.read(
        "timing/movers",
        scenario_id=scenario_id,
        approach=approach,
        segment=segment,
        currency=currency,
    )
    return dict(
        zip(found.column("account_id").to_pylist(), found.column("name").to_pylist(), strict=True)
    )


def proposed_approach(snapshot: Snapshot, scenario_id: str, segment: str) -> str | None:
    """The approach that scenarios.csv names for most accounts of the segment."""
    found = first(
        snapshot.read(
            "timing/proposed_approach",
            scenario_id=scenario_id,
            segment=segment,
        )
    )
    return str(found["approach"]) if found else None


def calendar(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per month, segment and status.

    Accounts that move then, or whose contract ends then.
    """
    return snapshot.read(
        "timing/calendar",
        **plan.whole,
    )


def waves(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per wave: its accounts, their MRR, and the monthly change of their bills."""
    return snapshot.read(
        "timing/waves",
        **plan.scheduled,
    )


def load(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per month: accounts freed by a renewal, and accounts that move."""
    return snapshot.read(
        "timing/load",
        **plan.scheduled,
    )


def accounts(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per account of the proposal: wave by wave, the smallest increase first.

    Then the rest.
    """
    return snapshot.read(
        "timing/accounts",
        **plan.scheduled,
    )


def not_in_a_wave(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per reason why accounts are not in a wave, with their MRR."""
    return snapshot.read(
        "timing/not_in_a_wave",
        **plan.whole,
    )


def cash(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per model and month ahead, of 24: cash in each case, and its running total."""
    return snapshot.read(
        "timing/cash",
        scenario_id=scenario_id,
        segment=segment,
    )


def cash_of(snapshot: Snapshot, plan: Plan) -> Table:
    """The same for the moves of the reader's plan: twelve months of the middle case.

    Locked accounts move when they are free; excluded and left-out accounts do not move.
    """
    return snapshot.read(
        "timing/cash_of",
        **plan.scheduled,
    )


def has_move_cash(snapshot: Snapshot, scenario_id: str) -> bool:
    """Whether the cash effect of any move to the proposal was calculated."""
    found = first(
        snapshot.read(
            "timing/has_move_cash",
            scenario_id=scenario_id,
        )
    )
    return bool(found and found["has_any"])


def exceptions(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per negotiated price or discount of an account that is in force at the as-of."""
    return snapshot.read(
        "timing/exceptions",
        segment=segment,
        currency=currency,
    )


def locked(
    snapshot: Snapshot, scenario_id: str, approach: str, segment: str, currency: str = EVERYONE
) -> Row:
    """How many accounts are locked by contract, and how many are left out."""
    return first(
        snapshot.read(
            "timing/locked",
            currency=currency,
            approach=approach,
            scenario_id=scenario_id,
            segment=segment,
        )
    ) or {"locked": 0, "left_out": 0}
