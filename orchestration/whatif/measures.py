"""The effect of a proposal on a segment under a changed price book, as judged by the models.

Of the windows in which limits must hold, a what-if knows the last three closed months; the first
bill after the move and the twelve months from it are projected, which only a refresh does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from orchestration.platform.errors import RequestError
from orchestration.platform.published import rows
from orchestration.platform.warehouse import PUBLISHED, quoted
from orchestration.whatif.change import Change
from orchestration.whatif.changed_book import changed_book, read_book
from orchestration.whatif.engine import Run
from orchestration.whatif.rules import DECIDING, JUDGED_WINDOWS, MEASURES
from orchestration.whatif.scope import find_scope
from orchestration.whatif.session import Session


@dataclass(frozen=True)
class Measures:
    """Figures of int_scenario_measures for the last three closed months; shares as ratios.

    `above_share` is the share of accounts whose bill lastingly rises by more than the given ratio;
    a figure is None if it is not available.
    """

    month: date
    accounts: int
    revenue_change: Decimal | None
    shock_share: Decimal | None
    extra_churn: Decimal | None
    margin_change: Decimal | None
    above_share: Decimal | None


@dataclass(frozen=True)
class SegmentLimits:
    """The go / no-go limits of a segment, as thresholds.csv has them; ratios."""

    revenue_change: Decimal | None
    shock_share: Decimal | None
    extra_churn: Decimal | None
    margin_change: Decimal | None


LATEST = """
    with latest as (
        select * from intermediate.{measures}
        where scenario_id = {scenario} and segment = {segment} and window_name = '{window}'
        qualify month = max(month) over ()
    ),
    above as (
        select
            cast(
                count(*) filter (where windows.lasting_ratio > cast({over} as decimal(18, 6)))
                as decimal(18, 0)
            ) as accounts
        from intermediate.{windows} as windows
        inner join latest
            on
                windows.scenario_id = latest.scenario_id
                and windows.month = latest.month
                and windows.window_name = latest.window_name
                and latest.segment in ('all', windows.segment)
    )
    select
        latest.month, latest.accounts, latest.revenue_change, latest.shock_share,
        latest.extra_churn, latest.margin_change,
        cast(above.accounts as bigint) as above
    from latest
    cross join above
"""

LIMITS = """
    select
        limit_revenue_change as revenue_change, limit_shock_share as shock_share,
        limit_extra_churn as extra_churn, limit_margin_change as margin_change
    from intermediate.int_decision_limits
    where segment = {segment}
"""


def measured(
    session: Session, changes: Sequence[Change], scenario: str, segment: str, over: Decimal
) -> tuple[Measures, SegmentLimits]:
    """The measures of the proposal with the changes, and the segment's limits.

    Raises RequestError if a change names nothing that exists or does not affect the proposal, or if
    no account can be judged.
    """
    with session.opened() as place:
        connection, chain = place.connection, place.chain
        if JUDGED_WINDOWS not in {model.name for model in chain.models}:
            raise RequestError(
                "The published snapshot predates windows of judgement: run `seatshift refresh` "
                "once."
            )
        book, cells = changed_book(read_book(connection, PUBLISHED), changes)
        scope = find_scope(connection, book, cells, frozenset({scenario}), keeps_basis=True)
        if not cells:
            # the unchanged book: the published lines are rated again with their own values
            one = frozenset({scenario})
            scope = replace(
                scope, proposals=one, shown=one, whole=None, forgets=False, empty=frozenset()
            )
        elif scenario not in scope.rated:
            raise RequestError(
                f"{', '.join(map(str, changes))} does not affect the proposal {scenario!r}: "
                "name a price of one of its plans."
            )
        # a segment's figures include all its accounts
        run = Run(place, book, cells, replace(scope, accounts=None), only_judged=True)
        run.rate()
        run.measure()
        asked = {"scenario": quoted(scenario), "segment": quoted(segment)}
        named = {"measures": MEASURES, "windows": JUDGED_WINDOWS, "window": DECIDING}
        found = rows(connection, LATEST.format(over=over, **named, **asked))
        limits = rows(connection, LIMITS.format(**asked))
    if not found or not limits:
        raise RequestError(
            f"The proposal {scenario!r} bills no account of segment {segment!r} over enough closed "
            "months; `seatshift whatif` shows whom it bills."
        )
    figures = found[0]
    above = figures.pop("above")
    return (
        Measures(above_share=Decimal(above) / figures["accounts"], **figures),
        SegmentLimits(**limits[0]),
    )
