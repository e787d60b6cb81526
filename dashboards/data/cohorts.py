"""Retention by cohort, and the movements of MRR."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from dashboards.data.facts import EVERYONE, billed_in, sliced
from dashboards.data.tables import Row, Table, table_of
from dashboards.data.warehouse import Snapshot

MEASURES = {"NRR": "nrr", "GRR": "grr", "Logos": "logo_retention"}
# what each leaves of a cohort, in money or accounts
KEPT = {"nrr": "mrr_retained", "grr": "mrr_retained_capped", "logo_retention": "accounts_retained"}
MOVEMENTS = (
    "revaluation",
    "entering",
    "leaving",
    "new",
    "expansion",
    "reactivation",
    "contraction",
    "churn",
    "currency_effect",
    "restatement",
)


def triangle(
    snapshot: Snapshot,
    segment: str,
    version: str,
    granularity: str,
    begun: tuple[str | None, str | None] = (None, None),
    currency: str = EVERYONE,
) -> Table:
    """One row per cohort and age, in months or quarters: the three retentions with their parts.

    begun: the first and last month in which a cohort may have begun, written as 2026-10.
    The last rows, of the cohort `average`, are over all mature cohorts by what they began with.
    """
    return snapshot.read(
        """
        with

        cells as (

            select
                if(
                    granularity = 'month',
                    strftime(cohort_start, '%Y-%m'),
                    strftime(cohort_start, '%Y') || '-Q' || quarter(cohort_start)
                ) as cohort,
                age, accounts_start, accounts_retained, mrr_start, mrr_retained,
                mrr_retained_capped, nrr, grr, logo_retention, is_mature, is_small, reason
            from marts.fct_cohort_slices
            where
                slice = $slice and slice_value = $slice_value and version = $version
                and granularity = $granularity
                and ($first is null or strftime(cohort_start, '%Y-%m') >= $first)
                and ($last is null or strftime(cohort_start, '%Y-%m') <= $last)

        ),

        averages as (

            select
                'average' as cohort, age, accounts_start, accounts_retained, mrr_start,
                mrr_retained, mrr_retained_capped, nrr, grr, logo_retention, true as is_mature,
                is_small, reason
            from marts.fct_cohort_averages
            where
                slice = $slice and slice_value = $slice_value and version = $version
                and granularity = $granularity

        ),

        together as (

            select * from cells
            union all
            select * from averages

        )

        select * from together
        order by cohort = 'average', cohort, age
        """,
        first=begun[0],
        granularity=granularity,
        last=begun[1],
        version=version,
        **sliced(segment, currency),
    )


def cell(
    snapshot: Snapshot,
    segment: str,
    version: str,
    granularity: str,
    cohort: str,
    age: int,
    currency: str = EVERYONE,
) -> Table:
    """One row per account behind a cell of the triangle, the largest change first."""
    return snapshot.read(
        """
        select
            behind.account_id,
            accounts.account_name,
            behind.segment,
            behind.plan_id,
            strftime(behind.cohort_month, '%Y-%m') as cohort_month,
            strftime(behind.month, '%Y-%m') as month,
            behind.mrr_start,
            behind.mrr,
            behind.mrr_change,
            behind.movement,
            behind.is_retained,
            behind.is_mature
        from marts.fct_cohort_accounts as behind
        left join marts.dim_accounts as accounts on behind.account_id = accounts.account_id
        where
            behind.version = $version
            and (behind.segment = $segment or $segment = 'all')
            and (behind.currency = $currency or $currency = 'all')
            and behind.age_months = $age
            and if(
                $granularity = 'month',
                strftime(behind.cohort_month, '%Y-%m'),
                strftime(behind.cohort_month, '%Y') || '-Q' || quarter(behind.cohort_month)
            ) = $cohort
        order by abs(behind.mrr_change) desc, behind.account_id
        """,
        age=age * (1 if granularity == "month" else 3),
        cohort=cohort,
        currency=currency,
        granularity=granularity,
        segment=segment,
        version=version,
    )


def mrr_by_account(
    snapshot: Snapshot,
    segment: str,
    version: str,
    months: Sequence[str],
    currency: str = EVERYONE,
) -> Table:
    """One row per account that had MRR in one of the months, and a column per month.

    At each month's rate, as the movements; segment and currency are the account's own of today.
    """
    columns = ", ".join(
        f"sum(moved.closing_reporting) filter (where moved.month = date '{month}-01')"
        f' as "{month}"'
        for month in months
    )
    return snapshot.read(
        f"""
        select moved.account_id, any_value(accounts.account_name) as account_name,
            any_value(moved.segment) as segment, {columns}
        from marts.fct_mrr_movements as moved
        left join marts.dim_accounts as accounts on moved.account_id = accounts.account_id
        where
            moved.version = $version
            and (moved.segment = $segment or $segment = 'all')
            and {billed_in("moved.account_id")}
            and strftime(moved.month, '%Y-%m') between $first and $last
        group by moved.account_id
        order by moved.account_id
        """,
        currency=currency,
        first=months[0],
        last=months[-1],
        segment=segment,
        version=version,
    )


def roll_forward(moved: Sequence[Row], names: Mapping[str, str]) -> Table:
    """One row per line from opening to closing, and a column per month, the oldest first.

    moved: rows of `movements`, the latest first. names: what each of its columns is called.
    """
    by_month = [(str(row["month"]), row) for row in reversed(moved)]
    return table_of(
        [
            {"line": name, **{month: row[column] for month, row in by_month}}
            for column, name in names.items()
        ],
        [("line", pa.string()), *((month, pa.decimal128(38, 4)) for month, _ in by_month)],
    )


def trailing(snapshot: Snapshot, segment: str, version: str, currency: str = EVERYONE) -> Table:
    """One row per closed month that has it: twelve-month retention up to it, the oldest first."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month,
            max(value) filter (where metric = 'nrr_12m' || $suffix) as nrr,
            max(value) filter (where metric = 'grr_12m' || $suffix) as grr,
            max(value) filter (where metric = 'logo_retention_12m' || $suffix) as logo_retention,
            max(accounts) as accounts_start,
            bool_or(is_small) as is_small
        from marts.fct_slice_metrics
        where
            slice = $slice and slice_value = $slice_value
            and list_contains(
                ['nrr_12m' || $suffix, 'grr_12m' || $suffix, 'logo_retention_12m' || $suffix],
                metric
            )
            and is_available
            and not is_provisional
        group by month
        order by month
        """,
        suffix="" if version == "subscription" else "_with_usage",
        **sliced(segment, currency),
    )


def movements(snapshot: Snapshot, segment: str, version: str, currency: str = EVERYONE) -> Table:
    """One row per closed month, reporting currency at the month's rate, with account counts.

    What the month before closed with and every movement add up to closing. Beside them stands what
    an account brought in the month, or why that is not known.
    """
    return snapshot.read(
        f"""
        with

        carried as (

            select month, count(*) filter (where is_carried_forward) as carried_accounts
            from marts.fct_mrr_movements
            where
                version = $version
                and (segment = $segment or $segment = 'all')
                and {billed_in()}
            group by month

        )

        select
            strftime(moved.month, '%Y-%m') as month,
            moved.previous_closing, moved.revaluation, moved.opening, moved.entering,
            moved.leaving, moved.new, moved.expansion, moved.reactivation, moved.contraction,
            moved.churn, moved.currency_effect, moved.restatement, moved.closing,
            moved.revaluation_accounts, moved.entering_accounts, moved.leaving_accounts,
            moved.new_accounts, moved.expansion_accounts, moved.reactivation_accounts,
            moved.contraction_accounts, moved.churn_accounts, moved.currency_effect_accounts,
            moved.restatement_accounts, moved.closing_accounts, moved.reason,
            coalesce(carried.carried_accounts, 0) as carried_accounts,
            arpu.value as arpu, coalesce(arpu.reason, 'no revenue told') as arpu_reason
        from marts.fct_slice_movements as moved
        left join carried on moved.month = carried.month
        left join marts.fct_slice_metrics as arpu
            on
                moved.slice = arpu.slice
                and moved.slice_value = arpu.slice_value
                and moved.month = arpu.month
                and arpu.metric = if($version = 'subscription', 'arpu', 'arpu_with_usage')
        where
            moved.slice = $slice and moved.slice_value = $slice_value and moved.version = $version
            and not moved.is_provisional
        order by moved.month desc
        """,
        currency=currency,
        segment=segment,
        version=version,
        **sliced(segment, currency),
    )
