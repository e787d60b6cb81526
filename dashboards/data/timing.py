"""When accounts can move to a proposal: the renewal calendar, the waves, and who stays behind."""

from dataclasses import dataclass
from typing import Any

from dashboards.data.facts import EVERYONE, LATEST_MRR, billed_in
from dashboards.data.tables import Row, Table, first, rows
from dashboards.data.warehouse import Snapshot

# MRR of the last closed month stands beside each account
ACCOUNTS = f"""
    with

    planned as (

        select
            waves.*,
            latest.mrr,
            waves.status = 'in_wave' and (
                list_contains(string_split($excluded, ','), waves.account_id)
                or ($leaves_shocked and coalesce(waves.is_shock, false))
            ) as is_excluded
        from marts.fct_rollout_waves as waves
        left join {LATEST_MRR} as latest on waves.account_id = latest.account_id
        where
            waves.scenario_id = $scenario_id
            and waves.approach = $approach
            and {billed_in("waves.account_id")}

    )
"""
# the order is the mart's rollout_place: whoever finds a month full moves in the next with room
SCHEDULE = f"""
    {ACCOUNTS},

    queued as (

        select
            *,
            row_number() over (order by rollout_place) as place,
            greatest(
                date_diff('month', cast($start || '-01' as date), wave_month), 0
            ) as months_free
        from planned
        where segment = $segment and status = 'in_wave' and not is_excluded

    ),

    spread as (

        select
            *,
            case
                when $size = 0 then months_free
                else
                    (
                        max($size * months_free - place + 1) over (
                            order by place rows unbounded preceding
                        )
                        + place - 1
                    ) // $size
            end as months_until
        from queued

    ),

    scheduled as (

        select
            *,
            cast(
                cast($start || '-01' as date) + to_months(cast(months_until as integer)) as date
            ) as move_month,
            dense_rank() over (order by months_until) as move_wave,
            row_number() over (partition by months_until order by place) as move_place
        from spread

    )
"""


@dataclass(frozen=True)
class Plan:
    """What a reader asks of the rollout; size 0 is no limit of accounts a month."""

    scenario_id: str
    approach: str
    segment: str
    start: str = "2000-01"
    size: int = 0
    excluded: tuple[str, ...] = ()
    leaves_shocked: bool = False
    currency: str = EVERYONE
    # the first month in which anybody is free
    first_start: str = "2000-01"

    @property
    def is_limited(self) -> bool:
        """Whether the reader moves anybody at another time than their contract would."""
        own = (self.start, self.size, self.excluded, self.leaves_shocked)
        return own != (self.first_start, 0, (), False)

    @property
    def whole(self) -> dict[str, Any]:
        """Parameters of ACCOUNTS and, with those of the schedule, of SCHEDULE."""
        return {
            "scenario_id": self.scenario_id,
            "approach": self.approach,
            "segment": self.segment,
            "excluded": ",".join(self.excluded),
            "leaves_shocked": self.leaves_shocked,
            "currency": self.currency,
        }

    @property
    def scheduled(self) -> dict[str, Any]:
        return self.whole | {"start": self.start, "size": self.size}


def starts(
    snapshot: Snapshot, scenario_id: str, approach: str, segment: str, currency: str = EVERYONE
) -> list[str]:
    """The month of the first move, as 2027-01, and the eleven after it; none without a move."""
    found = snapshot.read(
        f"""
        with bounds as (
            select min(wave_month) as first_month
            from marts.fct_rollout_waves
            where
                scenario_id = $scenario_id and approach = $approach and segment = $segment
                and status = 'in_wave' and {billed_in()}
        )
        select strftime(first_month + to_months(cast(n as integer)), '%Y-%m') as month
        from bounds cross join range(12) as months(n)
        where first_month is not null
        order by n
        """,
        scenario_id=scenario_id,
        approach=approach,
        segment=segment,
        currency=currency,
    )
    return [str(row["month"]) for row in rows(found)]


def movers(
    snapshot: Snapshot, scenario_id: str, approach: str, segment: str, currency: str = EVERYONE
) -> dict[str, str]:
    """Names of the accounts in waves, by id, in the order of the rollout."""
    found = snapshot.read(
        f"""
        select
            waves.account_id,
            coalesce(accounts.account_name, waves.account_id) || ' · ' || waves.account_id as name
        from marts.fct_rollout_waves as waves
        left join marts.dim_accounts as accounts on waves.account_id = accounts.account_id
        where
            waves.scenario_id = $scenario_id and waves.approach = $approach
            and waves.segment = $segment and waves.status = 'in_wave'
            and {billed_in("waves.account_id")}
        order by waves.rollout_place
        """,
        scenario_id=scenario_id,
        approach=approach,
        segment=segment,
        currency=currency,
    )
    return dict(
        zip(found.column("account_id").to_pylist(), found.column("name").to_pylist(), strict=True)
    )


def proposed_approach(snapshot: Snapshot, scenario_id: str, segment: str) -> str | None:
    """The approach that scenarios.csv names for most accounts of the segment."""
    found = first(
        snapshot.read(
            """
            select approach, count(*) as accounts
            from marts.fct_rollout_waves
            where scenario_id = $scenario_id and segment = $segment and is_proposed
            group by approach
            order by accounts desc, approach
            """,
            scenario_id=scenario_id,
            segment=segment,
        )
    )
    return str(found["approach"]) if found else None


def calendar(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per month, segment and status: accounts that move then, or that a contract frees."""
    return snapshot.read(
        f"""
        {ACCOUNTS},

        counted as (

            select
                strftime(coalesce(wave_month, unlocks_on), '%Y-%m') as month,
                segment,
                status,
                count(*) as accounts,
                sum(mrr) as mrr
            from planned
            where
                status in ('in_wave', 'locked')
                and not is_excluded
                and segment <> 'all'
                and (segment = $segment or $segment = 'all')
            group by all

        )

        select *, sum(mrr) over (partition by status, month) as mrr_of_month
        from counted
        order by month, segment, status
        """,
        **plan.whole,
    )


def waves(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per month of moving: its accounts, their MRR, and what their bills change a month."""
    return snapshot.read(
        f"""
        {SCHEDULE}

        select
            move_wave as wave,
            strftime(move_month, '%Y-%m') as month,
            count(*) as accounts,
            count(*) filter (where move_month > wave_month) as waited,
            sum(mrr) as mrr,
            sum(monthly_increase_reporting) as monthly_change,
            sum(sum(monthly_increase_reporting)) over (order by move_wave)
                as monthly_change_so_far,
            count(*) filter (where is_shock) as shocked,
            count(*) filter (where monthly_increase_reporting is null) as not_comparable
        from scheduled
        group by move_wave, move_month
        order by move_wave
        """,
        **plan.scheduled,
    )


def load(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per month: accounts that a renewal frees in it, and those that move in it."""
    return snapshot.read(
        f"""
        {SCHEDULE},

        counted as (

            select wave_month as month, 1 as freed, 0 as moved
            from scheduled

            union all

            select move_month as month, 0 as freed, 1 as moved
            from scheduled

        )

        select strftime(month, '%Y-%m') as month, sum(freed) as freed, sum(moved) as moved
        from counted
        group by month
        order by month
        """,
        **plan.scheduled,
    )


def accounts(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per account of the proposal: wave by wave, the easiest bill first; then the rest."""
    return snapshot.read(
        f"""
        {SCHEDULE}

        select
            scheduled.move_wave as wave,
            scheduled.move_place as place_in_wave,
            planned.account_id,
            accounts.account_name,
            accounts.segment,
            if(planned.is_excluded, 'excluded', planned.status) as status,
            planned.reason,
            strftime(scheduled.move_month, '%Y-%m') as month,
            planned.moves_on,
            planned.unlocks_on,
            accounts.account_owner,
            planned.mrr,
            planned.difference_ratio,
            planned.monthly_increase_reporting,
            planned.is_shock,
            planned.sentence
        from planned
        left join scheduled on planned.account_id = scheduled.account_id
        left join marts.dim_accounts as accounts on planned.account_id = accounts.account_id
        where planned.segment = $segment
        order by
            array_position(
                ['in_wave', 'excluded', 'locked', 'left_out'],
                if(planned.is_excluded, 'excluded', planned.status)
            ),
            scheduled.place, planned.rollout_place, planned.unlocks_on, planned.account_id
        """,
        **plan.scheduled,
    )


def behind(snapshot: Snapshot, plan: Plan) -> Table:
    """One row per reason that keeps accounts out of the waves, with their MRR."""
    return snapshot.read(
        f"""
        {ACCOUNTS}

        select
            if(is_excluded, 'excluded', status) as status,
            case
                when not is_excluded then reason
                when list_contains(string_split($excluded, ','), account_id) then 'by_hand'
                else 'would_be_shocked'
            end as reason,
            count(*) as accounts, sum(mrr) as mrr,
            min(unlocks_on) as first_unlocks_on, max(unlocks_on) as last_unlocks_on
        from planned
        where segment = $segment and (status <> 'in_wave' or is_excluded)
        group by 1, 2
        order by
            array_position(
                ['locked', 'excluded', 'left_out'], any_value(if(is_excluded, 'excluded', status))
            ),
            accounts desc, reason
        """,
        **plan.whole,
    )


def cash(snapshot: Snapshot, scenario_id: str, segment: str) -> Table:
    """One row per model and month ahead, 24 of them: cash in each case, and its sum so far."""
    return snapshot.read(
        """
        select
            if(scenario_id = 'current', 'current', 'proposed') as model,
            strftime(month, '%Y-%m') as month,
            month_ahead,
            max(cash) filter (where assumption_case = 'low') as cash_low,
            max(cash) filter (where assumption_case = 'middle') as cash,
            max(cash) filter (where assumption_case = 'high') as cash_high,
            max(cash_to_date) filter (where assumption_case = 'middle') as cash_to_date,
            max(deferred_revenue) filter (where assumption_case = 'middle') as deferred_revenue,
            max(reason) as reason
        from marts.fct_projections
        where scenario_id in ($scenario_id, 'current') and segment = $segment
        group by all
        order by model, month_ahead
        """,
        scenario_id=scenario_id,
        segment=segment,
    )


def cash_of(snapshot: Snapshot, plan: Plan) -> Table:
    """The same of the plan's own moves, twelve months of the middle case.

    Locked accounts move when they are free; whoever is excluded or left out stays as they are.
    """
    return snapshot.read(
        f"""
        {SCHEDULE},

        moving as (

            select account_id, move_month as moved_in
            from scheduled

            union all

            select account_id, cast(date_trunc('month', unlocks_on) as date)
            from planned
            where segment = $segment and status = 'locked'

        ),

        changed as (

            select moves.month_ahead, sum(moves.cash_change) as cash_change
            from marts.fct_move_cash as moves
            inner join moving
                on moves.account_id = moving.account_id and moves.moved_in = moving.moved_in
            where moves.scenario_id = $scenario_id
            group by moves.month_ahead

        ),

        today as (

            select month, month_ahead, cash, reason
            from marts.fct_projections
            where
                scenario_id = 'current' and segment = $segment and assumption_case = 'middle'
                and month_ahead <= 12

        ),

        compared as (

            select 'current' as model, month, month_ahead, cash, reason
            from today

            union all

            select
                'proposed', today.month, today.month_ahead,
                today.cash + coalesce(changed.cash_change, 0), today.reason
            from today
            left join changed on today.month_ahead = changed.month_ahead

        )

        select
            model, strftime(month, '%Y-%m') as month, month_ahead, cash,
            sum(cash) over (partition by model order by month_ahead) as cash_to_date, reason
        from compared
        order by model, month_ahead
        """,
        **plan.scheduled,
    )


def has_move_cash(snapshot: Snapshot, scenario_id: str) -> bool:
    """Whether anybody's move to the proposal was worked out in cash."""
    found = first(
        snapshot.read(
            "select 1 as one from marts.fct_move_cash where scenario_id = $scenario_id limit 1",
            scenario_id=scenario_id,
        )
    )
    return found is not None


def exceptions(snapshot: Snapshot, segment: str, currency: str = EVERYONE) -> Table:
    """One row per price or discount that holds at the as-of for an account of its own."""
    return snapshot.read(
        f"""
        with

        holding as (

            select
                account_id, 'negotiated price' as kind, charge_id as what, unit_amount,
                discount_ratio as ratio, null as amount, valid_from, valid_to, approved_by
            from reference.contract_prices

            union all

            select
                scope_id as account_id, 'discount' as kind, discount_id as what, null, ratio,
                amount, valid_from, valid_to, approved_by
            from reference.discounts
            where scope = 'account'

        )

        select
            holding.account_id, accounts.account_name, accounts.segment, holding.kind,
            holding.what, holding.unit_amount, holding.ratio, holding.amount,
            holding.valid_from, holding.valid_to, holding.approved_by
        from holding
        inner join marts.dim_accounts as accounts on holding.account_id = accounts.account_id
        cross join marts.dim_settings as settings
        where
            accounts.is_active
            and (accounts.segment = $segment or $segment = 'all')
            and holding.valid_from <= settings.as_of
            and (holding.valid_to is null or holding.valid_to > settings.as_of)
            and {billed_in("holding.account_id")}
        order by holding.valid_to nulls last, holding.account_id, holding.kind, holding.what
        """,
        segment=segment,
        currency=currency,
    )


def locked(
    snapshot: Snapshot, scenario_id: str, approach: str, segment: str, currency: str = EVERYONE
) -> Row:
    """How many accounts a contract locks, and how many are left out."""
    return first(
        snapshot.read(
            f"""
                select
                    count(*) filter (where status = 'locked') as locked,
                    count(*) filter (where status = 'left_out') as left_out
                from marts.fct_rollout_waves
                where
                    scenario_id = $scenario_id and approach = $approach and segment = $segment
                    and {billed_in()}
                """,
            currency=currency,
            approach=approach,
            scenario_id=scenario_id,
            segment=segment,
        )
    ) or {"locked": 0, "left_out": 0}
