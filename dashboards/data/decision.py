"""The decision page's tables: verdicts, signals, proposals, renewals."""

from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot

# the three parts of the migration trigger, then the signals beside it
TRIGGER_FIRST = (
    "automation_rising",
    "seat_growth_weak",
    "seats_idle",
    "expansion_weak",
    "seats_off_value",
    "margin_exposed",
    "price_pressure",
    "bills_disputed",
)


def verdicts(snapshot: Snapshot) -> Table:
    """One row per segment: the latest verdict, the strongest first, `all` last."""
    return snapshot.read(
        """
        select
            verdicts.*,
            scenarios.scenario_name,
            scenarios.broken_limits,
            scenarios.extra_churn,
            retention.nrr,
            retention.grr
        from marts.fct_verdicts as verdicts
        left join marts.fct_segment_scenarios as scenarios
            on
                verdicts.segment = scenarios.segment
                and verdicts.month = scenarios.month
                and verdicts.scenario_id = scenarios.scenario_id
        left join marts.fct_trailing_retention as retention
            on
                verdicts.segment = retention.segment
                and verdicts.month = retention.month
                and retention.version = 'subscription'
        where verdicts.month = (select max(month) from marts.fct_verdicts)
        order by
            verdicts.segment = 'all',
            array_position(
                ['migrate', 'pilot', 'review', 'hold_data', 'not_yet'], verdicts.verdict
            ) nulls last,
            verdicts.mrr_reporting desc nulls last,
            verdicts.segment
        """
    )


def history(snapshot: Snapshot, segment: str) -> Table:
    """One row per month of the last two years: the verdict as told, and as known now."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month,
            source,
            verdict,
            confidence,
            recomputed_verdict,
            is_different,
            difference_reasons,
            sentence
        from marts.fct_verdict_history
        where segment = $segment
        order by month desc
        limit 24
        """,
        segment=segment,
    )


def signals(snapshot: Snapshot, segment: str) -> Table:
    """One row per signal of the latest month, with the last 12 values of its metric as `trend`."""
    return snapshot.read(
        """
        with

        latest as (

            select *
            from marts.fct_signals
            where segment = $segment
            qualify month = max(month) over ()

        ),

        -- the trend of the metric that is shown now: a signal of two parts may have shown the other
        trends as (

            select latest.signal, array_agg(metrics.value order by metrics.month) as trend
            from latest
            inner join marts.fct_segment_metrics as metrics
                on
                    latest.metric = metrics.metric
                    and latest.segment = metrics.segment
                    and latest.month >= metrics.month
                    and latest.month - interval 12 month < metrics.month
            where metrics.value is not null
            group by latest.signal

        )

        select latest.*, trends.trend
        from latest
        left join trends on latest.signal = trends.signal
        order by array_position($order, latest.signal) nulls last, latest.signal
        """,
        order=list(TRIGGER_FIRST),
        segment=segment,
    )


def proposals(snapshot: Snapshot, segment: str) -> Table:
    """One row per proposal: its effect on the segment and the limits it breaks."""
    return snapshot.read(
        """
        select *
        from marts.fct_segment_scenarios
        where
            segment = $segment
            and month = (select max(month) from marts.fct_segment_scenarios)
        order by keeps_limits desc, revenue_change desc nulls last, scenario_id
        """,
        segment=segment,
    )


def interval_rows(snapshot: Snapshot) -> Table:
    """One row per segment with an interval: the named proposal's revenue change."""
    return snapshot.read(
        """
        select segment, scenario_id, revenue_change, revenue_change_low, revenue_change_high
        from marts.fct_verdicts
        where
            month = (select max(month) from marts.fct_verdicts)
            and revenue_change is not null
        order by segment = 'all', segment
        """
    )


def renewals(snapshot: Snapshot, segment: str) -> Table:
    """One row per month of the coming twelve and billing interval: accounts and MRR that renew."""
    return snapshot.read(
        """
        with

        latest as (

            select account_id, sum(closing_reporting) as mrr
            from marts.fct_mrr_movements
            where
                version = 'subscription'
                and month = (select last_closed_month from marts.dim_settings)
            group by account_id

        )

        select
            strftime(accounts.renewal_date, '%Y-%m') as month,
            coalesce(accounts.billing_interval, 'unknown') as billing_interval,
            count(*) as accounts,
            sum(latest.mrr) as mrr
        from marts.dim_accounts as accounts
        left join latest on accounts.account_id = latest.account_id
        where
            accounts.renewal_date is not null
            and accounts.is_active
            and (accounts.segment = $segment or $segment = 'all')
            and accounts.renewal_date
            < (select as_of + interval 12 month from marts.dim_settings)
        group by all
        order by month, billing_interval
        """,
        segment=segment,
    )


def projections(snapshot: Snapshot, segment: str, scenario_id: str | None) -> Table:
    """One row per horizon, model and case: revenue and cash up to it, today's model first."""
    return snapshot.read(
        """
        select
            month_ahead, strftime(month, '%Y-%m') as month, scenario_id, assumption_case,
            revenue_to_date, cash_to_date, accounts, churned, moved_accounts,
            accounts_left_out, reason
        from marts.fct_projections
        where
            is_horizon and segment = $segment and scenario_id in ('current', $scenario_id)
        order by
            month_ahead, scenario_id = 'current' desc,
            array_position(['low', 'middle', 'high'], assumption_case)
        """,
        scenario_id=scenario_id or "current",
        segment=segment,
    )
