"""The bounds that a proposal puts on bills, and the price book changes for the reader's own."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from dashboards.data.lab import same, short
from dashboards.data.tables import first, rows
from dashboards.data.warehouse import Snapshot
from dashboards.data.whatif import is_number

FLOOR, CEILING, RISE, PERIODS = "floor", "ceiling", "rise_most", "rise_periods"
NONE = "none"


class BadBound(Exception):
    """What the reader typed is not a bound; the message is one sentence."""


@dataclass(frozen=True)
class Plan:
    """A plan of the proposal.

    Plans of the same name in the currencies `others` follow in proportion.
    """

    plan_id: str
    name: str
    currency: str
    interval: str
    others: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """A bound as published and its input field: empty if there is none. Ratios are in per cent."""

    key: str
    label: str
    noun: str
    unit: str
    target: str
    published: str
    help: str
    is_ratio: bool = False

    def words(self, text: str) -> str:
        """The bound that the reader set, with the published one."""
        was = self.published or NONE
        if text.lower() != NONE:
            said = f"{self.noun} {text} {self.unit}"
        else:
            said = "for good" if self.key == PERIODS else f"{self.noun} {NONE}"
        return f"{said} (published: {was})"


def plans(snapshot: Snapshot, scenario_id: str) -> dict[str, Plan]:
    """Plans that the proposal moves accounts to, by id, the one with most accounts first.

    Plans of the same name in several currencies count as one: the one with most accounts.
    """
    found = snapshot.read(
        "bounds/plans",
        scenario_id=scenario_id,
    )
    return {
        row["plan_id"]: Plan(
            row["plan_id"],
            row["plan_name"],
            row["currency"],
            row["billing_interval"],
            tuple(sorted({*row["currencies"]} - {row["currency"]})),
        )
        for row in rows(found)
    }


def bounds(snapshot: Snapshot, scenario_id: str, plan: Plan) -> list[Bound]:
    """Floor and cap of the plan, and the proposal's limit on how far a bill may rise at first."""
    held = (
        first(
            snapshot.read(
                "bounds/plan_bounds",
                plan_id=plan.plan_id,
            )
        )
        or {}
    )
    lasting = (
        first(
            snapshot.read(
                "bounds/scenario_bounds",
                scenario_id=scenario_id,
            )
        )
        or {}
    )
    unit = f"{plan.currency} a {plan.interval}"
    target, grandfathering = f"plans.{plan.plan_id}", f"scenarios.{scenario_id}.max_increase"
    return [
        Bound(
            FLOOR,
            f"Floor ({unit})",
            "floor",
            unit,
            f"{target}.minimum_amount",
            short(held.get("minimum_amount")),
            "The least that is billed per period. Empty: as published; none: no floor.",
        ),
        Bound(
            CEILING,
            f"Cap ({unit})",
            "cap",
            unit,
            f"{target}.maximum_amount",
            short(held.get("maximum_amount")),
            "The most that is billed per period. Empty: as published; none: no cap.",
        ),
        Bound(
            RISE,
            "Rise at most (%)",
            "rise at most",
            "%",
            f"{grandfathering}_ratio",
            short(lasting.get("percents")),
            "Grandfathering: how far a bill may rise above today's at first. Empty: as "
            "published; none: no limit.",
            is_ratio=True,
        ),
        Bound(
            PERIODS,
            "for periods",
            "for",
            "periods",
            f"{grandfathering}_periods",
            short(lasting.get("periods")),
            "Number of billing periods for which the rise is limited, from the first under the "
            "proposal; none: permanently.",
        ),
    ]


def changes(asked: Mapping[Bound, str]) -> list[str]:
    """The changes from what is published, each as `table.key.column=value`.

    Raises BadBound if a text is neither a number nor "none".
    """
    typed = {bound: text.strip() for bound, text in asked.items()}
    # without a limit on the rise its number of periods has no meaning
    if any(bound.key == RISE and text.lower() == NONE for bound, text in typed.items()):
        typed |= {bound: NONE for bound in typed if bound.key == PERIODS}
    return [
        f"{bound.target}={_said(bound, text)}"
        for bound, text in typed.items()
        if text and not same("" if text.lower() == NONE else text, bound.published)
    ]


def _said(bound: Bound, text: str) -> str:
    if text.lower() == NONE:
        return ""
    if not is_number(text):
        raise BadBound(f"{bound.label} says {text}; write a number such as 50, or none.")
    return short(f"{Decimal(text) / 100:f}") if bound.is_ratio else text
