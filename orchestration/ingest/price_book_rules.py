"""Consistency rules between the rows of a price book, checked before a build."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from orchestration.ingest.currencies import minor_units
from orchestration.ingest.reference_rows import Problem, Row
from orchestration.ingest.reserved import RESERVED

Tables = dict[str, list[Row]]

# aggregations allowed for what is not metered; seats follow their plan's seat_basis
UNMETERED = {"seats": ("sum", "time_weighted"), "flat": ("sum",), "credits": ("sum",)}
TIERED = ("graduated", "volume")
# the column that each kind of pricing needs
NEEDED = {
    "flat": "unit_amount",
    "per_unit": "unit_amount",
    "package": "package_size",
    "percentage": "unit_amount",
}
NEVER_NEGATIVE = {
    "plans": ("minimum_amount", "maximum_amount"),
    "charges": (
        "unit_amount",
        "package_size",
        "included_quantity",
        "line_minimum",
        "line_maximum",
        "divide_by",
    ),
    "tiers": ("up_to", "unit_amount", "flat_amount", "block_size"),
    "contract_prices": ("unit_amount", "discount_ratio"),
    "discounts": ("ratio", "amount"),
    "scenarios": ("max_increase_ratio", "max_increase_periods"),
}


def check_price_book(tables: Tables) -> list[Problem]:
    """Every problem in the price book, in the order of its files."""
    return [
        *_negative(tables),
        *_plans(tables),
        *_charges(tables),
        *_tiers(tables),
        *_contract_prices(tables),
        *_discounts(tables),
        *_scenarios(tables),
        *_thresholds(tables),
    ]


def _problem(row: Row, column: str | None, found: str) -> Problem:
    return Problem(row.file, row.line, column, found)


def _negative(tables: Tables) -> Iterator[Problem]:
    for name, columns in NEVER_NEGATIVE.items():
        for row in tables[name]:
            for column in columns:
                value = row.values[column]
                if value is not None and Decimal(value) < 0:
                    yield _problem(row, column, f"is {value}; it must not be negative")


def _plans(tables: Tables) -> Iterator[Problem]:
    for row in tables["plans"]:
        if row.text("currency") not in minor_units():
            yield _problem(
                row,
                "currency",
                f"is {row.text('currency')!r}, which is not an ISO 4217 code such as EUR",
            )
        least, most = row.values["minimum_amount"], row.values["maximum_amount"]
        if least is not None and most is not None and Decimal(most) < Decimal(least):
            yield _problem(row, "maximum_amount", f"is {most}, below the minimum_amount {least}")


def _charges(tables: Tables) -> Iterator[Problem]:
    plans = {row.text("plan_id") for row in tables["plans"]}
    families: dict[str, list[Row]] = defaultdict(list)
    for row in tables["charges"]:
        families[row.text("charge_id")].append(row)
        plan_id = row.text("plan_id")
        if plan_id not in plans:
            yield _problem(row, "plan_id", _unknown_plan(plan_id))
        needed = NEEDED.get(row.text("pricing"))
        if needed is not None and row.values[needed] is None:
            yield _problem(row, needed, f"is empty; pricing {row.text('pricing')} needs it")
        if row.text("pricing") == "package":
            if row.values["unit_amount"] is None:
                yield _problem(row, "unit_amount", "is empty; pricing package needs it")
            if row.values["package_size"] is not None and not Decimal(row.text("package_size")):
                yield _problem(row, "package_size", "is 0; a package must contain something")
        yield from _percentage(row, "unit_amount", row.text("pricing") == "percentage")
        yield from _aggregation(row)
        yield from _tiers_by(row)
        yield from _conversion(row)
        least, most = row.values["line_minimum"], row.values["line_maximum"]
        if least is not None and most is not None and Decimal(most) < Decimal(least):
            yield _problem(row, "line_maximum", f"is {most}, below the line_minimum {least}")
    for rows in families.values():
        first = rows[0]
        for row in rows[1:]:
            if row.values["plan_id"] != first.values["plan_id"]:
                yield _problem(
                    row,
                    "plan_id",
                    f"is {row.text('plan_id')!r}, but row {first.line} assigns the charge "
                    f"{first.text('charge_id')!r} to {first.text('plan_id')!r}",
                )
        yield from _validity(rows, "charge", first.text("charge_id"), gaps=True)


def _percentage(row: Row, column: str, is_percentage: bool) -> Iterator[Problem]:
    value = row.values[column]
    if is_percentage and value is not None and Decimal(value) > 100:
        yield _problem(row, column, f"is {value}; a percentage is at most 100 (2.5 is 2.5 %)")


def _aggregation(row: Row) -> Iterator[Problem]:
    meter, aggregation = row.text("meter"), row.text("aggregation")
    if aggregation not in UNMETERED.get(meter, (aggregation,)):
        yield _problem(
            row,
            "aggregation",
            f"is {aggregation}, which does not apply to {meter}; clear it"
            + (" and set the plan's seat_basis" if meter == "seats" else ""),
        )
    elif row.values["outcomes_only"] == "true" and aggregation != "sum":
        yield _problem(
            row, "aggregation", f"is {aggregation}, but outcomes are counted; clear it (sum)"
        )


def _tiers_by(row: Row) -> Iterator[Problem]:
    is_tiered = row.text("meter") == "seats" and row.text("pricing") in TIERED
    if row.values["tiers_by"] == "change" and not is_tiered:
        yield _problem(
            row,
            "tiers_by",
            f"is change, but pricing {row.text('pricing')} of {row.text('meter')} has no seats in "
            "tiers; clear it",
        )


def _conversion(row: Row) -> Iterator[Problem]:
    """Only metered work is converted: outcomes are counted, credits drawn by their rate."""
    if row.values["divide_by"] is not None and not Decimal(row.text("divide_by")):
        yield _problem(row, "divide_by", "is 0; a quantity cannot be divided by it")
    for column in ("divide_by", "quantity_rounding"):
        if row.values[column] is None:
            continue
        if row.text("meter") in UNMETERED:
            yield _problem(
                row,
                column,
                f"is {row.text(column)}, but {row.text('meter')} are not metered; clear it",
            )
        elif row.values["outcomes_only"] == "true":
            yield _problem(
                row, column, f"is {row.text(column)}, but outcomes are counted; clear it"
            )


def _validity(rows: list[Row], what: str, name: str, *, gaps: bool) -> Iterator[Problem]:
    """Versions must not overlap: valid_to is exclusive, and empty means no end."""
    ordered = sorted(rows, key=lambda row: row.text("valid_from"))
    for row in ordered:
        start, end = row.values["valid_from"], row.values["valid_to"]
        if start is not None and end is not None and end <= start:
            yield _problem(row, "valid_to", f"is {end}, not after valid_from {start}")
    for earlier, later in pairwise(ordered):
        end, start = earlier.values["valid_to"], later.text("valid_from")
        if end is None or end > start:
            yield _problem(
                later,
                "valid_from",
                f"is {start}, while row {earlier.line} of the {what} {name!r} is valid "
                + (f"until {end}; they overlap" if end else "without an end; set its valid_to"),
            )
        elif gaps and end < start:
            yield _problem(
                later,
                "valid_from",
                f"is {start}, but row {earlier.line} of the {what} {name!r} ends at {end}; "
                "the days in between have no price",
            )


def _tiers(tables: Tables) -> Iterator[Problem]:
    versions = {
        (row.text("charge_id"), row.text("valid_from")): row
        for row in tables["charges"]
        if row.text("pricing") in TIERED
    }
    tiers: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["tiers"]:
        key = (row.text("charge_id"), row.text("valid_from"))
        if key not in versions:
            yield _problem(
                row,
                "charge_id",
                f"is {key[0]!r} from {key[1]}, but charges.csv has no graduated or volume charge "
                "of that id and date",
            )
        tiers[key].append(row)
    for key, charge in versions.items():
        if key not in tiers:
            yield _problem(
                charge, "pricing", f"is {charge.text('pricing')}, but tiers.csv has no tier for it"
            )
    for rows in tiers.values():
        yield from _ladder(sorted(rows, key=lambda row: int(row.text("tier"))))


def _ladder(rows: list[Row]) -> Iterator[Problem]:
    """Tiers 1, 2, 3 …, each with a higher bound than the one before, the last without one."""
    reached = Decimal(0)
    for place, row in enumerate(rows, start=1):
        if int(row.text("tier")) != place:
            yield _problem(row, "tier", f"is {row.text('tier')}, but {place} must come next")
            return
        up_to = row.values["up_to"]
        if up_to is None and place < len(rows):
            yield _problem(row, "up_to", "is empty, so the later tiers overlap with it")
        elif up_to is not None and Decimal(up_to) <= reached:
            yield _problem(row, "up_to", f"is {up_to}, not above {reached}; the tiers overlap")
        elif up_to is not None and place == len(rows):
            yield _problem(row, "up_to", f"is {up_to}, so larger quantities have no tier; clear it")
        if row.values["unit_amount"] is None and row.values["flat_amount"] is None:
            yield _problem(
                row, "unit_amount", "is empty, and so is flat_amount; fill in one of them"
            )
        if row.values["block_size"] is not None and not Decimal(row.text("block_size")):
            yield _problem(row, "block_size", "is 0; a block must contain something")
        reached = Decimal(up_to) if up_to is not None else reached


def _contract_prices(tables: Tables) -> Iterator[Problem]:
    charges = {row.text("charge_id") for row in tables["charges"]}
    shares = {
        row.text("charge_id") for row in tables["charges"] if row.text("pricing") == "percentage"
    }
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in tables["contract_prices"]:
        groups[(row.text("account_id"), row.text("charge_id"))].append(row)
        if row.text("charge_id") not in charges:
            yield _problem(
                row, "charge_id", f"is {row.text('charge_id')!r}, which is not in charges.csv"
            )
        yield from _share(row, "discount_ratio")
        yield from _percentage(row, "unit_amount", row.text("charge_id") in shares)
        if row.values["unit_amount"] is None and row.values["discount_ratio"] is None:
            yield _problem(
                row, "unit_amount", "is empty, and so is discount_ratio; fill in one of them"
            )
    for (account_id, charge_id), rows in groups.items():
        name = f"{charge_id} of {account_id}"
        yield from _validity(rows, "contract price", name, gaps=False)


def _share(row: Row, column: str) -> Iterator[Problem]:
    value = row.values[column]
    if value is not None and Decimal(value) > 1:
        yield _problem(row, column, f"is {value}; a ratio is at most 1 (0.10 is 10 %)")


def _discounts(tables: Tables) -> Iterator[Problem]:
    plans = {row.text("plan_id") for row in tables["plans"]}
    for row in tables["discounts"]:
        yield from _share(row, "ratio")
        if row.text("scope") == "plan" and row.text("scope_id") not in plans:
            yield _problem(row, "scope_id", _unknown_plan(row.text("scope_id")))
        if row.text("scope") == "segment" and row.text("scope_id") == RESERVED:
            yield _problem(
                row,
                "scope_id",
                "is 'all', which stands for all segments together; name a segment, and give each "
                "its own row",
            )
        if (row.values["ratio"] is None) == (row.values["amount"] is None):
            yield _problem(row, "ratio", "and amount: fill in exactly one of them")
        start, end = row.values["valid_from"], row.values["valid_to"]
        if start is not None and end is not None and end <= start:
            yield _problem(row, "valid_to", f"is {end}, not after valid_from {start}")


def _scenarios(tables: Tables) -> Iterator[Problem]:
    plans = {row.text("plan_id") for row in tables["plans"]}
    names: dict[str, Row] = {}
    for row in tables["scenarios"]:
        for column in ("plan_id", "from_plan_id"):
            value = row.values[column]
            if value is not None and value not in plans:
                yield _problem(row, column, _unknown_plan(value))
        scenario_id = row.text("scenario_id")
        if row.values["plan_id"] is None and scenario_id != "current":
            yield _problem(row, "plan_id", "is empty; give the proposed plan")
        if scenario_id == "invoiced":
            yield _problem(
                row, "scenario_id", "is 'invoiced', which is reserved for the real invoices"
            )
        if row.text("uptake") == "new_only" and row.values["starts_on"] is None:
            yield _problem(row, "starts_on", "is empty; uptake new_only needs a start date")
        if (
            row.values["max_increase_periods"] is not None
            and row.values["max_increase_ratio"] is None
        ):
            yield _problem(
                row,
                "max_increase_ratio",
                "is empty; max_increase_periods needs a ratio",
            )
        yield from _segment(row)
        first = names.setdefault(scenario_id, row)
        if first.values["scenario_name"] != row.values["scenario_name"]:
            yield _problem(
                row,
                "scenario_name",
                f"is {row.text('scenario_name')!r}, but row {first.line} calls {scenario_id!r} "
                f"{first.text('scenario_name')!r}",
            )


def _thresholds(tables: Tables) -> Iterator[Problem]:
    for row in tables.get("thresholds", []):
        yield from _segment(row)


def _segment(row: Row) -> Iterator[Problem]:
    if row.values["segment"] == RESERVED:
        yield _problem(
            row, "segment", "is 'all', which is reserved; leave it empty for all segments"
        )


def _unknown_plan(plan_id: str) -> str:
    return f"is {plan_id!r}, which is not in plans.csv; add the plan there or correct the id"
