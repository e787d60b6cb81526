"""The panels of the page Scenario lab: each draws one part of the page from its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import streamlit as st

from dashboards import (
    access,
    columns,
    filters,
    forecast_accuracy,
    labels,
    single_changes,
    takeaways,
    usage_answer,
)
from dashboards.charts.lab import outcome_dots, tornado, totals
from dashboards.data import lab, lab_rows
from dashboards.data.tables import Row, drawn, rows
from dashboards.data.whatif import (
    DRAFTS,
    CannotTry,
    WhatIf,
    is_number,
    keep_draft,
    try_prices,
    was_tried,
)
from dashboards.exports.comparison import (
    FIGURES,
    Comparison,
    comparison_json,
    comparison_pdf,
    judged,
)
from dashboards.formatting import headline, number, percent, plain, plural, points
from dashboards.shell import display, downloads, tables
from dashboards.view import Figure, Page

JUDGED = "fct_segment_scenarios"
# changes are in the link, one after the other; mail programs cut longer links
LONGEST_LINK = 1500
# what this session saw last, shown while the next answer is calculated
LAST = "lab_last"


@dataclass(frozen=True)
class State(Page):
    """What the page shows: created once by its script, read by every panel."""

    segment: str
    name: str
    scenario_id: str
    published: Row | None
    flips_at: Row | None
    plans: dict[str, str]


def edited(page: State, cell: lab.Cell, start: str) -> str | None:
    """An input for the cell; returns its text, or None if it is not a number."""
    key = f"cell {page.snapshot.generation} {cell.target}"
    if cell.choices:
        index = cell.choices.index(start) if start in cell.choices else 0
        return str(
            st.selectbox(
                plain(cell.label),
                cell.choices,
                index=index,
                key=key,
                format_func=lambda choice: labels.UPTAKES.get(choice, choice),
                help=plain(cell.help),
            )
        )
    if cell.is_share and is_number(start) and 0 <= Decimal(start) <= 1:
        share = st.slider(
            plain(cell.label),
            0.0,
            100.0,
            float(Decimal(start) * 100),
            0.5,
            key=key,
            format="%.1f %%",
            help=plain(cell.help),
        )
        return lab.short(str(Decimal(str(share)) / 100))
    text: str = st.text_input(
        plain(cell.label), value=start, key=key, help=plain(cell.help), max_chars=24
    ).strip()
    if text != cell.value and text and not is_number(text):
        st.error(f"{plain(cell.label)} says {plain(text)}; write a number such as 29.5.")
        return None
    return text


def inputs(page: State, cells: Sequence[lab.Cell], across: int) -> list[str]:
    """One input per cell; returns the reader's changes, as `table.key.column=value`."""
    asked = dict(
        change.partition("=")[::2]
        for change in st.query_params.get("try", "").split(";")
        if "=" in change
    )
    changed = []
    with st.grid(across, min_column_width=130, gap="small"):
        for cell in cells:
            change = edited(page, cell, asked.get(cell.target, cell.value))
            if change is not None and not lab.same(change, cell.value):
                changed.append(f"{cell.target}={change}")
    return changed


def row_changes(page: State, plan_id: str) -> list[str]:
    """Added and removed tiers and charges; each is in the link until it is undone."""
    key = f"rows {page.snapshot.generation}"
    if key not in st.session_state:
        st.session_state[key] = lab_rows.of_link(st.query_params.get("rows", ""))
    with st.container(horizontal=True, gap="small"):
        tiered = lab_rows.ladders(page.snapshot, plan_id)
        for change in (new_tier(tiered), new_charge(page, plan_id)):
            changes = [*st.session_state[key], change]
            if change is None or change in st.session_state[key]:
                continue
            if len(lab_rows.to_link(changes)) > LONGEST_LINK:
                st.error(
                    "The link is full: save these changes as a draft, put it in force and refresh."
                )
            else:
                st.session_state[key] = changes
    out = lab_rows.less(page.snapshot, plan_id)
    changes = st.multiselect(
        "Tiers and charges added and removed",
        list(dict.fromkeys([*st.session_state[key], *out])),
        key=key,
        format_func=lambda change: lab_rows.spoken(change, out, tiered),
        placeholder="None; choose what to remove",
    )
    if changes:
        st.query_params["rows"] = lab_rows.to_link(changes)
    else:
        st.query_params.pop("rows", None)
    return list(changes)


def new_tier(tiered: Mapping[str, str]) -> str | None:
    """The change that adds a tier to a charge, once the form is submitted."""
    if not tiered:
        return None
    with (
        st.popover("Add a tier", icon=":material/add:", type="tertiary"),
        st.form("tier", border=False, clear_on_submit=True),
    ):
        charge_id = st.selectbox("Of", list(tiered), format_func=lambda name: tiered[name])
        up_to = st.text_input("Up to", max_chars=24, help="It splits the tier in which it ends")
        price = st.text_input("Unit price in the tier", max_chars=24)
        if not st.form_submit_button("Add"):
            return None
        if not all_numbers(("Up to", up_to), ("The price", price)):
            return None
        return lab_rows.new_tier(charge_id, up_to, price)


def new_charge(page: State, plan_id: str) -> str | None:
    """The change that adds a charge to the plan, once the form is submitted."""
    with (
        st.popover("Add a charge", icon=":material/add:", type="tertiary"),
        st.form("charge", border=False, clear_on_submit=True),
    ):
        title = st.text_input("Name of the charge", max_chars=40, placeholder="Messages")
        meter = st.selectbox("Of", lab_rows.meters(page.snapshot), format_func=lab_rows.meter_name)
        price = st.text_input("Unit price, or fee per period", max_chars=24)
        included = st.text_input(
            "Included", max_chars=24, help="Units included without charge; not for fees and seats"
        )
        if not st.form_submit_button("Add"):
            return None
        if not title.strip():
            st.error("Name the charge: the name appears on every bill.")
            return None
        given = [("The price", price), *([("Included", included)] if included.strip() else [])]
        if not all_numbers(*given):
            return None
        return lab_rows.new_charge(plan_id, title, meter, price, included)


def all_numbers(*given: tuple[str, str]) -> bool:
    """Whether every text is a number; shows an error for one that is not."""
    for label, text in given:
        if not is_number(text.strip()):
            st.error(f"{label} says {plain(text.strip() or 'nothing')}; write a number like 29.5.")
            return False
    return True


def of_segment(page: State, found: Sequence[Row]) -> list[Row]:
    """Rows of the chosen proposal and segment, over the last three closed months."""
    return [
        row
        for row in found
        if row["scenario_id"] == page.scenario_id
        and row["segment"] == page.segment
        and row["window"] == lab.WINDOW
    ]


def cards(page: State, shown: Row, before: Row | None) -> None:
    """The figures by which a proposal is judged; with `before`, how far the changes move them."""
    with st.grid(4, min_column_width=150, gap="small"):
        for column, label in FIGURES:
            limit = shown.get(f"limit_{column}")
            moved = (
                shown[column] - before[column]
                if before is not None and None not in (before[column], shown[column])
                else None
            )
            bound = points(limit) if column == "margin_change" else percent(limit)
            page.view.shows(
                label, Figure(label, judged(shown, column), points(moved) if moved else "")
            )
            # a change that rounds to zero has no direction; Streamlit reads our minus sign as an
            # increase
            move = round(moved or 0, 3)
            is_rise = move > 0
            is_good = is_rise != (column in ("shock_share", "extra_churn"))
            st.metric(
                label,
                judged(shown, column),
                delta=f"{points(moved)}, limit {bound}" if moved is not None else None,
                delta_color=("normal" if is_good else "inverse") if move else "off",
                delta_arrow=("up" if is_rise else "down") if move else "off",
                border=True,
                height="stretch",
                help=display.help_text(page.snapshot, JUDGED, column),
            )


def figures(page: State, outcome: WhatIf | None, changes: Sequence[str]) -> None:
    """The answer, figures and bars: with the changes, or as published if there is no outcome."""
    measured = next(iter(of_segment(page, outcome.measures)), None) if outcome else None
    if outcome is None:
        display.answer(page.view, takeaways.lab(page.name, page.published, page.flips_at))
    else:
        flip = next((row for row in of_segment(page, outcome.flips) if row["is_nearest"]), None)
        display.answer(page.view, takeaways.lab_tried(page.name, measured, flip, len(changes)))
    shown = measured or page.published
    if shown is None:
        display.nothing(
            page.view,
            "No account of this segment has enough closed months under the proposal.",
            "Choose another segment.",
        )
        return
    cards(page, shown, page.published if measured else None)
    st.caption(
        "Over the last three closed months. Limits must hold on the first bill and in the twelve "
        "months from the move, too, which a refresh projects."
    )
    if outcome is not None and measured is not None and page.published is not None:
        message = (
            f"{labels.segment(page.segment)} would pay "
            f"{headline(measured['proposed_reporting'], page.known.currency)} instead of "
            f"{headline(measured['current_reporting'], page.known.currency)}"
        )
        amounts = (
            measured["current_reporting"],
            page.published["proposed_reporting"],
            measured["proposed_reporting"],
        )
        display.draw(
            page.view, totals(amounts, page.colors, message, page.known.currency, lab.WINDOW_MONTHS)
        )


def chances(page: State, outcome: WhatIf | None) -> None:
    """Which assumption has the largest effect, and how much of the result is chance."""
    tried = of_segment(page, outcome.outcomes) if outcome else []
    left, right = st.columns(2, gap="medium")
    with left:
        effects = lab.tornado(page.snapshot, page.scenario_id, page.segment)
        listed = rows(effects)
        if listed and listed[0]["effect"] is not None:
            largest = max(
                (row for row in listed if row["effect"] is not None),
                key=lambda row: abs(row["effect"]),
            )
            message = takeaways.tornado(largest, page.known.currency)
            display.draw(
                page.view, tornado(drawn(effects), page.colors, message, page.known.currency)
            )
            downloads.download(page.view, effects, "lab-assumptions", "Download assumptions")
        else:
            why = listed[0]["reason"] if listed else "no_bills"
            display.nothing(
                page.view,
                "The effect of each assumption is not available: "
                f"{plain(labels.PROJECTION_REASONS.get(why, why))}.",
                "Add it to reference and refresh.",
            )
    with right:
        dots = (
            lab.outcome_table(tried)
            if tried
            else lab.outcomes(page.snapshot, page.scenario_id, page.segment)
        )
        counted = rows(dots)
        if counted:
            message = (
                f"{number(counted[0]['gains'])} of {plural(counted[0]['outcomes'], 'outcome')} "
                "bring more than today"
            )
            whose = "with the changes" if tried else "as published"
            display.draw(page.view, outcome_dots(drawn(dots), page.colors, message, whose))
            downloads.download(page.view, dots, "lab-outcomes", "Download outcomes")
        else:
            display.nothing(
                page.view,
                "Outcomes cannot be simulated for this segment.",
                "They need accounts with closed months under both models.",
            )
    usage_answer.panel(page.view, page.name, page.scenario_id, page.segment, page.known.currency)
    forecast_accuracy.note(page.view, page.segment, page.scenario_id)
    if outcome is not None:
        st.caption(
            "The effects of assumptions and usage responses are those of the published proposal: "
            "only a refresh rates the next twelve months."
        )


def details(page: State, outcome: WhatIf, changes: list[str], *, currency_variants: bool) -> None:
    """What would flip the result, the changes, the accounts most affected, and files."""
    flips = lab.flip_table(of_segment(page, outcome.flips))
    changed = lab.change_table(outcome.changes)
    movers = lab.mover_table(outcome.movers)
    comparison = Comparison(
        company=page.known.company_name,
        currency=page.known.currency,
        as_of=page.snapshot.as_of,
        generation=page.snapshot.generation,
        scenario_id=page.scenario_id,
        proposal=page.name,
        segment=page.segment,
        months=lab.WINDOW_MONTHS,
        published=page.published,
        tried=next(iter(of_segment(page, outcome.measures)), None),
        published_outcomes=rows(lab.outcomes(page.snapshot, page.scenario_id, page.segment)),
        tried_outcomes=of_segment(page, outcome.outcomes),
        changes=changed,
        flips=flips,
        movers=movers,
    )
    downloads.paper(page.view, lambda: comparison_pdf(comparison), "comparison", "Comparison (PDF)")
    downloads.data_file(
        page.view, lambda: comparison_json(comparison), "scenario", "Scenario (JSON)"
    )
    st.markdown("**What would flip the result**: the churn of a band at which the limit is met")
    tables.table(
        page.view,
        flips,
        {
            "accounts_rising": columns.name("Bills rising"),
            "band_accounts": columns.count("Accounts"),
            "assumed_churn": columns.percent("Assumed churn"),
            "critical_churn": columns.percent("Flips at"),
            "standing": columns.text("Says", "medium"),
        },
        words={"standing": labels.standing},
        alt="Assumed churn by band of rising bills, and the churn at which the limit is met",
        file=("lab-flip-points", "Download"),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown("**Changes**")
        tables.table(
            page.view,
            changed,
            {
                "cell": columns.name("Price book"),
                "before": columns.text("Published"),
                "after": columns.text("Tried"),
            },
            alt="Cells of the price book that differ from the published one",
            placeholder="empty",
            file=("lab-changes", "Download"),
        )
        draft(changes, currency_variants=currency_variants)
    with right:
        for effect in outcome.effects:
            if effect.scenario_id == page.scenario_id:
                st.markdown(
                    f"**All accounts** over {number(outcome.months)} closed months: "
                    f"{headline(effect.revenue_after, page.known.currency)} instead of "
                    f"{headline(effect.revenue_before, page.known.currency)}; "
                    f"{number(effect.rising)} bills rise and {number(effect.falling)} fall by the "
                    "changes"
                )
        tables.table(
            page.view,
            movers,
            {
                "account_id": None,
                "account_name": columns.name(f"Account ({page.known.currency})"),
                "segment": None,
                "before": columns.money("Published"),
                "after": columns.money("Tried"),
                "change": columns.money("Change", sign=True),
            },
            alt="The ten accounts whose bills change most",
            file=("lab-movers", "Download"),
        )


def draft(changes: list[str], *, currency_variants: bool) -> None:
    """Save the changed files of the price book, separate from those in force."""
    if not access.may(access.PRICES):
        st.caption(
            "Your role cannot save drafts of prices: ask the person who runs this dashboard."
        )
        return
    with st.form("draft", border=True):
        st.markdown("**Save as a draft**")
        folder = st.text_input(
            "Name",
            max_chars=40,
            placeholder="autumn-prices",
            help=f"A new folder under {DRAFTS} in the home, with every file that the changes touch",
        )
        if st.form_submit_button("Save files", icon=":material/save:"):
            try:
                access.require(access.PRICES)
                files = keep_draft(changes, folder.strip(), currency_variants=currency_variants)
                listed = ", ".join(path.name for path in files)
                st.success(
                    f"Written to {plain(str(files[0].parent))}: {listed}. Copy them into the "
                    "home's reference folder and refresh to put them in force.",
                    icon=":material/check:",
                )
            except access.NotAllowed:
                st.error("Your role cannot save drafts of prices.", icon=":material/error:")
            except CannotTry as problem:
                st.error(plain(str(problem)), icon=":material/error:")


def results(page: State, changes: list[str], *, currency_variants: bool) -> None:
    """The effect of the changes; the last result stays visible while it is calculated."""
    if not changes:
        figures(page, None, ())
        st.caption(
            "Figures as published. Change a price, an allowance, a cap or an assumption on the "
            "left and press Try; published figures do not change."
        )
        chances(page, None)
        return
    asked = (page.snapshot.sha256, page.scenario_id, page.segment)
    meanwhile = st.empty()
    if not was_tried(page.snapshot, changes, page.scenario_id, currency_variants=currency_variants):
        last = st.session_state.get(LAST)
        with meanwhile.container():
            st.caption(
                f":material/hourglass_top: Calculating {plural(len(changes), 'change')}; the "
                "figures shown are the previous ones."
            )
            if last is not None and last[0] == asked:
                figures(page, last[1], last[2])
            else:
                figures(page, None, ())
    try:
        with st.skeleton(height=60):
            outcome = try_prices(
                page.snapshot, changes, page.scenario_id, currency_variants=currency_variants
            )
    except CannotTry as problem:
        meanwhile.empty()
        display.answer(page.view, f"{page.name} cannot be tried with these changes.")
        st.error(plain(str(problem)), icon=":material/error:")
        return
    st.session_state[LAST] = (asked, outcome, tuple(changes))
    meanwhile.empty()
    figures(page, outcome, changes)
    single_changes.panel(
        single_changes.Asked(
            view=page.view,
            scenario_id=page.scenario_id,
            segment=page.segment,
            changes=tuple(changes),
            currency_variants=currency_variants,
            published=page.published,
            together=next(iter(of_segment(page, outcome.measures)), None),
            currency=page.known.currency,
            months=lab.WINDOW_MONTHS,
        ),
        page.colors,
    )
    details(page, outcome, changes, currency_variants=currency_variants)
    chances(page, outcome)


# pressing Try runs only this part; the header of the page does not change
@st.fragment  # type: ignore[untyped-decorator]
def bench(page: State) -> None:
    """The price book on the left, its effect on the right."""
    page.view.exports.clear()
    left, right = st.columns([2, 3], gap="medium")
    with left:
        plan_id = filters.by_id(
            page.view, "Plan", "plan", page.plans, default=next(iter(page.plans))
        )
        assert plan_id is not None
        added = row_changes(page, plan_id)
        with st.form("prices", border=True):
            st.markdown(f"**Prices of {plain(page.plans[plan_id])}**")
            changes = inputs(page, lab.cells(page.snapshot, plan_id), 3)
            st.markdown("**Assumptions**")
            changes += inputs(page, lab.assumptions(page.snapshot, page.scenario_id), 2)
            currency_variants = st.checkbox(
                "Plans of the same name in other currencies follow in proportion", value=True
            )
            st.form_submit_button("Try", type="primary", icon=":material/science:")
    link = ";".join(changes)
    if changes and len(link) <= LONGEST_LINK:
        st.query_params["try"] = link
    else:
        st.query_params.pop("try", None)
    changes += added
    page.view.filtered("Changes", "; ".join(changes) or "none", "try", None)
    with right:
        results(page, changes, currency_variants=currency_variants)
