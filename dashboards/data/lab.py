"""The cells of the price book that the scenario lab lets a reader change."""

from dataclasses import dataclass
from decimal import Decimal

from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import percent


@dataclass(frozen=True)
class Cell:
    """One cell of the price book: `target` as a what-if names it, and what it says now."""

    target: str
    label: str
    value: str
    help: str


CHARGE_COLUMNS = (
    ("unit_amount", "price", "Price of a unit, a package or the flat fee"),
    ("included_quantity", "included", "Quantity that costs nothing"),
    ("package_size", "package", "Units of a package"),
    ("line_minimum", "least", "Least that the line bills"),
    ("line_maximum", "most", "Most that the line bills"),
)


def has_book(snapshot: Snapshot) -> bool:
    """Whether the snapshot carries its price book and the rating models."""
    found = first(
        snapshot.read(
            """
            select count(*) as tables
            from information_schema.tables
            where
                (table_schema = 'reference' and table_name = 'charges')
                or (table_schema = 'whatif' and table_name = 'charge_sums')
            """
        )
    )
    return found is not None and found["tables"] == 2


def plans(snapshot: Snapshot, scenario_id: str) -> dict[str, str]:
    """Plans under which the proposal has bills, by id; the one with most bills first."""
    found = snapshot.read(
        """
        select bills.plan_id, plans.plan_name, plans.currency
        from marts.fct_shadow_bills as bills
        inner join reference.plans using (plan_id)
        where bills.scenario_id = $scenario_id
        group by all
        order by count(*) desc, bills.plan_id
        """,
        scenario_id=scenario_id,
    )
    return {row["plan_id"]: f"{row['plan_name']} ({row['currency']})" for row in rows(found)}


def cells(snapshot: Snapshot, plan_id: str) -> list[Cell]:
    """Cells of a plan: its charges in their newest version, their tiers, its minimum and cap."""
    found = []
    for charge in _charges(snapshot, plan_id):
        found += _of_charge(charge)
        for tier in _tiers(snapshot, charge["charge_id"]):
            found += _of_tier(charge, tier)
    plan = first(
        snapshot.read(
            """
            select
                cast(minimum_amount as varchar) as minimum_amount,
                cast(maximum_amount as varchar) as maximum_amount
            from reference.plans where plan_id = $plan_id
            """,
            plan_id=plan_id,
        )
    )
    assert plan is not None
    for column, label in (("minimum_amount", "Plan minimum"), ("maximum_amount", "Plan cap")):
        found.append(
            Cell(f"plans.{plan_id}.{column}", label, short(plan[column]), "A period; empty is none")
        )
    return found


def assumptions(snapshot: Snapshot, scenario_id: str) -> list[Cell]:
    """How far a bill may rise at first, and the churn that is assumed of those whose bill rises."""
    found = []
    held = first(
        snapshot.read(
            """
            select cast(max(max_increase_ratio) as varchar) as max_increase_ratio
            from reference.scenarios where scenario_id = $scenario_id
            """,
            scenario_id=scenario_id,
        )
    )
    found.append(
        Cell(
            f"scenarios.{scenario_id}.max_increase_ratio",
            "Cap on the rise",
            short(held["max_increase_ratio"]) if held else "",
            "Grandfathering: 0.1 holds a bill to 10 % above today's; empty is no cap",
        )
    )
    bands = snapshot.read(
        """
        select
            cast(increase_over as varchar) as increase_over,
            cast(extra_churn_ratio as varchar) as extra_churn_ratio
        from reference.churn_assumptions
        where "case" = 'middle'
        order by increase_over
        """
    )
    for band in rows(bands):
        over = short(band["increase_over"])
        found.append(
            Cell(
                f"churn_assumptions.middle.{over}.extra_churn_ratio",
                f"Churn beyond {percent(Decimal(over), 0, sign=True)}",
                short(band["extra_churn_ratio"]),
                "Assumed extra churn of accounts whose bill rises by more, as a share",
            )
        )
    return found


def judged_today(snapshot: Snapshot, scenario_id: str, segment: str) -> Row | None:
    """The published proposal's figures, before any change."""
    return first(
        snapshot.read(
            """
            select
                revenue_change, shock_share, extra_churn, margin_change, accounts, month,
                current_reporting, proposed_reporting
            from marts.fct_segment_scenarios
            where scenario_id = $scenario_id and segment = $segment
            order by month desc
            """,
            scenario_id=scenario_id,
            segment=segment,
        )
    )


def short(text: str | None) -> str:
    """A number as the price book's file would have it, without the zeros that its type adds."""
    if text is None:
        return ""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _charges(snapshot: Snapshot, plan_id: str) -> list[Row]:
    columns = ", ".join(f"cast({column} as varchar) as {column}" for column, _, _ in CHARGE_COLUMNS)
    found: Table = snapshot.read(
        f"""
        select charge_id, charge_name, meter, pricing, {columns}
        from reference.charges
        where plan_id = $plan_id
        qualify valid_from = max(valid_from) over (partition by charge_id)
        order by meter <> 'flat', meter <> 'seats', charge_id
        """,
        plan_id=plan_id,
    )
    return rows(found)


def _tiers(snapshot: Snapshot, charge_id: str) -> list[Row]:
    found = snapshot.read(
        """
        select
            tier,
            cast(up_to as varchar) as up_to,
            cast(unit_amount as varchar) as unit_amount
        from reference.tiers
        where charge_id = $charge_id
        qualify valid_from = max(valid_from) over ()
        order by tier
        """,
        charge_id=charge_id,
    )
    return rows(found)


def _of_charge(charge: Row) -> list[Cell]:
    return [
        Cell(
            f"charges.{charge['charge_id']}.{column}",
            f"{charge['charge_name']}: {label}",
            short(charge[column]),
            f"{help_text}; {charge['pricing']}, {charge['meter']}",
        )
        for column, label, help_text in CHARGE_COLUMNS
        # what the charge does not use cannot be set without changing what it is
        if charge[column] is not None
    ]


def _of_tier(charge: Row, tier: Row) -> list[Cell]:
    end = f"up to {short(tier['up_to'])}" if tier["up_to"] is not None else "beyond"
    name = f"{charge['charge_name']}, tier {tier['tier']}"
    found = [
        Cell(
            f"tiers.{charge['charge_id']}.{tier['tier']}.unit_amount",
            f"{name}: price",
            short(tier["unit_amount"]),
            f"Price of a unit in the tier, {end}",
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
