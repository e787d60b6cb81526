"""The decision page's tables: verdicts, signals, proposals, renewals."""

from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot

# months to look ahead, and the levels whose intervals are published: limits take the first
HORIZONS = (3, 6, 12, 24)
LEVELS = (80, 90, 95)
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


def verdicts(snapshot: Snapshot, scenario_id: str | None = None, level: int = 80) -> Table:
    """One row per segment: the latest verdict, the strongest first, `all` last.

    Beside it stand the figures of the proposal that the verdict names, or of the one asked for,
    with the interval of a confidence level and how many of twenty equally likely outcomes gain;
    `is_named` says whether they are the same.
    """
    return snapshot.read(
        """
        with

        counted as (

            select
                segment, month, scenario_id,
                count(*) filter (where is_gain) as gains,
                count(*) as outcomes
            from marts.fct_scenario_outcomes
            group by segment, month, scenario_id

        )

        select
            verdicts.* exclude (
                revenue_change, revenue_change_low, revenue_change_high, shock_share
            ),
            named.scenario_name,
            shown.scenario_id as shown_scenario_id,
            shown.scenario_name as shown_scenario_name,
            coalesce(shown.scenario_id = verdicts.scenario_id, false) as is_named,
            shown.revenue_change,
            intervals.confidence_level,
            intervals.revenue_change_low,
            intervals.revenue_change_high,
            counted.gains,
            counted.outcomes,
            shown.shock_share,
            intervals.shock_share_low,
            intervals.shock_share_high,
            shown.extra_churn,
            shown.keeps_limits,
            shown.broken_limits,
            shown.is_small,
            retention.nrr,
            retention.grr
        from marts.fct_verdicts as verdicts
        left join marts.fct_segment_scenarios as named
            on
                verdicts.segment = named.segment
                and verdicts.month = named.month
                and verdicts.scenario_id = named.scenario_id
        left join marts.fct_segment_scenarios as shown
            on
                verdicts.segment = shown.segment
                and verdicts.month = shown.month
                and shown.scenario_id = coalesce($scenario_id, verdicts.scenario_id)
        left join marts.fct_scenario_intervals as intervals
            on
                shown.segment = intervals.segment
                and shown.month = intervals.month
                and shown.scenario_id = intervals.scenario_id
                and intervals.confidence_level = $level
        left join counted
            on
                shown.segment = counted.segment
                and shown.month = counted.month
                and shown.scenario_id = counted.scenario_id
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
        """,
        scenario_id=scenario_id,
        level=level,
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


def proposals(snapshot: Snapshot, segment: str, level: int = 80) -> Table:
    """One row per proposal: its effect on the segment, an interval, and the limits it breaks."""
    return snapshot.read(
        """
        select
            scenarios.* exclude (
                revenue_change_low, revenue_change_high, shock_share_low, shock_share_high
            ),
            intervals.confidence_level,
            intervals.revenue_change_low,
            intervals.revenue_change_high,
            intervals.shock_share_low,
            intervals.shock_share_high
        from marts.fct_segment_scenarios as scenarios
        left join marts.fct_scenario_intervals as intervals
            on
                scenarios.segment = intervals.segment
                and scenarios.month = intervals.month
                and scenarios.scenario_id = intervals.scenario_id
                and intervals.confidence_level = $level
        where
            scenarios.segment = $segment
            and scenarios.month = (select max(month) from marts.fct_segment_scenarios)
        order by
            scenarios.keeps_limits desc, scenarios.revenue_change desc nulls last,
            scenarios.scenario_id
        """,
        segment=segment,
        level=level,
    )


def renewals(snapshot: Snapshot, segment: str, horizon: int = 12) -> Table:
    """One row per coming month up to a horizon and billing interval: accounts and MRR that renew.

    Each row has the MRR of its whole month, too.
    """
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

        ),

        renewing as (

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
                < (select as_of + to_months(cast($horizon as integer)) from marts.dim_settings)
            group by all

        )

        select *, sum(mrr) over (partition by month) as month_mrr
        from renewing
        order by month, billing_interval
        """,
        segment=segment,
        horizon=horizon,
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
            list_contains($horizons, month_ahead)
            and segment = $segment and scenario_id in ('current', $scenario_id)
        order by
            month_ahead, scenario_id = 'current' desc,
            array_position(['low', 'middle', 'high'], assumption_case)
        """,
        horizons=list(HORIZONS),
        scenario_id=scenario_id or "current",
        segment=segment,
    )
