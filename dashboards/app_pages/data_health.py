"""Can I trust today's numbers?"""

from datetime import date
from functools import partial

import streamlit as st

from dashboards import filters, takeaways
from dashboards.data import health
from dashboards.data.docs import audited_rules
from dashboards.data.tables import rows
from dashboards.exports import evidence
from dashboards.formatting import (
    in_file,
    month,
)
from dashboards.panels import data_health as panels
from dashboards.shell import display, downloads, foot, header

page = header.begin("Can I trust today's numbers?")
view, snapshot, known, colors = page.view, page.snapshot, page.known, page.colors
freshness = page.state

exports = rows(health.exports(snapshot))
with page.filters:
    source = filters.choice(
        view,
        "Source",
        "source",
        [panels.ALL, *sorted(row["export"] for row in exports)],
        format_func=lambda name: "All sources" if name == panels.ALL else name,
        help="Filters the sources, their months, the quarantined rows and the files. A month "
        "filters all but the sources: to files that landed and rows that came late since "
        "then, and to invoice lines of periods that begin since then.",
        width=180,
    )
    since_month = filters.by_id(
        view,
        "Since",
        "since",
        {panels.ALL: "The beginning"}
        | {name: month(name) for name in health.month_names(snapshot)},
        default=panels.ALL,
        width=150,
    )
    currency = filters.currency(
        view, "Filters the reconciliation to invoice lines in this currency."
    )
since = None if since_month in (panels.ALL, None) else date.fromisoformat(f"{since_month}-01")
exports_table = health.exports(snapshot, source)

counts = health.everything(snapshot)
quality = rows(health.quality(snapshot))
whole = quality[0] if quality else None
display.answer(view, takeaways.data_health(counts, whole, is_stale=freshness.is_stale))
if freshness.is_stale:
    st.warning(
        "The data is older than the refresh interval plus grace: run `seatshift refresh`. The "
        "figures below are as of the time above.",
        icon=":material/schedule:",
    )
if not exports:
    display.nothing(
        view,
        "The snapshot lists no exports.",
        "Put exports into the home and run `seatshift refresh`.",
    )

rules = audited_rules(snapshot)
failed = sum(not rule.passed for rule in rules)


state = panels.State(
    colors=colors,
    known=known,
    view=view,
    freshness=freshness,
    currency=currency,
    since_month=since_month,
    source=source,
    since=since,
    exports_table=exports_table,
    counts=counts,
    quality=quality,
    whole=whole,
    rules=rules,
    failed=failed,
)
with st.grid(6, min_column_width=150, gap="small"):
    for label, figure, remark, help_text in panels.figures(state):
        display.card(view, label, figure, remark or None, help=help_text)
pack = st.container(horizontal=True, vertical_alignment="center", gap="small")


panels.sources(state)
panels.by_month(state)
tabs = st.tabs(["Reconciliation", "Quarantined", "Checks", "Restatements", "Generations"])
for tab, panel in zip(
    tabs,
    (
        partial(panels.reconciled, state),
        partial(panels.quarantined, state),
        partial(panels.checks, state),
        partial(panels.restated, state),
        partial(panels.generations_on_disk, state),
    ),
    strict=True,
):
    with tab:
        panel()
foot.definitions(view, *panels.MODELS)
# in the format of files, not of the screen
with in_file():
    folder = panels.for_evidence(state)
with pack:
    downloads.folder(
        view,
        lambda: evidence.evidence_zip(folder),
        "evidence",
        "Evidence pack",
        help="A folder with a summary to print (PDF) and every table of this page with its "
        "filters (CSV). A browser downloads one file at a time, so the folder is a ZIP file.",
    )
    downloads.paper(view, lambda: evidence.evidence_pdf(folder), "evidence", "Summary as PDF")
