"""Marts as a what-if would publish them, for callers that need rows rather than sums."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration.pipeline.rating_chain import SCHEMA
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import PUBLISHED, quoted
from orchestration.whatif.change import Change
from orchestration.whatif.report import WhatIf, what_if
from orchestration.whatif.rules import BILLS, SHOCK
from orchestration.whatif.session import Session

# shocks complete; of bills the months by which a proposal is judged, with the columns of revenue
COLUMNS = {
    SHOCK: "*",
    BILLS: "account_id, scenario_id, segment, period_end, is_provisional, amount_reporting, "
    "current_amount_reporting, difference_reporting",
}
# accounts without a bill in those months are not recalculated: none of their figures can change
OTHERS = f"""
    union all by name
    select * from {PUBLISHED}.marts.{SHOCK}
    where
        {{scenario}}
        and account_id not in (select account_id from {SCHEMA}.{SHOCK} where {{scenario}})
"""


def tried_marts(
    settings: Settings,
    changes: Sequence[Change],
    scenario_id: str,
    *,
    currency_variants: bool = False,
    session: Session | None = None,
) -> tuple[WhatIf, Mapping[str, Any]]:
    """A what-if of one proposal with its measures, and its rows of the marts in COLUMNS (Arrow)."""
    tables: dict[str, Any] = {}

    def read(connection: duckdb.DuckDBPyConnection) -> None:
        scenario = f"scenario_id = {quoted(scenario_id)}"
        for mart, columns in COLUMNS.items():
            made = f"select {columns} from {SCHEMA}.{mart} where {scenario}"
            if mart == SHOCK:
                made += OTHERS.format(scenario=scenario)
            tables[mart] = connection.sql(made).to_arrow_table()

    outcome = what_if(
        settings,
        changes,
        scenarios=(scenario_id,),
        with_measures=True,
        currency_variants=currency_variants,
        session=session,
        also=read,
    )
    return outcome, tables
