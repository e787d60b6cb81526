"""The signals of the migration trigger: their states, their history, and how near each line is."""

from dashboards.data.decision import TRIGGER_FIRST
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot


def signals(snapshot: Snapshot, segment: str) -> Table:
    """One row per signal of the latest closed month, those of the trigger first."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, signal, metric, state,
            strftime(state_since, '%Y-%m') as state_since, months_firing, is_over, value,
            threshold, clears_at, direction, unit, is_available, accounts, reason, sentence
        from marts.fct_signals
        where segment = $segment
        qualify month = max(month) over ()
        order by array_position($order, signal) nulls last, signal
        """,
        order=list(TRIGGER_FIRST),
        segment=segment,
    )


def parts(snapshot: Snapshot, segment: str) -> Table:
    """One row per metric that a signal looks at, latest closed month, in the signals' order."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, signal, metric, part, value, low, high, unit,
            threshold, clears_at, direction, is_over, months_over, is_firing, is_available, reason,
            accounts, next_line, gap, usual_move, moves_away
        from marts.fct_signal_parts
        where segment = $segment
        qualify month = max(month) over ()
        order by array_position($order, signal) nulls last, signal, part
        """,
        order=list(TRIGGER_FIRST),
        segment=segment,
    )


def part_months(snapshot: Snapshot, segment: str, months: int) -> Table:
    """One row per metric and closed month of the last ones: the figure with its range."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, metric, value, low, high, accounts, is_firing
        from marts.fct_signal_parts
        where segment = $segment
        qualify
            month > max(month) over () - to_months($months)
        order by metric, month
        """,
        months=months,
        segment=segment,
    )


def states(snapshot: Snapshot, segment: str, months: int) -> Table:
    """One row per signal and closed month of the last ones: on, over and waiting, off, or not."""
    return snapshot.read(
        """
        select
            strftime(month, '%Y-%m') as month, signal,
            case when state = 'off' and is_over then 'waiting' else state end as state,
            value, unit, metric, sentence
        from marts.fct_signals
        where segment = $segment
        qualify
            month > max(month) over () - to_months($months)
        order by array_position($order, signal) nulls last, signal, month
        """,
        months=months,
        order=list(TRIGGER_FIRST),
        segment=segment,
    )


def changes(snapshot: Snapshot, segment: str) -> Table:
    """One row per change of a signal's state, the latest first; the first month is none."""
    return snapshot.read(
        """
        select strftime(month, '%Y-%m') as month, signal, state, metric, value, unit, sentence
        from marts.fct_signals
        where
            segment = $segment
            and month = state_since
            and month > (select min(month) from marts.fct_signals)
        order by month desc, array_position($order, signal) nulls last, signal
        """,
        order=list(TRIGGER_FIRST),
        segment=segment,
    )


def by_segment(snapshot: Snapshot) -> Table:
    """One row per segment of the latest closed month: the signals that are on, and the trigger."""
    return snapshot.read(
        """
        select
            signals.segment,
            verdicts.is_trigger,
            count(*) filter (where signals.state = 'on') as signals_on,
            count(*) filter (where signals.is_available) as signals_available,
            string_agg(signals.signal, ',' order by array_position($order, signals.signal))
                filter (where signals.state = 'on') as names_on
        from marts.fct_signals as signals
        left join marts.fct_verdicts as verdicts
            on signals.segment = verdicts.segment and signals.month = verdicts.month
        where signals.month = (select max(month) from marts.fct_signals)
        group by signals.segment, verdicts.is_trigger
        order by signals.segment = 'all', signals_on desc, signals.segment
        """,
        order=list(TRIGGER_FIRST),
    )


def trigger(snapshot: Snapshot, segment: str) -> Row | None:
    """The latest verdict's `is_trigger`: null where a missing signal could decide it."""
    return first(
        snapshot.read(
            """
            select month, is_trigger, verdict, sentence
            from marts.fct_verdicts
            where segment = $segment
            order by month desc
            """,
            segment=segment,
        )
    )
