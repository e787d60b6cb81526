"""A company made of the decision's own inputs: 75 accounts in three segments, 20 closed months.

Every segment tells the same story: from the ninth month on automation takes over the work, seats
fall and nothing expands. One proposal bills a little more than today, one account in 25 much more.
"""

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from tests.dbt_runs import build_models

ROOT = Path(__file__).parents[2]
THRESHOLDS = ROOT / "orchestration" / "ingest" / "defaults" / "thresholds.csv"
ACCOUNTS = 75
MONTHS = 20
SEGMENTS = ("north", "south", "control")
# what the verdicts need; what is projected reads bill lines, which the company has not
MODELS = (
    "int_thresholds",
    "int_moved_accounts",
    "int_bootstrap_weights",
    "int_decision_limits",
    "int_bill_trends",
    "int_forecast_steps",
    "int_forecast_candidates",
    "int_forecast_intervals",
    "int_forecast_grades",
    "int_account_months",
    "int_churn_flips",
    "int_judged_windows",
    "int_metric_draws",
    "int_migration_bills",
    "int_migration_windows",
    "int_rank_correlations",
    "int_scenario_choices",
    "int_scenario_draws",
    "int_scenario_flips",
    "int_scenario_measures",
    "int_segment_draws",
    "int_segment_months",
    "int_segment_reviews",
    "int_signal_states",
    "int_trigger_flips",
    "int_triggers",
    "int_verdicts",
    "fct_segment_metrics",
    "fct_segment_quality",
    "fct_migration_shock",
    "fct_cap_effects",
    "fct_scenario_intervals",
    "fct_segment_scenarios",
    "dim_thresholds",
    "fct_signals",
    "fct_verdicts",
)


@dataclass(frozen=True)
class Assumptions:
    """What differs from the shipped rules: limits by (segment, name), churn by the rise that it
    starts at, and whole tables of the company."""

    limits: dict[tuple[str, str], str] = field(default_factory=dict)
    churn: dict[str, str] = field(
        default_factory=lambda: {"0.10": "0.01", "0.25": "0.05", "0.50": "0.12"}
    )
    tables: dict[str, str] = field(default_factory=dict)


TABLES = {
    "intermediate.int_calendar_months": """
        select cast(date '2025-01-01' + to_months(n) as date) as month,
            cast(date '2025-01-01' + to_months(n + 1) as date) as month_end,
            n as month_index, false as is_provisional
        from (select cast(range as integer) as n from range({months}))
    """,
    "intermediate.int_accounts": """
        select 'acc_' || n as account_id, n as i, ['north', 'south', 'control'][n % 3 + 1]
            as segment, 'USD' as currency, true as is_active
        from (select cast(range as integer) as n from range({accounts}))
    """,
    "intermediate.int_segments": """
        select distinct segment, false as is_all from intermediate.int_accounts
        union all select 'all', true
    """,
    "intermediate.int_contracts": """
        select account_id, '' as contract_id, 'per_seat' as plan_family,
            date '2024-06-01' as started_on
        from intermediate.int_accounts
    """,
    "intermediate.int_month_rates": """
        select 'USD' as currency, month, cast(1 as decimal(18, 9)) as rate
        from intermediate.int_calendar_months
    """,
    "intermediate.int_seat_terms": """
        select account_id, started_on as from_on, cast(null as date) as to_on
        from intermediate.int_contracts
    """,
    "main.facts": """
        select a.account_id, a.segment, a.i, m.month, m.month_end, m.month_index,
            'USD' as currency, false as is_provisional, cast(null as varchar) as reason
        from intermediate.int_accounts as a cross join intermediate.int_calendar_months as m
    """,
    "marts.fct_seat_utilization": """
        select *, cast(seats as decimal(19, 6)) as billable_seats,
            cast(seats as decimal(19, 6)) as end_seats,
            cast(floor(seats * 0.6) as decimal(19, 6)) as active_seats
        from (
            select *, 40 + i % 17 - case when month_index >= 8 then month_index - 8 else 0 end
                as seats
            from main.facts
        )
    """,
    "marts.fct_usage_monthly": """
        select *, 'resolutions' as meter, cast(
            case when actor_type = 'human' then 100 + i % 50
                when month_index >= 8 then 20 * (month_index - 7)
                else 5 end as decimal(38, 6)) as quantity
        from main.facts cross join (values ('human'), ('automation')) as v (actor_type)
    """,
    "marts.fct_mrr_movements": """
        select *, 'subscription' as version, cast(1000 as decimal(18, 4)) as opening_reporting,
            cast(case when month_index >= 8 then 0 else 30 end as decimal(18, 4))
                as expansion_reporting,
            cast(1000 as decimal(18, 4)) as closing_reporting, false as is_carried_forward
        from main.facts
    """,
    "marts.fct_margins": """
        select *, cast(1000 as decimal(18, 4)) as revenue, cast(200 as decimal(18, 4)) as cost,
            false as is_exposed
        from main.facts
    """,
    "marts.fct_discount_leakage": """
        select *, cast(0 as decimal(18, 4)) as unapproved_amount,
            cast(100 as decimal(18, 4)) as list_amount_reporting,
            cast(97 as decimal(18, 4)) as realized_amount_reporting
        from main.facts
    """,
    "marts.fct_support_load": """
        select * exclude (reason), true as is_invoiced, cast(null as boolean) as has_shock_ticket,
            false as has_open_window, 'no support_tickets export' as reason
        from main.facts
    """,
    "marts.fct_bill_shock": """
        select *, 'invoiced' as scenario_id, (i + month_index) % 29 = 0 as is_shock
        from main.facts
    """,
    "intermediate.int_account_accuracy": """
        select account_id, segment, cast(1000 as decimal(38, 4)) as compared_amount,
            cast(999 as decimal(38, 4)) as matched_amount, 'rated' as current_basis
        from intermediate.int_accounts
    """,
    "marts.fct_shadow_bills": """
        select * exclude (bill), month as period_start, month_end as period_end,
            'USD' as currency, true as is_available, false as is_provisional,
            cast(1000 as decimal(18, 4)) as current_amount,
            cast(1000 as decimal(18, 4)) as current_amount_reporting,
            cast(bill as decimal(18, 4)) as amount,
            cast(bill as decimal(18, 4)) as amount_reporting
        from (
            select *, 'hybrid' as scenario_id,
                case i // 3 when 7 then 1400 else 1000 + (i // 3) % 10 * 25 - 50 end as bill
            from main.facts
        )
    """,
    "marts.fct_shadow_bill_lines": """
        select account_id, month, 'hybrid' as scenario_id, 'seat' as line_kind,
            cast(0 as decimal(18, 4)) as amount
        from main.facts
    """,
    "intermediate.int_model_bills": """
        select account_id, month, 'hybrid' as scenario_id,
            cast(0 as decimal(18, 4)) as relief_amount,
            cast(0 as decimal(18, 4)) as grandfathering_amount,
            cast(null as integer) as max_increase_periods
        from main.facts
    """,
    "intermediate.int_bills_ahead": """
        select account_id, scenario_id, segment, date '2026-08-01' as month, window_name,
            month_ahead, current_amount as current_reporting, amount as proposed_reporting,
            cast(0 as decimal(18, 4)) as grandfathering_reporting,
            cast(200 as decimal(18, 4)) as cost
        from marts.fct_shadow_bills
        cross join (
            select 'first_bill' as window_name, 1 as month_ahead
            union all
            select 'next_12', cast(range as integer) from range(1, 13)
        )
        where month_index = 19
    """,
    "staging.stg_currencies": "select 'USD' as currency, cast(2 as integer) as minor_units",
    "staging.stg_settings": """
        select timestamp '2026-09-01 00:00:00' as as_of, 'UTC' as time_zone,
            'USD' as reporting_currency, 'resolutions' as value_meter
    """,
    "staging.stg_export_status": """
        select 'support_tickets' as export, 'no support_tickets export' as reason
    """,
    "staging.stg_known_rows": """
        select cast(1000 as bigint) as kept, cast(0 as bigint) as held
    """,
    "staging.stg_scenarios": """
        select 'hybrid' as scenario_id, 'Hybrid' as scenario_name, date '2026-07-15' as proposed_on
    """,
}


def decide(folder: Path, assumptions: Assumptions, threads: int = 2) -> Path:
    """A warehouse with the company's inputs and every decision model built on them."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        for schema in ("staging", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for name, select in (TABLES | assumptions.tables).items():
            body = select.format(accounts=ACCOUNTS, months=MONTHS)
            connection.execute(f"create table {name} as {body}")
        connection.execute(
            "create table staging.stg_thresholds as select name, cast(null as varchar) as segment,"
            " cast(null as date) as valid_from, cast(fires_at as decimal(18, 6)) as fires_at,"
            " cast(clears_at as decimal(18, 6)) as clears_at, direction, unit"
            " from read_csv(?, header = true, all_varchar = true)",
            [str(THRESHOLDS)],
        )
        for (segment, name), limit in assumptions.limits.items():
            connection.execute(
                "insert into staging.stg_thresholds"
                " select name, ?, null, cast(? as decimal(18, 6)), clears_at, direction, unit"
                " from staging.stg_thresholds"
                " where name = ? and segment is null",
                [segment, limit, name],
            )
        connection.execute(
            "create table staging.stg_churn_assumptions (assumption_case varchar,"
            " increase_over decimal(18, 6), extra_churn_ratio decimal(18, 6))"
        )
        connection.executemany(
            "insert into staging.stg_churn_assumptions values ('middle', ?, ?)",
            [list(row) for row in assumptions.churn.items()],
        )
    build_models(path, *MODELS, threads=threads)
    return path
