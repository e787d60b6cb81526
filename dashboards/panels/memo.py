"""The panels of the page Memo: each draws one part of it from the page's state."""

from dataclasses import dataclass

import streamlit as st

from dashboards import labels, memo, takeaways
from dashboards.charts.waterfall import steps, waterfall
from dashboards.data import memo as figures
from dashboards.data.tables import Row, rows
from dashboards.formatting import NOTHING, headline, measure, month, number, percent, plain
from dashboards.panels import customers, recorder
from dashboards.shell import display, downloads, tables
from dashboards.view import Page

CHART_HEIGHT = 216
STEPS = {
    "last_12": "Last year",
    "standing_still": "Staying",
    "not_compared": "Others",
    "new_prices": "Prices",
    "churn": "Churn",
    "next_12": "Next year",
}
SIX = {
    "arpu": "Revenue per account",
    "expansion_rate": "Expansion a month",
    "nrr_12m": "NRR, 12 months",
    "automation_share": "Automation share",
    "billing_tickets_per_100_accounts": "Billing tickets / 100",
    "gross_margin": "Gross margin",
}
CHOICES = {
    "Approve": ":material/check:",
    "Defer": ":material/schedule:",
    "Pilot": ":material/science:",
}
MATRIX, OPENED = "memo_matrix", "memo_matrix_opened"
# where past verdicts and decisions are listed
HISTORY = "app_pages/decision.py"


@dataclass(frozen=True)
class State(Page):
    """What the page shows: made once by its script, read by every panel."""

    verdict: Row
    move: Row | None
    still: Row | None
    moves: list[Row]
    mix: list[Row]
    sentence: str


def figures_panel(page: State) -> None:
    """The three figures that lead: standing still, moving, who pays more at first."""
    still, move, currency = page.still, page.move, page.known.currency
    has_still = still is not None and still["difference"] is not None
    with st.grid(3, min_column_width=200, gap="small"):
        display.card(
            page.view,
            "Standing still, next 12 months",
            headline(still["difference"], currency, sign=True) if has_still and still else NOTHING,
            percent(still["change"], sign=True)
            if has_still and still
            else f"not available: {takeaways.why_not_projected(still)}",
            of=f"80 %: {_range(still, 'difference')}" if has_still and still else None,
            help=display.help_text(page.snapshot, "fct_standing_still", "difference"),
        )
        has_gain = move is not None and move["yearly_gain"] is not None
        display.card(
            page.view,
            "Gain from moving, a year",
            headline(move["yearly_gain"], currency, sign=True) if has_gain and move else NOTHING,
            _range(move, "yearly_gain") or "no range"
            if has_gain and move
            else f"not available: {memo.why_no_gain(move)}",
            of="80 % range" if has_gain else None,
            help=display.help_text(page.snapshot, "fct_proposal_moves", "yearly_gain"),
        )
        has_bills = move is not None and move["pay_more"] is not None
        display.card(
            page.view,
            "Pay more on the first bill",
            f"{number(move['pay_more'])} of {number(move['first_bills'])}"
            if has_bills and move
            else NOTHING,
            _first_bills(move, currency)
            if has_bills and move
            else "not available: no first bill can be compared",
            of=f"worst {headline(move['worst_difference'], currency, sign=True)}"
            if has_bills and move and move["worst_difference"]
            else None,
            help=display.help_text(page.snapshot, "fct_proposal_moves", "pay_more"),
        )


def _range(row: Row, name: str) -> str | None:
    if row[f"{name}_low"] is None:
        return None
    low, high = (headline(row[f"{name}_{end}"], sign=True) for end in ("low", "high"))
    return f"{low} to {high}"


def _first_bills(move: Row, currency: str) -> str:
    more = headline(move["pay_more_reporting"], currency, sign=True)
    return f"{more}, {number(move['shocked'])} shocked"


def bridge_panel(page: State) -> None:
    """From last year's revenue to next year's, in steps."""
    move = page.move
    listed = (
        figures.bridge(page.snapshot, page.verdict["segment"], move["scenario_id"]) if move else []
    )
    if move is None or not listed or listed[0]["amount"] is None:
        why = listed[0] if listed else None
        display.nothing(
            page.view,
            "The way from last year to next is not available: "
            f"{takeaways.why_not_projected(why) if move else memo.NOT_PROPOSED}.",
            "It takes bills of closed months and a proposal for the segment.",
        )
        return
    changes = [
        (STEPS[row["step"]], row["amount"])
        for row in listed[1:-1]
        if row["amount"] or row["step"] != "not_compared"
    ]
    bars = steps(
        (STEPS["last_12"], listed[0]["amount"]),
        changes,
        (STEPS["next_12"], listed[-1]["amount"]),
        "proposed",
    )
    display.draw(
        page.view,
        waterfall(
            bars,
            page.colors,
            memo.bridged(listed, page.known.currency),
            f"Revenue under {move['scenario_name']}, {page.known.currency}; moves at renewal",
            height=CHART_HEIGHT,
        ),
    )


def matrix_panel(page: State) -> None:
    """Segments by proposals: the gain a year and the limits; a cell opens its customers."""
    proposals = {
        str(row["scenario_id"]): str(row["scenario_name"])
        for row in sorted(page.moves, key=lambda row: str(row["scenario_id"]))
    }
    segments = list(dict.fromkeys(str(row["segment"]) for row in page.moves))
    by_place = {(row["segment"], row["scenario_id"]): row for row in page.moves}
    st.markdown(
        f"**Gain a year by segment and proposal**, {plain(page.known.currency)}; ✓ within limits, "
        "✗ the limits it breaks; then the window that decides, in months. Choose a cell to see its "
        "customers."
    )
    if not segments:
        display.nothing(
            page.view, "No proposal is judged yet.", "Add proposals to reference/scenarios.csv."
        )
        return
    shown = [
        {"segment": labels.segment(segment)}
        | {
            scenario_id: memo.cell(by_place.get((segment, scenario_id)))
            for scenario_id in proposals
        }
        for segment in segments
    ]
    chosen = tables.grid(
        page.view,
        shown,
        column_config={"segment": st.column_config.TextColumn("Segment", pinned=True, width=84)}
        | {
            scenario_id: st.column_config.TextColumn(name)
            for scenario_id, name in proposals.items()
        },
        hide_index=True,
        row_height=27,
        height="content",
        on_select="rerun",
        selection_mode="single-cell",
        key=MATRIX,
        alt="Gain a year of each proposal in each segment, with the limits it breaks",
    )
    downloads.download(page.view, figures.moves(page.snapshot), "proposal-moves", "Moves in money")
    downloads.download(page.view, figures.best_mix(page.snapshot), "best-mix", "Best mix")
    st.caption(plain(memo.mix(page.mix, page.known.currency)))
    picked = chosen.selection.cells if chosen else []
    at, scenario_id = picked[0] if picked else (0, "")
    if scenario_id in proposals and by_place.get((segments[at], scenario_id)):
        _open_once(page, segments[at], scenario_id, proposals[scenario_id])
    else:
        st.session_state.pop(OPENED, None)


def _open_once(page: State, segment: str, scenario_id: str, name: str) -> None:
    """Open the drawer for a newly chosen cell; the cell stays chosen after it is closed."""
    asked = (segment, scenario_id)
    if st.session_state.get(OPENED) == asked:
        return
    st.session_state[OPENED] = asked
    customers.opened(page, segment, scenario_id, name, "Memo")


def points_panel(page: State, signals: list[Row]) -> None:
    """Three reasons and three risks of what the memo recommends."""
    for_it, against = memo.points(page.verdict, page.move, page.still, signals, page.known.currency)
    moves = page.verdict["verdict"] in memo.MOVING
    reasons, risks = (for_it, against) if moves else (against, for_it)
    heads = ("Why move", "Risks of moving") if moves else ("Why wait", "Risks of waiting")
    for head, listed in zip(heads, (reasons, risks), strict=True):
        with st.container(gap=None):
            st.markdown(f"**{head}**")
            st.caption("\n".join(f"- {plain(text)}" for text in listed) or "- None is known.")


def decide_panel(page: State) -> None:
    """Approve, defer or pilot, with a person's name; and what was decided last."""
    for choice, icon in CHOICES.items():
        if st.button(
            choice,
            icon=icon,
            key=f"decide_{choice.lower()}",
        ):
            suggested = memo.suggested(
                choice, page.verdict, page.move, page.still, page.sentence, page.known.currency
            )
            recorder.record(page.snapshot, page.verdict, *suggested)
    move = page.move
    if move is not None and st.button(
        "See the customers", icon=":material/groups:", type="tertiary", key="memo_customers"
    ):
        customers.opened(
            page, page.verdict["segment"], move["scenario_id"], move["scenario_name"], "Memo"
        )
    st.page_link(HISTORY, label="History", icon=":material/history:", width="content")
    st.caption(plain(recorder.latest(page.verdict["segment"])), width="content")


def six_panel(page: State, since: str | None) -> None:
    """The six figures that a board follows, in one slim row, with their change."""
    found: dict[str, Row] = {
        row["metric"]: row
        for row in rows(figures.six(page.snapshot, page.verdict["segment"], since))
    }
    compared = next(
        (row["compared_month"] for row in found.values() if row["compared_month"]), None
    )
    tables.grid(
        page.view,
        [_line(found.get(name), label, page.known.currency) for name, label in SIX.items()],
        column_config={
            "metric": st.column_config.TextColumn("Figure", pinned=True, width=126),
            "now": st.column_config.TextColumn("Now", width=62, alignment="right"),
            "change": st.column_config.TextColumn(
                f"Since {month(compared)}" if compared else "Change",
                width=90,
                alignment="right",
                help="Since the last decision on the segment; without one, since a year before.",
            ),
            "trend": st.column_config.LineChartColumn("12 months", width=60),
        },
        hide_index=True,
        row_height=26,
        height="content",
        alt="Six figures of the segment with their change and twelve-month trend",
    )


def _line(row: Row | None, label: str, currency: str) -> Row:
    """One of the six figures as a line of the table."""
    if row is None or row["value"] is None:
        reason = row["reason"] if row else "no closed month"
        return {
            "metric": label,
            "now": NOTHING,
            "change": f"not available: {reason}",
            "trend": [],
        }
    return {
        "metric": label,
        "now": _value(row, currency),
        "change": memo.signed(row["change"], row["unit"], currency) or "no earlier figure",
        "trend": [float(value) for value in row["trend"] or []],
    }


def _value(row: Row, currency: str) -> str:
    if row["unit"] == "tickets":
        return number(row["value"], 1)
    return measure(row["value"], row["unit"], currency)
