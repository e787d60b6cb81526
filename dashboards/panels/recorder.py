"""The dialog that records a decision: it closes when the entry is saved."""

from dataclasses import replace
from datetime import timedelta

import streamlit as st

from dashboards import access, labels
from dashboards.data import journal
from dashboards.data.freshness import now
from dashboards.data.tables import Row
from dashboards.data.warehouse import Snapshot
from dashboards.formatting import day, plain, plural

REVIEW_AFTER_DAYS = 90
# who decided last in this session: asked once
_NAME = "decided_by"


@st.dialog("Record decision", position="right", icon=":material/edit_note:")  # type: ignore[untyped-decorator]
def record(snapshot: Snapshot, row: Row, suggested: str, expected: str) -> None:
    """Write down what was decided about a verdict; nothing that was written is changed.

    row: the segment's verdict; suggested and expected: what the form suggests for the two texts.
    """
    who = labels.segment(row["segment"])
    st.caption(
        f"For {plain(who)}, where generation {snapshot.generation} reports "
        f"{labels.verdict(row['verdict'])}. It is saved with your name and the time, and cannot be "
        "changed."
    )
    with st.form("record_decision", border=False):
        name = st.text_input(
            "Decided by",
            value=st.session_state.get(_NAME, ""),
            max_chars=80,
            placeholder="Your name",
            key="decision_name",
        )
        text = st.text_area(
            "Decision",
            value=suggested,
            max_chars=journal.LONGEST,
            key="decision_text",
        )
        outcome = st.text_area(
            "Expected outcome",
            value=expected,
            max_chars=journal.LONGEST,
            key="decision_expected",
            height=90,
        )
        review = st.date_input(
            "Review on",
            value=now().date() + timedelta(days=REVIEW_AFTER_DAYS),
            min_value=now().date(),
            key="decision_review",
        )
        is_asked = st.form_submit_button("Record decision", type="primary")
    if not is_asked:
        return
    if not name.strip():
        st.error("The name of the person who decided is missing: write it above.")
        return
    try:
        journal.record(
            snapshot,
            replace(access.require("analyst"), name=name.strip()),
            journal.Entry(
                segment=row["segment"],
                verdict=row["verdict"],
                text=text,
                expected_outcome=outcome,
                review_on=review,
            ),
        )
    except access.NotAllowed:
        st.error("Your role does not write here: ask the person who runs this dashboard.")
    except journal.CannotWrite as problem:
        st.error(plain(str(problem)))
    else:
        st.session_state[_NAME] = name.strip()
        st.toast(f"Recorded for {plain(who)}.", icon=":material/check:")
        st.rerun()


def latest(segment: str) -> str:
    """The latest decision on the segment, and whether its review is due, in a sentence."""
    decided = journal.latest_decision(segment)
    if decided is None:
        return f"No decision on {labels.segment(segment)} is recorded yet."
    about = "" if decided["segment"] == segment else f" on {labels.segment(decided['segment'])}"
    seen = decided["verdict"]
    when = f"{day(decided['written_at'])} by {decided['author']}"
    due = decided["review_on"] is not None and decided["review_on"] <= now().date()
    review = "review due" if due else f"review on {day(decided['review_on'])}"
    return (
        f"Last decision{about}: {when}{f', at {labels.verdict(seen)}' if seen else ''}; {review}."
    )


def count_due(listed: list[Row]) -> str | None:
    """How many decisions are due for review; None if none is."""
    due = sum(row["review_on"] is not None and row["review_on"] <= now().date() for row in listed)
    return f"{plural(due, 'decision')} due for review." if due else None
