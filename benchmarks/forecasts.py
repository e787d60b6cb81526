"""Do projections hold? Companies drawn at random, projected from every month by the models."""

import tempfile
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from benchmarks.forecast_companies import MONTHS, Company, bill_rows, draw, usage_rows
from orchestration.pipeline.dbt_runner import parse, run_dbt

MODELS = (
    "int_bill_trends",
    "int_forecast_steps",
    "int_forecast_candidates",
    "int_forecast_intervals",
)

# what the models read, as a refresh would have made it
INPUTS = {
    "intermediate.int_calendar_months": f"""
        select cast(date '2024-01-01' + to_months(n) as date) as month,
            n as month_index, false as is_provisional
        from (select cast(range as integer) as n from range({MONTHS}))
    """,
    "intermediate.int_segments": """
        select distinct segment, false as is_all from bill_rows
    """,
    "intermediate.int_month_rates": """
        select 'USD' as currency, month, cast(1 as decimal(20, 9)) as rate
        from intermediate.int_calendar_months
    """,
    "staging.stg_settings": "select 'resolutions' as value_meter",
    "marts.fct_shadow_bills": """
        select account_id, scenario_id, segment, months.month, months.month as period_start,
            'USD' as currency, cast(amount as decimal(18, 4)) as amount,
            true as is_available, false as is_provisional
        from bill_rows inner join intermediate.int_calendar_months as months using (month_index)
    """,
    "marts.fct_shadow_bill_lines": """
        select account_id, scenario_id, month, 'seat' as line_kind, amount
        from marts.fct_shadow_bills limit 0
    """,
    "marts.fct_usage_monthly": """
        select segment, months.month, 'resolutions' as meter, actor_type,
            cast(quantity as decimal(38, 6)) as quantity
        from usage_rows inner join intermediate.int_calendar_months as months using (month_index)
    """,
}


def compiled(folder: Path) -> dict[str, str]:
    """The models' SQL, by the table that it makes."""
    path = folder / "forecasts.duckdb"
    with duckdb.connect(str(path)) as connection:
        _inputs(connection, next(draw(1, 0)))
    profile = {"SEATSHIFT_WAREHOUSE": str(path), "SEATSHIFT_THREADS": "2"}
    parse(folder, profile)
    done = run_dbt(folder, profile, "run", "--select", *MODELS)
    if not done.success:
        raise SystemExit(str([result.message for result in done.result or []]))
    return {
        result.node.name: result.node.compiled_code.replace('"warehouse".', "")
        for result in done.result
    }


def judged(companies: Iterable[Company], folder: Path) -> pd.DataFrame:
    """Each projection of each month with its interval and what was billed in the end."""
    models = compiled(folder)
    frames = []
    for company in companies:
        with duckdb.connect() as connection:
            _inputs(connection, company)
            for name in MODELS:
                connection.execute(f"create table intermediate.{name} as {models[name]}")
            frame = connection.sql(
                "select segment, scenario_id, origin_index, horizon_months, model, is_pooled,"
                " residuals, cast(interval_ratio as double) as interval_ratio,"
                " cast(projected as double) as projected, cast(realised as double) as realised,"
                " is_inside"
                " from intermediate.int_forecast_intervals where realised is not null"
            ).df()
        kinds = {segment.name: segment.kind for segment in company.segments}
        frames.append(
            frame.assign(company=company.name, kind=frame["segment"].map(kinds).fillna("all"))
        )
    return pd.concat(frames)


def _inputs(connection: duckdb.DuckDBPyConnection, company: Company) -> None:
    for schema in ("staging", "intermediate", "marts"):
        connection.execute(f"create schema {schema}")
    connection.register("bill_rows", bill_rows(company))
    connection.register("usage_rows", usage_rows(company))
    for name, select in INPUTS.items():
        connection.execute(f"create table {name} as {select}")


if __name__ == "__main__":
    import sys

    with tempfile.TemporaryDirectory() as folder:
        frame = judged(draw(int(sys.argv[1]), int(sys.argv[2])), Path(folder))
    frame.to_pickle(sys.argv[3])
