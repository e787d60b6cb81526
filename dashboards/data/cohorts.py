"""Retention by cohort, and the movements of MRR."""

from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot

MEASURES = {"NRR": "nrr", "GRR": "grr", "Logos": "logo_retention"}
MOVEMENTS = ("new", "expansion", "reactivation", "contraction", "churn")


def triangle(snapshot: Snapshot, segment: str, version: str) -> Table:
    """One row per cohort month and age: the three retentions with their parts."""
    return snapshot.read(
        """
        select
            strftime(cohort_month, '%Y-%m') as cohort, age_months, accounts_start,
            accounts_retained, mrr_start, mrr_retained, nrr, grr, logo_retention, is_mature
        from marts.fct_cohort_retention
        where segment = $segment and version = $version
        order by cohort_month, age_months
        """,
        segment=segment,
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

    `other` is what currency changes and restatements moved: closing less everything named.
    """
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month,
            sum(opening_reporting) as opening,
            sum(new_reporting) as new,
            sum(expansion_reporting) as expansion,
            sum(reactivation_reporting) as reactivation,
            sum(contraction_reporting) as contraction,
            sum(churn_reporting) as churn,
            sum(closing_reporting) - sum(opening_reporting) - sum(new_reporting)
            - sum(expansion_reporting) - sum(reactivation_reporting)
            - sum(contraction_reporting) - sum(churn_reporting) as other,
            sum(closing_reporting) as closing,
            count(*) filter (where new <> 0) as new_accounts,
            count(*) filter (where expansion <> 0) as expansion_accounts,
            count(*) filter (where reactivation <> 0) as reactivation_accounts,
            count(*) filter (where contraction <> 0) as contraction_accounts,
            count(*) filter (where churn <> 0) as churn_accounts,
            count(*) filter (where closing > 0) as closing_accounts,
            count(*) filter (where is_carried_forward) as carried_accounts
        from marts.fct_mrr_movements
        where
            version = $version
            and (segment = $segment or $segment = 'all')
            and not is_provisional
        group by month
        order by month desc
        """,
        segment=segment,
        version=version,
    )
