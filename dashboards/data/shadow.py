"""What a proposal would bill, in total, by band, by account and by cause."""

from collections.abc import Sequence
from typing import Any

from dashboards.data.facts import EVERYONE, billed_in
from dashboards.data.tables import Row, Table, first, rows, table_like
from dashboards.data.warehouse import Snapshot, Source, Tried

BANDS = (
    "<=-50",
    "-50..-25",
    "-25..-10",
    "-10..-2",
    "-2..2",
    "2..10",
    "10..25",
    "25..50",
    ">50",
)


# what is judged of published proposals alone
UNKNOWN_OF_TRIED = ("revenue_change_low", "revenue_change_high", "keeps_limits", "broken_limits")
# proposals that are told beside each other
MOST_BESIDE = 5


def effect(
    snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE
) -> Row | None:
    """The proposal's effect on the segment over the trailing closed months."""
    return first(compared(snapshot, (scenario_id,), segment, currency))


def tried_effect(
    tried: Tried, measures: Sequence[Row], proposal: Row, segment: str, currency: str = EVERYONE
) -> Row | None:
    """The same row of a proposal that is tried; `measures` are the what-if's by segment."""
    scenario_id = str(proposal["scenario_id"])
    if currency != EVERYONE:
        return first(compared(tried, (scenario_id,), segment, currency))
    for row in measures:
        if (row["scenario_id"], row["segment"]) == (scenario_id, segment):
            return {
                **dict.fromkeys(UNKNOWN_OF_TRIED),
                **row,
                "scenario_name": proposal["scenario_name"],
                "difference_reporting": row["proposed_reporting"] - row["current_reporting"],
            }
    return None


def with_effect(table: Table, effect: Row, name: str) -> Table:
    """Proposals next to each other with another effect of one of them, which is called so."""
    listed = [row for row in rows(table) if row["scenario_id"] != effect["scenario_id"]]
    listed.append(
        {column: effect[column] for column in table.column_names} | {"scenario_name": name}
    )
    return table_like(table, sorted(listed, key=_by_change))


def _by_change(row: Row) -> tuple[bool, Any, str]:
    change = row["revenue_change"]
    return (change is None, 0 if change is None else -change, row["scenario_id"])


def compared(
    snapshot: Source, scenario_ids: Sequence[str], segment: str, currency: str = EVERYONE
) -> Table:
    """One row per proposal: both models' totals, who pays less and more, and the shock.

    Of one currency these are sums over its accounts; intervals, churn, margin and limits are only
    judged of all accounts together.
    """
    if currency == EVERYONE:
        return snapshot.read(
            """
            select
                scenario_id, scenario_name, accounts, current_reporting, proposed_reporting,
                proposed_reporting - current_reporting as difference_reporting, revenue_change,
                revenue_change_low, revenue_change_high, winner_count, loser_count, shock_share,
                extra_churn, margin_change, keeps_limits, broken_limits
            from marts.fct_segment_scenarios
            where segment = $segment and list_contains($scenario_ids, scenario_id)
            qualify month = max(month) over (partition by scenario_id)
            order by revenue_change desc nulls last, scenario_id
            """,
            scenario_ids=list(scenario_ids),
            segment=segment,
        )
    return snapshot.read(
        f"""
        with

        named as (

            select scenario_id, any_value(scenario_name) as scenario_name
            from marts.fct_segment_scenarios
            group by scenario_id

        ),

        summed as (

            select
                shock.scenario_id,
                count(*) as accounts,
                cast(sum(shock.current_reporting) as decimal(38, 4)) as current_reporting,
                cast(sum(shock.proposed_reporting) as decimal(38, 4)) as proposed_reporting,
                count(*) filter (where shock.difference < 0) as winner_count,
                count(*) filter (where shock.difference > 0) as loser_count,
                count(*) filter (where shock.is_shock) as shocked,
                count(shock.is_shock) as judged
            from marts.fct_migration_shock as shock
            where
                list_contains($scenario_ids, shock.scenario_id)
                and shock.monthly_increase_reporting is not null
                and (shock.segment = $segment or $segment = 'all')
                and {billed_in("shock.account_id")}
            group by shock.scenario_id

        )

        select
            summed.scenario_id, named.scenario_name, summed.accounts, summed.current_reporting,
            summed.proposed_reporting,
            summed.proposed_reporting - summed.current_reporting as difference_reporting,
            cast(
                case
                    when summed.current_reporting > 0
                        then
                            (summed.proposed_reporting - summed.current_reporting)
                            / summed.current_reporting
                end as decimal(18, 6)
            ) as revenue_change,
            cast(null as decimal(18, 6)) as revenue_change_low,
            cast(null as decimal(18, 6)) as revenue_change_high,
            summed.winner_count, summed.loser_count,
            cast(summed.shocked / nullif(summed.judged, 0) as decimal(18, 6)) as shock_share,
            cast(null as decimal(18, 6)) as extra_churn,
            cast(null as decimal(18, 6)) as margin_change,
            cast(null as boolean) as keeps_limits,
            cast(null as varchar) as broken_limits
        from summed
        left join named on summed.scenario_id = named.scenario_id
        order by revenue_change desc nulls last, summed.scenario_id
        """,
        currency=currency,
        scenario_ids=list(scenario_ids),
        segment=segment,
    )


def by_month(snapshot: Source, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per month of the last twelve in which anchor months closed: both models' totals."""
    return snapshot.read(
        f"""
        select
            strftime(period_end - interval 1 day, '%Y-%m') as month,
            sum(current_amount_reporting) as current_amount,
            sum(amount_reporting) as proposed_amount,
            count(*) as accounts
        from marts.fct_shadow_bills
        where
            scenario_id = $scenario_id
            and difference_reporting is not null
            and not is_provisional
            and (segment = $segment or $segment = 'all')
            and {billed_in()}
            and period_end - interval 1 day
            >= (select last_closed_month - interval 11 month from marts.dim_settings)
            and period_end - interval 1 day
            < (select last_closed_month + interval 1 month from marts.dim_settings)
        group by all
        order by month
        """,
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
    )


def bands(snapshot: Source, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per band of change, empty ones included: accounts and what they are billed.

    The monthly amount is what they pay today in a mean month of those compared.
    """
    return snapshot.read(
        f"""
        with

        named as (

            select unnest($bands) as band, unnest(range(len($bands))) as position

        ),

        counted as (

            select
                change_band,
                count(*) as accounts,
                sum(current_reporting) as current_amount,
                sum(proposed_reporting) as proposed_amount,
                sum(monthly_current_reporting) as monthly_amount
            from marts.fct_migration_shock
            where
                scenario_id = $scenario_id and (segment = $segment or $segment = 'all')
                and {billed_in()}
            group by change_band

        )

        select
            named.position,
            named.band,
            coalesce(counted.accounts, 0) as accounts,
            coalesce(counted.current_amount, 0) as current_amount,
            coalesce(counted.proposed_amount, 0) as proposed_amount,
            coalesce(counted.monthly_amount, 0) as monthly_amount
        from named
        left join counted on named.band = counted.change_band
        order by named.position
        """,
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
        bands=list(BANDS),
    )


def without_band(
    snapshot: Source, scenario_id: str, segment: str, currency: str = EVERYONE
) -> Table:
    """One row per reason: accounts whose bills could not be compared."""
    return snapshot.read(
        f"""
        select coalesce(reason, 'no_change_ratio') as reason, count(*) as accounts
        from marts.fct_migration_shock
        where
            scenario_id = $scenario_id
            and change_band = 'n/a'
            and (segment = $segment or $segment = 'all')
            and {billed_in()}
        group by all
        order by accounts desc, reason
        """,
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
    )


def movers(
    snapshot: Source,
    scenario_id: str,
    segment: str,
    currency: str = EVERYONE,
    *,
    falls_first: bool = False,
) -> Table:
    """One row per account that both models could rate, the largest rise or fall in money first."""
    return snapshot.read(
        f"""
        select
            shock.account_id,
            accounts.account_name,
            shock.segment,
            shock.months,
            shock.current_reporting,
            shock.proposed_reporting,
            shock.monthly_increase_reporting,
            shock.difference_ratio,
            shock.is_shock,
            shock.is_shock_grandfathered,
            accounts.renewal_date,
            accounts.account_owner
        from marts.fct_migration_shock as shock
        left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
        where
            shock.scenario_id = $scenario_id
            and shock.monthly_increase_reporting is not null
            and (shock.segment = $segment or $segment = 'all')
            and {billed_in("shock.account_id")}
        order by
            if($falls_first, 1, -1) * shock.monthly_increase_reporting, shock.account_id
        """,
        currency=currency,
        falls_first=falls_first,
        scenario_id=scenario_id,
        segment=segment,
    )


def causes(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per cause that bills anything, the largest fall first, reporting currency."""
    return snapshot.read(
        """
        select cause, accounts, current_reporting, proposed_reporting, difference_reporting
        from marts.fct_segment_causes
        where
            scenario_id = $scenario_id
            and segment = $segment
            and (current_reporting <> 0 or proposed_reporting <> 0)
        order by difference_reporting, cause
        """,
        scenario_id=scenario_id,
        segment=segment,
    )
