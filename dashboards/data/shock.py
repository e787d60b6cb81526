"""Bills that surprised, and bills that would."""

from collections.abc import Sequence
from decimal import Decimal

from dashboards.data.facts import EVERYONE, billed_in, sliced
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot, Source

INVOICED = "invoiced"


def latest_month(snapshot: Snapshot) -> str | None:
    """The latest month whose real bills are all closed, as 2026-10."""
    row = first(
        snapshot.read(
            """
            select strftime(max(month), '%Y-%m') as month
            from marts.fct_bill_shock_rates
            where not is_provisional and scenario_id = 'invoiced'
            """
        )
    )
    return row["month"] if row else None


def rates(snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per closed month of the last twelve."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, bills, baseline_bills, jumps, shocks, jump_rate,
            shock_rate, is_small
        from marts.fct_bill_shock_slices
        where
            scenario_id = $scenario_id
            and slice = $slice and slice_value = $slice_value
            and not is_provisional
            and month > (
                select max(month) - interval 12 month
                from marts.fct_bill_shock_rates where not is_provisional
            )
        order by month
        """,
        scenario_id=scenario_id,
        **sliced(segment, currency),
    )


def by_model(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per model: bills, jumps and shocks of the last twelve closed months."""
    return snapshot.read(
        """
        select
            scenario_id, sum(baseline_bills) as baseline_bills, sum(jumps) as jumps,
            sum(shocks) as shocks
        from marts.fct_bill_shock_slices
        where
            slice = $slice and slice_value = $slice_value
            and not is_provisional
            and month > (
                select max(month) - interval 12 month
                from marts.fct_bill_shock_rates where not is_provisional
            )
        group by scenario_id
        order by array_position(['invoiced', 'current'], scenario_id) nulls last, scenario_id
        """,
        **sliced(segment, currency),
    )


def migration(snapshot: Snapshot) -> Table:
    """One row per proposal and segment: share of accounts with migration shock, with interval."""
    return snapshot.read(
        """
        select
            scenario_id, scenario_name, segment, accounts, shock_share, shock_share_low,
            shock_share_high
        from marts.fct_segment_scenarios
        where month = (select max(month) from marts.fct_segment_scenarios)
        order by scenario_id, segment = 'all', segment
        """
    )


def at_risk(
    snapshot: Snapshot,
    scenario_id: str,
    segment: str,
    rise: Decimal | None = None,
    amount: Decimal | None = None,
    currency: str = EVERYONE,
) -> Table:
    """One row per account that the proposal would shock, the largest monthly rise first.

    With a rise (a ratio) and an amount a month those whose bills rise by both, in their place.
    """
    return snapshot.read(
        f"""
        select
            shock.account_id,
            accounts.account_name,
            shock.segment,
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
            and case
                when $rise is null then shock.is_shock
                else
                    shock.difference_ratio >= cast($rise as decimal(18, 6))
                    and shock.monthly_increase_reporting >= cast($amount as decimal(18, 4))
            end
            and (shock.segment = $segment or $segment = 'all')
            and {billed_in("shock.account_id")}
        order by shock.monthly_increase_reporting desc nulls last, shock.account_id
        """,
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
        rise=rise,
        amount=amount,
    )


def reliefs(snapshot: Snapshot, scenario_id: str, segment: str, relief: str) -> Table:
    """One row per level of a kind of relief: who is shocked without and with it, and its cost."""
    return snapshot.read(
        """
        select
            relief, cap_ratio, credit_months, accounts, shocked_before, shocked_after,
            shock_share_before, shock_share_after, capped_accounts, monthly_cost
        from marts.fct_cap_effects
        where scenario_id = $scenario_id and segment = $segment and relief = $relief
        order by cap_ratio, credit_months
        """,
        scenario_id=scenario_id,
        segment=segment,
        relief=relief,
    )


def own_relief(snapshot: Source, scenario_id: str, segment: str) -> Row:
    """Accounts shocked, and those still shocked while the proposal's own grandfathering lasts."""
    return first(
        snapshot.read(
            """
            select
                count(*) filter (where is_shock) as shocked,
                count(*) filter (where is_shock_grandfathered) as shocked_at_first
            from marts.fct_migration_shock
            where scenario_id = $scenario_id and (segment = $segment or $segment = 'all')
            """,
            scenario_id=scenario_id,
            segment=segment,
        )
    ) or {"shocked": 0, "shocked_at_first": 0}


def wallets(
    snapshot: Snapshot,
    scenario_id: str,
    segment: str,
    levels: Sequence[Decimal],
    currency: str = EVERYONE,
) -> Table:
    """One row per month of the last six and level reached: what became of work beyond it.

    levels: shares of what was planned for, in ascending order. When the next of the set levels is
    due is the mart's own. Without credits in the model there is none.
    """
    return snapshot.read(
        f"""
        select
            strftime(wallet.month, '%Y-%m') as month,
            wallet.is_provisional,
            list_max(
                list_filter(
                    cast(string_split($levels, ',') as decimal(18, 6)[]),
                    lambda level: wallet.consumed_ratio >= level
                )
            ) as alert_level,
            count(distinct wallet.account_id) as accounts,
            sum(wallet.demand) as demand,
            sum(wallet.overage) as overage,
            sum(wallet.grace) as grace,
            sum(wallet.refused) as refused,
            sum(wallet.throttled) as throttled,
            min(wallet.next_alert_on) as next_alert_on
        from marts.fct_wallet as wallet
        inner join marts.dim_accounts as accounts on wallet.account_id = accounts.account_id
        where
            wallet.scenario_id = $scenario_id
            and wallet.is_available
            and (accounts.segment = $segment or $segment = 'all')
            and {billed_in("wallet.account_id")}
            and wallet.month > (
                select last_closed_month - interval 6 month from marts.dim_settings
            )
        group by all
        order by month desc, alert_level desc nulls last
        """,
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
        levels=",".join(f"{level:f}" for level in levels),
    )


def has_wallets(snapshot: Snapshot, scenario_id: str) -> bool:
    """Whether the model has credits at all."""
    found = first(
        snapshot.read(
            "select 1 as one from marts.fct_wallet where scenario_id = $scenario_id limit 1",
            scenario_id=scenario_id,
        )
    )
    return found is not None


def warnings(snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per account whose running month is on its way to a jump, the largest rise first."""
    return snapshot.read(
        """
        select
            warnings.account_id,
            accounts.account_name,
            warnings.segment,
            warnings.currency,
            warnings.bill,
            warnings.projected_bill,
            warnings.baseline,
            warnings.projected_increase_ratio,
            warnings.is_shock_expected,
            accounts.account_owner
        from marts.fct_bill_warnings as warnings
        left join marts.dim_accounts as accounts on warnings.account_id = accounts.account_id
        where
            warnings.scenario_id = $scenario_id
            and warnings.is_jump_expected
            and (warnings.segment = $segment or $segment = 'all')
            and (warnings.currency = $currency or $currency = 'all')
        order by warnings.projected_increase_reporting desc nulls last, warnings.account_id
        """,
        currency=currency,
        scenario_id="current" if scenario_id == INVOICED else scenario_id,
        segment=segment,
    )


def rises(snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE) -> Table:
    """One row per jump of the last twelve closed months, the latest and largest first."""
    return snapshot.read(
        """
        select
            strftime(shock.month, '%Y-%m') as month,
            shock.account_id,
            accounts.account_name,
            shock.segment,
            shock.currency,
            shock.bill,
            shock.baseline,
            shock.increase_amount,
            shock.increase_ratio,
            shock.explained_amount,
            shock.is_shock
        from marts.fct_bill_shock as shock
        left join marts.dim_accounts as accounts on shock.account_id = accounts.account_id
        where
            shock.scenario_id = $scenario_id
            and shock.is_jump
            and not shock.is_provisional
            and (shock.segment = $segment or $segment = 'all')
            and (shock.currency = $currency or $currency = 'all')
            and shock.month > (
                select max(month) - interval 12 month
                from marts.fct_bill_shock_rates where not is_provisional
            )
        order by shock.month desc, shock.increase_reporting desc nulls last, shock.account_id
        """,
        currency=currency,
        scenario_id=scenario_id,
        segment=segment,
    )


def rate_of(
    snapshot: Snapshot, scenario_id: str, segment: str, currency: str = EVERYONE
) -> Row | None:
    """The latest closed month's counts and rates of one segment, billed in one currency."""
    return first(
        snapshot.read(
            """
            select *
            from marts.fct_bill_shock_slices
            where
                scenario_id = $scenario_id
                and slice = $slice and slice_value = $slice_value
                and not is_provisional
            order by month desc
            """,
            scenario_id=scenario_id,
            **sliced(segment, currency),
        )
    )
