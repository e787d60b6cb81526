"""The panels of the page Decision: each draws one part of it from the page's state."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st

from dashboards import access, columns, filters, forecast_accuracy, labels, takeaways
from dashboards.charts.decision import renewal_calendar, revenue_ranges
from dashboards.charts.theme import Palette
from dashboards.data import decision, journal
from dashboards.data.tables import Row, Table, drawn, rows
from dashboards.data.thresholds import threshold
from dashboards.exports.decision_paper import DecisionPaper, decision_pdf
from dashboards.formatting import (
    NOTHING,
    headline,
    measure,
    month,
    months,
    number,
    percent,
    plain,
    plural,
    points,
    span,
    words,
)
from dashboards.panels.recorder import count_due, latest, record
from dashboards.shell import display, downloads, notes, tables
from dashboards.view import Page

CASES = {"Middle": "middle", "Low": "low", "High": "high"}
# columns of the table of segments: under what their verdicts name, and under one proposal
BEST = (
    "segment",
    "verdict",
    "proposal",
    "sure",
    "accounts",
    "change",
    "shock",
    "limits",
    "range",
    "mrr",
    "retention",
)
BESIDE = (
    "segment",
    "verdict",
    "change",
    "range",
    "shock",
    "limits",
    "named",
    "retention",
    "accounts",
)
# where a reader goes who doubts the figures, or wants to know whom they would meet
WAYS_ON = (
    ("app_pages/shadow_billing.py", "Open shadow bills", ":material/receipt_long:"),
    ("app_pages/bill_shock.py", "Who would be shocked?", ":material/bolt:"),
)


@dataclass(frozen=True)
class State(Page):
    """What the page shows: made once at its top, read by every panel."""

    proposal: Row | None
    level: int
    horizon: int
    verdicts: Any
    ranked: list[Row]
    least_accounts: int
    beside: str | None


def chips(row: Row, *, is_stale: bool) -> None:
    """The verdict as a chip, and its month."""
    name = row["verdict"]
    st.badge(
        labels.verdict(name),
        icon=labels.VERDICT_ICONS.get(name),
        color=labels.VERDICT_COLORS.get(name, "gray"),
        help=labels.VERDICT_MEANINGS.get(name),
    )
    if is_stale:
        st.badge("stale", color="orange", help="Published on data that is older than allowed.")
    st.caption(month(row["month"]), width="content")


def figures(page: State, row: Row) -> None:
    """What standing still costs, what moving gains and whom it hits first; then the verdict's."""
    judged = partial(display.help_text, page.snapshot, "fct_segment_scenarios")
    year = next(iter(rows(decision.standing_still(page.snapshot, row["segment"]))), None)
    listed = rows(decision.windows(page.snapshot, row["segment"], row["shown_scenario_id"]))
    by_window = {one["window"]: one for one in listed}
    moving, first = by_window.get("next_12"), by_window.get("first_bill")
    with st.grid(6, min_column_width=150, gap="small"):
        display.card(
            page.view,
            "Standing still",
            headline(year["difference"], page.known.currency, sign=True) if year else NOTHING,
            percent(year["change"], sign=True) if year else "not projected",
            of="next 12 months",
            help=display.help_text(page.snapshot, "fct_standing_still", "difference"),
        )
        display.card(
            page.view,
            "Moving",
            headline(moving["yearly_gain"], page.known.currency, sign=True) if moving else NOTHING,
            percent(moving["revenue_change"], sign=True) if moving else "not projected",
            of=labels.SHORT_WINDOWS["next_12"],
            help=f"{judged('expected_gain')} Twelve months of it; the share is before churn.",
        )
        display.card(
            page.view,
            "Pay more at first",
            f"{number(first['loser_count'])} of {number(first['accounts'])}" if first else NOTHING,
            f"{percent(first['shock_share'])} shocked" if first else "not projected",
            of="first bill",
            help=judged("loser_count"),
        )
        display.card(
            page.view,
            "Revenue change",
            percent(row["revenue_change"], sign=True),
            span(row["revenue_change_low"], row["revenue_change_high"]) or "no range",
            of=", ".join(
                filter(
                    None, (f"{page.level} % range", labels.SHORT_WINDOWS.get(row["shown_window"]))
                )
            ),
            help=judged("revenue_change"),
        )
        limit = threshold(page.snapshot, "limit_shock_share", row["segment"])
        display.card(
            page.view,
            "Migration shock",
            percent(row["shock_share"]),
            f"limit {percent(limit, 0)}" if limit is not None else "no limit set",
            of=labels.SHORT_WINDOWS.get(row["shown_window"]),
            help=judged("shock_share"),
        )
        display.card(
            page.view,
            "Confidence",
            str(row["confidence"]).upper(),
            takeaways.weakest(row["weakest_link"]),
            help="The weakest of four grades: data, coverage, sample, assumptions.",
        )


def standing_still(page: State, segment: str) -> str | None:
    """The cost of standing still over both horizons, in a sentence; None if it is unknown."""
    listed = rows(decision.standing_still(page.snapshot, segment))
    return takeaways.standing_still(listed, page.known.currency) if listed else None


def windows_panel(page: State, row: Row) -> None:
    """The proposal in each window, and which of them decides."""
    table = decision.windows(page.snapshot, row["segment"], row["shown_scenario_id"])
    if not table.num_rows:
        return
    name = row["shown_scenario_name"] or "The proposal"
    st.markdown(f"**{plain(name)} in each window**: limits must hold in all but the first")
    judged = partial(display.help_text, page.snapshot, "fct_segment_scenarios")
    listed = rows(table)
    tables.upright(
        page.view,
        table,
        {
            "window": columns.name("Window"),
            "accounts": columns.count("Accounts", help=judged("accounts")),
            "current_reporting": columns.money(f"Today ({page.known.currency})"),
            "proposed_reporting": columns.money("Proposed"),
            "revenue_change": columns.change_ratio("Revenue"),
            "revenue_change_low": columns.change_ratio("80 % from"),
            "revenue_change_high": columns.change_ratio("to"),
            "shock_share": columns.percent("Shock"),
            "shock_share_low": columns.percent("Shock from"),
            "shock_share_high": columns.percent("to"),
            "extra_churn": columns.percent("Extra churn"),
            "extra_churn_low": None,
            "extra_churn_high": None,
            "margin_change": columns.points("Margin, change"),
            "winner_count": columns.count("Pay less"),
            "loser_count": columns.count("Pay more"),
            "yearly_gain": columns.money("Gain a year", sign=True, help=judged("expected_gain")),
            "yearly_gain_low": None,
            "yearly_gain_high": None,
            "keeps_limits": columns.yes("Within limits"),
            "broken_limits": columns.text("Limits broken"),
            "is_counted": None,
            "is_deciding": columns.yes("Decides"),
        },
        _window_lines(listed, page.known.currency),
        heads=[labels.window(one["window"]) for one in listed],
        words={"window": labels.window, "broken_limits": labels.limits},
        alt="The proposal over the closed twelve months, the last three, the first bill and the "
        "twelve months from the move",
        file=("windows", "Download windows"),
    )


def _window_lines(listed: list[Row], currency: str) -> dict[str, list[str]]:
    """Each measure of the windows as a line of the table: a text for each window."""
    return {
        "Customers": [number(one["accounts"]) for one in listed],
        f"Today, {currency}": [headline(one["current_reporting"]) for one in listed],
        "Proposed": [headline(one["proposed_reporting"]) for one in listed],
        "Revenue": [percent(one["revenue_change"], sign=True) for one in listed],
        "80 % range": [
            span(one["revenue_change_low"], one["revenue_change_high"]) or NOTHING for one in listed
        ],
        "Shock": [percent(one["shock_share"]) for one in listed],
        "Extra churn": [percent(one["extra_churn"]) for one in listed],
        "Margin": [points(one["margin_change"]) for one in listed],
        "Pay less, more": [
            f"{number(one['winner_count'])}, {number(one['loser_count'])}" for one in listed
        ],
        "Gain a year": [headline(one["yearly_gain"], sign=True) for one in listed],
        "Limits": [
            "within limits"
            if one["keeps_limits"]
            else f"breaks {labels.limits(one['broken_limits'] or '')}"
            for one in listed
        ],
        "Decides": ["decides" if one["is_deciding"] else "" for one in listed],
    }


def signals_panel(page: State, segment: str) -> None:
    """Every signal of the segment against its line."""
    st.markdown("**Should we?** Signals against their lines")
    table = decision.signals(page.snapshot, segment)
    if not table.num_rows:
        display.nothing(page.view, "No signal could be judged yet.", "They need two closed months.")
        return
    shown: list[dict[str, Any]] = []
    for row in rows(table):
        if not row["is_available"]:
            state = "not available"
        elif row["is_firing"]:
            state = f"● Active for {plural(row['months_firing'], 'month')}"
        elif row["is_over"]:
            state = "◐ Over the line"
        else:
            state = "○ Off"
        side = "≥" if row["direction"] == "above" else "<"
        shown.append(
            {
                "state": state,
                "signal": labels.signal(row["signal"]),
                "value": measure(row["value"], row["unit"], page.known.currency),
                "line": f"{side} {measure(row['threshold'], row['unit'], page.known.currency)}",
                "trend": [float(value) for value in row["trend"] or []],
                "why": row["reason"] or row["sentence"],
            }
        )
    tables.grid(
        page.view,
        shown,
        hide_index=True,
        row_height=29,
        height="content",
        placeholder="–",
        column_config={
            "state": columns.text(
                "State",
                width=142,
                help="A signal over its line alerts if it is over again next month.",
            ),
            "signal": columns.text("Signal", width=128),
            "value": columns.text("Now", width=62, alignment="right"),
            "line": columns.text("Alert at", width=68, alignment="right"),
            "trend": st.column_config.LineChartColumn("12 months", width=78),
            "why": columns.text("In words", width="large"),
        },
        alt="Signals of the migration trigger with their value, line and twelve-month trend",
    )


def segments_panel(page: State, chosen: Row) -> None:
    """One row per segment, with the proposal that its figures are for."""
    listed = [segment_row(page, row) for row in page.ranked]
    shown = BEST if page.proposal is None else BESIDE
    known_columns = segment_columns(page)
    tables.grid(
        page.view,
        [{name: row[name] for name in shown} for row in listed],
        hide_index=True,
        row_height=29,
        height="content",
        column_config={name: known_columns[name] for name in shown},
        alt="Verdict, size and effect of the named proposal by segment"
        if page.proposal is None
        else f"Published verdict and effect of {page.proposal['scenario_name']} by segment",
    )


def ranges_panel(page: State, chosen: Row) -> None:
    """The range of the proposal's revenue in each segment."""
    chart = ranges_chart(page, chosen, page.colors)
    if chart is not None:
        display.draw(page.view, chart)


def segment_row(page: State, row: Row) -> dict[str, Any]:
    """A segment's verdict, and what the proposal that is shown does to it."""
    is_few = row["accounts"] < page.least_accounts
    is_offered = row["shown_scenario_id"] is not None
    limits = (row["broken_limits"] or "").replace(",", ", ") or "no limit"
    return {
        "segment": labels.segment(row["segment"]),
        "verdict": [labels.verdict(row["verdict"])],
        "proposal": row["shown_scenario_name"],
        "accounts": covered(row),
        "mrr": headline(row["mrr_reporting"]),
        "change": percent(row["revenue_change"], sign=True),
        "range": span(row["revenue_change_low"], row["revenue_change_high"]) or NOTHING,
        "shock": percent(row["shock_share"]),
        "retention": f"{percent(row['nrr'], 0)} / {percent(row['grr'], 0)}",
        "sure": f"n < {page.least_accounts}" if is_few else row["confidence"],
        "limits": "not proposed"
        if not is_offered
        else f"n < {page.least_accounts}"
        if row["is_small"]
        else limits,
        "named": row["is_named"],
    }


def covered(row: Row) -> str:
    """The segment's accounts, and how many of them the proposal covers if not all."""
    whole, part = number(row["accounts"]), row["shown_accounts"]
    return whole if part is None or part == row["accounts"] else f"{number(part)} of {whole}"


def segment_columns(page: State) -> columns.Columns:
    """The columns of the table of segments, whichever of them are shown."""
    judged = partial(display.help_text, page.snapshot, "fct_segment_scenarios")
    of_verdict = partial(display.help_text, page.snapshot, "fct_verdicts")
    return {
        "segment": columns.name("Segment", width=88),
        "verdict": st.column_config.MultiselectColumn(
            "Verdict",
            width=104,
            options=list(labels.VERDICTS.values()),
            color=[labels.VERDICT_COLORS[name] for name in labels.VERDICTS],
        ),
        "proposal": columns.text(
            "Proposal", width=170, help="The row's figures are those of this proposal."
        ),
        "accounts": columns.text(
            "Customers",
            width=80,
            alignment="right",
            help=f"{of_verdict('accounts')} “57 of 173”: the proposal covers 57 of them, and its "
            "figures are theirs.",
        ),
        "mrr": columns.text(
            "MRR",
            width=58,
            alignment="right",
            help=f"{of_verdict('mrr_reporting')} ({page.known.currency})",
        ),
        "change": columns.text(
            "Δ revenue", width=70, alignment="right", help=judged("revenue_change")
        ),
        "range": columns.text(f"{page.level} % range", width=98, alignment="right"),
        "shock": columns.text("Shock", width=58, alignment="right", help=judged("shock_share")),
        "retention": columns.text(
            "NRR / GRR",
            width=88,
            alignment="right",
            help=display.help_text(page.snapshot, "fct_trailing_retention", "nrr"),
        ),
        "sure": columns.text("Confidence", width=80, help=of_verdict("confidence")),
        "limits": columns.text("Limits broken", width=92, help=judged("broken_limits")),
        "named": columns.yes("Named", width=58, help="Whether the verdict names this proposal."),
    }


def ranges_chart(page: State, chosen: Row, palette: Palette) -> Any:
    """The range of revenue of every segment under what is shown; None where none is known."""
    drawable = [row for row in page.ranked if row["revenue_change"] is not None]
    if not drawable:
        return None
    limit = threshold(page.snapshot, "limit_revenue_change")
    frame_of = drawn(page.verdicts).dropna(subset=["revenue_change"])
    named = chosen["shown_scenario_name"]
    about, named = labels.segment(chosen["segment"]), chosen["shown_scenario_name"]
    message = (
        f"{about}: {percent(chosen['revenue_change'], sign=True)} revenue under {named}"
        if named
        else f"{about} has no figures under this proposal"
    )
    return revenue_ranges(
        frame_of.assign(segment=[labels.segment(name) for name in frame_of["segment"]]),
        palette,
        message,
        float(limit) if limit is not None else None,
        page.level,
        takeaways.gains(chosen),
    )


def renewals_panel(page: State, row: Row) -> None:
    """When the segment's contracts renew, and who is free to move then."""
    ahead = f"in the coming {plural(page.horizon, 'month')}"
    if not coming(page, row).num_rows:
        if row["shown_scenario_id"] is None:
            display.nothing(
                page.view,
                f"No active contract of this segment has a renewal date {ahead}.",
                "Renewal dates come from subscriptions or invoice periods.",
            )
        else:
            display.nothing(
                page.view,
                f"Nobody of this segment can move {ahead}.",
                "Timing says what holds each account.",
            )
        return
    chart = renewals_chart(page, row, page.colors)
    if chart is None:
        display.nothing(
            page.view, "The contracts that renew carry no MRR.", "It comes from invoices."
        )
        return
    display.draw(page.view, chart)


def coming(page: State, row: Row) -> Table:
    """The renewals of a segment up to the horizon, under the proposal that is shown for it."""
    return decision.renewals(page.snapshot, row["segment"], row["shown_scenario_id"], page.horizon)


def renewals_chart(page: State, row: Row, palette: Palette) -> Any:
    """The segment's calendar of renewals; None where nothing that renews carries MRR."""
    table = coming(page, row)
    if not any(one["mrr"] for one in rows(table)):
        return None
    best = best_window(page, row)
    worth = headline(rows(table)[0]["window_mrr"], page.known.currency)
    is_locked = any(one["status"] == "locked" for one in rows(table))
    parts = (
        f"MRR that {happens(row)}, {page.known.currency}",
        "outlined: locked until then" if is_locked else "",
        "shaded: best months" if best else "",
    )
    return renewal_calendar(
        drawn(table),
        palette,
        f"Most {happens(row)} {best}: {worth}" if best else "All MRR is locked",
        "; ".join(part for part in parts if part),
    )


def happens(row: Row) -> str:
    """What the calendar tells of: moves to the proposal that is shown, or renewals without one."""
    return "renews" if row["shown_scenario_id"] is None else "can move"


def best_window(page: State, row: Row) -> str | None:
    """The months in which most MRR is free to move, or renews; None where none is."""
    inside = [one["month"] for one in rows(coming(page, row)) if one["is_best"]]
    return months(inside[0], inside[-1]) if inside else None


def projected(page: State, row: Row) -> tuple[Row, Row] | None:
    """Today's model and the proposal up to the horizon that was asked for; None without either."""
    listed = rows(decision.projections(page.snapshot, row["segment"], row["shown_scenario_id"]))
    if not listed:
        return None
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**Next {plural(page.horizon, 'month')}**", width="content")
        case = filters.switch(
            page.view,
            "Case",
            "case",
            list(CASES),
            help="The rows of churn_assumptions.csv and usage_response.csv; the months ahead are "
            "those of “When?”.",
            is_labelled=False,
        )
    found = {
        entry["scenario_id"]: entry
        for entry in listed
        if entry["month_ahead"] == page.horizon and entry["assumption_case"] == CASES[case]
    }
    current = found.get("current")
    if current is None:
        return None
    return current, found.get(row["shown_scenario_id"], current)


def horizon_panel(page: State, row: Row) -> str | None:
    """What the proposal bills up to a horizon, beside today's model; the sentence for paper."""
    both = projected(page, row)
    if both is None:
        st.caption("Nothing is projected for this segment: it takes bills of closed months.")
        return None
    current, proposed = both
    sentence = takeaways.projection(
        str(row["shown_scenario_name"] or ""), current, proposed, page.known.currency
    )
    st.caption(
        plain(sentence), help=display.help_text(page.snapshot, "fct_projections", "revenue_to_date")
    )
    graded = forecast_accuracy.note(
        page.view, row["segment"], row["shown_scenario_id"], page.horizon
    )
    return " ".join(filter(None, (sentence, graded)))


def certainty_panel(page: State, row: Row) -> None:
    """The four grades, and what would change the verdict."""
    left, right = st.columns([2, 3], border=True)
    with left:
        st.markdown("**Confidence** The weakest of four grades counts")
        with st.container(horizontal=True, gap="small"):
            for column, name in labels.GRADES.items():
                grade = str(row[column])
                st.badge(
                    f"{name} {grade}",
                    color=labels.GRADE_COLORS.get(grade, "gray"),
                    help=display.help_text(page.snapshot, "fct_verdicts", column),
                )
        st.caption(plain(takeaways.weakest_link(row["weakest_link"])))
        if row["evidence"]:
            st.caption(plain(row["evidence"]))
        st.caption(plain(latest(row["segment"])))
    with right:
        flips = [flip.strip() for flip in str(row["flips"] or "").split("|") if flip.strip()]
        listed = [f"- {plain(flip[:1].upper() + flip[1:])}" for flip in flips]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**What would reverse this?**", width="content")
            if len(listed) > 3:
                with st.popover(f"{len(listed) - 3} more", type="tertiary"):
                    st.caption("\n".join(listed[3:]))
            asked = {"segment": row["segment"], "scenario": row["shown_scenario_id"]}
            for page_file, name, icon in WAYS_ON:
                st.page_link(
                    page_file,
                    label=name,
                    icon=icon,
                    query_params={key: str(value) for key, value in asked.items() if value},
                    width="content",
                )
        if listed:
            st.caption("\n".join(listed[:3]))
        else:
            st.caption("Nothing near the assumed values flips this verdict.")


def proposals_panel(page: State, segment: str) -> None:
    """Every proposal against every limit."""
    table = decision.proposals(page.snapshot, segment, page.level)
    if not table.num_rows:
        return
    st.markdown(f"**Proposals for {plain(labels.segment(segment))}** against the limits")
    listed = rows(table)
    frame_of = drawn(table).assign(
        broken_limits=[labels.limits(row["broken_limits"] or "") for row in listed],
    )
    tables.grid(
        page.view,
        frame_of[
            [
                "scenario_name",
                "keeps_limits",
                "broken_limits",
                "accounts",
                "revenue_change",
                "revenue_change_low",
                "revenue_change_high",
                "shock_share",
                "extra_churn",
                "margin_change",
                "winner_count",
                "loser_count",
                "has_evidence",
            ]
        ],
        hide_index=True,
        placeholder="–",
        column_config={
            "scenario_name": columns.name("Proposal"),
            "keeps_limits": columns.yes("Within limits"),
            "broken_limits": columns.text("Limits broken"),
            "accounts": columns.count("Accounts"),
            "revenue_change": columns.change_ratio("Revenue"),
            "revenue_change_low": columns.change_ratio(f"{page.level} % from"),
            "revenue_change_high": columns.change_ratio("to"),
            "shock_share": columns.percent("Shock"),
            "extra_churn": columns.percent("Extra churn"),
            "margin_change": columns.points("Margin, change"),
            "winner_count": columns.count("Pay less"),
            "loser_count": columns.count("Pay more"),
            "has_evidence": columns.yes("Evidence"),
        },
        alt="Every proposal with its effect and the limits it keeps",
    )


def history_panel(page: State, segment: str) -> None:
    """Every month's verdict as it was reported, whatever is known now."""
    table = decision.history(page.snapshot, segment)
    if not table.num_rows:
        return
    st.markdown(f"**Reported before** for {plain(labels.segment(segment))}, and what is known now")
    shown = [
        {
            "month": row["month"],
            "source": labels.SOURCES.get(row["source"], row["source"]),
            "told": labels.verdict(row["verdict"]) if row["verdict"] else None,
            "sure": row["confidence"],
            "now": labels.verdict(row["recomputed_verdict"]) if row["recomputed_verdict"] else None,
            "why": ", ".join(
                labels.DIFFERENCES.get(reason, reason)
                for reason in str(row["difference_reasons"] or "").split(", ")
                if reason
            )
            or None,
            "sentence": row["sentence"],
        }
        for row in rows(table)
    ]
    tables.grid(
        page.view,
        shown,
        hide_index=True,
        placeholder="–",
        column_config={
            "month": columns.month("Month", pinned=True),
            "source": columns.text("Source"),
            "told": columns.text("As reported"),
            "sure": columns.text("Confidence"),
            "now": columns.text("Known now"),
            "why": columns.text("Why it differs"),
            "sentence": columns.text("What was reported", width="large"),
        },
        alt="Verdicts of past months as they were reported, beside what is known now",
    )


def recorder(page: State, row: Row) -> None:
    """A button whose dialog writes down what was decided."""
    if st.button(
        "Record decision", icon=":material/edit_note:", type="tertiary", key="decision_open"
    ):
        record(page.snapshot, row, "", "")


def log_panel(page: State) -> None:
    """What was decided and noted, the newest first."""
    kept = journal.entries()
    listed = rows(kept)
    st.markdown("**Decisions and notes**")
    problem = journal.problem()
    if problem is not None:
        st.warning(plain(problem), icon=":material/error:")
        if not listed:
            return
    if not listed:
        st.caption("Nothing is recorded yet: “Record decision” above keeps the first entry.")
        return
    if not access.sees_names():
        st.caption(notes.WHY_HIDDEN)
    due = count_due(listed)
    if due:
        st.caption(f":material/event_available: {due}")
    tables.grid(
        page.view,
        [
            {
                "written": row["written_at"],
                "author": row["author"],
                "kind": row["kind"],
                "page": words(row["page"] or journal.FIRST_PAGE),
                "segment": row["account_id"] or labels.segment(row["segment"]),
                "period": row["period"],
                "verdict": labels.verdict(row["verdict"]) if row["verdict"] else None,
                "text": row["text"],
                "expected": row["expected_outcome"],
                "review": row["review_on"],
                "generation": row["generation"],
            }
            for row in listed
        ],
        hide_index=True,
        placeholder="–",
        height=tables.table_height(kept),
        column_config={
            "written": columns.moment("Written (UTC)", width=130),
            "author": columns.text("By", width=60),
            "kind": columns.text("Kind", width=70),
            "page": columns.text("Page", width=100),
            "segment": columns.text("Segment or account", width=120),
            "period": columns.month("Month", width=80),
            "verdict": columns.text("Verdict shown", width=110),
            "text": columns.text("Decision or note", width="large"),
            "expected": columns.text("Expected", width="medium"),
            "review": columns.day("Review", width=90),
            "generation": columns.count("Generation", width=84),
        },
        alt="Decisions and notes with author, time, verdict shown and review date",
    )
    downloads.download(page.view, kept, "decisions", "Download decisions")


def one_page(page: State, row: Row, outlook: str | None, *, is_stale: bool) -> bytes:
    """The decision on paper: the same figures as on the screen."""
    by_month = {one["month"]: float(one["free_mrr"] or 0) for one in rows(coming(page, row))}
    return decision_pdf(
        DecisionPaper(
            company=page.known.company_name,
            currency=page.known.currency,
            as_of=page.snapshot.as_of,
            generation=page.snapshot.generation,
            is_stale=is_stale,
            chosen=row,
            verdicts=page.ranked,
            signals=rows(decision.signals(page.snapshot, row["segment"])),
            renewals=list(by_month.items()),
            best_window=best_window(page, row),
            level=page.level,
            horizon=page.horizon,
            beside=page.beside,
            last_decision=journal.latest_decision(row["segment"]),
            outlook=outlook,
        )
    )
