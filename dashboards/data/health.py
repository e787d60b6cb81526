"""Whether today's figures can be trusted: exports, held rows, reconciliation, restatements.

Where a source is asked for, `all` is every one; `since` is a day, and nothing is the beginning.
"""

from datetime import date

from dashboards.data.facts import EVERYONE
from dashboards.data.tables import Row, Table, first
from dashboards.data.warehouse import Snapshot


def exports(snapshot: Snapshot, export: str = "all") -> Table:
    """One row per export: what became of its rows, and how far it reaches."""
    return snapshot.read(
        """
        select
            export, is_present, is_required, file_count, refused_file_count, rows_read, loaded,
            revisions, duplicates, quarantined, skipped, unaccounted_rows, accepted_ratio,
            hours_behind, closed_months, gap_months, first_at, last_at, last_landed_at, reason
        from marts.fct_export_health
        where export = $export or $export = 'all'
        order by is_present desc, is_required desc, rows_read desc, export
        """,
        export=export,
    )


def month_names(snapshot: Snapshot) -> list[str]:
    """The months that exports tell of, of the last twenty-four, the latest first."""
    found = snapshot.read(
        """
        select distinct strftime(month, '%Y-%m') as month
        from marts.fct_export_months
        qualify month > max(month) over () - interval 24 month
        order by month desc
        """
    )
    listed: list[str] = found.column("month").to_pylist()
    return listed


def months(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and month of the last twenty-four: its rows."""
    return snapshot.read(
        """
        select
            export, strftime(month, '%Y-%m') as month, row_count, is_provisional, is_gap
        from marts.fct_export_months
        where
            (export = $export or $export = 'all')
            and (cast($since as date) is null or month >= cast($since as date))
        qualify month > max(month) over () - interval 24 month
        order by export, month
        """,
        export=export,
        since=since,
    )


def gaps(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and closed month without a single row."""
    return snapshot.read(
        """
        select export, strftime(month, '%Y-%m') as month
        from marts.fct_export_months
        where
            is_gap
            and (export = $export or $export = 'all')
            and (cast($since as date) is null or month >= cast($since as date))
        order by export, month
        """,
        export=export,
        since=since,
    )


def quarantined(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per export and reason: rows held back, with the first one's sentence."""
    return snapshot.read(
        """
        select
            export, reason, count(*) as held, count(distinct file_name) as files,
            arg_min(sentence, (file_name, row_number)) as example
        from marts.quarantine
        where
            (export = $export or $export = 'all')
            and file_id in (
                select file_id
                from marts.load_ledger
                where cast($since as date) is null or landed_at >= cast($since as date)
            )
        group by export, reason
        order by held desc, export, reason
        """,
        export=export,
        since=since,
    )


def held_rows(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per row held back, as it stood in its file; the first ten thousand."""
    return snapshot.read(
        """
        select export, file_name, row_number, reason, sentence, raw
        from marts.quarantine
        where
            (export = $export or $export = 'all')
            and file_id in (
                select file_id
                from marts.load_ledger
                where cast($since as date) is null or landed_at >= cast($since as date)
            )
        order by export, file_name, row_number
        limit 10000
        """,
        export=export,
        since=since,
    )


def files(snapshot: Snapshot, export: str, since: date | None) -> Table:
    """One row per file version, the refused first, then the latest."""
    return snapshot.read(
        """
        select
            file_name, export, refused_reason, rows_read, loaded, revisions, duplicates,
            quarantined, skipped, quantity_sum, amount_sum, size_bytes, landed_at, file_id
        from marts.load_ledger
        where
            (export = $export or $export = 'all')
            and (cast($since as date) is null or landed_at >= cast($since as date))
        order by refused_reason is null, landed_at desc, file_name, export
        limit 10000
        """,
        export=export,
        since=since,
    )


def reconciliation(snapshot: Snapshot, since: date | None, currency: str = EVERYONE) -> Table:
    """One row per currency and reason: lines and amounts; `matched` where both sides agree."""
    return snapshot.read(
        """
        with

        named as (

            select * replace (coalesce(reason, 'matched') as reason)
            from marts.fct_invoice_reconciliation
            where
                (cast($since as date) is null or period_start >= cast($since as date))
                and (currency = $currency or $currency = 'all')

        )

        select
            currency,
            reason,
            count(*) as lines,
            count(distinct account_id) as accounts,
            sum(expected_amount) as expected,
            sum(invoiced_amount) as invoiced,
            sum(difference) as difference
        from named
        group by currency, reason
        order by currency, reason = 'matched' desc, lines desc, reason
        """,
        currency=currency,
        since=since,
    )


def differing_lines(snapshot: Snapshot, since: date | None, currency: str = EVERYONE) -> Table:
    """One row per line on which expectation and invoice differ, the largest first."""
    return snapshot.read(
        """
        select
            lines.account_id, accounts.account_name, lines.segment, lines.period_start,
            lines.line_kind, lines.reason, lines.currency, lines.expected_amount,
            lines.invoiced_amount, lines.difference, lines.sentence, lines.invoice_id,
            lines.line_id, lines.event_id
        from marts.fct_invoice_reconciliation as lines
        left join marts.dim_accounts as accounts on lines.account_id = accounts.account_id
        where
            not lines.is_matched
            and (cast($since as date) is null or lines.period_start >= cast($since as date))
            and (lines.currency = $currency or $currency = 'all')
        order by abs(lines.difference) desc, lines.account_id, lines.period_start, lines.line_key
        limit 10000
        """,
        currency=currency,
        since=since,
    )


def quality(snapshot: Snapshot) -> Table:
    """One row per segment of the last closed month: accuracy, coverage and what they rest on."""
    return snapshot.read(
        """
        select segment, accuracy, coverage, invoiced_share, loaded_share, active_accounts, mrr
        from marts.fct_segment_quality
        where month = (select max(month) from marts.fct_segment_quality)
        order by segment = 'all' desc, segment
        """
    )


def restatements(snapshot: Snapshot, since: date | None) -> Table:
    """One row per figure of a closed month that late rows changed, the latest first."""
    return snapshot.read(
        """
        select
            restated.account_id, accounts.account_name, restated.segment,
            strftime(restated.month, '%Y-%m') as month, restated.figure, restated.unit,
            restated.known_at_close, restated.known_now, restated.difference,
            restated.first_late_at
        from marts.fct_restatements as restated
        left join marts.dim_accounts as accounts on restated.account_id = accounts.account_id
        where (cast($since as date) is null or restated.first_late_at >= cast($since as date))
        order by restated.first_late_at desc, restated.account_id, restated.figure
        limit 10000
        """,
        since=since,
    )


def everything(snapshot: Snapshot) -> Row:
    """The counts behind the page's sentence."""
    return (
        first(
            snapshot.read(
                """
                select
                    count(*) as exports,
                    count(*) filter (where is_present) as present,
                    coalesce(sum(rows_read), 0) as rows_read,
                    coalesce(sum(quarantined), 0) as quarantined,
                    coalesce(sum(refused_file_count), 0) as refused,
                    coalesce(sum(unaccounted_rows), 0) as unaccounted,
                    coalesce(sum(gap_months), 0) as gap_months
                from marts.fct_export_health
                """
            )
        )
        or {}
    )
