"""What does this word mean?"""

import streamlit as st

from dashboards import columns, filters, labels, takeaways
from dashboards.data import glossary
from dashboards.data.definitions import definition_versions
from dashboards.data.tables import Row, first, rows
from dashboards.exports.glossary import Glossary, glossary_pdf
from dashboards.formatting import day, measure, number, plain, plural, words
from dashboards.shell import audit, display, downloads, foot, header, tables

ALL = "All"


def show_term(row: Row) -> None:
    """A term in full: the table cuts long texts."""
    facts = {
        "Unit or type": row["unit"],
        "Empty or zero": row["empty_when"],
        "One row per": row["grain"],
        "Published in": row["where"],
        "Owner": row["owner"] or "–",
        "Version": f"v{row['version']} since {day(row['changed_on'])}" if row["version"] else "–",
        "Changed": row["change"],
    }
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(row['term'])}** — {plain(row['definition'])}")
        st.caption(
            " · ".join(f"{name}: {plain(str(value))}" for name, value in facts.items() if value)
        )


page = header.begin("What does this word mean?")
view, snapshot, known = page.view, page.snapshot, page.known
terms = glossary.glossary(snapshot)

with page.filters:
    text = filters.search(view, "Search", "q", placeholder="A word, or several")
    kind = filters.switch(view, "Kind", "kind", [*glossary.KINDS, ALL])
    segment = filters.segment(view)

found = glossary.matching(terms, None if kind == ALL else kind, text)
thresholds = glossary.thresholds_in_force(snapshot, segment)
version = first(glossary.versions(snapshot, segment)) or {}
MADE_WITH = {
    "Price book": known.price_version,
    "Thresholds": version.get("thresholds_version"),
    "Models and code": version.get("code_version"),
    "Build": snapshot.build_id,
    "Months in": known.time_zone,
    "Reporting currency": known.currency,
    "Value meter": words(known.value_meter),
}
VERSIONS = ("Price book", "Thresholds", "Models and code", "Build")
changed = glossary.changes(snapshot, found)
display.answer(
    view,
    takeaways.definitions(
        len(found),
        kind,
        text,
        known.price_version,
        rows(thresholds),
        changed[0] if changed else None,
    ),
)
if found:
    table = glossary.as_table(found)
    shown = tables.grid(
        view,
        found,
        hide_index=True,
        placeholder="–",
        height="content" if len(found) <= 8 else 440,
        on_select="rerun",
        selection_mode="single-row",
        key="definitions_terms",
        column_order=[
            "term",
            "definition",
            "owner",
            "version",
            "changed_on",
            "unit",
            "empty_when",
            "grain",
            "where",
            "change",
        ],
        column_config={
            "term": columns.name("Term", width=232),
            "definition": columns.text("What it is", width=440),
            "owner": columns.text("Owner", width=74),
            "version": st.column_config.NumberColumn("Version", format="v%d", width=66),
            "changed_on": columns.day("Changed on", width=96),
            "unit": columns.text("Unit or type", width=104),
            "empty_when": columns.text("Empty or zero", width=190),
            "grain": columns.text("One row per", width=230),
            "where": columns.text("Published in", width=260),
            "change": columns.text("How it changed", width=320),
        },
        alt="Terms with their definition, owner, version, unit, grain and place",
    )
    picked = shown.selection.rows
    if picked and picked[0] < len(found):
        show_term(found[picked[0]])
    elif text:
        show_term(found[0])
    else:
        st.caption(
            "Choose a row, or search, to read a term in full. A balance is measured at a point in "
            "time, an activity over a period."
        )
    printed = Glossary(
        company=known.company_name,
        currency=known.currency,
        as_of=snapshot.as_of,
        generation=snapshot.generation,
        segment=segment,
        kind=kind,
        text=text,
        terms=found,
        thresholds=rows(thresholds),
        made_with={name: str(value or "") for name, value in MADE_WITH.items()},
    )
    downloads.download(view, table, "definitions", "Download terms")
    downloads.paper(view, lambda: glossary_pdf(printed), "definitions", "Definitions as PDF")
else:
    elsewhere = len(glossary.matching(terms, None, text))
    other = f"{plural(elsewhere, 'term')} of another kind {'does' if elsewhere == 1 else 'do'}"
    display.nothing(
        view,
        f"No term among the {kind.lower()} contains all of these words.",
        f"{other}: choose “{ALL}”." if elsewhere else "Try fewer words.",
    )

st.markdown("**Recent changes**, newest first")
lately = glossary.changes(snapshot, terms)
if lately:
    tables.table(
        view,
        glossary.changes_table(lately),
        {
            "name": columns.name("Definition of"),
            "version": st.column_config.NumberColumn("Version", format="v%d", width=66),
            "changed_on": columns.day("Since", width=96),
            "change": columns.text("How it changed", width=620),
            "owner": columns.text("Owner", width=80),
            "model": columns.text("Table"),
        },
        models=("dim_definition_versions",),
        alt="Definitions that changed, with version, day, change and owner",
        file=("definition-changes", "Download changes"),
    )
elif definition_versions(snapshot):
    display.nothing(
        view, "Every definition is as it was first published.", "A change will be listed here."
    )
else:
    display.nothing(
        view,
        "This snapshot is older than the versions of definitions.",
        "Refresh to see their owners and changes.",
    )

left, right = st.columns([5, 2], gap="medium")
with left:
    st.markdown(f"**Thresholds in force** for {plain(labels.segment(segment))}")
    if thresholds.num_rows:
        tables.grid(
            view,
            [
                {
                    "name": labels.SIGNALS.get(row["name"], words(row["name"])),
                    "side": {"above": "above", "below": "below"}.get(row["direction"], "–"),
                    "fires": measure(row["fires_at"], row["unit"] or "", known.currency),
                    "clears": measure(row["clears_at"], row["unit"] or "", known.currency),
                    "unit": row["unit"],
                    "source": f"own row of {segment}" if row["is_own_row"] else "general row",
                    "since": row["valid_from"],
                    "id": row["name"],
                }
                for row in rows(thresholds)
            ],
            hide_index=True,
            placeholder="–",
            height="content" if thresholds.num_rows <= 11 else 360,
            row_height=29,
            column_config={
                "name": columns.name("Threshold", width=232),
                "side": columns.text(
                    "Side",
                    width=64,
                    help=display.help_text(snapshot, "dim_thresholds", "direction"),
                ),
                "fires": columns.text(
                    "Fires or limit at",
                    alignment="right",
                    help=display.help_text(snapshot, "dim_thresholds", "fires_at"),
                ),
                "clears": columns.text(
                    "Stops at",
                    alignment="right",
                    help=display.help_text(snapshot, "dim_thresholds", "clears_at"),
                ),
                "unit": columns.text("Unit", width=82),
                "source": columns.text(
                    "Row of thresholds.csv",
                    help=display.help_text(snapshot, "dim_thresholds", "is_own_row"),
                ),
                "since": columns.day(
                    "In force since",
                    help=display.help_text(snapshot, "dim_thresholds", "valid_from"),
                ),
                "id": columns.text("Name in the file"),
            },
            alt="Thresholds in force with their values and the row they come from",
        )
        st.caption(
            "A general row without a date is the one shipped with seatshift unless the home's "
            "reference/thresholds.csv names the threshold itself."
        )
        downloads.download(view, thresholds, "thresholds", "Download thresholds")
    else:
        display.nothing(
            view,
            "No threshold is in force for this segment.",
            "Choose another segment, or refresh.",
        )
with right:
    st.markdown("**Made with**")
    st.table(
        {
            name: f"`{value or '–'}`" if name in VERSIONS else plain(value)
            for name, value in MADE_WITH.items()
        },
        border="horizontal",
    )
    st.caption(
        f"{number(len(terms))} terms are published with this build, in the words of its models."
    )
audit.criteria()
foot.definitions(
    view, "dim_settings", "dim_thresholds", "dim_verdict_versions", "dim_definition_versions"
)
