"""The cells of the price book that a reader can change in the scenario lab, and their effect."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pyarrow as pa

from dashboards.data.tables import Row, Table, first, rows, table_of
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import percent


@dataclass(frozen=True)
class Cell:
    """One cell of the price book: `target` as a what-if names it, and its current value.

    A share has a slider; a cell with choices takes one of them.
    """

    target: str
    label: str
    value: str
    help: str
    is_share: bool = False
    choices: tuple[str, ...] = ()


# of the windows in which limits must hold, the one that a what-if can judge
WINDOW = "trailing_3"
WINDOW_MONTHS = 3

CHARGE_COLUMNS = (
    ("unit_amount", "price", "Price of a unit, a package or the flat fee"),
    ("included_quantity", "included", "Quantity included without charge"),
    ("package_size", "package", "Units per package"),
    ("line_minimum", "least", "Minimum amount of the line"),
    ("line_maximum", "most", "Maximum amount of the line"),
)
# cells of a credit grant, each prefixed with the grant's name
GRANT_COLUMNS = (
    ("credits", "credits", "Credits per grant"),
    (
        "rollover_ratio",
        "rolls over",
        "Share of unused credits that rolls over once, when a grant ends",
    ),
    ("overage_unit_amount", "price beyond", "Price of a credit once the wallet is empty"),
    ("topup_credits", "pack", "Credits in a top-up pack"),
    ("topup_amount", "price of a pack", "Price of a top-up pack"),
)
GRANT_KEY = ("plan_id", "priority", "is_free", "grant_interval")


def has_book(snapshot: Snapshot) -> bool:
    """Whether the snapshot carries its price book and the rating models."""
    found = first(snapshot.read("lab/carried_tables"))
    return found is not None and found["tables"] == 2


def plans(snapshot: Snapshot, scenario_id: str) -> dict[str, str]:
    """Plans under which the proposal has bills, by id; the one with most bills first."""
    found = snapshot.read(
        "lab/plans",
        scenario_id=scenario_id,
    )
    return {row["plan_id"]: f"{row['plan_name']} ({row['currency']})" for row in rows(found)}


def cells(snapshot: Snapshot, plan_id: str) -> list[Cell]:
    """Cells of a plan: charges in their newest version, tiers, credits, its minimum and cap."""
    found = []
    for charge in charges_of(snapshot, plan_id):
        found += _of_charge(charge)
        for tier in tiers_of(snapshot, charge["charge_id"]):
            found += _of_tier(charge, tier)
    grants = grants_of(snapshot, plan_id)
    for grant in grants:
        found += _of_grant(grant, is_only=len(grants) == 1)
    plan = first(
        snapshot.read(
            "lab/plan_bounds",
            plan_id=plan_id,
        )
    )
    assert plan is not None
    for column, label in (("minimum_amount", "Plan minimum"), ("maximum_amount", "Plan cap")):
        found.append(
            Cell(
                f"plans.{plan_id}.{column}",
                label,
                short(plan[column]),
                "Per billing period; empty means none",
            )
        )
    return found


def assumptions(snapshot: Snapshot, scenario_id: str) -> list[Cell]:
    """Who moves, how far a bill may rise at first, and the churn assumed if bills rise."""
    scenario = first(
        snapshot.read(
            "lab/scenario_assumptions",
            scenario_id=scenario_id,
        )
    )
    found = [
        Cell(
            f"scenarios.{scenario_id}.uptake",
            "Adoption",
            str(scenario["uptake"]) if scenario else "all",
            "Who moves: everybody, those who would pay less, or only new customers",
            choices=("all", "opt_in", "new_only"),
        )
    ]
    found.append(
        Cell(
            f"scenarios.{scenario_id}.max_increase_ratio",
            "Cap on the rise",
            short(scenario["max_increase_ratio"]) if scenario else "",
            "Grandfathering: 0.1 limits a bill to 10 % above today's; empty means no cap",
        )
    )
    bands = snapshot.read("lab/churn_assumptions")
    for band in rows(bands):
        over = short(band["increase_over"])
        found.append(
            Cell(
                f"churn_assumptions.middle.{over}.extra_churn_ratio",
                f"Churn beyond {percent(Decimal(over), 0, sign=True)}",
                short(band["extra_churn_ratio"]),
                "Assumed extra churn of accounts whose bills rise by more",
                is_share=True,
            )
        )
    return found


def judged_today(snapshot: Snapshot, scenario_id: str, segment: str) -> Row | None:
    """The published proposal's figures, before any change."""
    return first(
        snapshot.read(
            "lab/judged_today",
            scenario_id=scenario_id,
            segment=segment,
        )
    )


def nearest_flip(snapshot: Snapshot, scenario_id: str, segment: str) -> Row | None:
    """The band of rising bills whose churn is nearest to the limit, before any change."""
    return first(
        snapshot.read(
            "lab/nearest_flip",
            scenario_id=scenario_id,
            segment=segment,
        )
    )


def tornado(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per assumption and case of the published proposal, the largest effect first."""
    return snapshot.read(
        "lab/tornado",
        scenario_id=scenario_id,
        segment=segment,
    )


def usage_answers(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per published usage response: the plan, its two other cases, and the levels."""
    return snapshot.read(
        "lab/usage_answers",
        scenario_id=scenario_id,
        segment=segment,
    )


def outcomes(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per outcome, of twenty equally likely ones, with the number that gain."""
    return snapshot.read(
        "lab/outcomes",
        scenario_id=scenario_id,
        segment=segment,
    )


def outcome_table(found: Sequence[Row]) -> Table:
    """The outcomes of a what-if as a table."""
    return table_of(
        [{name: row[name] for name, _ in OUTCOME} for row in found],
        list(OUTCOME),
    )


def single_effects_table(found: Sequence[Row]) -> Table:
    """The effect of each single change, the largest first; then of all together."""
    return table_of(
        sorted(found, key=lambda row: (row["part"] != "change", -abs(row["effect"] or 0))),
        [
            ("part", pa.string()),
            ("change", pa.string()),
            ("revenue_before", MONEY),
            ("revenue_after", MONEY),
            ("effect", MONEY),
            ("reason", pa.string()),
        ],
    )


RATIO = pa.decimal128(18, 6)
MONEY = pa.decimal128(38, 4)
OUTCOME = (
    ("outcome", pa.int32()),
    ("revenue_change", RATIO),
    ("is_gain", pa.bool_()),
    ("gains", pa.int64()),
    ("outcomes", pa.int64()),
)


def flip_table(flips: Sequence[Row]) -> Table:
    """Bands of rising bills with the assumed churn of each and the churn that meets the limit.

    The latter is null if no churn between 0 and 1 meets the limit: `standing` says which side.
    """
    return table_of(
        [
            {
                "accounts_rising": _band(row),
                "band_accounts": row["band_accounts"],
                "assumed_churn": _ratio(row["assumed_churn"]),
                "critical_churn": _reachable(row["critical_churn"]),
                "standing": row["standing"],
            }
            for row in flips
        ],
        [
            ("accounts_rising", pa.string()),
            ("band_accounts", pa.int64()),
            ("assumed_churn", RATIO),
            ("critical_churn", RATIO),
            ("standing", pa.string()),
        ],
    )


def change_table(changes: Sequence[Any]) -> Table:
    """The cells of the price book that differ from the published ones."""
    return table_of(
        [
            {
                "cell": f"{change.table}.{change.key}.{change.column}",
                "before": change.before,
                "after": change.after,
            }
            for change in changes
        ],
        [("cell", pa.string()), ("before", pa.string()), ("after", pa.string())],
    )


def mover_table(movers: Sequence[Any]) -> Table:
    """The accounts whose bills change most."""
    return table_of(
        [
            {
                "account_id": mover.account_id,
                "account_name": mover.account_name,
                "segment": mover.segment,
                "before": mover.before,
                "after": mover.after,
                "change": mover.change,
            }
            for mover in movers
        ],
        [
            ("account_id", pa.string()),
            ("account_name", pa.string()),
            ("segment", pa.string()),
            ("before", MONEY),
            ("after", MONEY),
            ("change", MONEY),
        ],
    )


def _band(row: Row) -> str:
    over = f"above {percent(row['increase_over'], 0, sign=True)}"
    end = row["next_increase_over"]
    return over if end is None else f"{over} to {percent(end, 0, sign=True)}"


def _reachable(churn: Decimal | None) -> Decimal | None:
    return _ratio(churn) if churn is not None and 0 <= churn <= 1 else None


def _ratio(value: Decimal | None) -> Decimal | None:
    return value.quantize(Decimal("0.000001")) if value is not None else None


def same(given: str, value: str) -> bool:
    """Whether a value equals the cell's: 29.0 is 29, and empty is not zero."""
    if given == value or not given or not value:
        return given == value
    try:
        return Decimal(given) == Decimal(value)
    except InvalidOperation:
        return False


def short(text: str | None) -> str:
    """A number as in the price book's file, without trailing zeros."""
    if text is None:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def charges_of(snapshot: Snapshot, plan_id: str) -> list[Row]:
    """A plan's charges in their newest version, numbers as text."""
    found: Table = snapshot.read(
        "lab/charges_of",
        plan_id=plan_id,
    )
    return rows(found)


def tiers_of(snapshot: Snapshot, charge_id: str) -> list[Row]:
    """The tiers of a charge's newest version in order, numbers as text."""
    found = snapshot.read(
        "lab/tiers_of",
        charge_id=charge_id,
    )
    return rows(found)


def grants_of(snapshot: Snapshot, plan_id: str) -> list[Row]:
    """The credit grants of a plan, each kind in its newest version, numbers as text."""
    found = snapshot.read(
        "lab/grants_of",
        plan_id=plan_id,
    )
    return rows(found)


def _of_grant(grant: Row, *, is_only: bool) -> list[Cell]:
    key = ".".join(grant[part] for part in GRANT_KEY if grant[part] is not None)
    ways = {"period": "a period", "term": f"a term of {grant['term_months']} months"}
    name = (
        "Credits" if is_only else "Free credits" if grant["is_free"] == "true" else "Paid credits"
    )
    if not is_only and grant["priority"] is not None:
        name += f", priority {grant['priority']}"
    every = ways[grant["grant_interval"]]
    whole = f"{name} {every}" if is_only else f"{name}, {every}"
    return [
        Cell(
            f"credit_grants.{key}.{column}",
            whole if column == "credits" else f"{name}: {label}",
            short(grant[column]),
            help_text,
        )
        for column, label, help_text in GRANT_COLUMNS
        # a field that the grant does not use cannot be set without changing its kind
        if grant[column] is not None
    ]


def _of_charge(charge: Row) -> list[Cell]:
    return [
        Cell(
            f"charges.{charge['charge_id']}.{column}",
            f"{charge['charge_name']}: {label}",
            short(charge[column]),
            f"{help_text}; {charge['pricing']}, {charge['meter']}",
        )
        for column, label, help_text in CHARGE_COLUMNS
        # a field that the charge does not use cannot be set without changing its kind
        if charge[column] is not None
    ]


def tier_end(tier: Row) -> str:
    """Where a tier ends, in words."""
    return f"up to {short(tier['up_to'])}" if tier["up_to"] is not None else "beyond"


def _of_tier(charge: Row, tier: Row) -> list[Cell]:
    name = f"{charge['charge_name']}, tier {tier['tier']}"
    found = [
        Cell(
            f"tiers.{charge['charge_id']}.{tier['tier']}.unit_amount",
            f"{name}: price",
            short(tier["unit_amount"]),
            f"Price of a unit in the tier, {tier_end(tier)}",
        )
    ]
    if tier["up_to"] is not None:
        found.append(
            Cell(
                f"tiers.{charge['charge_id']}.{tier['tier']}.up_to",
                f"{name}: up to",
                short(tier["up_to"]),
                "Where the tier ends",
            )
        )
    return found
