"""The decision page's tables: verdicts, signals, proposals, renewals."""

from dashboards.data.facts import LATEST_MRR, STRONGEST_FIRST
from dashboards.data.tables import Table
from dashboards.data.warehouse import Snapshot

# months to look ahead, and the levels whose intervals are published: limits take the first
HORIZONS = (3, 6, 12, 24)
LEVELS = (80, 90, 95)
# months of the window in which most can move: a quarter's work of those who renew contracts
WINDOW = 3
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
            array_position($order, verdicts.verdict) nulls last,
            verdicts.mrr_reporting desc nulls last,
            verdicts.segment
        """,
        scenario_id=scenario_id,
        level=level,
        order=list(STRONGEST_FIRST),
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


def renewals(
    snapshot: Snapshot, segment: str, scenario_id: str | None = None, horizon: int = 12
) -> Table:
    """One row per coming month up to a horizon and status: accounts and their MRR.

    Of a proposal these are the moves by renewal of its rollout: `free`, or `locked` by a contract
    until that month; without one the contracts that renew. Each row has the MRR that is free in
    its whole month, and whether the month lies in the best window: the WINDOW consecutive months
    with the most of it, the earliest where several have as much.
    """
    return snapshot.read(
        f"""
        with

        dated as (

            select
                account_id,
                if(status = 'locked', 'locked', 'free') as status,
                coalesce(moves_on, unlocks_on) as happens_on
            from marts.fct_rollout_waves
            where
                scenario_id = $scenario_id
                and approach = 'renewal'
                and segment = $segment
                and status in ('in_wave', 'locked')

            union all

            select account_id, 'free' as status, renewal_date as happens_on
            from marts.dim_accounts
            where
                $scenario_id is null
                and renewal_date is not null
                and is_active
                and (segment = $segment or $segment = 'all')

        ),

        counted as (

            select
                date_trunc('month', dated.happens_on) as month,
                dated.status,
                count(*) as accounts,
                sum(latest.mrr) as mrr
            from dated
            left join {LATEST_MRR} as latest on dated.account_id = latest.account_id
            where
                dated.happens_on
                < (select as_of + to_months(cast($horizon as integer)) from marts.dim_settings)
            group by all

        ),

        monthly as (

            select month, sum(mrr) as free_mrr
            from counted
            where status = 'free'
            group by month

        ),

        windows as (

            select
                month as first_month,
                sum(free_mrr) over following_months as window_mrr,
                max(month) over following_months as last_month
            from monthly
            where free_mrr > 0
            window following_months as (
                order by month
                range between current row and to_months(cast($window - 1 as integer)) following
            )

        ),

        best as (

            select *
            from windows
            order by window_mrr desc, first_month
            limit 1

        )

        select
            strftime(counted.month, '%Y-%m') as month,
            counted.status,
            counted.accounts,
            counted.mrr,
            coalesce(monthly.free_mrr, 0) as free_mrr,
            coalesce(counted.month between best.first_month and best.last_month, false)
                as is_best,
            best.window_mrr
        from counted
        left join monthly on counted.month = monthly.month
        left join best on true
        order by counted.month, counted.status
        """,
        horizon=horizon,
        scenario_id=scenario_id,
        segment=segment,
        window=WINDOW,
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
