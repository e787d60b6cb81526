"""Consistency rules between credit rates, grants and charges, checked before a build."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations, pairwise

from orchestration.ingest.reference_rows import Problem, Row

Tables = dict[str, list[Row]]

NEVER_NEGATIVE = {
    "rate_tables": ("credits_per_unit",),
    "credit_grants": (
        "credits",
        "rollover_ratio",
        "overage_unit_amount",
        "grace_ratio",
        "topup_credits",
        "topup_amount",
    ),
}
LONGEST_MONTHS = 1200
# columns of a grant that apply to the whole wallet
POLICY = ("at_zero", "overage_unit_amount", "topup_credits", "topup_amount")
# rows with the same values here are versions of one grant
SERIES = ("plan_id", "priority", "is_free", "grant_interval")


def check_wallets(tables: Tables) -> list[Problem]:
    """Every problem with credits in the price book, in the order of its files."""
    return [
        *_credit_charges(tables),
        *_rate_tables(tables),
        *_credit_grants(tables),
        *_versions(tables["credit_grants"]),
        *_policies(tables["credit_grants"]),
    ]


def _problem(row: Row, column: str | None, found: str) -> Problem:
    return Problem(row.file, row.line, column, found)


def _plans(tables: Tables, name: str) -> set[str]:
    return {row.text("plan_id") for row in tables[name]}


def _unknown_plans(tables: Tables, name: str) -> Iterator[Problem]:
    plans = _plans(tables, "plans")
    for row in tables[name]:
        if row.text("plan_id") not in plans:
            yield _problem(
                row,
                "plan_id",
                f"is {row.text('plan_id')!r}, which is not in plans.csv; "
                "add the plan there or correct the id",
            )


def _negative(tables: Tables, name: str) -> Iterator[Problem]:
    for row in tables[name]:
        for column in NEVER_NEGATIVE[name]:
            value = row.values[column]
            if value is not None and Decimal(value) < 0:
                yield _problem(row, column, f"is {value}; it must not be negative")


def _charges_on_credits(tables: Tables) -> list[Row]:
    return [row for row in tables["charges"] if row.text("meter") == "credits"]


def _credit_charges(tables: Tables) -> Iterator[Problem]:
    rated = _plans(tables, "rate_tables")
    charges = _charges_on_credits(tables)
    for row in charges:
        if row.text("plan_id") not in rated:
            yield _problem(
                row,
                "meter",
                "is credits, but rate_tables.csv has no row for the plan; "
                "add how many credits a unit of work takes",
            )
        for column in ("dimension", "actor_type"):
            if row.values[column] is not None:
                yield _problem(
                    row,
                    column,
                    f"is {row.text(column)}, but all work draws credits; clear it",
                )
        if row.text("outcomes_only") == "true":
            yield _problem(
                row, "outcomes_only", "is true, but all work draws credits; set it to false"
            )
        if row.text("aggregation") != "sum":
            yield _problem(
                row,
                "aggregation",
                f"is {row.text('aggregation')}, but credits are added up; set it to sum",
            )
        if row.text("pricing") == "percentage":
            yield _problem(row, "pricing", "is percentage, but credits are not money")
        if row.text("pricing") == "flat":
            yield _problem(row, "pricing", "is flat, which does not count credits; use meter flat")
    for earlier, later in combinations(charges, 2):
        if (
            earlier.text("plan_id") == later.text("plan_id")
            and earlier.text("charge_id") != later.text("charge_id")
            and earlier.text("valid_from") < (later.values["valid_to"] or "9999-12-31")
            and later.text("valid_from") < (earlier.values["valid_to"] or "9999-12-31")
        ):
            yield _problem(
                later,
                "meter",
                f"is credits, as in row {earlier.line} of the same plan; "
                "only one charge may price a plan's credits at a time",
            )


def _rate_tables(tables: Tables) -> Iterator[Problem]:
    yield from _unknown_plans(tables, "rate_tables")
    yield from _negative(tables, "rate_tables")
    drawing = _plans(tables, "credit_grants") | {
        row.text("plan_id") for row in _charges_on_credits(tables)
    }
    for row in tables["rate_tables"]:
        if row.text("meter") in ("seats", "flat"):
            yield _problem(
                row, "meter", f"is {row.text('meter')}, which is not work; use a usage meter"
            )
        if row.text("plan_id") not in drawing:
            yield _problem(
                row,
                "plan_id",
                f"is {row.text('plan_id')!r}, which neither grants credits in credit_grants.csv "
                "nor has a charge on meter credits, so it has no source of credits",
            )


def _credit_grants(tables: Tables) -> Iterator[Problem]:
    yield from _unknown_plans(tables, "credit_grants")
    yield from _negative(tables, "credit_grants")
    rated = _plans(tables, "rate_tables")
    charged = {row.text("plan_id") for row in _charges_on_credits(tables)}
    for row in tables["credit_grants"]:
        if row.text("plan_id") not in rated:
            yield _problem(
                row,
                "plan_id",
                f"is {row.text('plan_id')!r}, which has no row in rate_tables.csv, so "
                "no work would draw its credits",
            )
        for column in ("rollover_ratio", "grace_ratio"):
            value = row.values[column]
            if value is not None and Decimal(value) > 1:
                yield _problem(row, column, f"is {value}; a ratio is at most 1 (0.10 is 10 %)")
        yield from _lengths(row)
        yield from _zero(row, has_charge=row.text("plan_id") in charged)


def _lengths(row: Row) -> Iterator[Problem]:
    """Terms and lifetimes in whole months; only grants per term have term_months."""
    if row.text("grant_interval") == "term" and row.values["term_months"] is None:
        yield _problem(
            row, "term_months", "is empty; a grant per term needs the length of the term"
        )
    if row.text("grant_interval") == "period" and row.values["term_months"] is not None:
        yield _problem(
            row,
            "term_months",
            f"is {row.text('term_months')}, but the grant is per period; "
            "clear it or set grant_interval to term",
        )
    for column in ("term_months", "expires_after_months"):
        value = row.values[column]
        if value is not None and not 1 <= int(value) <= LONGEST_MONTHS:
            yield _problem(row, column, f"is {value}; it must be from 1 to {LONGEST_MONTHS} months")


def _zero(row: Row, *, has_charge: bool) -> Iterator[Problem]:
    """The policy at a zero balance must have exactly the prices that it needs."""
    at_zero, price = row.values["at_zero"], row.values["overage_unit_amount"]
    packs, pack_price = row.values["topup_credits"], row.values["topup_amount"]
    if (packs is None) != (pack_price is None):
        empty = "topup_credits" if packs is None else "topup_amount"
        yield _problem(row, empty, "is empty; topup_credits and topup_amount go together")
    if packs is not None and Decimal(packs) == 0:
        yield _problem(row, "topup_credits", "is 0; a pack must contain something")
    if packs is not None and at_zero == "unlimited":
        yield _problem(
            row, "at_zero", "is unlimited, so no pack would ever be bought; clear one of the two"
        )
    if price is not None and packs is not None:
        yield _problem(
            row,
            "overage_unit_amount",
            f"is {price}, but packs cover all overage; clear one of the two",
        )
    if price is not None and has_charge:
        yield _problem(
            row,
            "overage_unit_amount",
            f"is {price}, but a charge on meter credits prices credits, too; clear one of the two",
        )
    if price is not None and at_zero not in (None, "overage"):
        yield _problem(
            row,
            "overage_unit_amount",
            f"is {price}, but at_zero is {at_zero}, which bills nothing; clear one of the two",
        )
    if at_zero == "overage" and price is None and not has_charge and packs is None:
        yield _problem(
            row,
            "overage_unit_amount",
            "is empty; at_zero overage needs it or a charge on meter credits",
        )


def _series(rows: list[Row]) -> dict[tuple[str | None, ...], list[Row]]:
    series: dict[tuple[str | None, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.text("valid_from")):
        series[tuple(row.values[column] for column in SERIES)].append(row)
    return series


def _versions(rows: list[Row]) -> Iterator[Problem]:
    """A later row replaces an earlier one of the same grant, so their terms must be equal."""
    for versions in _series(rows).values():
        for earlier, later in pairwise(versions):
            if earlier.values["term_months"] != later.values["term_months"]:
                yield _problem(
                    later,
                    "term_months",
                    f"is {later.text('term_months')}, but row {earlier.line} of the same grant "
                    f"says {earlier.text('term_months')}; end that one with 0 credits and give "
                    "this one its own priority",
                )


def _policies(rows: list[Row]) -> Iterator[Problem]:
    """Grants in force at the same time must agree on the policy at a zero balance."""
    plans: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        plans[row.text("plan_id")].append(row)
    reported: set[int] = set()
    for grants in plans.values():
        for day in sorted({row.text("valid_from") for row in grants}):
            in_force = [
                [row for row in versions if row.text("valid_from") <= day][-1]
                for versions in _series(grants).values()
                if versions[0].text("valid_from") <= day
            ]
            saying = [row for row in in_force if any(row.values[name] for name in POLICY)]
            for first, other in pairwise(sorted(saying, key=lambda row: row.line)):
                for name in POLICY:
                    if first.values[name] != other.values[name] and other.line not in reported:
                        reported.add(other.line)
                        yield _problem(
                            other,
                            name,
                            f"is {other.text(name) or 'empty'}, but row {first.line} of the same "
                            f"plan says {first.text(name) or 'nothing'}; set it in one grant only, "
                            "because it applies to the whole wallet",
                        )
