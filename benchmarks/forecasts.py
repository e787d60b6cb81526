"""Do projections hold? Companies drawn at random, projected from every month by the models."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

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

SEEN = 30  # months by which projections are judged; the twelve after them are the future
# kinds of which nothing rises for good
QUIET = ("shrinking", "seasonal", "price rise")

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
                "select segment, scenario_id, origin_index, horizon_months, shown.model, is_pooled,"
                " residuals, cast(interval_ratio as double) as interval_ratio,"
                " cast(shown.projected as double) as projected,"
                " cast(shown.realised as double) as realised,"
                " is_inside, cast(repeats.projected as double) as repeated"
                " from intermediate.int_forecast_intervals as shown"
                " left join intermediate.int_forecast_candidates as repeats"
                " using (segment, scenario_id, origin_index, horizon_months)"
                " where shown.realised is not null and coalesce(repeats.model, 'repeat') = 'repeat'"
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


def calibration(frame: pd.DataFrame) -> list[str]:
    """What the last seen month would have shown, against the year that followed, in words."""
    shown = frame[frame["origin_index"] == SEEN - 1].copy()
    shown["coverage"] = shown["is_inside"].astype(float)
    shown["bias"] = shown["projected"] / shown["realised"] - 1
    shown["error"] = shown["bias"].abs()
    said = [
        f"Projections from month {SEEN} of {shown['company'].nunique()} companies: share of 80 %"
        " intervals that contained what was billed, by kind of segment and months ahead",
        _table(shown, "kind", "coverage", "mean"),
        "The same by model of pricing",
        _table(shown, "scenario_id", "coverage", "mean"),
        "Median distance of projected from billed",
        _table(shown, "kind", "error", "median"),
        "Median of projected less billed",
        _table(shown, "kind", "bias", "median"),
    ]
    year = shown[shown["horizon_months"] == 12]
    migrated = year[year["scenario_id"] != "current"]
    own = migrated[migrated["segment"] != "all"]
    said.append(
        f"Twelve-month migrated revenue: median distance {own['error'].median():.1%} by segment,"
        f" {migrated.loc[migrated['segment'] == 'all', 'error'].median():.1%} by company;"
        f" nine in ten below {own['error'].quantile(0.9):.1%}."
    )
    quiet = year[year["kind"].isin(QUIET)]
    shows_rise = quiet["projected"] / (1 + quiet["interval_ratio"]) > quiet["repeated"]
    wrong = quiet[shows_rise & (quiet["realised"] <= quiet["repeated"])]
    kinds = ", ".join(f"{kind} {count}" for kind, count in wrong["kind"].value_counts().items())
    said.append(
        f"Shrinking, seasonal and price-rise segments: {int(shows_rise.sum())} of {len(quiet)}"
        " projections of a year show, with their whole interval, a rise over the last three months;"
        f" {len(wrong)} of these did not get it ({kinds or 'none'})."
    )
    models = own.groupby("model").size() / len(own)
    said.append(
        "Chosen for proposals: "
        + ", ".join(f"{name} {share:.0%}" for name, share in models.items())
    )
    return said


def _table(shown: pd.DataFrame, by: str, figure: str, how: Literal["mean", "median"]) -> str:
    grouped = shown.groupby([by, "horizon_months"])[figure].agg(how).unstack()
    grouped.loc["every one"] = shown.groupby("horizon_months")[figure].agg(how)
    grouped["projections"] = shown[shown["horizon_months"] == 12].groupby(by).size()
    return grouped.round(3).to_string(na_rep="")
