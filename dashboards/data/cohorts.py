"""Retention by cohort, and the movements of MRR."""

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot

MEASURES = {"NRR": "nrr", "GRR": "grr", "Logos": "logo_retention"}
# what each leaves of a cohort, in money or accounts
KEPT = {"nrr": "mrr_retained", "grr": "mrr_retained_capped", "logo_retention": "accounts_retained"}
MOVEMENTS = (
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


def triangle(snapshot: Snapshot, segment: str, version: str, granularity: str) -> Table:
    """One row per cohort and age, in months or quarters: the three retentions with their parts.

    The last rows, of the cohort `average`, are over the mature cohorts by what they began with.
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
                slice = $slice and slice_value = $segment and version = $version
                and granularity = $granularity

        ),

        averages as (

            select
                'average' as cohort, age, accounts_start, accounts_retained, mrr_start,
                mrr_retained, mrr_retained_capped, nrr, grr, logo_retention, true as is_mature,
                is_small, reason
            from marts.fct_cohort_averages
            where
                slice = $slice and slice_value = $segment and version = $version
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
        granularity=granularity,
        segment=segment,
        slice=_slice(segment),
        version=version,
    )


def trailing(snapshot: Snapshot, segment: str, version: str) -> Row | None:
    """Twelve-month retention at the latest closed month; None before there are twelve."""
    return first(
        snapshot.read(
            """
            select *
            from marts.fct_trailing_retention
            where
                segment = $segment and version = $version
                and month = (select last_closed_month from marts.dim_settings)
            """,
            segment=segment,
            version=version,
        )
    )


def trailing_months(snapshot: Snapshot, segment: str, version: str) -> Table:
    """One row per closed month: twelve-month retention up to it."""
    return snapshot.read(
        """
        select strftime(month, '%Y-%m') as month, nrr, grr, logo_retention, accounts_start
        from marts.fct_trailing_retention
        where segment = $segment and version = $version and not is_provisional
        order by month
        """,
        segment=segment,
        version=version,
    )


def movements(snapshot: Snapshot, segment: str, version: str) -> Table:
    """One row per closed month, reporting currency at the month's rate, with account counts.

    Opening and what follows it add up to closing.
    """
    return snapshot.read(
        """
        with

        carried as (

            select month, count(*) filter (where is_carried_forward) as carried_accounts
            from marts.fct_mrr_movements
            where version = $version and (segment = $segment or $segment = 'all')
            group by month

        )

        select
            strftime(moved.month, '%Y-%m') as month,
            moved.opening, moved.entering, moved.leaving, moved.new, moved.expansion,
            moved.reactivation, moved.contraction, moved.churn, moved.currency_effect,
            moved.restatement, moved.closing,
            moved.entering_accounts, moved.leaving_accounts, moved.new_accounts,
            moved.expansion_accounts, moved.reactivation_accounts, moved.contraction_accounts,
            moved.churn_accounts, moved.currency_effect_accounts, moved.restatement_accounts,
            moved.closing_accounts, moved.reason,
            coalesce(carried.carried_accounts, 0) as carried_accounts
        from marts.fct_slice_movements as moved
        left join carried on moved.month = carried.month
        where
            moved.slice = $slice and moved.slice_value = $segment and moved.version = $version
            and not moved.is_provisional
        order by moved.month desc
        """,
        segment=segment,
        slice=_slice(segment),
        version=version,
    )


def _slice(segment: str) -> str:
    return "all" if segment == EVERYONE else "segment"
