"""The panels of the page Data health: each draws one part of the page from its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboards import access, columns, labels, takeaways
from dashboards.charts.health import export_months
from dashboards.data import health
from dashboards.data.definitions import column_definitions
from dashboards.data.docs import Rule, docs_link
from dashboards.data.freshness import Freshness
from dashboards.data.generations import generations
from dashboards.data.tables import Row, Table, drawn, rows, table_of
from dashboards.data.thresholds import threshold
from dashboards.exports import evidence
from dashboards.formatting import (
    headline,
    moment,
    month,
    number,
    percent,
    plain,
    plural,
    words,
)
from dashboards.shell import audit, display, downloads, tables
from dashboards.view import Page

ALL = "all"
MODELS = (
    "fct_export_health",
    "fct_export_months",
    "quarantine",
    "load_ledger",
    "fct_invoice_reconciliation",
    "fct_restatements",
)


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    freshness: Freshness
    currency: str
    since_month: str | None
    source: str
    since: date | None
    exports_table: Any
    counts: Row
    quality: list[Row]
    whole: Row | None
    rules: list[Rule]
    failed: int


def floor(page: State, name: str) -> str:
    """The threshold that applies to a figure, in words."""
    value = threshold(page.snapshot, name)
    return f"floor {percent(value, 0)}" if value is not None else "no floor set"


def figures(page: State) -> Sequence[tuple[str, str, str, str | None]]:
    """Label, figure, remark, and definition of each card."""
    return (
        (
            "Exports present",
            f"{number(page.counts.get('present', 0))} of {number(page.counts.get('exports', 0))}",
            "",
            display.help_text(page.snapshot, "fct_export_health", "is_present"),
        ),
        (
            "Rows read",
            headline(page.counts.get("rows_read")),
            f"{number(page.counts.get('unaccounted'))} unaccounted for",
            display.help_text(page.snapshot, "fct_export_health", "unaccounted_rows"),
        ),
        (
            "Quarantined rows",
            number(page.counts.get("quarantined")),
            f"{plural(int(page.counts.get('refused') or 0), 'file')} refused",
            display.help_text(page.snapshot, "fct_export_health", "quarantined"),
        ),
        (
            "Accuracy",
            percent(page.whole["accuracy"], 2) if page.whole else "–",
            floor(page, "accuracy_floor"),
            display.help_text(page.snapshot, "fct_segment_quality", "accuracy"),
        ),
        (
            "Coverage",
            percent(page.whole["coverage"]) if page.whole else "–",
            floor(page, "coverage_floor"),
            display.help_text(page.snapshot, "fct_segment_quality", "coverage"),
        ),
        (
            "Checks",
            f"{number(len(page.rules) - page.failed)} of {number(len(page.rules))}"
            if page.rules
            else "–",
            "passed" if page.rules else "evidence deleted",
            "Great Expectations rules checked before this build was published.",
        ),
    )


def sources(page: State) -> None:
    """What happened to the rows of every export, and the period it covers."""
    listed = rows(page.exports_table)
    st.markdown("**Sources**: what happened to their rows, and the period they cover")
    tables.grid(
        page.view,
        drawn(page.exports_table).assign(
            accepted_ratio=[percent(row["accepted_ratio"], 3) for row in listed],
            gap_months=[
                "–"
                if row["gap_months"] is None
                else f"{number(row['gap_months'])} of {number(row['closed_months'])}"
                for row in listed
            ],
        ),
        hide_index=True,
        placeholder="–",
        height="content",
        row_height=29,
        column_order=[
            "export",
            "is_present",
            "is_required",
            "last_at",
            "hours_behind",
            "gap_months",
            "accepted_ratio",
            "rows_read",
            "loaded",
            "revisions",
            "duplicates",
            "quarantined",
            "skipped",
            "file_count",
            "refused_file_count",
            "last_landed_at",
        ],
        column_config={
            "export": columns.name("Export", width=124),
            "is_present": columns.yes("Received", width=76),
            "is_required": columns.yes(
                "Needed",
                width=62,
                help=display.help_text(page.snapshot, "fct_export_health", "is_required"),
            ),
            "last_at": columns.moment("Latest event (UTC)", width=136),
            "hours_behind": columns.figure(
                "Hours behind",
                0,
                width=92,
                help=display.help_text(page.snapshot, "fct_export_health", "hours_behind"),
            ),
            "gap_months": columns.text(
                "Empty months",
                alignment="right",
                width=98,
                help=display.help_text(page.snapshot, "fct_export_health", "gap_months"),
            ),
            "accepted_ratio": columns.text(
                "Accepted",
                alignment="right",
                width=82,
                help=display.help_text(page.snapshot, "fct_export_health", "accepted_ratio"),
            ),
            "rows_read": columns.count("Rows read", width=82),
            "loaded": columns.count("Kept", width=74),
            "revisions": columns.count("Revised", width=70),
            "duplicates": columns.count("Duplicate", width=80),
            "quarantined": columns.count("Quarantined", width=92),
            "skipped": columns.count("Skipped", width=72),
            "file_count": columns.count("Files", width=54),
            "refused_file_count": columns.count("Refused", width=70),
            "last_landed_at": columns.day("Landed", width=96),
        },
        alt="Every export with the outcome of its rows and its latest event",
    )
    missing = [row for row in listed if not row["is_present"]]
    if missing:
        st.caption(
            f"Missing: {plain(', '.join(str(row['export']) for row in missing))}. Figures that "
            "need one of them say so; seat_events or seat_snapshots is enough."
        )
    downloads.download(page.view, page.exports_table, "sources", "Download sources")


def by_month(page: State) -> None:
    """Whether a month is missing."""
    table = health.months(page.snapshot, page.source, page.since)
    if not table.num_rows and (page.source, page.since) != (ALL, None):
        display.nothing(
            page.view,
            "This source has no rows since that month.",
            "Choose another source or month.",
        )
        return
    if not table.num_rows:
        display.nothing(
            page.view,
            "No export contains events yet.",
            "Add seat, usage or invoice exports and refresh.",
        )
        return
    gaps = rows(health.gaps(page.snapshot, page.source, page.since))
    message = "No closed month lacks rows"
    if gaps:
        message = (
            f"{plural(len(gaps), 'closed month')} without rows: {gaps[0]['export']} in "
            f"{month(gaps[0]['month'])}{' and more' if len(gaps) > 1 else ''}"
        )
    listed = rows(table)
    display.draw(
        page.view,
        export_months(
            drawn(table).assign(
                label=[words(row["export"]) for row in listed],
                text=[headline(row["row_count"]) for row in listed],
                state=[
                    "gap" if row["is_gap"] else "open" if row["is_provisional"] else "rows"
                    for row in listed
                ],
            ),
            page.colors,
            message,
        ),
        {row["month"] for row in listed},
    )


def reconciled(page: State) -> None:
    """Re-rated bills against the invoices."""
    table = health.reconciliation(page.snapshot, page.since, page.currency)
    if not table.num_rows and (page.since, page.currency) != (None, ALL):
        display.nothing(
            page.view,
            "No invoiced period in this currency begins after that month.",
            "Choose an earlier month or another currency.",
        )
        return
    if not table.num_rows:
        display.nothing(
            page.view, "No invoice line could be compared.", "Add an invoice_lines export."
        )
        return
    found = rows(table)
    differing = sum(row["lines"] for row in found if row["reason"] != "matched")
    compared = sum(row["lines"] for row in found)
    unknown = sum(row["lines"] for row in found if row["reason"] == "unexplained")
    st.markdown(
        f"**{number(differing)} of {plural(compared, 'line')} differ** between what the current "
        "prices expect and what was invoiced; "
        + (f"{number(unknown)} of them without a cause" if unknown else "each has a cause")
    )
    tables.grid(
        page.view,
        drawn(table).assign(reason=[words(row["reason"]) for row in found]),
        hide_index=True,
        placeholder="–",
        height=tables.table_height(table),
        row_height=29,
        column_config={
            "currency": columns.name("Currency", width="small"),
            "reason": columns.text(
                "Reason",
                help=display.help_text(page.snapshot, "fct_invoice_reconciliation", "reason"),
            ),
            "lines": columns.count("Lines"),
            "accounts": columns.count("Accounts"),
            "expected": columns.money("Expected"),
            "invoiced": columns.money("Invoiced"),
            "difference": columns.money(
                "Difference",
                help=display.help_text(page.snapshot, "fct_invoice_reconciliation", "difference"),
            ),
        },
        alt="Lines and amounts that agree and that differ, by currency and reason",
    )
    downloads.download(page.view, table, "reconciliation", "Download reconciliation")
    lines = health.differing_lines(page.snapshot, page.since, page.currency)
    if lines.num_rows:
        st.markdown("**Lines that differ**, the largest first")
        tables.grid(
            page.view,
            drawn(lines).assign(
                reason=[words(row["reason"]) for row in rows(lines)],
                line_kind=[words(row["line_kind"]) for row in rows(lines)],
            ),
            hide_index=True,
            placeholder="–",
            height=tables.table_height(lines),
            column_config={
                **columns.account(),
                "period_start": columns.day("Period from"),
                "line_kind": "Kind",
                "reason": "Reason",
                "currency": "Currency",
                "expected_amount": columns.money("Expected"),
                "invoiced_amount": columns.money("Invoiced"),
                "difference": columns.money("Difference"),
                "sentence": columns.text("In words", width="large"),
                "invoice_id": "Invoice",
                "line_id": "Line",
                "event_id": "Event",
            },
            alt="Invoice lines that differ from what the current prices expect",
        )
        downloads.download(page.view, lines, "differing-lines", "Download lines")
    if page.quality:
        st.markdown("**By segment**, as the verdicts grade it")
        tables.grid(
            page.view,
            [
                {
                    "segment": labels.segment(row["segment"]),
                    "accuracy": percent(row["accuracy"], 2),
                    "coverage": percent(row["coverage"]),
                    "invoiced": percent(row["invoiced_share"]),
                    "loaded": percent(row["loaded_share"], 3),
                    "accounts": row["active_accounts"],
                }
                for row in page.quality
            ],
            hide_index=True,
            height="content",
            row_height=29,
            column_config={
                "segment": columns.name("Segment"),
                "accuracy": columns.text(
                    "Accuracy",
                    alignment="right",
                    help=display.help_text(page.snapshot, "fct_segment_quality", "accuracy"),
                ),
                "coverage": columns.text(
                    "Coverage",
                    alignment="right",
                    help=display.help_text(page.snapshot, "fct_segment_quality", "coverage"),
                ),
                "invoiced": columns.text(
                    "MRR on invoices",
                    alignment="right",
                    help=display.help_text(page.snapshot, "fct_segment_quality", "invoiced_share"),
                ),
                "loaded": columns.text(
                    "Rows loaded",
                    alignment="right",
                    help=display.help_text(page.snapshot, "fct_segment_quality", "loaded_share"),
                ),
                "accounts": columns.count("Active accounts"),
            },
            alt="Accuracy and coverage by segment",
        )


def quarantined(page: State) -> None:
    """What was quarantined, and why."""
    summary = health.quarantined(page.snapshot, page.source, page.since)
    listed = health.files(page.snapshot, page.source, page.since)
    refused = [row for row in rows(listed) if row["refused_reason"]]
    if refused:
        st.markdown(f"**{plural(len(refused), 'file')} refused**: none of their rows are loaded")
        tables.grid(
            page.view,
            [
                {
                    "file": row["file_name"],
                    "export": row["export"],
                    "reason": row["refused_reason"],
                    "landed": row["landed_at"],
                }
                for row in refused
            ],
            hide_index=True,
            height="content" if len(refused) < 8 else 280,
            column_config={
                "file": "File",
                "export": "Export",
                "reason": columns.text("Why", width="large"),
                "landed": columns.moment("Landed (UTC)"),
            },
            alt="Refused files, with the reason",
        )
    if summary.num_rows:
        quarantined_count = sum(row["row_count"] for row in rows(summary))
        st.markdown(f"**{plural(quarantined_count, 'row')} quarantined**, by export and reason")
        tables.grid(
            page.view,
            drawn(summary),
            hide_index=True,
            height=tables.table_height(summary),
            row_height=29,
            column_config={
                "export": columns.name("Export"),
                "reason": columns.text("Reason"),
                "row_count": columns.count("Rows", width="small"),
                "files": columns.count("Files", width="small"),
                "example": columns.text("Example of what was found", width="large"),
            },
            alt="Quarantined rows by export and reason",
        )
        st.caption(
            "Correct them in the export and run `seatshift refresh`: a corrected row is loaded, "
            "and "
            "these go."
        )
        listed_rows = health.quarantined_rows(page.snapshot, page.source, page.since)
        tables.grid(
            page.view,
            drawn(listed_rows),
            hide_index=True,
            height=tables.table_height(listed_rows),
            column_config={
                "export": "Export",
                "file_name": columns.text("File"),
                "row_number": columns.count("Row", width="small"),
                "reason": "Reason",
                "sentence": columns.text("What to do", width="large"),
                "raw": columns.text("Row in the file", width="large"),
            },
            alt="Every quarantined row, as in its file",
        )
        downloads.download(page.view, listed_rows, "quarantine", "Download quarantined rows")
    elif not refused:
        st.success(
            "No row or file of this source is quarantined"
            f"{' since' if page.since is not None else ''}.",
            icon=":material/check:",
        )
    if listed.num_rows:
        with st.expander(f"{plural(listed.num_rows, 'file version')} landed"):
            tables.grid(
                page.view,
                drawn(listed),
                hide_index=True,
                placeholder="–",
                height=tables.table_height(listed),
                column_config={
                    "file_name": columns.name("File"),
                    "landed_at": columns.moment("Landed (UTC)"),
                    "amount_sum": columns.money("Sum of amounts"),
                    "quantity_sum": columns.money("Sum of quantities"),
                },
                alt="Every file version with the outcome of its rows",
            )
            downloads.download(page.view, listed, "load-ledger", "Download files")


def checks(page: State) -> None:
    """The rules of this build's audit, with what each found."""
    if not page.rules:
        display.nothing(
            page.view,
            "The evidence of this generation has been deleted.",
            "The audit's verdict is in the header; the next refresh writes new evidence.",
        )
        return
    evidence = table_of(
        [
            {
                "rule": rule.name,
                "relation": rule.relation,
                "result": "passed" if rule.passed else "failed",
                "severity": rule.severity,
                "fails_where": rule.sentence,
                "found": rule.observed,
                "offenders": "; ".join(rule.offenders) or None,
            }
            for rule in sorted(page.rules, key=lambda rule: (rule.passed, rule.name))
        ],
        [
            (name, pa.string())
            for name in (
                "rule",
                "relation",
                "result",
                "severity",
                "fails_where",
                "found",
                "offenders",
            )
        ],
    )
    st.markdown(
        f"**{number(len(page.rules) - page.failed)} of {plural(len(page.rules), 'check')} passed** "
        "before this was published; a critical one that fails blocks publishing"
    )
    tables.grid(
        page.view,
        drawn(evidence),
        hide_index=True,
        placeholder="–",
        height=tables.table_height(evidence),
        row_height=29,
        column_config={
            "rule": columns.name("Rule", width="medium"),
            "relation": columns.text("Of"),
            "result": columns.text("Result", width="small"),
            "severity": columns.text("Severity", width="small"),
            "fails_where": columns.text("Fails where", width="large"),
            "found": columns.text("Found"),
            "offenders": columns.text("First offenders"),
        },
        alt="Every check with its result and what it found",
    )
    downloads.download(page.view, evidence, "checks", "Download checks")
    link = docs_link(page.snapshot)
    if link:
        st.link_button(
            "Data Docs",
            link,
            icon=":material/open_in_new:",
            type="tertiary",
            help=audit.DOCS_HELP,
        )
    elif not access.sees_names():
        st.caption(audit.DOCS_HIDDEN)


def restated(page: State) -> None:
    """Figures of closed months that changed after they were closed."""
    table = health.restatements(page.snapshot, page.since)
    if not table.num_rows:
        late = f", by rows that came since {month(page.since_month)}" if page.since else ""
        st.success(
            f"No figure of a closed month has changed since it was closed{late}.",
            icon=":material/check:",
        )
        return
    st.markdown(
        f"**{plural(table.num_rows, 'figure')} of closed months changed** after they were closed"
    )
    tables.grid(
        page.view,
        drawn(table).assign(
            figure=[labels.figure(row["figure"]) for row in rows(table)],
        ),
        hide_index=True,
        placeholder="–",
        height=tables.table_height(table),
        row_height=29,
        column_config={
            **columns.account(),
            "month": columns.month("Month"),
            "figure": "Figure",
            "unit": "Unit",
            "known_at_close": columns.money(
                "At the close",
                help=display.help_text(page.snapshot, "fct_restatements", "known_at_close"),
            ),
            "known_now": columns.money("Now"),
            "difference": columns.money("Difference"),
            "first_late_at": columns.moment(
                "First late row (UTC)",
                help=display.help_text(page.snapshot, "fct_restatements", "first_late_at"),
            ),
        },
        alt="Figures of closed months as known at the close and now",
    )
    downloads.download(page.view, table, "restatements", "Download restatements")


def generations_on_disk(page: State) -> None:
    """The generations that can be shown again."""
    listed = generations(page.snapshot)
    if not listed:
        display.nothing(
            page.view,
            "This home lists no generations.",
            "A refresh adds one with each snapshot.",
        )
        return
    tables.grid(
        page.view,
        [
            {
                "generation": entry.number,
                "shown": "shown now" if entry.is_shown else None,
                "as_of": moment(entry.as_of),
                "published": moment(entry.published_at),
                "audit": entry.verdict
                if entry.checks is None
                else f"{entry.verdict}, {plural(entry.checks, 'check')}",
                "command": None if entry.is_shown else f"seatshift rollback {entry.number}",
                "build": entry.build_id,
            }
            for entry in listed
        ],
        hide_index=True,
        placeholder="–",
        height="content",
        row_height=29,
        column_config={
            "generation": columns.count("Generation", width="small", pinned=True),
            "shown": columns.text("State", width="small"),
            "as_of": columns.text("Data as of (UTC)"),
            "published": columns.text("Published (UTC)"),
            "audit": columns.text("Audit"),
            "command": columns.text("To show it again"),
            "build": columns.text("Build"),
        },
        alt="Available generations, with the command that shows each again",
    )
    st.caption(
        "A rollback rebuilds nothing: readers see the older generation at their next click. The "
        "newer generation's inputs are not published again until something changes."
    )


def generation_table(page: State) -> Table:
    """The generations as a table for files."""
    return table_of(
        [
            {
                "generation": entry.number,
                "as_of": entry.as_of.astimezone(UTC).replace(tzinfo=None),
                "published_at": entry.published_at.astimezone(UTC).replace(tzinfo=None),
                "audit": entry.verdict,
                "checks": entry.checks,
                "build": entry.build_id,
            }
            for entry in generations(page.snapshot)
        ],
        [
            ("generation", pa.int64()),
            ("as_of", pa.timestamp("us")),
            ("published_at", pa.timestamp("us")),
            ("audit", pa.string()),
            ("checks", pa.int64()),
            ("build", pa.string()),
        ],
    )


def for_evidence(page: State) -> evidence.Evidence:
    """The page's content for the evidence folder; its tables are those the page offers as files."""
    exact = {export.name: export.table for export in page.view.exports} | {
        "months": health.months(page.snapshot, page.source, page.since),
        "quarantine-summary": health.quarantined(page.snapshot, page.source, page.since),
        "generations": generation_table(page),
    }
    names = dict.fromkeys(name for table in exact.values() for name in table.column_names)
    return evidence.Evidence(
        company=page.known.company_name,
        as_of=page.snapshot.as_of,
        generation=page.snapshot.generation,
        published_at=page.snapshot.published_at,
        build_id=page.snapshot.build_id,
        price_version=page.known.price_version,
        is_stale=page.freshness.is_stale,
        takeaway=takeaways.data_health(page.counts, page.whole, is_stale=page.freshness.is_stale),
        filters=dict(page.view.filters),
        figures=[figure[:3] for figure in figures(page)],
        tables=exact,
        meanings=column_definitions(page.snapshot, MODELS, tuple(names)),
    )
