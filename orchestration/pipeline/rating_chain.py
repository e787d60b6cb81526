"""Stores the rating models as compiled SQL in a build and its snapshot, for what-ifs.

A what-if changes the price book and runs the same models as dbt. So a build stores, in its schema
`whatif`, the compiled SQL of every model between the price book and the bills, and the names of
the relations that these models read; publishing copies both, with the rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from orchestration.pipeline.nodes import CompiledModel
from orchestration.platform.warehouse import parsed

SCHEMA = "whatif"

# short numbers of the units, which a snapshot's tables have beside their long names
NUMBERED = ("intermediate", "int_rated_units")
NUMBERS = "unit_numbers"

# what lines are priced from; older snapshots have it under another name
QUANTITIES = "int_line_quantities"

# the files of the home that a what-if may change
BOOK = (
    "plans",
    "charges",
    "tiers",
    "rate_tables",
    "credit_grants",
    "contract_prices",
    "discounts",
    "scenarios",
    "thresholds",
    "churn_assumptions",
)

# what a what-if tells of, and what the solver holds its limits against
TARGETS = (
    "fct_shadow_bills",
    "fct_shadow_bill_lines",
    "fct_migration_shock",
    "int_scenario_measures",
    "int_scenario_flips",
    "fct_scenario_outcomes",
)

# who is under which contract, and what an account's work costs, are facts, whatever prices say
HELD = (
    "int_contracts",
    "int_accounts",
    "int_current_plans",
    "int_account_months",
    # needs the events themselves, which a snapshot does not contain
    "int_measured_usage",
    # does not depend on prices
    "int_quarantine_gaps",
)

# made from the price book, but stored with their rows, because most what-ifs do not change them
STORED = (
    "int_account_accuracy",
    "int_current_bills",
    "int_proposed_plans",
    "int_rated_units",
    QUANTITIES,
    "int_charge_lines",
    "int_bill_totals",
    "int_reopened_outcomes",
    "int_unit_activity",
    "int_unit_discounts",
    "int_unit_seats",
    "int_ambiguous_meters",
    "int_refused_bills",
)

# projected bills: only a refresh projects, so a what-if has none and judges closed months alone
AHEAD = "int_bills_ahead"

# models that a what-if can skip if it knows that they have no rows or that none is reported; for
# charge lines, it keeps only a few columns if only amounts are needed
SHAPED = (
    AHEAD,
    "int_adjustment_lines",
    "int_charge_activity",
    "int_charge_lines",
    "int_credit_lines",
    "int_credit_quantities",
    "int_credit_usage",
    "int_model_bills",
    "int_tier_amounts",
    "int_wallet_balances",
    "int_wallet_lines",
)

# models of which the snapshot stores only these columns
COLUMNS = {
    "int_account_months": ("account_id", "month", "cost"),
    "int_charge_lines": (
        "unit_id",
        "line_key",
        "charge_id",
        "line_kind",
        "meter",
        "service_start",
        "service_end",
        "contract_discount_ratio",
        "exact_amount",
        "amount",
        "minor_units",
    ),
    "stg_seat_events": ("event_id", "event_type", "recorded_at"),
    "stg_invoice_lines": (
        "invoice_id",
        "line_id",
        "plan_id",
        "description",
        "line_type",
        "period_start",
        "period_end",
        "source_event_id",
    ),
}

# activity by user is large, and needed only if a plan bills seats by activity; work by day is also
# needed in months in which a price changes
ACTIVE = "exists (select 1 from warehouse.reference.plans where seat_basis = 'active')"
CUT_DAYS = """
    select account_id, unnest([valid_from, valid_to]) as cut_on
    from warehouse.reference.contract_prices
    union all
    select null as account_id, unnest([valid_from, valid_to]) as cut_on
    from warehouse.reference.charges
"""
NEEDED = {
    "int_user_activity": ACTIVE,
    "int_usage_daily": f"""
        {ACTIVE}
        or kept.meter in (select meter from warehouse.reference.rate_tables)
        or exists (
            select 1
            from ({CUT_DAYS}) as cuts
            where
                coalesce(cuts.account_id, kept.account_id) = kept.account_id
                and kept.usage_date between cuts.cut_on - 31 and cuts.cut_on + 31
        )
    """,
}

# what the published lines of a charge come to, in an order in which those of some months of one lie
# together
CHARGE_SUMS = "charge_sums"
SUMS = """
    select
        scenario_id,
        charge_id,
        line_kind,
        account_id,
        month,
        cast(sum(amount) as decimal(18, 4)) as amount,
        cast(sum(exact_amount) as decimal(38, 12)) as exact_amount
    from warehouse.marts.fct_shadow_bill_lines
    where {condition}
    group by scenario_id, charge_id, line_kind, account_id, month
    order by scenario_id, {order}
"""
OF_CHARGES = SUMS.format(condition="true", order="charge_id, month, line_kind, account_id")

# sorted by scenario, charge and time, so that a what-if reads little more than what it changes
ORDER = (
    "_scenario_id",
    "scenario_id",
    "_is_settled",
    "charge_id",
    "service_end",
    "month",
    "_account_id",
    "account_id",
)

# lines that depend on a single charge; all others depend on the whole bill
PLAIN_KINDS = ("flat", "seat", "proration", "usage")

# the sums of the others are stored again, because few accounts have any
ADJUSTED_SUMS = "adjusted_sums"
OF_ADJUSTMENTS = SUMS.format(
    condition=f"charge_id is null or line_kind not in ({str(PLAIN_KINDS)[1:-1]})",
    order="month, line_kind, account_id, charge_id",
)

# accounts with a bill that is more than the sum of its charges and their credits; in all proposals,
# because a what-if recalculates all bills of such an account
SETTLED = f"""
    select scenario_id, account_id
    from warehouse.marts.fct_shadow_bill_lines
    where charge_id is null or line_kind not in ('credit', {str(PLAIN_KINDS)[1:-1]})
    union
    select units.scenario_id, units.account_id
    from warehouse.intermediate.int_unit_discounts
    inner join warehouse.intermediate.int_rated_units as units using (unit_id)
    union
    select scenario_id, account_id from warehouse.intermediate.int_refused_bills
    union
    select distinct units.scenario_id, units.account_id
    from warehouse.reference.contract_prices
    inner join warehouse.intermediate.int_rated_units as units using (account_id)
"""
OF_SETTLED = (
    "(select distinct account_id, scenario_id = 'current' as is_current "
    f"from ({SETTLED})) as settled "
    "on units.account_id = settled.account_id "
    "and (units.scenario_id = 'current') = settled.is_current"
)


@dataclass(frozen=True)
class Chain:
    """Models in dependency order, and the relations that they read from outside.

    `shapes` has the columns, `name type, ...`, of the models in SHAPED.
    """

    models: tuple[CompiledModel, ...]
    inputs: tuple[tuple[str, str], ...]
    shapes: dict[str, str] = field(default_factory=dict)


def rating_chain(models: Iterable[CompiledModel]) -> Chain:
    """Every model between the price book and TARGETS."""
    known = {
        (model.schema, model.name): replace(model, reads=()) if model.name == AHEAD else model
        for model in models
    }
    priced: dict[tuple[str, str], bool] = {}

    def is_priced(relation: tuple[str, str]) -> bool:
        """Whether a change of the price book can change the relation's rows."""
        if relation[0] == "reference":
            return relation[1] in BOOK
        if relation not in known or relation[1] in HELD:
            return False
        if relation not in priced:
            reads = known[relation].reads
            priced[relation] = relation[1] == AHEAD or any(map(is_priced, reads))
        return priced[relation]

    chain: list[CompiledModel] = []

    def take(relation: tuple[str, str]) -> None:
        if relation in known and is_priced(relation) and known[relation] not in chain:
            for read in known[relation].reads:
                take(read)
            chain.append(known[relation])

    for relation in known:
        if relation[1] in TARGETS:
            take(relation)
    made = {(model.schema, model.name) for model in chain}
    inputs = {read for model in chain for read in model.reads if read not in made}
    return Chain(tuple(chain), tuple(sorted(inputs)))


def write_chain(connection: duckdb.DuckDBPyConnection, chain: Chain) -> None:
    """Store the chain in the connection's default database."""
    connection.execute(f"drop schema if exists {SCHEMA} cascade")
    connection.execute(f"create schema {SCHEMA}")
    connection.execute(
        f"create table {SCHEMA}.models (position integer, schema_name varchar, model_name varchar, "
        "reads varchar[], is_view boolean, sql varchar)"
    )
    connection.execute(f"create table {SCHEMA}.inputs (schema_name varchar, relation varchar)")
    for position, model in enumerate(chain.models):
        reads = [".".join(read) for read in model.reads]
        connection.execute(
            f"insert into {SCHEMA}.models values (?, ?, ?, ?, ?, ?)",
            [position, model.schema, model.name, reads, model.is_view, model.sql],
        )
    for relation in chain.inputs:
        connection.execute(f"insert into {SCHEMA}.inputs values (?, ?)", list(relation))
    connection.execute(f"create table {SCHEMA}.shapes (model_name varchar, shape varchar)")
    for model in chain.models:
        if model.name in SHAPED:
            described = connection.execute(f'describe {model.schema}."{model.name}"').fetchall()
            shape = ", ".join(f'"{row[0]}" {row[1]}' for row in described)
            connection.execute(f"insert into {SCHEMA}.shapes values (?, ?)", [model.name, shape])


def read_chain(connection: duckdb.DuckDBPyConnection, database: str) -> Chain | None:
    """The chain stored in a database; None if it was published before chains existed.

    A chain without shapes is from an older version and counts as none.
    """
    # listing the tables in the catalog would read the sizes of all of them
    try:
        connection.execute(f"select 1 from {database}.{SCHEMA}.shapes limit 0")
    except duckdb.CatalogException:
        return None
    models = connection.execute(
        f"select schema_name, model_name, reads, is_view, sql from {database}.{SCHEMA}.models "
        "order by position"
    ).fetchall()
    inputs = connection.execute(
        f"select schema_name, relation from {database}.{SCHEMA}.inputs order by all"
    ).fetchall()
    shapes = connection.execute(
        f"select model_name, shape from {database}.{SCHEMA}.shapes"
    ).fetchall()
    if {model[1] for model in models} & set(SHAPED) - {name for name, _ in shapes}:
        return None
    return Chain(
        tuple(
            CompiledModel(schema, name, tuple(_split(read) for read in reads), is_view, sql)
            for schema, name, reads, is_view, sql in models
        ),
        tuple((str(schema), str(name)) for schema, name in inputs),
        {str(name): str(shape) for name, shape in shapes},
    )


def carried_chain(connection: duckdb.DuckDBPyConnection, database: str) -> Chain | None:
    """The chain of a snapshot; None if the snapshot lacks other tables that a what-if reads."""
    try:
        for relation in (f"{SCHEMA}.{ADJUSTED_SUMS}", f"intermediate.{QUANTITIES}"):
            connection.execute(f"select 1 from {database}.{relation} limit 0")
    except duckdb.CatalogException:
        return None
    return read_chain(connection, database)


def carried_selects(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """Schema, name and query (of `warehouse`) for every table that a snapshot stores for what-ifs.

    Tables that readers get anyway are not stored twice. Rows of a rated unit get its account, so
    that a what-if finds them, and its number, because long names cost several times as much to
    join and store.
    """
    chain = read_chain(connection, "warehouse")
    if chain is None:
        return []
    carried = [relation for relation in chain.inputs if relation[0] not in ("marts", "reference")]
    carried += [
        (model.schema, model.name)
        for model in chain.models
        if model.name in STORED and model.schema != "marts"
    ]
    _number_units(connection)
    selects = [(schema, name, _select(connection, schema, name)) for schema, name in carried]
    return [*selects, (SCHEMA, CHARGE_SUMS, OF_CHARGES), (SCHEMA, ADJUSTED_SUMS, OF_ADJUSTMENTS)]


def relations_of(selects: Sequence[str]) -> list[set[tuple[str, str]]]:
    """Schema and name of the build's relations that each query of a snapshot's table reads."""
    return [_relations(tree) for tree in parsed(*selects)]


def _relations(tree: dict[str, Any]) -> set[tuple[str, str]]:
    found = set()
    left: list[Any] = [tree]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            if part.get("type") == "BASE_TABLE":
                found.add((str(part["schema_name"]), str(part["table_name"])))
            left.extend(part.values())
        elif isinstance(part, list):
            left.extend(part)
    if ("", NUMBERS) in found:
        found = found - {("", NUMBERS)} | {NUMBERED}
    return found


def _number_units(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""
        create or replace temporary table {NUMBERS} as
        select
            unit_id,
            scenario_id,
            account_id,
            cast(row_number() over (order by unit_id) as integer) as unit_number
        from warehouse.{".".join(NUMBERED)}
        """
    )


def _select(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    source = f'warehouse.{schema}."{name}"'
    described = connection.execute(f"describe {source}").fetchall()
    columns = list(COLUMNS.get(name) or (str(row[0]) for row in described))
    listed = [f'kept."{column}"' for column in columns]
    joined = ""
    if "unit_id" in columns:
        listed.append("units.unit_number as _unit_number")
        joined = f"inner join {NUMBERS} as units using (unit_id)"
    if "unit_id" in columns and "scenario_id" not in columns:
        listed += ["units.scenario_id as _scenario_id", "units.account_id as _account_id"]
        columns += ["_scenario_id", "_account_id"]
    if name == QUANTITIES:
        listed.append("settled.account_id is not null as _is_settled")
        columns.append("_is_settled")
        joined += f" left join {OF_SETTLED}"
    if name == "int_charge_lines":
        # lines that a what-if leaves as they are, where more than they are on the bill, and those
        # from which credits follow
        joined += f""" left join {OF_SETTLED}
            where settled.account_id is not null or kept.unit_id in (
                select reopened.unit_id
                from warehouse.intermediate.int_reopened_outcomes as reopened
            )
        """
    order = [column for column in ORDER if column in columns]
    if name in NEEDED:
        joined = f"where {NEEDED[name]}"
    sorting = f"order by {', '.join(order)}" if order and name in STORED else ""
    return f"select {', '.join(listed)} from {source} as kept {joined} {sorting}"


def _split(relation: str) -> tuple[str, str]:
    schema, _, name = relation.partition(".")
    return schema, name
