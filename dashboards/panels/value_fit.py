"""The panel that shows whether seats change with the work of the same accounts."""

import streamlit as st

from dashboards import columns, labels
from dashboards.charts.triggers import value_fit
from dashboards.data import triggers
from dashboards.data.tables import Row, drawn, rows
from dashboards.formatting import number, percent, plain
from dashboards.panels.triggers import State
from dashboards.shell import display, downloads, tables

# months of a window whose halves are compared, so that a season counts once in each
WINDOW = 12
MEASURE = "Change of seats per change of work; 1: they follow, 0: they do not, below: against it"


def panel(page: State) -> None:
    """Whether seats change with the work of the same accounts: by month, and by segment."""
    months = triggers.value_fit(page.snapshot, page.segment, WINDOW, page.months)
    table = drawn(months)
    by_segment = triggers.value_fit_by_segment(page.snapshot, WINDOW)
    latest = {row["segment"]: row for row in rows(by_segment)}
    st.markdown(
        "**Do seats follow the work?** In the same accounts, the last six months against the six "
        "before"
    )
    left, right = st.columns([6, 5], gap="medium")
    with left:
        here = latest.get(page.segment)
        if here is None or not table["value"].notna().any():
            display.nothing(
                page.view,
                f"Not available: {plain((here or {}).get('reason') or 'no closed month')}.",
                "Seats and usage have to be known for twelve months in a row.",
            )
        else:
            display.draw(
                page.view,
                value_fit(table, page.colors, in_words(here), MEASURE),
                set(table["month"]),
            )
    with right:
        by_segment_table(page, list(latest.values()))
        downloads.download(page.view, by_segment, "value-fit")


def in_words(row: Row) -> str:
    """The latest month in one line, as the title of its chart."""
    if row["explained_median"] is None:
        return f"Not available in the latest month: {row['reason']}"
    changes = [
        f"{word} {percent(row[name], sign=True)}"
        for word, name in (("Work", "work_change"), ("seats", "seats_change"))
        if row[name] is not None
    ]
    share = row["unseated_work_share"]
    did = "" if share is None else f"; automation did {percent(share, digits=0)} of the work"
    return ", ".join(changes) + did


def by_segment_table(page: State, found: list[Row]) -> None:
    """The latest closed month of every segment."""
    model = "fct_seat_value_fit"
    tables.grid(
        page.view,
        [
            {
                "segment": labels.segment(row["segment"]),
                "work": percent(row["work_change"], sign=True),
                "seats": percent(row["seats_change"], sign=True),
                "follows": number(row["explained_median"], 2),
                "automation": percent(row["unseated_work_share"]),
                "accounts": row["accounts"],
                "note": row["reason"] or ("few accounts" if row["is_small"] else None),
            }
            for row in found
        ],
        hide_index=True,
        height="content",
        row_height=29,
        placeholder="–",
        column_config={
            "segment": columns.name("Segment", width=96),
            **{
                name: columns.text(
                    label,
                    alignment="right",
                    width=width,
                    help=display.help_text(page.snapshot, model, column),
                )
                for name, label, width, column in (
                    ("work", "Work", 72, "work_change"),
                    ("seats", "Seats", 72, "seats_change"),
                    ("follows", "Seats per work", 104, "explained_median"),
                    ("automation", "By automation", 104, "unseated_work_share"),
                )
            },
            "accounts": columns.count(
                "Accounts", width=80, help=display.help_text(page.snapshot, model, "accounts")
            ),
            "note": columns.text("Note"),
        },
        alt="Change of work and of seats in the same accounts, by segment",
    )
