"""Which signals fired, since when, and which is nearest to firing?"""

from typing import Any

import streamlit as st

from dashboards import filters, frame, labels, takeaways
from dashboards.charts.theme import palette
from dashboards.charts.triggers import part_line, state_strip
from dashboards.data import triggers
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.thresholds import threshold
from dashboards.formatting import measure, month, number, plain, plural

QUESTION = "Which signals fired, since when, and which is nearest to firing?"

snapshot, known = frame.open_page()
colors = palette(st.context.theme.type)
_, filter_bar, _ = frame.header(snapshot, known, QUESTION)

with filter_bar:
    segment = filters.segment(snapshot)
    months = int(filters.switch("Months", "months", ["12", "24"]))

latest_table = triggers.signals(snapshot, segment)
latest = rows(latest_table)
parts_table = triggers.parts(snapshot, segment)
parts = rows(parts_table)
verdict = triggers.trigger(snapshot, segment)
signal_state = {row["signal"]: row["state"] for row in latest}


def nearness(row: Row) -> tuple[bool, Any]:
    """Parts that wait come first, then those a few usual moves away; the unmoved last."""
    return row["moves_away"] is None, row["moves_away"] or 0


nearest = sorted(
    (
        row
        for row in parts
        if row["is_available"]
        and signal_state.get(row["signal"]) == "off"
        and row["moves_away"] is not None
    ),
    key=nearness,
)
frame.answer(
    takeaways.triggers(
        segment,
        latest,
        verdict["is_trigger"] if verdict else None,
        nearest[0] if nearest else None,
        known.currency,
    )
)
if not latest:
    frame.nothing(
        "No closed month has signals for this segment.",
        "They need two closed months: add exports that reach past the end of a month and run "
        "`seatshift refresh`.",
    )
    frame.stop()


def shown(value: Any, row: Row) -> str:
    """A figure in the unit of its row."""
    return measure(value, row["unit"], known.currency)


def strip() -> None:
    """The states of every signal over the months."""
    table = drawn(triggers.states(snapshot, segment, months))
    on = [row for row in latest if row["state"] == "on"]
    message = "No signal is on"
    if on:
        longest = max(on, key=lambda row: row["months_firing"])
        message = (
            f"On longest: {labels.signal(longest['signal']).lower()}, "
            f"since {month(longest['state_since'])}"
        )
    frame.draw(
        state_strip(
            table.assign(label=[labels.signal(name) for name in table["signal"]]), colors, message
        )
    )


def now() -> None:
    """Every signal as it is now."""
    st.markdown(f"**Now**, {month(latest[0]['month'])}, and since when")
    st.dataframe(
        [
            {
                "state": labels.SIGNAL_STATES.get(row["state"], row["state"]),
                "signal": labels.signal(row["signal"])
                + (" *" if row["signal"] in labels.TRIGGER_SIGNALS else ""),
                "since": month(row["state_since"]),
                "value": shown(row["value"], row),
                "fires": f"{'≥' if row['direction'] == 'above' else '<'} "
                f"{shown(row['threshold'], row)}",
                "clears": shown(row["clears_at"], row),
                "why": row["reason"] or row["sentence"],
            }
            for row in latest
        ],
        hide_index=True,
        height="content",
        row_height=29,
        placeholder="–",
        column_config={
            "state": st.column_config.TextColumn(
                "State", width=84, help=frame.help_text(snapshot, "fct_signals", "state")
            ),
            "signal": st.column_config.TextColumn("Signal", width=132),
            "since": st.column_config.TextColumn(
                "Since", width=72, help=frame.help_text(snapshot, "fct_signals", "state_since")
            ),
            "value": st.column_config.TextColumn(
                "Now",
                width=66,
                alignment="right",
                help=frame.help_text(snapshot, "fct_signals", "value"),
            ),
            "fires": st.column_config.TextColumn(
                "Fires",
                width=76,
                alignment="right",
                help=frame.help_text(snapshot, "fct_signals", "threshold"),
            ),
            "clears": st.column_config.TextColumn(
                "Stops",
                width=66,
                alignment="right",
                help=frame.help_text(snapshot, "fct_signals", "clears_at"),
            ),
            "why": st.column_config.TextColumn("In words", width="large"),
        },
        alt="Every signal with its state, since when, its value and its two lines",
    )
    needed = threshold(snapshot, "signal_months", segment)
    long = "enough closed months" if needed is None else plural(int(needed), "closed month")
    st.caption(
        "\\* part of the migration trigger: automation rising, and seat growth weak or seats idle, "
        f"and expansion weak. A signal fires after {long} in a row over its line and "
        "stops beyond the second line, so that it does not flicker."
    )


def near() -> None:
    """The parts of signals that do not fire, the nearest first."""
    st.markdown("**Nearest to firing**, of the signals that are off")
    if not nearest:
        frame.nothing(
            "No signal that is off has moved for three months.",
            "One that stands still has no distance in usual moves.",
        )
        return
    st.dataframe(
        [
            {
                "metric": labels.signal(row["metric"]),
                "moves": float(row["moves_away"]),
                "value": shown(row["value"], row),
                "line": shown(row["next_line"], row),
                "usual": shown(row["usual_move"], row).lstrip("+"),
                "note": "over the line, waits for its months" if row["is_over"] else None,
            }
            for row in nearest
        ],
        hide_index=True,
        height="content" if len(nearest) < 8 else 280,
        row_height=29,
        placeholder="–",
        column_config={
            "metric": st.column_config.TextColumn("Figure", pinned=True, width="medium"),
            "moves": st.column_config.NumberColumn(
                "Usual moves away",
                format="%.1f",
                help=frame.help_text(snapshot, "fct_signal_parts", "moves_away"),
            ),
            "value": st.column_config.TextColumn("Now", alignment="right"),
            "line": st.column_config.TextColumn("Fires at", alignment="right"),
            "usual": st.column_config.TextColumn(
                "Usual move",
                alignment="right",
                help=frame.help_text(snapshot, "fct_signal_parts", "usual_move"),
            ),
            "note": st.column_config.TextColumn("Note"),
        },
        alt="Figures of signals that are off, by how many usual monthly moves they are from firing",
    )


def segments_panel() -> None:
    """The same for every segment."""
    st.markdown("**By segment**: what is on, and whether the trigger holds")
    found = triggers.by_segment(snapshot)
    st.dataframe(
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
            "segment": st.column_config.TextColumn("Segment", width=96, pinned=True),
            "trigger": st.column_config.TextColumn(
                "Trigger",
                width=104,
                help=frame.help_text(snapshot, "fct_verdicts", "is_trigger"),
            ),
            "on": st.column_config.TextColumn("On, of available", width=110),
            "names": st.column_config.TextColumn("Signals that are on", width="large"),
        },
        alt="Signals that are on and whether the trigger holds, by segment",
    )
    frame.download(snapshot, found, "triggers-by-segment")


def multiples() -> None:
    """Every figure over the months, each on a scale of its own."""
    st.markdown(
        "**Every figure against its lines** – dashed: fires; dotted: stops; diamonds: it fires"
    )
    values = drawn(triggers.part_months(snapshot, segment, months))
    with st.grid(4, min_column_width=240, gap="small"):
        for row in parts:
            with st.container(border=True, height="stretch"):
                name = f"{labels.signal(row['metric'])}: {shown(row['value'], row)}"
                side = "above" if row["direction"] == "above" else "below"
                lines = f"fires {side} {shown(row['threshold'], row)}"
                if row["clears_at"] is not None:
                    other = "below" if side == "above" else "above"
                    lines += f", stops {other} {shown(row['clears_at'], row)}"
                of_it = values[values["metric"] == row["metric"]]
                if not of_it["value"].notna().any():
                    st.markdown(f"**{plain(labels.signal(row['metric']))}**")
                    frame.nothing(
                        f"Not available: {plain(row['reason'] or 'no month has a figure')}.",
                        "It neither fires nor counts against.",
                    )
                    continue
                frame.draw(
                    part_line(
                        of_it,
                        colors,
                        name,
                        lines,
                        row["unit"],
                        float(row["threshold"]) if row["threshold"] is not None else None,
                        float(row["clears_at"]) if row["clears_at"] is not None else None,
                    )
                )


def changes_panel() -> None:
    """When each signal went on and off."""
    found = triggers.changes(snapshot, segment)
    st.markdown(f"**Changes of state**: {plural(found.num_rows, 'change')}, the latest first")
    if not found.num_rows:
        st.caption("No signal has changed its state since the first month.")
        return
    st.dataframe(
        [
            {
                "month": month(row["month"]),
                "signal": labels.signal(row["signal"]),
                "to": labels.SIGNAL_STATES.get(row["state"], row["state"]),
                "value": shown(row["value"], row),
                "sentence": row["sentence"],
            }
            for row in rows(found)
        ],
        hide_index=True,
        height=frame.table_height(found),
        row_height=29,
        placeholder="–",
        column_config={
            "month": st.column_config.TextColumn("Month", width="small"),
            "signal": st.column_config.TextColumn("Signal", width="medium"),
            "to": st.column_config.TextColumn("Became", width="small"),
            "value": st.column_config.TextColumn("At", alignment="right", width="small"),
            "sentence": st.column_config.TextColumn("In words", width="large"),
        },
        alt="Months in which a signal went on, off or out of sight",
    )
    frame.download(snapshot, found, "signal-changes")


left, right = st.columns([6, 5], gap="medium")
with left:
    strip()
with right:
    now()
multiples()
left, right = st.columns(2, gap="medium")
with left:
    near()
    frame.download(snapshot, parts_table, "signals")
with right:
    segments_panel()
changes_panel()
missing = [row for row in latest if not row["is_available"]]
if missing:
    st.caption(
        f"{number(len(missing))} of {plural(len(latest), 'signal')} not available: "
        + "; ".join(f"{labels.signal(row['signal'])} ({plain(row['reason'])})" for row in missing)
        + "."
    )
frame.definitions(snapshot, "fct_signals", "fct_signal_parts", "fct_segment_metrics")
