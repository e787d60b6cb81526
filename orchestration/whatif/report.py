"""What a changed price book would have billed, from the compiled rating models.

Nothing is priced here. The models that dbt ran recalculate the bills that the change can affect,
from the published snapshot's rows and the changed book; every other bill is the published one. The
result is what a refresh with that price book would publish, to the cent.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.pipeline.rating_chain import SCHEMA
from orchestration.platform.errors import RequestError
from orchestration.platform.published import Pointer, rows
from orchestration.platform.settings import Settings
from orchestration.platform.warehouse import PUBLISHED, open_scratch, quoted
from orchestration.whatif.change import Change
from orchestration.whatif.changed_book import ChangedCell, changed_book, read_book
from orchestration.whatif.currencies import followed
from orchestration.whatif.engine import Run
from orchestration.whatif.rules import (
    ACCURACY,
    BILLS,
    FLIPS,
    JUDGED_WINDOWS,
    LIMITS,
    LINES,
    MEASURES,
    OUTCOMES,
    SHOCK,
)
from orchestration.whatif.scope import CURRENT, Scope, find_scope, listed
from orchestration.whatif.session import Kept, Place, Session, opened_place

BIGGEST = 10


@dataclass(frozen=True)
class Effect:
    """A scenario before and after; money in the reporting currency over `months` closed months.

    Accounts are counted if both bills exist. `winners` would pay less than today, `losers`
    more, and the shocked are some of them: rows of fct_migration_shock, which has none for the
    current model and no difference for an account with too few months.
    """

    scenario_id: str
    scenario_name: str
    accounts: int
    revenue_before: Decimal
    revenue_after: Decimal
    rising: int
    falling: int
    winners_before: int | None
    winners_after: int | None
    losers_before: int | None
    losers_after: int | None
    shock_accounts: int | None
    shocked_before: int | None
    shocked_after: int | None

    @property
    def change(self) -> Decimal:
        return self.revenue_after - self.revenue_before


@dataclass(frozen=True)
class Mover:
    """An account whose bills change, over the same months as Effect."""

    account_id: str
    account_name: str | None
    segment: str | None
    scenario_id: str
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class WhatIf:
    """The effect of the changes. `bills` and `lines` are the requested accounts' new ones.

    `measures` and `flips` are rows of int_scenario_measures with their limits, and of
    int_scenario_flips, of the latest closed month after the changes; `outcomes` those of
    fct_scenario_outcomes with how many of them gain. Each has its `window`: the closed twelve
    months or the last three. All are empty unless requested, or if the snapshot has none.
    """

    generation: int
    as_of: str
    currency: str
    first_month: date | None
    last_month: date | None
    months: int
    changes: tuple[ChangedCell, ...]
    effects: tuple[Effect, ...]
    movers: tuple[Mover, ...]
    now_invoiced: int
    bills: tuple[dict[str, Any], ...]
    lines: tuple[dict[str, Any], ...]
    measures: tuple[dict[str, Any], ...] = ()
    flips: tuple[dict[str, Any], ...] = ()
    outcomes: tuple[dict[str, Any], ...] = ()


def what_if(
    settings: Settings,
    changes: Sequence[Change],
    *,
    scenarios: Sequence[str] = (),
    accounts: Sequence[str] = (),
    keeps_basis: bool = False,
    with_measures: bool = False,
    currency_variants: bool = False,
    session: Session | None = None,
    also: Callable[[duckdb.DuckDBPyConnection], None] | None = None,
) -> WhatIf:
    """The effect of changes in the price book on the published bills.

    `scenarios` limits the report to some of them. `keeps_basis` leaves accounts on their re-rated
    current bill even if, with the changed book, it no longer matches their invoices.
    `with_measures` also reports, by segment, the figures by which proposals are judged. With
    `currency_variants`, the matching prices in other currencies change in proportion. `session`
    runs several what-ifs, one after the other, on one open snapshot. `also` reads further results
    while the connection is open.
    """
    if not changes:
        raise RequestError(
            "There is nothing to try: name a change with --set, "
            "such as charges.seat.unit_amount=29."
        )
    with session.opened() if session is not None else opened_place(settings) as place:
        connection, pointer, chain = place.connection, place.pointer, place.chain
        book = read_book(connection, PUBLISHED)
        if currency_variants:
            changes = followed(book, changes)
        changed, cells = changed_book(book, changes)
        _refuse_unknown(connection, scenarios, accounts)
        scope = find_scope(
            connection, changed, cells, frozenset(scenarios), keeps_basis=keeps_basis
        )
        if with_measures:
            # a segment's figures include all its accounts
            scope = replace(scope, accounts=None)
        run = Run(place, changed, cells, scope, only_judged=True)
        run.rate()
        reported = _reported(connection, pointer, cells, scope)
        # an older snapshot has no windows
        if with_measures and JUDGED_WINDOWS in {model.name for model in chain.models}:
            run.measure()
            reported = replace(
                reported,
                measures=tuple(rows(connection, LATEST_MEASURES)),
                flips=tuple(rows(connection, LATEST_FLIPS)),
                outcomes=tuple(rows(connection, LATEST_OUTCOMES)) if OUTCOMES in run.made else (),
            )
        if also is not None:
            also(connection)
    if accounts:
        with open_scratch(settings, pointer.path(settings)) as connection:
            of_accounts = replace(scope, accounts=frozenset(accounts), whole=None)
            apart = Place(connection, pointer, chain, Kept(connection))
            run = Run(apart, changed, cells, of_accounts, with_sentences=True)
            run.rate()
            reported = replace(
                reported,
                bills=tuple(rows(connection, BILLS_OF_ACCOUNTS)),
                lines=tuple(rows(connection, LINES_OF_ACCOUNTS)),
            )
    return reported


@contextmanager
def whole_result(
    settings: Settings, changes: Sequence[Change], *, keeps_basis: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose schema `whatif` has fct_shadow_bills and fct_migration_shock of every
    account, as a refresh with the changed book would publish them."""
    with opened_place(settings) as place:
        book, cells = changed_book(read_book(place.connection, PUBLISHED), changes)
        scope = find_scope(place.connection, book, cells, frozenset(), keeps_basis=keeps_basis)
        Run(place, book, cells, scope).rate()
        yield place.connection


def _refuse_unknown(
    connection: duckdb.DuckDBPyConnection, scenarios: Sequence[str], accounts: Sequence[str]
) -> None:
    for what, column, wanted in (
        ("scenario", "scenario_id", scenarios),
        ("account", "account_id", accounts),
    ):
        for name in wanted:
            found = connection.execute(
                f"select 1 from {PUBLISHED}.marts.{BILLS} where {column} = {quoted(name)} limit 1"
            ).fetchone()
            if found is None:
                raise RequestError(
                    f"The published snapshot has no bill of {what} {name!r}: "
                    "`seatshift explain` shows an account's."
                )


# revenue covers the months over which a proposal's shock is judged; an anchor month belongs to the
# calendar month in which it closes
WINDOW = f"""
    select
        cast(closed.last_month - to_months(limits.months - 1) as date) as first_month,
        closed.last_month,
        case when closed.last_month is not null then limits.months end as months
    from (
        select cast(date_trunc('month', max(period_end) - 1) as date) as last_month
        from {PUBLISHED}.marts.{BILLS}
        where not is_provisional
    ) as closed
    cross join (
        select max(migration_months) as months from intermediate.{LIMITS}
    ) as limits
"""

BY_ACCOUNT_AND_SCENARIO = """
    select
        account_id,
        scenario_id,
        cast(sum(amount_reporting) as decimal(38, 4)) as amount
    from {bills}
    where
        not is_provisional and amount_reporting is not null
        and period_end > {first_month} and period_end <= {last_month} + to_months(1)
        and {condition}
    group by account_id, scenario_id
"""

COMPARED = f"""
    create or replace table {SCHEMA}.compared as
    with
    before as ({{before}}),
    after as ({{after}})
    select
        before.account_id,
        before.scenario_id,
        before.amount as before_amount,
        after.amount as after_amount
    from before
    left join after
        on before.account_id = after.account_id and before.scenario_id = after.scenario_id
"""

EFFECTS = f"""
    select
        compared.scenario_id,
        coalesce(max(names.scenario_name), 'Current pricing') as scenario_name,
        count(*) as accounts,
        cast(sum(before_amount) as decimal(38, 4)) as revenue_before,
        cast(coalesce(sum(after_amount), 0) as decimal(38, 4)) as revenue_after,
        count(*) filter (where after_amount > before_amount) as rising,
        count(*) filter (where after_amount < before_amount) as falling
    from {SCHEMA}.compared
    left join (
        select scenario_id, min(scenario_name) as scenario_name
        from {PUBLISHED}.reference.scenarios
        group by scenario_id
    ) as names
        on compared.scenario_id = names.scenario_id
    group by compared.scenario_id
    order by compared.scenario_id <> '{CURRENT}', compared.scenario_id
"""

MOVERS = f"""
    select
        compared.account_id,
        accounts.account_name,
        accounts.segment,
        compared.scenario_id,
        compared.before_amount as before,
        compared.after_amount as after
    from {SCHEMA}.compared
    left join {PUBLISHED}.marts.dim_accounts as accounts
        on compared.account_id = accounts.account_id
    where compared.before_amount <> compared.after_amount
    order by abs(compared.after_amount - compared.before_amount) desc, account_id, scenario_id
    limit {BIGGEST}
"""

SHOCKS = """
    select
        scenario_id,
        count(is_shock) as shock_accounts,
        count(*) filter (where is_shock) as shocked,
        count(*) filter (where difference < 0) as winners,
        count(*) filter (where difference > 0) as losers
    from {shocks}
    group by scenario_id
"""

BILLS_OF_ACCOUNTS = f"""
    select
        bills.account_id, bills.month, bills.period_start, bills.period_end, bills.scenario_id,
        bills.plan_id, bills.currency, before.amount as before, bills.amount as after,
        bills.current_amount, bills.current_basis, bills.is_available, bills.reason,
        bills.is_provisional
    from {SCHEMA}.{BILLS} as bills
    left join {PUBLISHED}.marts.{BILLS} as before using (account_id, month, scenario_id)
    where bills.account_id in (select account_id from {SCHEMA}.accounts)
    order by bills.account_id, bills.month, bills.scenario_id <> '{CURRENT}', bills.scenario_id
"""

LINES_OF_ACCOUNTS = f"""
    select * from {SCHEMA}.{LINES}
    where account_id in (select account_id from {SCHEMA}.accounts)
    order by account_id, month, scenario_id <> '{CURRENT}', scenario_id, line_number
"""


LATEST_MEASURES = f"""
    select
        measures.* rename (window_name as "window"),
        limits.limit_revenue_change, limits.limit_shock_share, limits.limit_extra_churn,
        limits.limit_margin_change
    from intermediate.{MEASURES} as measures
    inner join intermediate.{LIMITS} as limits using (segment)
    qualify measures.month = max(measures.month) over (partition by measures.scenario_id)
    order by
        measures.scenario_id, measures.segment <> 'all', measures.segment, measures.window_name
"""

LATEST_FLIPS = f"""
    select * rename (window_name as "window") from intermediate.{FLIPS}
    qualify month = max(month) over (partition by scenario_id)
    order by scenario_id, segment <> 'all', segment, window_name, increase_over
"""

LATEST_OUTCOMES = f"""
    select
        segment, scenario_id, "window", outcome, revenue_change, is_gain,
        count(*) filter (where is_gain) over (partition by scenario_id, segment, "window")
            as gains,
        count(*) over (partition by scenario_id, segment, "window") as outcomes
    from marts.{OUTCOMES}
    order by scenario_id, segment <> 'all', segment, "window", outcome
"""


def _reported(
    connection: duckdb.DuckDBPyConnection,
    pointer: Pointer,
    changes: Sequence[ChangedCell],
    scope: Scope,
) -> WhatIf:
    window = rows(connection, WINDOW)[0]
    span = {"first_month": window["first_month"], "last_month": window["last_month"]}
    within = {
        "condition": f"scenario_id in ({listed(scope.told)})",
        **{
            name: f"cast({quoted(str(day))} as date)" if day else "null"
            for name, day in span.items()
        },
    }
    connection.execute(
        COMPARED.format(
            before=BY_ACCOUNT_AND_SCENARIO.format(bills=f"{PUBLISHED}.marts.{BILLS}", **within),
            after=BY_ACCOUNT_AND_SCENARIO.format(bills=f"{SCHEMA}.{BILLS}", **within),
        )
    )
    shocks = {
        name: {
            row["scenario_id"]: row
            for row in rows(connection, SHOCKS.format(shocks=f"{schema}.{SHOCK}"))
        }
        for name, schema in (("before", f"{PUBLISHED}.marts"), ("after", SCHEMA))
    }
    effects = [
        Effect(**(row | _shock(shocks, row["scenario_id"]))) for row in rows(connection, EFFECTS)
    ]
    settings = rows(connection, f"select reporting_currency from {PUBLISHED}.reference.settings")[0]
    return WhatIf(
        generation=pointer.generation,
        as_of=pointer.as_of,
        currency=settings["reporting_currency"],
        months=window["months"] or 0,
        changes=tuple(changes),
        effects=tuple(effects),
        movers=tuple(Mover(**row) for row in rows(connection, MOVERS)),
        now_invoiced=_now_invoiced(connection) if scope.judges_anew else 0,
        bills=(),
        lines=(),
        **span,
    )


def _shock(shocks: dict[str, dict[str, dict[str, Any]]], scenario_id: str) -> dict[str, int | None]:
    before, after = (shocks[name].get(scenario_id, {}) for name in ("before", "after"))
    counts = {
        f"{what}_{when}": found.get(what)
        for what in ("winners", "losers", "shocked")
        for when, found in (("before", before), ("after", after))
    }
    return counts | {"shock_accounts": after.get("shock_accounts")}


def _now_invoiced(connection: duckdb.DuckDBPyConnection) -> int:
    """Accounts whose invoices the changed current model no longer matches."""
    found = connection.execute(
        f"""
        select count(*)
        from intermediate.{ACCURACY} as after
        inner join {PUBLISHED}.intermediate.{ACCURACY} as before using (account_id)
        inner join (select distinct account_id from marts.{BILLS}) as rated using (account_id)
        where after.current_basis = 'invoiced' and before.current_basis = 'rated'
        """
    ).fetchone()
    return int(found[0]) if found else 0
