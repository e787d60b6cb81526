"""The audit of a page's data, and what the four words for its state mean."""

from typing import Any

import streamlit as st

from dashboards import access
from dashboards.data.badge import CRITERIA, Badge
from dashboards.data.docs import audited_rules, docs_link
from dashboards.data.facts import Facts
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import moment, plain

DOCS_HELP = "Great Expectations' own pages, without scripts: nothing is fetched from the internet."
NO_DOCS = "Its Data Docs have been removed."
DOCS_HIDDEN = (
    "Its Data Docs quote rows of the exports, including account names, which your role is not "
    "shown."
)


def criteria() -> None:
    """The four state words of the header, each with its meaning."""
    st.markdown("**State of the data**: the word in every page's header")
    st.markdown("\n".join(f"- **{word}**: {plain(text)}" for word, text in CRITERIA.items()))


def evidence(snapshot: Snapshot, known: Facts, judged: Badge) -> None:
    if judged.reasons:
        st.markdown(f"**{judged.word}**, because")
        st.markdown("\n".join(f"- {plain(reason)}" for reason in judged.reasons))
    st.markdown("**What was checked before this was published**")
    audit: dict[str, Any] = snapshot.audit if isinstance(snapshot.audit, dict) else {}
    checks, warnings = audit.get("checks"), audit.get("warnings")
    st.table(
        {
            "Verdict": f"**{plain(str(audit.get('verdict', 'unknown')))}**",
            "Checks": f"{plain(str(checks))}, {plain(str(warnings or 0))} worth a look",
            "Published": f"{moment(snapshot.published_at)} UTC",
            "Months in": plain(known.time_zone),
            "Build": f"`{snapshot.build_id}`",
            "Prices": f"`{known.price_version}`",
        },
        border="horizontal",
    )
    rules = audited_rules(snapshot)
    if rules:
        st.dataframe(
            {
                "Rule": [rule.name for rule in rules],
                "Result": ["passed" if rule.passed else "failed" for rule in rules],
                "Severity": [rule.severity for rule in rules],
                "Found": [rule.observed for rule in rules],
            },
            height=220,
            hide_index=True,
        )
    link = docs_link(snapshot)
    if link:
        st.link_button(
            "Data Docs",
            link,
            icon=":material/open_in_new:",
            type="tertiary",
            help=DOCS_HELP,
        )
    else:
        st.caption(NO_DOCS if access.sees_names() else DOCS_HIDDEN)
