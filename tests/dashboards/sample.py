"""A small published snapshot made from the contracts of the marts: figures known by heart.

Three segments, twelve closed months up to October 2026, two proposals. Each sample account has
ten seats at 39.00 a month.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.platform.functions import make_functions
from tests.functions import published_functions
from tests.shared import public_model_files

ROOT = Path(__file__).resolve().parents[2]
AS_OF = datetime(2026, 11, 10, 6, 0, tzinfo=UTC)
SETTINGS = '[company]\nname = "Sample"\n\n[refresh]\ninterval_hours = 24\ngrace_hours = 6\n'

FUNCTION = ("name", "parameters", "is_table", "gives", "body")

Fill = Callable[[duckdb.DuckDBPyConnection], None]


def publish(home: Path, fill: Fill | None, *, generation: int = 1) -> Path:
    """Write a snapshot with every mart, filled by `fill`, and the pointer that names it."""
    file = home / "var" / "snapshots" / f"v{generation:06d}.duckdb"
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(file)) as connection:
        create_marts(connection)
        make_functions(connection)
        if fill:
            fill(connection)
    point_at(home, file, generation=generation)
    beside = (home / "var" / "current.json").read_text(encoding="utf-8")
    file.with_suffix(".json").write_text(beside, encoding="utf-8")
    (home / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    return file


def point_at(home: Path, file: Path, *, generation: int = 1, **changed: Any) -> None:
    """The pointer as publishing writes it."""
    entry = {
        "generation": generation,
        "file": str(file.relative_to(home / "var")),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "build_id": "0123456789abcdef",
        "as_of": AS_OF.isoformat(),
        "audit": {"verdict": "PASS", "checks": 12},
        "published_at": AS_OF.isoformat(),
        **changed,
    }
    (home / "var" / "current.json").write_text(json.dumps(entry), encoding="utf-8")


def create_marts(connection: duckdb.DuckDBPyConnection) -> None:
    """One empty table per public model, typed and described by its contract."""
    connection.execute("create schema marts")
    for path in public_model_files():
        for model in yaml.safe_load(path.read_text(encoding="utf-8"))["models"]:
            table = f"marts.{model['name']}"
            columns = ", ".join(
                f'"{column["name"]}" {column["data_type"]}{_null(column)}'
                for column in model["columns"]
            )
            connection.execute(f"create table {table} ({columns})")
            connection.execute(f"comment on table {table} is {_text(model['description'])}")
            for column in model["columns"]:
                connection.execute(
                    f'comment on column {table}."{column["name"]}" '
                    f"is {_text(column['description'])}"
                )
    connection.execute(REFERENCE)
    connection.executemany(
        "insert into marts.dim_functions values (?, ?, ?, ?, ?, ?)",
        [
            [place, *(function[name] for name in FUNCTION)]
            for place, function in enumerate(published_functions(), start=1)
        ],
    )


def _null(column: dict[str, Any]) -> str:
    kinds = [constraint["type"] for constraint in column.get("constraints", [])]
    return " not null" if "not_null" in kinds else ""


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def settings_only(connection: duckdb.DuckDBPyConnection) -> None:
    """A build that found no account at all."""
    connection.execute(
        """
        insert into marts.dim_settings values (
            '0123456789abcdef', 'Sample', timestamp '2026-11-10 06:00:00', 'Europe/Berlin',
            'USD', 'resolutions', 72, date '2026-10-01', 'prices-1'
        )
        """
    )


def whole(connection: duckdb.DuckDBPyConnection) -> None:
    """The sample company: 6 accounts of smb_ai, 5 of smb, 1 of enterprise."""
    settings_only(connection)
    connection.execute(WHOLE)
    connection.execute(BY_CURRENCY)


def one_account(connection: duckdb.DuckDBPyConnection) -> None:
    """The sample company with nothing left but its first account, and no verdict."""
    whole(connection)
    for (table,) in connection.execute(
        """
        select distinct table_name from duckdb_columns()
        where schema_name = 'marts' and column_name = 'account_id'
        """
    ).fetchall():
        connection.execute(f"delete from marts.{table} where account_id <> 'a01'")
    connection.execute(
        """
        delete from marts.fct_verdicts;
        delete from marts.fct_slice_movements
        where slice_value not in ('all', 'smb_ai', 'USD', 'smb_ai USD');
        update marts.fct_slice_movements set
            previous_closing = 381, revaluation = -1, opening = 380, opening_accounts = 1,
            expansion = 10, expansion_accounts = 1, contraction = 0, contraction_accounts = 0,
            closing = 390, closing_accounts = 1;
        """
    )


def nothing_available(connection: duckdb.DuckDBPyConnection) -> None:
    """The sample company without usage: utilization, margins and most signals are missing."""
    whole(connection)
    connection.execute(
        """
        delete from marts.fct_usage_monthly;
        update marts.fct_seat_utilization set
            active_seats = null, utilization = null, idle_seats = null,
            never_active_seats = null, idle_amount = null, idle_amount_reporting = null,
            reason = 'no usage export';
        update marts.fct_seat_activity set
            utilization_7d = null, utilization_28d = null, reason = 'no usage export';
        update marts.fct_role_seats set
            active_seats = null, utilization = null, reason = 'no usage export';
        update marts.fct_segment_metrics set
            value = null, low = null, high = null, is_available = false,
            reason = 'no usage export'
        where metric = 'utilization';
        update marts.fct_signals set
            value = null, is_over = null, is_firing = false, months_firing = 0,
            state = 'not_available', is_available = false, reason = 'no usage export';
        update marts.fct_signal_parts set
            value = null, is_over = null, is_firing = false, next_line = null, gap = null,
            usual_move = null, moves_away = null, is_available = false, reason = 'no usage export';
        update marts.fct_seat_value_fit set
            accounts = 0, explained_median = null, explained_low = null, explained_high = null,
            seats_change = null, work_change = null, unseated_work_share = null,
            reason = 'no account has seats and usage in ' || window_months || ' months in a row';
        update marts.fct_slice_metrics set
            value = null, numerator = null, denominator = null, is_available = false,
            reason = case when metric like '%ticket%' then 'no support_tickets export'
                else 'no cost_rates export' end
        where metric not like '%12m%';
        update marts.fct_margins set
            cost = null, margin = null, margin_ratio = null, is_exposed = null,
            reason = 'no cost_rates export';
        update marts.fct_meter_costs set
            cost = null, exact_cost = null, reason = 'no cost_rates export';
        update marts.fct_unit_costs set
            unit_cost = null, cost = null, quantity = null, accounts = 0,
            reason = 'no cost_rates export';
        delete from marts.fct_cost_versions;
        update marts.fct_heavy_user_margins set
            accounts_left_out = accounts, accounts = 0, current_revenue = null,
            proposed_revenue = null, cost = null, current_margin_ratio = null,
            proposed_margin_ratio = null, margin_change = null, is_small = true,
            reason = 'no cost_rates export';
        update marts.fct_projections set cash = null, cash_to_date = null, revenue = null,
            revenue_to_date = null, revenue_to_date_low = null, revenue_to_date_high = null,
            interval_note = null, reason = 'no_bills'
        where scenario_id <> 'current';
        update marts.fct_forecast_accuracy set origins = 0, median_error = null, bias = null,
            coverage_80 = null, coverage_origins = 0, interval_ratio = null,
            interval_origins = 0, is_pooled = true, reason = 'too_few_months'
        where scenario_id <> 'current';
        update marts.fct_assumption_effects set
            planned_revenue = null, revenue = null, effect = null, effect_ratio = null,
            reason = 'no_churn_assumptions';
        update marts.fct_usage_levels set
            planned_revenue = null, revenue = null, effect = null, effect_ratio = null,
            reason = 'no_churn_assumptions';
        delete from marts.fct_scenario_outcomes;
        delete from marts.fct_cap_effects;
        update marts.fct_segment_quality set accuracy = null, coverage = null;
        update marts.fct_rollout_waves set
            status = 'left_out', reason = 'no_plan_in_currency', wave = null, wave_month = null,
            place_in_wave = null, rollout_place = null, moves_on = null, unlocks_on = null,
            difference_ratio = null,
            monthly_increase_reporting = null, is_shock = null,
            sentence = 'Left out: no plan in currency.';
        delete from marts.fct_export_months;
        update marts.fct_verdicts set verdict = 'hold_data', scenario_id = null,
            revenue_change = null, revenue_change_low = null, revenue_change_high = null,
            shock_share = null, sentence = 'Hold: utilization of ' || segment ||
            ' is not available (no usage export).';
        update marts.fct_migration_shock set
            month = null, months = 0, current_amount = null, proposed_amount = null,
            difference = null, difference_ratio = null, current_reporting = null,
            proposed_reporting = null, monthly_increase_reporting = null,
            monthly_current_reporting = null, change_band = 'n/a',
            is_shock = null, reason = 'too_few_months';
        update marts.fct_segment_scenarios set
            revenue_change = null, revenue_change_low = null, revenue_change_high = null,
            shock_share = null, current_reporting = null, proposed_reporting = null,
            expected_gain = null, compared_change = null;
        update marts.fct_standing_still set
            last_revenue = null, next_revenue = null, difference = null, difference_low = null,
            difference_high = null, change = null, change_low = null, change_high = null,
            reason = 'no_bills';
        update marts.fct_account_moves set
            usual_reporting = null, first_bill_reporting = null, first_bill_difference = null,
            first_bill_change = null, is_first_bill_shock = null, staying_reporting = null,
            moving_reporting = null, year_difference = null, is_year_shock = null,
            extra_churn = null, yearly_gain = null;
        update marts.fct_proposal_moves set
            year_accounts = null, yearly_gain = null, yearly_gain_low = null,
            yearly_gain_high = null, yearly_gain_reason = 'no_year_projected', simulations = null,
            gains = null, first_bills = 0, pay_more = null, pay_more_reporting = null,
            shocked = null, worst_account_id = null, worst_difference = null, worst_change = null,
            flip_increase_over = null, flip_next_increase_over = null, flip_assumed_churn = null,
            flip_critical_churn = null;
        update marts.fct_best_mix set
            scenario_id = null, scenario_name = null, moving_segments = 0, movers = 0,
            yearly_gain = 0, yearly_gain_low = 0, yearly_gain_high = 0;
        update marts.fct_revenue_bridges set amount = null, reason = 'no_bills';
        update marts.fct_scenario_intervals set
            revenue_change_low = null, revenue_change_high = null;
        delete from marts.fct_scenario_flips;
        update marts.fct_shadow_bills set
            amount = null, exact_amount = null, difference = null, difference_ratio = null,
            amount_reporting = null, difference_reporting = null, is_available = false,
            reason = 'no_plan_in_currency'
        where scenario_id <> 'current';
        """
    )


def two_currencies(connection: duckdb.DuckDBPyConnection) -> None:
    """The sample company, two of whose accounts are billed in euros."""
    whole(connection)
    for table in ("dim_accounts", "fct_bill_shock", "fct_cohort_accounts"):
        connection.execute(
            f"update marts.{table} set currency = 'EUR' where account_id in ('a01', 'a08')"
        )
    connection.execute(BY_CURRENCY)


def hostile(connection: duckdb.DuckDBPyConnection) -> None:
    """The sample company with names, of owners too, that try to be markup, formulas and links."""
    whole(connection)
    connection.executemany(
        "update marts.dim_accounts set account_name = ? where account_id = ?",
        [
            ("<script>alert(1)</script>", "a01"),
            ('=HYPERLINK("http://x","y")', "a02"),
            ("![x](http://evil.example/x.png)", "a03"),
            (":red[red] $x^2$ **bold**", "a04"),
            ("x" * 300, "a05"),
            ("=cmd|' /C calc'!A0", "a06"),
            ("\u202egnp.exe \u05e2\u05e1\u05e7", "a07"),
            ("\U0001f469\u200d\U0001f4bb \U0001f680 @SUM(1)", "a08"),
            ("\t@SUM(1+1)", "a09"),
            ("-2+3|<img src=x onerror=alert(1)>", "a12"),
        ],
    )
    connection.execute("update marts.dim_accounts set account_owner = account_name")
    connection.execute(
        """
        update marts.fct_segment_scenarios set scenario_name = '![x](http://evil.example) <b>Hy</b>'
        where scenario_id = 'hybrid';
        update marts.fct_proposal_moves set scenario_name = '![x](http://evil.example) <b>Hy</b>'
        where scenario_id = 'hybrid';
        update marts.fct_best_mix set scenario_name = '![x](http://evil.example) <b>Hy</b>'
        where scenario_id is not null;
        update marts.dim_settings set company_name = '=1+1 <b>Co</b> ![x](http://evil.example)';
        update marts.quarantine set file_name = '=2+2 ![x](http://evil.example).csv';
        update marts.load_ledger set file_name = '=2+2 ![x](http://evil.example).csv';
        update marts.fct_shadow_bill_lines set
            charge_name = '@SUM(1) <script>' || charge_name,
            explanation = '=1 ![x](http://evil.example) ' || explanation;
        update reference.discounts set approved_by = '<img src=x onerror=alert(1)>';
        """
    )


# the price book's tables that a page reads beside the marts
REFERENCE = """
create schema reference;
create table reference.contract_prices (
    account_id varchar, charge_id varchar, valid_from date, valid_to date,
    unit_amount decimal(28, 6), discount_ratio decimal(18, 6), approved_by varchar
);
create table reference.discounts (
    discount_id varchar, scope varchar, scope_id varchar, valid_from date, valid_to date,
    ratio decimal(18, 6), amount decimal(18, 4), approved_by varchar
);
"""

# the slices of currencies, made again where accounts are billed in another one
BY_CURRENCY = """
delete from marts.fct_slice_movements where slice in ('currency', 'segment_currency');
delete from marts.fct_cohort_slices where slice in ('currency', 'segment_currency');
delete from marts.fct_cohort_averages where slice in ('currency', 'segment_currency');
delete from marts.fct_slice_metrics where slice in ('currency', 'segment_currency');
delete from marts.fct_bill_shock_slices where slice in ('currency', 'segment_currency');

create or replace temp table in_currencies as
select account_id, 'currency' as slice, currency as slice_value from marts.dim_accounts
union all
select account_id, 'segment_currency', segment || ' ' || currency from marts.dim_accounts;

insert into marts.fct_slice_movements by name
select
    slice, slice_value, month, version, 381 * accounts as previous_closing,
    accounts as previous_closing_accounts, -accounts as revaluation,
    accounts as revaluation_accounts, 380 * accounts as opening, accounts as opening_accounts,
    if(slice_value = 'EUR', 380, 0) as entering, if(slice_value = 'EUR', 1, 0) as entering_accounts,
    if(slice_value = 'EUR', -380, 0) as leaving, if(slice_value = 'EUR', 1, 0) as leaving_accounts,
    0 as new, 0 as new_accounts, 10 * odd as expansion, odd as expansion_accounts,
    -10 * (accounts - odd) as contraction, accounts - odd as contraction_accounts, 0 as churn,
    0 as churn_accounts, 0 as reactivation, 0 as reactivation_accounts, 0 as currency_effect,
    0 as currency_effect_accounts, 0 as restatement, 0 as restatement_accounts,
    380 * accounts + 10 * odd - 10 * (accounts - odd) as closing, accounts as closing_accounts,
    0 as unrated_accounts, month_n = 12 as is_provisional
from (
    select slice, slice_value, count(*) as accounts,
        count(*) filter (where account_n % 2 = 1) as odd
    from in_currencies inner join ids using (account_id)
    group by all
)
cross join months
cross join (values ('subscription'), ('with_usage')) as versions(version);

insert into marts.fct_cohort_slices
select base.* replace (
    own.slice as slice, own.slice_value as slice_value,
    least(own.accounts, base.accounts_start) as accounts_start, own.accounts < 5 as is_small
)
from marts.fct_cohort_slices as base
cross join (select slice, slice_value, count(*) as accounts from in_currencies group by all) as own
where base.slice = 'all';

insert into marts.fct_cohort_averages
select base.* replace (own.slice as slice, own.slice_value as slice_value)
from marts.fct_cohort_averages as base
cross join (select distinct slice, slice_value from in_currencies) as own
where base.slice = 'all';

insert into marts.fct_slice_metrics
select base.* replace (
    own.slice as slice, own.slice_value as slice_value, own.accounts as accounts,
    own.accounts < 5 as is_small,
    if(base.metric = 'cost_to_serve', own.cost, base.value) as value
)
from marts.fct_slice_metrics as base
inner join (
    select slice, slice_value, month, count(*) as accounts, sum(cost) as cost
    from in_currencies inner join marts.fct_margins using (account_id)
    group by all
) as own using (month)
where base.slice = 'all';

insert into marts.fct_slice_metrics by name
select
    slice, slice_value, month, 'utilization' as metric,
    sum(active_seats) / sum(billable_seats) as value, sum(active_seats) as numerator,
    sum(billable_seats) as denominator, count(*) as accounts, 'ratio' as unit,
    true as is_available, count(*) < 5 as is_small, bool_or(is_provisional) as is_provisional
from in_currencies inner join marts.fct_seat_utilization using (account_id)
group by all;

insert into marts.fct_bill_shock_slices by name
select
    slice, slice_value, month, scenario_id, count(*) as bills, count(is_shock) as baseline_bills,
    count(*) filter (where is_jump) as jumps, count(*) filter (where is_shock) as shocks,
    count(*) filter (where is_jump) / count(is_shock) as jump_rate,
    count(*) filter (where is_shock) / count(is_shock) as shock_rate,
    count(is_shock) < 30 as is_small, bool_or(is_provisional) as is_provisional
from marts.fct_bill_shock
inner join in_currencies using (account_id)
group by all;
"""

WHOLE = """
create temp table ids as
select
    'a' || lpad(cast(n as varchar), 2, '0') as account_id,
    case when n <= 6 then 'smb_ai' when n <= 11 then 'smb' else 'enterprise' end as segment,
    n as account_n
from range(1, 13) as numbers(n);

create temp table months as
select
    cast(date '2025-11-01' + to_months(cast(n as integer)) as date) as month, n as month_n
from range(13) as numbers(n);

insert into marts.dim_accounts by name
select
    account_id, 'Account ' || account_n as account_name, segment, 'EMEA' as region, 'DE' as country,
    'software' as industry,
    if(account_n % 4 > 0, 'Keeper ' || account_n % 4, null) as account_owner,
    'USD' as currency, 'team_yearly_usd' as plan_id, 'per_seat' as plan_family,
    case when account_n % 2 = 0 then 'year' else 'month' end as billing_interval,
    1 as billing_anchor_day, date '2024-01-01' as started_on, null as churned_on,
    cast(date '2026-11-15' + to_months(cast(account_n % 6 as integer)) as date) as renewal_date,
    true as is_active
from ids;

insert into marts.export_status values
    ('seat_events', true, true, 100, null, null, null),
    ('support_tickets', false, false, 0, null, null, 'no support_tickets export');

insert into marts.fct_seat_utilization by name
select
    account_id, month, segment, 'team_yearly_usd' as plan_id, 'USD' as currency,
    10 as billable_seats, case when account_n <= 6 then 6 else 9 end as active_seats,
    case when account_n <= 6 then 0.6 else 0.9 end as utilization,
    case when account_n <= 6 then 4 else 1 end as idle_seats, 1 as never_active_seats,
    39 * case when account_n <= 6 then 4 else 1 end as idle_amount,
    39 * case when account_n <= 6 then 4 else 1 end as idle_amount_reporting,
    10 as peak_seats, 10 as end_seats, month_n = 12 as is_provisional, null as reason
from ids cross join months;

insert into marts.fct_seat_activity by name
select
    account_id, month, segment, 'EMEA' as region, plan_id, currency,
    cast(month + interval 1 month - interval 1 day as date) as measured_on,
    utilization - 0.2 as utilization_7d, utilization - 0.1 as utilization_28d, 10 as end_seats,
    10 as right_size_seats, 0 as surplus_seats, 0 as surplus_amount,
    0 as surplus_amount_reporting, 6 as active_users, 1 as light_users, 1 as heavy_users,
    is_provisional, reason
from marts.fct_seat_utilization;

insert into marts.fct_role_seats by name
select
    account_id, month, role, segment, plan_id, currency, seats as holders, seats as held_seats,
    if(role = 'admin', seats, active_seats - 2) as active_seats,
    if(role = 'admin', 1, (active_seats - 2) / seats) as utilization, is_provisional, reason
from marts.fct_seat_utilization
cross join (values ('member', 8), ('admin', 2)) as roles(role, seats);

insert into marts.fct_usage_monthly by name
select
    account_id, month, 'resolutions' as meter, actor_type, segment, 100 * share as quantity,
    90 * share as successful_quantity, false as has_open_window, 30 as event_count, 6 as user_count,
    month_n = 12 as is_provisional
from ids
cross join months
cross join (values ('human', 1), ('automation', 3)) as actors(actor_type, share);

insert into marts.fct_seat_ledger by name
select
    'e-' || account_id || ':member' as ledger_id, account_id, 'e-' || account_id as event_id,
    'add' as event_type, timestamp '2024-01-01 00:00:00' as effective_at,
    timestamp '2024-01-01 00:00:00' as recorded_at, 'member' as role, 10 as quantity_change,
    10 as quantity_after, 0 as suspended_change, 0 as suspended_after, 'seats.csv' as source_file,
    account_n as source_row
from ids;

insert into marts.fct_wallet by name
select
    account_id, 'hybrid' as scenario_id, 'hybrid_usd' as plan_id, month, month as period_start,
    cast(month + interval 1 month as date) as period_end, 0 as opening, 100 as granted,
    0 as topped_up, 0 as rolled_in, least(60 + 5 * account_n, 100) as drawn, 0 as expired,
    greatest(40 - 5 * account_n, 0) as closing, 60 + 5 * account_n as demand, 0 as grace,
    'overage' as at_zero, greatest(5 * account_n - 40, 0) as overage, 0 as refused, 0 as throttled,
    0 as unbilled, 60 + 5 * account_n as consumed, 100 as planned,
    0.6 + 0.05 * account_n as consumed_ratio, false as is_provisional, true as is_available
from ids cross join months
where month_n = 11;

insert into marts.fct_mrr_movements by name
select
    account_id, month, 'USD' as currency, version, segment,
    380 as opening, 0 as new, case when account_n % 2 = 1 then 10 else 0 end as expansion,
    case when account_n % 2 = 0 then -10 else 0 end as contraction, 0 as churn, 0 as reactivation,
    0 as currency_effect, 0 as restatement,
    case when account_n % 2 = 1 then 390 else 370 end as closing,
    case when account_n % 2 = 1 then 390 else 370 end as closing_reporting,
    380 as opening_reporting, 381 as previous_closing_reporting,
    0 as new_reporting, case when account_n % 2 = 1 then 10 else 0 end as expansion_reporting,
    case when account_n % 2 = 0 then -10 else 0 end as contraction_reporting, 0 as churn_reporting,
    0 as reactivation_reporting, account_n = 2 as is_carried_forward, month_n = 12 as is_provisional
from ids
cross join months
cross join (values ('subscription'), ('with_usage')) as versions(version);

insert into marts.fct_slice_movements by name
select
    slice, slice_value, month, version, 381 * accounts as previous_closing,
    accounts as previous_closing_accounts, -accounts as revaluation,
    accounts as revaluation_accounts, 380 * accounts as opening, accounts as opening_accounts,
    if(slice_value = 'smb', 380, 0) as entering, if(slice_value = 'smb', 1, 0) as entering_accounts,
    if(slice_value = 'smb', -380, 0) as leaving, if(slice_value = 'smb', 1, 0) as leaving_accounts,
    0 as new, 0 as new_accounts, 10 * odd as expansion, odd as expansion_accounts,
    -10 * (accounts - odd) as contraction, accounts - odd as contraction_accounts, 0 as churn,
    0 as churn_accounts, 0 as reactivation, 0 as reactivation_accounts, 0 as currency_effect,
    0 as currency_effect_accounts, 0 as restatement, 0 as restatement_accounts,
    380 * accounts + 10 * odd - 10 * (accounts - odd) as closing, accounts as closing_accounts,
    0 as unrated_accounts, month_n = 12 as is_provisional
from (
    select segment as slice_value, 'segment' as slice, count(*) as accounts,
        count(*) filter (where account_n % 2 = 1) as odd
    from ids group by segment
    union all
    select 'all', 'all', count(*), count(*) filter (where account_n % 2 = 1) from ids
)
cross join months
cross join (values ('subscription'), ('with_usage')) as versions(version);

insert into marts.fct_cohort_slices by name
select
    granularity, if(segment = 'all', 'all', 'segment') as slice, segment as slice_value, version,
    cast(date '2025-10-01' + to_months(cast(cohort * length as integer)) as date) as cohort_start,
    age, 6 as accounts_start, 5 as accounts_retained,
    1000 as mrr_start, 1000 + 50 * age as mrr_retained, 900 as mrr_retained_capped,
    100 + 50 * age as mrr_expansion, 1 + 0.05 * age as nrr,
    case when age = 0 then 1 else 0.9 end as grr, 0.833333 as logo_retention,
    0.1 as expansion_ratio, cohort = 1 as is_small, (cohort + age) * length < 13 as is_mature
from (values ('month', 1), ('quarter', 3)) as units(granularity, length)
cross join range(6) as cohorts(cohort)
cross join range(14) as ages(age)
cross join (values ('all'), ('smb_ai'), ('smb'), ('enterprise')) as segments(segment)
cross join (values ('subscription'), ('with_usage')) as versions(version)
where (cohort + age) * length <= 13;

insert into marts.fct_cohort_accounts by name
select
    account_id, version, date '2025-10-01' as cohort_month, age as age_months,
    cast(date '2025-10-01' + to_months(cast(age as integer)) as date) as month, segment,
    'EMEA' as region, 'team_yearly_usd' as plan_id, 'USD' as currency, mrr_start,
    case
        when age = 0 then mrr_start
        when account_n = 6 then 0
        when account_n = 1 then 200 + 50 * age
        else mrr_start
    end as mrr,
    mrr - mrr_start as mrr_change,
    case
        when account_n = 6 and age > 0 then 'lost'
        when account_n = 1 and age > 0 then 'grown'
        else 'unchanged'
    end as movement,
    mrr > 0 as is_retained, age < 13 as is_mature
from (select *, if(account_n in (1, 6), 100, 200) as mrr_start from ids where account_n <= 6)
cross join range(14) as ages(age)
cross join (values ('subscription'), ('with_usage')) as versions(version);

insert into marts.fct_cohort_averages by name
select
    granularity, slice, slice_value, version, age, count(*) as cohorts,
    sum(accounts_start) as accounts_start, sum(accounts_retained) as accounts_retained,
    sum(mrr_start) as mrr_start, sum(mrr_retained) as mrr_retained,
    sum(mrr_retained_capped) as mrr_retained_capped, sum(mrr_expansion) as mrr_expansion,
    1 + 0.05 * age as nrr, 0.9 as grr, 0.833333 as logo_retention, 0.1 as expansion_ratio,
    false as is_small
from marts.fct_cohort_slices
where is_mature
group by granularity, slice, slice_value, version, age;

insert into marts.fct_cohort_retention by name
select
    cast(date '2025-11-01' + to_months(cast(cohort as integer)) as date) as cohort_month,
    age as age_months, segment, version, 6 as accounts_start, 5 as accounts_retained,
    1000 as mrr_start, 1000 + 50 * age as mrr_retained, 900 as mrr_retained_capped,
    100 + 50 * age as mrr_expansion, 1 + 0.05 * age as nrr,
    case when age = 0 then 1 else 0.9 end as grr, 0.833333 as logo_retention,
    true as is_small, cohort + age < 12 as is_mature
from range(6) as cohorts(cohort)
cross join range(13) as ages(age)
cross join (values ('all'), ('smb_ai'), ('smb'), ('enterprise')) as segments(segment)
cross join (values ('subscription'), ('with_usage')) as versions(version)
where cohort + age <= 12;

create temp table segments as
select segment, accounts from (
    values ('all', 12), ('smb_ai', 6), ('smb', 5), ('enterprise', 1)
) as segments(segment, accounts);

insert into marts.fct_segment_metrics by name
select
    segment, month, metric, value, value * 100 as numerator, 100 as denominator, accounts,
    value - 0.02 as low, value + 0.02 as high, 'ratio' as unit, true as is_available,
    null as reason, month_n = 12 as is_provisional
from segments
cross join months
cross join (values ('utilization', 0.65), ('automation_share', 0.61)) as metrics(metric, value);

insert into marts.fct_trailing_retention by name
select
    segment, month, version, accounts as accounts_start, accounts as accounts_retained,
    1000 as mrr_start, 1030 as mrr_retained, 880 as mrr_retained_capped, 1.03 as nrr,
    0.88 as grr, 1 as logo_retention,
    true as is_small, month_n = 12 as is_provisional
from segments
cross join months
cross join (values ('subscription'), ('with_usage')) as versions(version);

insert into marts.fct_signals by name
select
    segment, month, signal, metric, month as observed_month,
    value + month_n * 0.001 as value, threshold, clears_at, direction,
    'ratio' as unit, fires as is_over, fires as is_firing,
    case when fires then 4 else 0 end as months_firing, if(fires, 'on', 'off') as state,
    if(fires, date '2026-07-01', date '2025-11-01') as state_since, true as is_available,
    null as reason,
    accounts, null as low, null as high, 'A sentence about ' || signal || '.' as sentence
from segments
cross join (from months where month_n < 12)
cross join (
    values ('seats_idle', 'utilization', 0.65, 0.7, 0.73, 'below', true),
    ('automation_rising', 'automation_share', 0.61, 0.5, 0.47, 'above', true),
    ('price_pressure', 'discount_leakage', 0.02, 0.06, 0.05, 'above', false)
) as signals(signal, metric, value, threshold, clears_at, direction, fires);

insert into marts.fct_segment_scenarios by name
select
    segment, month, scenario_id, "window", scenario_name, accounts, 2 as months_since_proposed,
    accounts * 4680 as current_reporting, accounts * 4680 * (1 + change) as proposed_reporting,
    change as revenue_change, change - 0.03 as revenue_change_low,
    change + 0.025 as revenue_change_high, shock as shock_share, shock - 0.01 as shock_share_low,
    shock + 0.02 as shock_share_high, 0.01 as extra_churn, 0.02 as margin_change,
    if(change < 0, accounts, 0) as winner_count,
    if(change > 0, accounts, 0) as loser_count, shock <= 0.05 as keeps_shock,
    true as keeps_churn, true as keeps_revenue, true as keeps_margin,
    shock <= 0.05 as keeps_limits, shock > 0.1 as is_no_go, false as has_evidence,
    accounts < 5 as is_small,
    case when shock <= 0.05 then '' else 'shock' end as broken_limits,
    if(change < 0, 1, 0) as winner_share, if(change > 0, 1, 0) as loser_share,
    accounts * 390 * change as expected_gain,
    accounts * 390 * (change - 0.03) as expected_gain_low,
    accounts * 390 * (change + 0.025) as expected_gain_high,
    "window" <> 'trailing_12' and accounts >= 5 as is_counted,
    "window" = if(month_n = 11, 'first_bill', 'trailing_3') as is_deciding,
    shock <= 0.05 and accounts >= 5 as keeps_every_window,
    case when shock <= 0.05 then '' else 'shock' end as broken_in_windows,
    if(shock <= 0.05, 0, 1) as limits_broken, change as compared_change
from segments
cross join (from months where month_n < 12)
cross join (
    values ('trailing_12'), ('trailing_3'), ('first_bill'), ('next_12')
) as judged("window")
cross join (
    values ('hybrid', 'Hybrid seat + outcome', 0.042, 0.03),
    ('outcome', 'Pure outcome', -0.08, 0.12)
) as scenarios(scenario_id, scenario_name, change, shock)
where month_n = 11 or "window" in ('trailing_12', 'trailing_3');

insert into marts.fct_scenario_intervals by name
select
    segment, month, scenario_id, "window", confidence_level,
    revenue_change_low - wider as revenue_change_low,
    revenue_change_high + wider as revenue_change_high,
    shock_share_low, shock_share_high + wider as shock_share_high
from marts.fct_segment_scenarios
cross join (values (80, 0), (90, 0.01), (95, 0.02)) as levels(confidence_level, wider);

insert into marts.fct_scenario_flips by name
select
    segment, date '2026-10-01' as month, scenario_id, 'trailing_3' as "window",
    increase_over, next_increase_over,
    band_accounts, assumed_churn, critical_churn, standing, is_nearest
from segments
cross join (values ('hybrid'), ('outcome')) as scenarios(scenario_id)
cross join (
    values (0.1, 0.25, 3, 0.01, 0.05, 'kept', false), (0.25, null, 1, 0.04, 0.09, 'kept', true)
) as bands(
    increase_over, next_increase_over, band_accounts, assumed_churn, critical_churn, standing,
    is_nearest
);

insert into marts.fct_verdicts by name
select
    segment, month, case when segment = 'smb_ai' then 'pilot' else 'not_yet' end as verdict,
    'hybrid' as scenario_id, segment = 'smb_ai' as is_trigger, accounts,
    accounts * 380 as mrr_reporting, 0.042 as revenue_change, 0.012 as revenue_change_low,
    0.067 as revenue_change_high, 0.03 as shock_share, 'medium' as confidence,
    'Coverage: 91 % of MRR has complete exports.' as weakest_link,
    case when segment = 'smb_ai'
        then 'Evidence, still short: 2 months closed since Hybrid was proposed, not a pilot.'
    end as evidence,
    'high' as grade_data,
    'medium' as grade_coverage, 'high' as grade_sample, 'high' as grade_assumptions,
    case when segment = 'smb_ai'
        then 'Pilot Hybrid seat + outcome with smb_ai: +4.2 % revenue, 3 % bill shock.'
        else 'Not yet for ' || segment || ': the trigger does not hold.'
    end as sentence,
    'Flips to NOT YET if utilization rises above 73 %. | Flips to MIGRATE after one more month.'
        as flips
from segments cross join (from months where month_n < 12);

insert into marts.fct_verdict_history by name
select
    segment, month, if(month_n = 11, 'published', 'backfilled') as source,
    'not_yet' as verdict, 'high' as confidence, 'Not yet, as reported.' as sentence,
    1 as telling_count, 'pilot' as recomputed_verdict, true as is_different,
    'thresholds, restated' as difference_reasons, 3 as restated_figures
from segments cross join (from months where month_n < 12);

insert into marts.dim_thresholds by name
select segment, name, fires_at, clears_at, direction, unit, false as is_own_row
from segments
cross join (
    values ('limit_shock_share', 0.05, null, 'above', 'ratio'),
    ('no_go_shock_share', 0.1, null, 'above', 'ratio'),
    ('soft_cap_share', 0.5, null, 'above', 'ratio'),
    ('limit_revenue_change', -0.01, null, 'below', 'ratio'),
    ('small_cell_accounts', 5, null, 'below', 'accounts'),
    ('signal_months', 2, null, 'above', 'months'),
    ('shock_increase_ratio', 0.3, null, 'above', 'ratio'),
    ('shock_increase_amount', 50, null, 'above', 'money'),
    ('utilization', 0.7, 0.73, 'below', 'ratio'),
    ('automation_share', 0.5, 0.47, 'above', 'ratio')
) as thresholds(name, fires_at, clears_at, direction, unit);

create temp table models as
select scenario_id, amount from (
    values ('current', 390), ('hybrid', 406.38), ('outcome', 358.8)
) as models(scenario_id, amount);

insert into marts.fct_shadow_bills by name
select
    account_id, month as period_start, cast(month + interval 1 month as date) as period_end, month,
    scenario_id, segment, 'team_yearly_usd' as plan_id, 'USD' as currency, amount,
    amount as exact_amount, 390 as current_amount, 'rated' as current_basis,
    390 as invoiced_amount, amount - 390 as difference,
    (amount - 390) / 390 as difference_ratio, amount as amount_reporting,
    390 as current_amount_reporting, amount - 390 as difference_reporting, true as is_available,
    null as reason, month_n = 12 as is_provisional
from (select account_id, segment from ids) as ids cross join months cross join models;

insert into marts.fct_shadow_bill_lines by name
select
    account_id, month, scenario_id, line_number, null as subscription_id, plan_id, charge_id,
    charge_name, line_kind, meter, month as service_start,
    cast(month + interval 1 month as date) as service_end, quantity, 0 as included,
    quantity as billable, unit_price, amount as exact_amount, amount, 'USD' as currency, cause,
    explanation, charge_id || '@2024-01-01' as price_version,
    concat_ws('|', account_id, month, scenario_id, line_number) as line_key
from ids
cross join months
cross join (
    values
    ('current', 1, 'team_yearly_usd', 'seat_team', 'Team seats', 'seat', 'seats', 10, 39,
        390, 'seats', '10 seats billed, 6 of them active: 10 × 39.00'),
    ('hybrid', 1, 'hybrid_usd', 'hybrid_seat', 'Base seats', 'seat', 'seats', 10, 15,
        150, 'seats', '10 seats billed: 10 × 15.00'),
    ('hybrid', 2, 'hybrid_usd', 'hybrid_outcome', 'Resolutions', 'usage', 'resolutions', 256.38, 1,
        256.38, 'outcomes', '256.38 resolutions × 1.00'),
    ('outcome', 1, 'outcome_usd', 'outcome_unit', 'Resolutions', 'usage', 'resolutions', 358.8, 1,
        358.8, 'outcomes', '358.8 resolutions × 1.00')
) as lines(
    scenario_id, line_number, plan_id, charge_id, charge_name, line_kind, meter, quantity,
    unit_price, amount, cause, explanation
);

insert into marts.fct_shadow_bill_causes by name
select account_id, month, scenario_id, cause, current_amount, proposed_amount,
    proposed_amount - current_amount as difference, 'USD' as currency
from ids
cross join months
cross join (
    values ('hybrid', 'seats', 390, 150), ('hybrid', 'outcomes', 0, 256.38),
    ('outcome', 'seats', 390, 0), ('outcome', 'outcomes', 0, 358.8)
) as causes(scenario_id, cause, current_amount, proposed_amount);

insert into marts.fct_migration_shock by name
select
    account_id, scenario_id, segment, date '2026-10-01' as month, 12 as months, 'USD' as currency,
    4680 as current_amount, 12 * amount as proposed_amount, 12 * amount - 4680 as difference,
    (12 * amount - 4680) / 4680 as difference_ratio, 4680 as current_reporting,
    12 * amount as proposed_reporting, amount - 390 as monthly_increase_reporting,
    390 as monthly_current_reporting,
    case when scenario_id = 'outcome' then '-10..-2' when account_id = 'a01' then '>50'
        else '2..10' end as change_band,
    account_id = 'a01' and scenario_id = 'hybrid' as is_shock, null as reason
from ids cross join (from models where scenario_id <> 'current');

insert into marts.fct_winners_losers by name
select
    account_id, scenario_id, segment, if(difference > 0, 'loser', 'winner') as side, months,
    currency, current_amount, proposed_amount, difference, difference_ratio,
    monthly_increase_reporting, is_shock, 'seats' as main_cause, 'seats −240.00' as causes, reason
from marts.fct_migration_shock;

insert into marts.fct_segment_causes by name
select
    segment, scenario_id, cause, accounts, accounts * 12 * current_amount as current_reporting,
    accounts * 12 * proposed_amount as proposed_reporting,
    accounts * 12 * (proposed_amount - current_amount) as difference_reporting
from segments
cross join (
    values ('hybrid', 'seats', 390, 150), ('hybrid', 'outcomes', 0, 256.38),
    ('outcome', 'seats', 390, 0), ('outcome', 'outcomes', 0, 358.8)
) as causes(scenario_id, cause, current_amount, proposed_amount);

insert into marts.fct_bill_shock by name
select
    account_id, month, scenario_id, segment, 'USD' as currency,
    case when account_id = 'a01' and month_n = 11 then 585 else amount end as bill,
    amount as baseline,
    case when account_id = 'a01' and month_n = 11 then 585 - amount else 0 end as increase_amount,
    case when account_id = 'a01' and month_n = 11 then 585 - amount else 0 end
        as increase_reporting,
    case when account_id = 'a01' and month_n = 11 then 0.5 else 0 end as increase_ratio,
    0 as explained_amount, account_id = 'a01' and month_n = 11 as is_jump,
    account_id = 'a01' and month_n = 11 as is_shock, null as reason,
    month_n = 12 as is_provisional
from (select account_id, segment from ids) as ids
cross join months
cross join (
    select 'invoiced' as scenario_id, 390 as amount
    union all select scenario_id, amount from models
);

insert into marts.fct_bill_shock_rates by name
select
    segment, month, scenario_id, count(*) as bills, count(is_shock) as baseline_bills,
    count(*) filter (where is_jump) as jumps, count(*) filter (where is_shock) as shocks,
    count(*) filter (where is_jump) / count(is_shock) as jump_rate,
    count(*) filter (where is_shock) / count(is_shock) as shock_rate,
    count(is_shock) < 30 as is_small, bool_or(is_provisional) as is_provisional
from (
    select * from marts.fct_bill_shock
    union all
    select * replace ('all' as segment) from marts.fct_bill_shock
)
group by segment, month, scenario_id;

insert into marts.fct_bill_shock_slices by name
select
    * exclude (segment), if(segment = 'all', 'all', 'segment') as slice, segment as slice_value
from marts.fct_bill_shock_rates;

insert into marts.fct_signal_parts by name
select
    segment, month, signal, metric, observed_month, 1 as part,
    signal <> 'price_pressure' as is_trigger, value,
    null as low, null as high, unit, threshold, clears_at, direction, is_over,
    months_firing as months_over, is_firing, true as is_available, null as reason, accounts,
    if(is_firing, clears_at, threshold) as next_line,
    if(is_firing, clears_at, threshold) - value as gap, 0.001 as usual_move,
    abs(if(is_firing, clears_at, threshold) - value) / 0.001 as moves_away
from marts.fct_signals;

insert into marts.fct_seat_value_fit by name
select
    segment, month, window_months, accounts,
    if(segment = 'smb_ai', -0.9 - month_n / 100, 0.98) as explained_median,
    if(segment = 'smb_ai', -1.1 - month_n / 100, 0.95) as explained_low,
    if(segment = 'smb_ai', -0.8 - month_n / 100, 1.02) as explained_high,
    if(segment = 'smb_ai', -0.095, 0.05) as seats_change,
    if(segment = 'smb_ai', 0.106, 0.051) as work_change,
    if(segment = 'smb_ai', 0.67, 0.05) as unseated_work_share, accounts < 5 as is_small,
    false as is_provisional, null as reason
from segments cross join (from months where month_n < 12)
cross join (values (6), (12)) as lengths (window_months);

insert into marts.fct_segment_quality by name
select
    segment, month, accounts as active_accounts, accounts * 380 as mrr, 0.02 as invoiced_share,
    0.91 as coverage, 0.995 as accuracy, 0.972727 as loaded_share
from segments cross join (from months where month_n < 12);

insert into marts.load_ledger by name
select * from (
    values
    ('f1', 'seats.csv', 'seat_events', 2048, 110, 100, 2, 5, 3, 0, null, 110, null),
    ('f2', 'old.csv', 'seat_events', 10, 0, 0, 0, 0, 0, 0, 'no account_id', null, null)
) as files(
    file_id, file_name, export, size_bytes, rows_read, loaded, revisions, duplicates, quarantined,
    skipped, refused_reason, quantity_sum, amount_sum
) cross join (select timestamp '2026-11-10 05:00:00' as landed_at);

insert into marts.quarantine by name
select
    'f1' as file_id, 'seats.csv' as file_name, 'seat_events' as export, n as row_number,
    '{"event_id": "=1+1", "note": "<b>x</b>"}' as raw,
    if(n = 9, 'bad_time', 'bad_number') as reason,
    'quantity is «twelve»; correct it and load the file again.' as sentence
from (values (7), (8), (9)) as held(n);

insert into marts.fct_export_months by name
select
    'seat_events' as export, month, if(month_n in (4, 12), 0, 10) as row_count,
    month_n = 12 as is_provisional, month_n = 4 as is_gap
from months;

insert into marts.fct_export_health by name
select * from (
    values
    ('seat_events', true, true, null, 2, 1, 110, 100, 2, 5, 3, 0, 0, 0.972727, 6, 12, 1),
    ('support_tickets', false, false, 'no support_tickets export', 0, 0, 0, 0, 0, 0, 0, 0, 0,
        null, null, null, null)
) as health(
    export, is_present, is_required, reason, file_count, refused_file_count, rows_read, loaded,
    revisions, duplicates, quarantined, skipped, unaccounted_rows, accepted_ratio, hours_behind,
    closed_months, gap_months
);

insert into marts.fct_invoice_reconciliation by name
select
    account_id, date '2026-10-01' as period_start, date '2026-11-01' as period_end,
    date '2026-10-01' as month, line || '|' || account_id as line_key, 'seat' as line_kind,
    segment, 'USD' as currency, 10 as expected_quantity, 10 as known_quantity,
    10 as invoiced_quantity, 390 as expected_amount, 390 + difference as invoiced_amount,
    difference, difference = 0 as is_matched,
    case when difference <> 0 then 'late_event' end as reason,
    if(difference = 0, 'Matches.', 'Invoiced 351.00, expected 390.00.') as sentence
from ids
cross join (values ('base', 0), ('late', -39)) as lines(line, difference)
where line = 'base' or account_id = 'a01';

insert into marts.fct_restatements by name
select
    'a02' as account_id, date '2026-08-01' as month, 'billable_seats' as figure, 'seats' as unit,
    'smb_ai' as segment, 10 as known_at_close, 12 as known_now, 2 as difference,
    timestamp '2026-09-20 08:00:00' as first_late_at;

insert into marts.dim_verdict_versions by name
select
    segment, 'thresholds-1' as thresholds_version, 'prices-1' as price_version,
    'code-1' as code_version, 3 as rule_version, date '2026-11-25' as rule_since
from segments;

insert into marts.dim_definition_versions by name
select
    table_name as model, version, if(table_name like '%retention%', 'Revenue', 'Finance') as owner,
    if(version = 1, date '2026-01-01', date '2026-10-01') as changed_on,
    if(version = 2, 'Usage revenue included.', null) as change,
    version = 2 or table_name <> 'fct_trailing_retention' as is_latest
from duckdb_tables()
cross join (values (1), (2)) as versions(version)
where schema_name = 'marts' and (version = 1 or table_name = 'fct_trailing_retention');

insert into marts.fct_rollout_waves by name
select
    shown.segment, scenario_id, approach, account_id, approach = 'renewal' as is_proposed, status,
    case
        when status = 'locked' then if(account_n = 10, 'contract_term', 'price_promised')
        when status = 'left_out' then if(approach = 'renewal', 'churned', 'existing_customer')
    end as reason,
    case when status = 'in_wave' then if(shown.segment = 'all' and account_n > 6, 2, 1) end as wave,
    case
        when status = 'in_wave' then if(account_n <= 6, date '2027-01-01', date '2027-03-01')
    end as wave_month,
    case when status = 'in_wave' then account_n end as place_in_wave,
    case when status = 'in_wave' then account_n end as ease_place,
    case when status = 'in_wave' then account_n end as rollout_place,
    case
        when status = 'in_wave' then if(account_n <= 6, date '2027-01-15', date '2027-03-15')
    end as moves_on,
    case when status = 'locked' then date '2028-02-01' end as unlocks_on,
    null as months_until_move, 0.042 as difference_ratio, 16.38 as monthly_increase_reporting,
    account_n = 1 as is_shock, 'A sentence about ' || account_id || '.' as sentence
from (
    select
        ids.*, scenario_id, approach,
        case
            when approach <> 'renewal' or account_n = 11 then 'left_out'
            when account_n in (10, 12) then 'locked'
            else 'in_wave'
        end as status
    from ids
    cross join (values ('hybrid'), ('outcome')) as scenarios(scenario_id)
    cross join (values ('renewal'), ('opt_in'), ('new_only')) as approaches(approach)
) as accounts
inner join (
    select 'all' as segment
    union all select distinct segment from ids
) as shown on shown.segment in ('all', accounts.segment);

insert into reference.contract_prices
values ('a12', 'seat_team', date '2025-01-01', date '2028-01-01', 35, null, 'head of sales');
insert into reference.discounts values
    ('d-1', 'account', 'a03', date '2025-01-01', null, 0.05, null, 'head of sales'),
    ('d-2', 'account', 'a04', date '2025-01-01', date '2026-01-01', 0.05, null, 'head of sales');

insert into marts.fct_margins by name
select
    account_id, month, segment, 'USD' as currency, 390 as revenue,
    case when account_id = 'a01' then 400 else 78 end as cost,
    case when account_id = 'a01' then -10 else 312 end as margin,
    case when account_id = 'a01' then -0.025641 else 0.8 end as margin_ratio,
    account_id = 'a01' as is_exposed, month_n = 12 as is_provisional, null as reason
from (select account_id, segment from ids) as ids cross join months;

insert into marts.fct_meter_costs by name
select
    account_id, month, meter, segment, 'USD' as currency, 100 as quantity, cost as exact_cost,
    cost, month_n = 12 as is_provisional, null as reason
from (select account_id, segment from ids) as ids
cross join months
cross join (values ('resolutions', 60), ('tokens', 18)) as meters(meter, cost);

insert into marts.fct_unit_costs by name
select
    segment, month, meter, 'USD' as currency, accounts, 0 as accounts_left_out,
    accounts * 100 as quantity, accounts * 100 * unit_cost as cost,
    unit_cost + month_n * 0.01 as unit_cost, null as reason, accounts < 5 as is_small,
    month_n = 12 as is_provisional
from segments
cross join months
cross join (
    values ('all', 0.78), ('resolutions', 0.6), ('tokens', 0.18)
) as meters(meter, unit_cost);

insert into marts.fct_cost_versions by name
select
    segment, month, rates_from, 'USD' as currency, accounts, accounts * 390 as revenue,
    accounts * cost as cost, (390 - cost) / 390 as margin_ratio, accounts < 5 as is_small,
    null as reason
from segments
cross join (from months where month_n < 12)
cross join (
    values (date '2025-01-01', 195), (date '2026-03-01', 105)
) as versions(rates_from, cost);

-- heavier than the default: half of the accounts, so that they are enough to tell of
insert into marts.fct_heavy_user_margins by name
select
    segment, date '2026-10-01' as month, scenario_id, scenario_name, account_group,
    0.5 as heavy_account_share, held as accounts, 0 as accounts_left_out,
    held * 4680 as current_revenue, held * 5000 as proposed_revenue, held * cost as cost,
    (4680 - cost) / 4680 as current_margin_ratio, (5000 - cost) / 5000 as proposed_margin_ratio,
    (5000 - cost) / 5000 - (4680 - cost) / 4680 as margin_change, held < 5 as is_small,
    if(held = 0, 'no other account', null) as reason
from (
    select
        *, if(account_group = 'heavy', ceil(accounts / 2), floor(accounts / 2)) as held
    from segments
    cross join (values ('heavy', 4165.2), ('other', 936)) as parts(account_group, cost)
)
cross join (
    values ('hybrid', 'Hybrid seat + outcome'), ('outcome', 'Pure outcome')
) as scenarios(scenario_id, scenario_name);
update marts.fct_heavy_user_margins set
    current_revenue = null, proposed_revenue = null, cost = null, current_margin_ratio = null,
    proposed_margin_ratio = null, margin_change = null
where accounts = 0;

insert into marts.fct_scenario_outcomes by name
select
    segment, date '2026-10-01' as month, scenario_id, "window", outcome, start + outcome * 0.01 as
    revenue_change, start + outcome * 0.01 > 0 as is_gain
from segments
cross join (
    values ('trailing_12'), ('trailing_3'), ('first_bill'), ('next_12')
) as judged("window")
cross join range(1, 21) as outcomes(outcome)
cross join (values ('hybrid', -0.03), ('outcome', -0.19)) as scenarios(scenario_id, start);

insert into marts.fct_cap_effects by name
select
    segment, 'hybrid' as scenario_id, "window", relief, cap_ratio, credit_months, accounts,
    1 as shocked_before, shocked_after, 1 / accounts as shock_share_before,
    shocked_after / accounts as shock_share_after, 1 as capped_accounts, monthly_cost,
    shocked_after = 0 as keeps_limits, shocked_after = 0 as keeps_every_window,
    monthly_cost as deciding_cost, relief = 'credit' and credit_months = 3 as is_cheapest
from segments
cross join (
    values ('trailing_12'), ('trailing_3'), ('first_bill'), ('next_12')
) as judged("window")
cross join (
    values ('hard_cap', 0.1, null, 0, 120), ('hard_cap', 0.2, null, 0, 80),
    ('hard_cap', 0.3, null, 1, 40), ('hard_cap', 0.5, null, 1, 0),
    ('soft_cap', 0.1, null, 0, 60), ('soft_cap', 0.2, null, 1, 40),
    ('credit', null, 3, 0, 25), ('credit', null, 6, 0, 50)
) as reliefs(relief, cap_ratio, credit_months, shocked_after, monthly_cost);

insert into marts.fct_standing_still by name
select
    segment, horizon_months, date '2026-10-01' as month, accounts, 0 as accounts_left_out,
    accounts * 390 * horizon_months as last_revenue,
    accounts * 351 * horizon_months as next_revenue,
    -accounts * 39 * horizon_months as difference,
    -accounts * 50 * horizon_months as difference_low,
    -accounts * 30 * horizon_months as difference_high,
    -0.1 as change, -0.13 as change_low, -0.08 as change_high, null as reason
from segments
cross join (values (12), (24)) as ahead(horizon_months);

insert into marts.fct_projections by name
select
    segment, scenario_id, assumption_case, month_ahead,
    cast(date '2026-10-01' + to_months(cast(month_ahead as integer)) as date) as month,
    month_ahead in (6, 12, 24) as is_horizon, accounts, 0 as churned, 0 as moved_accounts,
    0 as accounts_left_out, accounts * amount as revenue, accounts * amount as cash,
    0 as deferred_revenue, 0 as unbilled_revenue,
    accounts * amount * month_ahead as revenue_to_date,
    accounts * amount * month_ahead / 1.25 as revenue_to_date_low,
    accounts * amount * month_ahead * 1.25 as revenue_to_date_high,
    case when month_ahead > 12 then 'beyond_twelve_months' end as interval_note,
    accounts * amount * month_ahead as cash_to_date, null as reason
from segments
cross join range(1, 25) as ahead(month_ahead)
cross join models
cross join (values ('low'), ('middle'), ('high')) as cases(assumption_case);

insert into marts.fct_forecast_accuracy by name
select
    segment, scenario_id, horizon_months, if(segment = 'all', 'each', 'pooled') as model,
    20 - horizon_months as origins, 0.01 * horizon_months as median_error, 0.01 as bias,
    if(horizon_months = 12, null, 0.75) as coverage_80,
    if(horizon_months = 12, 0, 8) as coverage_origins, 0.25 as interval_ratio,
    20 - horizon_months as interval_origins, false as is_pooled, null as reason
from segments
cross join models
cross join (values (1), (3), (6), (12)) as horizons(horizon_months);

insert into marts.fct_move_cash by name
select
    account_id, scenario_id, segment, month_ahead, month_ahead - moved_ahead as months_since_move,
    cast(date '2026-10-01' + to_months(cast(month_ahead as integer)) as date) as month,
    cast(date '2026-10-01' + to_months(cast(moved_ahead as integer)) as date) as moved_in,
    amount - 390 as cash_change
from ids
cross join (from models where scenario_id <> 'current')
cross join range(1, 13) as ahead(month_ahead)
inner join range(1, 13) as moved(moved_ahead) on moved_ahead <= month_ahead;

insert into marts.fct_assumption_effects by name
select
    segment, 'hybrid' as scenario_id, assumption, assumption_case,
    accounts * 4680 as current_revenue, accounts * 4876 as planned_revenue,
    accounts * (4876 + effect) as revenue, accounts * effect as effect,
    effect / 4876 as effect_ratio, null as reason
from segments
cross join (
    values ('churn', 'low', 25), ('churn', 'high', -50), ('usage', 'low', 40),
    ('usage', 'high', -80), ('adoption', 'low', -120)
) as effects(assumption, assumption_case, effect);

insert into marts.fct_usage_levels by name
select
    segment, 'hybrid' as scenario_id, usage_level, ratio as usage_change_ratio,
    accounts as answering_accounts, accounts * 4876 as planned_revenue,
    accounts * (4876 + effect) as revenue, accounts * effect as effect,
    effect / 4876 as effect_ratio, null as reason
from segments
cross join (
    values ('less_20', -0.2, -120), ('less_10', -0.1, -40), ('as_before', 0, 40),
    ('more_10', 0.1, 120), ('more_20', 0.2, 200)
) as levels(usage_level, ratio, effect);

insert into marts.fct_slice_metrics by name
select
    if(segment = 'all', 'all', 'segment') as slice, segment as slice_value, month, metric, value,
    numerator, denominator, accounts, unit, true as is_available, null as reason,
    accounts < 5 as is_small, month_n = 12 as is_provisional
from segments
cross join months
cross join (
    values
    ('gross_margin', 'ratio', 0.731, 3422, 4680),
    ('cost_to_serve', 'money', 1258, null, null),
    ('exposed_share', 'ratio', 0.083333, 1, 12),
    ('discount_leakage', 'ratio', 0.02, 95, 4775),
    ('unapproved_discount_share', 'ratio', 0.01, 48, 4775),
    ('billing_tickets_per_100_accounts', 'tickets', 8.333333, 100, 12),
    ('shock_ticket_share', 'ratio', 0.083333, 1, 12),
    ('arpu', 'money', 385, 9240, 24),
    ('arpu_with_usage', 'money', 640, 15360, 24),
    ('utilization_7d', 'ratio', 0.55, 55, 100),
    ('utilization_28d', 'ratio', 0.6, 60, 100)
) as metrics(metric, unit, value, numerator, denominator);

insert into marts.fct_slice_metrics by name
select
    'plan' as slice, 'team_yearly_usd' as slice_value, month, metric, value, numerator,
    denominator, accounts, unit, is_available, reason, is_small, is_provisional
from marts.fct_slice_metrics
where slice = 'all' and metric like 'utilization%';

insert into marts.fct_slice_metrics by name
select
    if(segment = 'all', 'all', 'segment') as slice, segment as slice_value, month,
    name || if(version = 'subscription', '', '_with_usage') as metric, value,
    accounts_start as accounts, 'ratio' as unit, true as is_available, is_small, is_provisional
from (
    unpivot marts.fct_trailing_retention
    on nrr as nrr_12m, grr as grr_12m, logo_retention as logo_retention_12m
    into name name value value
);

insert into marts.fct_account_moves by name
select
    account_id, scenario_id, segment, date '2026-10-01' as month, date '2027-01-01' as moves_in,
    390 as usual_reporting, 390 * (1 + change) as first_bill_reporting,
    390 * change as first_bill_difference, change as first_bill_change,
    account_n = 1 and change > 0 as is_first_bill_shock, 4680 as staying_reporting,
    4680 * (1 + change) as moving_reporting, 4680 * change as year_difference,
    false as is_year_shock, 0 as extra_churn, 4680 * change as yearly_gain
from ids
cross join (
    values ('hybrid', 0.042), ('outcome', -0.08)
) as scenarios(scenario_id, change);

insert into marts.fct_proposal_moves by name
select
    base.segment, base.scenario_id, base.month, base.scenario_name, base.accounts as movers,
    date '2027-01-01' as first_move, date '2027-03-01' as last_move,
    base.accounts as year_accounts, 12 * base.expected_gain as yearly_gain,
    12 * base.expected_gain_low as yearly_gain_low,
    12 * base.expected_gain_high as yearly_gain_high, 20 as simulations,
    if(base.revenue_change > 0, 17, 0) as gains, base.window as deciding_window,
    base.keeps_every_window, base.broken_in_windows, base.is_small,
    base.accounts as first_bills, base.loser_count as pay_more,
    base.loser_count * 16.38 as pay_more_reporting,
    if(base.segment in ('all', 'smb_ai') and base.revenue_change > 0, 1, 0) as shocked,
    if(base.revenue_change > 0, found.account_id, null) as worst_account_id,
    if(base.revenue_change > 0, 16.38, null) as worst_difference,
    if(base.revenue_change > 0, 0.042, null) as worst_change,
    0.1 as flip_increase_over, 0.25 as flip_next_increase_over, 0.01 as flip_assumed_churn,
    0.05 as flip_critical_churn
from marts.fct_segment_scenarios as base
inner join (
    select segment, min(account_id) as account_id from ids group by segment
    union all
    select 'all', 'a01'
) as found using (segment)
where base.is_deciding and base.month = date '2026-10-01';

insert into marts.fct_best_mix by name
select
    segment, if(moves, 'hybrid', null) as scenario_id,
    if(moves, 'Hybrid seat + outcome', null) as scenario_name, if(moves, 1, 0) as moving_segments,
    if(moves, accounts, 0) as movers, if(moves, accounts * 196.56, 0) as yearly_gain,
    if(moves, accounts * 56.16, 0) as yearly_gain_low,
    if(moves, accounts * 313.56, 0) as yearly_gain_high
from (select segment, accounts, segment = 'smb_ai' as moves from segments where segment <> 'all')
union all
select 'all', null, null, 1, 6, 1179.36, 336.96, 1881.36;

insert into marts.fct_revenue_bridges by name
select
    segment, scenario_id, step, place, place in (1, 6) as is_level, accounts * amount as amount,
    null as reason
from segments
cross join (values ('hybrid', 0.042), ('outcome', -0.08)) as scenarios(scenario_id, change)
cross join lateral (
    values ('last_12', 1, 4680), ('standing_still', 2, -468), ('not_compared', 3, 0),
    ('new_prices', 4, 4680 * change), ('churn', 5, -10), ('next_12', 6, 4202 + 4680 * change)
) as steps(step, place, amount);
"""
