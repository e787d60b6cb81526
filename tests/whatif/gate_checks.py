"""What of a what-if is compared with a build, cell by cell, and how."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.pipeline.rating_chain import SCHEMA
from orchestration.platform.published import rows
from orchestration.platform.warehouse import PUBLISHED
from orchestration.whatif.marts import COLUMNS
from orchestration.whatif.report import BIGGEST, WhatIf
from orchestration.whatif.rules import BILLS, LINES, SHOCK

# a sentence may leave out how many seats were active: see KNOWN_LIMITS
ACTIVE = re.compile(r", \d+ of them active")
SHOWN = 6

BILL_COLUMNS = (
    "account_id",
    "month",
    "scenario_id",
    "after.period_start",
    "after.period_end",
    "after.plan_id",
    "after.currency",
    "after.current_amount",
    "after.current_basis",
    "after.is_available",
    "after.reason",
    "after.is_provisional",
)

# only a refresh projects the others
WINDOWS = "'trailing_12', 'trailing_3'"
MEASURES = """
    select
        figures.segment, figures.month, figures.scenario_id, figures.window, figures.accounts,
        figures.current_reporting, figures.proposed_reporting, figures.revenue_change,
        figures.shock_share, figures.extra_churn, figures.margin_change, figures.winner_count,
        figures.loser_count, figures.expected_gain,
        limits.limit_revenue_change, limits.limit_shock_share, limits.limit_extra_churn,
        limits.limit_margin_change
    from {of}marts.fct_segment_scenarios as figures
    inner join {of}intermediate.int_decision_limits as limits on figures.segment = limits.segment
    where figures.window in ({windows})
    qualify figures.month = max(figures.month) over (partition by figures.scenario_id)
"""
OUTCOMES = """
    select
        segment, scenario_id, "window", outcome, revenue_change, is_gain,
        count(*) filter (where is_gain) over (partition by scenario_id, segment, "window")
            as gains,
        count(*) over (partition by scenario_id, segment, "window") as outcomes
    from {of}marts.fct_scenario_outcomes
    where "window" in ({windows})
"""
FLIPS = 'from {of}marts.fct_scenario_flips where "window" in ({windows})'
# bills belong to the calendar month in which they close; one that is no longer available is neither
# a rise nor a fall
CHANGES = f"""
    with billed as (
        select
            before.account_id,
            before.scenario_id,
            sum(before.amount_reporting) as before,
            sum(after.amount_reporting) as after
        from {PUBLISHED}.marts.{BILLS} as before
        left join marts.{BILLS} as after using (account_id, scenario_id, month)
        where
            not before.is_provisional and before.amount_reporting is not null
            and date_trunc('month', before.period_end - 1)
                between date '{{first_month}}' and date '{{last_month}}'
        group by all
    )
"""
EFFECTS = f"""
    {CHANGES}
    select
        scenario_id,
        count(*) as accounts,
        sum(before) as revenue_before,
        coalesce(sum(after), 0) as revenue_after,
        count(*) filter (where after > before) as rising,
        count(*) filter (where after < before) as falling
    from billed
    group by scenario_id
"""
MOVERS = f"""
    {CHANGES}
    select account_id, scenario_id, before, after
    from billed
    where before <> after
    order by abs(after - before) desc, account_id, scenario_id
    limit {BIGGEST}
"""
SHOCKS = f"""
    select
        scenario_id,
        count(*) filter (where before.difference < 0) as winners_before,
        count(*) filter (where after.difference < 0) as winners_after,
        count(*) filter (where before.difference > 0) as losers_before,
        count(*) filter (where after.difference > 0) as losers_after,
        count(after.is_shock) as shock_accounts,
        count(*) filter (where before.is_shock) as shocked_before,
        count(*) filter (where after.is_shock) as shocked_after
    from marts.{SHOCK} as after
    full join {PUBLISHED}.marts.{SHOCK} as before using (account_id, scenario_id)
    group by scenario_id
"""
NEWLY_INVOICED = f"""
    select count(*)
    from marts.fct_account_accuracy as after
    inner join {PUBLISHED}.marts.fct_account_accuracy as before using (account_id)
    where after.current_basis = 'invoiced' and before.current_basis = 'rated'
"""


@dataclass
class Marts:
    """Rows of a what-if's marts (Arrow), read while the what-if is there."""

    tables: dict[str, Any] = field(default_factory=dict)

    def read(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Bills with the columns that every what-if makes, and migration shocks whole."""
        for name, columns in COLUMNS.items():
            made = connection.sql(f"select {columns} from {SCHEMA}.{name}")
            self.tables[name] = made.to_arrow_table()


def moved(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The scenarios of which the build bills another amount than the published book."""
    found = connection.execute(
        f"""
        select distinct scenario_id
        from marts.{BILLS} as after
        full join {PUBLISHED}.marts.{BILLS} as before using (account_id, month, scenario_id)
        where before.amount is distinct from after.amount
        """
    )
    return {str(row[0]) for row in found.fetchall()}


def bill_differences(
    connection: duckdb.DuckDBPyConnection, marts: Marts, first_month: date
) -> list[str]:
    """In bills from a month on and in migration shocks, of every account and scenario."""
    recent = f"period_end > date '{first_month}'"
    # a what-if makes no bill that closed before, and so no shock of an account that has no other
    billed = f"account_id in (select account_id from marts.{BILLS} where {recent})"
    found = []
    for name, condition in ((BILLS, recent), (SHOCK, billed)):
        connection.register("tried", marts.tables[name])
        found += _differences(
            connection,
            f"select {COLUMNS[name]} from tried where {condition}",
            f"select {COLUMNS[name]} from marts.{name} where {condition}",
        )
        connection.unregister("tried")
    return found


def line_differences(connection: duckdb.DuckDBPyConnection, outcome: WhatIf) -> list[str]:
    """In every line of every month, with its sentence, and in the bills with their reasons."""
    bills = f"""
        select {", ".join(BILL_COLUMNS)}, before.amount as before, after.amount as after
        from marts.{BILLS} as after
        left join {PUBLISHED}.marts.{BILLS} as before using (account_id, month, scenario_id)
    """
    return [
        *unequal(outcome.lines, rows(connection, f"from marts.{LINES}")),
        *unequal(outcome.bills, rows(connection, bills)),
    ]


def effect_differences(connection: duckdb.DuckDBPyConnection, outcome: WhatIf) -> list[str]:
    """In what is reported of each scenario, the accounts that move most, and now invoiced."""
    span = {"first_month": outcome.first_month, "last_month": outcome.last_month}
    built = {row["scenario_id"]: row for row in rows(connection, EFFECTS.format(**span))}
    for row in rows(connection, SHOCKS):
        built[row["scenario_id"]] |= row
    tried = [
        {name: vars(effect)[name] for name in built[effect.scenario_id]}
        for effect in outcome.effects
    ]
    reported = {effect.scenario_id for effect in outcome.effects}
    found = unequal(tried, [row for name, row in built.items() if name in reported])
    found += [
        f"{name} is not reported: {row}"
        for name, row in built.items()
        if name not in reported and row["rising"] + row["falling"]
    ]
    movers = [
        {name: vars(mover)[name] for name in ("account_id", "scenario_id", "before", "after")}
        for mover in outcome.movers
    ]
    if movers != (expected := rows(connection, MOVERS.format(**span))):
        found.append(f"movers are {movers}, in the build {expected}")
    newly = connection.execute(NEWLY_INVOICED).fetchone()
    if newly != (outcome.now_invoiced,):
        found.append(f"{outcome.now_invoiced} accounts are now invoiced, in the build {newly}")
    return found


def measure_differences(connection: duckdb.DuckDBPyConnection, outcome: WhatIf) -> list[str]:
    """In measures with their limits, assumptions on churn that flip a limit, and outcomes.

    Of the scenarios that are reported, among which are those that the build judges otherwise.
    """
    found = []
    for name, query in (("measures", MEASURES), ("flips", FLIPS), ("outcomes", OUTCOMES)):
        built, published = (
            rows(connection, query.format(of=of, windows=WINDOWS)) for of in ("", "base.")
        )
        tried = [{column: row[column] for column in built[0]} for row in getattr(outcome, name)]
        reported = {row["scenario_id"] for row in tried}
        reported |= {row["scenario_id"] for row in built if row not in published}
        found += unequal(tried, [row for row in built if row["scenario_id"] in reported])
    return found


def _differences(connection: duckdb.DuckDBPyConnection, tried: str, built: str) -> list[str]:
    """Rows of two queries that the other one lacks, the first few of each, and unlike types."""
    types = [
        [row[:2] for row in connection.execute(f"describe {query}").fetchall()]
        for query in (tried, built)
    ]
    found = [
        f"what-if has {one}, build {other}"
        for one, other in zip(*types, strict=True)
        if one != other
    ]
    for side, one, other in (("what-if", tried, built), ("build", built, tried)):
        lacking = rows(connection, f"({one}) except all ({other}) order by all limit {SHOWN}")
        found += [f"{side} only: {row}" for row in lacking]
    return found


def unequal(tried: Iterable[dict[str, Any]], built: Iterable[dict[str, Any]]) -> list[str]:
    """Rows that one side has more often than the other, the first few of each."""
    one, other = (Counter(map(_said, side)) for side in (tried, built))
    return [
        f"{side} only: {row}"
        for side, lacking in (("what-if", one - other), ("build", other - one))
        for row in sorted(lacking)[:SHOWN]
    ]


def _said(row: dict[str, Any]) -> str:
    """A row as text: numbers without the zeros of their type, sentences without who was active."""
    cells = []
    for name, value in sorted(row.items()):
        if isinstance(value, Decimal):
            value = f"{value.normalize():f}"
        elif name == "explanation" and value is not None:
            value = ACTIVE.sub("", value)
        cells.append(f"{name}={value}")
    return ", ".join(cells)
