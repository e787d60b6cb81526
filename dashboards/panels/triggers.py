"""The panels of the page Triggers: each draws one part of the page from its state."""

from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

import pyarrow as pa
import streamlit as st

from dashboards import access, columns, labels
from dashboards.charts.triggers import part_line, state_strip
from dashboards.data import journal, threshold_edits, triggers
from dashboards.data.journal import CannotWrite
from dashboards.data.tables import Row, drawn, rows, table_of
from dashboards.data.threshold_edits import Change, Lines
from dashboards.data.thresholds import threshold
from dashboards.formatting import measure, month, number, plain, plural
from dashboards.shell import display, downloads, tables
from dashboards.view import Page

# who may change the thresholds of signals
EDITS = "admin"


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    months: int
    segment: str
    latest: list[Row]
    parts: list[Row]
    nearest: list[Row]


def nearness(row: Row) -> tuple[bool, Any]:
    """Waiting parts first, then by distance in usual moves; parts that have not moved last."""
    return row["moves_away"] is None, row["moves_away"] or 0


def shown(page: State, value: Any, row: Row) -> str:
    """A figure in its row's unit."""
    return measure(value, row["unit"], page.known.currency)


def strip(page: State) -> None:
    """The state of every signal by month."""
    states = triggers.states(page.snapshot, page.segment, page.months)
    table = drawn(states)
    on = [row for row in page.latest if row["state"] == "on"]
    message = "No signal is on"
    if on:
        longest = max(on, key=lambda row: row["months_firing"])
        message = (
            f"On longest: {labels.signal(longest['signal']).lower()}, "
            f"since {month(longest['state_since'])}"
        )
    display.draw(
        page.view,
        state_strip(
            table.assign(label=[labels.signal(name) for name in table["signal"]]),
            page.colors,
            message,
        ),
        set(table["month"]),
    )
    downloads.download(page.view, states, "signal-states", "Download states")


def now(page: State) -> None:
    """The current state of every signal."""
    st.markdown(f"**Now**, {month(page.latest[0]['month'])}, and since when")
    tables.grid(
        page.view,
        [
            {
                "state": labels.SIGNAL_STATES.get(row["state"], row["state"]),
                "signal": labels.signal(row["signal"])
                + (" *" if row["signal"] in labels.TRIGGER_SIGNALS else ""),
                "since": row["state_since"],
                "value": shown(page, row["value"], row),
                "fires": f"{'≥' if row['direction'] == 'above' else '<'} "
                f"{shown(page, row['threshold'], row)}",
                "clears": shown(page, row["clears_at"], row),
                "why": row["reason"] or row["sentence"],
            }
            for row in page.latest
        ],
        hide_index=True,
        height="content",
        row_height=29,
        placeholder="–",
        column_config={
            "state": columns.text(
                "State", width=84, help=display.help_text(page.snapshot, "fct_signals", "state")
            ),
            "signal": columns.text("Signal", width=132),
            "since": columns.month(
                "Since",
                width=72,
                help=display.help_text(page.snapshot, "fct_signals", "state_since"),
            ),
            "value": columns.text(
                "Now",
                width=66,
                alignment="right",
                help=display.help_text(page.snapshot, "fct_signals", "value"),
            ),
            "fires": columns.text(
                "Alert at",
                width=76,
                alignment="right",
                help=display.help_text(page.snapshot, "fct_signals", "threshold"),
            ),
            "clears": columns.text(
                "Stops",
                width=66,
                alignment="right",
                help=display.help_text(page.snapshot, "fct_signals", "clears_at"),
            ),
            "why": columns.text("In words", width="large"),
        },
        alt="Every signal with its state, since when, its value and its two lines",
    )
    needed = threshold(page.snapshot, "signal_months", page.segment)
    long = "enough closed months" if needed is None else plural(int(needed), "closed month")
    st.caption(
        "\\* part of the migration trigger: automation rising, and seat growth weak or seats idle, "
        f"and expansion weak. A signal fires after {long} in a row over its line and "
        "stops beyond the second line, so a signal does not flicker."
    )


def near(page: State) -> None:
    """The parts of signals that are off, nearest to firing first."""
    st.markdown("**Nearest to firing**, of the signals that are off")
    if not page.nearest:
        display.nothing(
            page.view,
            "No signal that is off has moved for three months.",
            "A figure that does not move has no distance in usual moves.",
        )
        return
    tables.grid(
        page.view,
        [
            {
                "metric": labels.signal(row["metric"]),
                "moves": float(row["moves_away"]),
                "value": shown(page, row["value"], row),
                "line": shown(page, row["next_line"], row),
                "usual": shown(page, row["usual_move"], row).lstrip("+"),
                "note": "over the line, not yet for enough months" if row["is_over"] else None,
            }
            for row in page.nearest
        ],
        hide_index=True,
        height="content" if len(page.nearest) < 8 else 280,
        row_height=29,
        placeholder="–",
        column_config={
            "metric": columns.name("Figure", width="medium"),
            "moves": columns.figure(
                "Usual moves away",
                help=display.help_text(page.snapshot, "fct_signal_parts", "moves_away"),
            ),
            "value": columns.text("Now", alignment="right"),
            "line": columns.text("Fires at", alignment="right"),
            "usual": columns.text(
                "Usual move",
                alignment="right",
                help=display.help_text(page.snapshot, "fct_signal_parts", "usual_move"),
            ),
            "note": columns.text("Note"),
        },
        alt="Figures of signals that are off, by how many usual monthly moves they are from firing",
    )


def segments_panel(page: State) -> None:
    """The signals and the trigger by segment."""
    st.markdown("**By segment**: what is on, and whether the trigger holds")
    found = triggers.by_segment(page.snapshot)
    tables.grid(
        page.view,
        [
            {
                "segment": labels.segment(row["segment"]),
                "trigger": {True: "holds", False: "does not hold"}.get(
                    row["is_trigger"], "cannot be judged"
                ),
                "on": f"{row['signals_on']} of {row['signals_available']}",
                "names": ", ".join(
                    labels.signal(name).lower()
                    for name in str(row["names_on"] or "").split(",")
                    if name
                )
                or "none",
            }
            for row in rows(found)
        ],
        hide_index=True,
        height="content",
        row_height=29,
        column_config={
            "segment": columns.name("Segment", width=96),
            "trigger": columns.text(
                "Trigger",
                width=104,
                help=display.help_text(page.snapshot, "fct_verdicts", "is_trigger"),
            ),
            "on": columns.text("On, of available", width=110),
            "names": columns.text("Signals that are on", width="large"),
        },
        alt="Signals that are on and whether the trigger holds, by segment",
    )
    downloads.download(page.view, found, "triggers-by-segment")


def multiples(page: State) -> None:
    """Every figure by month, each on its own scale."""
    st.markdown(
        "**Every figure against its lines** – dashed: fires; dotted: stops; diamonds: it fires"
    )
    values = drawn(triggers.part_months(page.snapshot, page.segment, page.months))
    with st.grid(4, min_column_width=240, gap="small"):
        for row in page.parts:
            with st.container(border=True, height="stretch"):
                name = f"{labels.signal(row['metric'])}: {shown(page, row['value'], row)}"
                side = "above" if row["direction"] == "above" else "below"
                lines = f"fires {side} {shown(page, row['threshold'], row)}"
                if row["clears_at"] is not None:
                    other = "below" if side == "above" else "above"
                    lines += f", stops {other} {shown(page, row['clears_at'], row)}"
                of_it = values[values["metric"] == row["metric"]]
                if not of_it["value"].notna().any():
                    st.markdown(f"**{plain(labels.signal(row['metric']))}**")
                    display.nothing(
                        page.view,
                        f"Not available: {plain(row['reason'] or 'no month has a figure')}.",
                        "It counts neither for nor against the trigger.",
                    )
                    continue
                display.draw(
                    page.view,
                    part_line(
                        of_it,
                        page.colors,
                        name,
                        lines,
                        row["unit"],
                        float(row["threshold"]) if row["threshold"] is not None else None,
                        float(row["clears_at"]) if row["clears_at"] is not None else None,
                    ),
                    set(of_it["month"]),
                    lists_notes=False,
                )


def changes_panel(page: State) -> None:
    """When each signal turned on and off."""
    found = triggers.changes(page.snapshot, page.segment)
    st.markdown(f"**Changes of state**: {plural(found.num_rows, 'change')}, the latest first")
    if not found.num_rows:
        st.caption("No signal has changed its state since the first month.")
        return
    tables.grid(
        page.view,
        [
            {
                "month": row["month"],
                "signal": labels.signal(row["signal"]),
                "to": labels.SIGNAL_STATES.get(row["state"], row["state"]),
                "value": shown(page, row["value"], row),
                "sentence": row["sentence"],
            }
            for row in rows(found)
        ],
        hide_index=True,
        height=tables.table_height(found),
        row_height=29,
        placeholder="–",
        column_config={
            "month": columns.month("Month", width="small"),
            "signal": columns.text("Signal", width="medium"),
            "to": columns.text("Became", width="small"),
            "value": columns.text("At", alignment="right", width="small"),
            "sentence": columns.text("In words", width="large"),
        },
        alt="Months in which a signal turned on or off, or became unavailable",
    )
    downloads.download(page.view, found, "signal-changes")


def in_unit(value: Decimal | None, unit: str) -> float | None:
    """A threshold as a person writes it: ratios and points in per cent."""
    if value is None:
        return None
    return float(value * 100 if unit in ("ratio", "points") else value)


def exact(typed: float | None, unit: str) -> Decimal | None:
    """The typed value in the file's unit."""
    if typed is None:
        return None
    value = Decimal(str(typed)) / (100 if unit in ("ratio", "points") else 1)
    return value.quantize(Decimal("0.000001")).normalize()


@st.fragment  # type: ignore[untyped-decorator]
def editor(page: State) -> None:
    """Try another line against the figure's months, and save it for the next refresh."""
    if access.may(EDITS):
        try:
            try_line(page)
        except CannotWrite as problem:
            st.error(plain(str(problem)))
    else:
        st.caption(
            "Thresholds are changed by the people who run this dashboard; every change is "
            "listed here."
        )
    refused = st.session_state.pop("line_refused", None)
    if refused:
        st.error(plain(refused))
    if st.session_state.pop("line_saved", None):
        st.toast("Saved for the next refresh.", icon=":material/check:")
    changed(page)


def try_line(page: State) -> None:
    """The new line in its unit, the months it would affect, and the two ways to save it."""
    fields, preview = st.columns([2, 3], gap="medium")
    with fields:
        by_metric = {row["metric"]: row for row in page.parts}
        metric = st.selectbox(
            "Figure", list(by_metric), format_func=labels.signal, key="line_metric"
        )
        row = by_metric[metric]
        key, before = threshold_edits.row_to_change(page.snapshot, metric, page.segment)
        shown_lines = threshold_edits.published(page.snapshot, metric, page.segment) or {}
        start = before or Lines(
            shown_lines.get("fires_at") or row["threshold"], shown_lines.get("clears_at")
        )
        sign = {"ratio": "%", "points": "pts"}.get(row["unit"], row["unit"])
        side = "above" if row["direction"] == "above" else "below"
        at = f"{metric}_{page.segment}_{start.fires_at}_{start.clears_at}"
        fires = exact(
            st.number_input(
                f"Fires {side} ({sign})",
                value=in_unit(start.fires_at, row["unit"]),
                key=f"line_fires_{at}",
                required=True,
            ),
            row["unit"],
        )
        clears = exact(
            st.number_input(
                f"Stops {'below' if side == 'above' else 'above'} ({sign})",
                value=in_unit(start.clears_at, row["unit"]),
                key=f"line_clears_{at}",
                help="A second line, so that a signal does not flicker.",
            ),
            row["unit"],
        )
        why = st.text_input("Why", key="line_why", max_chars=threshold_edits.LONGEST_REASON)
    if fires is None:
        return
    with preview:
        of_it = drawn(triggers.part_months(page.snapshot, page.segment, page.months))
        of_it = of_it[of_it["metric"] == metric]
        if of_it["value"].notna().any():
            met = threshold_edits.beyond(page.snapshot, metric, page.segment, page.months, fires)
            message = (
                f"{plural(met[side], 'month')} of {number(met['months'])} are {side} "
                f"{shown(page, fires, row)}"
            )
            published_at = shown_lines.get("fires_at")
            display.draw(
                page.view,
                part_line(
                    of_it,
                    page.colors,
                    message,
                    f"{labels.signal(metric)}; solid: the line tried; dashed: the line published",
                    row["unit"],
                    float(published_at) if published_at is not None else None,
                    None,
                    float(fires),
                ),
            )
        else:
            display.nothing(
                page.view, "No month has this figure.", "The line can still be changed."
            )
    whom = (
        "every segment without a line of its own"
        if page.segment == "all"
        else f"{page.segment} only"
    )
    st.caption(
        f"For {plain(whom)}. It takes effect with the next refresh: published figures and verdicts "
        "do not change."
    )
    change = Change(key=key, before=before, after=Lines(fires, clears), why=why)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Save for the next refresh",
            type="primary",
            key="line_keep",
            disabled=change.after == start,
            on_click=partial(keep, page),
            args=(change,),
        )
        if change.after != start:
            st.download_button(
                "Draft of thresholds.csv",
                data=lambda: threshold_edits.draft(change).encode(),
                file_name="thresholds.csv",
                mime="text/csv",
                type="tertiary",
                icon=":material/download:",
                on_click="ignore",
                key="line_draft",
            )


def keep(page: State, change: Change) -> None:
    """Save before the editor runs again, so that it shows the changed file."""
    try:
        threshold_edits.save(page.snapshot, access.require(EDITS), change)
    except access.NotAllowed:
        st.session_state["line_refused"] = "Your role cannot change thresholds."
    except CannotWrite as problem:
        st.session_state["line_refused"] = str(problem)
    else:
        st.session_state["line_saved"] = True


def changed(page: State) -> None:
    """Every change of a line, and those not yet in a refresh."""
    log = threshold_edits.log()
    problem = journal.problem()
    if problem is not None:
        st.warning(plain(problem), icon=":material/error:")
        if not log:
            return
    if not log:
        st.caption("No line has been changed here yet.")
        return
    waiting = threshold_edits.pending(page.snapshot)
    if waiting:
        st.info(
            f"{plural(len(waiting), 'change')} "
            f"{'waits' if len(waiting) == 1 else 'wait'} for the next refresh: "
            "run `seatshift refresh`.",
            icon=":material/pending:",
        )
    listed = [
        {
            "changed_at": change.changed_at,
            "author": change.author,
            "figure": labels.signal(change.key.name),
            "segment": labels.segment(change.key.segment or "all"),
            "before": lines_in_words(change.before),
            "after": lines_in_words(change.after),
            "state": "waits for a refresh" if change in waiting else None,
            "why": change.why,
        }
        for change in log
    ]
    tables.grid(
        page.view,
        listed,
        hide_index=True,
        placeholder="–",
        height="content" if len(listed) <= 8 else 280,
        row_height=29,
        column_config={
            "changed_at": columns.moment("Changed (UTC)", width=130),
            "author": columns.text("By", width=60),
            "figure": columns.text("Figure", width="medium"),
            "segment": columns.text("Segment", width=100),
            "before": columns.text("From", width="medium"),
            "after": columns.text("To", width="medium"),
            "state": columns.text("State", width=130),
            "why": columns.text("Why", width="large"),
        },
        alt="Changes of lines with author, time and reason",
    )
    kinds = {"changed_at": pa.timestamp("us")}
    table = table_of(listed, [(name, kinds.get(name, pa.string())) for name in listed[0]])
    downloads.download(page.view, table, "line-changes", "Download changes")
    if access.may(EDITS):
        st.button(
            f"Undo the latest ({labels.signal(log[0].key.name)})",
            type="tertiary",
            icon=":material/undo:",
            key="line_undo",
            on_click=partial(keep, page),
            args=(threshold_edits.undone(log[0]),),
        )


def lines_in_words(lines: Lines | None) -> str:
    """Both lines of a row of the file, in words."""
    if lines is None:
        return "no row of the home's own"
    stops = "" if lines.clears_at is None else f", stops at {lines.clears_at:f}"
    return f"fires at {lines.fires_at:f}{stops}"
