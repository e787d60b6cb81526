"""Is the decision any good? Companies drawn at random, and when the trigger finds their shift.

Run it as `.venv/bin/python -m benchmarks.decision`. Half of the companies shift to automation from
a known month on; the others grow, shrink, swing with the seasons, raise prices, lose their biggest
customer, give up a trial of automation, or were automated from the start. Some have exports
missing. Each company is a segment of one warehouse, on which the decision's own models run under
the shipped thresholds. It prints, of the companies that shift, the share triggered within 2, 3 and
6 months of the month in which all conditions of the trigger are true of them, and of the others how
many are ever triggered, and how often in a company-year; then how far the shadow revenue of a
proposal lay from what the customers of triggered companies then paid.

Then, the trigger's delay against its false alarms at several settings, beside CUSUM, PELT and BOCPD
on the automation share of the same companies; and, for companies drawn apart from these, how often
the 80 % intervals of projections contained what was billed, and how far twelve months lay off.
"""

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.companies import MONTHS, SEEN, Company, columns, draw, live, true_from
from benchmarks.customers import YEAR, Revenue, distance, moved
from benchmarks.forecast_companies import draw as draw_forecasts
from benchmarks.forecasts import calibration, judged
from benchmarks.rivals import detectors
from orchestration.pipeline.dbt_runner import parse, run_dbt
from orchestration.platform.versions import ROOT

THRESHOLDS = ROOT / "orchestration" / "ingest" / "defaults" / "thresholds.csv"
MODELS = (
    "int_thresholds",
    "int_decision_limits",
    "int_segment_months",
    "int_rank_correlations",
    "int_metric_draws",
    "fct_segment_metrics",
    "int_signal_states",
    "fct_signals",
    "int_triggers",
)
# what of these rests on thresholds
JUDGING = (
    "int_thresholds",
    "int_decision_limits",
    "int_signal_states",
    "fct_signals",
    "int_triggers",
)
LIMITS = (2, 3, 6)
# months in a row for which a signal must fire, and points of automation share in six months
SHIPPED = (2.0, 0.05)
SETTINGS = ((1.0, 0.03), (1.0, 0.05), SHIPPED, (3.0, 0.05), (2.0, 0.08), (3.0, 0.08), (4.0, 0.10))
Found = dict[str, list[int]]

# what the models above read, as a refresh would have made it
INPUTS = {
    "intermediate.int_calendar_months": f"""
        select cast(date '2024-01-01' + to_months(n) as date) as month,
            cast(date '2024-01-01' + to_months(n + 1) as date) as month_end,
            n as month_index, false as is_provisional
        from (select cast(range as integer) as n from range({SEEN}))
    """,
    "intermediate.int_segments": """
        select distinct segment, false as is_all from lived union all select 'all', true
    """,
    "intermediate.int_account_months": """
        select
            segment || '-' || account as account_id, segment, months.month, months.month_index,
            cast(seats as decimal(19, 6)) as end_seats,
            cast(seats as decimal(19, 6)) as billable_seats,
            cast(seats as decimal(19, 6)) as watched_seats,
            cast(active as decimal(19, 6)) as active_seats,
            cast(null as varchar) as utilization_reason, true as has_usage,
            cast(work as decimal(38, 6)) as work,
            cast(human + automation as decimal(38, 6)) as known_work,
            cast(automation as decimal(38, 6)) as automation_work,
            cast(opening as decimal(38, 4)) as mrr_opening,
            cast(expansion as decimal(38, 4)) as mrr_expansion,
            cast(mrr as decimal(38, 4)) as mrr, false as is_carried_forward,
            cast(mrr as decimal(38, 4)) as revenue,
            case when has_costs then cast(mrr * 0.2 as decimal(38, 4)) end as cost,
            case when has_costs then false end as is_exposed,
            case when not has_costs then 'no cost_rates export' end as margin_reason,
            cast(mrr as decimal(38, 4)) as list_amount,
            cast(mrr as decimal(38, 4)) as realized_amount,
            cast(0 as decimal(38, 6)) as unapproved_amount, false as has_unapproved,
            cast(null as boolean) as has_shock_ticket, false as has_open_window,
            'no support_tickets export' as ticket_reason,
            false as is_shock, true as is_complete
        from lived
        inner join intermediate.int_calendar_months as months using (month_index)
    """,
    # intervals move no trigger, and a thousand draws of every company would
    "intermediate.int_segment_draws": """
        select segment, month, month_index, 0 as draw, end_seats, watched_seats, active_seats,
            known_work, automation_work, mrr_opening, mrr_expansion, list_amount, realized_amount,
            unapproved_amount, cast(0 as bigint) as margin_accounts,
            cast(0 as bigint) as exposed_accounts, cast(0 as bigint) as ticket_accounts,
            cast(0 as bigint) as shock_ticket_accounts, cast(0 as bigint) as billed_accounts,
            cast(0 as bigint) as shocked_accounts
        from intermediate.int_account_months limit 0
    """,
    "staging.stg_settings": """
        select timestamp '2026-07-10 00:00:00' as as_of, 'UTC' as time_zone,
            'USD' as reporting_currency, 'resolutions' as value_meter
    """,
    "staging.stg_export_status": """
        select 'support_tickets' as export, 'no support_tickets export' as reason
    """,
}


def triggers(companies: list[Company], seed: int, folder: Path) -> dict[tuple[float, float], Found]:
    """The months in which the trigger of each company holds, at each setting."""
    lived = pd.concat(
        [pd.DataFrame(columns(company, live(company, seed))) for company in companies]
    )
    path = folder / "companies.duckdb"
    with duckdb.connect(str(path)) as connection:
        for schema in ("staging", "intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        connection.register("lived", lived)
        for name, select in INPUTS.items():
            connection.execute(f"create table {name} as {select}")
        connection.execute(
            "create table staging.stg_thresholds as select name, cast(null as varchar) as segment,"
            " cast(null as date) as valid_from, cast(fires_at as decimal(18, 6)) as fires_at,"
            " cast(clears_at as decimal(18, 6)) as clears_at, direction, unit"
            " from read_csv(?, header = true, all_varchar = true)",
            [str(THRESHOLDS)],
        )
    profile = {"SEATSHIFT_WAREHOUSE": str(path), "SEATSHIFT_THREADS": "2"}
    parse(folder, profile)
    _run(folder, profile, MODELS)
    found = {SHIPPED: _triggered(path)}
    for months, rise in SETTINGS:
        if (months, rise) == SHIPPED:
            continue
        with duckdb.connect(str(path)) as connection:
            for name, fires_at in (("signal_months", months), ("automation_rise_6m", rise)):
                connection.execute(
                    "update staging.stg_thresholds set fires_at = $1,"
                    " clears_at = case when clears_at is not null then $1 * 0.6 end"
                    " where name = $2",
                    [fires_at, name],
                )
        _run(folder, profile, JUDGING)
        found[months, rise] = _triggered(path)
    return found


def _run(folder: Path, profile: dict[str, str], models: tuple[str, ...]) -> None:
    done = run_dbt(folder, profile, "run", "--select", *models)
    if not done.success:
        raise SystemExit(str([result.message for result in done.result or []]))


def _triggered(path: Path) -> Found:
    found: Found = defaultdict(list)
    with duckdb.connect(str(path), read_only=True) as connection:
        for segment, month in connection.execute(
            "select segment, month_index from intermediate.int_triggers"
            " inner join intermediate.int_calendar_months using (month)"
            " where is_trigger and segment <> 'all' order by all"
        ).fetchall():
            found[segment].append(month)
    return found


def share_of(company: Company, seed: int) -> NDArray[np.float64]:
    """The automation share of a company's seen months."""
    seen = pd.DataFrame(columns(company, live(company, seed))).groupby("month_index")
    human, automation = seen["human"].sum(), seen["automation"].sum()
    share: NDArray[np.float64] = (automation / (human + automation)).to_numpy()
    return share


def point(companies: list[Company], alarms: Found, since: dict[str, int | None]) -> dict[str, Any]:
    """How late a detector is, and how often it is wrong: one point of its curve."""
    lags, shifted, wrong, years, months, wrong_months = [], 0, 0, 0.0, 0, 0
    for company in companies:
        start, fired = since[company.name], alarms.get(company.name, [])
        before = SEEN if start is None else start
        years += before / 12
        # what fires half a year early or less has seen the shift coming, and is no false alarm
        early = [month for month in fired if start is None or month < start - 6]
        wrong += bool(early)
        months += len(fired)
        wrong_months += len(early)
        if start is not None and start + 6 < SEEN:
            shifted += 1
            first = next((month for month in fired if month >= start - 6), None)
            if first is not None:
                lags.append(max(first - start, 0))
    return {
        "false_in_a_company_year": round(wrong / years, 4),
        "found_within_2_months": round(sum(lag <= 2 for lag in lags) / shifted, 4),
        "median_delay": float(np.median(lags)) if lags else None,
        "false_discoveries": round(wrong_months / months, 4) if months else 0.0,
    }


def curves(
    companies: list[Company], found: dict[tuple[float, float], Found], seed: int
) -> list[dict[str, Any]]:
    """A point for every setting of the trigger and of its rivals."""
    since = {
        company.name: true_from(company, seed) if company.kind == "shift" else None
        for company in companies
    }
    known = [
        company
        for company in companies
        if company.kind != "shift" or since[company.name] is not None
    ]
    points = [
        {"detector": "trigger", "setting": f"{months:.0f} months, {rise * 100:.0f} points"}
        | point(known, alarms, since)
        for (months, rise), alarms in found.items()
    ]
    shares = {company.name: share_of(company, seed) for company in known}
    for name, setting, detect in detectors():
        first = {company: detect(share) for company, share in shares.items()}
        alarms = {company: [month] for company, month in first.items() if month is not None}
        points.append({"detector": name, "setting": f"{setting:g}"} | point(known, alarms, since))
    return points


def beaten(points: list[dict[str, Any]]) -> list[str]:
    """Where a rival finds more shifts within two months at no more false alarms, in words."""
    ours = [one for one in points if one["detector"] == "trigger"]
    said = []
    for rival in points:
        if rival["detector"] == "trigger":
            continue
        level = rival["false_in_a_company_year"]
        best = max(
            (one for one in ours if one["false_in_a_company_year"] <= level),
            key=lambda one: float(one["found_within_2_months"]),
            default=None,
        )
        if best is None:
            said.append(
                f"{rival['detector']} {rival['setting']} has fewer false alarms ({level}) than any"
                f" setting of the trigger, and finds {rival['found_within_2_months']:.1%}."
            )
        elif rival["found_within_2_months"] > best["found_within_2_months"]:
            said.append(
                f"{rival['detector']} {rival['setting']} beats the trigger at {level} false alarms"
                f" in a company-year: {rival['found_within_2_months']:.1%} found within two months"
                f" against {best['found_within_2_months']:.1%} ({best['setting']})."
            )
    return said or ["No point of a rival beats the trigger at the same rate of false alarms."]


def report(companies: list[Company], found: dict[str, list[int]], seed: int) -> dict[str, Any]:
    """The shares, with the counts behind them."""
    within = Counter[int]()
    counted = Counter[int]()
    early, never_true = 0, 0
    shifted, unshifted, false_months = 0, 0, 0
    false_kinds = Counter[str]()
    lags: list[int] = []
    for company in companies:
        months = found.get(company.name, [])
        # what comes and goes in a few months is no shift, whatever it looked like
        since = true_from(company, seed) if company.kind == "shift" else None
        if company.kind == "shift" and since is None:
            never_true += 1
            continue
        if since is None:
            unshifted += 1
            if months:
                false_kinds[company.kind] += 1
                false_months += 1
            continue
        shifted += 1
        first = next((month for month in months if month >= since), None)
        early += any(month < since for month in months)
        if first is not None:
            lags.append(first - since)
        for limit in LIMITS:
            # whose window reaches beyond what was seen says nothing about it
            if since + limit < SEEN:
                counted[limit] += 1
                within[limit] += first is not None and first - since <= limit
    return {
        "companies": len(companies),
        "shifted": shifted,
        "triggered_within_months": {
            limit: {"of": counted[limit], "share": round(within[limit] / counted[limit], 4)}
            for limit in LIMITS
        },
        "shifts_whose_conditions_never_all_held": never_true,
        "months_late_median": sorted(lags)[len(lags) // 2] if lags else None,
        "triggered_before_it_was_true": early,
        "unshifted": unshifted,
        "ever_triggered": {
            "companies": sum(false_kinds.values()),
            "share": round(sum(false_kinds.values()) / unshifted, 4),
            "in_a_company_year": round(false_months / (unshifted * SEEN / 12), 4),
            "kinds": dict(false_kinds),
        },
    }


def shadow_revenue(
    companies: list[Company], found: dict[str, list[int]], seed: int
) -> dict[str, Any]:
    """Shadow bills of triggered companies compared with payments in the following year."""
    revenues: list[Revenue] = [
        moved(company, live(company, seed), found[company.name][0], seed)
        for company in companies
        if found.get(company.name) and YEAR <= found[company.name][0] < MONTHS - YEAR
    ]
    paid = np.array([revenue.paid for revenue in revenues])
    return {
        "companies": len(revenues),
        "of_the_year_before": distance(np.array([revenue.trailing for revenue in revenues]), paid),
        "of_the_same_months": distance(
            np.array([revenue.same_months for revenue in revenues]), paid
        ),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--companies", type=int, default=400)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--forecasts", type=int, default=200, help="companies to project")
    parser.add_argument("--forecast-seed", type=int, default=29)
    arguments = parser.parse_args()
    companies = draw(arguments.companies, arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        found = triggers(companies, arguments.seed, Path(folder))
    printed = report(companies, found[SHIPPED], arguments.seed)
    printed["shadow_revenue_off_by"] = shadow_revenue(companies, found[SHIPPED], arguments.seed)
    print(json.dumps(printed, indent=2))
    points = curves(companies, found, arguments.seed)
    print(pd.DataFrame(points).to_string(index=False))
    print("\n".join(beaten(points)))
    with tempfile.TemporaryDirectory() as folder:
        frame = judged(draw_forecasts(arguments.forecasts, arguments.forecast_seed), Path(folder))
    print("\n".join(calibration(frame)))


if __name__ == "__main__":
    main()
